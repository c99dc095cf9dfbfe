package member

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/secret"
)

// signInView is the one form for name, password and code.
type signInView struct {
	httpd.Page
	Notice *httpd.Notice
	Errors []httpd.FieldError
	Head   httpd.FormHead
	Fields []httpd.Field
	Closed bool // the alarm of other founders: no form
	Logins []Practice
	kept
}

func (s *Site) signInForm(c echo.Context) error {
	return s.signInPage(c, http.StatusOK, nil, kept{}, "")
}

// signInPage shows the form. fault is the key of what is wrong, "" for nothing.
func (s *Site) signInPage(c echo.Context, status int, f *httpd.Form, k kept, fault string) error {
	t := s.Desk.Server.Printer(c)
	v := signInView{
		Page: s.Desk.Server.Page(c, "desk.signin.title"), kept: k, Head: httpd.FormHead{Lang: t.Lang()},
		Logins: s.practice(t.Lang()),
	}
	name := httpd.Field{Kind: "email", Name: "name", Label: t.T("desk.signin.name"), Autocomplete: "username"}
	if f != nil {
		name.Value = f.Get("name")
	}
	if fault != "" {
		v.Errors = []httpd.FieldError{{Field: "name", Text: t.T(fault)}}
		name.Error = t.T(fault)
	}
	if k.Return != "" {
		v.Notice = &httpd.Notice{Kind: "due", Title: t.T("desk.ended.title"), Text: t.T("desk.ended.text")}
	}
	if f == nil && c.QueryParams().Has("founded") {
		v.Notice = &httpd.Notice{Kind: "done", Title: t.T("desk.founded.title"), Text: t.T("desk.founded.text")}
	}
	v.Fields = []httpd.Field{
		name,
		{Kind: "password", Name: "password", Label: t.T("desk.signin.password"), Autocomplete: "current-password"},
		{
			Name: "code", Label: t.T("desk.signin.code"), Hint: t.T("desk.signin.code_hint"),
			Autocomplete: "one-time-code", InputMode: "numeric",
		},
	}
	return s.render(c, status, "sign-in", v)
}

// signIn gives one answer to an unknown name, a wrong password and a wrong
// code. What was typed before the last session ended stays in the page.
func (s *Site) signIn(c echo.Context) error {
	f, err := s.Desk.Server.ReadForm(c, nil)
	if err != nil {
		return err
	}
	s.Desk.Server.UseLang(c, f.Get("lang"))
	k := readKept(f)
	ctx, cookies := c.Request().Context(), s.Desk.Server.Cookies
	browser, _ := secret.ReadCookie(cookies.Get(c, httpd.CookieKnown))
	code := strings.ReplaceAll(strings.TrimSpace(f.Get("code")), " ", "")
	session, known, err := s.Auth.SignIn(ctx, f.Get("name"), f.Get("password"), code, browser)
	var who *auth.Session
	if err == nil {
		// A term that has ended is told like a wrong password: nobody learns who served.
		if who, err = s.Auth.Session(ctx, session); errors.Is(err, ethics.ErrSessionEnded) {
			err = auth.ErrWrong
		}
	}
	switch {
	case errors.Is(err, auth.ErrWrong):
		return s.signInPage(c, http.StatusUnprocessableEntity, f, k, "desk.signin.wrong")
	case errors.Is(err, auth.ErrWait):
		return s.signInPage(c, http.StatusUnprocessableEntity, f, k, "desk.signin.wait")
	case errors.Is(err, secret.ErrBusy): // nothing failed: a flood must not fill the log, a line each
		return s.signInPage(c, http.StatusTooManyRequests, f, k, "desk.signin.busy")
	case errors.Is(err, auth.ErrFounders):
		return s.alarm(c)
	case err != nil:
		return err
	}
	if old, ok := secret.ReadCookie(cookies.Get(c, httpd.CookieDesk)); ok {
		if err := s.Auth.SignOut(ctx, old); err != nil {
			return err
		}
	}
	cookies.Set(c, httpd.CookieDesk, session.Text(), 0)
	if known != (secret.Cookie{}) {
		cookies.Set(c, httpd.CookieKnown, known.Text(), s.Auth.Limits.Known)
	}
	return s.resume(c, who, k)
}

// alarm tells, calmly, that this member knows other founders than the database:
// the operator's matter, and the colleagues', not the sign-in's.
func (s *Site) alarm(c echo.Context) error {
	t := s.Desk.Server.Printer(c)
	return s.render(c, http.StatusServiceUnavailable, "sign-in", signInView{
		Page: s.Desk.Server.Page(c, "desk.signin.title"), Closed: true,
		Notice: &httpd.Notice{Kind: "danger", Title: t.T("desk.alarm.title"), Text: t.T("desk.alarm.text")},
	})
}

// signOut ends the session, also one that has ended already.
func (s *Site) signOut(c echo.Context) error {
	if _, err := s.Desk.Server.ReadForm(c, nil); err != nil {
		return err
	}
	if cookie, ok := secret.ReadCookie(s.Desk.Server.Cookies.Get(c, httpd.CookieDesk)); ok {
		if err := s.Auth.SignOut(c.Request().Context(), cookie); err != nil {
			return err
		}
	}
	s.Desk.Server.Cookies.Clear(c, httpd.CookieDesk)
	return seeOther(c, "/desk/sign-in")
}
