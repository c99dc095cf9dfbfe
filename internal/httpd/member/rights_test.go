package member_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/derive"
	"svilpe/internal/verdict"
)

// caseRoutes are every address below a case, with its method.
var caseRoutes = []struct{ method, path string }{
	{"GET", ""}, {"POST", "/statement"}, {"GET", "/steps/acknowledge"},
	{"POST", "/steps/acknowledge"}, {"GET", "/steps/none"},
	{"POST", "/steps/none"}, {"POST", "/messages"}, {"POST", "/notes"}, {"POST", "/assign"}, {"GET", "/identity"},
	{"POST", "/identity"}, {"POST", "/proposals/x"}, {"GET", "/files/x"}, {"GET", "/decision"},
	{"GET", "/measures"}, {"GET", "/protection"},
	{"GET", "/package"}, {"POST", "/package"}, {"GET", "/export"}, {"POST", "/export"},
	{"POST", "/decision"}, {"GET", "/redact"}, {"GET", "/redact/x"}, {"POST", "/redact/x"}, {"GET", "/original/x"},
	{"GET", "/recuse"}, {"POST", "/recuse"}, {"GET", "/exclude"}, {"GET", "/exclude/x"}, {"POST", "/exclude/x"},
	{"GET", "/escalate"}, {"POST", "/escalate"},
}

// A case without a grant answers like one that does not exist: same status,
// same bytes, on every address.
func TestNoGrantIsNoCase(t *testing.T) {
	d := open(t)
	number := d.file(nil).Number
	carl := d.signedIn("Carl")
	ask := func(number, method, path string) (int, string) {
		target := "/desk/cases/" + number + path
		if method == "GET" {
			w := carl.get(target)
			return w.Code, w.Body.String()
		}
		w := carl.post(target,
			url.Values{
				"draft": {derive.New().Text()}, "text": {"x"}, "note": {"x"},
				"no_conflict": {"yes"}, "verdict": {"approve"},
			})
		return w.Code, w.Body.String()
	}
	for _, r := range caseRoutes {
		status, page := ask(number, r.method, r.path)
		other, unknown := ask("2026-ZZZZZ", r.method, r.path)
		if status != http.StatusNotFound || other != status || page != unknown {
			t.Errorf("%s %s: %d and %d, same bytes: %v", r.method, r.path, status, other, page == unknown)
		}
	}
	for _, page := range []string{"/desk", "/desk/cases", "/desk/approvals"} {
		carl.want(carl.get(page), 200)
		carl.never(number)
	}
	// Multipart alike, and nothing is taken from whom the case is hidden.
	w := carl.upload("/desk/cases/"+number+"/messages", derive.New().Text(), url.Values{"text": {"x"}},
		map[string]string{"f": "x"})
	carl.want(w, http.StatusNotFound)
	if d.loose() != 0 {
		t.Error("a file was taken")
	}
}

const consultations = "/desk/consultations"

