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

	"svilpe/internal/ethics"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
	"svilpe/internal/verify"
)

// sentinels are pieces of everything sealed that a case has.
func sentinels(w *world, id string) [][]byte {
	w.T.Helper()
	var out [][]byte
	for _, q := range []string{
		`select sealed from envelope where case_id = ?`, `select sealed from case_grant where case_id = ?`, `select sealed from vault where case_id = ?`,
		`select sealed from vault_share where case_id = ?`, `select data from chunk where file_id in (select id from file where case_id = ?)`,
		`select details from entry where case_id = ?`, `select blinding from entry where case_id = ?`, `select locator from cases where id = ?`,
		`select reporter_verifier from cases where id = ?`, `select signature from case_code where case_id = ?`,
		`select cast(id as blob) from envelope where case_id = ?`,
	} {
		rows, err := w.Raw().Query(q, id)
		must(w.T, err)
		n := 0
		for rows.Next() {
			var b []byte
			must(w.T, rows.Scan(&b))
			for at := len(b) / 2 % 4096; at+16 <= len(b); at += 4096 { // what all rows begin with tells nothing
				if piece := slices.Clone(b[at:min(at+24, len(b))]); !strings.Contains(id, string(piece)) { // the id stays
					out = append(out, piece)
				}
			}
			n++
		}
		must(w.T, errors.Join(rows.Err(), rows.Close()))
		if n == 0 && !strings.Contains(q, "case_code") {
			w.T.Fatalf("%s: nothing to look for", q)
		}
	}
	return out
}

// found counts sentinels in every file of a folder: the database with its free
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
	marks := sentinels(w, f.ID)
	kept := sentinels(w, other.ID)
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
	must(t, w.Erase(e))
	must(t, w.S.Shred(context.Background()))
	if n := foundIn(t, w.Dir, marks); n > 0 {
		t.Errorf("%d of %d pieces are still on the disk", n, len(marks))
	}
	if foundIn(t, w.Dir, kept) == 0 {
		t.Error("the other case is gone")
	}
	w.Sound()
	if err := w.Erase(e); err == nil {
		t.Error("erased twice")
	}
	must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) error {
		c, err := tx.Case(f.ID)
		must(t, err)
		if c.State != StateErased || c.ReporterRecipient != "" || len(c.ReporterVerifier) != 0 || c.Sequence != 0 || c.Category != f.Category {
			t.Errorf("left: %+v", c)
		}
		if _, err := tx.CaseFile(f.ID, false); !errors.Is(err, ethics.ErrNotFound) {
			t.Errorf("CaseFile: %v", err)
		}
		_, err = tx.CaseFile(other.ID, false)
		return err
	}))
	must(t, w.S.MakeCheckpoint(context.Background(), today))
	must(t, w.S.Close())
	w.Open()
	w.Sound()
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

// TestBlanksAreRefused: only a later entry of two people makes an entry blank.
func TestBlanksAreRefused(t *testing.T) {
	from, cases := storetest.WithAuditor(t)
	live := cases[1]
	from.Write("opened", ofCase(live.ID), nothing) // an entry whose loss no row tells
	e := from.Erasure(cases[0], "anna", "audra")
	must(t, from.Approve(e))
	must(t, from.Erase(e))
	from.Sound()
	must(t, from.S.Close())
	blank := `update entry set id = 'blank-' || idx, kind = 'blank', actor = '', details = x'', blinding = x'' where `
	for name, x := range map[string]struct{ query, table string }{
		"a live case's last":       {blank + `idx = (select max(idx) from entry where case_id = '` + live.ID + `')`, "entry"},
		"a whole live case":        {blank + `case_id = '` + live.ID + `'`, "entry"},
		"hidden in an erased case": {`update entry set id = 'blank-' || idx, kind = 'blank', actor = '', details = x'', blinding = x'', day = '` + today + `', case_id = '` + e.Case + `' where kind = 'opened'`, "entry"},
		"of no case":               {blank + `idx = 0`, "entry"},
		"to no case":               {`update entry set case_id = '' where kind = 'blank'`, "entry"},
		"to another case":          {`update entry set case_id = '` + live.ID + `' where kind = 'blank'`, "entry"},
		"with a name":              {`update entry set actor = 'anna' where kind = 'blank'`, "entry"},
		"with a day":               {`update entry set day = '2026-01-01' where kind = 'blank'`, "entry"},
		"with details":             {`update entry set details = x'00' where kind = 'blank'`, "entry"},
		"a kind alone":             {`update entry set kind = 'blank' where idx = (select max(idx) from entry where case_id = '` + live.ID + `')`, "entry"},
		"the erased one":           {blank + `kind = 'erased'`, "entry"},
		"the erasure gone":         {`delete from erasure`, "erasure"},
		"another person":           {`update erasure set second = 'berta'`, "erasure"},
		"a row put back":           {`insert into case_event values ('` + e.Case + `', 0, 'received', '2026-11-22')`, "event"},
		"the case's row":           {`update cases set state = 'closed' where state = 'erased'`, "case"},
		"an erasure made up":       {`insert into erasure select '` + live.ID + `', number, institution, asked, digest, grounds, first, first_signature, second, second_signature, day, until from erasure`, "erasure"},
		"the statistics' gone":     {`delete from cases where state = 'erased'`, "erasure"},
	} {
		t.Run(name, func(t *testing.T) {
			w := from.Copy(t)
			db := w.Raw()
			_, err := db.Exec(`pragma foreign_keys = off`)
			must(t, err)
			w.Exec(x.query)
			v := w.Verify(verify.Options{Founders: &w.Founders})
			if v.Damage == nil {
				t.Fatal("verify is content")
			}
			t.Log(v.Damage)
		})
	}
}

// TestErasedBySomebodyElse: signatures count, not names.
func TestErasedBySomebodyElse(t *testing.T) {
	for name, spoil := range map[string]func(*world, *store.Erasure){
		"two who handle cases": func(w *world, e *store.Erasure) {
			*e = w.Erasure(filed{Case: ethics.Case{ID: e.Case, Number: e.Number, Institution: e.Institution}}, "anna", "berta")
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

// TestEraseKnowsEveryTable: a table with rows of cases is erased or said to stay.
func TestEraseKnowsEveryTable(t *testing.T) {
	w := setUp(t)
	source, err := os.ReadFile("erase.go")
	must(t, err)
	for _, c := range columns(t, w) {
		if c.name != "case_id" || c.table == "entry" || c.table == "erasure" {
			continue
		}
		if !strings.Contains(string(source), "`delete from "+c.table+" where case_id = $1`") {
			t.Errorf("%s has rows of cases that Erase does not know", c.table)
		}
	}
}

// TestEraseKilled: a crash right behind the commit leaves the erased case in the
// write-ahead log; the next start cuts it.
func TestEraseKilled(t *testing.T) {
	w, cases := storetest.WithAuditor(t)
	marks := sentinels(w, cases[0].ID)
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
