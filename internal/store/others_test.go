package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

func noted(s *store.Store, id string) error {
	return s.Write(context.Background(), entry("noted", ofCase(id)), put(id))
}

func caseFile(s *store.Store, id string) (f store.CaseFile, err error) {
	err = s.Read(context.Background(), func(tx *store.ReadTx) error {
		f, err = tx.CaseFile(id, false)
		return err
	})
	return f, err
}

// TestTwoPrograms write in turn to one database, and close days in turn. Each follows
// the other, and what they leave is one sound log.
func TestTwoPrograms(t *testing.T) {
	w := founded(t)
	a, b := w.S, w.Another()
	f := w.File()
	days := []ethics.Day{"2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"}
	for n, day := range days {
		first, second := a, b
		if n%2 == 1 {
			first, second = b, a
		}
		for range 2 {
			must(t, noted(first, f.ID))
			must(t, noted(second, f.ID))
		}
		must(t, first.MakeCheckpoint(context.Background(), day))
		if n == 2 { // the other one finds the closing while it writes, not while it reads
			must(t, noted(second, f.ID))
		}
		for _, s := range []*store.Store{a, b} {
			if g, err := caseFile(s, f.ID); err != nil || g.Case.ID != f.ID {
				t.Fatalf("%s: %v", day, err)
			}
			must(t, s.MakeCheckpoint(context.Background(), day)) // closed already: nothing happens
			if size, root := s.Known(); size != w.Size() || root != w.Head().Root {
				t.Errorf("%s: followed to %d of %d", day, size, w.Size())
			}
		}
	}
	if n := w.Count(`select count(*) from checkpoint`); n != len(days) {
		t.Errorf("%d checkpoints", n)
	}
	w.Sound()
	must(t, b.Close())
	w.Stop()
	w.Open()
	w.Sound()
}

// TestTwoProgramsAtOnce: none of what many write at once, here and there, over a
// closing of the day, is lost or stands in two places.
func TestTwoProgramsAtOnce(t *testing.T) {
	w := founded(t)
	programs := []*store.Store{w.S, w.Another()}
	// An entry of today first: behind a closing alone the clock would be too far ahead.
	w.Write(record.KindDistrusted, ethics.StreamProgram, nothing)
	var all sync.WaitGroup
	answers := make(chan error, 200)
	for n := range 60 {
		all.Go(func() {
			id := uuid.NewString()
			answers <- programs[n%2].Write(context.Background(), entry("filed", ofCase(id)), storetest.Plain(id))
		})
		if n == 20 || n == 40 {
			for _, s := range programs {
				all.Go(func() { answers <- s.MakeCheckpoint(context.Background(), fmt.Sprintf("2026-11-%d", 12+n/20)) })
			}
		}
		all.Go(func() {
			answers <- programs[n%2].Read(context.Background(), func(tx *store.ReadTx) error {
				list, err := tx.AllCases(store.Filter{}, store.Key{}, 100)
				if err != nil {
					return err
				}
				if n, err := tx.Counter(record.CasesOf("home")); err != nil || n != len(list) {
					return fmt.Errorf("%d cases listed, the log has %d: %w", len(list), n, err)
				}
				for _, c := range list {
					if _, err := tx.Case(c.ID); err != nil {
						return fmt.Errorf("case %s: %w", c.ID, err)
					}
				}
				return nil
			})
		})
	}
	all.Wait()
	close(answers)
	for err := range answers {
		if err != nil {
			t.Error(err)
		}
	}
	// whoever comes with the later day first closes both
	if v, n := w.Sound(), w.Count(`select count(*) from checkpoint`); v.Cases != 60 || n < 1 || n > 2 {
		t.Errorf("%+v", v)
	}
}

// TestALieBetweenTwoPrograms: what one wrote is changed before the other has followed
// it. The other refuses all, and remembers nothing of it: put right, it goes on.
func TestALieBetweenTwoPrograms(t *testing.T) {
	for name, x := range map[string]struct{ lie, right string }{
		"a day": {
			`update entry set day = '2026-11-20' where idx = ?`, `update entry set day = '2026-11-22' where idx = ?`,
		},
		"a stream": {`update entry set stream = 'case/other' where idx = ?`, ``},
		"a body": {
			`update entry set (kind, actor, body, blinding) = (select kind, actor, body, blinding from entry where ` +
				`idx = 0) where idx = ?`, ``,
		},
		"who": {
			`update entry set actor = 'anna' where idx = ?`, `update entry set actor = 'reporter' where idx = ?`,
		},
		"moved behind": {`update entry set idx = 9999 where idx = ?`, ``},
	} {
		for _, closed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, day closed %v", name, closed), func(t *testing.T) {
				w := founded(t)
				f := w.File()
				other := w.Another()
				if _, err := caseFile(other, f.ID); err != nil {
					t.Fatal(err)
				}
				before, _ := other.Known()
				must(t, noted(w.S, f.ID))
				at := w.Size() - 1
				if closed {
					w.Close(today)
					must(t, noted(w.S, f.ID))
					at = w.Size() - 1
				}
				stream := w.Text(`select stream from entry where idx = ?`, at)
				whole := strings.Fields(
					w.Text(
						`select kind || ' ' || actor || ' ' || hex(body) || ' ' || hex(blinding) from entry where `+
							`idx = ?`, at))
				w.Exec(x.lie, at)
				for range 2 {
					if _, err := caseFile(other, f.ID); !errors.Is(err, audit.ErrTampered) {
						t.Errorf("read: %v", err)
					}
					if err := noted(other, f.ID); !errors.Is(err, audit.ErrTampered) {
						t.Errorf("written: %v", err)
					}
				}
				if n, _ := other.Known(); n != before && name != "a body" { // frames that were signed are no lie
					t.Errorf("followed to %d, knew %d", n, before)
				}
				switch name {
				case "a stream":
					w.Exec(`update entry set stream = ? where idx = ?`, stream, at)
				case "a body":
					w.Exec(`update entry set kind = ?, actor = ?, body = unhex(?), blinding = unhex(?) where idx = ?`,
						whole[0], whole[1], whole[2], whole[3], at)
				case "moved behind":
					w.Exec(`update entry set idx = ? where idx = 9999`, at)
				default:
					w.Exec(x.right, at)
				}
				must(t, noted(other, f.ID))
				w.Sound()
			})
		}
	}
}

