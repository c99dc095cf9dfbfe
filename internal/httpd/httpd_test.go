package httpd_test

import (
	"bytes"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"svilpe/internal/config"
	"svilpe/internal/httpd"
	"svilpe/internal/locale"
	"svilpe/web"
)

// newServer is a server with the real layout and a few pages made for tests.
// What it logs is returned too, so that tests can say what must not be there.
func newServer(t testing.TB, change func(*httpd.Options)) (*httpd.Server, *bytes.Buffer) {
	t.Helper()
	var logged bytes.Buffer
	o := httpd.Options{
		Config: defaults(), Catalogue: mustCatalogue(t), Clock: clock, Secure: true,
		Log:       slog.New(slog.NewJSONHandler(&logged, nil)),
		Templates: withPages(t, nil),
	}
	if change != nil {
		change(&o)
	}
	s, err := httpd.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s, &logged
}

var clock = time.Now

// defaults are settings that name the host of httptest's requests.
func defaults() config.Config {
	cfg := config.Default()
	cfg.Site.MembersURL = "http://example.com"
	return cfg
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func mustCatalogue(t testing.TB) *locale.Catalogue {
	t.Helper()
	texts, err := locale.Load(web.Locale())
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// withPages adds pages to the real templates.
func withPages(t testing.TB, pages map[string]string) fs.FS {
	t.Helper()
	all := fstest.MapFS{}
	for _, glob := range []string{"layout/*.html", "error/*.html"} {
		names, err := fs.Glob(web.Templates(), glob)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := fs.ReadFile(web.Templates(), name)
			if err != nil {
				t.Fatal(err)
			}
			all[name] = &fstest.MapFile{Data: data}
		}
	}
	for name, src := range pages {
		all[name] = &fstest.MapFile{Data: []byte(src)}
	}
	return all
}

func do(s *httpd.Server, method, target string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

func TestUnknownPageIsCalm(t *testing.T) {
	s, _ := newServer(t, nil)
	w := do(s, "GET", "/nothing/here", nil)
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "Šeit nekā nav") {
		t.Errorf("%d\n%s", w.Code, w.Body)
	}
}
