package store_test

import (
	"context"
	"errors"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// TestCaseThatWentBack: one case is put back to an earlier state, entry and all,
// under the running program.
func TestCaseThatWentBack(t *testing.T) {
	for name, again := range map[string]bool{"written here": false, "read here": true} {
		w := founded(t)
		f := w.File()
		notes(w, f, "newest")
		if again {
			must(t, w.S.Close())
			w.Open()
			if _, err := w.CaseFile(f.ID, false); err != nil {
				t.Fatal(err)
			}
		}
		w.Exec(`delete from entry where idx = (select max(idx) from entry where stream = ?)`, ofCase(f.ID))
		unnotes(w, f, "newest")
		if _, err := w.CaseFile(f.ID, false); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// notes adds a member's note to a case.
func notes(w *world, f filed, id string) {
	w.T.Helper()
	w.Write("noted", ofCase(f.ID), func(tx *store.Tx) error {
		c, err := tx.Case(f.ID)
		if err != nil {
			return err
		}
		e := ethics.Envelope{
			ID: id, Case: f.ID, Kind: ethics.KindNote, Author: "anna", Sequence: c.Sequence, Day: today,
		}
		if err := tx.AddEnvelope(&c, e); err != nil {
			return err
		}
		return tx.PutCase(c)
	})
}

// unnotes makes the rows what they were before it.
func unnotes(w *world, f filed, id string) {
	w.T.Helper()
	w.Exec(`delete from envelope where id = ?`, id)
	w.Exec(`update cases set sequence = sequence - 1 where id = ?`, f.ID)
}

// TestReaderFromBefore: who began to read before a write is not told that the
// case went back.
func TestReaderFromBefore(t *testing.T) {
	w := founded(t)
	f := w.File()
	must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) error {
		if _, err := tx.Entries(ofCase(f.ID)); err != nil {
			return err
		}
		for range 3 {
			w.Write("noted", ofCase(f.ID), put(f.ID))
		}
		if _, err := w.CaseFile(f.ID, false); err != nil {
			t.Errorf("a later reader: %v", err)
		}
		_, err := tx.CaseFile(f.ID, false)
		return err
	}))
	if _, err := w.CaseFile(f.ID, false); err != nil {
		t.Error(err)
	}
}

// TestRosterThatWentBack: an appointment taken away with its entry, under the
// running program and for one that starts.
func TestRosterThatWentBack(t *testing.T) {
	from, _ := populated(t)
	read := func(w *world) (r *appoint.Roster, err error) {
		err = w.S.Read(context.Background(), func(tx *store.ReadTx) error {
			r, err = tx.Roster()
			return err
		})
		return r, err
	}
	w := from.Copy(t)
	w.S.SetFounders(w.Founders)
	_, err := read(w)
	must(t, err)
	other := w.Another() // which has not read the roster
	other.SetFounders(w.Founders)
	w.Exec(`delete from entry where kind = 'appointed'`)
	w.Exec(`delete from statement where n > 0`)
	if r, err := read(w); err != nil || len(r.Members()) != 6 { // it goes on with what it proved
		t.Errorf("running: %v", err)
	}
	w.Names("entry", "", "")
	w.S = other
	if _, err := read(w); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("running: %v", err)
	}
	w = from.Copy(t)
	w.S.SetFounders(w.Founders)
	w.Exec(`delete from statement where n = 1`)
	if _, err := read(w); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("a statement without its row: %v", err)
	}
	w.Exec(`delete from statement`)
	if _, err := read(w); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("none at all: %v", err)
	}
}

// TestFoundingIsEntryZero: a founding that stands later is somebody else's.
func TestFoundingIsEntryZero(t *testing.T) {
	for _, of := range []string{ethics.StreamProgram, ethics.StreamLessons} {
		w := setUp(t)
		_, s := w.Founding()
		first, second := entry("noted", of), entry(record.KindFounded, ethics.StreamRoster)
		first.Day, second.Day = s.Day, s.Day
		must(t, w.S.Write(context.Background(), first, func(tx *store.Tx) error { return tx.NoteInstallation() }))
		must(t, w.S.Write(context.Background(), second, func(tx *store.Tx) error { return tx.AddStatement(s) }))
		w.S.SetFounders(w.Founders)
		err := w.S.Read(context.Background(), func(tx *store.ReadTx) error { _, err := tx.Roster(); return err })
		if !errors.Is(err, audit.ErrTampered) {
			t.Errorf("behind an entry of %q: %v", of, err)
		}
	}
}

// TestForkedHead: the operator signs another tree while the program runs.
func TestForkedHead(t *testing.T) {
	for name, more := range map[string]int64{"of the same size": 0, "longer": 1} {
		w := founded(t)
		w.File()
		var h audit.Head
		must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) (err error) {
			h, _, err = tx.Head()
			return err
		}))
		h.Root, h.Size = tlog.Hash{1}, h.Size+more
		signed, err := h.Sign(w.Log.Signer())
		must(t, err)
		w.Exec(`update tree_head set size = ?, note = ?`, h.Size, signed)
		err = w.S.Read(context.Background(), func(tx *store.ReadTx) error { _, _, err := tx.Head(); return err })
		if !errors.Is(err, audit.ErrTampered) {
			t.Errorf("%s: read %v", name, err)
		}
		if err := w.Tries("noted", ethics.StreamProgram, nothing); !errors.Is(err, audit.ErrTampered) {
			t.Errorf("%s: write %v", name, err)
		}
	}
}

// TestAnotherProgramsEntries: a second process with the same key writes, and the
// first goes on: a head that extends the known one is taken.
func TestAnotherProgramsEntries(t *testing.T) {
	w := founded(t)
	other := w.Another()
	for range 5 {
		must(t, other.Write(context.Background(), entry("noted", ethics.StreamProgram), nothing))
	}
	must(t, other.Close())
	if w.Size() != storetest.FoundedEntries+5 {
		t.Errorf("%d entries", w.Size())
	}
	w.Write("noted", ethics.StreamProgram, nothing)
	w.Sound()
}

// TestInstallationIsThatOfEntryZero: another salt would give codes that find
// nothing later.
func TestInstallationIsThatOfEntryZero(t *testing.T) {
	from, _ := populated(t)
	read := func(w *world) (in store.Installation, err error) {
		err = w.S.Read(context.Background(), func(tx *store.ReadTx) error {
			in, err = tx.Installation()
			return err
		})
		return in, err
	}
	w := from.Copy(t)
	w.Exec(`update installation set salt = x'00'`)
	if in, err := read(w); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("%x, %v", in.Salt, err)
	}
	w = from.Copy(t)
	_, err := read(w)
	must(t, err)
	w.Exec(`update installation set salt = x'00'`)
	if in, err := read(w); err != nil || len(in.Salt) != 32 {
		t.Errorf("the running program uses %x, %v", in.Salt, err)
	}
	w.Damaged("installation", "1")
}
