package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// sealed and bodies are where everything stands that a case has: its rows, which go
// at once, and the bodies of its entries, which go with the next closing.
var (
	sealed = []string{
		`select sealed from envelope where case_id = ?`, `select sealed from case_grant where case_id = ?`,
		`select sealed from vault where case_id = ?`,
		`select sealed from vault_share where case_id = ?`,
		`select data from chunk where file_id in (select id from file where case_id = ?)`,
		`select locator from cases where id = ?`, `select reporter_verifier from cases where id = ?`,
		`select signature from case_code where case_id = ?`,
		`select first_signature from erasure_asked where case_id = ?`,
	}
	bodies = []string{
		`select body from entry where stream = 'case/' || ?`, `select blinding from entry where stream = 'case/' || ?`,
	}
)

// sentinels are pieces of what these queries find.
func sentinels(w *world, id string, queries []string) [][]byte {
	w.T.Helper()
	var out [][]byte
	for _, q := range queries {
		rows, err := w.Raw().Query(q, id)
		must(w.T, err)
		n := 0
		for rows.Next() {
			var b []byte
			must(w.T, rows.Scan(&b))
			for at := len(b) / 2 % 4096; at+16 <= len(b); at += 4096 { // what all rows begin with tells nothing
				if piece := slices.Clone(b[at:min(at+24, len(b))]); !stays(id, piece) {
					out = append(out, piece)
				}
			}
			n++
		}
		must(w.T, errors.Join(rows.Err(), rows.Close()))
		if n == 0 && !strings.Contains(q, "case_code") && !strings.Contains(q, "erasure_asked") {
			w.T.Fatalf("%s: nothing to look for", q)
		}
	}
	return out
}

// stays tells whether a piece holds part of the case's id, which is in the frames.
func stays(id string, piece []byte) bool {
	for at := range len(id) - 6 {
		if bytes.Contains(piece, []byte(id[at:at+6])) {
			return true
		}
	}
	return false
}

// foundIn counts sentinels in every file of a folder: the database with its free
// pages, and its write-ahead log.
func foundIn(t testing.TB, dir string, sentinels [][]byte) int {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	n := 0
	for _, name := range names {
		b, err := os.ReadFile(name)
		must(t, err)
		for _, s := range sentinels {
			if bytes.Contains(b, s) {
				n++
			}
		}
	}
	return n
}

// TestErase: nothing of the case is left on the disk, the tree and all other cases
// verify, and it is not done twice.
func TestErase(t *testing.T) {
	w, cases := storetest.WithAuditor(t)
	f, other := cases[0], cases[1]
	marks, kept := sentinels(w, f.ID, sealed), sentinels(w, other.ID, append(sealed, bodies...))
	if foundIn(t, w.Dir, marks) == 0 {
		t.Fatal("the search finds nothing even before")
	}
	e := w.Erasure(f, "anna", "audra")
	if err := w.Erase(e); !errors.Is(err, ethics.ErrNotFound) {
		t.Fatalf("without the first person: %v", err)
	}
	must(t, w.Approve(e))
	if err := w.Approve(e); !errors.Is(err, ethics.ErrExists) {
		t.Fatalf("approved again: %v", err)
	}
	w.Sound()
	same := e
	same.Second = e.First
	if err := w.Erase(same); !errors.Is(err, ethics.ErrSamePerson) {
		t.Fatalf("one person twice: %v", err)
	}
	told := sentinels(w, f.ID, bodies)
	must(t, w.Erase(e))
	must(t, w.S.Shred(context.Background()))
	if n := foundIn(t, w.Dir, marks); n > 0 {
		t.Errorf("%d of %d pieces of rows are still on the disk", n, len(marks))
	}
	w.Sound()
	if err := w.Erase(e); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("erased twice: %v", err)
	}
	if err := w.Approve(e); err == nil {
		t.Error("approved once more")
	}
	left := func() {
		t.Helper()
		must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) error {
			if _, err := tx.Case(f.ID); !errors.Is(err, ethics.ErrNotFound) {
				t.Errorf("Case: %v", err)
			}
			if _, err := tx.CaseFile(f.ID, false); !errors.Is(err, ethics.ErrNotFound) {
				t.Errorf("CaseFile: %v", err)
			}
			if got, err := tx.Erasure(f.ID); err != nil || got.Second != "audra" || got.Until != e.Until {
				t.Errorf("Erasure: %+v %v", got, err)
			}
			_, err := tx.CaseFile(other.ID, false)
			return err
		}))
		w.Sound()
	}
	left()
	if foundIn(t, w.Dir, told) == 0 {
		t.Fatal("the bodies are gone before a closing counts them, or the search finds nothing")
	}
	w.Stop() // a start counts what the bodies say
	w.Open()
	left()
	w.Close(today)
	must(t, w.S.Shred(context.Background()))
	if n := foundIn(t, w.Dir, append(told, marks...)); n > 0 {
		t.Errorf("%d of %d pieces of bodies are still on the disk", n, len(told))
	}
	left()
	w.Stop()
	w.Open()
	left()
	if foundIn(t, w.Dir, kept) == 0 {
		t.Error("the other case is gone")
	}
}

