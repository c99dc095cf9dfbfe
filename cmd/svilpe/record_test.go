package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/config"
	"svilpe/internal/demo"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/policy"
	"svilpe/internal/verdict"
)

// band begins the warning above a member's page.
const band = `<aside class="notice band `

// tamper changes the database as whoever has the file can.
func tamper(t testing.TB, cfg config.Config, query string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+url.PathEscape(filepath.Join(cfg.Paths.Data, "svilpe.db"))+
		"?_busy_timeout=5000&_foreign_keys=off")
	must(t, err)
	_, err = db.Exec(query, args...)
	must(t, err)
	must(t, db.Close())
}

// pages are what every role gets from every address with a page, by role and route.
func (d *door) pages() map[[2]string]string {
	out := map[[2]string]string{}
	for _, route := range d.routes {
		if !strings.HasPrefix(route, "GET ") || slices.Contains(noPage, route) {
			continue
		}
		for _, role := range append(everyRole, "") {
			w := d.ask(route, d.number, d.cookies[role])
			if w.Code == http.StatusOK && strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
				out[[2]string{role, route}] = w.Body.String()
			}
		}
	}
	return out
}

// TestAHandlerIsWarned: a verdict that is bad, old or missing stands above every
// page of whoever acts on what is stored; above no page of a reporter, and of nobody
// who is not signed in. What stands in the table of the last verification changes no
// page: whoever writes the database can write there whatever they like.
func TestAHandlerIsWarned(t *testing.T) {
	d := openDoor(t)
	reads := []string{
		appoint.RoleTrust, appoint.RoleResponsible, appoint.RoleMember, appoint.RoleChair, appoint.RoleAuditor,
		appoint.RoleAdministrator,
	}
	warned := func(state verdict.State, words string) {
		t.Helper()
		n := 0
		for at, page := range d.pages() {
			member := slices.Contains(reads, at[0]) && strings.HasPrefix(at[1], "GET /desk") &&
				at[1] != "GET /desk/sign-in" && at[1] != "GET /desk/enrol"
			if want := member && state != verdict.Sound; strings.Contains(page, band) != want ||
				strings.Contains(page, words) != want {
				t.Errorf("%s: %s of %q: warned %v", state, at[1], at[0], !want)
			}
			if member {
				n++
			}
		}
		if n < 60 {
			t.Errorf("only %d pages of members were looked at", n)
		}
	}
	ctx, now := context.Background(), ethics.DayOf(time.Now())
	warned(verdict.Sound, "Saglabātie dati ir bojāti.")
	log := d.ask("GET /desk/log", "", d.cookies[appoint.RoleAuditor]).Body.String()
	for _, note := range []string{"sound", "", "svilpe/1 verdict\n"} {
		tamper(t, d.h.cfg, `update tmp_verify set note = ?`, []byte(note))
		warned(verdict.Sound, "Saglabātie dati ir bojāti.")
	}

	tamper(t, d.h.cfg, `insert into chunk values ('nobody', 0, x'00')`)
	tamper(t, d.h.cfg, `insert into chunk values ('nobody', 1, x'00')`)
	d.h.verify(ctx)
	warned(verdict.Damaged, "Saglabātie dati ir bojāti.")
	sound, err := verdict.New(head(t, d.h), now, 0, nil).Sign(d.h.keys.Log.Signer())
	must(t, err)
	tamper(t, d.h.cfg, `update tmp_verify set note = ?`, sound) // a true one, of before
	warned(verdict.Damaged, "Saglabātie dati ir bojāti.")
	page := d.ask("GET /desk/log", "", d.cookies[appoint.RoleAuditor]).Body.String()
	for _, row := range []string{"nobody/0", "nobody/1"} {
		if strings.Contains(log, row) || !strings.Contains(page, row) {
			t.Errorf("the log page does not name %s", row)
		}
	}

	d.h.verdict.Post(verdict.New(head(t, d.h), ethics.DayOf(time.Now().AddDate(0, 0, -3)), 0, nil), sound, nil)
	warned(verdict.Old, "Saglabātie dati sen nav pārbaudīti.")
	tamper(t, d.h.cfg, `delete from chunk where file_id = 'nobody'`)
	d.h.verify(ctx)
	warned(verdict.Sound, "Saglabātie dati ir bojāti.")
}

func head(t testing.TB, h *services) audit.Head {
	t.Helper()
	v, _, any := h.verdict.Newest()
	if !any {
		t.Fatal("nothing was verified")
	}
	return v.Head
}

