package member

import (
	"errors"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/casefile"
	"svilpe/internal/casework"
	"svilpe/internal/ethics"
)

// signing is the part of a decision's page where it is taken out to be signed;
// the zero value while nothing is decided.
type signing struct {
	Form form
	Made []exportRow
}

const formSign = "sign"

// signing offers the approved decision, and tells the hashes of what was made of
// it, by which a signed file can be told from any other.
func (b builder) signing(t typed) *signing {
	if _, _, ok := b.o.Decided(); !ok {
		return nil
	}
	v := &signing{Form: form{
		Action: b.path + "/decision", Head: t.head(formSign, b.Lang()), Button: b.T("sign.button"),
	}}
	for _, i := range b.o.Thread {
		if i.Exported != nil && !i.Untrusted && i.Exported.What == ethics.DecisionPDF {
			v.Made = append(v.Made, b.exported(i.Exported, i.Name))
		}
	}
	return v
}

// takeDecision gives the decision as a PDF.
func (s *Site) takeDecision(c echo.Context, who *auth.Session) error {
	if _, err := s.readDownload(c, who); err != nil {
		return err
	}
	out := &lazyDownload{c: c, name: "svilpe-" + c.Param("number") + "-decision.pdf"}
	err := s.Casework.ExportDecision(c.Request().
		Context(), &who.Acting, c.Param("number"), out, func(o *casework.Opened, to io.Writer) error {
		pdf, err := s.decisionDocument(who, o).PDF()
		if err != nil {
			return err
		}
		_, err = to.Write(pdf)
		return err
	})
	if errors.Is(err, ethics.ErrRefused) && !out.begun { // the page says how far the decision is
		return s.showDecision(c, who, http.StatusUnprocessableEntity)
	}
	return s.endDownload(c, who, out, err)
}

// decisionDocument is the decision alone: what was decided, by whom and on what
// ground, in the language of the state. Nothing in it
// is the reporter's, and nothing tells when it was printed: it has the same bytes,
// and so the same hash, whoever makes it.
func (s *Site) decisionDocument(who *auth.Session, o *casework.Opened) casefile.Document {
	w := s.wordsIn("lv")
	b := builder{words: w, o: o, roster: who.Roster, path: "/desk/cases/" + o.Number}
	d := b.document(w.T("sign.doc", "Number", o.Number))
	draft, approval, _ := o.Decided()
	add := func(kind int, term, text string) {
		d.Blocks = append(d.Blocks, casefile.Block{Kind: kind, Term: term, Text: text})
	}
	if in, err := who.Roster.Institution(o.Institution); err == nil {
		add(casefile.Small, "", in.Name)
	}
	add(casefile.Fact, w.T("sign.decided"), w.Day(approval.Day))
	v := b.version(draft)
	add(casefile.Text, "", v.Text)
	for _, f := range v.Facts {
		add(casefile.Fact, f.Term, f.Text)
	}
	add(casefile.Heading, "", w.T("decision.votes"))
	for _, x := range v.Votes {
		add(casefile.Fact, x.Who, join(x.Choice, x.Dissent))
	}
	for _, i := range o.Thread {
		if a := i.Approval; a != nil && !i.Untrusted && a.Approved && a.Proposal == approval.Step.Proposal {
			add(casefile.Fact, w.T("sign.approved"), join(nameOf(o, approval.Step.Proposal), i.Name))
		}
	}
	add(casefile.Small, "", w.T("sign.place"))
	return d
}

// nameOf is who made a proposal.
func nameOf(o *casework.Opened, proposal string) string {
	for _, i := range o.Thread {
		if i.ID == proposal && !i.Untrusted {
			return i.Name
		}
	}
	return ""
}