// matrix says who sees which page of the desk. Case pages are a handler's only.
func TestRolesAndRoutes(t *testing.T) {
	d := open(t, []string{appoint.RoleAuditor}, []string{appoint.RoleHead}, []string{appoint.RoleTrust})
	number, asked := d.file(nil).Number, d.ask().Number
	one, carl := "/desk/cases/"+number, d.people["Carl"].id
	handlers := []string{"Anna", "Berta", "Carl"}
	all := []string{"Anna", "Berta", "Carl", "Dora", "Emma", "Fred", "Gita"}
	rows := []struct {
		path string
		may  []string
	}{
		{"/desk", all}, {"/desk/account", all}, {"/desk/lessons", all}, {"/desk/lessons/text", all},
		{"/desk/cases", append([]string{"Emma"}, handlers...)}, // Emma is the auditor
		{"/desk/approvals", handlers},
		{"/desk/gifts", []string{"Anna"}},
		{consultations, []string{"Gita"}}, {consultations + "/" + asked, []string{"Gita"}}, // Gita is the trust person
		{one, []string{"Anna", "Berta"}},
		{one + "/decision", []string{"Anna", "Berta"}}, {one + "/measures", []string{"Anna", "Berta"}},
		{one + "/protection", []string{"Anna", "Berta"}},
		{one + "/steps/acknowledge", []string{"Anna", "Berta"}},
		{one + "/identity", []string{"Anna", "Berta"}},
		{one + "/recuse", []string{"Anna", "Berta"}}, {one + "/exclude", []string{"Anna", "Berta"}},
		{one + "/exclude/" + carl, []string{"Anna", "Berta"}},
		{one + "/escalate", []string{"Anna", "Berta"}}, {one + "/export", []string{"Anna", "Berta"}},
		{one + "/package", []string{"Anna", "Berta"}},
		// the cover
		{one + "/redact", []string{"Anna", "Berta"}}, {one + "/redact/none", []string{"Anna", "Berta"}},
		{one + "/original/none", []string{"Anna", "Berta"}},
		{"/desk/account/handover", handlers}, {"/desk/account/handover/" + carl, []string{"Carl"}},
		{"/desk/erasure", []string{"Anna", "Emma"}}, {"/desk/erasure/none", nil},
		{one + "/files/none", nil},
	}
	listed := map[string]bool{"/desk/sign-in": true, "/desk/sign-out": true}
	for _, r := range rows {
		listed[r.path] = true
		for _, name := range all {
			b := d.signedIn(name)
			w := b.get(r.path)
			if want := slices.Contains(r.may, name); (w.Code == http.StatusOK) != want ||
				!want && w.Code != http.StatusNotFound && !(r.path == one+"/files/none") {
				t.Errorf("%s GET %s: %d", name, r.path, w.Code)
			}
		}
		w := d.browser().get(r.path)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/desk/sign-in" {
			t.Errorf("nobody GET %s: %d", r.path, w.Code)
		}
	}
	for _, r := range d.server.Echo.Routes() {
		path := strings.NewReplacer(":consultation", asked, ":number", number, "steps/:id", "steps/acknowledge",
			"files/:id", "files/none",
			"exclude/:id", "exclude/"+carl, "redact/:id", "redact/none", "original/:id", "original/none",
			"handover/:id", "handover/"+carl, "erasure/:id", "erasure/none").Replace(r.Path)
		if !strings.HasPrefix(path, "/desk") {
			continue
		}
		if r.Method == http.MethodGet && !listed[path] {
			t.Errorf("GET %s is in no row of the matrix", r.Path)
		}
		if r.Method == http.MethodPost && !strings.HasPrefix(path, "/desk/sign-") {
			w := d.browser().post(strings.ReplaceAll(path, ":id", "x"), url.Values{"note": {"KEPT"}})
			if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), "KEPT") {
				t.Errorf("nobody POST %s: %d", path, w.Code)
			}
		}
	}
	emma := d.signedIn("Emma")
	emma.want(emma.get("/desk/cases"), 200, number, "bet ne to saturu")
	emma.never(one)
	emma.want(emma.get("/desk"), 200, "Žurnāls vēl nav pārbaudīts")
	for faults, words := range []string{"Viss sakrīt", "Pārbaude atrada bojājumu"} {
		d.board.Post(verdict.New(audit.Head{Origin: "log", Size: 7}, "2026-11-02", faults, nil), []byte("note"), nil)
		emma.want(emma.get("/desk"), 200, words, "ierakstu skaits: 7")
	}
	fred := d.signedIn("Fred")
	fred.want(fred.get("/desk"), 200, "vēl nekas nav saskaitīts")
	fred.never(number)
	gita := d.signedIn("Gita")
	gita.want(gita.get("/desk"), 200, "12. kabinets", "Kā ziņotāji Jūs redz")
	gita.never(number)
	dora := d.signedIn("Dora")
	dora.want(dora.get("/desk"), 200, "Neviens negaida")
	dora.never(number)
}

// Who has enrolled and is not appointed sees the account and that it waits.
func TestNotAppointedWaits(t *testing.T) {
	d := open(t)
	d.file(nil)
	code, err := d.reg.Invite(t.Context(), &d.acting("Dora").Acting, d.site, []string{appoint.RoleMember})
	must(t, err)
	d.enrol("Hugo", code, nil)
	hugo := d.signedIn("Hugo")
	hugo.want(hugo.get("/desk"), 200, "Jūsu iecelšana vēl nav parakstīta")
	hugo.want(hugo.get("/desk/account"), 200, "Jums vēl nav amata")
	for _, path := range []string{"/desk/cases", "/desk/approvals"} {
		hugo.want(hugo.get(path), 404)
	}
	dora := d.signedIn("Dora")
	dora.want(dora.get("/desk"), 200, "1 cilvēks gaida")
}