// TestAFalseClosing: between two programs somebody without the log key puts a day's
// closing of their own, with the map that hides a case's newest entries, under the
// head that was signed. Nothing of it stays in a program that saw it for a moment:
// neither then nor when everything is as it was before.
func TestAFalseClosing(t *testing.T) {
	w := founded(t)
	f := w.File()
	other := w.Another()
	must(t, noted(w.S, f.ID))
	if _, err := caseFile(other, f.ID); err != nil {
		t.Fatal(err)
	}
	w.Stop()
	old := filepath.Join(t.TempDir(), "old") // what both know
	storetest.CopyFile(t, filepath.Join(w.Dir, store.File), old)
	w.Open()

	twin := &world{T: t, Dir: t.TempDir(), Log: w.Log, Founders: w.Founders, People: w.People}
	storetest.CopyFile(t, old, filepath.Join(twin.Dir, store.File))
	twin.Open()
	twin.Close(today) // a closing that is right in all but what comes now
	twin.Stop()
	twin.Exec(
		`update stream set count = 1, last = (select prev from entry where stream = ?1 and number = 1) where stream `+
			`= ?1`, ofCase(f.ID))
	w.Close(today) // and the true head
	signed := w.Column(`select size || ' ' || hex(note) from tree_head`)[0]
	must(t, w.S.Close())

	w.PutBack(filepath.Join(twin.Dir, store.File))
	var size, note string
	_, err := fmt.Sscanf(signed, "%s %s", &size, &note)
	must(t, err)
	w.Exec(`update tree_head set size = ?, note = unhex(?)`, size, note)
	if _, err := caseFile(other, f.ID); !errors.Is(err, audit.ErrTampered) {
		t.Fatalf("read under a false closing: %v", err)
	}
	w.PutBack(old)
	g, err := caseFile(other, f.ID)
	must(t, err)
	must(t, other.Read(context.Background(), func(tx *store.ReadTx) error {
		entries, err := tx.Entries(ofCase(f.ID))
		if len(entries) != 2 {
			t.Errorf("%d entries of the case %s, of 2: %v", len(entries), g.ID, err)
		}
		return err
	}))
	w.S = other
	w.Sound()
}

// TestAFalseMapThatWasSigned: the operator closes a day with a map in which a case's
// newest entry is not. A program that has followed that entry does not go over it, and
// the verification names the map.
func TestAFalseMapThatWasSigned(t *testing.T) {
	w := founded(t)
	f := w.File()
	other := w.Another()
	must(t, noted(w.S, f.ID))
	if _, err := caseFile(other, f.ID); err != nil {
		t.Fatal(err)
	}
	w.Close(today)
	at := w.Size() - 1
	w.Stop()
	w.Exec(
		`update stream set count = 1, last = (select prev from entry where stream = ?1 and number = 1) where stream `+
			`= ?1`, ofCase(f.ID))
	root := storeRoots(t, w)
	w.Forge(at, func(b *audit.Body) {
		for n := range b.Facts {
			if b.Facts[n].Name == record.FactMap {
				b.Facts[n].Value = root[:]
			}
		}
	})
	w.SignHead(w.Rebuild())
	w.Exec(`update checkpoint set note = (select note from tree_head)`)
	if _, err := caseFile(other, f.ID); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("read: %v", err)
	}
	if err := noted(other, f.ID); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("written: %v", err)
	}
	w.S = other
	w.Names("map", today, "another root")
}

// TestReadersInAnOldSnapshot: who began to read before a day was closed, here or by
// another program, reads on in the state in which it began.
func TestReadersInAnOldSnapshot(t *testing.T) {
	for name, elsewhere := range map[string]bool{"closed here": false, "closed by another": true} {
		t.Run(name, func(t *testing.T) {
			w := founded(t)
			f, g := w.File(), w.File()
			closes := w.S
			if elsewhere {
				closes = w.Another()
			}
			must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) error {
				head, _, err := tx.Head()
				must(t, err)
				must(t, noted(closes, f.ID))
				third := uuid.NewString()
				must(t, closes.Write(context.Background(), entry("filed", ofCase(third)), storetest.Plain(third)))
				must(t, closes.MakeCheckpoint(context.Background(), today))
				if _, err := caseFile(w.S, f.ID); err != nil { // a younger reader has followed the closing
					t.Errorf("behind the closing: %v", err)
				}
				must(t, noted(closes, g.ID))
				for _, id := range []string{f.ID, g.ID} {
					entries, err := tx.Entries(ofCase(id))
					if err != nil || len(entries) != 1 {
						t.Errorf("%d entries, %v", len(entries), err)
					}
					if _, err := tx.CaseFile(id, false); err != nil {
						t.Errorf("in the old state: %v", err)
					}
				}
				if n, err := tx.Counter(record.CasesOf("home")); n != 2 || err != nil {
					t.Errorf("%d cases, %v", n, err)
				}
				again, _, err := tx.Head()
				if again != head {
					t.Error("the head moved inside a read")
				}
				return err
			}))
			if _, err := caseFile(w.S, g.ID); err != nil {
				t.Error(err)
			}
			w.Sound()
		})
	}
}
