package report_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"database/sql"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/config"
	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/httpd/mycase"
	"svilpe/internal/httpd/report"
	"svilpe/internal/intake"
	"svilpe/internal/keyring"
	"svilpe/internal/locale"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/web"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// clock is a clock that tests turn.
type clock struct {
	sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.Lock()
	defer c.Unlock()
	return c.now
}

func (c *clock) turn(d time.Duration) {
	c.Lock()
	defer c.Unlock()
	c.now = c.now.Add(d)
}

// door is an installation with real keys and a real database, and both of the
// reporters' sites.
type door struct {
	t            testing.TB
	dir          string
	keys         keyring.Keys
	store        *store.Store
	clock        *clock
	intake       *intake.Service
	consultation *dialogue.Service
	people       map[string]derive.Secret
	server       *httpd.Server
	handler      http.Handler
	logged       *bytes.Buffer
	address      string // public URL, the default when empty
}

// founded says who serves where. home has units; alt is its alternate.
var founded = []struct {
	id, name, institution string
	roles                 []string
	contact               string
}{
	{"anna", "Anna Ozola", "home", []string{appoint.RoleResponsible}, ""},
	{"berta", "Berta Liepa", "home", []string{appoint.RoleChair}, ""},
	{"carl", "Kārlis Kalns", "home", []string{appoint.RoleMember}, ""},
	{"dora", "Dora Lāce", "home", []string{appoint.RoleAdministrator}, ""},
	{"emma", "Emma Bērza", "home", []string{appoint.RoleTrust}, "tālr. 6700 0000, 12. kabinets"},
	{"fred", "Fricis Vītols", "alt", []string{appoint.RoleResponsible}, ""},
	{"gita", "Gita Egle", "alt", []string{appoint.RoleChair}, ""},
}

const founding = 4 // how many of them stand in the founding statement

// open makes a door. With one institution the alternate is left out.
func open(t testing.TB, institutions int) *door {
	t.Helper()
	dir := t.TempDir()
	d := &door{
		t: t, dir: dir, people: map[string]derive.Secret{},
		clock: &clock{now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}, logged: &bytes.Buffer{},
	}
	ctx := context.Background()
	var err error
	d.keys, err = keyring.Create(filepath.Join(dir, "keys"), "test.example/svilpe/log/1")
	must(t, err)
	must(t, store.Create(ctx, filepath.Join(dir, "data")))
	d.store, err = store.Open(ctx, filepath.Join(dir, "data"), &d.keys.Log, d.keys.Log.Verifier())
	must(t, err)
	t.Cleanup(func() { _ = d.store.Close() })
	d.setUp()
	d.found(institutions)
	d.serve()
	return d
}

func (d *door) setUp() {
	root, err := audit.Root(0, nil)
	must(d.t, err)
	head, err := audit.Head{Origin: d.keys.Log.Origin(), Root: root}.Sign(d.keys.Log.Signer())
	must(d.t, err)
	must(d.t, d.store.Scratch(context.Background(), func(tx *store.ScratchTx) error {
		return tx.Setup(store.Installation{
			ID: "5c3c2f0a-0000-4000-8000-000000000001", Salt: bytes.Repeat([]byte{7}, 32), Institution: "Ozolu novads",
			SystemVerifier: d.keys.System.Public().(ed25519.PublicKey), LogVerifier: d.keys.Log.VerifierText(),
		}, head)
	}))
}

func (d *door) found(institutions int) {
	home := appoint.Institution{ID: "home", Name: "Ozolu novada pašvaldība", Units: []appoint.Unit{
		{ID: "council", Name: "Dome"}, {ID: "school", Name: "Ozolu vidusskola"},
	}}
	f := appoint.Founding{Institution: home, Settings: appoint.Settings{
		Salt: bytes.Repeat([]byte{7}, 32), Log: d.keys.Log.VerifierText(),
		System: d.keys.System.Public().(ed25519.PublicKey),
		Policy: 1, Recovery: appoint.RecoveryDeclined,
	}}
	for _, p := range founded[:founding] {
		f.Members = append(f.Members, d.appointment(p.id))
	}
	first := signed(d, appoint.NewHead("5c3c2f0a-0000-4000-8000-000000000001", appoint.KindFounding,
		uuid.NewString(), "2026-01-01"), f)
	d.store.SetFounders(appoint.Digest(first.Body))
	d.state(first, func(tx *store.Tx) error { return tx.NoteInstallation() })
	if institutions > 1 {
		alt := appoint.Institution{ID: "alt", Name: "Liepu novada pašvaldība", Alternate: "home"}
		home.Alternate = "alt"
		d.state(signed(d, d.head(appoint.KindInstitution), alt))
		d.state(signed(d, d.head(appoint.KindInstitution), home))
		for _, p := range founded[founding:] {
			d.state(signed(d, d.head(appoint.KindAppointment), d.appointment(p.id)))
		}
	}
}

