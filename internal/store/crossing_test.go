package store_test

import (
	"bytes"
	"errors"
	"testing"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store/storetest"
	"svilpe/internal/verify"
)

// forgedClosing makes the newest closing the operator's own: its map is what the table
// of states says now, its facts are changed, and everything is signed again.
func forgedClosing(t *testing.T, w *world, change func(*audit.Fact)) {
	t.Helper()
	root := storeRoots(t, w)
	w.Forge(int64(w.Count(`select max(size) - 1 from checkpoint`)), func(b *audit.Body) {
		for n := range b.Facts {
			if b.Facts[n].Name == record.FactMap {
				b.Facts[n].Value = root[:]
			}
			change(&b.Facts[n])
		}
	})
	w.SignHead(w.Rebuild())
	w.Exec(`update checkpoint set note = (select note from tree_head) where size = (select size from tree_head)`)
}

func asItIs(*audit.Fact) {}

// TestOnlyWhatGrew: the operator closes a day, and signs, with a map in which something
// else changed than the entries since have brought. A program that runs does not go
// over it, whether or not it had followed what is hidden; the verification names it.
func TestOnlyWhatGrew(t *testing.T) {
	back := `update stream set count = 1, last = (select prev from entry where stream = ?1 and number = 1) where ` +
		`stream = ?1`
	for name, lie := range map[string]func(t *testing.T, w *world, grew, still string){
		"a case that did not grow goes back": func(t *testing.T, w *world, _, still string) {
			w.Exec(back, still)
			forgedClosing(t, w, asItIs)
		},
		"one that did not grow is gone": func(t *testing.T, w *world, _, still string) {
			w.Exec(`delete from stream where stream = ?`, still)
			none := audit.EmptyRoot()
			w.Exec(`update bucket set roots = ? where block = ?`, bytes.Repeat(none[:], 256), audit.Bucket(still)/256)
			forgedClosing(t, w, asItIs)
		},
		"one that grew goes back": func(t *testing.T, w *world, grew, _ string) {
			w.Exec(back, grew)
			forgedClosing(t, w, asItIs)
		},
		"one that never was": func(t *testing.T, w *world, grew, _ string) {
			w.Exec(`insert into stream select bucket, 'case/ghost', 1, last from stream where stream = ?`, grew)
			w.Exec(`update stream set bucket = ? where stream = 'case/ghost'`, audit.Bucket("case/ghost"))
			w.Define(
				`insert into bucket select ?1, zeroblob(8192) where not exists (select 1 from bucket where block = ?1)`,
				audit.Bucket("case/ghost")/256)
			forgedClosing(t, w, asItIs)
		},
		"a case begins anew": func(t *testing.T, w *world, grew, _ string) {
			at := w.Count(`select max(idx) from entry where stream = ?`, grew)
			w.Define(`drop index entry_stream`) // two of one number stand there while the tree is built
			w.Exec(`update entry set number = 0, prev = zeroblob(32) where idx = ?`, at)
			e := storetest.Frame(t, w.Dir, int64(at))
			leaf := audit.LeafHash(e)
			w.Exec(`update stream set count = 1, last = ? where stream = ?`, leaf[:], grew)
			forgedClosing(t, w, asItIs)
			w.Exec(`update entry set stream = 'case/before' where stream = ? and idx < ?`, grew, at)
			w.Define(`create unique index entry_stream on entry (stream, number)`)
		},
		"an entry of an earlier day": func(t *testing.T, w *world, grew, _ string) {
			at := w.Count(`select max(idx) from entry where stream = ?`, grew)
			w.Exec(`update entry set day = '2026-01-02' where idx = ?`, at)
			leaf := audit.LeafHash(storetest.Frame(t, w.Dir, int64(at)))
			w.Exec(`update stream set last = ? where stream = ?`, leaf[:], grew)
			forgedClosing(t, w, asItIs)
		},
		"other counters": func(t *testing.T, w *world, _, _ string) {
			forgedClosing(t, w, func(f *audit.Fact) {
				if f.Name == record.FactCounters {
					f.Value = record.Counters{record.CasesOf("home"): 1}.Bytes()
				}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := founded(t)
			grew, still := w.File(), w.File()
			must(t, noted(w.S, still.ID))
			w.Close("2026-11-20")
			other := w.Another()
			for _, f := range []filed{grew, still} {
				if _, err := caseFile(other, f.ID); err != nil {
					t.Fatal(err)
				}
			}
			must(t, noted(w.S, grew.ID))
			if _, err := caseFile(other, grew.ID); err != nil {
				t.Fatal(err)
			}
			must(t, noted(w.S, grew.ID))
			w.Close(today)
			w.Stop()
			lie(t, w, ethics.CaseStream(grew.ID), ethics.CaseStream(still.ID))
			for _, f := range []filed{grew, still} {
				if _, err := caseFile(other, f.ID); !errors.Is(err, audit.ErrTampered) {
					t.Errorf("read: %v", err)
				}
				if err := noted(other, f.ID); !errors.Is(err, audit.ErrTampered) {
					t.Errorf("written: %v", err)
				}
			}
			w.S = other
			if v := w.Verify(verify.Options{Founders: &w.Founders}); v.Faults() == 0 {
				t.Error("verification calls it sound")
			}
		})
	}
}

// TestACheckpointOfADayToCome: a row put there by hand, or the true one of the last day
// with another day, does not keep the days from closing; nor does another body of the
// entry that closed the last.
func TestACheckpointOfADayToCome(t *testing.T) {
	for name, x := range map[string]struct {
		query string
		grows bool
	}{
		"another row": {`insert into checkpoint select '9999-12-31', 1, note from checkpoint limit 1`, true},
		"another day": {`update checkpoint set day = '9999-12-31'`, true},
		"another body": {
			`update entry set body = cast(replace(cast(body as text), '2026-11-21', '9999-12-31') as blob) where ` +
				`kind = 'day_closed'`, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := founded(t)
			w.Close("2026-11-21")
			w.Exec(x.query)
			before := w.Size()
			err := w.S.MakeCheckpoint(t.Context(), today)
			if x.grows && (err != nil || w.Size() == before) || !x.grows && !errors.Is(err, audit.ErrTampered) {
				t.Errorf("%v, and grew by %d", err, w.Size()-before)
			}
			w.Damaged(map[bool]string{true: "checkpoint", false: "entry"}[x.grows], "")
		})
	}
}
