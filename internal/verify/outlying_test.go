package verify_test

import (
	"context"
	"math"
	"strconv"
	"testing"
	"time"

	"svilpe/internal/verify"
)

// TestVerifyFindsEntriesAtTheEnds: an entry at the least or the greatest place that a
// row can have is found, and the verification comes to its end.
func TestVerifyFindsEntriesAtTheEnds(t *testing.T) {
	from, _ := populated(t)
	for _, at := range []int64{math.MinInt64, -1 << 62, -1, 1 << 40, math.MaxInt64} {
		w := from.Copy(t)
		w.Exec(`insert into entry select ?, generation, day, 'case/ghost', 0, prev, sum, kind, actor, body, blinding from entry where idx = 3`, at)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		v, err := verify.Run(ctx, w.S, verify.Options{Founders: &w.Founders})
		cancel()
		must(t, err)
		if d := v.First(); d == nil || v.Faults() != 1 || d.Table != "entry" || d.Row != strconv.FormatInt(at, 10) {
			t.Errorf("at %d: %v", at, v.Damages)
		}
	}
}

// TestARowTooManyForOneThatIsGone: each of the two is named, though the table has as
// many rows as the log.
func TestARowTooManyForOneThatIsGone(t *testing.T) {
	from, cases := populated(t)
	w := from.Copy(t)
	id := cases[0].ID
	w.Exec(`delete from case_event where case_id = ? and n = 1`, id)
	w.Exec(`insert into case_event values ('ghost', 0, 'received', '2026-11-22')`)
	w.Names("event", id+"/1", "")
	w.Names("event", "ghost/0", "")
}
