package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// walk is an installation whose pages people go through with their browsers.
type walk struct {
	t      testing.TB
	h      *services
	http   http.Handler
	ahead  time.Duration
	people map[string]person
	tabs   map[string]*tab
	steps  map[string]bool // taken by their forms
	sent   map[string]bool // forms that were stored, by action
	routes []string
	again  int // how many more times each form is sent, see tab
}

// walked opens an installation: two responsible persons, anna and rita, the chair
// berta, the members carl and emma, a trust person, an auditor.
func walked(t testing.TB) *walk {
	t.Helper()
	cfg, people := founded(t, t.TempDir(), appoint.RoleResponsible, appoint.RoleMember,
		appoint.RoleTrust, appoint.RoleAuditor)
	w := &walk{t: t, ahead: 2 * time.Minute, tabs: map[string]*tab{}, steps: map[string]bool{}, sent: map[string]bool{}}
	now := func() time.Time { return time.Now().Add(w.ahead) }
	h, err := open(context.Background(), cfg, slog.New(slog.DiscardHandler), now)
	must(t, err)
	t.Cleanup(func() { must(t, h.store.Close()) })
	h.auth.Params = cheap
	servers, err := h.servers(now, nil)
	must(t, err)
	s := servers[cfg.Listen.Public]
	w.h, w.http = h, s.Handler()
	for _, r := range s.Echo.Routes() {
		w.routes = append(w.routes, r.Method+" "+r.Path)
	}
	w.people = map[string]person{
		"anna": people[appoint.RoleResponsible][0], "rita": people[appoint.RoleResponsible][1],
		"berta": people[appoint.RoleChair][0],
		"carl":  people[appoint.RoleMember][0], "emma": people[appoint.RoleMember][1],
		"dora": people[appoint.RoleAdministrator][0],
		"tina": people[appoint.RoleTrust][0], "otto": people[appoint.RoleAuditor][0],
	}
	return w
}

// tab is a browser that has been nowhere yet.
func (w *walk) tab(who string) *tab {
	return &tab{
		t: w.t, http: w.http, who: who, cookies: map[string]string{}, again: w.again, sent: func(action string) {
			w.sent[action] = true
		},
	}
}

// as is a member's browser, signed in by the form; again after days have passed.
func (w *walk) as(who string) *tab {
	w.t.Helper()
	b := w.tabs[who]
	if b == nil {
		b = w.tab(who)
		w.tabs[who] = b
	}
	if b.at = "/desk"; b.cookies["desk"] != "" {
		if b.do(newRequest("/desk")); b.status == http.StatusOK {
			return b
		}
	}
	w.ahead += 31 * time.Second // each code of the second factor works once
	p := w.people[who]
	b.open("/desk/sign-in").form("/desk/sign-in").set("name", p.email).set("password", p.password).
		set("code", w.code(p)).stored("")
	return b
}

// files hands a report in that these members hold and have opened.
func (w *walk) files(r ethics.Report, holders ...string) (number, code string) {
	w.t.Helper()
	r.Institution, r.Language = w.people["anna"].acting.Institution, "lv"
	if r.Category == "" {
		r.Category = "procurement"
	}
	if r.Answers == nil {
		r.Answers = map[string][]string{}
	}
	r.Answers["description"] = []string{"Rēķinus par remontu izrakstīja divreiz."}
	f, err := w.h.intake.File(context.Background(), derive.New(), r)
	must(w.t, err)
	for _, who := range holders {
		w.states(who, f.Number)
	}
	return f.Number, f.Code.Text()
}

func desk(number string) string { return "/desk/cases/" + number }

// states signs the no-conflict statement.
func (w *walk) states(who, number string) {
	w.t.Helper()
	b, path := w.as(who), desk(number)
	b.open(path).form(path+"/statement").set("no_conflict", "yes").stored("")
}

func newRequest(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }

func (w *walk) code(p person) string {
	w.t.Helper()
	code, err := totp.GenerateCode(p.totp, w.h.auth.Now())
	must(w.t, err)
	return code
}

// reporter is a reporter's browser, in the case by the form for codes.
func (w *walk) reporter(code string) *tab {
	w.t.Helper()
	b := w.tab("the reporter")
	b.open("/status").form("/status").set("code", code).stored("")
	return b
}
