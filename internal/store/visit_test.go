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
	"svilpe/internal/store/storetest"
)

// TestAVisitLeavesNothing: after leaving, no file of the database holds its row,
// and it does not come back.
func TestAVisitLeavesNothing(t *testing.T) {
	w := storetest.Founded(t)
	w.File()
	v := store.CaseSession{Hash: storetest.Noise(32), Case: "some case", Sealed: storetest.Noise(64), Ends: 1, Last: 2}
	scratch := func(fn func(*store.ScratchTx) error) error { return w.S.Scratch(context.Background(), fn) }
	storetest.Must(t, scratch(func(tx *store.ScratchTx) error { return tx.AddCaseSession(v) }))
	storetest.Must(t, scratch(func(tx *store.ScratchTx) error { return tx.MoveCaseSession(v.Hash, 5) }))
	w.S.Checkpointed(context.Background(), "passive")
	storetest.Must(t, scratch(func(tx *store.ScratchTx) error { return tx.DropCaseSession(v.Hash) }))
	if err := scratch(func(tx *store.ScratchTx) error { return tx.MoveCaseSession(v.Hash, 9) }); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("a visit that was left is moved on: %v", err)
	}
	found := ""
	for range 50 {
		time.Sleep(100 * time.Millisecond)
		found = ""
		names, err := filepath.Glob(filepath.Join(w.Dir, "*"))
		storetest.Must(t, err)
		for _, name := range names {
			b, err := os.ReadFile(name)
			storetest.Must(t, err)
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

// TestLapsedVisitsAreSwept once nothing can come of them.
func TestLapsedVisitsAreSwept(t *testing.T) {
	w := storetest.Founded(t)
	storetest.Must(t, w.S.Scratch(context.Background(), func(tx *store.ScratchTx) error {
		for i, last := range []int64{100, 200} {
			if err := tx.AddCaseSession(store.CaseSession{Hash: []byte{byte(i)}, Case: "c", Sealed: []byte{1}, Ends: 50, Last: last}); err != nil {
				return err
			}
		}
		return tx.Sweep(150, 10, 10)
	}))
	if n := w.Count(`select count(*) from tmp_case_session`); n != 1 {
		t.Errorf("%d visits stay", n)
	}
}
