package store

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/seal"
)

const (
	origin    = "test.example/svilpe/log/1"
	today     = "2026-11-22"
	foundedOn = "2026-01-01"
	install   = "5c3c2f0a-0000-4000-8000-000000000001"
)

// world is an installation with its people, as a test needs them.
type world struct {
	t        testing.TB
	dir      string
	log      audit.LogKey
	s        *Store
	founders [32]byte
	people   map[string]derive.Secret
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newLogKey(t testing.TB) audit.LogKey {
	t.Helper()
	text, _, err := audit.NewLogKey(origin)
	must(t, err)
	key, err := audit.ParseLogKey(text)
	must(t, err)
	return key
}

// setUp makes a database before the founding.
func setUp(t testing.TB) *world {
	t.Helper()
	return setUpWith(t, newLogKey(t))
}

func setUpWith(t testing.TB, key audit.LogKey) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), log: key, people: map[string]derive.Secret{}}
	ctx := context.Background()
	must(t, Create(ctx, w.dir))
	w.open()
	root, err := audit.Root(0, nil)
	must(t, err)
	head, err := audit.Head{Origin: origin, Root: root}.Sign(w.log.Signer())
	must(t, err)
	must(t, w.s.Scratch(ctx, func(tx *ScratchTx) error {
		return tx.Setup(Installation{
			ID: install, Salt: bytes.Repeat([]byte{7}, 32), SystemVerifier: bytes.Repeat([]byte{1}, 32),
			LogVerifier: w.log.VerifierText(), Institution: "Pašvaldība",
		}, head)
	}))
	return w
}

func (w *world) open() {
	w.t.Helper()
	s, err := Open(context.Background(), w.dir, &w.log, w.log.Verifier())
	must(w.t, err)
	if w.founders != ([32]byte{}) {
		s.SetFounders(w.founders)
	}
	w.s = s
	w.t.Cleanup(func() { _ = s.Close() })
}

func (w *world) appointment(id string, roles ...string) appoint.Appointment {
	secret := derive.New()
	w.people[id] = secret
	ident, err := secret.MemberIdentity()
	must(w.t, err)
	return appoint.Appointment{
		Member: id, Name: "N " + id, Institution: "home", Roles: roles, From: foundedOn,
		Recipient: ident.Recipient().String(), Verifier: secret.MemberSigner().Public().(ed25519.PublicKey),
	}
}

// sign makes a statement of today by who has seen all that was stated.
func (w *world) sign(kind string, body appoint.Appointment, signers ...string) appoint.Statement {
	return signed(w, w.roster().Head(kind, uuid.NewString(), today), body, signers...)
}

func signed[T appoint.Content](w *world, h appoint.Head, body T, signers ...string) appoint.Statement {
	raw, err := appoint.Write(h, body)
	must(w.t, err)
	s := appoint.Statement{ID: h.ID, Kind: h.Kind, Body: raw, Day: h.Prepared}
	for _, id := range signers {
		s.Signatures = append(s.Signatures, appoint.Sign(h.Kind, raw, id, w.people[id].MemberSigner()))
	}
	return s
}

// roster reads it without the founders' digest, which a test may give later.
func (w *world) roster() (r *appoint.Roster) {
	w.t.Helper()
	must(w.t, w.s.Read(context.Background(), func(tx *ReadTx) error {
		all, err := tx.Statements()
		if err != nil {
			return err
		}
		if err := tx.stated(all); err != nil {
			return err
		}
		r, err = appoint.Read(appoint.Digest(all[0].Body), all)
		return err
	}))
	return r
}

// settings are those of the installation's row.
func (w *world) settings() appoint.Settings {
	return appoint.Settings{
		Salt: bytes.Repeat([]byte{7}, 32), Log: w.log.VerifierText(), System: bytes.Repeat([]byte{1}, 32),
		Policy: 1, Recovery: appoint.RecoveryDeclined,
	}
}