// records are installations whose record is not, or not yet, known to be sound.
func (g *gallery) records() {
	t, ctx := g.t, context.Background()
	clock := demo.NewClock(time.Now) // of the old one, which was founded a year ago
	for state, bring := range map[verdict.State]func(*services){
		verdict.Checking: func(*services) {},
		verdict.Missing:  func(h *services) { h.verdict.Failed() },
		verdict.Damaged: func(h *services) {
			for n := range 30 {
				tamper(t, h.cfg, `insert into chunk values ('0d0c6f0e-3a35-4a51-8d0c-2f1f5b6f8a11', ?, x'00')`, n)
			}
			h.verify(ctx)
		},
		verdict.Old: func(h *services) {
			g.flooded(h, clock)
			h.verify(ctx)
			h.verdict.Post(verdict.New(head(t, h), ethics.DayOf(time.Now().AddDate(0, 0, -2)), 0, nil),
				[]byte("note"), nil)
		},
	} {
		if clock.Real(); state == verdict.Old {
			clock.Set(time.Now().AddDate(-1, 0, 0))
		}
		cfg, people := foundedAt(t, t.TempDir(), clock.Now, appoint.RoleAuditor, appoint.RoleTrust)
		h, err := open(ctx, cfg, slog.New(slog.NewJSONHandler(io.Discard, nil)), clock.Now)
		must(t, err)
		h.auth.Params = cheap
		bring(h)
		for role, list := range people {
			if state == verdict.Old { // sessions of a year ago have ended
				list[0].acting = nil
				people[role][0] = again(t, h, list[0])
			}
		}
		if got := h.verdict.State(); got != state {
			t.Fatalf("%s, not %s", got, state)
		}
		servers, err := h.servers(time.Now, nil)
		must(t, err)
		s := httptest.NewServer(servers[cfg.Listen.Public].Handler())
		t.Cleanup(func() {
			s.Close()
			_ = h.store.Close()
		})
		g.seats[string(state)+" visitor"] = seat{base: s.URL}
		for name, role := range desks {
			if list := people[role]; len(list) > 0 {
				g.seats[string(state)+" "+name] = seat{s.URL, map[string]string{httpd.CookieDesk: list[0].cookie}}
			}
		}
	}
	page := g.get(g.seats["old responsible"], "/desk/gifts?before="+g.words["newer gift"])
	if !strings.Contains(page, "/desk/gifts?after=") || !strings.Contains(page, "/desk/gifts?before=") {
		t.Error("the older page of the gift register leads nowhere")
	}
}

// flooded is an installation whose day is full: strangers sent thirty declarations
// and thirty questions. One declaration is of another year.
func (g *gallery) flooded(h *services, clock *demo.Clock) {
	t, ctx := g.t, context.Background()
	h.intake.Limits.NewADay, h.casework.Limits.NewADay = 30, 30
	roster, err := h.intake.Roster(ctx)
	must(t, err)
	home := roster.Institutions()[0].ID
	gift := func() {
		_, err := h.intake.DeclareGift(ctx, derive.New(), home, ethics.Gift{
			Who: "Jānis Kalns, galvenais speciālists", What: "Grāmata", Value: "15 eiro", From: "SIA „Būve”",
			When: "2025-02-28", Done: "refused",
		})
		must(t, err)
	}
	gift()
	g.words["newer gift"] = ethics.DayOf(clock.Now().AddDate(0, 0, 1)) + ".D-2019-7K2QX"
	clock.Real()
	for range 30 {
		gift()
		_, err = h.intake.Consult(ctx, derive.New(), ethics.Report{
			Track: policy.Consultation, Institution: home, Language: "lv",
			Answers: map[string][]string{"description": {"Vai ziņot?"}},
		})
		must(t, err)
	}
}

