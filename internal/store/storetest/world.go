// Package storetest is a world to test in: a database, a log key, people who were
// appointed, cases with every kind of row. It has the hands of those whom the record
// must withstand: somebody with the file (Exec, Swap), and the operator, who holds
// the log key too (Append). Tests alone import it.
package storetest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/store"
)

// What every world has in common.
const (
	Origin       = "test.example/svilpe/log/1"
	Today        = "2026-11-22"
	FoundedOn    = "2026-01-01"
	Installation = "5c3c2f0a-0000-4000-8000-000000000001"
)

// World is an installation with its people, as a test needs them.
type World struct {
	T        testing.TB
	Dir      string
	Log      audit.LogKey
	S        *store.Store
	Founders [32]byte
	People   map[string]derive.Secret
}

// Must ends a test that cannot go on.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// NewLogKey is a key for Origin.
func NewLogKey(t testing.TB) audit.LogKey {
	t.Helper()
	text, _, err := audit.NewLogKey(Origin)
	Must(t, err)
	key, err := audit.ParseLogKey(text)
	Must(t, err)
	return key
}

// SetUp makes a database before the founding.
func SetUp(t testing.TB) *World {
	t.Helper()
	return SetUpWith(t, NewLogKey(t))
}

// SetUpWith is SetUp with a log key that the test has.
func SetUpWith(t testing.TB, key audit.LogKey) *World {
	t.Helper()
	w := &World{T: t, Dir: t.TempDir(), Log: key, People: map[string]derive.Secret{}}
	ctx := context.Background()
	Must(t, store.Create(ctx, w.Dir))
	w.Open()
	root, err := audit.Root(0, nil)
	Must(t, err)
	head, err := audit.Head{Origin: Origin, Root: root}.Sign(w.Log.Signer())
	Must(t, err)
	Must(t, w.S.Scratch(ctx, func(tx *store.ScratchTx) error {
		return tx.Setup(store.Installation{
			ID: Installation, Salt: bytes.Repeat([]byte{7}, 32), SystemVerifier: bytes.Repeat([]byte{1}, 32),
			LogVerifier: w.Log.VerifierText(), Institution: "Pašvaldība",
		}, head)
	}))
	return w
}

// Founded is a world behind its founding.
func Founded(t testing.TB) *World {
	t.Helper()
	w := SetUp(t)
	w.Found()
	return w
}

// Open opens the database again, as a program that starts.
func (w *World) Open() {
	w.T.Helper()
	w.S = w.Another()
}

// Another is a second program on the same database.
func (w *World) Another() *store.Store {
	w.T.Helper()
	s, err := store.Open(context.Background(), w.Dir, &w.Log, w.Log.Verifier())
	Must(w.T, err)
	w.T.Cleanup(func() { _ = s.Close() })
	if w.Founders != [32]byte{} {
		s.SetFounders(w.Founders)
	}
	return s
}

// Stop ends the program: one file is left.
func (w *World) Stop() {
	w.T.Helper()
	Must(w.T, w.S.Close())
}

// Copy opens a copy of this world's closed database in a folder of its own.
func (w *World) Copy(t testing.TB) *World {
	t.Helper()
	c := w.Stopped(t)
	c.Open()
	return c
}

// Stopped is a copy of this world's closed database that nobody has opened.
func (w *World) Stopped(t testing.TB) *World {
	t.Helper()
	c := &World{T: t, Dir: t.TempDir(), Log: w.Log, Founders: w.Founders, People: w.People}
	CopyFile(t, filepath.Join(w.Dir, store.File), filepath.Join(c.Dir, store.File))
	return c
}

// CopyFile copies one file.
func CopyFile(t testing.TB, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	Must(t, err)
	Must(t, os.WriteFile(to, b, 0o600))
}

// Appointment makes somebody's keys and what appoints them.
func (w *World) Appointment(id string, roles ...string) appoint.Appointment {
	secret := derive.New()
	w.People[id] = secret
	ident, err := secret.MemberIdentity()
	Must(w.T, err)
	return appoint.Appointment{
		Member: id, Name: "N " + id, Institution: "home", Roles: roles, From: FoundedOn,
		Recipient: ident.Recipient().String(), Verifier: secret.MemberSigner().Public().(ed25519.PublicKey),
	}
}

