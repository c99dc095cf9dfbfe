package httpd_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/locale"
)

// Every answer, page or error, carries the same guard.
func TestHeadersOfEveryAnswer(t *testing.T) {
	s := galleryServer(t)
	s.Echo.POST("/form", func(echo.Context) error { return errors.New("x") })
	s.Echo.GET("/panic", func(echo.Context) error { panic("x") })
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; style-src " +
			"'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Embedder-Policy": "require-corp",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Referrer-Policy":              "same-origin",
		"X-Content-Type-Options":       "nosniff",
		"X-Robots-Tag":                 "noindex, nofollow",
		"Strict-Transport-Security":    "max-age=63072000; includeSubDomains",
	}
	for _, req := range []string{
		"GET /gallery", "HEAD /gallery", "GET /desk/gallery", "GET /none", "POST /form", "PUT /form",
		"GET /panic", "GET /healthz",
	} {
		method, path, _ := strings.Cut(req, " ")
		h := do(s, method, path, nil).Header()
		for name, value := range want {
			if h.Get(name) != value {
				t.Errorf("%s: %s is %q", req, name, h.Get(name))
			}
		}
		if h.Get("Cache-Control") != "no-store" || !strings.Contains(h.Get("Permissions-Policy"), "camera=()") {
			t.Errorf("%s: %v", req, h)
		}
		for _, never := range []string{
			"Server", "ETag", "Last-Modified", "X-Request-Id", "X-Powered-By", "Access-Control-Allow-Origin",
		} {
			if h.Get(never) != "" {
				t.Errorf("%s: %s is %q", req, never, h.Get(never))
			}
		}
	}
}

func TestNoHSTSWithoutTLS(t *testing.T) {
	s, _ := newServer(t, func(o *httpd.Options) { o.Secure = false })
	if got := do(s, "GET", "/x", nil).Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("%q", got)
	}
}

func TestStaticIsImmutableUnderItsHash(t *testing.T) {
	s := galleryServer(t)
	body := do(s, "GET", "/gallery", nil).Body.String()
	urls := regexp.MustCompile(`/static/[0-9a-f]{16}/(svilpe\.css|favicon\.svg)`).FindAllString(body, -1)
	if len(urls) != 2 {
		t.Fatalf("%v", urls)
	}
	for _, url := range urls {
		w := do(s, "GET", url, nil)
		if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" ||
			w.Body.Len() < 200 {
			t.Errorf("%s: %d %v", url, w.Code, w.Header())
		}
	}
	for _, url := range []string{
		"/static/0000000000000000/svilpe.css", strings.Replace(urls[0], "svilpe.css", "..%2fembed.go", 1), "/static/",
	} {
		if w := do(s, "GET", url, nil); w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d", url, w.Code)
		}
	}
}

func TestErrorsHaveTheirCalmPage(t *testing.T) {
	s, _ := newServer(t, nil)
	var err error
	s.Echo.GET("/x", func(echo.Context) error { return err })
	s.Echo.GET("/desk/x", func(echo.Context) error { return err })
	for status, given := range map[int][]error{
		400: {httpd.ErrMalformed, context.Canceled},
		401: {ethics.ErrSessionEnded},
		404: {ethics.ErrNotFound, echo.ErrNotFound},
		413: {httpd.ErrTooLarge, ethics.ErrTooLarge},
		415: {httpd.ErrUnsupported},
		500: {errors.New("SECRET"), ethics.ErrExists, echo.NewHTTPError(418, "SECRET")},
		503: {ethics.ErrBusy, ethics.ErrDay, ethics.ErrUnavailable, ethics.ErrNotReady},
	} {
		for _, err = range given {
			err = fmt.Errorf("SECRET wrapped: %w", err)
			for _, lang := range locale.Languages {
				w := do(s, "GET", "/x?lang="+lang, nil)
				body := w.Body.String()
				title := mustCatalogue(t).Printer(lang).T(fmt.Sprintf("error.%d.title", status))
				if w.Code != status || !strings.Contains(body, title) || strings.Contains(body, "SECRET") {
					t.Errorf("%v in %s: %d\n%s", err, lang, w.Code, body)
				}
			}
			// two voices: the desk's page leads to the desk, and has no way to leave
			if body := do(s, "GET", "/desk/x", nil).Body.String(); !strings.Contains(body, `class="desk"`) ||
				strings.Contains(body, "/leave") {
				t.Errorf("%v: %s", err, body)
			}
		}
	}
}

