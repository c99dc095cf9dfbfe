package registry_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/registry"
	"svilpe/internal/store"
)

const dayLong = 24 * time.Hour

// member is a person of this name who was appointed.
func (w *world) member(ids []string, name string, roles ...string) string {
	w.t.Helper()
	id := w.join(w.as(ids[3]), w.home(w.as(ids[3])).ID, name, roles...)
	for _, signer := range ids[:2] {
		must(w.t, w.s.SignStatement(ctx, w.as(signer), w.waiting(id).ID, true))
	}
	return id
}

// again enrols somebody who has an id already: of this name, at another address.
func (w *world) again(ids []string, name, email string, roles ...string) string {
	w.t.Helper()
	admin := w.as(ids[3])
	code, err := w.s.Invite(ctx, admin, w.home(admin).ID, roles)
	must(w.t, err)
	w.totp[email] = w.totp["anna@example.lv"]
	p := w.person(code, name)
	p.Email, p.TOTPSecret, p.TOTPCode = email, w.totp[email], w.code(email)
	id, err := w.s.Enrol(ctx, p)
	must(w.t, err)
	w.emails[id] = email
	return id
}

// TestOnePersonSignsOnce: who has two ids, as everybody who forgot a password, is
// one signature under a statement, and none under the own other id's.
func TestOnePersonSignsOnce(t *testing.T) {
	w := newWorld(t)
	ids := w.found()
	second := w.again(ids, "KARLIS", "karlis2@example.lv", appoint.RoleMember)
	must(t, w.s.PrepareAppointment(ctx, w.as(ids[3]), second, ""))
	if x := w.waiting(second); w.s.MaySign(w.as(ids[2]), x) || !w.s.OtherID(w.as(ids[2]), x) ||
		w.s.OtherID(w.as(ids[0]), x) {
		t.Error("signs for the own other id, or is not told why not")
	}
	for _, signer := range ids[:2] {
		must(t, w.s.SignStatement(ctx, w.as(signer), w.waiting(second).ID, true))
	}
	stranger := w.join(w.as(ids[3]), w.home(w.as(ids[3])).ID, "Zane", appoint.RoleResponsible)
	must(t, w.s.SignStatement(ctx, w.as(ids[2]), w.waiting(stranger).ID, true))
	x := w.waiting(stranger)
	if err := w.s.SignStatement(ctx, w.as(second), x.ID, true); !errors.Is(err, registry.ErrMaySign) {
		t.Errorf("signed twice under two ids: %v", err)
	}
	if !w.s.OtherID(w.as(second), x) || w.s.OtherID(w.as(ids[2]), x) || w.s.OtherID(w.as(ids[3]), x) {
		t.Error("who signed under another id is told so, and nobody else")
	}
	if w.as(stranger).Has(appoint.RoleResponsible) {
		t.Error("one person appointed somebody")
	}
	w.sound()
}

