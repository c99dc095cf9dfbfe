package member

import (
	"fmt"
	"slices"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// form is one form of a page: {{template "member-form" .Note}}.
type form struct {
	ID, Title, Hint string
	Action          string
	Head            httpd.FormHead
	Upload          bool // multipart, for files
	Open            bool // unfolded: it holds what was typed
	Fields          []httpd.Field
	Kept            []httpd.FileRow // files received before, ticked
	Hidden          []httpd.Hidden  // what the form carries of them
	Consequences    []string        // what happens when the button is pressed, said before it
	More            string          // of the button that asks for a row more, "" for none
	Button          string
}

// Names of the forms on a case's pages.
const (
	formMessage = "message"
	formNote    = "note"
	formAssign  = "assign"
	formDecide  = "decide"
	formStep    = "step"
	formState   = "statement"
)

// typed is what came with a form that was not stored: it goes back into the
// same form, under the same draft. The zero value is a fresh page.
type typed struct {
	form   string // which one
	target string // step or proposal id
	values interface {
		Get(string) string
		All(string) []string
	}
	errs  []httpd.FieldError // by field name as the page has it
	files *httpd.Attached    // of a message
}

// Format hides what was typed.
func (typed) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

func (t typed) is(form string) bool { return t.values != nil && t.form == form }

func (t typed) get(form, field string) string {
	if !t.is(form) {
		return ""
	}
	return t.values.Get(field)
}

func (t typed) all(form, field string) []string {
	if !t.is(form) {
		return nil
	}
	return t.values.All(field)
}

func (t typed) err(form, field string) string {
	if !t.is(form) {
		return ""
	}
	for _, e := range t.errs {
		if e.Field == field {
			return e.Text
		}
	}
	return ""
}

// head gives a form the draft it had, or a fresh one.
func (t typed) head(form, lang string) httpd.FormHead {
	h := httpd.FormHead{Lang: lang}
	if d, err := derive.ReadDraft(t.get(form, "draft")); err == nil {
		h.Draft = d.Text()
		return h
	}
	h.Draft = derive.New().Text()
	return h
}

// field puts what was typed, and what is wrong with it, into a field.
func (t typed) field(form string, f httpd.Field) httpd.Field {
	f.Error = t.err(form, f.Name)
	if !t.is(form) {
		return f
	}
	chosen := t.all(form, f.Name)
	for i := range f.Choices {
		f.Choices[i].Chosen = false
		for _, v := range chosen {
			f.Choices[i].Chosen = f.Choices[i].Chosen || v == f.Choices[i].Value
		}
	}
	if f.Kind != "file" && f.Kind != "password" {
		f.Value = t.get(form, f.Name)
	}
	return f
}

// wrong words field errors; names maps casework's field names to the page's.
func (w words) wrong(errs ethics.FieldErrors, names map[string]string) []httpd.FieldError {
	var out []httpd.FieldError
	for _, e := range errs {
		name := e.Field
		if n, ok := names[name]; ok {
			name = n
		}
		out = append(out, httpd.FieldError{Field: name, Text: w.fault(e.Kind)})
	}
	return out
}

// withQuestions puts the field's question before each error, for the summary above the
// forms. Beside the field the question is already there.
func withQuestions(errs []httpd.FieldError, forms ...form) []httpd.FieldError {
	out := slices.Clone(errs)
	for i, e := range out {
		for _, f := range forms {
			for _, field := range f.Fields {
				if field.Name == e.Field {
					out[i].Text = field.Label + " – " + e.Text
				}
			}
		}
	}
	return out
}

// unreadable words what reading found wrong with single fields.
func (w words) unreadable(f *httpd.Form) []httpd.FieldError {
	var out []httpd.FieldError
	for _, x := range f.Faults() {
		out = append(out, httpd.FieldError{Field: x.Field, Text: w.T(x.Key)})
	}
	return out
}
