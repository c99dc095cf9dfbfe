package httpd_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"svilpe/internal/httpd"
)

func TestCookies(t *testing.T) {
	for _, secure := range []bool{true, false} {
		s, _ := newServer(t, func(o *httpd.Options) { o.Secure = secure })
		s.Echo.GET("/set", func(c echo.Context) error {
			s.Cookies.Set(c, httpd.CookieDesk, "abc", 0)
			s.Cookies.Set(c, httpd.CookieKnown, "def", 180*24*time.Hour)
			s.Cookies.Clear(c, httpd.CookieCase)
			return c.String(http.StatusOK, s.Cookies.Get(c, httpd.CookieCase))
		})
		name, mark := "case", "; HttpOnly; SameSite=Strict"
		prefix := ""
		if secure {
			name, prefix, mark = "__Host-case", "__Host-", "; HttpOnly; Secure; SameSite=Strict"
		}
		w := do(s, "GET", "/set", func(r *http.Request) {
			r.Header.Set("Cookie", name+"=ours")
			r.Header.Set("X-Forwarded-Proto", "http") // what a request says changes nothing
		})
		want := []string{
			prefix + "desk=abc; Path=/" + mark,
			prefix + "known=def; Path=/; Max-Age=15552000" + mark,
			prefix + "case=; Path=/; Max-Age=0" + mark,
		}
		if got := strings.Join(w.Header()["Set-Cookie"], "\n"); got != strings.Join(want, "\n") {
			t.Errorf("secure %v:\n%s", secure, got)
		}
		if w.Body.String() != "ours" {
			t.Errorf("read %q", w.Body)
		}
	}
}

// A cookie without the prefix, which a neighbouring host could set, is nothing.
func TestSecureListenerReadsPrefixedCookiesOnly(t *testing.T) {
	s, _ := newServer(t, nil)
	s.Echo.GET("/get", func(c echo.Context) error {
		return c.String(http.StatusOK, s.Cookies.Get(c, httpd.CookieDesk))
	})
	if w := do(s, "GET", "/get", func(r *http.Request) { r.Header.Set("Cookie", "desk=theirs") }); w.Body.Len() != 0 {
		t.Errorf("%q", w.Body)
	}
}

func TestLanguage(t *testing.T) {
	s, _ := newServer(t, nil)
	s.Echo.GET("/lang", func(c echo.Context) error {
		return c.String(http.StatusOK, s.Lang(c)+" "+s.Printer(c).T("layout.about"))
	})
	for _, row := range []struct{ query, cookie, accept, lang, set string }{
		{"", "", "", "lv", ""},
		{"", "", "kk, en;q=0.5", "kk", ""},
		{"", "ru", "kk", "ru", ""},
		{"", "de", "kk", "kk", ""},
		{"?lang=en", "ru", "kk", "en", "__Host-lang=en; Path=/; HttpOnly; Secure; SameSite=Strict"},
		{"?lang=de", "ru", "kk", "ru", ""},
		{"?lang=%00%ff", "", "", "lv", ""},
	} {
		w := do(s, "GET", "/lang"+row.query, func(r *http.Request) {
			if row.cookie != "" {
				r.Header.Set("Cookie", "__Host-lang="+row.cookie)
			}
			r.Header.Set("Accept-Language", row.accept)
		})
		if lang, _, _ := strings.Cut(w.Body.String(), " "); lang != row.lang ||
			w.Header().Get("Set-Cookie") != row.set {
			t.Errorf("%+v: %q, cookie %q", row, w.Body, w.Header().Get("Set-Cookie"))
		}
	}
}

// A form answers in the language it was shown in; its button keeps the new one.
func TestFormsKeepTheirLanguage(t *testing.T) {
	s, _ := newServer(t, nil)
	s.Echo.POST("/use", func(c echo.Context) error {
		if !s.UseLang(c, "kk") || s.UseLang(c, "de") {
			t.Error("languages offered")
		}
		return c.String(http.StatusOK, s.Lang(c))
	})
	s.Echo.POST("/switch", func(c echo.Context) error {
		if !s.SwitchLang(c, "ru") || s.SwitchLang(c, "xx") {
			t.Error("languages offered")
		}
		return c.String(http.StatusOK, s.Lang(c))
	})
	if w := do(s, "POST", "/use", nil); w.Body.String() != "kk" || w.Header().Get("Set-Cookie") != "" {
		t.Errorf("%q, cookie %q", w.Body, w.Header().Get("Set-Cookie"))
	}
	if w := do(s, "POST", "/switch", nil); w.Body.String() != "ru" ||
		!strings.HasPrefix(w.Header().Get("Set-Cookie"), "__Host-lang=ru;") {
		t.Errorf("%q, cookie %q", w.Body, w.Header().Get("Set-Cookie"))
	}
}

// Only languages the institution offers are there.
func TestOfferedLanguages(t *testing.T) {
	s, _ := newServer(t, func(o *httpd.Options) { o.Config.Site.Languages = []string{"ru", "lv"} })
	s.Echo.GET("/lang", func(c echo.Context) error { return c.String(http.StatusOK, s.Lang(c)) })
	for query, want := range map[string]string{"": "ru", "?lang=lv": "lv", "?lang=en": "ru"} {
		if got := do(s, "GET", "/lang"+query, nil).Body.String(); got != want {
			t.Errorf("%s: %s", query, got)
		}
	}
}

// Language links lead to the page itself, but never repeat a parameter of it.
func TestLanguageLinksRepeatNoParameter(t *testing.T) {
	s, _ := newServer(t, nil)
	show := func(c echo.Context) error { return c.String(http.StatusOK, s.Page(c, "layout.about").LangPath) }
	s.Echo.GET("/about", show)
	s.Echo.POST("/about", show)
	s.Echo.GET("/case/files/:id", show)
	for req, want := range map[string]string{
		"GET /about?what=x": "/about", "POST /about": "", "GET /case/files/x": "",
	} {
		method, path, _ := strings.Cut(req, " ")
		if got := do(s, method, path, nil).Body.String(); got != want {
			t.Errorf("%s: %q", req, got)
		}
	}
}
