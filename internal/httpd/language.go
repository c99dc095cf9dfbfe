package httpd

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"svilpe/internal/locale"
)

// speech is the language of one answer. It stands in the request's context by
// pointer, so that a form can change it after the request began.
type speech struct{ lang string }

type speechKey struct{}

// chooseLanguage settles the answer's language: ?lang=, which is kept in a
// session cookie; else the cookie; else what the browser asks for; else the
// first language offered.
func (s *Server) chooseLanguage(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		offered := s.offered()
		lang := r.URL.Query().Get("lang")
		switch {
		case slices.Contains(offered, lang):
			s.Cookies.write(w, CookieLang, lang, 0)
		case slices.Contains(offered, s.Cookies.read(r, CookieLang)):
			lang = s.Cookies.read(r, CookieLang)
		default:
			lang = locale.Match(r.Header.Get("Accept-Language"), offered)
		}
		ctx := context.WithValue(r.Context(), speechKey{}, &speech{lang: lang})
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func (s *Server) offered() []string { return s.opt.Config.Site.Languages }

func (s *Server) lang(r *http.Request) string {
	if sp, ok := r.Context().Value(speechKey{}).(*speech); ok {
		return sp.lang
	}
	return s.offered()[0]
}

// Lang is the language of the answer.
func (s *Server) Lang(c echo.Context) string { return s.lang(c.Request()) }

// Printer speaks the language of the answer.
func (s *Server) Printer(c echo.Context) *locale.Printer {
	return s.opt.Catalogue.Printer(s.Lang(c))
}

// PrinterIn speaks one of the four languages, whatever the answer's is: for what
// is read by somebody else.
func (s *Server) PrinterIn(lang string) *locale.Printer { return s.opt.Catalogue.Printer(lang) }

// UseLang answers in the language a form was shown in (its hidden field lang).
// Nothing is kept. A language not offered changes nothing and gives false.
func (s *Server) UseLang(c echo.Context, lang string) bool {
	if !slices.Contains(s.offered(), lang) {
		return false
	}
	if sp, ok := c.Request().Context().Value(speechKey{}).(*speech); ok {
		sp.lang = lang
	}
	return true
}

// SwitchLang answers in the language of a form's button lang_switch and keeps
// it in the session cookie.
func (s *Server) SwitchLang(c echo.Context, lang string) bool {
	if !s.UseLang(c, lang) {
		return false
	}
	s.Cookies.Set(c, CookieLang, lang, 0)
	return true
}