// Malformed and hostile forms get a calm 4xx and store nothing half.
func TestHostileForms(t *testing.T) {
	d := open(t)
	number := d.file(nil).Number
	path := "/desk/cases/" + number
	anna := d.signedIn("Anna")
	anna.state(number)
	before := strings.Count(anna.page, `<li class="message`)
	draft := func() []string { return []string{derive.New().Text()} }
	for name, w := range map[string]*httptest.ResponseRecorder{
		"no draft":    anna.post(path+"/notes", url.Values{"note": {"x"}}),
		"short draft": anna.post(path+"/notes", url.Values{"note": {"x"}, "draft": {"abc"}}),
		"NUL":         anna.post(path+"/notes", url.Values{"note": {"x\x00y"}, "draft": draft()}),
		"not UTF-8":   anna.post(path+"/notes", url.Values{"note": {"x\xff"}, "draft": draft()}),
		"too long": anna.post(path+"/notes",
			url.Values{"note": {strings.Repeat("ā", 20001)}, "draft": draft()}),
		"two megabytes": anna.post(path+"/notes",
			url.Values{"note": {strings.Repeat("x", 2<<20)}, "draft": draft()}),
		"blank": anna.post(path+"/notes", url.Values{"note": {" \n"}, "draft": draft()}),
		"unknown event": anna.post(path+"/notes",
			url.Values{"note": {"x"}, "note_event": {"erased"}, "draft": draft()}),
		"message event": anna.post(path+"/messages",
			url.Values{"text": {"x"}, "event": {"decided"}, "draft": draft()}),
		"unknown step":  anna.post(path+"/steps/nothing", url.Values{"draft": draft()}),
		"withheld step": anna.post(path+"/steps/erase", url.Values{"draft": draft(), "reason": {"x"}}),
		"step of later": anna.post(path+"/steps/close",
			url.Values{"draft": draft(), "reason": {"x"}, "measures_done": {"yes"}, "retaliation_asked": {"yes"}}),
		"assign nobody": anna.post(path+"/assign",
			url.Values{"draft": draft(), "assign_reason": {"x"}, "members": {"nobody"}}),
		"assign herself": anna.post(path+"/assign",
			url.Values{"draft": draft(), "assign_reason": {"x"}, "members": {d.people["Anna"].id}}),
		"no such proposal": anna.post(path+"/proposals/x", url.Values{"draft": draft(), "verdict": {"approve"}}),
		"file elsewhere": anna.upload(path+"/notes", draft()[0], url.Values{"note": {"x"}},
			map[string]string{"f": "x"}),
		"no draft, file": anna.upload(path+"/messages", "", url.Values{"text": {"x"}}, map[string]string{"f": "x"}),
		"json":           anna.json(path+"/notes", `{"note":"x"}`),
		"wrong method":   anna.get(path + "/notes"),
		"sign-in JSON":   anna.json("/desk/sign-in", `{}`),
	} {
		if w.Code < 400 || w.Code > 499 {
			t.Errorf("%s: %d\n%s", name, w.Code, w.Body)
		}
	}
	// A fault links to the field as the page has it.
	anna.want(anna.post(path+"/notes", url.Values{"draft": draft(), "note": {""}}), 422,
		`href="#note"`, `id="note-error"`)
	anna.want(anna.post(path+"/assign", url.Values{"draft": draft(), "members": {d.people["Carl"].id}}), 422,
		`href="#assign_reason"`, "checked")
	anna.want(anna.get(path), 200, "Saņemts")
	if n := strings.Count(anna.page, `<li class="message`); n != before || d.loose() != 0 {
		t.Errorf("%d items before, %d after; %d bytes of files", before, n, d.loose())
	}
	for _, q := range []string{
		"?after=x", "?after=9999-99-99.Z", "?state=%00&due=x&mine=%ff&institution=x&category=%27",
		"?after=2026-01-01.%27",
	} {
		if w := anna.get("/desk/cases" + q); w.Code != 200 {
			t.Errorf("%s: %d", q, w.Code)
		}
	}
}

func (b *browser) json(path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return b.do(r)
}
