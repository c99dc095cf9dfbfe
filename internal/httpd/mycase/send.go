package mycase

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// send adds a message with its files. Whatever keeps it from being sent, the
// text and the files stand in the page that answers.
func (s *Site) send(c echo.Context) error {
	a, err := s.read(c, backMessage)
	if err != nil {
		return err
	}
	switched, err := s.switchLang(c, a.form)
	if err != nil {
		return err
	}
	visit, err := s.visit(c)
	if errors.Is(err, ethics.ErrSessionEnded) {
		return s.ask(c, http.StatusUnauthorized, "", a, false)
	}
	if err != nil {
		return err
	}
	switch {
	case a.cut:
		return s.page(c, http.StatusRequestEntityTooLarge, visit, casePage{pending: a})
	case switched:
		return s.page(c, http.StatusOK, visit, casePage{pending: a})
	case len(a.faults) > 0:
		return s.page(c, http.StatusUnprocessableEntity, visit, casePage{pending: a})
	}
	sent, err := s.Dialogue.Send(c.Request().Context(), visit, a.attached.Draft, a.text, a.attached.Files)
	var errs ethics.FieldErrors
	if errors.As(err, &errs) {
		for _, e := range errs {
			a.wrong(e.Field, textError(e.Kind), "Max", s.Dialogue.Limits.TextChars)
		}
		return s.page(c, http.StatusUnprocessableEntity, visit, casePage{pending: a})
	}
	if errors.Is(err, ethics.ErrBusy) {
		a.wrong("text", "reporter.error.busy")
		return s.page(c, http.StatusServiceUnavailable, visit, casePage{pending: a})
	}
	if errors.Is(err, ethics.ErrRefused) {
		return s.page(c, http.StatusUnprocessableEntity, visit, casePage{pending: a})
	}
	if err != nil {
		return err
	}
	if sent.Again {
		a.attached.Forget(c.Request().Context()) // the first sending has them
	}
	return c.Redirect(http.StatusSeeOther, "/case?sent=1")
}

func textError(kind ethics.FaultKind) string {
	switch kind {
	case ethics.FaultTooLong:
		return "reporter.error.too_long"
	case ethics.FaultUTF8:
		return "form.not_text"
	}
	return "reporter.error.text"
}

// switchLang does what a form's language button asks; false when none was
// pressed.
func (s *Site) switchLang(c echo.Context, form *httpd.Form) (bool, error) {
	lang := form.Get("lang_switch")
	if lang == "" {
		return false, nil
	}
	if !s.Server.SwitchLang(c, lang) {
		return false, httpd.ErrMalformed
	}
	return true, nil
}