// Sign is a statement of today by who has seen all that was stated, which these
// members signed.
func Sign[T appoint.Content](w *World, kind string, body T, signers ...string) appoint.Statement {
	return SignUnder(w, w.Roster().Head(kind, uuid.NewString(), Today), body, signers...)
}

// SignUnder is Sign with a head of the test's own.
func SignUnder[T appoint.Content](w *World, h appoint.Head, body T, signers ...string) appoint.Statement {
	raw, err := appoint.Write(h, body)
	Must(w.T, err)
	s := appoint.Statement{ID: h.ID, Kind: h.Kind, Body: raw, Day: h.Prepared}
	for _, id := range signers {
		s.Signatures = append(s.Signatures, appoint.Sign(h.Kind, raw, id, w.People[id].MemberSigner()))
	}
	return s
}

// Roster reads who was appointed, taking the founding at its word.
func (w *World) Roster() (r *appoint.Roster) {
	w.T.Helper()
	w.Read(func(tx *store.ReadTx) error {
		all, err := tx.Statements()
		if err != nil {
			return err
		}
		r, err = appoint.Read(appoint.Digest(all[0].Body), all)
		return err
	})
	return r
}

// Settings are those of the installation's row.
func (w *World) Settings() appoint.Settings {
	return appoint.Settings{
		Salt: bytes.Repeat([]byte{7}, 32), Log: w.Log.VerifierText(), System: bytes.Repeat([]byte{1}, 32),
		Policy: policy.Version, Recovery: appoint.RecoveryDeclined,
	}
}

// Founding is the statement of four members that three of them signed.
func (w *World) Founding() (appoint.Founding, appoint.Statement) {
	f := appoint.Founding{Institution: appoint.Institution{ID: "home", Name: "Home"}, Settings: w.Settings()}
	f.Members = append(f.Members, w.Appointment("anna", appoint.RoleResponsible),
		w.Appointment("berta", appoint.RoleChair),
		w.Appointment("carl", appoint.RoleMember), w.Appointment("dora", appoint.RoleAdministrator))
	s := SignUnder(w, appoint.NewHead(Installation, appoint.KindFounding, uuid.NewString(), FoundedOn),
		f, "anna", "berta", "carl")
	w.Founders = appoint.Digest(s.Body)
	return f, s
}

// FoundedEntries is how many entries a founding has: of the roster, of each member,
// of the policy.
const FoundedEntries = 6

// Found writes the first entries: the installation, the founding, four members, the
// reference data.
func (w *World) Found() {
	w.T.Helper()
	f, s := w.Founding()
	e := Entry(record.KindFounded, ethics.StreamRoster)
	e.Day = FoundedOn
	Must(w.T, w.S.Write(context.Background(), e, func(tx *store.Tx) error {
		if err := tx.NoteInstallation(); err != nil {
			return err
		}
		if err := tx.AddStatement(s); err != nil {
			return err
		}
		for _, m := range f.Members {
			if err := tx.PutMember(Member(m.Member)); err != nil {
				return err
			}
		}
		return tx.AddPolicy(policy.Version, []byte("digest of the shipped data"), FoundedOn)
	}))
	w.S.SetFounders(w.Founders)
}

// Appoint appoints somebody, signed by two who serve.
func (w *World) Appoint(id string, roles ...string) {
	w.T.Helper()
	s := Sign(w, appoint.KindAppointment, w.Appointment(id, roles...), "anna", "berta")
	w.Write(record.KindAppointed, ethics.StreamRoster, func(tx *store.Tx) error {
		return tx.AddStatement(s)
	})
}

// Member is somebody's credentials.
func Member(id string) store.Member {
	return store.Member{
		ID: id, Email: id + "@example.org", Params: "argon2id", Secret: []byte("s" + id), TOTP: []byte("t" + id),
		FoundersCopy: []byte("f" + id), Confidential: Today,
	}
}
