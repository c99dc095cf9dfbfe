package registry_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/registry"
	"svilpe/internal/store"
)

func TestAppointmentByTwoOthers(t *testing.T) {
	w := newWorld(t)
	ids := w.found()
	admin := w.as(ids[3])
	zane := w.join(admin, w.home(admin).ID, "Zane", appoint.RoleMember)
	x := w.waiting(zane)
	if len(x.Words) != 6 || x.Appointment.Name != "Zane" {
		t.Fatalf("waits: %+v", x)
	}
	for name, id := range map[string]string{"administrator": ids[3], "appointee": zane} {
		if err := w.s.SignStatement(ctx, w.as(id), x.ID, true); !errors.Is(err, registry.ErrMaySign) {
			t.Errorf("signed by the %s: %v", name, err)
		}
	}
	anna := w.as(ids[0])
	if err := w.s.SignStatement(ctx, anna, "appointment:"+zane, true); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("signed without saying what was shown: %v", err)
	}
	if err := w.s.SignStatement(ctx, anna, x.ID, false); !errors.Is(err, registry.ErrTicks) {
		t.Errorf("without comparing: %v", err)
	}
	must(t, w.s.SignStatement(ctx, anna, x.ID, true))
	if err := w.s.SignStatement(ctx, anna, x.ID, true); !errors.Is(err, registry.ErrMaySign) {
		t.Errorf("the same member signed twice: %v", err)
	}
	if who := w.as(zane); len(who.Roles) != 0 {
		t.Fatalf("one signature gave %v", who.Roles)
	}
	before := w.entries()
	must(t, w.s.SignStatement(ctx, w.as(ids[1]), x.ID, true))
	if who := w.as(zane); !who.Has(appoint.RoleMember) {
		t.Fatalf("appointed: %v", who.Roles)
	}
	if w.entries() != before+1 {
		t.Errorf("%d entries for one appointment", w.entries()-before)
	}
	if people, err := w.s.Enrolled(ctx); err != nil || len(people) != 0 {
		t.Errorf("still enrolled: %d, %v", len(people), err)
	}
	if err := w.s.SignStatement(ctx, w.as(ids[2]), x.ID, true); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("signed what is stated: %v", err)
	}
	w.sound()
}

func TestAnAuditorSignsNothing(t *testing.T) {
	w := newWorld(t)
	ids := w.found()
	admin := w.as(ids[3])
	auditor := w.join(admin, w.home(admin).ID, "Aija", appoint.RoleAuditor)
	for _, id := range ids[:2] {
		must(t, w.s.SignStatement(ctx, w.as(id), w.waiting(auditor).ID, true))
	}
	zane := w.join(admin, w.home(admin).ID, "Zane", appoint.RoleMember)
	if err := w.s.SignStatement(ctx, w.as(auditor), w.waiting(zane).ID, true); !errors.Is(err, registry.ErrMaySign) {
		t.Errorf("signed by the auditor: %v", err)
	}
}

// All three sign at once: one statement, one entry, nothing left waiting.
func TestSignersAtOnce(t *testing.T) {
	w := newWorld(t)
	ids := w.found()
	admin := w.as(ids[3])
	for _, name := range []string{"Zane", "Ilze", "Juris", "Pēteris"} {
		id := w.join(admin, w.home(admin).ID, name, appoint.RoleTrust)
		x, before := w.waiting(id), w.entries()
		var signing sync.WaitGroup
		for _, who := range w.all(ids[:3]) {
			signing.Go(func() {
				err := w.s.SignStatement(ctx, who, x.ID, true)
				if err != nil && !errors.Is(err, ethics.ErrNotFound) && !errors.Is(err, ethics.ErrConflict) {
					t.Error(err)
				}
			})
		}
		signing.Wait()
		if all, err := w.s.Waiting(ctx); err != nil || len(all) != 0 {
			t.Fatalf("still waits: %+v, %v", all, err)
		}
		if w.entries() != before+1 {
			t.Errorf("%d entries", w.entries()-before)
		}
	}
	w.sound()
}

