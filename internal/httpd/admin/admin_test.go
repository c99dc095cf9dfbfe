package admin_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/insight"
	"svilpe/internal/locale"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/verdict"
)

// The whole way on the pages: four codes, four people, three signatures; then a
// fifth is invited, enrols, is prepared, compared and signed by two.
func TestFromTheFourCodesToAFifthMember(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.codes[0].Code, "Anna")
	early := w.in("Anna")
	page := early.get("/desk/founding")
	if len(ticks(page)) != 0 || !strings.Contains(page, "Vēl nav reģistrējušies") {
		t.Error("can be signed before all four are here")
	}
	early.post("/desk/founding", page, http.StatusSeeOther, hidden(early.get("/desk/enrol"))) // changes nothing
	for i, name := range founders[1:] {
		w.enrol(w.codes[i+1].Code, name)
	}

	admin := w.in("Dora")
	page = admin.get("/desk/founding")
	if len(ticks(page)) != 0 || strings.Count(page, "check-words") != 4 {
		t.Errorf("the administrator sees %d ticks", len(ticks(page)))
	}
	admin.post("/desk/founding", admin.get("/desk/enrol"), http.StatusNotFound,
		url.Values{"compared": ticks(early.get("/desk/founding"))})
	for _, path := range []string{"/desk/setup", "/desk/appointments", "/desk/log"} {
		if rec := admin.do("GET", path, nil); rec.Code != http.StatusNotFound {
			t.Errorf("%s before the founding: %d", path, rec.Code)
		}
	}
	for i, name := range founders[:3] {
		v := w.in(name)
		page := v.get("/desk/founding")
		all := ticks(page)
		if len(all) != 4 {
			t.Fatalf("%s sees %d ticks", name, len(all))
		}
		unseen := v.post("/desk/founding", page, http.StatusUnprocessableEntity,
			url.Values{"compared": all, "seen": {strings.Repeat("0", 64)}}).Body.String()
		if strings.Contains(unseen, " checked") || !strings.Contains(unseen, "nekas netika parakstīts") ||
			len(ticks(unseen)) != 4 {
			t.Errorf("words that were not shown are signed, or their ticks kept:\n%s", unseen)
		}
		refused := v.post("/desk/founding", page, http.StatusUnprocessableEntity, url.Values{"compared": all[:3]}).
			Body.String()
		if strings.Count(refused, " checked") != 3 || !strings.Contains(refused, `href="#compared-3"`) {
			t.Errorf("ticks were not kept:\n%s", refused)
		}
		v.post("/desk/founding", page, http.StatusSeeOther, url.Values{"compared": all})
		if i < 2 && len(ticks(v.get("/desk/founding"))) != 0 {
			t.Error("signs twice")
		}
	}
	// Whose session began before the founding is told so, and signs in again.
	if rec := admin.do("GET", "/desk/founding", nil); rec.Header().Get("Location") != "/desk/sign-in?founded" {
		t.Errorf("a session without founders goes on: %d", rec.Code)
	}
	admin = w.in("Dora")
	if rec := admin.do("GET", "/desk/founding", nil); rec.Header().Get("Location") != "/desk" {
		t.Errorf("after the founding: %d", rec.Code)
	}

	code := w.invite(admin, appoint.RoleTrust)
	w.enrol(code, "Zane")
	zane := w.in("Zane")
	words := checkWords(t, zane.get("/desk/founding")) // what she reads to the signers
	page = admin.get("/desk/appointments")
	if !strings.Contains(page, words) {
		t.Error("the administrator sees other words")
	}
	admin.post("/desk/appointments/prepare", page, http.StatusUnprocessableEntity, typed("until", "2026-01-01"))
	admin.post("/desk/appointments/prepare", page, http.StatusSeeOther, typed("until", "2027-11-22"))
	if page = admin.get("/desk/appointments"); strings.Contains(page, `name="compared"`) ||
		!strings.Contains(page, words) {
		t.Error("the administrator may sign, or does not see what waits")
	}
	for _, name := range founders[:2] {
		v := w.in(name)
		page := v.get("/desk/appointments")
		action := signAction(t, page)
		if !strings.Contains(page, words) {
			t.Error("the signer sees other words")
		}
		admin.post(action, page, http.StatusNotFound, typed("compared", "yes"))
		v.post(action, page, http.StatusUnprocessableEntity, nil)
		escaped := strings.Replace(strings.Replace(action, ":", "%3A", 1), "@", "%40", 1)
		v.post(escaped, page, http.StatusSeeOther, typed("compared", "yes"))
		if strings.Contains(v.get("/desk/appointments"), `action="/desk/appointments/`) {
			t.Error("signs twice")
		}
	}
	if page := admin.get("/desk/setup"); !strings.Contains(page, "Zane") {
		t.Error("the new member is not listed")
	}
	if rec := zane.do("GET", "/desk/founding", nil); rec.Header().Get("Location") != "/desk" {
		t.Errorf("appointed: %d", rec.Code)
	}
}

