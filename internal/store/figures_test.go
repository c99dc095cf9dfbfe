package store_test

import (
	"context"
	"errors"
	"testing"

	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// TestFiguresAreKeptOnce: a quarter that was counted is not counted again, and one
// that was not is not there.
func TestFiguresAreKeptOnce(t *testing.T) {
	w := founded(t)
	keep := func(open int) {
		must(t, w.S.Scratch(context.Background(), func(tx *store.ScratchTx) error {
			return tx.KeepFigures(store.Figures{
				Institution: "home", Quarter: "2026-3", Open: open, Overdue: 1, Measures: 2, Late: 3, Systemic: 4,
			})
		}))
	}
	keep(5)
	keep(10)
	must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) error {
		f, err := tx.Figures("home", "2026-3")
		if want := (store.Figures{"home", "2026-3", 5, 1, 2, 3, 4}); f != want {
			t.Errorf("%+v", f)
		}
		for _, other := range [][2]string{{"home", "2026-2"}, {"other", "2026-3"}} {
			if _, err := tx.Figures(other[0], other[1]); !errors.Is(err, ethics.ErrNotFound) {
				t.Errorf("%v was counted: %v", other, err)
			}
		}
		return err
	}))
}

// TestWhatIsCounted: cases that came before the day and have not ended, those of
// them whose deadline is past, measures, and events from one day to another.
func TestWhatIsCounted(t *testing.T) {
	w := founded(t)
	f := w.File() // received today, due on 30 November
	w.Write("step", ofCase(f.ID), func(tx *store.Tx) error { return tx.AddMeasures(f.ID, "2026-12-01", "2026-12-20") })
	must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) error {
		for day, want := range map[ethics.Day]store.Counts{
			today: {}, "2026-11-30": {Open: 1}, "2026-12-01": {Open: 1, Overdue: 1},
		} {
			if got, err := tx.Counts("home", day, []ethics.State{"closed"}); err != nil || got != want {
				t.Errorf("%s: %+v, %v", day, got, err)
			}
		}
		got, err := tx.Counts("home", "2027-01-01", []ethics.State{"received"})
		if err != nil || got != (store.Counts{}) {
			t.Errorf("one that has ended is open: %+v, %v", got, err)
		}
		if open, late, err := tx.MeasureCounts("home", "2026-12-02"); err != nil || open != 2 || late != 1 {
			t.Errorf("%d measures, %d late: %v", open, late, err)
		}
		for _, x := range []struct {
			from, to ethics.Day
			want     int
		}{
			{today, today, 1}, {"2026-01-01", "2026-12-31", 1},
			{"2026-01-01", "2026-11-21", 0}, {"2026-11-23", "2026-12-31", 0},
		} {
			if n, err := tx.CountEvents("home", "received", x.from, x.to); err != nil || n != x.want {
				t.Errorf("from %s to %s: %d, %v", x.from, x.to, n, err)
			}
		}
		return nil
	}))
}
