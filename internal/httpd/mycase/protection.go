package mycase

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/locale"
)

type retaliationView struct {
	httpd.Page
	Errors         []httpd.FieldError
	Number         string
	Waiting, Muted bool // written before and not answered yet; and no second one is taken
	Head           httpd.FormHead
	Field          httpd.Field
}

// Format hides the text.
func (retaliationView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// askRetaliation is the page on which the reporter says that somebody retaliates,
// at any time, also long after closing.
func (s *Site) askRetaliation(c echo.Context) error {
	visit, err := s.visit(c)
	if err != nil {
		return s.ended(c, err)
	}
	a := newPendingText()
	a.back = backRetaliation
	return s.retaliationPage(c, http.StatusOK, visit, a)
}

func (s *Site) retaliationPage(c echo.Context, status int, visit dialogue.Visit, a *pendingText) error {
	view, err := s.Dialogue.View(c.Request().Context(), visit)
	if err != nil {
		return err
	}
	p := s.Server.Printer(c)
	v := retaliationView{
		Page: s.visited(c, "watch.form_title"), Number: view.Number, Waiting: view.Retaliation,
		Muted: view.Retaliation && view.Muted,
		Head:  httpd.FormHead{Draft: a.attached.Draft.Text(), Lang: s.Server.Lang(c)},
		Field: httpd.Field{
			Kind: "textarea", Name: "text", Label: p.T("watch.what"), Hint: p.T("watch.what_hint"), Value: a.text,
		},
	}
	v.LangPath = ""
	for _, f := range a.faults {
		v.Field.Error = f.say(p)
		v.Errors = append(v.Errors, httpd.FieldError{Field: f.field, Text: v.Field.Error})
	}
	return s.Server.Render(c, status, "reporter/retaliation", v)
}

// retaliation sends what happened. While the page asks how the reporter is, the same
// message answers that question.
func (s *Site) retaliation(c echo.Context) error {
	ctx := c.Request().Context()
	form, err := s.Server.ReadForm(c, nil)
	if err != nil {
		return err
	}
	s.Server.UseLang(c, form.Get("lang"))
	a, err := s.restoreText(c, form, backRetaliation)
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
		return s.retaliationPage(c, http.StatusOK, visit, a)
	case len(a.faults) > 0:
		return s.retaliationPage(c, http.StatusUnprocessableEntity, visit, a)
	}
	_, err = s.Dialogue.CheckIn(ctx, visit, a.attached.Draft, true, a.text)
	if errors.Is(err, ethics.ErrConflict) { // nobody asked
		_, err = s.Dialogue.Retaliation(ctx, visit, a.attached.Draft, a.text)
	}
	var errs ethics.FieldErrors
	switch {
	case errors.As(err, &errs):
		for _, e := range errs {
			a.wrong(e.Field, textError(e.Kind), "Max", s.Dialogue.Limits.TextChars)
		}
		return s.retaliationPage(c, http.StatusUnprocessableEntity, visit, a)
	case errors.Is(err, ethics.ErrRefused):
		return s.retaliationPage(c, http.StatusUnprocessableEntity, visit, a)
	case err != nil:
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/case")
}

// mediation takes the reporter's yes, no, or end of it.
func (s *Site) mediation(c echo.Context) error {
	return s.button(c, func(ctx context.Context, visit dialogue.Visit, draft derive.Secret, answer string) error {
		var err error
		switch answer {
		case "yes", "no":
			_, err = s.Dialogue.Mediation(ctx, visit, draft, answer == "yes")
		case "end":
			_, err = s.Dialogue.EndMediation(ctx, visit, draft, "")
		default:
			err = httpd.ErrMalformed
		}
		return err
	})
}

// checkIn takes the answer that nothing has happened.
func (s *Site) checkIn(c echo.Context) error {
	return s.button(c, func(ctx context.Context, visit dialogue.Visit, draft derive.Secret, _ string) error {
		_, err := s.Dialogue.CheckIn(ctx, visit, draft, false, "")
		return err
	})
}

// button answers a form that is one press of a button. Where the case moved on
// meanwhile it is shown as it is now.
func (s *Site) button(c echo.Context, do func(context.Context, dialogue.Visit, derive.Secret, string) error) error {
	form, err := s.Server.ReadForm(c, nil)
	if err != nil {
		return err
	}
	s.Server.UseLang(c, form.Get("lang"))
	draft, err := form.Draft()
	if err != nil {
		return err
	}
	visit, err := s.visit(c)
	if errors.Is(err, ethics.ErrSessionEnded) {
		return s.ask(c, http.StatusUnauthorized, "", nil, false)
	}
	if err != nil {
		return err
	}
	err = do(c.Request().Context(), visit, draft, form.Get("answer"))
	if errors.Is(err, ethics.ErrConflict) {
		return s.page(c, http.StatusUnprocessableEntity, visit, casePage{conflict: true})
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/case")
}

// questions is what the case page asks the reporter: mediation, and how they are.
type questions struct {
	Head      httpd.FormHead
	Mediation string // as in dialogue.View
	CheckIn   bool
}

func (s *Site) questions(c echo.Context, view dialogue.View) questions {
	return questions{
		Head: httpd.FormHead{Draft: derive.New().Text(), Lang: s.Server.Lang(c)}, Mediation: view.Mediation,
		CheckIn: view.CheckIn != "",
	}
}

// ownWords are what the reporter's messages say besides their text.
var ownWords = map[ethics.EventKind]string{
	ethics.EventRetaliation: "watch.own.reported", ethics.EventCheckedIn: "watch.own.fine",
	ethics.EventAgreed: "mediation.own.agreed", ethics.EventRefused: "mediation.own.refused",
}

// aboutProtection words a reporter's own message that is more than its text.
func aboutProtection(p *locale.Printer, m dialogue.Message) string {
	key, ok := ownWords[m.Event]
	if !ok || m.From != ethics.ActorReporter {
		return m.Text
	}
	if m.Event == ethics.EventRefused && m.With == ethics.ActEndMediation {
		key = "mediation.own.ended"
	}
	if m.Text == "" {
		return p.T(key)
	}
	return p.T(key) + "\n\n" + m.Text
}
