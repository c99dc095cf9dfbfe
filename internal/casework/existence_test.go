package casework_test

import (
	"errors"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// soonest is how long an act takes at its quickest, which must find nothing.
func (w *world) soonest(act func() error) time.Duration {
	w.t.Helper()
	least := time.Hour
	for range 25 {
		start := time.Now()
		err := act()
		least = min(least, time.Since(start))
		if !errors.Is(err, ethics.ErrNotFound) || errors.Is(err, ethics.ErrUntrusted) {
			w.t.Fatalf("found: %v", err)
		}
	}
	return least
}

// Who was excluded, or stepped aside, asks for numbers and for ones that nobody has,
// and looks at a clock. The log of a case is asked for who holds it alone: to read
// it takes a hundred times what these answers may differ by.
func TestACaseNotGivenTakesNoLongerThanNone(t *testing.T) {
	w := trusted(t)
	f := w.three()
	w.appoint("other_resp", "home", appoint.RoleResponsible, "", "resp", "chair")
	consultation, _ := w.asked(asks("uldis"))
	for range 250 {
		w.open(w.as("resp"), f)
	}
	number := consultation.Number
	for range 250 {
		must2(t)(w.cw.Consultation(ctx, w.as("tija"), number))
	}
	must2(t)(w.cw.Recuse(ctx, w.as("member"), f.Number, derive.New(), "a cousin"))
	member, responsible, uldis := w.as("member"), w.as("other_resp"), w.as("uldis")
	for name, c := range map[string]struct {
		there, none string
		act         func(number string) error
	}{
		"the cover": {f.Number, "2026-ZZZZZ", func(n string) error {
			_, err := w.cw.Cover(ctx, member, n)
			return err
		}},
		"a note": {f.Number, "2026-ZZZZZ", func(n string) error {
			_, err := w.cw.Note(ctx, member, n, derive.New(), "x", "")
			return err
		}},
		"stepping aside": {f.Number, "2026-ZZZZZ", func(n string) error {
			_, err := w.cw.Recuse(ctx, member, n, derive.New(), "x")
			return err
		}},
		"erasing": {f.Number, "2026-ZZZZZ", func(n string) error {
			_, err := w.cw.ToErase(ctx, responsible, n)
			return err
		}},
		"signing for that": {f.Number, "2026-ZZZZZ", func(n string) error {
			return w.cw.SignErasure(ctx, responsible, n)
		}},
		"a consultation": {number, "K-2026-ZZZZZ", func(n string) error {
			_, err := w.cw.Consultation(ctx, uldis, n)
			return err
		}},
	} {
		there, none := w.soonest(func() error { return c.act(c.there) }), w.soonest(func() error {
			return c.act(c.none)
		})
		if there > none+none/2+200*time.Microsecond {
			t.Errorf("%s: %v where there is one, %v where there is none", name, there, none)
		}
	}
}

// What was spoilt is nothing to who does not hold it either.
func TestASpoiltCaseIsNoneToOthers(t *testing.T) {
	w := founded(t)
	f := w.old()
	w.appoint("other_resp", "home", appoint.RoleResponsible, "", "resp", "chair")
	w.exec(`update cases set changed = '2020-01-01' where id = ?`, f.id)
	if _, err := w.cw.ToErase(ctx, w.as("resp"), f.Number); !errors.Is(err, ethics.ErrUntrusted) {
		t.Fatalf("this test spoils nothing: %v", err)
	}
	none := func(err error) {
		t.Helper()
		if !errors.Is(err, ethics.ErrNotFound) || errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("it is told that there is one: %v", err)
		}
	}
	other := w.as("other_resp")
	_, err := w.cw.ToErase(ctx, other, f.Number)
	none(err)
	none(w.cw.SignErasure(ctx, other, f.Number))
	_, err = w.cw.Cover(ctx, other, f.Number)
	none(err)
}
