package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

// guarded says which row of permissions.yaml lets a member use a route. The
// readings are the issue's: asg is «holds a grant»; list_new covers granted
// cases only, and all as metadata for the auditor; read_files_clean covers files
// as received; the four eyes of manage_users, under which setting institutions
// up falls, are the appointment's two signatures, given by those who handle
// cases. A route that is in none of the three tables fails the test.
var guarded = map[string][]string{
	"GET /desk/cases":                                 {"list_new", "read_content"},
	"GET /desk/approvals":                             {"read_content"},
	"GET /desk/cases/:number":                         {"read_content"},
	"POST /desk/cases/:number/statement":              {"read_content"},
	"GET /desk/cases/:number/steps/:id":               {"read_content"},
	"POST /desk/cases/:number/steps/:id":              {"read_content"},
	"POST /desk/cases/:number/proposals/:id":          {"read_content"},
	"POST /desk/cases/:number/messages":               {"message_reporter"},
	"POST /desk/cases/:number/notes":                  {"examine"},
	"POST /desk/cases/:number/assign":                 {"assign_examiners"},
	"GET /desk/cases/:number/files/:id":               {"read_files_clean"},
	"GET /desk/cases/:number/identity":                {"read_content"},
	"POST /desk/cases/:number/identity":               {"unseal_identity"},
	"POST /desk/cases/:number/decision":               {"read_content"},
	"GET /desk/cases/:number/redact":                  {"examine"},
	"GET /desk/cases/:number/redact/:id":              {"examine"},
	"POST /desk/cases/:number/redact/:id":             {"examine"},
	"GET /desk/cases/:number/original/:id":            {"examine"},
	"GET /desk/cases/:number/recuse":                  {"recuse"},
	"POST /desk/cases/:number/recuse":                 {"recuse"},
	"GET /desk/cases/:number/exclude":                 {"assign_examiners"},
	"GET /desk/cases/:number/exclude/:id":             {"assign_examiners"},
	"POST /desk/cases/:number/exclude/:id":            {"assign_examiners"},
	"GET /desk/cases/:number/escalate":                {"assign_examiners"},
	"POST /desk/cases/:number/escalate":               {"assign_examiners"},
	"GET /desk/account/handover":                      {"read_content"},
	"POST /desk/account/handover":                     {"read_content"},
	"GET /desk/account/handover/:id":                  {"read_content"},
	"POST /desk/account/handover/:id":                 {"read_content"},
	"GET /desk/cases/:number/decision":                {"read_content"},
	"GET /desk/cases/:number/measures":                {"read_content"},
	"GET /desk/cases/:number/protection":              {"read_content"},
	"GET /desk/cases/:number/package":                 {"read_content"},
	"POST /desk/cases/:number/package":                {"read_content"},
	"GET /desk/cases/:number/export":                  {"read_content"},
	"POST /desk/cases/:number/export":                 {"read_content"},
	"GET /desk/erasure":                               {"approve_erasure"},
	"GET /desk/erasure/:id":                           {"approve_erasure"},
	"POST /desk/erasure/:id":                          {"approve_erasure"},
	"GET /desk/gifts":                                 {"gift_register"},
	"GET /desk/consultations":                         {"consultation_notes"},
	"GET /desk/consultations/:consultation":           {"consultation_notes"},
	"POST /desk/consultations/:consultation/messages": {"consultation_notes"},
	"POST /desk/consultations/:consultation/notes":    {"consultation_notes"},
	"POST /desk/consultations/:consultation/end":      {"consultation_notes"},
	"GET /desk/enter":                                 {"enter_for_reporter"},
	"POST /desk/enter":                                {"enter_for_reporter"},
	"GET /desk/log":                                   {"read_log"},
	"GET /desk/log/verdict":                           {"read_log"},
	"GET /desk/setup":                                 {"manage_users"},
	"GET /desk/setup/institutions/:id":                {"manage_users"},
	"POST /desk/setup/institutions/:id":               {"manage_users"},
	"GET /desk/setup/invitations":                     {"manage_users"},
	"POST /desk/setup/invitations":                    {"manage_users"},
	"POST /desk/appointments/prepare":                 {"manage_users"},
	"POST /desk/appointments/distinct":                {"manage_users"},
	"GET /desk/appointments":                          {"manage_users", "read_content"},
	"POST /desk/appointments/:id":                     {"read_content"},
}

