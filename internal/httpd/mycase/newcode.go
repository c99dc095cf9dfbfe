package mycase

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

type newCodeView struct {
	httpd.Page
	Number string
	Head   httpd.FormHead
	// The new code, with its card as at filing; empty before.
	Groups                    []string
	Received, AckDue, Address string
	QR                        template.HTML
	Notes                     []string
}

// Format hides the code.
func (newCodeView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// askNewCode says what a new case code means, before there is one.
func (s *Site) askNewCode(c echo.Context) error {
	visit, err := s.visit(c)
	if err != nil {
		return s.ended(c, err)
	}
	return s.newCodePage(c, visit, derive.New())
}

func (s *Site) newCodePage(c echo.Context, visit dialogue.Visit, draft derive.Secret) error {
	view, err := s.Dialogue.View(c.Request().Context(), visit)
	if err != nil {
		return err
	}
	v := newCodeView{
		Page: s.visited(c, "newcode.title"), Number: view.Number,
		Head: httpd.FormHead{Draft: draft.Text(), Lang: s.Server.Lang(c)},
	}
	v.LangPath = ""
	return s.Server.Render(c, http.StatusOK, "reporter/new-code", v)
}

// newCode replaces the case code and shows the new one, without a redirect: that
// would mean keeping the secret. The same form sent twice shows it again, also
// when the first answer was lost on the way: the draft is the code.
func (s *Site) newCode(c echo.Context) error {
	form, err := s.Server.ReadForm(c, nil)
	if err != nil {
		return err
	}
	s.Server.UseLang(c, form.Get("lang"))
	draft, err := derive.ReadDraft(form.Get("draft"))
	if err != nil {
		return httpd.ErrMalformed
	}
	switched, err := s.switchLang(c, form)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if !switched {
		again, err := s.Dialogue.Again(ctx, draft)
		if !errors.Is(err, ethics.ErrNotFound) {
			return s.showNewCode(c, again, err)
		}
	}
	visit, err := s.visit(c)
	switch {
	case errors.Is(err, ethics.ErrSessionEnded):
		return s.ask(c, http.StatusUnauthorized, "", nil, false)
	case err != nil:
		return err
	case switched:
		return s.newCodePage(c, visit, draft)
	}
	n, err := s.Dialogue.NewCode(ctx, visit, draft)
	return s.showNewCode(c, n, err)
}

// showNewCode is the card with the new code, once.
func (s *Site) showNewCode(c echo.Context, n dialogue.NewCode, err error) error {
	if err != nil {
		return err
	}
	httpd.MadeAgain(c)
	s.Server.Cookies.Set(c, httpd.CookieCase, n.Cookie.Text(), 0)
	groups := n.Code.Groups()
	v := newCodeView{
		Page: s.visited(c, "newcode.done"), Number: n.Number, Groups: groups[:], Received: n.Received,
		Address: httpd.Address(s.Server.Config().Site),
	}
	v.LangPath = ""
	if note, ok := s.Policy.SafetyNote("access_code"); ok {
		v.Notes = append(v.Notes, note.Text.In(s.Server.Lang(c)))
	}
	if v.Address != "" {
		if v.QR, err = httpd.QR(v.Address, s.Server.Printer(c).T("reporter.code.card_qr")); err != nil {
			return err
		}
	}
	return s.Server.Render(c, http.StatusOK, "reporter/new-code-done", v)
}