// invite makes an invitation on the page and reads its code there.
func (w *world) invite(admin *visitor, roles ...string) string {
	w.t.Helper()
	page := admin.get("/desk/setup/invitations")
	place := regexp.MustCompile(`<option value="([^"]+)"`).FindStringSubmatch(page)[1]
	shown := admin.post("/desk/setup/invitations", page, http.StatusOK,
		url.Values{"institution": {place}, "roles": roles}).Body.String()
	if strings.Contains(admin.get("/desk/setup/invitations"), `class="code"`) {
		w.t.Error("the code is shown again")
	}
	groups := regexp.MustCompile(`<span>([0-9A-Z]{5})</span>`).FindAllStringSubmatch(shown, -1)
	if len(groups) != 4 {
		w.t.Fatalf("no code:\n%s", shown)
	}
	code := ""
	for _, g := range groups {
		code += g[1] + " "
	}
	return code
}

func checkWords(t *testing.T, page string) string {
	t.Helper()
	m := regexp.MustCompile(`(?s)<ol class="check-words".*?</ol>`).FindString(page)
	if strings.Count(m, "<li>") != 6 {
		t.Fatalf("no check words:\n%s", page)
	}
	return m
}

func signAction(t *testing.T, page string) string {
	t.Helper()
	m := regexp.MustCompile(`action="(/desk/appointments/[^"]+)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("nothing to sign:\n%s", page)
	}
	return m[1]
}

func TestInstitutionsOnThePages(t *testing.T) {
	w := newWorld(t)
	w.found()
	admin := w.in("Dora")
	page := admin.get("/desk/setup/institutions/new")
	admin.post("/desk/setup/institutions/new", page, http.StatusUnprocessableEntity, typed("name", "Skola"))
	home := regexp.MustCompile(`href="/desk/setup/institutions/([0-9a-f-]+)"`).
		FindStringSubmatch(admin.get("/desk/setup"))[1]
	refused := admin.post("/desk/setup/institutions/new", page, http.StatusUnprocessableEntity,
		typed("name", "", "alternate", home, "units", "Pirmā\r\nOtrā <b>")).Body.String()
	if !strings.Contains(refused, "Otrā &lt;b&gt;") || !strings.Contains(refused, `value="`+home+`" selected`) {
		t.Errorf("what was typed is lost:\n%s", refused)
	}
	admin.post("/desk/setup/institutions/new", page, http.StatusSeeOther,
		typed("name", "Skola", "alternate", home, "units", "Pirmā\n\nOtrā\nPirmā"))
	for _, name := range founders[:2] {
		v := w.in(name)
		page := v.get("/desk/appointments")
		if !strings.Contains(page, "Pirmā; Otrā") || len(ticks(page)) != 0 {
			t.Errorf("what waits:\n%s", page)
		}
		v.post(signAction(t, page), page, http.StatusSeeOther, nil)
	}
	path := "/desk/setup/institutions/" + home
	page = admin.get(path)
	if strings.Contains(page, `value="`+home+`"`) {
		t.Error("an institution can be its own alternate")
	}
	school := regexp.MustCompile(`<option value="([0-9a-f-]{36})"`).FindStringSubmatch(page)[1]
	admin.post(path, page, http.StatusSeeOther, typed("name", "Pašvaldība", "alternate", school, "units", "Dome"))
	if page := w.in("Anna").get("/desk/appointments"); !strings.Contains(page, "Līdz šim") {
		t.Error("a signer does not see what changes")
	}
	if rec := admin.do("GET", "/desk/setup/institutions/nowhere", nil); rec.Code != http.StatusNotFound {
		t.Errorf("unknown institution: %d", rec.Code)
	}
}

// A wrong role gets what an address that does not exist gets, byte for byte.
func TestWrongRoleLooksLikeNothing(t *testing.T) {
	w := newWorld(t)
	w.found()
	admin, anna := w.in("Dora"), w.in("Anna")
	nothing := anna.do("GET", "/desk/nothing", nil).Body.String()
	draft := hidden(admin.get("/desk/setup/invitations"))
	for _, x := range []struct {
		v            *visitor
		method, path string
	}{
		{anna, "GET", "/desk/setup"}, {anna, "GET", "/desk/setup/institutions/new"},
		{anna, "GET", "/desk/setup/invitations"},
		{anna, "GET", "/desk/log"}, {anna, "POST", "/desk/setup/institutions/new"},
		{anna, "POST", "/desk/setup/invitations"},
		{anna, "POST", "/desk/appointments/prepare"}, {admin, "POST", "/desk/appointments/founding"},
		{anna, "POST", "/desk/appointments/founding"}, {anna, "POST", "/desk/appointments/appointment:nobody"},
		{anna, "POST", "/desk/appointments/%zz"},
	} {
		rec := x.v.do(x.method, strings.ReplaceAll(x.path, "%zz", "%2525"), draft)
		if rec.Code != http.StatusNotFound || rec.Body.String() != nothing {
			t.Errorf("%s %s: %d", x.method, x.path, rec.Code)
		}
	}
	stranger := w.visitor()
	for _, path := range []string{"/desk/founding", "/desk/appointments", "/desk/setup", "/desk/log"} {
		if rec := stranger.do("GET", path, nil); rec.Header().Get("Location") != "/desk/sign-in" {
			t.Errorf("%s without a session: %d", path, rec.Code)
		}
	}
	if rec := stranger.do("POST", "/desk/founding", draft); rec.Code != http.StatusUnauthorized {
		t.Errorf("POST without a session: %d", rec.Code)
	}
}

func TestLogForAuditorAndAdministrator(t *testing.T) {
	w := newWorld(t)
	w.found()
	admin := w.in("Dora")
	w.enrol(w.invite(admin, appoint.RoleAuditor), "Aija")
	admin.post("/desk/appointments/prepare", admin.get("/desk/appointments"), http.StatusSeeOther, nil)
	for _, name := range founders[:2] {
		v := w.in(name)
		page := v.get("/desk/appointments")
		v.post(signAction(t, page), page, http.StatusSeeOther, typed("compared", "yes"))
	}
	auditor := w.in("Aija")
	if page := auditor.get("/desk/log"); !strings.Contains(page, "Dibināšana") ||
		!strings.Contains(page, "Pilna pārbaude vēl nav veikta") {
		t.Errorf("log before the first checkpoint:\n%s", page)
	}
	for _, day := range []string{"2026-11-20", "2026-11-21", "2026-11-22"} {
		must(t, w.site.Registry.Store.MakeCheckpoint(ctx, day))
	}
	for range insight.PageSize - 2 { // the page ends with a run of fillers
		e := store.Entry{
			ID: uuid.NewString(), Day: "2026-11-23", Kind: record.KindDistrusted, Actor: "x",
			Stream: ethics.StreamProgram,
		}
		must(t, w.site.Registry.Store.Write(ctx, e, func(*store.Tx) error { return nil }))
	}
	for _, v := range []*visitor{auditor, admin} {
		if rec := v.do("GET", "/desk/log/verdict", nil); rec.Code != http.StatusNotFound {
			t.Errorf("a verdict before the first: %d", rec.Code)
		}
	}
	head := audit.Head{Origin: w.log.Origin(), Size: 65}
	damages := []string{"entry 7: differs", "case <b>x</b>: gone"}
	for range 30 {
		damages = append(damages, "chunk x/1: differs")
	}
	found := verdict.New(head, "2026-11-22", 40, damages)
	signed, err := found.Sign(w.log.Signer())
	must(t, err)
	w.board.Post(found, signed, damages)
	page := auditor.get("/desk/log")
	for _, part := range []string{
		"entry 7: differs", "case &lt;b&gt;x&lt;/b&gt;: gone", "Un vēl 8;",
		`href="/desk/log/verdict" download`, "22. novembr",
	} {
		if !strings.Contains(page, part) {
			t.Errorf("the log page lacks %q", part)
		}
	}
	if n := strings.Count(page, "<li>chunk x/1: differs</li>"); n != 30 {
		t.Errorf("%d of 30 damages are shown", n)
	}
	rec := auditor.do("GET", "/desk/log/verdict", nil)
	if v, err := verdict.Open(rec.Body.Bytes(), w.log.Verifier()); err != nil || v.Faults != 40 || len(v.Lines) != 20 ||
		!strings.HasPrefix(rec.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("the downloaded verdict: %v, %+v", err, v)
	}
	if rec := w.in("Anna").do("GET", "/desk/log/verdict", nil); rec.Code != http.StatusNotFound {
		t.Errorf("a verdict for who does not read the log: %d", rec.Code)
	}
	older := regexp.MustCompile(`/desk/log\?before=\d+`).FindString(page)
	if older == "" || strings.Count(page, "<tr>") != insight.PageSize+1 ||
		!strings.Contains(page, "Atrasts bojājums") || !strings.Contains(page, "svilpe/log/1") {
		t.Fatalf("log:\n%s", page)
	}
	for _, once := range []string{
		">Ieraksti<", `<a href="/log/checkpoint" download=`, "Lietu satura un numuru un cilvēku vārdu šeit nav.",
	} {
		if n := strings.Count(page, once); n != 1 {
			t.Errorf("%q stands %d times", once, n)
		}
	}
	runs := regexp.MustCompile(`scope="row">\d+–\d+</th><td[^>]*>2\d.11.2026.</td><td[^>]*>Aizpildījums: \d\d<`)
	if n, rest := len(runs.FindAllString(page, -1)), len(runs.FindAllString(auditor.get(older), -1)); n != 1 ||
		rest != 2 {
		t.Errorf("three days' fillers are %d and %d rows", n, rest)
	}
	if page := admin.get("/desk/log"); strings.Contains(page, "<table>") ||
		!strings.Contains(page, "Atrasts bojājums") {
		t.Errorf("the administrator's log:\n%s", page)
	}
	for _, before := range []string{"0", "-1", "x", "99999999999999999999"} {
		if rec := auditor.do("GET", "/desk/log?before="+before, nil); rec.Code != http.StatusBadRequest {
			t.Errorf("before=%s: %d", before, rec.Code)
		}
	}
}

// Every page in every language, and not the same words in two of them.
func TestEveryPageInFourLanguages(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.codes[0].Code, "Anna")
	pages := map[string]*visitor{
		"/desk/enrol": w.visitor(), "/desk/enrol?done=founding": w.visitor(), "/desk/founding": w.in("Anna"),
	}
	show := func() {
		t.Helper()
		for path, v := range pages {
			seen := map[string]string{}
			for _, v.lang = range locale.Languages {
				body := v.get(path)
				title := regexp.MustCompile(`(?s)<main.*?<h1>(.*?)</h1>`).FindStringSubmatch(body)[1]
				if other, same := seen[title]; same && !(title == "Журнал") {
					t.Errorf("%s: %q in %s and %s", path, title, other, v.lang)
				}
				seen[title] = v.lang
				if !strings.Contains(body, `<html lang="`+v.lang+`"`) {
					t.Errorf("%s is not in %s", path, v.lang)
				}
			}
			v.lang = "lv"
		}
	}
	show()
	for i, name := range founders[1:] {
		w.enrol(w.codes[i+1].Code, name)
	}
	for _, name := range founders[:3] {
		v := w.in(name)
		pages["/desk/founding"] = v
		show()
		page := v.get("/desk/founding")
		v.post("/desk/founding", page, http.StatusSeeOther, url.Values{"compared": ticks(page)})
	}
	admin := w.in("Dora")
	w.enrol(w.invite(admin, appoint.RoleMember), "Zane")
	w.enrol(w.invite(admin, appoint.RoleAuditor), "Aija")
	admin.post("/desk/appointments/prepare", admin.get("/desk/appointments"), http.StatusSeeOther, nil)
	pages = map[string]*visitor{
		"/desk/founding": w.in("Zane"), "/desk/appointments": admin, "/desk/setup": admin, "/desk/setup?page=7": admin,
		"/desk/setup/institutions/new": admin, "/desk/setup/invitations": admin, "/desk/log": admin,
		"/desk/enrol?done=appointment": w.visitor(),
	}
	show()
	pages = map[string]*visitor{"/desk/appointments": w.in("Anna")}
	show()
}
