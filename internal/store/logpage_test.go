package store_test

import (
	"context"
	"errors"
	"testing"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// TestLogPages: paging gives every entry once, in order. A run of one day's fillers
// is one line wherever a page ends; nothing else is folded.
func TestLogPages(t *testing.T) {
	w := setUp(t)
	w.Found()
	for _, day := range []string{"2026-11-20", "2026-11-21", "2026-11-23"} {
		must(t, w.S.MakeCheckpoint(context.Background(), day))
		w.Write("opened", ethics.StreamProgram, nothing)
		w.Write("opened", ethics.StreamProgram, nothing)
	}
	var size int64
	must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) error {
		head, _, err := tx.Head()
		size = head.Size
		return err
	}))
	for _, lines := range []int{1, 2, 3, 100} {
		next, before, runs, single := size, int64(0), 0, 0
		for {
			var page []store.LogLine
			must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) (err error) {
				page, err = tx.LogPage(before, lines)
				return err
			}))
			if len(page) == 0 {
				break
			}
			if len(page) > lines {
				t.Fatalf("%d lines of %d", len(page), lines)
			}
			for _, l := range page {
				if l.Index != next-1 || l.First > l.Index || l.First < l.Index && l.Kind != audit.KindFiller {
					t.Fatalf("%d lines: %d to %d (%s) after %d", lines, l.Index, l.First, l.Kind, next)
				}
				if next = l.First; l.First < l.Index {
					runs++
				} else {
					single++
				}
			}
			if before = page[len(page)-1].First; before == 0 {
				break
			}
		}
		if next != 0 || runs != 3 || single > 20 {
			t.Errorf("%d lines: ends at %d, %d runs, %d single entries of %d", lines, next, runs, single, size)
		}
	}
}

// TestLogPagesLeaveNothingOut: an entry that was taken away, added, or made to look like
// one of the fillers beside it is on no page, and neither is the page without it.
func TestLogPagesLeaveNothingOut(t *testing.T) {
	filler := `update entry set (stream, number, prev, sum, kind, actor, body, blinding) =
		(select stream, 999, prev, sum, kind, actor, body, blinding from entry where idx = ?1 + 1) where idx = ?1`
	for name, lie := range map[string]string{
		"gone":               `delete from entry where idx = ?1`,
		"the oldest is gone": `delete from entry where idx = 0 and ?1 > 0`,
		"a filler":           filler,
		"moved":              `update entry set idx = -1 where idx = ?1`,
		"one more": `insert into entry select -1, generation, day, 'case/ghost', 0, prev, sum, kind, ` +
			`actor, body, blinding from entry where idx = ?1`,
	} {
		w := setUp(t)
		w.Found()
		w.Write("opened", ethics.StreamProgram, nothing)
		at := w.Size() - 1
		w.Close(today)
		w.Write("opened", ethics.StreamProgram, nothing)
		read := func(before int64, lines int) error {
			return w.S.Read(t.Context(), func(tx *store.ReadTx) error {
				_, err := tx.LogPage(before, lines)
				return err
			})
		}
		pages := [][2]int64{{0, 100}, {w.Size() + 5, 100}, {w.Size() - 2, 100}, {at + 3, 100}}
		for _, p := range pages {
			must(t, read(p[0], int(p[1])))
		}
		must(t, read(0, 3))
		w.Exec(lie, at)
		for _, p := range pages {
			if err := read(p[0], int(p[1])); !errors.Is(err, audit.ErrTampered) {
				t.Errorf("%s: page before %d: %v", name, p[0], err)
			}
		}
	}
}
