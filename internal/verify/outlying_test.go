package verify_test

import (
	"context"
	"math"
	"strconv"
	"testing"
	"time"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store/storetest"
	"svilpe/internal/verify"
)

// TestVerifyFindsEntriesAtTheEnds: an entry at the least or the greatest place that a
// row can have is found, and the verification comes to its end.
func TestVerifyFindsEntriesAtTheEnds(t *testing.T) {
	from, _ := populated(t)
	for _, at := range []int64{math.MinInt64, -1 << 62, -1, 1 << 40, math.MaxInt64} {
		w := from.Copy(t)
		w.Exec(
			`insert into entry select ?, generation, day, 'case/ghost', 0, prev, sum, kind, actor, body, blinding `+
				`from entry where idx = 3`, at)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		v, err := verify.Run(ctx, w.S, verify.Options{Founders: &w.Founders})
		cancel()
		must(t, err)
		if d := v.First(); d == nil || v.Faults() != 1 || d.Table != "entry" || d.Row != strconv.FormatInt(at, 10) {
			t.Errorf("at %d: %v", at, v.Damages)
		}
	}
}

// TestARowThatCannotBeRead: a value that no column of the program's takes, put there past
// SQLite's own checks, is named, and hides nothing else.
func TestARowThatCannotBeRead(t *testing.T) {
	from, cases := populated(t)
	w := from.Copy(t)
	w.Define(`pragma ignore_check_constraints = 1; update envelope set reporter = 2 where case_id = ?`, cases[0].ID)
	w.Exec(`update lesson set title = 'another'`)
	w.Names("envelope", "envelope", "cannot be read")
	w.Names("case", cases[0].ID, "cannot be read")
	w.Names("lesson", "", "")
}

// TestAnErasureThatNobodyAskedFor: the operator puts a first signature there that is none,
// or of somebody who might not sign it; an auditor would be told who asked.
func TestAnErasureThatNobodyAskedFor(t *testing.T) {
	from, cases := populated(t)
	for name, spoil := range map[string]func(*world, *record.ErasureAsked){
		"by nobody": func(_ *world, e *record.ErasureAsked) { e.FirstSignature = []byte("nobody's") },
		"by the administrator": func(w *world, e *record.ErasureAsked) {
			e.Erasure = w.Erasure(cases[0], "dora", "")
		},
		"of another institution's": func(w *world, e *record.ErasureAsked) {
			e.Erasure = w.Erasure(cases[0], "audra", "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := from.Copy(t)
			e := record.ErasureAsked{ID: "forged", Erasure: w.Erasure(cases[0], "anna", "")}
			spoil(w, &e)
			e.Until = "" // the table has no such column
			w.Operates(ethics.CaseStream(e.Case), audit.Body{Kind: record.KindErasureApproved, Actor: "anna"},
				storetest.Adds(record.ErasuresAsked, &e))
			w.Names("erasure_asked", "forged", "nobody who might")
		})
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
