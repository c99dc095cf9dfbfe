package member

import (
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// proposal is an act that waits for a second person, shown whole.
type proposal struct {
	Title, Who string
	Since      string
	Facts      []fact
	Reads      string // what the reporter will read of the new state
	Message    string // and of the message
	Untrusted  bool
	Waits      string // why this member does not decide; "" where it is theirs
	Decide     *form
	RejectOnly bool // the case moved on, or the proposal cannot be trusted
}

func (b builder) proposal() *proposal {
	p := b.o.Open
	if p == nil {
		return nil
	}
	v := &proposal{Title: b.in(p.Step.Name), Who: p.Proposer, Untrusted: p.Content == nil}
	proposer := ""
	for _, i := range b.o.Thread {
		if i.ID == p.ID && !i.Untrusted {
			v.Since, proposer = b.Day(i.Day), i.Author
		}
	}
	if x := p.Content; x != nil {
		v.Facts, v.Message = append(b.proposedRemoval(x),
			b.stepFacts(x.Step, x.From, x.To, x.Reason, x.Statements)...), x.Message
		v.Reads = b.reads(x.From, x.To)
		if x.Step == ethics.ActForward {
			v.Facts = append(v.Facts, b.found(packageText(x.Statements)).fact(b))
		}
	}
	f := form{
		ID: "decide", Action: b.path + "/proposals/" + p.ID, Head: b.typed.head(formDecide, b.Lang()),
		Fields: []httpd.Field{b.typed.field(formDecide, httpd.Field{
			Kind: "textarea", Name: "reason", Rows: 3, Label: b.T("desk.decide.reason"),
			Hint: b.T("desk.decide.reason_hint"),
		})},
	}
	switch {
	case p.Concerns:
		v.Facts, v.Waits = nil, b.T("conflict.exclude.concerned")
	case p.Mine && p.SameName:
		v.Waits = b.T("desk.refused.same_name")
	case p.Mine:
		v.Waits = b.T("desk.proposal.mine", "Roles", b.approvers(p.Step, b.o.Me.ID))
	case p.May == nil:
		v.Decide = &f
	case p.MayReject:
		v.Decide, v.RejectOnly, v.Waits = &f, true, b.T("desk.proposal.overtaken")
		if p.SameName {
			v.Waits = b.T("desk.refused.same_name")
		}
	default:
		v.Waits = b.T("desk.proposal.waits", "Roles", b.approvers(p.Step, proposer))
	}
	return v
}

// reads is what the reporter will read when the case comes to a state; "" where
// it stays, or has no reporter.
func (b builder) reads(from, to ethics.State) string {
	st, ok := b.policy.State(to)
	if !ok || from == to || b.o.Facts.NoReporter() {
		return ""
	}
	return b.in(st.ReporterText)
}
