package admin_test

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/pquerna/otp/hotp"

	"svilpe/internal/audit"
	"svilpe/internal/auth"
	"svilpe/internal/config"
	"svilpe/internal/httpd"
	"svilpe/internal/httpd/admin"
	"svilpe/internal/insight"
	"svilpe/internal/keyring"
	"svilpe/internal/locale"
	"svilpe/internal/policy"
	"svilpe/internal/registry"
	"svilpe/internal/secret"
	"svilpe/internal/store"
	"svilpe/internal/verdict"
	"svilpe/web"
)

const password = "zirgs skapis upe mākonis"

// heaviest is the most that a page may weigh.
const heaviest = 60 << 10

var ctx = context.Background()

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func cheap() secret.Params {
	p := secret.Default()
	p.Memory, p.Time, p.Threads = 64, 1, 1
	return p
}

// world is a fresh installation behind the members' door.
type world struct {
	t      *testing.T
	now    time.Time
	codes  []registry.Invited
	server *httpd.Server
	site   *admin.Site
	auth   *auth.Service
	totp   map[string]string // by e-mail
	board  *verdict.Board
	log    audit.LogKey
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	data, keysDir := filepath.Join(dir, "data"), filepath.Join(dir, "keys")
	w := &world{t: t, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), totp: map[string]string{}}
	var err error
	w.codes, err = registry.Init(ctx, data, keysDir, "Pašvaldība", false, 7*24*time.Hour, w.now)
	must(t, err)
	keys, err := keyring.Load(keysDir)
	must(t, err)
	st, err := store.Open(ctx, data, &keys.Log, keys.Log.Verifier())
	must(t, err)
	t.Cleanup(func() { _ = st.Close() })
	w.log = keys.Log
	rules, err := policy.Default()
	must(t, err)
	texts, err := locale.Load(web.Locale())
	must(t, err)
	log, now, gate := slog.New(slog.DiscardHandler), func() time.Time { return w.now }, secret.NewGate()
	cfg := config.Default()
	cfg.Site.MembersURL = "http://example.com" // the host of httptest's requests
	w.server, err = httpd.New(httpd.Options{
		Config: cfg, Catalogue: texts, Log: log, Clock: time.Now, Templates: templates(t),
	})
	must(t, err)
	w.auth = &auth.Service{
		Store: st, Keys: keys, Gate: gate, Params: cheap, Now: now, Log: log,
		Limits: auth.Limits{
			Idle: 30 * time.Minute, Absolute: 10 * time.Hour, Known: time.Hour, Wrong: 5, LongestDelay: time.Minute,
		},
	}
	w.board = verdict.NewBoard(now)
	w.site = &admin.Site{
		Desk: &httpd.Desk{
			Server: w.server, Auth: w.auth, Policy: rules, Verdict: w.board,
			Ended: func(c echo.Context) error { return c.String(http.StatusUnauthorized, "ended") },
		},
		Registry: &registry.Service{
			Store: st, Keys: keys, Gate: gate, Params: cheap, Valid: 7 * 24 * time.Hour, Now: now, Log: log,
		},
		Insight: &insight.Service{Store: st, Policy: rules, Verdict: w.board, Now: now}, Policy: rules,
	}
	w.site.Register()
	return w
}

// templates are the layout and this site's pages; the other sites test theirs.
func templates(t *testing.T) fs.FS {
	t.Helper()
	all := fstest.MapFS{}
	for _, glob := range []string{"layout/*.html", "error/*.html", "admin/*.html", "admin/parts/*.html"} {
		names, err := fs.Glob(web.Templates(), glob)
		must(t, err)
		for _, name := range names {
			data, err := fs.ReadFile(web.Templates(), name)
			must(t, err)
			all[name] = &fstest.MapFile{Data: data}
		}
	}
	return all
}

// visitor is a browser: it has a language and perhaps a session.
type visitor struct {
	w            *world
	lang, cookie string
}

func (w *world) visitor() *visitor { return &visitor{w: w, lang: "lv"} }