// founding is the statement of four members that three of them signed.
func (w *world) founding() (appoint.Founding, appoint.Statement) {
	f := appoint.Founding{Institution: appoint.Institution{ID: "home", Name: "Home"}, Settings: w.settings()}
	f.Members = append(f.Members, w.appointment("anna", appoint.RoleResponsible), w.appointment("berta", appoint.RoleChair),
		w.appointment("carl", appoint.RoleMember), w.appointment("dora", appoint.RoleAdministrator))
	s := signed(w, appoint.NewHead(install, appoint.KindFounding, uuid.NewString(), foundedOn), f, "anna", "berta", "carl")
	w.founders = appoint.Digest(s.Body)
	return f, s
}

// found writes entry 0: the installation, four members, the founding.
func (w *world) found() {
	f, s := w.founding()
	w.writeOn(foundedOn, "founded", "", func(tx *Tx) error {
		if err := tx.NoteInstallation(); err != nil {
			return err
		}
		for _, m := range f.Members {
			if err := tx.PutMember(testMember(m.Member)); err != nil {
				return err
			}
		}
		return tx.AddStatement(s)
	})
	w.s.SetFounders(w.founders)
}

func testMember(id string) Member {
	return Member{ID: id, Email: id + "@example.org", Params: "argon2id", Secret: []byte("s" + id), TOTP: []byte("t" + id),
		FoundersCopy: []byte("f" + id), Confidential: today}
}

func entry(kind, caseID string) Entry {
	return Entry{ID: uuid.NewString(), Day: today, Kind: kind, Actor: ethics.ActorReporter, Case: caseID}
}

func (w *world) write(kind, caseID string, fn func(*Tx) error) {
	w.t.Helper()
	w.writeOn(today, kind, caseID, fn)
}

func (w *world) writeOn(day ethics.Day, kind, caseID string, fn func(*Tx) error) {
	w.t.Helper()
	e := entry(kind, caseID)
	e.Day = day
	must(w.t, w.s.Write(context.Background(), e, fn))
}

// filed is what the test filed in one case.
type filed struct {
	ethics.Case
	draft     derive.Secret
	envelopes []ethics.Envelope
	file      StoredFile
	reporter  derive.Secret
}

