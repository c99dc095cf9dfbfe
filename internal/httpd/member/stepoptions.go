package member

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/policy"
)

// firstRows is how many rows of a table a fresh form shows.
const firstRows = 3

// errRow means: show the form again, with a row more. Nothing is wrong.
var errRow = errors.New("member: a row more")

// options puts in what depends on the case, and what stands chosen or written at
// first: the category's own route, the outcome of the draft that stands, its text.
func (s *Site) options(b builder, step policy.Step, st policy.Statement, f httpd.Field) httpd.Field {
	if own, ok := s.Casework.Options(b.o, st); ok {
		for _, o := range own {
			f.Choices = append(f.Choices, httpd.Choice{Value: o.ID, Label: b.in(o.Label)})
		}
	}
	var first []string
	switch {
	case st.Source == policy.SourceDraft && len(f.Choices) > 0:
		f.Choices[0].Label, f.Choices[0].Hint = b.T("decision.version", "Number",
			b.o.Draft.Version), b.o.Draft.Value("draft_text")
		first = []string{f.Choices[0].Value}
	case st.ID == "competence":
		c, _ := b.policy.Category(b.o.Category)
		if first = []string{b.o.Competence()}; first[0] == "" {
			first[0] = c.Route.Primary
		}
		r, _ := b.policy.Route(c.Route.Primary)
		f.Hint = b.T("decision.route_hint", "Route", b.in(r.Name))
	case st.ID == "category":
		first = []string{b.o.Category}
	case b.o.Draft != nil && (step.ID == ethics.ActApprove || step.ID == ethics.ActRevise):
		first = b.o.Draft.Step.Step.Statements[st.ID]
		if len(first) > 0 {
			f.Value = first[0]
		}
	}
	for i := range f.Choices {
		f.Choices[i].Chosen = slices.Contains(first, f.Choices[i].Value)
	}
	return f
}

// rowFields are a table's cells, row by row; the names count rows from 1.
func (b builder) rowFields(st policy.Statement) []httpd.Field {
	var out []httpd.Field
	for n := 1; n <= b.rows(st); n++ {
		for _, c := range st.Columns {
			f := b.statement(c)
			f.Name, f.Label = cellName(c.ID, n), fmt.Sprintf("%d. %s", n, f.Label)
			f.Optional, f.Rows = n > 1, 2
			out = append(out, b.typed.field(formStep, f))
		}
	}
	return out
}

func cellName(column string, row int) string { return column + "_" + strconv.Itoa(row) }

// rows is how many rows the form shows now: one more after its button.
func (b builder) rows(st policy.Statement) int {
	n, err := strconv.Atoi(b.typed.get(formStep, "rows"))
	if err != nil || n < firstRows {
		n = firstRows
	}
	if b.typed.get(formStep, "more") != "" {
		n++
	}
	return min(n, st.Most)
}

// readRows takes a table's cells from the form, column by column.
func readRows(f *httpd.Form, st policy.Statement, into map[string][]string) {
	for n := 1; n <= st.Most; n++ {
		if !f.Has(cellName(st.Columns[0].ID, n)) {
			return
		}
		for _, c := range st.Columns {
			into[c.ID] = append(into[c.ID], f.Get(cellName(c.ID, n)))
		}
	}
}

// table words a table's rows, one a line.
func (b builder) table(st policy.Statement, statements map[string][]string) string {
	out := ""
	for n := range statements[st.Columns[0].ID] {
		if n > 0 {
			out += "\n"
		}
		out += strconv.Itoa(n+1) + "."
		for i, c := range st.Columns {
			if values := statements[c.ID]; n < len(values) {
				sep := " "
				if i > 0 {
					sep = "; "
				}
				out += sep + b.stated(c, values[n])
			}
		}
	}
	return out
}
