package store

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
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// erasure is one of this case, signed by two.
func (w *world) erasure(f filed, first, second string) Erasure {
	w.t.Helper()
	e := Erasure{Case: f.ID, Number: f.Number, Institution: f.Institution, Asked: today, Grounds: "retention_case " + today, First: first, Until: "2026-12-23"}
	must(w.t, w.s.Read(context.Background(), func(tx *ReadTx) (err error) {
		e.Digest, err = tx.Newest(f.ID)
		return err
	}))
	stated := payload.ErasureStatement(install, f.ID, e.Digest, e.Asked, e.Grounds)
	e.FirstSignature = payload.SignStatement(payload.LabelErasure, stated, w.people[first].MemberSigner())
	if second != "" {
		e.Second, e.Day = second, today
		e.SecondSignature = payload.SignStatement(payload.LabelErasure, stated, w.people[second].MemberSigner())
	}
	return e
}

// approve is the first person's part.
func (w *world) approve(e Erasure) error {
	e.Second, e.Day, e.Until, e.SecondSignature = "", "", "", nil
	return w.tries(KindErasureApproved, e.Case, func(tx *Tx) error { return tx.ApproveErasure(e) })
}

func (w *world) erase(e Erasure) error {
	return w.tries(KindErased, e.Case, func(tx *Tx) error { return tx.Erase(e, today) })
}

// withAuditor is a founded world with an auditor, and two cases.
func withAuditor(t testing.TB) (*world, [2]filed) {
	t.Helper()
	w := setUp(t)
	w.found()
	cases := [2]filed{w.file(), w.file()}
	s := w.sign(appoint.KindAppointment, w.appointment("audra", appoint.RoleAuditor), "anna", "berta")
	w.write("appointed", "", func(tx *Tx) error { return tx.AddStatement(s) })
	w.newCode(&cases[0])
	return w, cases
}

