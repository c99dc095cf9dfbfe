package registry_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/keyring"
	"svilpe/internal/registry"
	"svilpe/internal/secret"
	"svilpe/internal/store"
)

func TestFoundingOpensWithTheThirdSignature(t *testing.T) {
	w := newWorld(t)
	var ids []string
	for i, name := range []string{"Anna", "Berta", "Karlis"} {
		ids = append(ids, w.enrol(w.codes[i].Code, name))
	}
	anna := w.as(ids[0])
	if err := w.signFounding(anna, ids); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("signed while one of the four is missing: %v", err)
	}
	ids = append(ids, w.enrol(w.codes[3].Code, "Dora"))
	for i := range ids {
		ticked := append(append([]string{}, ids[:i]...), ids[i+1:]...)
		if err := w.signFounding(anna, ticked); !errors.Is(err, registry.ErrTicks) {
			t.Errorf("without a tick at %d: %v", i, err)
		}
	}
	if err := w.signFounding(w.as(ids[3]), ids); !errors.Is(err, registry.ErrMaySign) {
		t.Errorf("the administrator signed: %v", err)
	}
	for range 3 { // the same founder three times is one founder
		must(t, w.signFounding(anna, ids))
	}
	must(t, w.signFounding(w.as(ids[1]), ids))
	if f, err := w.s.Founding(ctx); err != nil || f.Done || !f.Complete || w.entries() != 0 {
		t.Fatalf("two of three: %+v, %v, %d entries", f, err, w.entries())
	}
	if keys, err := keyring.Load(w.keys); err != nil || keys.Founded {
		t.Fatalf("founders written before the third signature: %v", err)
	}
	must(t, w.signFounding(w.as(ids[2]), ids))
	f, err := w.s.Founding(ctx)
	if err != nil || !f.Done || w.entries() != 1 {
		t.Fatalf("founded: %+v, %v, %d entries", f, err, w.entries())
	}
	if err := w.signFounding(w.as(ids[2]), ids); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("signed after the founding: %v", err)
	}
	if admin := w.as(ids[3]); !admin.Has(appoint.RoleAdministrator) || admin.Has(appoint.RoleMember) {
		t.Errorf("roles of the administrator: %v", admin.Roles)
	}
	w.sound()
}

// Two sign first at the same moment, three sign last at the same moment: every
// signature counts, and there is one founding.
func TestFoundersWhoSignAtOnce(t *testing.T) {
	for range 10 {
		w := newWorld(t)
		ids := w.four()
		var signing sync.WaitGroup
		for _, who := range w.all(ids[:3]) {
			signing.Go(func() {
				if err := w.signFounding(who, ids); err != nil {
					t.Error(err)
				}
			})
		}
		signing.Wait()
		if f, err := w.s.Founding(ctx); err != nil || !f.Done || w.entries() != 1 {
			t.Fatalf("%+v, %v, %d entries", f, err, w.entries())
		}
		var left []store.Pending
		must(t, w.s.Store.Read(ctx, func(tx *store.ReadTx) (err error) { left, err = tx.AllPending(); return err }))
		if len(left) > 0 {
			t.Error("a statement still waits")
		}
		w.sound()
	}
}

// A crash after keys/founders was written and before entry 0: not founded, and
// any founder who signs once more completes it, even with another digest.
func TestCrashBeforeEntry0IsRecovered(t *testing.T) {
	w := newWorld(t)
	ids := w.four()
	for _, id := range ids[:2] {
		must(t, w.signFounding(w.as(id), ids))
	}
	// What the third request had done when the power went: its signature and the
	// file. Its row is made here as it would have stood.
	karlis := w.as(ids[2])
	var p store.Pending
	must(t, w.s.Store.Read(ctx, func(tx *store.ReadTx) (err error) { p, err = tx.Pending("founding"); return err }))
	must(t, w.s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		p.Signatures = withSignature(t, p, karlis)
		return tx.PutPending(p)
	}))
	must(t, w.s.Keys.WriteFounders(appoint.Digest([]byte("a statement that never was"))))
	must(t, w.s.Store.Close())
	w.open()
	if f, err := w.s.Founding(ctx); err != nil || f.Done {
		t.Fatalf("founded by a file: %+v, %v", f, err)
	}
	must(t, w.signFounding(w.as(ids[0]), ids))
	if f, err := w.s.Founding(ctx); err != nil || !f.Done {
		t.Fatalf("not recovered: %+v, %v", f, err)
	}
	must(t, w.s.Store.Close())
	w.open() // and the file holds the digest of what was signed
	w.as(ids[1])
	w.sound()
}

// Founders whose database was exchanged for another founding see it at sign-in.
func TestReplacedFoundersAreRefusedAtSignIn(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	ids := w.found()
	other.found()
	theirs, err := os.ReadFile(filepath.Join(other.keys, "founders"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(w.keys, "founders"), theirs, 0o600))
	must(t, w.s.Store.Close())
	w.open()
	email := w.emails[ids[0]]
	if _, _, err := w.auth.SignIn(ctx, email, password, w.code(email),
		secret.Cookie{}); !errors.Is(err, appoint.ErrFounders) {
		t.Errorf("signed in under founders that are not the database's: %v", err)
	}
}

func withSignature(t *testing.T, p store.Pending, who *appoint.Acting) []byte {
	t.Helper()
	var sigs []appoint.Signature
	must(t, json.Unmarshal(p.Signatures, &sigs))
	sigs = append(sigs, appoint.Sign(p.Kind, p.Body, who.ID, who.Secret.MemberSigner()))
	out, err := json.Marshal(sigs)
	must(t, err)
	return out
}
