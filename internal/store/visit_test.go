package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"svilpe/internal/ethics"
)

// TestAVisitLeavesNothing: after leaving, no file of the database holds its row,
// and it does not come back.
func TestAVisitLeavesNothing(t *testing.T) {
	w := founded(t)
	w.file()
	v := CaseSession{Hash: noise(32), Case: "some case", Sealed: noise(64), Ends: 1, Last: 2}
	scratch := func(fn func(*ScratchTx) error) error { return w.s.Scratch(context.Background(), fn) }
	must(t, scratch(func(tx *ScratchTx) error { return tx.AddCaseSession(v) }))
	must(t, scratch(func(tx *ScratchTx) error { return tx.MoveCaseSession(v.Hash, 5) }))
	w.s.Checkpointed(context.Background(), "passive")
	must(t, scratch(func(tx *ScratchTx) error { return tx.DropCaseSession(v.Hash) }))
	if err := scratch(func(tx *ScratchTx) error { return tx.MoveCaseSession(v.Hash, 9) }); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("a visit that was left is moved on: %v", err)
	}
	found := ""
	for range 50 {
		time.Sleep(100 * time.Millisecond)
		found = ""
		names, err := filepath.Glob(filepath.Join(w.dir, "*"))
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
	w.sound()
}

// TestLapsedVisitsAreSwept once nothing can come of them.
func TestLapsedVisitsAreSwept(t *testing.T) {
	w := founded(t)
	must(t, w.s.Scratch(context.Background(), func(tx *ScratchTx) error {
		for i, last := range []int64{100, 200} {
			if err := tx.AddCaseSession(CaseSession{Hash: []byte{byte(i)}, Case: "c", Sealed: []byte{1}, Ends: 50, Last: last}); err != nil {
				return err
			}
		}
		return tx.Sweep(150, 10, 10)
	}))
	if n := w.count(`select count(*) from tmp_case_session`); n != 1 {
		t.Errorf("%d visits stay", n)
	}
}
