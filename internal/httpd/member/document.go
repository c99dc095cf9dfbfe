package member

import (
	"strconv"

	"svilpe/internal/auth"
	"svilpe/internal/casefile"
	"svilpe/internal/casework"
	"svilpe/internal/ethics"
)

// caseDocument is the case as its reader sees it on the page, to be printed: what
// is known of it, the report, and everything written since.
func (s *Site) caseDocument(w words, who *auth.Session, o *casework.Opened) casefile.Document {
	b := builder{words: w, o: o, roster: who.Roster, path: "/desk/cases/" + o.Number}
	d := b.document(w.T("export.doc.title", "Number", o.Number))
	add := func(kind int, term, text string) {
		d.Blocks = append(d.Blocks, casefile.Block{Kind: kind, Term: term, Text: text})
	}
	add(casefile.Small, "", w.T("export.doc.made", "Day", w.Day(string(w.today))))
	facts, _ := b.facts()
	for _, f := range facts {
		add(casefile.Fact, f.Term, f.Text)
	}
	add(casefile.Heading, "", w.T("export.doc.dues"))
	for _, e := range b.dues() {
		add(casefile.Fact, e.Text, join(b.Day(e.Day), e.Note))
	}
	add(casefile.Heading, "", w.T("export.doc.holders"))
	for _, h := range b.holders() {
		add(casefile.Fact, join(h.Name, h.Roles), h.Given+" "+h.Stated)
	}
	add(casefile.Heading, "", w.T("export.doc.report"))
	if r := b.report(); r == nil {
		add(casefile.Text, "", w.T("export.doc.spoilt"))
	} else {
		for _, a := range r.Answers {
			add(casefile.Fact, a.Term, a.Text)
		}
	}
	add(casefile.Heading, "", w.T("export.doc.thread"))
	for _, i := range o.Thread {
		by := i.Name
		if i.Author == ethics.ActorReporter || i.Author == ethics.ActorSystem {
			by = map[string]string{ethics.ActorReporter: w.T("export.doc.reporter")}[i.Author]
		}
		d.Blocks = append(d.Blocks, b.printed(b.item(i), by)...)
	}
	add(casefile.Heading, "", w.T("export.doc.files"))
	for n, f := range o.Files() {
		add(casefile.Fact, casefile.FileName(n+1, f.Name), strconv.FormatInt(f.Size, 10))
	}
	return d
}

func (b builder) document(title string) casefile.Document {
	mark := legalMark
	if said := b.T("export.mark"); said != legalMark {
		mark += " · " + said
	}
	return casefile.Document{Title: title, Lang: b.Lang(), Mark: mark, Page: func(n, of int) string {
		return b.T("export.doc.page", "Number", strconv.Itoa(n), "Of", strconv.Itoa(of))
	}}
}

// printed is one thing of the thread on paper.
func (b builder) printed(i item, by string) []casefile.Block {
	when := i.When
	if i.At != "" {
		when = i.At
	}
	out := []casefile.Block{{Kind: casefile.Subheading, Text: join(join(i.Kind, by), when)}}
	if i.Untrusted {
		return append(out, casefile.Block{Text: b.T("export.doc.spoilt")})
	}
	for _, f := range i.Facts {
		out = append(out, casefile.Block{Kind: casefile.Fact, Term: f.Term, Text: f.Text})
	}
	if i.Message != "" {
		out = append(out, casefile.Block{Kind: casefile.Fact, Term: b.T("desk.step.message"), Text: i.Message})
	}
	if i.Text != "" {
		out = append(out, casefile.Block{Text: i.Text})
	}
	for _, f := range i.Files {
		out = append(out, casefile.Block{Kind: casefile.Small, Text: f.Name})
	}
	return out
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " · " + b
}