// state stores a statement, and what else.
func (d *door) state(s appoint.Statement, more ...func(*store.Tx) error) {
	d.t.Helper()
	e := store.Entry{
		ID: uuid.NewString(), Day: s.Day, Kind: record.StatedAs[s.Kind], Actor: ethics.ActorSystem,
		Stream: ethics.StreamRoster,
	}
	must(d.t, d.store.Write(context.Background(), e, func(tx *store.Tx) error {
		for _, fn := range more {
			if err := fn(tx); err != nil {
				return err
			}
		}
		return tx.AddStatement(s)
	}))
}

// head begins a statement by who has seen all before it.
func (d *door) head(kind string) appoint.Head {
	d.t.Helper()
	var h appoint.Head
	must(d.t, d.store.Read(context.Background(), func(tx *store.ReadTx) error {
		r, err := tx.Roster()
		if err == nil {
			h = r.Head(kind, uuid.NewString(), "2026-01-01")
		}
		return err
	}))
	return h
}

func (d *door) appointment(id string) appoint.Appointment {
	secret := derive.New()
	d.people[id] = secret
	identity, err := secret.MemberIdentity()
	must(d.t, err)
	for _, p := range founded {
		if p.id == id {
			return appoint.Appointment{
				Member: id, Name: p.name, Institution: p.institution, Roles: p.roles,
				Contact: p.contact, From: "2026-01-01",
				Recipient: identity.Recipient().String(), Verifier: secret.MemberSigner().Public().(ed25519.PublicKey),
			}
		}
	}
	d.t.Fatalf("nobody is called %s", id)
	return appoint.Appointment{}
}

// signed has the first three sign.
func signed[T appoint.Content](d *door, h appoint.Head, body T) appoint.Statement {
	raw, err := appoint.Write(h, body)
	must(d.t, err)
	s := appoint.Statement{ID: h.ID, Kind: h.Kind, Body: raw, Day: h.Prepared}
	for _, p := range founded[:3] {
		s.Signatures = append(s.Signatures, appoint.Sign(h.Kind, raw, p.id, d.people[p.id].MemberSigner()))
	}
	return s
}

func (d *door) serve() {
	texts, err := locale.Load(web.Locale())
	must(d.t, err)
	rules, err := policy.Default()
	must(d.t, err)
	cfg := config.Default()
	cfg.Site.MembersURL = "http://example.com" // the host of httptest's requests
	cfg.Site.LeaveURL = "https://example.org/neutral"
	cfg.Site.PublicURL = cmp.Or(d.address, cfg.Site.PublicURL)
	d.server, err = httpd.New(httpd.Options{
		Config: cfg, Catalogue: texts, Clock: time.Now, Secure: true, Log: slog.New(slog.NewJSONHandler(d.logged, nil)),
		Templates: web.Templates(),
	})
	must(d.t, err)
	d.intake = &intake.Service{
		Store: d.store, Policy: rules, System: d.keys.System, Data: filepath.Join(d.dir, "data"), Now: d.clock.Now,
		Limits: intake.Limits{
			FileBytes: 1 << 20, ReportBytes: 2 << 20, Files: 4, TextChars: 20000, DraftBytes: 1 << 30, NewADay: 100,
		},
		ReceiptText: report.ReceiptText(texts),
	}
	d.consultation = &dialogue.Service{
		Store: d.store, Policy: rules, Now: d.clock.Now, Log: slog.New(slog.DiscardHandler),
		Limits: dialogue.Limits{
			Idle: 15 * time.Minute, Absolute: 2 * time.Hour, FileBytes: 1 << 20, MessageBytes: 2 << 20,
			Files: 4, TextChars: 20000,
		},
	}
	(&report.Site{Server: d.server, Intake: d.intake, Policy: rules}).Register()
	(&mycase.Site{Server: d.server, Dialogue: d.consultation, Policy: rules, FilesOpen: d.intake.FilesOpen}).Register()
	d.handler = d.server.Handler()
}

// cases is how many cases there are; drafts how many bytes of unfiled files.
func (d *door) cases() int {
	n := 0
	must(d.t, d.store.Read(context.Background(), func(tx *store.ReadTx) error {
		all, err := tx.AllCases(store.Filter{}, store.Key{}, 1000)
		n = len(all)
		return err
	}))
	return n
}

func (d *door) drafts() (n int64) {
	must(d.t, d.store.Read(context.Background(), func(tx *store.ReadTx) (err error) {
		_, n, err = tx.Drafts(1 << 20)
		return err
	}))
	return n
}

// sweep does what the program does daily: unfiled files go.
func (d *door) sweep() {
	must(d.t, d.store.Scratch(context.Background(), func(tx *store.ScratchTx) error {
		return tx.SweepFiles("2027-01-01", false)
	}))
}

// damage changes rows behind the program's back.
func (d *door) damage(query string) {
	d.t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(d.dir, "data", store.File))
	must(d.t, err)
	defer func() { _ = db.Close() }()
	res, err := db.Exec(query)
	must(d.t, err)
	if n, _ := res.RowsAffected(); n == 0 {
		d.t.Fatal("nothing was damaged")
	}
}