func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// file files a case with epoch, events, two grants, two envelopes and a file of
// three chunks.
func (w *world) file() filed {
	w.t.Helper()
	secret, reporter := derive.New(), derive.New()
	f := filed{draft: derive.New(), reporter: reporter}
	f.ID = f.draft.CaseID()
	ident, err := secret.CaseIdentity(f.ID, 0)
	must(w.t, err)
	ri, err := reporter.ReporterIdentity()
	must(w.t, err)
	by := seal.Author{ID: ethics.ActorReporter, Key: reporter.ReporterSigner()}
	f.Case = ethics.Case{
		ID: f.ID, Institution: "home", Category: "bribery", Track: "anonymous", State: "received", Received: today, Changed: today,
		Due: "2026-11-29", DueID: "ack", ReporterRecipient: ri.Recipient().String(), ReporterVerifier: by.Key.Public().(ed25519.PublicKey),
	}
	f.file = w.receive(f.draft)
	f.file.Case, f.file.Envelope = f.ID, f.draft.EnvelopeID(f.ID, ethics.KindReport)
	recipient := ident.Recipient().String()
	for i, kind := range []string{ethics.KindReport, ethics.KindReceipt} {
		at := seal.Place{Installation: install, Case: f.ID, Sequence: i, Day: today}
		author := by
		if kind == ethics.KindReceipt {
			author = seal.Author{ID: ethics.ActorSystem, Key: derive.New().MemberSigner()}
		}
		e, err := seal.Envelope(at, f.draft.EnvelopeID(f.ID, kind), kind, ethics.Report{Category: "bribery"}, author, recipient, f.ReporterRecipient)
		must(w.t, err)
		f.envelopes = append(f.envelopes, e)
	}
	w.write("filed", f.ID, func(tx *Tx) error {
		c, err := tx.AddCase(f.Case, []string{"2026-" + f.ID[:5]}, locatorOf(f.ID))
		if err != nil {
			return err
		}
		if err := tx.AddEpoch(Epoch{Case: c.ID, Recipient: recipient, Signer: by.ID, Day: today, Signature: seal.Epoch(install, c.ID, 0, recipient, by)}); err != nil {
			return err
		}
		if err := tx.AddEvents(c.ID, ethics.Event{Name: "received", Day: today}, ethics.Event{Name: "ack_sent", Day: today}); err != nil {
			return err
		}
		for _, m := range []string{"anna", "berta"} {
			if err := tx.AddGrant(Grant{Case: c.ID, Member: m, ID: c.ID[:8] + m, Giver: by.ID, Via: "routed", Day: today, Sealed: []byte("grant " + m)}); err != nil {
				return err
			}
		}
		for _, e := range f.envelopes {
			if err := tx.AddEnvelope(&c, e); err != nil {
				return err
			}
		}
		if err := tx.FileFile(f.file.ID, c.ID, f.file.Envelope, f.draft.DraftHash(), today); err != nil {
			return err
		}
		if err := tx.AddProposal(Proposal{ID: "p" + c.ID, Case: c.ID, Step: "close", Proposer: "anna", State: "open", Day: today}); err != nil {
			return err
		}
		v, shares := vaultRows(c.ID, "v"+c.ID)
		if err := tx.PutVault(v, shares); err != nil {
			return err
		}
		if err := tx.LendShare(loan(c.ID, v.ID, "r"+c.ID)); err != nil {
			return err
		}
		return tx.PutCase(c)
	})
	must(w.t, w.s.Read(context.Background(), func(tx *ReadTx) (err error) {
		f.Case, err = tx.Case(f.ID)
		return err
	}))
	return f
}

func locatorOf(id string) []byte {
	h := sha256.Sum256([]byte(id))
	return h[:]
}

// receive stores a file of three chunks for a draft.
func (w *world) receive(draft derive.Secret) StoredFile {
	w.t.Helper()
	f := StoredFile{ID: uuid.NewString(), Draft: draft.DraftHash(), Chunks: 3}
	whole := sha256.New()
	chunks := [][]byte{noise(4000), noise(4000), noise(100)}
	for _, c := range chunks {
		sum := sha256.Sum256(c)
		f.ChunkDigests = append(f.ChunkDigests, sum[:]...)
		f.Size += int64(len(c))
		whole.Write(c)
	}
	f.SHA256 = whole.Sum(nil)
	must(w.t, w.s.Scratch(context.Background(), func(tx *ScratchTx) error {
		if err := tx.BeginFile(f.ID, f.Draft, today); err != nil {
			return err
		}
		if err := tx.AddChunks(f.ID, 0, chunks); err != nil {
			return err
		}
		return tx.EndFile(f)
	}))
	return f
}

func (w *world) verify(o VerifyOptions) Verification {
	w.t.Helper()
	v, err := w.s.Verify(context.Background(), o)
	must(w.t, err)
	return v
}

func (w *world) sound() Verification {
	w.t.Helper()
	v := w.verify(VerifyOptions{Founders: &w.founders})
	if v.Damage != nil {
		w.t.Fatalf("damage where there is none: %v", v.Damage)
	}
	return v
}

// raw is a second connection, as somebody with the file has it: no checks.
func (w *world) raw() *sql.DB {
	w.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+url.PathEscape(filepath.Join(w.dir, File))+"?_busy_timeout=5000&_foreign_keys=off")
	must(w.t, err)
	w.t.Cleanup(func() { _ = db.Close() })
	return db
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	r := w.define(query, args...)
	if n, _ := r.RowsAffected(); n == 0 {
		w.t.Fatalf("%s: changed nothing", query)
	}
}

