package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// TestAVisitLeavesNothing: after leaving, no file of the database holds its row,
// and it does not come back.
func TestAVisitLeavesNothing(t *testing.T) {
	w := founded(t)
	w.File()
	v := store.CaseSession{Hash: noise(32), Case: "some case", Sealed: noise(64), Ends: 1, Last: 2}
	scratch := func(fn func(*store.ScratchTx) error) error { return w.S.Scratch(context.Background(), fn) }
	must(t, scratch(func(tx *store.ScratchTx) error { return tx.AddCaseSession(v) }))
	must(t, scratch(func(tx *store.ScratchTx) error { return tx.MoveCaseSession(v.Hash, 5) }))
	w.S.Checkpointed(context.Background(), "passive")
	must(t, scratch(func(tx *store.ScratchTx) error { return tx.DropCaseSession(v.Hash) }))
	if err := scratch(func(tx *store.ScratchTx) error {
		return tx.MoveCaseSession(v.Hash, 9)
	}); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("a visit that was left is moved on: %v", err)
	}
	found := ""
	for range 50 {
		time.Sleep(100 * time.Millisecond)
		found = ""
		names, err := filepath.Glob(filepath.Join(w.Dir, "*"))
		must(t, err)
		for _, name := range names {
			b, err := os.ReadFile(name)
			must(t, err)
			if bytes.Contains(b, v.Hash) || bytes.Contains(b, v.Sealed) {
				found = filepath.Base(name)
			}
		}
		if found == "" {
			break
		}
	}
	if found != "" {
		t.Errorf("%s still holds the visit", found)
	}
	w.Sound()
}

// TestLapsedVisitsAreSwept once they have ended: by their idle end, not by the
// last one that was possible.
func TestLapsedVisitsAreSwept(t *testing.T) {
	w := founded(t)
	at := func(n int64) int64 { return n * store.Grid.Milliseconds() }
	must(t, w.S.Scratch(context.Background(), func(tx *store.ScratchTx) error {
		for i, v := range []struct{ ends, last int64 }{{at(3), at(9)}, {at(2), at(9)}, {at(9), at(2)}} {
			if err := tx.AddCaseSession(store.CaseSession{
				Hash: []byte{byte(i)}, Case: "c", Sealed: []byte{1}, Ends: v.ends, Last: v.last,
			}); err != nil {
				return err
			}
		}
		return tx.Sweep(at(2)+1, 10, 10)
	}))
	if left := w.Text(`select group_concat(hex(hash)) from tmp_case_session`); left != "00" {
		t.Errorf("%s stays", left)
	}
}

// TestUsedCodesAreSwept: the mark of a used code goes with the time in which the
// code would be taken.
func TestUsedCodesAreSwept(t *testing.T) {
	w := founded(t)
	use := func(tx *store.ScratchTx) error { return tx.UseTOTP([]byte("one"), 1) }
	must(t, w.S.Scratch(context.Background(), use))
	if err := w.S.Scratch(context.Background(), use); !errors.Is(err, ethics.ErrExists) {
		t.Errorf("a code is used twice: %v", err)
	}
	must(t, w.S.Scratch(context.Background(), func(tx *store.ScratchTx) error {
		return tx.Sweep(store.Grid.Milliseconds()+1, 10, 10)
	}))
	if n := w.Count(`select count(*) from tmp_totp`); n != 0 {
		t.Error("its mark stays")
	}
}

// TestSecurityEventsAreKeptNinetyDays and go then.
func TestSecurityEventsAreKeptNinetyDays(t *testing.T) {
	w := founded(t)
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	must(t, w.S.Scratch(context.Background(), func(tx *store.ScratchTx) error {
		for n, days := range []int{0, 90, 91} {
			e := store.SecurityEvent{
				ID: string(rune('a' + n)), Member: "resp", Kind: "signed_in",
				Day: ethics.DayOf(now.AddDate(0, 0, -days)),
			}
			if err := tx.AddSecurity(e); err != nil {
				return err
			}
		}
		return tx.Sweep(now.UnixMilli(), 10, 10)
	}))
	if left := w.Text(`select group_concat(id) from tmp_security`); left != "a,b" {
		t.Errorf("%s stay", left)
	}
}
