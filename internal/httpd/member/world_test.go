package member_test

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pquerna/otp/totp"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/config"
	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/httpd/member"
	"svilpe/internal/insight"
	"svilpe/internal/intake"
	"svilpe/internal/keyring"
	"svilpe/internal/locale"
	"svilpe/internal/policy"
	"svilpe/internal/registry"
	"svilpe/internal/secret"
	"svilpe/internal/store"
	"svilpe/internal/verdict"
	"svilpe/web"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// person is somebody who can sign in.
type person struct {
	id, name, email, password, totp string
	roles                           []string
}

// desk is an installation with real keys, a real database and the members'
// site: founded by three, joined by the others.
type desk struct {
	t            testing.TB
	dir          string // data folder
	mu           sync.Mutex
	now          time.Time
	keys         keyring.Keys
	store        *store.Store
	reg          *registry.Service
	auth         *auth.Service
	work         *casework.Service
	intake       *intake.Service
	consultation *dialogue.Service
	policy       *policy.Policy
	site         string // institution
	people       map[string]*person
	server       *httpd.Server
	handler      http.Handler
	logged       *bytes.Buffer
	board        *verdict.Board
}

func (d *desk) Now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *desk) turn(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(by)
}

func cheap() secret.Params {
	p := secret.Params{Memory: 64, Time: 1, Threads: 1}
	p.Salt = secret.Default().Salt
	return p
}

// open makes the installation. Extra people are appointed by two signatures.
func open(t testing.TB, extra ...[]string) *desk {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	d := &desk{
		t: t, now: time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC), people: map[string]*person{}, logged: &bytes.Buffer{},
	}
	data, keys := filepath.Join(dir, "data"), filepath.Join(dir, "keys")
	invited, err := registry.Init(ctx, data, keys, "Ozolu novads", false, 7*24*time.Hour, d.Now())
	must(t, err)
	d.dir = data
	d.keys, err = keyring.Load(keys)
	must(t, err)
	d.store, err = store.Open(ctx, data, &d.keys.Log, d.keys.Log.Verifier())
	must(t, err)
	t.Cleanup(func() { _ = d.store.Close() })
	d.services()
	for i, name := range []string{"Anna", "Berta", "Carl", "Dora"} {
		d.enrol(name, invited[i].Code, invited[i].Roles)
	}
	d.serve()
	d.foundAll()
	for i, roles := range extra {
		d.join([]string{"Emma", "Fred", "Gita", "Hugo", "Ilze"}[i], roles)
	}
	return d
}

func (d *desk) services() {
	var err error
	d.policy, err = policy.Default()
	must(d.t, err)
	log := slog.New(slog.NewJSONHandler(d.logged, nil))
	gate := secret.NewGate()
	d.reg = &registry.Service{
		Store: d.store, Keys: d.keys, Gate: gate, Params: cheap, Valid: 7 * 24 * time.Hour, Now: d.Now, Log: log,
	}
	d.auth = &auth.Service{Store: d.store, Keys: d.keys, Gate: gate, Params: cheap, Now: d.Now,
		Log: log, Limits: auth.Limits{
			Idle: 30 * time.Minute, Absolute: 10 * time.Hour, Known: 180 * 24 * time.Hour, Wrong: 5,
			LongestDelay: 15 * time.Minute,
		}}
	d.work = &casework.Service{Store: d.store, Policy: d.policy, Now: d.Now, Log: log,
		Limits: casework.Limits{FileBytes: 1 << 20, MessageBytes: 2 << 20, Files: 3, TextChars: 20000, NewADay: 100}}
	d.intake = &intake.Service{Store: d.store, Policy: d.policy, System: d.keys.System, Data: d.t.TempDir(), Now: d.Now,
		Limits: intake.Limits{
			FileBytes: 1 << 20, ReportBytes: 2 << 20, Files: 3, TextChars: 20000, DraftBytes: 1 << 30, NewADay: 100,
		},
		ReceiptText: func(string, map[string]string) string { return "Saņemts." }}
	d.consultation = &dialogue.Service{Store: d.store, Policy: d.policy, Now: d.Now, Log: log, Limits: dialogue.Limits{
		Idle: 15 * time.Minute, Absolute: 2 * time.Hour, FileBytes: 1 << 20, MessageBytes: 2 << 20,
		Files: 3, TextChars: 20000,
	}}
}

func (d *desk) enrol(name, code string, roles []string) *person {
	d.t.Helper()
	p := &person{name: name + " Liepa", email: strings.ToLower(name) +
		"@ozoli.example", password: "viens otrs trešais " + name, totp: secret.NewTOTP(), roles: roles}
	contact := ""
	if slices.Contains(roles, appoint.RoleTrust) {
		contact = "tālr. 6700 0000, 12. kabinets"
	}
	id, err := d.reg.Enrol(context.Background(), registry.Person{
		Code: code, Name: p.name, Email: p.email, Password: p.password, Contact: contact, TOTPSecret: p.totp,
		TOTPCode: d.code(p), Confidential: true,
	})
	must(d.t, err)
	p.id, d.people[name] = id, p
	return p
}