// sentinels are pieces of everything sealed that a case has.
func (w *world) sentinels(id string) [][]byte {
	w.t.Helper()
	var out [][]byte
	for _, q := range []string{
		`select sealed from envelope where case_id = ?`, `select sealed from case_grant where case_id = ?`, `select sealed from vault where case_id = ?`,
		`select sealed from vault_share where case_id = ?`, `select data from chunk where file_id in (select id from file where case_id = ?)`,
		`select details from entry where case_id = ?`, `select blinding from entry where case_id = ?`, `select locator from cases where id = ?`,
		`select reporter_verifier from cases where id = ?`, `select signature from case_code where case_id = ?`,
		`select cast(id as blob) from envelope where case_id = ?`,
	} {
		rows, err := w.raw().Query(q, id)
		must(w.t, err)
		n := 0
		for rows.Next() {
			var b []byte
			must(w.t, rows.Scan(&b))
			for at := len(b) / 2 % 4096; at+16 <= len(b); at += 4096 { // what all rows begin with tells nothing
				if piece := slices.Clone(b[at:min(at+24, len(b))]); !strings.Contains(id, string(piece)) { // the id stays
					out = append(out, piece)
				}
			}
			n++
		}
		must(w.t, errors.Join(rows.Err(), rows.Close()))
		if n == 0 && !strings.Contains(q, "case_code") {
			w.t.Fatalf("%s: nothing to look for", q)
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
	w, cases := withAuditor(t)
	f, other := cases[0], cases[1]
	marks := w.sentinels(f.ID)
	kept := w.sentinels(other.ID)
	if foundIn(t, w.dir, marks) == 0 {
		t.Fatal("the search finds nothing even before")
	}
	e := w.erasure(f, "anna", "audra")
	if err := w.erase(e); !errors.Is(err, ethics.ErrNotFound) {
		t.Fatalf("without the first person: %v", err)
	}
	must(t, w.approve(e))
	if err := w.approve(e); !errors.Is(err, ethics.ErrExists) {
		t.Fatalf("approved again: %v", err)
	}
	w.sound()
	same := e
	same.Second = e.First
	if err := w.erase(same); !errors.Is(err, ethics.ErrSamePerson) {
		t.Fatalf("one person twice: %v", err)
	}
	must(t, w.erase(e))
	must(t, w.s.Shred(context.Background()))
	if n := foundIn(t, w.dir, marks); n > 0 {
		t.Errorf("%d of %d pieces are still on the disk", n, len(marks))
	}
	if foundIn(t, w.dir, kept) == 0 {
		t.Error("the other case is gone")
	}
	w.sound()
	if err := w.erase(e); err == nil {
		t.Error("erased twice")
	}
	must(t, w.s.Read(context.Background(), func(tx *ReadTx) error {
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
	must(t, w.s.MakeCheckpoint(context.Background(), today))
	must(t, w.s.Close())
	w.open()
	w.sound()
}

// TestEraseMeanwhile: whatever comes between the two signatures undoes the first.
func TestEraseMeanwhile(t *testing.T) {
	w, cases := withAuditor(t)
	e := w.erasure(cases[1], "anna", "audra")
	must(t, w.approve(e))
	w.write("opened", e.Case, func(*Tx) error { return nil }) // looking is no change
	w.write("message", e.Case, func(tx *Tx) error {
		c, err := tx.Case(e.Case)
		if err != nil {
			return err
		}
		return errors.Join(tx.AddEvents(c.ID, ethics.Event{Name: "reporter_replied", Day: today}), tx.PutCase(c))
	})
	if err := w.erase(e); !errors.Is(err, ethics.ErrConflict) {
		t.Fatalf("erased: %v", err)
	}
	if err := w.approve(e); !errors.Is(err, ethics.ErrConflict) {
		t.Fatalf("approved what is overtaken: %v", err)
	}
	again := w.erasure(cases[1], "anna", "audra")
	must(t, w.approve(again))
	must(t, w.erase(again))
	w.sound()
}

// TestBlanksAreRefused: only a later entry of two people makes an entry blank.
func TestBlanksAreRefused(t *testing.T) {
	from, cases := withAuditor(t)
	live := cases[1]
	from.write("opened", live.ID, func(*Tx) error { return nil }) // an entry whose loss no row tells
	e := from.erasure(cases[0], "anna", "audra")
	must(t, from.approve(e))
	must(t, from.erase(e))
	from.sound()
	must(t, from.s.Close())
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
			w := from.copy(t)
			db := w.raw()
			_, err := db.Exec(`pragma foreign_keys = off`)
			must(t, err)
			w.exec(x.query)
			v := w.verify(VerifyOptions{Founders: &w.founders})
			if v.Damage == nil {
				t.Fatal("verify is content")
			}
			t.Log(v.Damage)
		})
	}
}

// TestErasedBySomebodyElse: signatures count, not names.
func TestErasedBySomebodyElse(t *testing.T) {
	for name, spoil := range map[string]func(*world, *Erasure){
		"two who handle cases": func(w *world, e *Erasure) {
			*e = w.erasure(filed{Case: ethics.Case{ID: e.Case, Number: e.Number, Institution: e.Institution}}, "anna", "berta")
		},
		"a forged first":            func(_ *world, e *Erasure) { e.FirstSignature = make([]byte, 64) },
		"a forged second":           func(_ *world, e *Erasure) { e.SecondSignature = e.FirstSignature },
		"other grounds than signed": func(_ *world, e *Erasure) { e.Grounds = "mine" },
	} {
		t.Run(name, func(t *testing.T) {
			w, cases := withAuditor(t)
			e := w.erasure(cases[0], "anna", "audra")
			spoil(w, &e)
			must(t, w.approve(e))
			must(t, w.erase(e))
			w.damaged("erasure", e.Case)
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
	w, cases := withAuditor(t)
	marks := w.sentinels(cases[0].ID)
	e := w.erasure(cases[0], "anna", "audra")
	must(t, w.approve(e))
	before := t.TempDir() // killed before the commit
	for _, name := range []string{File, File + "-wal"} {
		copyFile(t, filepath.Join(w.dir, name), filepath.Join(before, name))
	}
	must(t, w.erase(e))
	after := t.TempDir()
	for _, name := range []string{File, File + "-wal"} {
		copyFile(t, filepath.Join(w.dir, name), filepath.Join(after, name))
	}
	if foundIn(t, after, marks) == 0 {
		t.Fatal("the write-ahead log has nothing to cut: the test shows nothing")
	}
	for dir, erased := range map[string]bool{before: false, after: true} {
		c := *w
		c.dir = dir
		c.open()
		c.sound()
		must(t, c.s.Shred(context.Background()))
		if n := foundIn(t, dir, marks); (n == 0) != erased {
			t.Errorf("erased %v: %d pieces on the disk", erased, n)
		}
		must(t, c.s.Close())
	}
}
