package admin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/locale"
)

// second opens the form of the second step.
func second(t *testing.T, w *world, code string) (*visitor, string) {
	t.Helper()
	v := w.visitor()
	return v, v.post("/desk/enrol", v.get("/desk/enrol"), http.StatusOK, typed("step", "code", "code", code)).
		Body.String()
}

func TestUnknownUsedAndLapsedCodesGetOneAnswer(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.codes[0].Code, "Anna")
	v := w.visitor()
	page := v.get("/desk/enrol")
	refusal := func(code string) string {
		rec := v.post("/desk/enrol", page, http.StatusUnprocessableEntity, typed("step", "code", "code", code))
		return strings.ReplaceAll(rec.Body.String(), code, "CODE")
	}
	used, unknown := refusal(w.codes[0].Code), refusal("AAAAA-AAAAA-AAAAA-AAAAA")
	w.now = w.now.Add(8 * 24 * time.Hour)
	if lapsed := refusal(w.codes[1].Code); used != unknown || unknown != lapsed {
		t.Error("the answers differ")
	}
}

func TestWhatWasTypedIsKeptButNoPassword(t *testing.T) {
	w := newWorld(t)
	v, page := second(t, w, w.codes[0].Code)
	sent := hidden(page)
	if len(sent.Get("totp_secret")) != 32 || !strings.Contains(page, "<svg xmlns") ||
		!strings.HasPrefix(
			page[strings.Index(page, "<form"):][strings.Index(page[strings.Index(page, "<form"):], "<input"):],
			`<input type="hidden" name="draft"`) {
		t.Fatalf("second step:\n%s", page)
	}
	refused := v.post("/desk/enrol", page, http.StatusUnprocessableEntity,
		typed("step", "enrol", "name", `Anna "A"`, "email", "anna",
			"password", password, "password_again", "cita parole, gara", "totp_code", "123456")).Body.String()
	for _, want := range []string{
		`value="Anna &#34;A&#34;"`, `value="anna"`, `value="123456"`, `href="#email"`, `href="#password"`,
		`href="#password_again"`,
		`href="#totp_code"`, `href="#confidential"`, `value="` + sent.Get("totp_secret") + `"`,
		`value="` + sent.Get("draft") + `"`,
		"drošības dēļ mēs to atpakaļ nesūtām",
	} {
		if !strings.Contains(refused, want) {
			t.Errorf("the page lost %s", want)
		}
	}
	if strings.Contains(refused, "cita parole") {
		t.Error("a password was sent back")
	}
	if strings.Index(refused, `href="#email"`) > strings.Index(refused, `href="#totp_code"`) {
		t.Error("errors are not in the order of the page")
	}
}

func TestLanguageSwitchKeepsWhatWasTyped(t *testing.T) {
	w := newWorld(t)
	v := w.visitor()
	first := v.post("/desk/enrol", v.get("/desk/enrol"), http.StatusOK, typed("lang_switch", "kk", "code", "HALF")).
		Body.String()
	if !strings.Contains(first, `<html lang="kk"`) || !strings.Contains(first, `value="HALF"`) {
		t.Errorf("first step:\n%s", first)
	}
	_, page := second(t, w, w.codes[0].Code)
	for _, lang := range locale.Languages {
		switched := v.post("/desk/enrol", page, http.StatusOK,
			typed("lang_switch", lang, "name", "Anna", "confidential", "yes")).Body.String()
		if !strings.Contains(switched, `<html lang="`+lang+`"`) || !strings.Contains(switched, `value="Anna"`) ||
			!strings.Contains(switched, " checked") {
			t.Errorf("%s:\n%s", lang, switched)
		}
	}
}

func TestContactIsAskedOfTrustPersonsOnly(t *testing.T) {
	w := newWorld(t)
	w.found()
	admin := w.in("Dora")
	_, page := second(t, w, w.invite(admin, appoint.RoleMember))
	if strings.Contains(page, `name="contact"`) {
		t.Error("a commission member is asked for a contact")
	}
	v, page := second(t, w, w.invite(admin, appoint.RoleTrust))
	if !strings.Contains(page, `name="contact"`) {
		t.Error("a trust person is not asked for a contact")
	}
	refused := v.post("/desk/enrol", page, http.StatusUnprocessableEntity,
		typed("step", "enrol", "name", "Zane", "email", "zane@example.lv",
			"password", password, "password_again", password, "totp_code",
			w.code(hidden(page).Get("totp_secret")), "confidential", "yes"))
	if !strings.Contains(refused.Body.String(), `href="#contact"`) {
		t.Error("enrolled without a contact")
	}
}

