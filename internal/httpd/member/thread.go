package member

import (
	"slices"
	"strings"
	"time"

	"svilpe/internal/casework"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/policy"
)

// item is one thing in the thread.
type item struct {
	Class     string // own for the commission's messages, note for what the reporter never sees
	Kind, Who string
	When      string
	Internal  bool
	Text      string
	Answers   []fact // the report, by question
	Facts     []fact // of steps and proposals
	Message   string // of a proposal: what the reporter would read
	Files     []httpd.FileRow
	Untrusted bool
}

// thread is everything that was written, in order, the report first.
func (b builder) thread() []item {
	var out []item
	if b.o.Report != nil {
		out = append(out, item{
			Kind: b.T("desk.thread.report"), Who: b.T("desk.thread.reporter"), When: b.Day(b.o.Received),
			Answers: b.answers(b.o.Report), Files: b.files(b.o.Report.Files),
		})
	}
	for _, i := range b.o.Thread {
		x := item{Who: i.Name, When: b.Day(i.Day), Untrusted: i.Untrusted}
		if i.At > 0 {
			x.When = b.Moment(time.UnixMilli(i.At))
		}
		switch i.Author {
		case ethics.ActorReporter:
			x.Who = b.T("desk.thread.reporter")
		case ethics.ActorSystem:
			x.Who = b.T("desk.thread.system")
		}
		switch i.Kind {
		case ethics.KindMessage, ethics.KindReceipt, ethics.KindReport:
		default:
			x.Class, x.Internal = "note", true
		}
		x.Kind = b.kind(i.Kind)
		if !i.Untrusted {
			b.content(&x, i.Kind, i.Author, i.Text, i.Event)
			if r := i.Receipt; r != nil && r.TextID == "receipt" && r.Version == 1 {
				x.Text = b.T("reporter.receipt", "Number", r.Params["number"], "Received", b.Day(r.Params["received"]), "Ack", b.Day(r.Params["ack"]))
			}
			x.Files = b.files(i.Files)
			b.acts(&x, i.Step, i.Proposal, i.Approval)
		}
		out = append(out, x)
	}
	return out
}

func (b builder) kind(kind string) string {
	switch kind {
	case ethics.KindReport:
		return b.T("desk.thread.report")
	case ethics.KindMessage:
		return b.T("desk.thread.message")
	case ethics.KindReceipt:
		return b.T("desk.thread.receipt")
	case ethics.KindNote:
		return b.T("desk.thread.note")
	case ethics.KindStep:
		return b.T("desk.thread.step")
	case ethics.KindProposal:
		return b.T("desk.thread.proposal")
	case ethics.KindApproval:
		return b.T("desk.thread.verdict")
	}
	return kind
}

func (b builder) content(x *item, kind, author, text, event string) {
	x.Text = text
	if kind == ethics.KindMessage && author != ethics.ActorReporter {
		x.Class, x.Kind = "own", b.T("desk.thread.answer")
	}
	if key, ok := eventKeys[event]; ok {
		x.Facts = append(x.Facts, fact{b.T("desk.event.label"), b.T(key)})
	}
}

// acts words steps, proposals and verdicts.
func (b builder) acts(x *item, st *ethics.Step, p *ethics.Proposal, a *ethics.Approval) {
	switch {
	case st != nil:
		x.Kind = b.T("desk.thread.step") + ": " + b.step(st.ID)
		x.Facts = b.stepFacts(st.ID, st.From, st.To, st.Reason, st.Statements)
		var names []string
		for _, id := range st.Members {
			names = append(names, b.name(id))
		}
		if len(names) > 0 {
			x.Facts = append(x.Facts, fact{b.T("desk.assign.members"), strings.Join(names, ", ")})
		}
	case p != nil:
		x.Kind = b.T("desk.thread.proposal") + ": " + b.step(p.Step)
		x.Facts, x.Message = b.stepFacts(p.Step, p.From, p.To, p.Reason, p.Statements), p.Message
	case a != nil:
		verdict := b.T("desk.verdict.rejected")
		if a.Approved {
			verdict = b.T("desk.verdict.approved")
		}
		x.Kind = verdict
		i := slices.IndexFunc(b.o.Thread, func(t casework.Item) bool { return t.ID == a.Proposal && t.Proposal != nil })
		if i >= 0 {
			x.Kind += ": " + b.step(b.o.Thread[i].Proposal.Step)
		}
		if a.Reason != "" {
			x.Facts = []fact{{b.T("desk.step.reason"), a.Reason}}
		}
	}
}

func (b builder) name(id string) string {
	if m, err := b.roster.Member(id); err == nil {
		return m.Name
	}
	return id
}

// files are offered for download, each marked: nothing has cleaned them.
func (b builder) files(list []ethics.File) []httpd.FileRow {
	var out []httpd.FileRow
	for _, f := range list {
		out = append(out, httpd.FileRow{ID: f.ID, Name: f.Name, Size: f.Size, Href: b.path + "/files/" + f.ID, Note: b.T("desk.file.not_cleaned")})
	}
	return out
}

// answers are a report's answers by the questionnaire's own labels, in the
// order of the form. An answer that no question asks any more keeps its id.
func (b builder) answers(r *ethics.Report) []fact {
	var out []fact
	if r.EnteredBy != "" {
		out = append(out, fact{b.T("enter.by"), b.T("enter.by_way", "Name", b.name(r.EnteredBy), "Way", b.T("way."+r.Way))})
	}
	asked := map[string]bool{}
	for _, f := range b.policy.Fields {
		asked[f.ID] = true
		values := r.Answers[f.ID]
		if f.ID == "excluded_handlers" {
			values = nil
			for _, id := range r.Excluded {
				values = append(values, b.name(id))
			}
		}
		if len(values) > 0 {
			out = append(out, fact{b.in(f.Label), b.said(f, values)})
		}
	}
	var unknown []string
	for id := range r.Answers {
		if !asked[id] {
			unknown = append(unknown, id)
		}
	}
	slices.Sort(unknown)
	for _, id := range unknown {
		out = append(out, fact{id, strings.Join(r.Answers[id], ", ")})
	}
	return out
}

func (b builder) said(f policy.Field, values []string) string {
	out := slices.Clone(values)
	for i, v := range values {
		for _, o := range f.Options {
			if o.ID == v {
				out[i] = b.in(o.Label)
			}
		}
		if f.Type == "checkbox" && v == policy.Ticked {
			out[i] = b.T("desk.yes")
		}
	}
	return strings.Join(out, ", ")
}