// everyMember are routes for whoever is signed in.
var everyMember = []string{
	"GET /desk", "GET /desk/account", "POST /desk/account/password", "POST /desk/account/end-others",
	"GET /desk/lessons", "GET /desk/lessons/text",
	"GET /desk/founding", "POST /desk/founding", "GET /desk/help",
}

// public are routes without a session of a member.
var public = []string{
	"GET /", "GET /help", "GET /safety", "GET /privacy", "GET /about", "GET /log/checkpoint", "GET /log/key",
	"GET /report", "POST /report", "GET /gifts", "POST /gifts",
	"GET /status", "POST /status", "GET /case", "POST /case/messages", "GET /case/files/:id", "GET /case/withdraw",
	"POST /case/withdraw", "GET /case/retaliation", "POST /case/retaliation", "POST /case/mediation",
	"POST /case/check-in", "GET /case/identity", "POST /case/identity", "GET /case/new-code", "POST /case/new-code",
	"GET /consultation", "POST /consultation/messages", "GET /consultation/end", "POST /consultation/end",
	"GET /leave", "GET /healthz", "GET /static/:hash/:name",
	"GET /desk/sign-in", "POST /desk/sign-in", "POST /desk/sign-out", "GET /desk/enrol", "POST /desk/enrol",
}

// everyRole is who signs in for the matrix.
var everyRole = []string{
	appoint.RoleTrust, appoint.RoleContact, appoint.RoleResponsible, appoint.RoleMember, appoint.RoleChair,
	appoint.RoleAuditor, appoint.RoleHead, appoint.RoleAdministrator,
}

// module begins the one script a page may name.
const module = `<script type="module" src="/static/`

// door is the whole program in this process, with one case that the responsible
// persons, the chair and one commission member hold.
type door struct {
	t *testing.T
	h *services
	http.Handler
	people       map[string][]person
	institution  string
	routes       []string
	number       string
	consultation string // a consultation's number
	cookies      map[string]string
}

func openDoor(t *testing.T) *door {
	t.Helper()
	cfg, people := founded(t, t.TempDir(), appoint.RoleTrust, appoint.RoleContact, appoint.RoleAuditor,
		appoint.RoleHead, appoint.RoleMember)
	h, err := open(context.Background(), cfg, slog.New(slog.NewJSONHandler(io.Discard, nil)), time.Now)
	must(t, err)
	t.Cleanup(func() { must(t, h.store.Close()) })
	servers, err := h.servers(time.Now, nil)
	must(t, err)
	s := servers[cfg.Listen.Public]
	d := &door{t: t, h: h, Handler: s.Handler(), cookies: map[string]string{}, people: people}
	d.institution = people[appoint.RoleResponsible][0].acting.Institution
	for _, r := range s.Echo.Routes() {
		d.routes = append(d.routes, r.Method+" "+r.Path)
	}
	d.file(people)
	d.consult()
	h.verify(context.Background())
	for role, list := range people {
		d.cookies[role] = "desk=" + list[0].cookie
	}
	d.cookies["stranger"] = "desk=" + people[appoint.RoleMember][1].cookie
	return d
}

