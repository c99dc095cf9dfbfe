package store_test

import (
	"errors"
	"testing"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// What a program remembers spares it work, and never a comparison: each of these
// happens behind a program that has read the case a moment ago.

// TestARememberedHeadIsItsBytes: a head was checked; the next one is another.
func TestARememberedHeadIsItsBytes(t *testing.T) {
	w := founded(t)
	f := w.File()
	for name, change := range map[string]string{
		"its signature": `update tree_head set note = cast(substr(note, 1, length(note) - 3) || 'AA' || x'0a' as ` +
			`blob)`,
		"a line behind it": `update tree_head set note = cast(note || x'0a' as blob)`,
		"its size":         `update tree_head set size = size + 1`,
		"a smaller size":   `update tree_head set size = size - 1`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.CaseFile(f.ID, true)
			must(t, err)
			note, size := w.Text(`select hex(note) from tree_head`), w.Count(`select size from tree_head`)
			w.Exec(change)
			if _, err := w.CaseFile(f.ID, true); err == nil {
				t.Error("read under another head")
			}
			w.Exec(`update tree_head set note = unhex(?), size = ?`, note, size)
			_, err = w.CaseFile(f.ID, true)
			must(t, err)
		})
	}
}

// TestARememberedStateHidesNothing: the case did not grow since a day was closed, and
// the program knows how far it had come. Rows and entries are held against that at
// every read, and the next closing has another map.
func TestARememberedStateHidesNothing(t *testing.T) {
	w := founded(t)
	f := w.File()
	w.Close(today)
	w.Stop()
	stream := ofCase(f.ID)
	for name, change := range map[string]string{
		"a row changed":       `update cases set state = 'closed' where id = '` + f.ID + `'`,
		"a row gone":          `delete from case_status where case_id = '` + f.ID + `'`,
		"an entry changed":    `update entry set body = cast(body || x'00' as blob) where stream = '` + stream + `'`,
		"an entry's blinding": `update entry set blinding = zeroblob(32) where stream = '` + stream + `'`,
		"an entry moved":      `update entry set stream = 'case/ghost' where stream = '` + stream + `'`,
		"an entry gone, and its state with it": `delete from entry where stream = '` + stream + `' and
			number = (select max(number) from entry where stream = '` + stream + `')`,
	} {
		t.Run(name, func(t *testing.T) {
			w := w.Copy(t)
			_, err := w.CaseFile(f.ID, false)
			must(t, err)
			w.Exec(change)
			if name == "an entry gone, and its state with it" {
				w.Exec(`update stream set count = count - 1 where stream = ?`, stream)
			}
			for _, reporter := range []bool{true, false} {
				if _, err := w.CaseFile(f.ID, reporter); !errors.Is(err, ethics.ErrUntrusted) {
					t.Errorf("reporter %v: read, %v", reporter, err)
				}
			}
		})
	}
}

// TestARememberedStateEndsWithItsDay: the case grew on the day that was closed since;
// what was known of it before is not what a reader is given, nor what hides the last
// entry.
func TestARememberedStateEndsWithItsDay(t *testing.T) {
	w := founded(t)
	f := w.File()
	w.Close(today)
	entries := func() (n int) {
		w.Read(func(tx *store.ReadTx) error {
			all, err := tx.Entries(ofCase(f.ID))
			n = len(all)
			return err
		})
		return n
	}
	before := entries()
	w.Write("noted", ofCase(f.ID), put(f.ID))
	w.Close("2026-11-23")
	if n := entries(); n != before+1 {
		t.Errorf("%d entries, there are %d", n, before+1)
	}
	w.Exec(`delete from entry where stream = ? and number = ?`, ofCase(f.ID), before)
	err := w.S.Read(t.Context(), func(tx *store.ReadTx) error { _, err := tx.Entries(ofCase(f.ID)); return err })
	if !errors.Is(err, audit.ErrTampered) {
		t.Errorf("read without the newest: %v", err)
	}
}
