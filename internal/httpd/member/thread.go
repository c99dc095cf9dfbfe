package member

import (
	"slices"
	"strings"
	"time"

	"svilpe/internal/casework"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// item is one thing in the thread.
type item struct {
	Class     string // own for the commission's messages, note for what the reporter never sees
	Kind, Who string // Who is "" where Kind says it
	When      string
	At        string // of an act: the moment, said where it opens
	Internal  bool
	Act       bool // a step, a proposal or a verdict: one line, its details folded
	Mine      bool // the viewer's own
	Text      string
	Lang      string   // of Text, where it is not the page's
	Answers   []answer // the report, by question
	Facts     []fact   // of steps and proposals
	Message   string   // of a proposal: what the reporter would read
	Files     []httpd.FileRow
	Untrusted bool
}

// report is the report itself, which stands first; nil when it cannot be trusted.
func (b builder) report() *item {
	if b.o.Report == nil {
		return nil
	}
	return &item{
		Kind: b.T("desk.thread.report"), When: b.Day(b.o.Received), Answers: b.answers(b.o.Report),
		Files: b.files(b.o.Report.Files), Facts: b.shortened(),
	}
}

// shortened says on the report that it is a working copy.
func (b builder) shortened() []fact {
	if !b.o.ReportRedacted {
		return nil
	}
	return []fact{{b.T("redact.mark"), b.T("redact.marked")}}
}

// thread is everything that was written after the report, in order.
func (b builder) thread() []item {
	var out []item
	for _, i := range b.o.Thread {
		out = append(out, b.item(i))
	}
	return out
}

func (b builder) item(i casework.Item) item {
	x := item{Kind: b.kind(i.Kind), When: b.Day(i.Day), Untrusted: i.Untrusted, Mine: i.Author == b.o.Me.ID}
	if i.At > 0 {
		x.When = b.Moment(time.UnixMilli(i.At))
	}
	switch i.Author {
	case ethics.ActorReporter:
		x.Lang = b.foreign()
	case ethics.ActorSystem:
	default:
		x.Who = i.Name
	}
	switch i.Kind {
	case ethics.KindMessage, ethics.KindReceipt, ethics.KindReport:
	default:
		x.Class, x.Internal = "note", true
	}
	if i.Untrusted {
		return x
	}
	b.content(&x, i.Kind, i.Author, i.Text, i.Event)
	if r := i.Receipt; r != nil {
		x.Text = b.T("reporter.receipt", "Number", r.Params["number"], "Received", b.Day(r.Params["received"]),
			"Ack", b.Day(r.Params["ack"]))
	}
	x.Files = b.files(i.Files)
	b.aboutIdentity(&x, i)
	b.acts(&x, i)
	b.removalItem(&x, i.Removal)
	b.cutOut(&x, i.Redaction)
	if i.Redacted {
		x.Facts = append(x.Facts, fact{b.T("redact.mark"), b.T("redact.marked")})
	}
	if e := i.Exported; e != nil {
		x.Act, x.Class, x.When, x.At = true, "act", b.Short(i.Day), x.When
		if e.Step != "" && e.What != ethics.DecisionPDF {
			x.Kind = b.T("forward.thread")
		}
		x.Kind, x.Facts = x.Kind+": "+b.what(e.What), b.exportFacts(e)
	}
	return x
}

// kindKeys are the words for what an envelope of the thread holds.
var kindKeys = map[ethics.EnvelopeKind]string{
	ethics.KindReport: "desk.thread.report", ethics.KindMessage: "desk.thread.message",
	ethics.KindReceipt: "desk.thread.receipt", ethics.KindNote: "desk.thread.note",
	ethics.KindStep: "desk.thread.step", ethics.KindProposal: "desk.thread.proposal",
	ethics.KindApproval: "desk.thread.verdict", ethics.KindExported: "export.thread",
	ethics.KindRemoval: "conflict.thread.removal", ethics.KindRedaction: "redact.thread",
	ethics.KindIdentified: "vault.thread.reporter", ethics.KindRevealed: "vault.thread.opened",
}

// kind words a kind. A row can say anything that its operator writes into it: what is
// no kind has the word of any.
func (b builder) kind(kind ethics.EnvelopeKind) string {
	key, known := kindKeys[kind]
	if !known {
		key = "desk.thread.other"
	}
	return b.T(key)
}

func (b builder) content(x *item, kind ethics.EnvelopeKind, author, text string, event ethics.EventKind) {
	x.Text = text
	if kind == ethics.KindMessage && author != ethics.ActorReporter {
		x.Class, x.Kind = "own", b.T("desk.thread.answer")
	}
	if key, ok := eventKeys[event]; ok {
		x.Facts = append(x.Facts, fact{b.T("desk.event.label"), b.T(key)})
	}
}

// acts words steps, proposals and verdicts.
func (b builder) acts(x *item, i casework.Item) {
	st, p, a := i.Step, i.Proposal, i.Approval
	if st == nil && p == nil && a == nil {
		return
	}
	x.Act, x.Class = true, "act"
	x.When, x.At = b.Short(i.Day), x.When
	switch {
	case st != nil:
		x.Kind = b.T("desk.thread.step") + ": " + b.step(st.ID)
		x.Facts = b.stepFacts(st.ID, st.From, st.To, st.Reason, withoutText(st))
		var names []string
		for _, id := range st.Members {
			names = append(names, b.name(id))
		}
		if len(names) > 0 {
			x.Facts = append(x.Facts, fact{b.T("desk.assign.members"), strings.Join(names, ", ")})
		}
	case p != nil:
		x.Kind = b.T("desk.thread.proposal") + ": " + b.step(p.Step)
		x.Facts, x.Message = append(b.proposedRemoval(p),
			b.stepFacts(p.Step, p.From, p.To, p.Reason, p.Statements)...), p.Message
		if i.Concealed {
			x.Facts = []fact{{b.T("conflict.thread.removal"), b.T("conflict.exclude.concerned")}}
		}
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
		out = append(out, httpd.FileRow{
			ID: f.ID, Name: f.Name, Type: f.Type, Size: f.Size, Href: b.path + "/files/" + f.ID,
			Note: b.T("desk.file.not_cleaned"),
		})
	}
	return out
}
