package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
	"svilpe/internal/verdict"
)

// TestWhatDoesNotWaitForTheHour: when a minute has passed, the row of a reporter's
// visit that has ended is gone, and the quarter that has ended is counted.
func TestWhatDoesNotWaitForTheHour(t *testing.T) {
	cfg, people := founded(t, t.TempDir(), appoint.RoleHead)
	now := time.Now()
	h, err := open(context.Background(), cfg, slog.New(slog.NewJSONHandler(io.Discard, nil)), func() time.Time {
		return now
	})
	must(t, err)
	defer func() { must(t, h.store.Close()) }()
	ctx, hash := context.Background(), []byte("a visit")
	must(t, h.store.Scratch(ctx, func(tx *store.ScratchTx) error {
		return tx.AddCaseSession(store.CaseSession{
			Hash: hash, Case: "c", Sealed: []byte("x"), Ends: now.Add(15 * time.Minute).UnixMilli(),
			Last: now.Add(2 * time.Hour).UnixMilli(),
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
	h.everyMinute(ctx)
	if visits() != 1 {
		t.Fatal("a visit was ended while it ran")
	}
	now = now.Add(21 * time.Minute) // its idle end, and the grid
	h.everyMinute(ctx)
	if visits() != 0 {
		t.Error("the row of a visit that has ended is kept")
	}
	counted, err := h.insight.Counted(ctx, people[appoint.RoleHead][0].acting)
	must(t, err)
	if len(counted) != 1 || len(counted[0].Quarters) != 1 {
		t.Errorf("the quarter is not counted: %+v", counted)
	}
}

// TestAFileBeingSentIsLeftAlone: who sends a file in the very moment the program
// starts is not cut off by the work beside; what the program before left half-sent is
// gone before the first page is served.
func TestAFileBeingSentIsLeftAlone(t *testing.T) {
	ctx := context.Background()
	cfg, _ := founded(t, t.TempDir())
	h, err := open(ctx, cfg, slog.New(slog.DiscardHandler), time.Now)
	must(t, err)
	must(t, h.store.Scratch(ctx, func(tx *store.ScratchTx) error {
		return tx.BeginFile("half", []byte("a draft"), ethics.DayOf(time.Now()))
	}))
	ended, cancel := context.WithCancel(ctx)
	var beside sync.WaitGroup
	beside.Go(func() { h.maintain(ended) })
	for end := time.Now().Add(30 * time.Second); h.verdict.State() == verdict.Checking && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	cancel()
	beside.Wait()
	if h.verdict.State() != verdict.Sound {
		t.Errorf("the work beside did not begin: %s", h.verdict.State())
	}
	if err := more(h); err != nil {
		t.Errorf("a file that is being sent was taken from under its sender: %v", err)
	}
	must(t, h.store.Close())

	serving(t, cfg).stop()
	h, err = open(ctx, cfg, slog.New(slog.DiscardHandler), time.Now)
	must(t, err)
	defer func() { must(t, h.store.Close()) }()
	if err := more(h); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("a file that nobody sends any more is kept: %v", err)
	}
}

// more is the next piece of the file that is being sent.
func more(h *services) error {
	return h.store.Scratch(context.Background(), func(tx *store.ScratchTx) error {
		return tx.AddChunks("half", 0, [][]byte{[]byte("sealed")})
	})
}
