package store_test

import (
	"errors"
	"testing"
	"time"

	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

const (
	yesterday = "2026-11-21"
	tomorrow  = "2026-11-23"
)

// on writes an entry by a clock that shows this day.
func on(w *world, day ethics.Day, fn func(*store.Tx) error) error {
	e := entry("noted", ethics.StreamProgram)
	e.Day = day
	return w.S.Write(w.T.Context(), e, fn)
}

func morning(t *testing.T, day ethics.Day) time.Time {
	t.Helper()
	at, err := time.Parse(time.DateOnly, day)
	must(t, err)
	return at.Add(9 * time.Hour)
}

// twice runs a story on a program that runs on, and on one that was started anew.
func twice(t *testing.T, story func(t *testing.T, again func(*world))) {
	t.Run("running", func(t *testing.T) { story(t, func(*world) {}) })
	t.Run("started anew", func(t *testing.T) {
		story(t, func(w *world) {
			w.Stop()
			w.Open()
		})
	})
}

// TestAWriteTakesTheLaterDay: a clock that has not turned yet writes on the newest
// entry's day, and what was sealed by it is sealed again. One that is further behind
// writes nothing.
func TestAWriteTakesTheLaterDay(t *testing.T) {
	twice(t, func(t *testing.T, again func(*world)) {
		w := founded(t)
		f := w.File()
		must(t, on(w, tomorrow, nothing)) // another server's midnight
		again(w)
		if _, err := w.CaseFile(f.ID, false); err != nil {
			t.Fatal(err)
		}
		must(t, on(w, today, nothing))
		if day := w.Text(`select day from entry order by idx desc limit 1`); day != tomorrow {
			t.Errorf("an entry of %s behind one of %s", day, tomorrow)
		}
		lesson := func(day ethics.Day) error {
			return on(w, today, func(tx *store.Tx) error {
				return tx.AddLesson(store.Lesson{ID: "lesson", Day: day, Title: "t", Text: "x"})
			})
		}
		if err := lesson(today); !errors.Is(err, ethics.ErrDay) || !ethics.SealAgain(err) {
			t.Errorf("a row of the day before its entry: %v", err)
		}
		if day := w.S.Day(morning(t, today)); day != tomorrow {
			t.Errorf("is sealed again on %s", day)
		}
		must(t, lesson(w.S.Day(morning(t, today))))
		if err := on(w, yesterday, nothing); !errors.Is(err, ethics.ErrUnavailable) {
			t.Errorf("a clock two days behind: %v", err)
		}
		if day := w.S.Day(morning(t, yesterday)); day != yesterday {
			t.Errorf("two days behind, and counts as %s", day)
		}
		if err := on(w, "tomorrow", nothing); err == nil {
			t.Error("an entry of no day")
		}
		w.Sound()
	})
}

// TestAClockFarAhead: once a day was closed, a jump of more than three days waits for
// somebody who looks at the clock, and that once.
func TestAClockFarAhead(t *testing.T) {
	const far, further = "2026-11-26", "2026-11-30"
	twice(t, func(t *testing.T, again func(*world)) {
		w := founded(t)
		must(t, on(w, today, nothing))
		w.Close(today)
		again(w)
		refused := func(what string, err error) {
			t.Helper()
			if !errors.Is(err, ethics.ErrUnavailable) {
				t.Errorf("%s: %v", what, err)
			}
		}
		refused("four days ahead", on(w, far, nothing))
		refused("a closing", w.S.MakeCheckpoint(t.Context(), far))
		must(t, on(w, "2026-11-25", nothing))
		must(t, on(w, far, nothing))
		refused("four days on", on(w, further, nothing))
		w.S.ClockIsRight(further)
		must(t, on(w, further, nothing))
		refused("once is not for ever", on(w, "2026-12-04", nothing))
		w.Sound()
	})
	must(t, on(founded(t), "2027-11-22", nothing)) // no day was ever closed
	practice := founded(t)
	must(t, on(practice, today, nothing))
	practice.Close(today)
	practice.Exec(`update installation set demo = 1`)
	must(t, on(practice, "2027-11-22", nothing))
}

// TestErasedDaysDoNotCount: what is left of an erased entry bears the day of the
// erasing, and stands in front of others.
func TestErasedDaysDoNotCount(t *testing.T) {
	twice(t, func(t *testing.T, again func(*world)) {
		w, cases := storetest.WithAuditor(t)
		x := w.Erasure(cases[0], "anna", "audra")
		must(t, w.Approve(x))
		must(t, on(w, tomorrow, nothing))
		x.Day = tomorrow
		e := entry(record.KindErased, ofCase(x.Case))
		e.Day, e.Actor = tomorrow, "audra"
		must(t, w.S.Write(t.Context(), e, func(tx *store.Tx) error { return tx.Erase(x, today) }))
		again(w)
		if _, err := w.CaseFile(cases[1].ID, false); err != nil {
			t.Errorf("another case: %v", err)
		}
		w.Sound()
	})
}