func TestPreparedOnceByTheAdministratorWithinTheCalendar(t *testing.T) {
	w := newWorld(t)
	ids := w.found()
	admin := w.as(ids[3])
	code, err := w.s.Invite(ctx, admin, w.home(admin).ID, []string{appoint.RoleMember})
	must(t, err)
	zane := w.enrol(code, "Zane")
	for until, kind := range map[string]ethics.FaultKind{
		"2026-11-21": "past", "tomorrow": "day", "2027-02-30": "day", "9": "day",
	} {
		var errs ethics.FieldErrors
		if err := w.s.PrepareAppointment(ctx, admin, zane, until); !errors.As(err, &errs) || errs.Of("until") != kind {
			t.Errorf("until %s: %v", until, err)
		}
	}
	if err := w.s.PrepareAppointment(ctx, w.as(ids[0]), zane, ""); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("prepared by the responsible person: %v", err)
	}
	if err := w.s.PrepareAppointment(ctx, admin, "nobody", ""); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
	must(t, w.s.PrepareAppointment(ctx, admin, zane, "2026-11-23"))
	if err := w.s.PrepareAppointment(ctx, admin, zane, ""); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("prepared twice: %v", err)
	}
}

// stated puts an institution through its two signatures.
func (w *world) stated(admin *appoint.Acting, in appoint.Institution, signers ...string) string {
	w.t.Helper()
	id, err := w.s.PrepareInstitution(ctx, admin, in)
	must(w.t, err)
	for _, who := range signers {
		must(w.t, w.s.SignStatement(ctx, w.as(who), w.waiting(id).ID, false))
	}
	return id
}

// Alternates that name each other: the first members of the new institution are
// signed by those of its alternate, who serve already.
func TestNewInstitutionFromItsAlternate(t *testing.T) {
	w := newWorld(t)
	ids := w.found()
	admin := w.as(ids[3])
	home := w.home(admin)
	if _, err := w.s.PrepareInstitution(ctx, admin, appoint.Institution{Name: "Skola"}); err == nil {
		t.Error("an institution that nobody could ever sign was prepared")
	}
	school, err := w.s.PrepareInstitution(ctx, admin, appoint.Institution{Name: "Skola", Alternate: home.ID})
	must(t, err)
	// Its first member enrols while it waits, and cannot be signed before it.
	offered, err := w.s.Invite(ctx, admin, school, []string{appoint.RoleResponsible})
	must(t, err)
	if offer, err := w.s.Offer(ctx, offered); err != nil || offer.Institution != "Skola" {
		t.Errorf("offer of a waiting institution: %+v, %v", offer, err)
	}
	zane := w.enrol(offered, "Zane")
	must(t, w.s.PrepareAppointment(ctx, admin, zane, ""))
	if err := w.s.SignStatement(ctx, w.as(ids[0]), w.waiting(zane).ID, true); !errors.Is(err, registry.ErrMaySign) {
		t.Errorf("signed for an institution that is not there: %v", err)
	}
	for _, id := range ids[:2] {
		must(t, w.s.SignStatement(ctx, w.as(id), w.waiting(school).ID, false))
	}
	home.Alternate = school // the mutual link
	w.stated(w.as(ids[3]), home, ids[1], ids[2])
	for _, id := range ids[:2] {
		must(t, w.s.SignStatement(ctx, w.as(id), w.waiting(zane).ID, true))
	}
	who := w.as(zane)
	if !who.Has(appoint.RoleResponsible) || who.Institution != school {
		t.Errorf("first member of the new institution: %v in %s", who.Roles, who.Institution)
	}
	if in, err := who.Roster.Institution(home.ID); err != nil || in.Alternate != school {
		t.Errorf("alternate of home: %+v, %v", in, err)
	}
	w.sound()
}

func TestChangedInstitutionKeepsIdsAndItsSigners(t *testing.T) {
	w := newWorld(t)
	ids := w.found()
	admin := w.as(ids[3])
	home := w.home(admin)
	home.Units = []appoint.Unit{{Name: "Dome"}, {Name: "Skola"}}
	w.stated(admin, home, ids[0], ids[1])
	now := w.home(w.as(ids[3]))
	if now.ID != home.ID || len(now.Units) != 2 || now.Units[0].ID == "" || now.Units[0].ID == now.Units[1].ID {
		t.Fatalf("stated: %+v", now)
	}
	dome := now.Units[0]
	now.Units = []appoint.Unit{dome, {Name: "Bibliotēka"}}
	w.stated(w.as(ids[3]), now, ids[1], ids[2])
	if in := w.home(w.as(ids[3])); in.Units[0] != dome {
		t.Errorf("the unit's id changed: %+v", in.Units)
	}
	admin = w.as(ids[3])
	for want, in := range map[string]appoint.Institution{
		"name": {ID: home.ID}, "alternate": {ID: home.ID, Name: "Dome", Alternate: home.ID},
		"units": {ID: home.ID, Name: "Dome", Units: make([]appoint.Unit, 101)},
	} {
		var errs ethics.FieldErrors
		if _, err := w.s.PrepareInstitution(ctx, admin, in); !errors.As(err, &errs) || errs.Of(want) == "" {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := w.s.PrepareInstitution(ctx, admin,
		appoint.Institution{ID: "nowhere", Name: "X"}); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("an id that nobody knows: %v", err)
	}
	if _, err := w.s.PrepareInstitution(ctx, w.as(ids[0]), home); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("prepared by the responsible person: %v", err)
	}
	w.sound()
}