// What cannot be trusted has calm words of its own, and is no 404 though an
// unknown author be the reason.
func TestUntrustedHasItsOwnWords(t *testing.T) {
	s, _ := newServer(t, nil)
	var err error
	s.Echo.GET("/x", func(echo.Context) error { return err })
	for _, err = range []error{
		ethics.ErrUntrusted, audit.ErrTampered, fmt.Errorf("%w: author: %w", ethics.ErrUntrusted, ethics.ErrNotFound),
	} {
		for _, lang := range locale.Languages {
			p := mustCatalogue(t).Printer(lang)
			w := do(s, "GET", "/x?lang="+lang, nil)
			if body := w.Body.String(); w.Code != 503 || !strings.Contains(body, p.T("error.untrusted.title")) ||
				!strings.Contains(body, p.T("error.untrusted.text")) {
				t.Errorf("%v in %s: %d\n%s", err, lang, w.Code, body)
			}
		}
	}
}

// 404 tells nothing apart: unknown page, unknown case, not permitted, all the
// same bytes and headers.
func TestNotFoundIsTheSameForAll(t *testing.T) {
	s, _ := newServer(t, nil)
	s.Echo.GET("/desk/cases/:number", func(c echo.Context) error {
		return fmt.Errorf("case %s: %w", c.Param("number"), ethics.ErrNotFound)
	})
	first := do(s, "GET", "/desk/cases/2026-K7Q4M", nil)
	for _, path := range []string{
		"/desk/cases/2026-00000", "/desk/nothing", "/desk/cases/2026-K7Q4M/files/x", "/desk/none?a=b",
	} {
		w := do(s, "GET", path, nil)
		if diff := cmp.Diff(first.Body.String(), w.Body.String()); diff != "" || w.Code != first.Code {
			t.Errorf("%s: %d %s", path, w.Code, diff)
		}
		if diff := cmp.Diff(first.Header(), w.Header()); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

func TestMethodNotAllowedSaysWhich(t *testing.T) {
	s, _ := newServer(t, nil)
	s.Echo.GET("/x", func(c echo.Context) error { return c.NoContent(http.StatusOK) })
	w := do(s, "POST", "/x", nil)
	if allow := w.Header().Get("Allow"); w.Code != http.StatusMethodNotAllowed || !strings.Contains(allow, "GET") ||
		!strings.Contains(allow, "HEAD") {
		t.Errorf("%d, Allow: %q", w.Code, allow)
	}
	if !strings.Contains(w.Body.String(), "tā atvērt nevar") {
		t.Error(w.Body)
	}
}

func TestHeadIsAnsweredLikeGet(t *testing.T) {
	s := galleryServer(t)
	get, head := do(s, "GET", "/gallery", nil), do(s, "HEAD", "/gallery", nil)
	if head.Code != get.Code || head.Body.Len() != 0 {
		t.Errorf("%d with %d bytes", head.Code, head.Body.Len())
	}
	if diff := cmp.Diff(get.Header(), head.Header()); diff != "" {
		t.Error(diff)
	}
}

// No other site's page posts here; the page that says so is calm.
func TestFormsFromElsewhereAreRefused(t *testing.T) {
	s, _ := newServer(t, nil)
	calls := 0
	s.Echo.POST("/x", func(c echo.Context) error { calls++; return c.NoContent(http.StatusNoContent) })
	for _, row := range []struct {
		name, value string
		status      int
	}{
		{"Sec-Fetch-Site", "cross-site", 403}, {"Sec-Fetch-Site", "same-site", 403},
		{"Origin", "https://evil.example", 403}, {"Origin", "null", 403},
		{"Sec-Fetch-Site", "same-origin", 204}, {"Sec-Fetch-Site", "none", 204},
		{"Origin", "https://example.com", 204}, {"X-None", "", 204},
	} {
		calls = 0
		w := do(s, "POST", "/x", func(r *http.Request) { r.Header.Set(row.name, row.value) })
		if w.Code != row.status || (calls == 1) != (row.status == 204) {
			t.Errorf("%s %s: %d", row.name, row.value, w.Code)
		}
		if row.status == 403 && !strings.Contains(w.Body.String(), "citas vietnes") {
			t.Error(w.Body)
		}
	}
}

// A panic is a calm page; what it was about is in no log.
func TestPanicTellsThePlaceOnly(t *testing.T) {
	s, logged := newServer(t, nil)
	s.Echo.GET("/before", func(echo.Context) error { panic("SECRET") })
	s.Echo.GET("/after", func(c echo.Context) error {
		_ = c.String(http.StatusOK, "half")
		panic("SECRET")
	})
	w := do(s, "GET", "/before", func(r *http.Request) { r.Header.Set("Accept-Language", "ru") })
	if w.Code != 500 || !strings.Contains(w.Body.String(), "произошёл сбой") ||
		strings.Contains(w.Body.String(), "SECRET") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if got := logged.String(); strings.Contains(got, "SECRET") || !strings.Contains(got, "TestPanicTellsThePlaceOnly") {
		t.Errorf("log: %s", got)
	}
	defer func() {
		if v := recover(); v != http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
			t.Errorf("a page half sent was not cut off: %v", v)
		}
	}()
	do(s, "GET", "/after", nil)
}

// Only failures are logged, at the members' door too, where each line of an act
// would date the entry that it made; nowhere anything of the visitor.
func TestLogs(t *testing.T) {
	s, logged := newServer(t, nil)
	fail := func(c echo.Context) error {
		return fmt.Errorf("store: %w",
			&net.OpError{
				Op: "read", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(203, 0, 113, 9)}, Err: errors.New("reset"),
			})
	}
	// names a row
	told := func(c echo.Context) error { return fmt.Errorf("envelope 7: %w: signature", ethics.ErrUntrusted) }
	ok := func(c echo.Context) error { return c.NoContent(http.StatusOK) }
	busy := func(c echo.Context) error { return fmt.Errorf("envelope 7: %w", ethics.ErrBusy) }
	for _, base := range []string{"", "/desk"} {
		s.Echo.GET(base+"/busy/:id", busy)
		s.Echo.GET(base+"/ok/:id", ok)
		s.Echo.GET(base+"/fail/:id", fail)
		s.Echo.GET(base+"/told/:id", told)
	}
	visit := func(path string) string {
		logged.Reset()
		do(s, "GET", path, func(r *http.Request) {
			r.Header.Set("User-Agent", "SECRET-agent")
			r.Header.Set("Referer", "https://SECRET.example")
			r.Header.Set("X-Forwarded-For", "203.0.113.9")
			r.Header.Set("Cookie", "__Host-case=SECRET")
			r.RemoteAddr = "203.0.113.9:1234"
		})
		if got := logged.String(); strings.Contains(got, "SECRET") || strings.Contains(got, "203.0.113") ||
			strings.Contains(got, "192.0.2") {
			t.Errorf("%s: the log knows too much: %s", path, got)
		}
		return logged.String()
	}
	for _, quiet := range []string{
		"/ok/SECRET", "/none/SECRET", "/ok/SECRET?what=SECRET", "/healthz", "/desk/ok/SECRET?SECRET",
		"/desk/none/SECRET?q=abc",
		"/busy/SECRET",
	} {
		if got := visit(quiet); got != "" {
			t.Errorf("%s: %s", quiet, got)
		}
	}
	for path, want := range map[string]string{
		"/fail/SECRET": `"level":"ERROR","msg":"request","route":"/fail/:id",` +
			`"status":500,"ms":0,"kind":"failed"}`,
		"/told/SECRET": `"level":"ERROR","msg":"request","route":"/told/:id",` +
			`"status":503,"ms":0,"kind":"untrusted"}`,
		"/desk/busy/SECRET": `"status":503,"ms":0,"kind":"busy","err":"envelope 7: busy"}`,
		"/desk/fail/SECRET": `"status":500,"ms":0,"kind":"failed","err":"connection lost"}`,
		"/desk/told/SECRET": `"status":503,"ms":0,"kind":"untrusted","err":"envelope 7: cannot be trusted: signature"}`,
	} {
		if got := visit(path); !strings.Contains(got, want) {
			t.Errorf("%s: %s\nwant %s", path, got, want)
		}
	}
}

