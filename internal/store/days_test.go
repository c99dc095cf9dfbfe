package store

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

const (
	yesterday = "2026-11-21"
	tomorrow  = "2026-11-23"
)

// operated writes what a program of the operator's own would, who has the log key
// and keeps no rule about days.
func (w *world) operated(kind, caseID string, day ethics.Day, fn func(*Tx) error) int64 {
	w.t.Helper()
	c, err := newConn(context.Background(), w.raw())
	must(w.t, err)
	defer c.close()
	must(w.t, c.run("begin immediate"))
	g := &grouped{s: w.s, c: c}
	must(w.t, g.begin())
	tx := &Tx{ReadTx: ReadTx{c: c, s: w.s, known: w.s.head.Load(), group: g}, day: day}
	must(w.t, fn(tx))
	e := audit.Entry{ID: uuid.NewString(), Day: day, Kind: kind, Actor: ethics.ActorReporter, Case: caseID, Items: tx.items}
	must(w.t, g.append(e))
	_, err = g.grow()
	must(w.t, err)
	must(w.t, c.run("commit"))
	return g.head.Size
}

func nothing(*Tx) error { return nil }

// on writes an entry by a clock that shows this day.
func (w *world) on(day ethics.Day, fn func(*Tx) error) error {
	return w.s.Write(context.Background(), Entry{ID: uuid.NewString(), Day: day, Kind: "noted", Actor: "anna"}, fn)
}

func at(day ethics.Day) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return t.Add(9 * time.Hour)
}

// twice runs a test on the world as it is, and on one that was opened anew.
func twice(t *testing.T, fn func(t *testing.T, again func(*world))) {
	t.Run("running", func(t *testing.T) { fn(t, func(*world) {}) })
	t.Run("reopened", func(t *testing.T) {
		fn(t, func(w *world) {
			must(w.t, w.s.Close())
			w.open()
			w.s.SetFounders(w.founders)
		})
	})
}

// TestAWriteTakesTheLaterDay: a clock that has not turned yet writes on the newest
// entry's day, and what was sealed by it is sealed again. One that is further
// behind writes nothing.
func TestAWriteTakesTheLaterDay(t *testing.T) {
	twice(t, func(t *testing.T, again func(*world)) {
		w := founded(t)
		f := w.file()
		must(t, w.on(tomorrow, nothing)) // another server's midnight
		again(w)
		if _, err := w.caseFile(f.ID, false); err != nil {
			t.Fatal(err)
		}
		must(t, w.on(today, nothing))
		if day := w.text(`select day from entry order by idx desc limit 1`); day != tomorrow {
			t.Errorf("an entry of %s behind one of %s", day, tomorrow)
		}
		event := func(day ethics.Day) error {
			return w.s.Write(context.Background(), entry("noted", f.ID), func(tx *Tx) error { return tx.AddEvents(f.ID, ethics.Event{Name: "muted", Day: day}) })
		}
		if err := event(today); !errors.Is(err, ethics.ErrDay) || !ethics.SealAgain(err) {
			t.Errorf("a row of the day before its entry: %v", err)
		}
		if day := w.s.Day(at(today)); day != tomorrow {
			t.Errorf("is sealed again on %s", day)
		}
		must(t, event(w.s.Day(at(today))))
		if err := w.on(yesterday, nothing); !errors.Is(err, ethics.ErrUnavailable) {
			t.Errorf("a clock two days behind: %v", err)
		}
		if day := w.s.Day(at(yesterday)); day != yesterday {
			t.Errorf("two days behind, and counts as %s", day)
		}
		if err := w.on("tomorrow", nothing); err == nil {
			t.Error("an entry of no day")
		}
		w.sound()
	})
}

// TestAClosingNeverFalls: a day is closed from the next one, on which something may
// have happened already.
func TestAClosingNeverFalls(t *testing.T) {
	w := founded(t)
	must(t, w.on(tomorrow, nothing))
	must(t, w.s.MakeCheckpoint(context.Background(), yesterday)) // by a program that starts at midnight
	must(t, w.s.MakeCheckpoint(context.Background(), today))
	w.sound()
	if n := w.text(`select count(*) from entry where day < ? and idx > 1`, tomorrow); n != "0" {
		t.Errorf("%s entries fall", n)
	}
}

// TestAClockFarAhead: once a day was closed, a jump of more than three days waits
// for somebody who looks at the clock, and that once.
func TestAClockFarAhead(t *testing.T) {
	const far, further = "2026-11-26", "2026-11-30"
	twice(t, func(t *testing.T, again func(*world)) {
		w := founded(t)
		must(t, w.s.MakeCheckpoint(context.Background(), today))
		again(w)
		refused := func(what string, err error) {
			if !errors.Is(err, ethics.ErrUnavailable) {
				t.Errorf("%s: %v", what, err)
			}
		}
		refused("four days ahead", w.on(far, nothing))
		refused("a closing", w.s.MakeCheckpoint(context.Background(), far))
		must(t, w.on("2026-11-25", nothing))
		must(t, w.on(far, nothing))
		refused("four days on", w.on(further, nothing))
		w.s.ClockIsRight(further)
		must(t, w.on(further, nothing))
		refused("once is not for ever", w.on("2026-12-04", nothing))
		w.sound()
	})
	fresh := founded(t)
	must(t, fresh.on("2027-11-22", nothing)) // no day was ever closed
	practice := founded(t)
	must(t, practice.s.MakeCheckpoint(context.Background(), today))
	practice.exec(`update installation set demo = 1`)
	must(t, practice.on("2027-11-22", nothing))
}

// TestAFallenDay: an entry dated back behind a later one is refused by who reads
// its case, and named.
func TestAFallenDay(t *testing.T) {
	twice(t, func(t *testing.T, again func(*world)) {
		w := founded(t)
		f, other := w.file(), w.file()
		must(t, w.on(tomorrow, nothing))
		must(t, w.on(tomorrow, nothing))
		if _, err := w.caseFile(f.ID, false); err != nil {
			t.Fatal(err)
		}
		n := w.operated("noted", f.ID, today, put(f.ID))
		again(w)
		if _, err := w.caseFile(f.ID, false); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("a member's session: %v", err)
		}
		if _, err := w.caseFile(f.ID, true); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("the reporter's: %v", err)
		}
		if _, err := w.caseFile(other.ID, false); err != nil {
			t.Errorf("another case: %v", err)
		}
		w.damaged("entry", strconv.FormatInt(n, 10))
		w.because(whyFell)
	})
}

// TestErasedDaysDoNotCount: what is left of an erased entry bears the day of the
// erasure, and stands in front of others.
func TestErasedDaysDoNotCount(t *testing.T) {
	twice(t, func(t *testing.T, again func(*world)) {
		w, cases := withAuditor(t)
		e := w.erasure(cases[0], "anna", "audra")
		must(t, w.approve(e))
		must(t, w.on(tomorrow, nothing))
		e.Day = tomorrow
		must(t, w.s.Write(context.Background(), Entry{ID: "erased", Day: tomorrow, Kind: KindErased, Actor: "audra", Case: e.Case},
			func(tx *Tx) error { return tx.Erase(e, today) }))
		again(w)
		if _, err := w.caseFile(cases[1].ID, false); err != nil {
			t.Errorf("another case: %v", err)
		}
		w.sound()
	})
}