// file files one report and gives it to one commission member.
func (d *door) file(people map[string][]person) {
	d.t.Helper()
	ctx, rp := context.Background(), people[appoint.RoleResponsible][0].acting
	w := httptest.NewRecorder()
	v := form(rp.Institution)
	r := httptest.NewRequest(http.MethodPost, "/report", strings.NewReader("draft="+v.Get("draft")+"&"+v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	d.ServeHTTP(w, r)
	list, err := d.h.insight.Cases(ctx, rp, store.Filter{}, store.Key{})
	must(d.t, err)
	if len(list.Cases) != 1 {
		d.t.Fatalf("%d cases after filing: %d", len(list.Cases), w.Code)
	}
	d.number = list.Cases[0].Number
	for _, role := range []string{appoint.RoleResponsible, appoint.RoleChair} {
		must(d.t, d.h.casework.State(ctx, people[role][0].acting, d.number, derive.New()))
	}
	_, err = d.h.casework.Assign(ctx, rp, d.number, derive.New(),
		[]string{people[appoint.RoleMember][0].id}, "izskatītājs")
	must(d.t, err)
	must(d.t, d.h.casework.State(ctx, people[appoint.RoleMember][0].acting, d.number, derive.New()))
}

// consult asks the trust person something.
func (d *door) consult() {
	d.t.Helper()
	f, err := d.h.intake.Consult(context.Background(), derive.New(), ethics.Report{
		Track: policy.Consultation, Institution: d.institution, Language: "lv",
		Answers: map[string][]string{"description": {"Vai ziņot?"}},
	})
	must(d.t, err)
	d.consultation = f.Number
}

// ask sends one request as somebody, with a draft and nothing else in its form.
func (d *door) ask(route, number, cookie string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(route, " ")
	path = strings.NewReplacer(":number", number, ":consultation", d.consultation, "/steps/:id",
		"/steps/ask_reporter", ":id",
		"00000000-0000-4000-8000-000000000000", ":hash", "x", ":name", "y").Replace(path)
	var body io.Reader = http.NoBody
	if method == http.MethodPost {
		body = strings.NewReader("draft=" + derive.New().Text())
	}
	r := httptest.NewRequest(method, path, body)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

// TestEveryRouteIsGuardedAsTheMatrixSays walks every route as every role. What
// is expected comes from permissions.yaml; who may not gets the bytes of a page
// that does not exist.
func TestEveryRouteIsGuardedAsTheMatrixSays(t *testing.T) {
	d := openDoor(t)
	p, err := policy.Default()
	must(t, err)
	holds := []string{appoint.RoleResponsible, appoint.RoleChair, appoint.RoleMember}
	for _, route := range d.routes {
		rows, known := guarded[route]
		switch {
		case slices.Contains(public, route):
			continue
		case slices.Contains(everyMember, route):
			for _, role := range everyRole {
				if w := d.ask(route, d.number, d.cookies[role]); w.Code == http.StatusNotFound || w.Code >= 500 {
					t.Errorf("%s as %s: %d", route, role, w.Code)
				}
			}
			continue
		case !known:
			t.Errorf("%s is in no table: say who may use it", route)
			continue
		}
		for _, role := range everyRole {
			m := policy.Member{
				ID: "x", Roles: []string{role}, HoldsGrant: slices.Contains(holds, role), Stated: true,
				Own: role == appoint.RoleTrust,
			}
			want := slices.ContainsFunc(rows, func(row string) bool { return p.Level(m, row) > policy.No })
			w := d.ask(route, d.number, d.cookies[role])
			nothing := d.ask("GET /desk/nothing-here", "", d.cookies[role])
			// A file, step, proposal or person that does not exist is not found by those
			// who may either.
			missing := w.Code == http.StatusNotFound &&
				(strings.Contains(route, ":id") || route == "POST /desk/appointments/prepare")
			switch {
			case w.Code >= 500:
				t.Errorf("%s as %s: %d", route, role, w.Code)
			case want && w.Code == http.StatusNotFound && !missing:
				t.Errorf("%s as %s is refused; %v says yes", route, role, rows)
			case !want && (w.Code != http.StatusNotFound || w.Body.String() != nothing.Body.String()):
				t.Errorf("%s as %s: %d, or other bytes than a page that does not exist; %v says no",
					route, role, w.Code, rows)
			}
		}
		if w := d.ask(route, d.number, ""); w.Code != http.StatusSeeOther && w.Code != http.StatusUnauthorized {
			t.Errorf("%s without a session: %d", route, w.Code)
		}
	}
}

// TestAGrantNotGivenCannotBeInferred: to a handler without a grant a case looks
// like one that never was, on every address below it.
func TestAGrantNotGivenCannotBeInferred(t *testing.T) {
	d := openDoor(t)
	stranger := d.cookies["stranger"]
	if stranger == "" {
		t.Fatal("no second commission member")
	}
	for _, route := range d.routes {
		if !strings.Contains(route, ":number") {
			continue
		}
		real, unknown := d.ask(route, d.number, stranger), d.ask(route, "2026-ZZZZZ", stranger)
		if real.Code != http.StatusNotFound || real.Body.String() != unknown.Body.String() {
			t.Errorf("%s: %d against %d, or other bytes", route, real.Code, unknown.Code)
		}
	}
	if list := d.ask("GET /desk/cases", "", stranger).Body.String(); strings.Contains(list, d.number) {
		t.Error("the list shows a case without a grant")
	}
}

// TestEveryAnswerCarriesItsHeaders asserts what is served, route by route.
func TestEveryAnswerCarriesItsHeaders(t *testing.T) {
	d := openDoor(t)
	for _, route := range append(d.routes, "GET /nothing-here", "POST /safety") {
		w := d.ask(route, d.number, d.cookies[appoint.RoleChair])
		h := w.Header()
		referrer := "same-origin"
		if route == "GET /leave" {
			referrer = "no-referrer" // the next page is elsewhere
		}
		for name, want := range map[string]string{
			"Referrer-Policy": referrer, "X-Content-Type-Options": "nosniff",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Embedder-Policy": "require-corp",
			"Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "",
			"Access-Control-Allow-Origin": "", "Server": "", "X-Powered-By": "", "ETag": "",
			"Strict-Transport-Security": "",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", route, name, h.Get(name))
			}
		}
		csp := map[string]string{}
		for _, part := range strings.Split(h.Get("Content-Security-Policy"), ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), " ")
			csp[name] = value
		}
		wanted := map[string]string{
			"default-src": "'none'", "style-src": "'self'", "img-src": "'self'",
			"form-action": "'self'", "base-uri": "'none'",
			"frame-ancestors": "'none'", "script-src": "'self'", "connect-src": "'self'",
		}
		if strings.HasPrefix(h.Get("Content-Disposition"), "attachment") {
			wanted = map[string]string{
				"default-src": "'none'", "frame-ancestors": "'none'", "style-src": "", "script-src": "",
			}
			if _, boxed := csp["sandbox"]; !boxed {
				t.Errorf("%s: a file without a sandbox", route)
			}
		}
		for name, want := range wanted {
			if csp[name] != want {
				t.Errorf("%s: CSP %s is %q", route, name, csp[name])
			}
		}
		if !strings.Contains(h.Get("Permissions-Policy"), "camera=()") || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: Permissions-Policy %q, Cache-Control %q", route,
				h.Get("Permissions-Policy"), h.Get("Cache-Control"))
		}
		for _, c := range w.Result().Cookies() {
			if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" {
				t.Errorf("%s: cookie %s", route, c)
			}
		}
		if body := strings.Replace(w.Body.String(), module, "", 1); strings.Contains(body, "<script") ||
			strings.Contains(body, " onclick") || strings.Contains(body, "style=\"") {
			t.Errorf("%s: script or inline style in the page", route)
		}
		if size := w.Body.Len(); size >= 60_000 {
			t.Errorf("%s: %d bytes", route, size)
		}
	}
}