// TestTwoRealNamesakes: two people of one name count as one, until two others sign
// that they are two; then they are.
func TestTwoRealNamesakes(t *testing.T) {
	w := newWorld(t)
	ids := w.found()
	second := w.again(ids, "Kārlis", "karlis2@example.lv", appoint.RoleMember)
	must(t, w.s.PrepareAppointment(ctx, w.as(ids[3]), second, ""))
	for _, signer := range ids[:2] {
		must(t, w.s.SignStatement(ctx, w.as(signer), w.waiting(second).ID, true))
	}
	admin := w.as(ids[3])
	all, err := w.s.Namesakes(ctx, admin)
	must(t, err)
	pair := [2]string{min(ids[2], second), max(ids[2], second)}
	if len(all) != 1 || all[0] != pair {
		t.Fatalf("namesakes: %+v", all)
	}
	for name, err := range map[string]error{
		"two of two names":    w.s.PrepareDistinct(ctx, admin, [2]string{min(ids[0], ids[1]), max(ids[0], ids[1])}),
		"in the other order":  w.s.PrepareDistinct(ctx, admin, [2]string{pair[1], pair[0]}),
		"by a member":         w.s.PrepareDistinct(ctx, w.as(ids[0]), pair),
		"an id with itself":   w.s.PrepareDistinct(ctx, admin, [2]string{second, second}),
		"one that is unknown": w.s.PrepareDistinct(ctx, admin, [2]string{pair[0], "x"}),
	} {
		if !errors.Is(err, ethics.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, w.s.PrepareDistinct(ctx, admin, pair))
	if err := w.s.PrepareDistinct(ctx, admin, pair); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("prepared twice: %v", err)
	}
	waits := w.distinct()
	for name, id := range map[string]string{
		"one of the two": ids[2], "the other": second, "the administrator": ids[3],
	} {
		if err := w.s.SignStatement(ctx, w.as(id), waits.ID, true); !errors.Is(err, registry.ErrMaySign) {
			t.Errorf("signed by %s: %v", name, err)
		}
	}
	if err := w.s.SignStatement(ctx, w.as(ids[0]), waits.ID, false); !errors.Is(err, registry.ErrTicks) {
		t.Errorf("without knowing both: %v", err)
	}
	for _, signer := range ids[:2] {
		must(t, w.s.SignStatement(ctx, w.as(signer), waits.ID, true))
	}
	if r := w.as(ids[0]).Roster; !r.Another(ids[2], second) {
		t.Error("still one person")
	}
	if all, err := w.s.Namesakes(ctx, w.as(ids[3])); err != nil || len(all) != 0 {
		t.Errorf("asked again: %+v, %v", all, err)
	}
	w.sound()
}

func (w *world) distinct() registry.Waiting {
	w.t.Helper()
	all, err := w.s.Waiting(ctx)
	must(w.t, err)
	i := slices.IndexFunc(all, func(x registry.Waiting) bool { return x.Distinct != nil })
	if i < 0 {
		w.t.Fatal("nothing waits")
	}
	return all[i]
}

// TestANamesakeOfTheAuditor: whose office one person could not hold with another's
// is not prepared, until two others sign that they are two.
func TestANamesakeOfTheAuditor(t *testing.T) {
	w := newWorld(t)
	ids := w.found()
	auditor := w.member(ids, "Aija", appoint.RoleAuditor)
	namesake := w.again(ids, "aija", "aija2@example.lv", appoint.RoleMember)
	admin := w.as(ids[3])
	var errs ethics.FieldErrors
	if err := w.s.PrepareAppointment(ctx, admin, namesake, ""); !errors.As(err, &errs) ||
		errs.Of("until") != "one_person" || !errors.Is(err, appoint.ErrDuties) {
		t.Errorf("auditor and member under one name: %v", err)
	}
	must(t, w.s.PrepareDistinct(ctx, admin, [2]string{min(auditor, namesake), max(auditor, namesake)}))
	for _, signer := range ids[:2] {
		must(t, w.s.SignStatement(ctx, w.as(signer), w.distinct().ID, true))
	}
	must(t, w.s.PrepareAppointment(ctx, w.as(ids[3]), namesake, ""))
	for _, signer := range ids[:2] {
		must(t, w.s.SignStatement(ctx, w.as(signer), w.waiting(namesake).ID, true))
	}
	if !w.as(namesake).Has(appoint.RoleMember) {
		t.Error("a real namesake cannot serve")
	}
	w.sound()
}

// TestWhatWaitedTooLong: nobody signs it any more; it is prepared anew, and the
// signature it had counts for nothing.
func TestWhatWaitedTooLong(t *testing.T) {
	w := newWorld(t)
	ids := w.found()
	zane := w.join(w.as(ids[3]), w.home(w.as(ids[3])).ID, "Zane", appoint.RoleMember)
	must(t, w.s.SignStatement(ctx, w.as(ids[0]), w.waiting(zane).ID, true))
	w.now = w.now.Add(31 * dayLong)
	if x := w.waiting(zane); x.Stale != nil || x.By != "2026-12-23" || !w.s.MaySign(w.as(ids[1]), x) {
		t.Errorf("on its last day: %+v", x)
	}
	w.now = w.now.Add(dayLong)
	x := w.waiting(zane)
	if !errors.Is(x.Stale, appoint.ErrLate) || w.s.MaySign(w.as(ids[1]), x) {
		t.Errorf("a day later: %v", x.Stale)
	}
	if err := w.s.SignStatement(ctx, w.as(ids[1]), x.ID, true); !errors.Is(err, ethics.ErrConflict) ||
		!errors.Is(err, appoint.ErrLate) {
		t.Errorf("signed: %v", err)
	}
	must(t, w.s.PrepareAppointment(ctx, w.as(ids[3]), zane, ""))
	if x = w.waiting(zane); x.Stale != nil || len(x.Signers) != 0 {
		t.Errorf("prepared anew: %+v", x)
	}
	for _, signer := range ids[:2] {
		must(t, w.s.SignStatement(ctx, w.as(signer), w.waiting(zane).ID, true))
	}
	w.sound()
}

