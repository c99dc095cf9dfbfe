package main

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/store"
)

// TestWhatDoesNotWaitForTheHour: when a minute has passed, the row of a reporter's
// visit that has ended is gone, and the quarter that has ended is counted.
func TestWhatDoesNotWaitForTheHour(t *testing.T) {
	cfg, people := founded(t, t.TempDir(), appoint.RoleHead)
	now := time.Now()
	h, err := open(context.Background(), cfg, slog.New(slog.NewJSONHandler(io.Discard, nil)), func() time.Time { return now })
	must(t, err)
	defer func() { must(t, h.store.Close()) }()
	ctx, hash := context.Background(), []byte("a visit")
	must(t, h.store.Scratch(ctx, func(tx *store.ScratchTx) error {
		return tx.AddCaseSession(store.CaseSession{
			Hash: hash, Case: "c", Sealed: []byte("x"), Ends: now.Add(15 * time.Minute).UnixMilli(), Last: now.Add(2 * time.Hour).UnixMilli(),
		})
	}))
	visits := func() int {
		n := 0
		must(t, h.store.Read(ctx, func(tx *store.ReadTx) error {
			if _, err := tx.CaseSession(hash); err == nil {
				n = 1
			}
			return nil
		}))
		return n
	}
	h.lapse(ctx)
	if visits() != 1 {
		t.Fatal("a visit was ended while it ran")
	}
	now = now.Add(21 * time.Minute) // its idle end, and the grid
	h.lapse(ctx)
	if visits() != 0 {
		t.Error("the row of a visit that has ended is kept")
	}
	counted, err := h.insight.Counted(ctx, people[appoint.RoleHead][0].acting)
	must(t, err)
	if len(counted) != 1 || len(counted[0].Quarters) != 1 {
		t.Errorf("the quarter is not counted: %+v", counted)
	}
}
