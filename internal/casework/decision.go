package casework

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
)

// Draft is one version of a decision: the step that brought it, and the votes on
// it.
type Draft struct {
	Step    Item // its Statements hold text, outcome and clauses
	Version int  // from 1
	Votes   []Vote
}

// Vote is a member's newest vote on one version.
type Vote struct {
	Step          Item
	Choice        string // for, against or abstain
	Dissent       string
	Counts, Voter bool // Voter: may vote on this case today; Counts: and did
}

// Format hides text and votes.
func (Draft) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// Format hides the vote.
func (Vote) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// Value is the first value of one of the draft's statements.
func (d Draft) Value(id string) string { return firstValue(d.Step.Step.Statements, id) }

func firstValue(statements map[string][]string, id string) string {
	if v := statements[id]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// readDecision reads the thread for drafts and votes. A vote is on the version its
// member saw; one that was cast while the approval waited for a second person,
// or afterwards, is none. Nothing of this is stored apart: what the signed steps
// say is what counts.
func (s *Service) readDecision(o *Opened) {
	closed, proposal := false, ""
	o.Drafts, o.Draft = nil, nil
	current := -1
	for _, i := range o.Thread {
		switch {
		case i.Untrusted:
		case i.Proposal != nil && i.Proposal.Step == ethics.ActApprove:
			closed, proposal = true, i.ID
		case i.Approval != nil && i.Approval.Proposal == proposal && !i.Approval.Approved:
			closed = false
		case i.Step == nil:
		case i.Step.ID == ethics.ActPropose, i.Step.ID == ethics.ActRevise:
			o.Drafts = append(o.Drafts, Draft{Step: i, Version: len(o.Drafts) + 1})
			current, closed = len(o.Drafts)-1, false
		case i.Step.ID == ethics.ActVote:
			if current >= 0 && !closed && firstValue(i.Step.Statements, "version") == o.Drafts[current].Step.ID {
				o.Drafts[current].cast(i, o.roster)
			}
		case i.Step.From == ethics.StateDraft && i.Step.To != ethics.StateDraft && i.Step.ID != ethics.ActApprove:
			current = -1
		}
	}
	if current >= 0 {
		o.Draft = &o.Drafts[current]
		o.Facts.DraftAuthor = o.Draft.Step.Author
	}
	o.Facts.Drafted = current >= 0 && o.State == ethics.StateDraft
	o.Facts.Votes = s.tally(o)
}

// Decided is the version that was approved last, and the step that approved it;
// false while nothing was.
func (o *Opened) Decided() (Draft, Item, bool) {
	for _, i := range slices.Backward(o.Thread) {
		if i.Step == nil || i.Untrusted || i.Step.ID != ethics.ActApprove {
			continue
		}
		for _, d := range o.Drafts {
			if d.Step.ID == firstValue(i.Step.Statements, "version") {
				return d, i, true
			}
		}
	}
	return Draft{}, Item{}, false
}

// ExportDecision writes the approved decision down, to be signed outside: an entry
// before, one with its hash after, as any export. ErrRefused where nothing is
// decided.
func (s *Service) ExportDecision(
	ctx context.Context, who *appoint.Acting, number string, w io.Writer, write func(*Opened, io.Writer) error,
) error {
	o, err := s.Open(ctx, who, number)
	if err != nil {
		return err
	}
	_, approval, ok := o.Decided()
	if !ok {
		return ethics.ErrRefused
	}
	body := ethics.Exported{What: ethics.DecisionPDF, Step: approval.ID}
	return s.writeExport(ctx, who, o, [2]audit.EntryKind{record.KindExporting, record.KindExported}, body, w,
		func(w io.Writer) error { return write(o, w) })
}

// cast puts a vote in the place of that person's earlier one.
func (d *Draft) cast(i Item, roster *appoint.Roster) {
	v := Vote{Step: i, Choice: firstValue(i.Step.Statements, "vote"), Dissent: firstValue(i.Step.Statements, "dissent")}
	d.Votes = slices.DeleteFunc(d.Votes, func(x Vote) bool { return roster.Same(x.Step.Author, i.Author) })
	d.Votes = append(d.Votes, v)
}

// tally counts the draft's votes: of those who hold the case today in a role that
// votes. Who left the case, or the commission, is neither counted nor asked.
func (s *Service) tally(o *Opened) policy.Tally {
	var t policy.Tally
	may := map[string]bool{}
	var voters []string
	for _, id := range o.file.Holders() {
		if may[id] = s.mayVote(o, id); may[id] {
			voters = append(voters, id)
		}
	}
	t.Voters = o.roster.People(voters...)
	if o.Draft == nil {
		return t
	}
	for n := range o.Draft.Votes {
		v := &o.Draft.Votes[n]
		if v.Counts = may[v.Step.Author]; !v.Counts {
			continue
		}
		switch v.Choice {
		case "for":
			t.For++
		case "against":
			t.Against++
		case "abstain":
			t.Abstain++
		}
	}
	return t
}

// mayVote tells whether a holder has a role that votes, here or in the alternate
// institution. Who is suspended for some days cannot vote, and is counted all the
// same: else one signature would take a voter away.
func (s *Service) mayVote(o *Opened, id string) bool {
	roles := o.roster.RolesKept(id, o.Institution, s.today())
	return slices.ContainsFunc(roles, func(r string) bool { return slices.Contains([]string(s.Policy.Quorum.Of), r) })
}

// Voters are the members who may vote on the case's decision.
func (s *Service) Voters(o *Opened) []appoint.Member {
	var out []appoint.Member
	for _, h := range o.Holders {
		if m, err := o.roster.Member(h.Member); err == nil && s.mayVote(o, h.Member) {
			out = append(out, m)
		}
	}
	return out
}

// Voted tells whether a person has voted on a version, under whatever id.
func (o *Opened) Voted(d Draft, member string) bool {
	return slices.ContainsFunc(d.Votes, func(x Vote) bool { return o.roster.Same(x.Step.Author, member) })
}

// Competence is who examines the case, by the newest step that says so: the id
// of a route, "" before.
func (o *Opened) Competence() string {
	out := ""
	for _, i := range o.Thread {
		if i.Step != nil && !i.Untrusted {
			if v := firstValue(i.Step.Statements, "competence"); v != "" {
				out = v
			}
		}
	}
	return out
}

// clausesCited wants a draft to cite a clause where one must be cited.
func clausesCited(s *Service, o *Opened, a Act) ethics.FieldErrors {
	if len(a.Statements["clauses"]) == 0 && strings.TrimSpace(firstValue(a.Statements, "other_clauses")) == "" &&
		s.Policy.CitesClauses(o.Track, o.Competence(), firstValue(a.Statements, "outcome")) {
		return ethics.FieldErrors{{Field: "clauses", Kind: ethics.FaultClause}}
	}
	return nil
}

// outcomeOfDraft wants an approval to have the outcome of the version that stands.
func outcomeOfDraft(_ *Service, o *Opened, a Act) ethics.FieldErrors {
	if o.Draft != nil && firstValue(a.Statements, "outcome") != o.Draft.Value("outcome") {
		return ethics.FieldErrors{{Field: "outcome", Kind: ethics.FaultDraftOutcome}}
	}
	return nil
}

// approveDecision wants the approval to be of the version that stands, with its
// outcome: whoever proposed it, by whatever means.
func approveDecision(d *execution) error {
	draft, stated := d.o.Draft, d.body.Statements
	if draft == nil || firstValue(stated, "version") != draft.Step.ID ||
		firstValue(stated, "outcome") != draft.Value("outcome") {
		return ethics.ErrConflict
	}
	return nil
}

// Options are the options of a statement that depend on the case; false for one
// whose options stand in the data.
func (s *Service) Options(o *Opened, st policy.Statement) ([]policy.Option, bool) {
	switch st.Source {
	case policy.SourceClauses:
		return s.Policy.Clauses(o.Institution), true
	case policy.SourceDraft:
		if o.Draft == nil {
			return nil, true
		}
		return []policy.Option{{ID: o.Draft.Step.ID, Label: plain(fmt.Sprintf("%d.", o.Draft.Version))}}, true
	case policy.SourceFiles:
		var out []policy.Option
		for _, f := range o.Files() {
			out = append(out, policy.Option{ID: f.ID, Label: plain(f.Name)})
		}
		return out, true
	case policy.SourceMeasures:
		var out []policy.Option
		for _, m := range o.Measures {
			if m.Open() {
				out = append(out, policy.Option{ID: m.ID(), Label: plain(m.ID() + ". " + m.Text)})
			}
		}
		return out, true
	}
	return nil, false
}

// plain is a text that is the same in every language: what a member wrote.
func plain(text string) policy.Text {
	out := policy.Text{}
	for _, lang := range policy.Languages {
		out[lang] = text
	}
	return out
}