// The gate keeps an installation closed: pages no, the style sheet yes.
func TestGate(t *testing.T) {
	s, _ := newServer(t, func(o *httpd.Options) {
		o.Gate = func(path string) error {
			if path == "/desk/enrol" {
				return nil
			}
			return ethics.ErrNotReady
		}
	})
	ok := func(c echo.Context) error { return c.NoContent(http.StatusOK) }
	s.Echo.GET("/report", ok)
	s.Echo.GET("/desk/enrol", ok)
	for path, status := range map[string]int{
		"/report": 503, "/none": 503, "/desk/enrol": 200, "/healthz": 200, "/static/x/y": 404,
	} {
		if w := do(s, "GET", path, nil); w.Code != status {
			t.Errorf("%s: %d, want %d", path, w.Code, status)
		}
	}
}

func TestAttachIsSavedNeverShown(t *testing.T) {
	s, _ := newServer(t, nil)
	s.Echo.GET("/file", func(c echo.Context) error {
		httpd.Attach(c, "līgums \"x\"\r\n.html")
		_, err := c.Response().Write([]byte("<script>"))
		return err
	})
	h := do(s, "GET", "/file", nil).Header()
	if h.Get("Content-Type") != "application/octet-stream" ||
		!strings.HasPrefix(h.Get("Content-Disposition"), "attachment") ||
		strings.ContainsAny(h.Get("Content-Disposition"), "\r\n") ||
		!strings.HasPrefix(h.Get("Content-Security-Policy"), "sandbox;") {
		t.Errorf("%v", h)
	}
}