// TestErasedOlderThanAClosing: what a closing has counted before goes with the rows.
// The frames stay, so that the tree does, and what is counted: number, institution,
// category, track and two days. Nobody files there again.
func TestErasedOlderThanAClosing(t *testing.T) {
	w, cases := storetest.WithAuditor(t)
	f := cases[0]
	told, blinding := sentinels(w, f.ID, bodies), sentinels(w, f.ID, bodies[1:])
	w.Close("2026-11-21")
	e := w.Erasure(f, "anna", "audra")
	must(t, w.Approve(e))
	must(t, w.Erase(e))
	must(t, w.S.Shred(context.Background()))
	if n := foundIn(t, w.Dir, blinding); n > 0 || len(blinding) == 0 {
		t.Errorf("%d of %d pieces of old bodies are still on the disk", n, len(blinding))
	}
	w.Sound()
	w.Close(today)
	must(t, w.S.Shred(context.Background()))
	if n := foundIn(t, w.Dir, told); n > 0 { // digests stood in what ended, too
		t.Errorf("%d of %d pieces of old bodies are still on the disk", n, len(told))
	}
	w.Sound()
	blank := `select count(*) from entry where stream = ? and length(body) + length(blinding) + length(kind) + ` +
		`length(actor) = 0`
	if all, gone := w.Count(`select count(*) from entry where stream = ?`,
		ofCase(f.ID)), w.Count(blank, ofCase(f.ID)); all != 5 || gone != 4 {
		t.Errorf("%d frames stay, %d of them blank: all but «erased» should be", all, gone)
	}
	counted := w.Text(
		`select number || institution || category || track || first || last from tombstone where case_id = ?`, f.ID)
	if want := f.Number + f.Institution + f.Category + f.Track + f.Received + today; counted != want {
		t.Errorf("counted as %q, want %q", counted, want)
	}
	for name, again := range map[string]ethics.Case{
		"the same draft": {ID: f.ID}, "the same number": {ID: derive.New().CaseID()},
	} {
		err := w.Tries("filed", ofCase(again.ID), func(tx *store.Tx) error {
			_, err := tx.AddCase(again, []string{f.Number}, noise(32))
			return err
		})
		if want := map[string]error{
			"the same draft": ethics.ErrExists, "the same number": ethics.ErrBusy,
		}[name]; !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.Exec(`delete from tombstone`) // whoever takes away what tells it
	err := w.Tries("filed", ofCase(f.ID), func(tx *store.Tx) error {
		_, err := tx.AddCase(f.Case, []string{"2026-OTHER"}, noise(32))
		return err
	})
	if !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("filed again: %v", err)
	}
}

// TestEraseMeanwhile: whatever comes between the two signatures undoes the first.
func TestEraseMeanwhile(t *testing.T) {
	w, cases := storetest.WithAuditor(t)
	e := w.Erasure(cases[1], "anna", "audra")
	must(t, w.Approve(e))
	w.Write("opened", ofCase(e.Case), nothing) // looking is no change
	w.Write("message", ofCase(e.Case), func(tx *store.Tx) error {
		c, err := tx.Case(e.Case)
		if err != nil {
			return err
		}
		return errors.Join(tx.AddEvents(c.ID, ethics.Event{Name: "reporter_replied", Day: today}), tx.PutCase(c))
	})
	if err := w.Erase(e); !errors.Is(err, ethics.ErrConflict) {
		t.Fatalf("erased: %v", err)
	}
	if err := w.Approve(e); !errors.Is(err, ethics.ErrConflict) {
		t.Fatalf("approved what is overtaken: %v", err)
	}
	again := w.Erasure(cases[1], "anna", "audra")
	must(t, w.Approve(again))
	must(t, w.Erase(again))
	w.Sound()
}