func (v *visitor) do(method, target string, form url.Values) *httptest.ResponseRecorder {
	v.w.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Accept-Language", v.lang)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", echo.MIMEApplicationForm)
	}
	if v.cookie != "" {
		r.AddCookie(&http.Cookie{Name: httpd.CookieDesk, Value: v.cookie})
	}
	rec := httptest.NewRecorder()
	v.w.server.Handler().ServeHTTP(rec, r)
	if rec.Code >= 500 {
		v.w.t.Errorf("%s %s: %d", method, target, rec.Code)
	}
	if rec.Body.Len() > heaviest {
		v.w.t.Errorf("%s %s: a page of %d bytes", method, target, rec.Body.Len())
	}
	page := strings.Replace(rec.Body.String(), `<script type="module" src="/static/`, "", 1)
	for _, never := range []string{"<script", "ZgotmplZ", "<no value>", "style=", password} {
		if strings.Contains(page, never) {
			v.w.t.Errorf("%s %s: the page holds %q", method, target, never)
		}
	}
	return rec
}

// get wants a page.
func (v *visitor) get(target string) string {
	v.w.t.Helper()
	rec := v.do(http.MethodGet, target, nil)
	if rec.Code != http.StatusOK {
		v.w.t.Fatalf("GET %s: %d → %s\n%s", target, rec.Code, rec.Header().Get("Location"), rec.Body)
	}
	return rec.Body.String()
}

// post sends a page's hidden fields with what is typed, and wants a status.
func (v *visitor) post(target, page string, status int, typed url.Values) *httptest.ResponseRecorder {
	v.w.t.Helper()
	form := hidden(page)
	for name, values := range typed {
		form[name] = values
	}
	rec := v.do(http.MethodPost, target, form)
	if rec.Code != status {
		v.w.t.Fatalf("POST %s: %d, want %d\n%s", target, rec.Code, status, rec.Body)
	}
	return rec
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

func hidden(page string) url.Values {
	form := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(page, -1) {
		if !form.Has(m[1]) {
			form.Set(m[1], m[2])
		}
	}
	return form
}

func typed(pairs ...string) url.Values {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

func (w *world) code(totp string) string {
	w.t.Helper()
	code, err := hotp.GenerateCode(totp, uint64(w.now.Unix()/30))
	must(w.t, err)
	return code
}

// enrol goes through both steps of the page.
func (w *world) enrol(code, name string) {
	w.t.Helper()
	v := w.visitor()
	page := v.post("/desk/enrol", v.get("/desk/enrol"), http.StatusOK, typed("step", "code", "code", code)).
		Body.String()
	totp := hidden(page).Get("totp_secret")
	email := strings.ToLower(name) + "@example.lv"
	w.totp[email] = totp
	done := v.post("/desk/enrol", page, http.StatusSeeOther, typed("step", "enrol", "name", name, "email", email,
		"password", password, "password_again", password, "contact", "tālr. 111, 2. kab.", "totp_code",
		w.code(totp), "confidential", "yes"))
	next := done.Header().Get("Location")
	if !strings.Contains(v.get(next), "/desk/sign-in") {
		w.t.Errorf("%s does not lead to the sign-in", next)
	}
}

// in signs a person in.
func (w *world) in(name string) *visitor {
	w.t.Helper()
	w.now = w.now.Add(time.Minute) // a fresh step of the second factor
	email := strings.ToLower(name) + "@example.lv"
	cookie, _, err := w.auth.SignIn(ctx, email, password, w.code(w.totp[email]), secret.Cookie{})
	must(w.t, err)
	return &visitor{w: w, lang: "lv", cookie: cookie.Text()}
}

var tick = regexp.MustCompile(`name="compared" value="([^"]+)"`)

// ticks are the values of all comparison ticks on a page.
func ticks(page string) []string {
	var out []string
	for _, m := range tick.FindAllStringSubmatch(page, -1) {
		out = append(out, m[1])
	}
	return out
}

var founders = []string{"Anna", "Berta", "Karlis", "Dora"} // Dora administers

// found goes all the way from the four codes to entry 0, on the pages.
func (w *world) found() {
	w.t.Helper()
	for i, name := range founders {
		w.enrol(w.codes[i].Code, name)
	}
	for _, name := range founders[:3] {
		v := w.in(name)
		page := v.get("/desk/founding")
		v.post("/desk/founding", page, http.StatusSeeOther, url.Values{"compared": ticks(page)})
	}
}