// TestNoReporterIsWarned: the pages of a case, opened with its code, say nothing.
func TestNoReporterIsWarned(t *testing.T) {
	d := openDoor(t)
	tamper(t, d.h.cfg, `insert into chunk values ('nobody', 0, x'00')`)
	d.h.verify(context.Background())
	v := form(d.institution)
	r := httptest.NewRequest(http.MethodPost, "/report", strings.NewReader("draft="+v.Get("draft")+"&"+v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	r = httptest.NewRequest(http.MethodPost, "/status",
		strings.NewReader("code="+url.QueryEscape(codeIn(t, w.Body.String()))))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w = httptest.NewRecorder()
	d.ServeHTTP(w, r)
	cookie := httpd.CookieCase + "=" + jar(w.Result().Cookies())[httpd.CookieCase]
	seen := 0
	for _, route := range d.routes {
		if strings.HasPrefix(route, "GET /desk") || !strings.HasPrefix(route, "GET ") || route == "GET /leave" {
			continue
		}
		w := d.ask(route, "", cookie)
		if strings.Contains(w.Body.String(), "band ") || strings.Contains(w.Body.String(), "Saglabātie dati") {
			t.Errorf("%s warns a reporter", route)
		}
		if w.Code == http.StatusOK && strings.HasPrefix(route, "GET /case") {
			seen++
		}
	}
	if seen < 4 {
		t.Errorf("only %d pages of the case were seen", seen)
	}
	if d.h.verdict.State() != verdict.Damaged {
		t.Error("there was nothing to warn of")
	}
}

// TestAnAlarmOutlivesARestart: a signed alarm counts again before the record is read
// through, and no «sound» from a table does, whoever signed it.
func TestAnAlarmOutlivesARestart(t *testing.T) {
	ctx := context.Background()
	cfg, _ := founded(t, t.TempDir())
	restarted := func() *services {
		t.Helper()
		h, err := open(ctx, cfg, slog.New(slog.NewJSONHandler(io.Discard, nil)), time.Now)
		must(t, err)
		t.Cleanup(func() { _ = h.store.Close() })
		return h
	}
	h := restarted()
	if s := h.verdict.State(); s != verdict.Checking {
		t.Errorf("before the first verification: %s", s)
	}
	h.verify(ctx)
	at, key, now := head(t, h), h.keys.Log, ethics.DayOf(time.Now())
	if s := h.verdict.State(); s != verdict.Sound {
		t.Errorf("after it: %s", s)
	}
	must(t, h.store.Close())
	if s := restarted().verdict.State(); s != verdict.Checking {
		t.Errorf("a stored «sound» is believed: %s", s)
	}

	elsewhere := at
	elsewhere.Root[0] ^= 1
	beyond := at
	beyond.Size++
	text, _, err := audit.NewLogKey(key.Origin())
	must(t, err)
	other, err := audit.ParseLogKey(text)
	must(t, err)
	for _, x := range []struct {
		name string
		head audit.Head
		key  audit.LogKey
		want verdict.State
	}{
		{"an alarm", at, key, verdict.Damaged},
		{"of another log", elsewhere, key, verdict.Checking},
		{"of a longer log", beyond, key, verdict.Checking},
		{"of another key", at, other, verdict.Checking},
	} {
		signed, err := verdict.New(x.head, now, 1, []string{"chunk nobody/0: belongs to no file"}).Sign(x.key.Signer())
		must(t, err)
		tamper(t, cfg, `update tmp_verify set note = ?`, signed)
		h := restarted()
		if s := h.verdict.State(); s != x.want {
			t.Errorf("%s: %s", x.name, s)
		}
		h.verify(ctx)
		if s := h.verdict.State(); s != verdict.Sound {
			t.Errorf("%s, and verified since: %s", x.name, s)
		}
		must(t, h.store.Close())
	}
}

// TestAVerificationThatFails is as good as none, and says so.
func TestAVerificationThatFails(t *testing.T) {
	cfg, _ := founded(t, t.TempDir())
	h, err := open(context.Background(), cfg, slog.New(slog.NewJSONHandler(io.Discard, nil)), time.Now)
	must(t, err)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	h.verify(ended) // the program is stopping: nothing failed
	if s := h.verdict.State(); s != verdict.Checking {
		t.Errorf("cancelled: %s", s)
	}
	must(t, h.store.Close())
	h.verify(context.Background())
	if s := h.verdict.State(); s != verdict.Missing {
		t.Errorf("failed: %s", s)
	}
}

// TestVerifyTellsAll: the command names every damaged row, and what the serving
// program said last, if that can be believed.
func TestVerifyTellsAll(t *testing.T) {
	cfg, _ := founded(t, t.TempDir())
	h, err := open(context.Background(), cfg, slog.New(slog.NewJSONHandler(io.Discard, nil)), time.Now)
	must(t, err)
	run := func(want int, extra ...string) string {
		t.Helper()
		cmd := exec.Command("svilpe",
			append([]string{"verify", "--data", cfg.Paths.Data, "--keys", cfg.Paths.Keys}, extra...)...)
		out, _ := cmd.Output()
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Errorf("exit %d, want %d:\n%s", got, want, out)
		}
		return string(out)
	}
	if out := run(0); !strings.Contains(out, "there is none") || !strings.Contains(out, "The record is sound.") {
		t.Errorf("before the first:\n%s", out)
	}
	h.verify(context.Background())
	if out := run(0); !strings.Contains(out, "the serving program's last verdict, of "+ethics.DayOf(time.Now())) {
		t.Errorf("sound:\n%s", out)
	}
	tamper(t, cfg, `insert into chunk values ('nobody', 0, x'00'), ('no'||char(10)||'body', 1, x'00')`)
	h.verify(context.Background())
	must(t, h.store.Close())
	out := run(3)
	if strings.Count(out, "DAMAGE: chunk ") != 2 || !strings.Contains(out, `no\u000abody/1: belongs to no file.`) ||
		!strings.Contains(out, "2 rows of") {
		t.Errorf("damaged:\n%s", out)
	}
	var told struct {
		Sound   bool                               `json:"sound"`
		Faults  int                                `json:"faults"`
		Damages []struct{ Table, Row, Why string } `json:"damages"`
		Verdict served                             `json:"verdict"`
	}
	must(t, json.Unmarshal([]byte(run(3, "--json")), &told))
	if told.Sound || told.Faults != 2 || len(told.Damages) != 2 || told.Damages[1].Row != "nobody/0" ||
		!told.Verdict.Believed || told.Verdict.Faults != 2 {
		t.Errorf("as JSON: %+v", told)
	}
	if v, err := verdict.Open([]byte(told.Verdict.Note), h.keys.Log.Verifier()); err != nil || v.Sound() {
		t.Errorf("its note: %v", err)
	}
	tamper(t, cfg, `delete from chunk`)
	tamper(t, cfg, `update tmp_verify set note = x'00'`)
	if out := run(0); !strings.Contains(out, "no verdict of a serving program can be believed") {
		t.Errorf("a forged one:\n%s", out)
	}
}
