package report

import (
	"fmt"

	"github.com/labstack/echo/v4"

	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/policy"
)

type formView struct {
	httpd.Page
	Action       string
	Errors       []httpd.FieldError
	Head         httpd.FormHead
	Several      bool // institutions: the choice can be changed
	Notes        []string
	Sections     []section
	FilesOpen    bool
	FilesField   httpd.Field
	FilesNotes   []string
	Kept         []httpd.FileRow
	Hidden       []httpd.Hidden // the files' names and lengths
	FileMB       int64
	ReportMB     int64
	Max          int
	Authorities  []string // where nobody here may read it
	Consultation bool     // the short form of a consultation
}

// Format hides what was typed.
func (formView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// head is the form's first fields. Step is what pressing Enter asks for.
func (s *Site) head(c echo.Context, sh *filling, step string) httpd.FormHead {
	return httpd.FormHead{Draft: sh.attached.Draft.Text(), Lang: s.Server.Lang(c), Step: step}
}

// edit shows the form as it was filled, without judging it.
func (s *Site) edit(c echo.Context, sh *filling) error {
	if sh.chosen.ID == "" {
		return s.askPlace(c, sh, 422, "reporter.error.institution")
	}
	if !sh.wayKnown() {
		return s.askPlace(c, sh, 422, faultWay)
	}
	return s.form(c, sh, 200)
}

// refuse shows the form with what is wrong, everything typed still there.
func (s *Site) refuse(c echo.Context, sh *filling, errs ethics.FieldErrors) error {
	if sh.chosen.ID == "" {
		return s.askPlace(c, sh, 422, "reporter.error.institution")
	}
	if !sh.wayKnown() {
		return s.askPlace(c, sh, 422, faultWay)
	}
	for _, e := range errs {
		sh.wrong(e.Field, errorKey(e), "Max", s.longest(e.Field))
	}
	return s.form(c, sh, 422)
}

func (s *Site) longest(field string) int {
	if f, _ := s.Policy.Field(field); f.Type == "textarea" {
		return s.Intake.Limits.TextChars
	}
	return policy.DefaultLimits.Short
}

// errorKey words a field error.
func errorKey(e ethics.FieldError) string {
	if key := identityError(e); key != "" {
		return key
	}
	switch {
	case e.Field == "institution" && e.Kind == ethics.FaultNotReady:
		return "reporter.error.not_ready"
	case e.Field == "institution" || e.Field == "track" || e.Field == "category":
		return "reporter.error." + e.Field
	case e.Field == "description" && e.Kind == ethics.FaultRequired:
		return "reporter.error.description"
	case e.Field == "excluded_handlers" && e.Kind == ethics.FaultTooMany:
		return "reporter.error.excluded_all"
	case e.Kind == ethics.FaultTooLong:
		return "reporter.error.too_long"
	case e.Kind == ethics.FaultUTF8 || e.Kind == ethics.FaultNUL:
		return "form.not_text"
	case e.Kind == ethics.FaultRequired:
		return "reporter.error.required"
	}
	return "reporter.error.option"
}

func (s *Site) form(c echo.Context, sh *filling, status int) error {
	p, lang := s.Server.Printer(c), s.Server.Lang(c)
	open, err := s.Intake.FilesOpen(c.Request().Context())
	if err != nil {
		return err
	}
	limits := s.Intake.Limits
	v := formView{
		Page: s.page(c, sh, "reporter.form.title"), Action: sh.action(), Head: s.head(c, sh, "check"),
		Several: len(sh.places()) > 1, Notes: s.notes(lang, "danger", "before_start"),
		FilesOpen: open, Kept: sh.attached.Rows(), Hidden: sh.attached.Names(),
		FileMB: limits.FileBytes >> 20, ReportMB: limits.ReportBytes >> 20, Max: limits.Files,
	}
	v.LangPath = ""
	if sh.by != nil {
		v.Notes = nil // they speak to a reporter
		v.Hidden = append(v.Hidden, sh.by.hidden())
	}
	said := map[string]string{}
	for _, f := range sh.faults {
		v.Errors = append(v.Errors, httpd.FieldError{Field: f.field, Text: s.withQuestion(c, sh, f)})
		if said[f.field] != "" {
			said[f.field] += " "
		}
		said[f.field] += f.say(p)
		if f.field == "excluded_handlers" || f.field == "institution" {
			v.Authorities = s.authorities(lang)
		}
	}
	q, _ := s.Policy.Field("attachments")
	v.FilesField = httpd.Field{Kind: "file", Name: q.ID, Label: q.Label.In(lang), Error: said[q.ID]}
	v.FilesNotes = s.notes(lang, q.Safety...)
	v.Sections = s.sections(c, sh, said)
	if s.isConsultation(sh) {
		v.Consultation, v.Title, v.Hidden = true, p.T("consult.title"), s.unasked(sh)
	}
	return s.Server.Render(c, status, "reporter/form", v)
}

// withQuestion says a fault with its question, for the summary above the form.
func (s *Site) withQuestion(c echo.Context, sh *filling, f fault) string {
	p := s.Server.Printer(c)
	q, ok := s.Policy.Field(f.field)
	if !ok {
		return f.say(p)
	}
	return s.label(c, sh, q.ID, q.Label) + " – " + f.say(p)
}

// notes are safety hints in words.
func (s *Site) notes(lang string, ids ...string) []string {
	var out []string
	for _, id := range ids {
		if n, ok := s.Policy.SafetyNote(id); ok {
			out = append(out, n.Text.In(lang))
		}
	}
	return out
}

// hiddenAnswers are all answers as hidden fields, but those of one field.
func (s *Site) hiddenAnswers(sh *filling, except string) []httpd.Hidden {
	var out []httpd.Hidden
	for _, f := range append(s.fields(), s.identityFields()...) {
		values := sh.form.All(f.ID)
		if f.ID == "institution" && sh.chosen.ID != "" {
			values = []string{sh.placeValue()}
		}
		for _, v := range values {
			if f.ID != except && v != "" {
				out = append(out, httpd.Hidden{Name: f.ID, Value: v})
			}
		}
	}
	if sh.by != nil && except != "institution" {
		out = append(out, sh.by.hidden())
	}
	return append(out, sh.attached.HiddenFields()...)
}