// TestErasedBySomebodyElse: signatures count, not names.
func TestErasedBySomebodyElse(t *testing.T) {
	for name, spoil := range map[string]func(*world, *store.Erasure){
		"two who handle cases": func(w *world, e *store.Erasure) {
			*e = w.Erasure(filed{Case: ethics.Case{ID: e.Case, Number: e.Number, Institution: e.Institution}},
				"anna", "berta")
		},
		"a forged first":            func(_ *world, e *store.Erasure) { e.FirstSignature = make([]byte, 64) },
		"a forged second":           func(_ *world, e *store.Erasure) { e.SecondSignature = e.FirstSignature },
		"other grounds than signed": func(_ *world, e *store.Erasure) { e.Grounds = "mine" },
	} {
		t.Run(name, func(t *testing.T) {
			w, cases := storetest.WithAuditor(t)
			e := w.Erasure(cases[0], "anna", "audra")
			spoil(w, &e)
			must(t, w.Approve(e))
			must(t, w.Erase(e))
			w.Damaged("erasure", e.Case)
		})
	}
}

// TestEraseKilled: a crash right behind the commit leaves the erased case in the
// write-ahead log; the next start cuts it.
func TestEraseKilled(t *testing.T) {
	w, cases := storetest.WithAuditor(t)
	marks := sentinels(w, cases[0].ID, sealed)
	e := w.Erasure(cases[0], "anna", "audra")
	must(t, w.Approve(e))
	before := t.TempDir() // killed before the commit
	for _, name := range []string{store.File, store.File + "-wal"} {
		storetest.CopyFile(t, filepath.Join(w.Dir, name), filepath.Join(before, name))
	}
	must(t, w.Erase(e))
	after := t.TempDir()
	for _, name := range []string{store.File, store.File + "-wal"} {
		storetest.CopyFile(t, filepath.Join(w.Dir, name), filepath.Join(after, name))
	}
	if foundIn(t, after, marks) == 0 {
		t.Fatal("the write-ahead log has nothing to cut: the test shows nothing")
	}
	for dir, erased := range map[string]bool{before: false, after: true} {
		c := *w
		c.Dir = dir
		c.Open()
		c.Sound()
		must(t, c.S.Shred(context.Background()))
		if n := foundIn(t, dir, marks); (n == 0) != erased {
			t.Errorf("erased %v: %d pieces on the disk", erased, n)
		}
		must(t, c.S.Close())
	}
}

// TestCountedAsSigned: two people sign what is counted of the case, and the day on
// which the first of them asked. Whoever writes the log puts another tombstone, or
// another day, beside their signatures: nothing follows from it, and it is named.
func TestCountedAsSigned(t *testing.T) {
	for name, erase := range map[string]func(*storetest.World, store.Erasure) error{
		"another last day": func(w *storetest.World, e store.Erasure) error {
			must(t, w.Approve(e))
			return w.Tries(record.KindErased, ethics.CaseStream(e.Case), func(tx *store.Tx) error {
				return tx.Erase(e, "2026-11-01")
			})
		},
		"another number": func(w *storetest.World, e store.Erasure) error {
			must(t, w.Approve(e))
			e.Number = "0000-0000"
			return w.Erase(e)
		},
		"asked on a day without an entry": func(w *storetest.World, e store.Erasure) error {
			e.Asked = "2026-11-01" // both signed it, on another day
			e = w.SignErasure(e)
			asked := e
			asked.Asked = today
			must(t, w.Approve(asked))
			return w.Erase(e)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, cases := storetest.WithAuditor(t)
			must(t, erase(w, w.Erasure(cases[0], "anna", "audra")))
			w.Names("erasure", cases[0].ID, "")
			w.Read(func(tx *store.ReadTx) error {
				all, bad, err := tx.Erasures()
				if len(all) != 0 || bad == nil {
					t.Errorf("believed: %v, %v", all, bad)
				}
				return err
			})
		})
	}
}

// TestErasedBeforeANewKey: one who signed gets a new key later. What the old key
// signed stays signed; what it signs from now on does not count.
func TestErasedBeforeANewKey(t *testing.T) {
	w, cases := storetest.WithAuditor(t)
	e, late := w.Erasure(cases[0], "anna", "audra"), w.Erasure(cases[1], "anna", "audra")
	must(t, w.Approve(e))
	must(t, w.Erase(e))
	a := w.Appointment("audra", appoint.RoleAuditor)
	s := storetest.Sign(w, appoint.KindKey, appoint.Key{Member: "audra", Recipient: a.Recipient, Verifier: a.Verifier},
		"anna", "berta")
	w.Write(record.KindAppointed, ethics.StreamRoster, func(tx *store.Tx) error { return tx.AddStatement(s) })
	w.Sound()
	w.Read(func(tx *store.ReadTx) error {
		all, bad, err := tx.Erasures()
		if len(all) != 1 || bad != nil {
			t.Errorf("not believed any more: %v, %v", all, bad)
		}
		return err
	})
	must(t, w.Approve(late))
	must(t, w.Erase(late)) // the second signature is of the old key
	w.Names("erasure", late.Case, "signature of audra")
}
