package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"svilpe/internal/store"
)

// ownTimes are columns of the program's own acts, which tell of nobody.
var ownTimes = map[string]bool{"tmp_verify.at_ms": true}

// TestNoRowHoldsAnExactTime: whatever the callers pass, every column of a time, in
// every table, stands on a grid. A new one that does not makes this test fail.
func TestNoRowHoldsAnExactTime(t *testing.T) {
	w := founded(t)
	const exact = int64(1795420800123 + 171000) // somewhere within five minutes, and within a minute
	visit, lapsed := noise(32), noise(32)
	must(t, w.S.Scratch(context.Background(), func(tx *store.ScratchTx) error {
		for _, err := range []error{
			tx.AddSession(store.Session{
				Hash: noise(32), Member: "resp", Sealed: noise(9), Started: exact, Seen: exact,
			}),
			tx.AddSession(store.Session{Hash: visit, Member: "chair", Sealed: noise(9), Started: exact, Seen: exact}),
			tx.TouchSession(visit, exact+time.Hour.Milliseconds()),
			tx.AddCaseSession(store.CaseSession{
				Hash: noise(32), Case: "c", Sealed: noise(9), Ends: exact, Last: exact,
			}),
			tx.AddCaseSession(store.CaseSession{Hash: lapsed, Case: "c", Sealed: noise(9), Ends: exact, Last: exact}),
			tx.MoveCaseSession(lapsed, exact+1),
			tx.AddInvitation(store.Invitation{CodeHash: noise(32), Until: exact}),
			tx.UseTOTP(noise(32), exact),
		} {
			if err != nil {
				return err
			}
		}
		for _, end := range []int64{exact, exact + 61000} { // no delay, and one
			if _, err := tx.Admit(noise(32), exact, func(int) int64 { return end }); err != nil {
				return err
			}
		}
		return nil
	}))
	looked := 0
	for _, table := range w.Column(`select name from sqlite_master where type = 'table'`) {
		for _, column := range w.Column(`select name from pragma_table_info(?)`, table) {
			if !strings.HasSuffix(column, "_ms") || ownTimes[table+"."+column] {
				continue
			}
			looked++
			step := store.Grid
			if table == "tmp_throttle" {
				step = store.Minute
			}
			if n := w.Count(`select count(*) from ` + table); n == 0 {
				t.Errorf("no row in %s: write one here, so that its times are looked at", table)
			}
			if n := w.Count(`select count(*) from `+table+` where `+column+` % ? <> 0`, step.Milliseconds()); n != 0 {
				t.Errorf("%d rows of %s.%s hold a time that is not on the grid of %v", n, table, column, step)
			}
		}
	}
	if looked < 7 {
		t.Errorf("only %d columns of times were found", looked)
	}
}

func TestOnGridEndsNothingEarly(t *testing.T) {
	five := store.Grid.Milliseconds()
	for ms, want := range map[int64]int64{0: 0, 1: five, five - 1: five, five: five, five + 1: 2 * five} {
		if got := store.OnGrid(ms); got != want {
			t.Errorf("%d is put on %d", ms, got)
		}
	}
	for end, want := range map[int64]int64{59000: 0, 60000: 60000, 61000: 120000, 120000: 120000} {
		if got := store.OnMinute(end, 60000); got != want {
			t.Errorf("a delay to %d ends at %d", end, got)
		}
	}
}

// TestADelayOfNothingDelaysNobody: a count without a delay keeps nobody out, also
// within the minute in which it was made.
func TestADelayOfNothingDelaysNobody(t *testing.T) {
	w := founded(t)
	name, now := noise(32), int64(1795420830500)
	for range 3 {
		must(t, w.S.Scratch(context.Background(), func(tx *store.ScratchTx) error {
			in, err := tx.Admit(name, now, func(int) int64 { return now })
			if !in {
				t.Error("shut out without a delay")
			}
			return err
		}))
	}
	if n := w.Count(`select wrong from tmp_throttle`); n != 3 {
		t.Errorf("%d wrong tries are counted", n)
	}
}
