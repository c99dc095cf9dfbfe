package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// Checkpoint is a day's published head.
type Checkpoint struct {
	Day  ethics.Day
	Size int64
	Note []byte
}

// MakeCheckpoint closes a day: filler entries bring its growth to 64, 256,
// 1,024, …, and the head is kept as the day's checkpoint. Made twice for a day,
// the second changes nothing. Before the founding there is nothing to close.
func (s *Store) MakeCheckpoint(ctx context.Context, day ethics.Day) error {
	var today int64
	var size int64
	made := false
	err := s.Read(ctx, func(tx *ReadTx) error {
		head, _, err := tx.Head()
		if err != nil {
			return err
		}
		size = head.Size
		if err := tx.c.one(`select count(*) from entry where day = $1`, []any{day}, &today); err != nil {
			return err
		}
		var n int
		err = tx.c.one(`select count(*) from checkpoint where day = $1`, []any{day}, &n)
		made = n > 0
		return err
	})
	if err != nil || made || size == 0 {
		return err
	}
	for range audit.Fillers(today) {
		e := Entry{ID: uuid.NewString(), Day: day, Kind: audit.KindFiller, Actor: ethics.ActorSystem}
		if err := s.Write(ctx, e, func(*Tx) error { return nil }); err != nil {
			return fmt.Errorf("filler entry: %w", err)
		}
	}
	return s.Scratch(ctx, func(tx *ScratchTx) error {
		var c Checkpoint
		if err := tx.c.one(`select size, note from tree_head where id = 1`, nil, &c.Size, &c.Note); err != nil {
			return err
		}
		return tx.c.run(`insert into checkpoint (day, size, note) values ($1, $2, $3) on conflict (day) do nothing`, day, c.Size, c.Note)
	})
}

// LastCheckpoint is the newest; ErrNotFound before the first.
func (tx *ReadTx) LastCheckpoint() (Checkpoint, error) {
	var c Checkpoint
	err := tx.c.one(`select day, size, note from checkpoint order by day desc limit 1`, nil, &c.Day, &c.Size, &c.Note)
	return c, err
}

// LogLine is an entry as the auditor sees it: day, kind and index.
type LogLine struct {
	Index     int64
	Day, Kind string
}

// LogPage is a page of the log, newest first, before an index (0: from the end).
func (tx *ReadTx) LogPage(before int64, limit int) ([]LogLine, error) {
	var out []LogLine
	err := tx.c.each(`select idx, day, kind from entry where idx < $1 or $1 = 0 order by idx desc limit $2`, []any{before, limit},
		func(scan func(...any) error) error {
			var l LogLine
			if err := scan(&l.Index, &l.Day, &l.Kind); err != nil {
				return err
			}
			out = append(out, l)
			return nil
		})
	return out, err
}