func (d *desk) code(p *person) string {
	code, err := totp.GenerateCode(p.totp, d.Now())
	must(d.t, err)
	return code
}

func (d *desk) acting(name string) *auth.Session {
	d.t.Helper()
	who, err := d.auth.Session(context.Background(), d.cookie(name))
	must(d.t, err)
	return who
}

func (d *desk) cookie(name string) secret.Cookie {
	d.t.Helper()
	d.turn(31 * time.Second) // each step of the second factor works once
	p := d.people[name]
	c, _, err := d.auth.SignIn(context.Background(), p.email, p.password, d.code(p), secret.Cookie{})
	must(d.t, err)
	return c
}

func (d *desk) foundAll() {
	d.t.Helper()
	var all []string
	for _, p := range d.people {
		all = append(all, p.id)
	}
	f, err := d.reg.Founding(context.Background())
	must(d.t, err)
	for _, name := range []string{"Anna", "Berta", "Carl"} {
		must(d.t, d.reg.SignFounding(context.Background(), &d.acting(name).Acting, f.Seen, all))
	}
	d.site = d.acting("Anna").Institution
}

func (d *desk) join(name string, roles []string) {
	d.t.Helper()
	ctx := context.Background()
	code, err := d.reg.Invite(ctx, &d.acting("Dora").Acting, d.site, roles)
	must(d.t, err)
	p := d.enrol(name, code, roles)
	must(d.t, d.reg.PrepareAppointment(ctx, &d.acting("Dora").Acting, p.id, ""))
	for _, signer := range []string{"Anna", "Berta"} {
		waits, err := d.reg.Waiting(ctx)
		must(d.t, err)
		must(d.t, d.reg.SignStatement(ctx, &d.acting(signer).Acting, waits[0].ID, true))
	}
}

func (d *desk) serve() {
	texts, err := locale.Load(web.Locale())
	must(d.t, err)
	some := fstest.MapFS{}
	must(d.t, fs.WalkDir(web.Templates(), ".", func(name string, e fs.DirEntry, err error) error {
		dir, _, _ := strings.Cut(name, "/")
		if err != nil || e.IsDir() || !slices.Contains([]string{"layout", "error", "member"}, dir) {
			return err
		}
		data, err := fs.ReadFile(web.Templates(), name)
		some[name] = &fstest.MapFile{Data: data}
		return err
	}))
	cfg := config.Default()
	cfg.Site.MembersURL = "http://example.com" // the host of httptest's requests
	d.server, err = httpd.New(httpd.Options{
		Config: cfg, Catalogue: texts, Log: slog.New(slog.NewJSONHandler(d.logged, nil)),
		Clock: time.Now, Templates: some,
	})
	must(d.t, err)
	d.board = verdict.NewBoard(time.Now)
	site := &member.Site{
		Desk: &httpd.Desk{Server: d.server, Auth: d.auth, Policy: d.policy, Verdict: d.board},
		Auth: d.auth, Casework: d.work,
		Registry: d.reg, Policy: d.policy, Now: d.Now,
		Insight: &insight.Service{Store: d.store, Policy: d.policy, Verdict: d.board, Now: d.Now},
	}
	site.Register()
	d.handler = d.server.Handler()
}

// file hands a report in and gives its number and case code.
func (d *desk) file(change func(*ethics.Report)) intake.Filed {
	d.t.Helper()
	r := ethics.Report{
		Track: "anonymous", Institution: d.site, Category: d.policy.Categories[0].ID, Language: "lv",
		Answers: map[string][]string{"description": {"Iepirkumā uzvarēja <b>radinieks</b>."}},
	}
	if change != nil {
		change(&r)
	}
	f, err := d.intake.File(context.Background(), derive.New(), r)
	must(d.t, err)
	return f
}

// visit is the reporter, back with the case code.
func (d *desk) visit(f intake.Filed) dialogue.Visit {
	d.t.Helper()
	in, err := d.consultation.Enter(context.Background(), f.Code.Text())
	must(d.t, err)
	v, err := d.consultation.Visit(context.Background(), in.Cookie)
	must(d.t, err)
	return v
}

// loose is how many bytes of files belong to no message.
func (d *desk) loose() int64 {
	d.t.Helper()
	var n int64
	must(d.t, d.store.Read(context.Background(), func(tx *store.ReadTx) error {
		var err error
		_, n, err = tx.Drafts(1 << 20)
		return err
	}))
	return n
}
