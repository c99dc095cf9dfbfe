package mycase

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

type withdrawView struct {
	httpd.Page
	Errors []httpd.FieldError
	Number string
	Head   httpd.FormHead
	Field  httpd.Field
}

// Format hides the text.
func (withdrawView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// askWithdraw says what withdrawing means, before it is done.
func (s *Site) askWithdraw(c echo.Context) error {
	visit, err := s.visit(c)
	if err != nil {
		return s.ended(c, err)
	}
	a := newPendingText()
	a.back = backWithdraw
	return s.withdrawPage(c, http.StatusOK, visit, a)
}

func (s *Site) withdrawPage(c echo.Context, status int, visit dialogue.Visit, a *pendingText) error {
	view, err := s.Dialogue.View(c.Request().Context(), visit)
	if err != nil {
		return err
	}
	if !view.CanWithdraw {
		return s.page(c, http.StatusUnprocessableEntity, visit, casePage{conflict: true, apart: a.text})
	}
	p := s.Server.Printer(c)
	v := withdrawView{
		Page: s.visited(c, "reporter.withdraw.title"), Number: view.Number,
		Head: httpd.FormHead{Draft: a.attached.Draft.Text(), Lang: s.Server.Lang(c)},
		Field: httpd.Field{
			Kind: "textarea", Name: "text", Label: p.T("reporter.withdraw.why"), Optional: true, Rows: 4, Value: a.text,
		},
	}
	v.LangPath = ""
	for _, f := range a.faults {
		v.Field.Error = f.say(p)
		v.Errors = append(v.Errors, httpd.FieldError{Field: f.field, Text: v.Field.Error})
	}
	return s.Server.Render(c, status, "reporter/withdraw", v)
}

// withdraw ends the case on the reporter's word.
func (s *Site) withdraw(c echo.Context) error {
	form, err := s.Server.ReadForm(c, nil)
	if err != nil {
		return err
	}
	s.Server.UseLang(c, form.Get("lang"))
	a, err := s.restoreText(c, form, backWithdraw)
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
		return s.withdrawPage(c, http.StatusOK, visit, a)
	case len(a.faults) > 0:
		return s.withdrawPage(c, http.StatusUnprocessableEntity, visit, a)
	}
	_, err = s.Dialogue.Withdraw(c.Request().Context(), visit, a.attached.Draft, a.text)
	var errs ethics.FieldErrors
	switch {
	case errors.As(err, &errs):
		for _, e := range errs {
			a.wrong(e.Field, textError(e.Kind), "Max", s.Dialogue.Limits.TextChars)
		}
		return s.withdrawPage(c, http.StatusUnprocessableEntity, visit, a)
	case errors.Is(err, ethics.ErrConflict):
		return s.page(c, http.StatusUnprocessableEntity, visit, casePage{conflict: true, apart: a.text})
	case err != nil:
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/case")
}