// The administrator exchanges the body while a signer looks at the page: the
// signature is refused, and none that was given to the old body counts.
func TestWhatIsSignedIsWhatWasSeen(t *testing.T) {
	w := newWorld(t)
	ids := w.found()
	admin := w.as(ids[3])
	home := w.home(admin)
	home.Name = "Pašvaldība, jaunais nosaukums"
	_, err := w.s.PrepareInstitution(ctx, admin, home)
	must(t, err)
	seen := w.waiting(home.ID)
	must(t, w.s.SignStatement(ctx, w.as(ids[0]), seen.ID, false))
	home.Name = "Cits"
	_, err = w.s.PrepareInstitution(ctx, admin, home)
	must(t, err)
	if err := w.s.SignStatement(ctx, w.as(ids[1]), seen.ID, false); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("signed a body that was not shown: %v", err)
	}
	if now := w.waiting(home.ID); len(now.Signers) != 0 {
		t.Errorf("signatures of the old body count: %v", now.Signers)
	}
}

// Who serves when a statement is stored has signed it: not who served when it was
// prepared, or when the signature was given. An old signature stored late is none.
func TestSignersServeOnTheDayOfTheEntry(t *testing.T) {
	w := newWorld(t)
	ids := w.found()
	admin := w.as(ids[3])
	home := w.home(admin).ID
	code, err := w.s.Invite(ctx, admin, home, []string{appoint.RoleMember})
	must(t, err)
	leaver := w.enrol(code, "Ilze")
	must(t, w.s.PrepareAppointment(ctx, admin, leaver, "2026-11-23"))
	for _, id := range ids[:2] {
		must(t, w.s.SignStatement(ctx, w.as(id), w.waiting(leaver).ID, true))
	}
	zane := w.join(w.as(ids[3]), home, "Zane", appoint.RoleTrust)
	must(t, w.s.SignStatement(ctx, w.as(leaver), w.waiting(zane).ID, true))
	w.now = w.now.Add(48 * time.Hour)
	before := w.entries()
	must(t, w.s.SignStatement(ctx, w.as(ids[0]), w.waiting(zane).ID, true))
	if w.entries() != before || w.as(zane).Has(appoint.RoleTrust) {
		t.Error("appointed by one, and by one whose term is over")
	}
	newcomer := w.join(w.as(ids[3]), home, "Juris", appoint.RoleMember)
	for _, id := range ids[1:3] {
		must(t, w.s.SignStatement(ctx, w.as(id), w.waiting(newcomer).ID, true))
	}
	must(t, w.s.SignStatement(ctx, w.as(newcomer), w.waiting(zane).ID, true)) // who came after it was prepared
	if !w.as(zane).Has(appoint.RoleTrust) {
		t.Error("not appointed by two who serve")
	}
	w.sound()
}

func TestTermOver(t *testing.T) {
	w := newWorld(t)
	ids := w.found()
	admin := w.as(ids[3])
	code, err := w.s.Invite(ctx, admin, w.home(admin).ID, []string{appoint.RoleMember})
	must(t, err)
	zane := w.enrol(code, "Zane")
	must(t, w.s.PrepareAppointment(ctx, admin, zane, "2026-11-23"))
	for _, id := range ids[:2] {
		must(t, w.s.SignStatement(ctx, w.as(id), w.waiting(zane).ID, true))
	}
	later := w.join(w.as(ids[3]), w.home(admin).ID, "Ilze", appoint.RoleTrust)
	acting := w.as(zane)
	w.now = w.now.Add(48 * time.Hour)
	if err := w.s.SignStatement(ctx, acting, w.waiting(later).ID, true); !errors.Is(err, registry.ErrMaySign) {
		t.Errorf("signed after the term: %v", err)
	}
	var n int
	must(t, w.s.Store.Read(ctx, func(tx *store.ReadTx) (err error) { n, err = tx.StatementCount(); return err }))
	if n != 2 {
		t.Errorf("%d statements", n)
	}
}
