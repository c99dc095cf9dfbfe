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

type talkView struct {
	httpd.Page
	Errors    []httpd.FieldError
	Corrected []string // groups of the code read otherwise than typed
	Apart     string   // text that was written before, perhaps elsewhere
	Conflict  bool     // it ended, or nobody is left, before the text was sent
	Number    string
	Ended     bool
	Until     string // erased on this day
	Advisers  string // who reads what is written now
	Messages  []message
	Missing   bool
	Head      httpd.FormHead
	TextField httpd.Field
	Report    []httpd.Hidden // the report's form with what was written here
	Keep      int            // days
	Done      bool           // erased just now
}

// Format hides the talk.
func (talkView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// openTalk shows the talk with the trust persons.
func (s *Site) openTalk(c echo.Context) error {
	visit, err := s.visit(c)
	if err != nil {
		return s.ended(c, err)
	}
	return s.talkPage(c, http.StatusOK, visit, casePage{})
}

func (s *Site) talkPage(c echo.Context, status int, visit dialogue.Visit, add casePage) error {
	ctx := c.Request().Context()
	talk, err := s.Dialogue.Consultation(ctx, visit)
	if err != nil {
		return err
	}
	p := s.Server.Printer(c)
	v := talkView{
		Page: s.talked(c, "consult.page"), Corrected: add.corrected, Apart: add.apart,
		Conflict: add.conflict, Number: talk.Number,
		Ended: talk.Ended, Until: talk.Until, Advisers: strings.Join(talk.Advisers, ", "), Missing: talk.Missing > 0,
		Keep: s.Policy.Talks.KeepDays,
	}
	var own []string
	for _, m := range talk.Messages {
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
	if add.answer == nil {
		add.answer = newAnswer()
	}
	v.Head = httpd.FormHead{Draft: add.answer.attached.Draft.Text(), Lang: s.Server.Lang(c)}
	v.TextField = httpd.Field{
		Kind: "textarea", Name: "text", Label: p.T("reporter.case.text"),
		Hint: p.T("reporter.case.text_hint"), Value: add.answer.text,
	}
	for _, f := range add.answer.faults {
		v.TextField.Error = f.say(p)
		v.Errors = append(v.Errors, httpd.FieldError{Field: f.field, Text: v.TextField.Error})
	}
	if v.Ended || v.Advisers == "" {
		v.Apart = strings.TrimSpace(v.Apart + "\n\n" + add.answer.text) // what was being written stays readable
	}
	place := talk.Institution
	if talk.Unit != "" {
		place += "/" + talk.Unit
	}
	for _, h := range [][2]string{
		{"draft", derive.New().Text()}, {"lang", v.Head.Lang}, {"institution", place}, {"language", talk.Language},
		{"description", strings.Join(own, "\n\n")},
	} {
		v.Report = append(v.Report, httpd.Hidden{Name: h[0], Value: h[1]})
	}
	return s.Server.Render(c, status, "reporter/talk", v)
}

// talked starts a page of a visit to a consultation.
func (s *Site) talked(c echo.Context, titleKey string) httpd.Page {
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
	a, err := s.carried(c, form, backTalk)
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
		return s.talkPage(c, http.StatusOK, visit, casePage{answer: a})
	case len(a.faults) > 0:
		return s.talkPage(c, http.StatusUnprocessableEntity, visit, casePage{answer: a})
	}
	_, err = s.Dialogue.Say(c.Request().Context(), visit, a.attached.Draft, a.text)
	var errs ethics.FieldErrors
	switch {
	case errors.As(err, &errs):
		for _, e := range errs {
			a.wrong(e.Field, textError(e.Kind), "Max", s.Dialogue.Limits.TextChars)
		}
		return s.talkPage(c, http.StatusUnprocessableEntity, visit, casePage{answer: a})
	case errors.Is(err, ethics.ErrConflict), errors.Is(err, ethics.ErrNobodyToSeal):
		return s.talkPage(c, http.StatusUnprocessableEntity, visit, casePage{answer: a, conflict: true})
	case err != nil:
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/consultation")
}

// askEndTalk says what ending means, before it is done.
func (s *Site) askEndTalk(c echo.Context) error {
	visit, err := s.visit(c)
	if err != nil {
		return s.ended(c, err)
	}
	return s.endTalkPage(c, visit)
}

func (s *Site) endTalkPage(c echo.Context, visit dialogue.Visit) error {
	talk, err := s.Dialogue.Consultation(c.Request().Context(), visit)
	if err != nil {
		return err
	}
	v := talkView{
		Page: s.talked(c, "consult.end"), Number: talk.Number, Ended: talk.Ended,
		Head: httpd.FormHead{Lang: s.Server.Lang(c)}, Keep: s.Policy.Talks.KeepDays,
	}
	return s.Server.Render(c, http.StatusOK, "reporter/talk-end", v)
}

// endTalk ends it, or erases it at once. Who erased it has no visit any more.
func (s *Site) endTalk(c echo.Context) error {
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
		return s.endTalkPage(c, visit)
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
		v := talkView{Page: s.Server.Page(c, "consult.erased"), Done: true}
		v.LangPath = ""
		return s.Server.Render(c, http.StatusOK, "reporter/talk-end", v)
	}
	return httpd.ErrMalformed
}