func TestHostileForms(t *testing.T) {
	w := newWorld(t)
	_, page := second(t, w, w.codes[0].Code)
	sound := hidden(page)
	change := func(pairs ...string) url.Values {
		form := url.Values{}
		for name, values := range sound {
			form[name] = values
		}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		return form
	}
	long := strings.Repeat("ā", 20_000)
	v := w.visitor()
	for name, x := range map[string]struct {
		form   url.Values
		status int
	}{
		"nothing":           {url.Values{}, 400},
		"no draft":          {change("draft", ""), 400},
		"draft of 31 bytes": {change("draft", strings.Repeat("A", 42)), 400},
		"no step":           {change(), 400},
		"unknown step":      {change("step", "admin"), 400},
		"no second factor":  {change("step", "enrol", "totp_secret", ""), 400},
		"foreign factor":    {change("step", "enrol", "totp_secret", `AAAA"><script>`), 400},
		"endless factor":    {change("step", "enrol", "totp_secret", strings.Repeat("A", 4096)), 400},
		"unknown code":      {change("step", "enrol", "code", "'; drop table tmp_invitation; --"), 422},
		"long name":         {change("step", "enrol", "name", long), 422},
		"NUL and bad UTF-8": {change("step", "enrol", "name", "A\x00\xff"), 422},
		"markup": {
			change("step", "enrol", "name", `"><script>alert(1)</script>`, "email", `x@"><img src=y>`), 422,
		},
		"language of nowhere": {change("step", "code", "lang", "xx"), 200},
	} {
		if name == "markup" { // the page must show it as text
			x.form.Set("name", "\"><b id=evil>")
		}
		if rec := v.do("POST", "/desk/enrol", x.form); rec.Code != x.status ||
			strings.Contains(rec.Body.String(), "<b id=evil>") {
			t.Errorf("%s: %d, want %d", name, rec.Code, x.status)
		}
	}
	for kind, status := range map[string]int{"text/plain": 415, "application/json": 415, "multipart/form-data": 400} {
		r := httptest.NewRequest("POST", "/desk/enrol", strings.NewReader("{}"))
		r.Header.Set("Content-Type", kind)
		rec := httptest.NewRecorder()
		w.server.Handler().ServeHTTP(rec, r)
		if rec.Code != status {
			t.Errorf("%s: %d, want %d", kind, rec.Code, status)
		}
	}
	if people, err := w.site.Registry.Enrolled(ctx); err != nil || len(people) != 0 {
		t.Errorf("somebody enrolled: %d, %v", len(people), err)
	}
	if _, err := w.site.Registry.Offer(ctx, w.codes[0].Code); err != nil {
		t.Errorf("the invitation is gone: %v", err)
	}
}

func TestHostileFormsOfTheAdministrator(t *testing.T) {
	w := newWorld(t)
	w.found()
	admin := w.in("Dora")
	page := admin.get("/desk/setup/invitations")
	for name, x := range map[string]struct {
		path   string
		form   url.Values
		status int
	}{
		"invitation to nowhere": {
			"/desk/setup/invitations", typed("institution", "x", "roles", appoint.RoleMember), 422,
		},
		"no roles": {
			"/desk/setup/invitations", typed("institution", w.home(), "roles", "operator"), 422,
		},
		"forbidden together": {
			"/desk/setup/invitations",
			url.Values{"institution": {w.home()}, "roles": {appoint.RoleAuditor, appoint.RoleChair}}, 422,
		},
		"nobody is prepared":       {"/desk/appointments/prepare", typed("member", "nobody"), 404},
		"institution without name": {"/desk/setup/institutions/" + w.home(), typed("name", " "), 422},
		"101 units": {
			"/desk/setup/institutions/" + w.home(), typed("name", "X", "units", manyLines(101)), 422,
		},
		"unknown alternate": {"/desk/setup/institutions/" + w.home(), typed("name", "X", "alternate", "nowhere"), 422},
		"hidden characters": {"/desk/setup/institutions/" + w.home(), typed("name", "X\u202ex"), 422},
		"invalid text":      {"/desk/setup/institutions/" + w.home(), typed("name", "X\xff"), 422},
	} {
		if rec := admin.post(x.path, page, x.status, x.form); rec.Code == 0 {
			t.Error(name)
		}
		if waiting, err := w.site.Registry.Waiting(ctx); err != nil || len(waiting) != 0 {
			t.Fatalf("%s left something: %v", name, err)
		}
	}
}

func manyLines(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("x", i+1) + "\n")
	}
	return b.String()
}

// home is the id of the founding's institution.
func (w *world) home() string {
	w.t.Helper()
	page := w.in("Dora").get("/desk/setup")
	_, rest, _ := strings.Cut(page, `href="/desk/setup/institutions/`)
	if strings.HasPrefix(rest, "new") {
		_, rest, _ = strings.Cut(rest, `href="/desk/setup/institutions/`)
	}
	id, _, _ := strings.Cut(rest, `"`)
	return id
}
