package mycase

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

type consultationView struct {
	httpd.Page
	Errors       []httpd.FieldError
	Corrected    []string // groups of the code read otherwise than typed
	Apart        string   // text that was written before, perhaps elsewhere
	Conflict     bool     // it ended, or nobody is left, before the text was sent
	Number       string
	Ended        bool
	Until        string // erased on this day
	TrustPersons string // who reads what is written now
	Messages     []message
	Missing      bool
	Head         httpd.FormHead
	TextField    httpd.Field
	Report       []httpd.Hidden // the report's form with what was written here
	Keep         int            // days
	Done         bool           // erased just now
}

// Format hides the consultation.
func (consultationView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// openConsultation shows the consultation with the trust persons.
func (s *Site) openConsultation(c echo.Context) error {
	visit, err := s.visit(c)
	if err != nil {
		return s.ended(c, err)
	}
	return s.consultationPage(c, http.StatusOK, visit, casePage{})
}

func (s *Site) consultationPage(c echo.Context, status int, visit dialogue.Visit, add casePage) error {
	ctx := c.Request().Context()
	consultation, err := s.Dialogue.Consultation(ctx, visit)
	if err != nil {
		return err
	}
	p := s.Server.Printer(c)
	v := consultationView{
		Page: s.consultationVisit(c, "consult.page"), Corrected: add.corrected, Apart: add.apart,
		Conflict: add.conflict, Number: consultation.Number,
		Ended: consultation.Ended, Until: consultation.Until,
		TrustPersons: strings.Join(consultation.TrustPersons, ", "),
		Missing:      consultation.Missing > 0,
		Keep:         s.Policy.Consultations.KeepDays,
	}
	var own []string
	for _, m := range consultation.Messages {
		row := message{
			ID: m.ID, From: p.T("consult.adviser"), Day: m.Day, Text: m.Text,
			Own: m.From == ethics.ActorReporter, Untrusted: m.Untrusted,
		}
		if row.Own {
			row.From = p.T("reporter.from.you")
		}
		if row.Own && !row.Untrusted {
			own = append(own, m.Text)
		}
		v.Messages = append(v.Messages, row)
	}
	if add.pending == nil {
		add.pending = newPendingText()
	}
	v.Head = httpd.FormHead{Draft: add.pending.attached.Draft.Text(), Lang: s.Server.Lang(c)}
	v.TextField = httpd.Field{
		Kind: "textarea", Name: "text", Label: p.T("reporter.case.text"),
		Hint: p.T("reporter.case.text_hint"), Value: add.pending.text,
	}
	for _, f := range add.pending.faults {
		v.TextField.Error = f.say(p)
		v.Errors = append(v.Errors, httpd.FieldError{Field: f.field, Text: v.TextField.Error})
	}
	if v.Ended || v.TrustPersons == "" {
		v.Apart = strings.TrimSpace(v.Apart + "\n\n" + add.pending.text) // what was being written stays readable
	}
	place := consultation.Institution
	if consultation.Unit != "" {
		place += "/" + consultation.Unit
	}
	for _, h := range [][2]string{
		{"draft", derive.New().Text()}, {"lang", v.Head.Lang}, {"institution", place},
		{"language", consultation.Language},
		{"description", strings.Join(own, "\n\n")},
	} {
		v.Report = append(v.Report, httpd.Hidden{Name: h[0], Value: h[1]})
	}
	return s.Server.Render(c, status, "reporter/talk", v)
}

// consultationVisit starts a page of a visit to a consultation.
func (s *Site) consultationVisit(c echo.Context, titleKey string) httpd.Page {
	p := s.visited(c, titleKey)
	p.StayAt, p.LangPath = "/consultation", ""
	return p
}

// say sends a text to the trust persons.
func (s *Site) say(c echo.Context) error {
	form, err := s.Server.ReadForm(c, nil)
	if err != nil {
		return err
	}
	s.Server.UseLang(c, form.Get("lang"))
	a, err := s.restoreText(c, form, backConsultation)
	if err != nil {
		return err
	}
	switched, err := s.switchLang(c, form)
	if err != nil {
		return err
	}
	visit, err := s.visit(c)
	switch {
	case errors.Is(err, ethics.ErrSessionEnded):
		return s.ask(c, http.StatusUnauthorized, "", a, false)
	case err != nil:
		return err
	case switched:
		return s.consultationPage(c, http.StatusOK, visit, casePage{pending: a})
	case len(a.faults) > 0:
		return s.consultationPage(c, http.StatusUnprocessableEntity, visit, casePage{pending: a})
	}
	_, err = s.Dialogue.Say(c.Request().Context(), visit, a.attached.Draft, a.text)
	var errs ethics.FieldErrors
	switch {
	case errors.As(err, &errs):
		for _, e := range errs {
			a.wrong(e.Field, textError(e.Kind), "Max", s.Dialogue.Limits.TextChars)
		}
		return s.consultationPage(c, http.StatusUnprocessableEntity, visit, casePage{pending: a})
	case errors.Is(err, ethics.ErrConflict), errors.Is(err, ethics.ErrNobodyToSeal):
		return s.consultationPage(c, http.StatusUnprocessableEntity, visit, casePage{pending: a, conflict: true})
	case err != nil:
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/consultation")
}

// askEndConsultation says what ending means, before it is done.
func (s *Site) askEndConsultation(c echo.Context) error {
	visit, err := s.visit(c)
	if err != nil {
		return s.ended(c, err)
	}
	return s.endConsultationPage(c, visit)
}

func (s *Site) endConsultationPage(c echo.Context, visit dialogue.Visit) error {
	consultation, err := s.Dialogue.Consultation(c.Request().Context(), visit)
	if err != nil {
		return err
	}
	v := consultationView{
		Page: s.consultationVisit(c, "consult.end"), Number: consultation.Number, Ended: consultation.Ended,
		Head: httpd.FormHead{Lang: s.Server.Lang(c)}, Keep: s.Policy.Consultations.KeepDays,
	}
	return s.Server.Render(c, http.StatusOK, "reporter/talk-end", v)
}

// endConsultation ends it, or erases it at once. Who erased it has no visit any more.
func (s *Site) endConsultation(c echo.Context) error {
	form, err := s.Server.ReadForm(c, nil)
	if err != nil {
		return err
	}
	s.Server.UseLang(c, form.Get("lang"))
	switched, err := s.switchLang(c, form)
	if err != nil {
		return err
	}
	visit, err := s.visit(c)
	if err != nil {
		return s.ended(c, err)
	}
	if switched {
		return s.endConsultationPage(c, visit)
	}
	switch form.Get("how") {
	case "later":
		err := s.Dialogue.EndConsultation(c.Request().Context(), visit)
		if err != nil && !errors.Is(err, ethics.ErrConflict) { // ended by the other side in this moment
			return err
		}
		return c.Redirect(http.StatusSeeOther, "/consultation")
	case "now":
		err := s.Dialogue.EraseConsultation(c.Request().Context(), visit)
		if err != nil && !errors.Is(err, ethics.ErrConflict) { // erased in this moment by the same form
			return err
		}
		s.Server.Cookies.Clear(c, httpd.CookieCase)
		v := consultationView{Page: s.Server.Page(c, "consult.erased"), Done: true}
		v.LangPath = ""
		return s.Server.Render(c, http.StatusOK, "reporter/talk-end", v)
	}
	return httpd.ErrMalformed
}
