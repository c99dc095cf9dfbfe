package member

import (
	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// act reads a small form, lets do store it, and answers. The same form sent
// twice stores once: its ids come from its draft.
func (s *Site) act(
	c echo.Context, who *auth.Session, name, target string, done func(*httpd.Form) string, names map[string]string,
	do func(*httpd.Form, derive.Secret) (casework.Taken, error),
) error {
	f, err := s.Desk.Server.ReadForm(c, nil)
	if err != nil {
		return err
	}
	s.Desk.Server.UseLang(c, f.Get("lang"))
	draft, err := f.Draft()
	if err != nil {
		return err
	}
	t := typed{form: name, target: target, values: f, errs: s.words(c).unreadable(f)}
	if len(t.errs) > 0 {
		return s.refuse(c, who, t, names, ethics.FieldErrors{})
	}
	taken, err := do(f, draft)
	if err != nil {
		return s.refuse(c, who, t, names, err)
	}
	return stored(c, taken, done(f))
}

// constWord is the word of a form that has one outcome.
func constWord(word string) func(*httpd.Form) string { return func(*httpd.Form) string { return word } }

// stored leads back to the case, with a word on what happened: the same one when the
// form was sent twice.
func stored(c echo.Context, taken casework.Taken, done string) error {
	if taken.Proposed {
		done = "proposed"
	}
	return seeOther(c, "/desk/cases/"+c.Param("number")+"?done="+done)
}
