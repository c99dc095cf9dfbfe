package casework_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"errors"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	_ "github.com/mattn/go-sqlite3" // as somebody with the file has it

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/intake"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/verify"
)

const (
	install = "5c3c2f0a-0000-4000-8000-000000000001"
	day     = "2026-11-23"
)

var ctx = context.Background()

// world is a founded installation: resp, chair, member and admin, its services,
// and the log key, which the operator has too.
type world struct {
	t      *testing.T
	dir    string
	clock  time.Time
	log    audit.LogKey
	s      *store.Store
	others []*store.Store // on the same database, see beside
	people map[string]derive.Secret
	in     *intake.Service
	dia    *dialogue.Service
	cw     *casework.Service
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func founded(t *testing.T) *world {
	t.Helper()
	w := &world{
		t: t, dir: t.TempDir(), clock: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
		people: map[string]derive.Secret{},
	}
	text, _, err := audit.NewLogKey("test.example/svilpe/log/1")
	must(t, err)
	w.log, err = audit.ParseLogKey(text)
	must(t, err)
	must(t, store.Create(ctx, w.dir))
	w.s, err = store.Open(ctx, w.dir, &w.log, w.log.Verifier())
	must(t, err)
	t.Cleanup(func() { _ = w.s.Close() })
	system := derive.New().MemberSigner()
	root, err := audit.Root(0, nil)
	must(t, err)
	head, err := audit.Head{Origin: "test.example/svilpe/log/1", Root: root}.Sign(w.log.Signer())
	must(t, err)
	salt := make([]byte, 32)
	_, _ = rand.Read(salt)
	must(t, w.s.Scratch(ctx, func(tx *store.ScratchTx) error {
		return tx.Setup(store.Installation{
			ID: install, Salt: salt, SystemVerifier: system.Public().(ed25519.PublicKey),
			LogVerifier: w.log.VerifierText(),
		}, head)
	}))
	w.found()
	if w.services(system); strings.Contains(t.Name(), strings.ReplaceAll(besides, " ", "_")) {
		w.beside()
	}
	return w
}

func (w *world) found() {
	var in store.Installation
	must(w.t, w.s.Read(ctx, func(tx *store.ReadTx) (err error) { in, err = tx.Installation(); return err }))
	f := appoint.Founding{
		Institution: appoint.Institution{ID: "home", Name: "Town"},
		Settings: appoint.Settings{
			Salt: in.Salt, Log: in.LogVerifier, System: in.SystemVerifier, Policy: 1,
			Recovery: appoint.RecoveryDeclined,
		},
	}
	for _, p := range [][2]string{
		{"resp", appoint.RoleResponsible}, {"chair", appoint.RoleChair}, {"member", appoint.RoleMember},
		{"admin", appoint.RoleAdministrator},
	} {
		secret := derive.New()
		w.people[p[0]] = secret
		id, err := secret.MemberIdentity()
		must(w.t, err)
		f.Members = append(f.Members, appoint.Appointment{
			Member: p[0], Name: "N " + p[0], Institution: "home", Roles: []string{p[1]}, From: day,
			Recipient: id.Recipient().String(), Verifier: secret.MemberSigner().Public().(ed25519.PublicKey),
		})
	}
	st := signed(w, appoint.NewHead(install, appoint.KindFounding, uuid.NewString(), day), f, "resp", "chair", "member")
	w.s.SetFounders(appoint.Digest(st.Body))
	w.write(record.KindFounded, "", func(tx *store.Tx) error {
		return errors.Join(tx.NoteInstallation(), tx.AddStatement(st))
	})
}

func (w *world) services(system ed25519.PrivateKey) {
	p, err := policy.Default()
	must(w.t, err)
	now, log := func() time.Time { return w.clock }, slog.New(slog.DiscardHandler)
	w.in = &intake.Service{
		Store: w.s, Policy: p, System: system, Data: w.dir, Now: now,
		ReceiptText: func(string, map[string]string) string { return "receipt" },
		Limits: intake.Limits{
			FileBytes: 1 << 20, ReportBytes: 1 << 20, Files: 5, TextChars: 20000, DraftBytes: 1 << 30, NewADay: 40,
		},
	}
	w.dia = &dialogue.Service{
		Store: w.s, Policy: p, Now: now, Log: log,
		Limits: dialogue.Limits{
			Idle: 15 * time.Minute, Absolute: 2 * time.Hour, FileBytes: 1 << 20, MessageBytes: 1 << 20,
			Files: 5, TextChars: 20000,
		},
	}
	w.cw = &casework.Service{
		Store: w.s, Policy: p, Now: now, Log: log,
		Limits: casework.Limits{FileBytes: 1 << 20, MessageBytes: 1 << 20, Files: 5, TextChars: 20000, NewADay: 40},
	}
}

// as is a member in a request.
func (w *world) as(id string) *appoint.Acting {
	w.t.Helper()
	r, err := w.in.Roster(ctx)
	must(w.t, err)
	return &appoint.Acting{
		ID: id, Name: "N " + id, Institution: "home", Roles: r.AllRoles(id, day),
		Secret: w.people[id], Roster: r,
	}
}

// stated is as, after the no-conflict statement.
func (w *world) stated(id string, f filed) *appoint.Acting {
	w.t.Helper()
	who := w.as(id)
	must(w.t, w.cw.State(ctx, who, f.Number, derive.New()))
	return who
}

type filed struct {
	intake.Filed
	id    string
	draft derive.Secret
}

func (w *world) report() ethics.Report {
	return ethics.Report{
		Track: "anonymous", Institution: "home", Category: w.in.Policy.Categories[0].ID, Language: "lv",
		Answers: map[string][]string{"what_happened": {"SECRET"}, "description": {"SECRET"}},
	}
}

func (w *world) file() filed {
	w.t.Helper()
	d := derive.New()
	f, err := w.in.File(ctx, d, w.report())
	must(w.t, err)
	return filed{Filed: f, id: d.CaseID(), draft: d}
}

func (w *world) visit(f filed) dialogue.Visit {
	w.t.Helper()
	e, err := w.dia.Enter(ctx, f.Code.Text())
	must(w.t, err)
	v, err := w.dia.Visit(ctx, e.Cookie)
	must(w.t, err)
	return v
}

// write is what the operator can, who has the log key.
func (w *world) write(kind audit.EntryKind, id string, fn func(*store.Tx) error) {
	w.t.Helper()
	stream := ethics.CaseStream(id)
	switch {
	case kind == record.KindConsultation:
		stream = ethics.ConsultationStream(id)
	case id == "":
		stream = ethics.StreamRoster
	}
	must(w.t, w.s.Write(ctx, store.Entry{ID: uuid.NewString(), Day: w.today(), Kind: kind, Actor: "x", Stream: stream},
		fn))
}

func (w *world) today() ethics.Day { return ethics.DayOf(w.clock) }

// place is where the next text of a case is sealed now.
func (w *world) place(c store.CaseFile) seal.Place {
	return seal.Place{
		Installation: install, Stream: ethics.CaseStream(c.ID), Epoch: c.Epoch, Sequence: c.Sequence,
		Day: w.today(), Policy: policy.Version, Seen: c.Seen(),
	}
}

// put stores an envelope with its entry, by whom it may be.
func (w *world) put(f filed, kind ethics.EnvelopeKind, body any, by seal.Author, toReporter bool) string {
	w.t.Helper()
	var c store.CaseFile
	must(w.t, w.s.Read(ctx, func(tx *store.ReadTx) (err error) {
		c, err = tx.CaseFile(f.id, false)
		return err
	}))
	reporter := ""
	if toReporter {
		reporter = c.ReporterRecipient
	}
	at := w.place(c)
	e, err := seal.Envelope(at, uuid.NewString(), kind, body, by, c.Recipient(), reporter)
	must(w.t, err)
	w.write(audit.EntryKind(kind), f.id, func(tx *store.Tx) error {
		c, err := tx.Case(f.id)
		return errors.Join(err, tx.AddEnvelope(&c, e), tx.PutCase(c))
	})
	return e.ID
}

func (w *world) by(id string) seal.Author {
	return seal.Author{ID: id, Key: w.people[id].MemberSigner()}
}

// epoch opens the next epoch of a case with a key of the opener's own.
func (w *world) epoch(f filed, signer string, key ed25519.PrivateKey) {
	w.t.Helper()
	id, err := derive.New().CaseIdentity(f.id, 1)
	must(w.t, err)
	to := id.Recipient().String()
	w.write("removed", f.id, func(tx *store.Tx) error {
		c, err := tx.Case(f.id)
		if err != nil {
			return err
		}
		c.Epoch++
		e := store.Epoch{
			Case: f.id, Number: c.Epoch, Recipient: to, Signer: signer, Signature: make([]byte, 64), Day: w.today(),
		}
		if key != nil {
			e.Signature = seal.Epoch(install, f.id, e.Number, to, seal.Author{ID: signer, Key: key})
		}
		return errors.Join(tx.AddEpoch(e), tx.PutCase(c))
	})
}

// exec is what the writer can, who has the file.
func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	db := w.raw()
	r, err := db.Exec(query, args...)
	must(w.t, err)
	if n, _ := r.RowsAffected(); n == 0 && !strings.Contains(query, "trigger") {
		w.t.Fatalf("%s: changed nothing", query)
	}
}

func (w *world) raw() *sql.DB {
	w.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+url.PathEscape(filepath.Join(w.dir, store.File))+"?_busy_timeout=5000")
	must(w.t, err)
	w.t.Cleanup(func() { _ = db.Close() })
	return db
}

func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	must(w.t, w.raw().QueryRow(query, args...).Scan(&n))
	return n
}

func (w *world) distrusted() int {
	return w.count(`select count(*) from entry where kind = 'distrusted'`)
}

func (w *world) damage() *verify.Damage {
	w.t.Helper()
	v, err := verify.Run(ctx, w.s, verify.Options{Founders: w.s.Founders()})
	must(w.t, err)
	return v.First()
}

// untrusted wants the refusal, and that nothing was stored.
func (w *world) untrusted(what string, act func() error) {
	w.t.Helper()
	before := w.count(`select count(*) from envelope`)
	if err := act(); !errors.Is(err, ethics.ErrUntrusted) {
		w.t.Errorf("%s: %v", what, err)
	}
	if w.count(`select count(*) from envelope`) != before {
		w.t.Errorf("%s: stored", what)
	}
}