// TestOvertaken: two versions of one institution, prepared at once; what was
// prepared before the other was stated is not signed over it.
func TestOvertaken(t *testing.T) {
	w := newWorld(t)
	ids := w.found()
	admin := w.as(ids[3])
	home := w.home(admin)
	home.Name = "Pirmais"
	w.stated(admin, home, ids[0], ids[1])
	home.Name = "Otrais"
	_, err := w.s.PrepareInstitution(ctx, admin, home) // with the roster of before
	must(t, err)
	x := w.waiting(home.ID)
	if !errors.Is(x.Stale, appoint.ErrOvertaken) || w.s.MaySign(w.as(ids[0]), x) {
		t.Errorf("overtaken: %v", x.Stale)
	}
	if err := w.s.SignStatement(ctx, w.as(ids[0]), x.ID, false); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("signed: %v", err)
	}
	w.stated(w.as(ids[3]), home, ids[0], ids[1])
	if now := w.home(w.as(ids[3])); now.Name != "Otrais" {
		t.Errorf("prepared anew: %s", now.Name)
	}
	w.sound()
}

// TestAFoundingThatWaitedTooLong begins anew by itself: the founders sign again.
func TestAFoundingThatWaitedTooLong(t *testing.T) {
	w := newWorld(t)
	ids := w.four()
	for _, id := range ids[:2] {
		must(t, w.signFounding(w.as(id), ids))
	}
	w.now = w.now.Add(32 * dayLong)
	must(t, w.signFounding(w.as(ids[2]), ids))
	f, err := w.s.Founding(ctx)
	must(t, err)
	if f.Done || f.Candidates[0].Signed || f.Candidates[1].Signed || !f.Candidates[2].Signed {
		t.Errorf("old signatures count: %+v", f)
	}
	for _, id := range ids[:2] {
		must(t, w.signFounding(w.as(id), ids))
	}
	if !w.as(ids[0]).Has(appoint.RoleResponsible) {
		t.Error("not founded")
	}
	w.sound()
}

// TestFoundersSignTheKeysInKeys: a salt or a key put into the installation's row
// before the founding is signed by nobody, or founds nothing.
func TestFoundersSignTheKeysInKeys(t *testing.T) {
	w := newWorld(t)
	ids := w.four()
	must(t, w.signFounding(w.as(ids[0]), ids))
	in := w.installation()
	if in.LogVerifier != w.s.Keys.Log.VerifierText() {
		t.Fatal("the row has another log key than keys/")
	}
	_, other, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	own := w.s.Keys.System
	w.s.Keys.System = other // as if the row had been changed: one of the two
	if err := w.signFounding(w.as(ids[1]), ids); !errors.Is(err, registry.ErrChanged) {
		t.Errorf("signed another system key: %v", err)
	}
	w.s.Keys.System = own
	for _, id := range ids[1:3] {
		must(t, w.signFounding(w.as(id), ids))
	}
	f := w.as(ids[0]).Roster.Founding
	if !slices.Equal(f.Salt, in.Salt) || f.Log != in.LogVerifier || !slices.Equal(f.System, in.SystemVerifier) ||
		f.Recovery != appoint.RecoveryDeclined || f.Policy != 1 {
		t.Errorf("signed settings: %+v", f.Settings)
	}
	w.sound()
}

func (w *world) installation() (in store.Installation) {
	w.t.Helper()
	must(w.t, w.s.Store.Read(ctx, func(tx *store.ReadTx) (err error) { in, err = tx.Installation(); return err }))
	return in
}