// define runs what need not change a row: a trigger, say.
func (w *world) define(query string, args ...any) sql.Result {
	w.t.Helper()
	r, err := w.raw().Exec(query, args...)
	if err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	return r
}

func (w *world) text(query string, args ...any) string {
	w.t.Helper()
	var out string
	if err := w.raw().QueryRow(query, args...).Scan(&out); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	return out
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	must(t, err)
	must(t, os.WriteFile(to, b, 0o600))
}

// copy opens a copy of this world's closed database in a folder of its own.
func (w *world) copy(t testing.TB) *world {
	t.Helper()
	c := &world{t: t, dir: t.TempDir(), log: w.log, founders: w.founders, people: w.people}
	copyFile(t, filepath.Join(w.dir, File), filepath.Join(c.dir, File))
	c.open()
	return c
}

// newCode gives a case another reporter.
func (w *world) newCode(f *filed) {
	w.t.Helper()
	next := derive.New()
	id, err := next.ReporterIdentity()
	must(w.t, err)
	locator := locatorOf(next.CaseID())
	keys := KeysOf(ethics.Case{ReporterRecipient: id.Recipient().String(), ReporterVerifier: next.ReporterSigner().Public().(ed25519.PublicKey)}, locator)
	x := CodeChange{Case: f.ID, Old: KeysOf(f.Case, locatorOf(f.ID)), Envelope: "old" + f.ID, Day: today}
	stated := payload.CodeStatement(install, f.ID, x.N, x.Envelope, keys.Mark, keys.Recipient, keys.Verifier)
	x.Signature = payload.SignStatement(payload.LabelCode, stated, f.reporter.ReporterSigner())
	w.write("new_code", f.ID, func(tx *Tx) error {
		c, err := tx.Case(f.ID)
		if err != nil {
			return err
		}
		return errors.Join(tx.ReplaceCode(&c, x, keys, locator), tx.PutCase(c))
	})
	must(w.t, w.s.Read(context.Background(), func(tx *ReadTx) (err error) {
		f.Case, err = tx.Case(f.ID)
		return err
	}))
	f.reporter = next
}

// populated is a closed database to copy from: two cases, a checkpoint, a
// decided proposal, a second statement, scratch rows.
func populated(t testing.TB) (*world, [2]filed) {
	t.Helper()
	w := setUp(t)
	w.found()
	cases := [2]filed{w.file(), w.file()}
	s := w.sign(appoint.KindAppointment, w.appointment("emma", appoint.RoleMember), "anna", "berta")
	w.write("appointed", "", func(tx *Tx) error { return tx.AddStatement(s) })
	w.write("gift_declared", "", func(tx *Tx) error {
		return tx.AddGift(Gift{ID: "gift", Institution: "home", Number: "D-2026-00000", Verifier: []byte{1}, Day: today, Sealed: []byte{2}})
	})
	w.write(KindConsultation, "talk", func(tx *Tx) error { return tx.AddConsultation(talk(), []byte("talk"), talked(0, ethics.ActorReporter)) })
	w.write("step", cases[0].ID, func(tx *Tx) error {
		c, err := tx.Case(cases[0].ID)
		return errors.Join(err, tx.AddMeasures(c.ID, today, today), tx.AddLesson(Lesson{ID: "lesson", Day: today, Title: "t", Text: "x"}), tx.PutCase(c))
	})
	w.newCode(&cases[1])
	must(t, w.approve(w.erasure(cases[1], "anna", "")))
	must(t, w.s.MakeCheckpoint(context.Background(), "2026-11-21"))
	must(t, w.s.MakeCheckpoint(context.Background(), today))
	w.receive(derive.New())
	must(t, w.s.Scratch(context.Background(), func(tx *ScratchTx) error { return tx.AddSecurity(SecurityEvent{ID: "form"}) }))
	w.sound()
	must(t, w.s.Close())
	return w, cases
}
