package store

import (
	"context"
	"errors"
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

// KindCheckpoint is the kind of the entry that each checkpoint leaves, with the
// digest of its row: so a checkpoint that is taken away is missed.
const KindCheckpoint = "checkpoint"

// MakeCheckpoint closes a day: filler entries bring the growth since the last
// checkpoint to 64, 256, 1,024, …, and the head is kept as the day's checkpoint.
// All of it is one transaction, so no other entry comes between and makes the
// published size tell. Its entries bear the day, or the newest entry's where
// something was written since midnight. Made twice for a day, the second changes nothing. Before
// the founding there is nothing to close.
func (s *Store) MakeCheckpoint(ctx context.Context, day ethics.Day) error {
	if s.signer == nil {
		return fmt.Errorf("no log key: %w", ethics.ErrUnavailable)
	}
	return s.submit(&call{ctx: ctx, closes: day, answer: make(chan error, 1)})
}

// checkpoint is MakeCheckpoint's part inside the transaction. Its own entry
// stands behind the checkpoint and counts for the next one.
func (g *grouped) checkpoint(day ethics.Day) error {
	var made int
	if err := g.c.one(`select count(*) from checkpoint where day = $1`, []any{day}, &made); err != nil {
		return err
	}
	size := g.head.Size + int64(len(g.leaves))
	if made > 0 || size == 0 {
		return nil
	}
	on, err := g.closing(day)
	if err != nil {
		return err
	}
	var last int64
	if err := g.c.one(`select coalesce(max(size), 0) from checkpoint`, nil, &last); err != nil {
		return err
	}
	for range audit.Fillers(size - last) {
		if err := g.append(audit.Entry{ID: uuid.NewString(), Day: on, Kind: audit.KindFiller, Actor: ethics.ActorSystem}); err != nil {
			return fmt.Errorf("filler entry: %w", err)
		}
	}
	head, _, err := audit.Grow(g.head, g.leaves, nodeReader{g.c})
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	c := Checkpoint{Day: day, Size: head.Size}
	if c.Note, err = head.Sign(g.s.signer); err != nil {
		return err
	}
	if err := g.c.run(`insert into checkpoint (day, size, note) values ($1, $2, $3)`, c.Day, c.Size, c.Note); err != nil {
		return err
	}
	return g.append(audit.Entry{
		ID: uuid.NewString(), Day: on, Kind: KindCheckpoint, Actor: ethics.ActorSystem, Items: []audit.Item{checkpointItem(c)},
	})
}

// LastCheckpoint is the newest; ErrNotFound before the first.
func (tx *ReadTx) LastCheckpoint() (Checkpoint, error) {
	var c Checkpoint
	err := tx.c.one(`select day, size, note from checkpoint order by day desc limit 1`, nil, &c.Day, &c.Size, &c.Note)
	return c, err
}

// LogLine is an entry as the auditor sees it: day, kind and index; or a run of
// fillers of one day, which are many and all the same.
type LogLine struct {
	Index     int64 // of the entry, or the newest of a run
	First     int64 // the oldest of a run, else Index
	Day, Kind string
}

// LogPage is a page of the log, newest first, before an index (0: from the end):
// so many lines, with runs of fillers folded into one each.
func (tx *ReadTx) LogPage(before int64, lines int) ([]LogLine, error) {
	var out []LogLine
	err := tx.c.each(`select idx, day, kind from entry where idx < $1 or $1 = 0 order by idx desc`, []any{before},
		func(scan func(...any) error) error {
			var l LogLine
			if err := scan(&l.Index, &l.Day, &l.Kind); err != nil {
				return err
			}
			l.First = l.Index
			if n := len(out) - 1; n >= 0 && l.Kind == audit.KindFiller && out[n].Kind == l.Kind && out[n].Day == l.Day {
				out[n].First = l.Index
				return nil
			}
			if len(out) == lines {
				return errPageFull
			}
			out = append(out, l)
			return nil
		})
	if errors.Is(err, errPageFull) {
		err = nil
	}
	return out, err
}

var errPageFull = errors.New("store: the page is full")