func TestNewNeedsItsParts(t *testing.T) {
	if _, err := httpd.New(httpd.Options{Config: defaults()}); err == nil {
		t.Error("a server without catalogue, log and clock")
	}
}

// The shipped templates name no text that does not exist.
func TestShippedTemplatesParse(t *testing.T) {
	s, _ := newServer(t, func(o *httpd.Options) { o.Templates = nil })
	if w := do(s, "GET", "/none", nil); w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
}

// A handler that fails after it began gets no second page behind the first.
func TestNothingIsAddedToAnAnswerBegun(t *testing.T) {
	s, _ := newServer(t, nil)
	s.Echo.GET("/half", func(c echo.Context) error {
		_ = c.String(http.StatusOK, "half")
		return errors.New("x")
	})
	if w := do(s, "GET", "/half", nil); w.Body.String() != "half" || w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// keeper keeps the memory that pages were written from.
type keeper struct {
	http.ResponseWriter
	kept [][]byte
}

func (k *keeper) Write(p []byte) (int, error) {
	k.kept = append(k.kept, p)
	return k.ResponseWriter.Write(p)
}

// No page stays in the memory of the program after it was sent.
func TestPageIsWipedFromMemory(t *testing.T) {
	s := galleryServer(t)
	w := &keeper{ResponseWriter: httptest.NewRecorder()}
	s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/gallery", nil))
	if len(w.kept) == 0 {
		t.Fatal("nothing written")
	}
	for _, p := range w.kept {
		if len(bytes.Trim(p, "\x00")) != 0 {
			t.Errorf("still there: %.80q", p)
		}
	}
}

// net/http's own log has visitors' addresses in it, so it goes nowhere.
func TestServerIsSilentAndBounded(t *testing.T) {
	s, _ := newServer(t, nil)
	srv := s.HTTP("127.0.0.1:0")
	if srv.ErrorLog == nil || srv.ErrorLog.Writer() != io.Discard {
		t.Error("the server's own log is on")
	}
	live := httptest.NewUnstartedServer(nil)
	live.Config = srv
	live.Start()
	defer live.Close()
	req, err := http.NewRequest("GET", live.URL+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	for size, want := range map[int]int{8 << 10: 200, 32 << 10: 431} {
		req.Header.Set("X-Long", strings.Repeat("x", size))
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%d bytes of header: %d, want %d", size, resp.StatusCode, want)
		}
	}
}

// «Leave quickly» stands on the page that says that all is closed, and leads away
// from there too: from a program that answers nothing, and knows no route.
func TestWhoLeavesIsLetGoThroughAClosedGate(t *testing.T) {
	s, _ := newServer(t, func(o *httpd.Options) {
		o.Gate = func(string) error { return ethics.ErrUnavailable }
	})
	r := httptest.NewRequest("GET", "/leave", nil)
	r.AddCookie(&http.Cookie{Name: "__Host-case", Value: "visit"})
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != s.Config().Site.LeaveURL || to == "" {
		t.Errorf("%d to %q", w.Code, to)
	}
	if !strings.Contains(strings.Join(w.Header().Values("Set-Cookie"), ";"), "__Host-case=; Path=/; Max-Age=0") {
		t.Errorf("the cookie stays: %v", w.Header().Values("Set-Cookie"))
	}
	if w.Header().Get("Referrer-Policy") != "no-referrer" || w.Header().Get("Clear-Site-Data") == "" {
		t.Errorf("left with %v", w.Header())
	}
}
