package store

import (
	"context"
	"errors"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// TestCaseThatWentBack: one case is put back to an earlier state, entry and all,
// under the running program.
func TestCaseThatWentBack(t *testing.T) {
	for name, again := range map[string]bool{"written here": false, "read here": true} {
		w := founded(t)
		f := w.file()
		before := w.text(`select changed from cases`)
		w.write("noted", f.ID, func(tx *Tx) error {
			c, err := tx.Case(f.ID)
			c.Changed = "2026-12-01"
			return errors.Join(err, tx.PutCase(c))
		})
		if again {
			must(t, w.s.Close())
			w.open()
			if _, err := w.caseFile(f.ID, false); err != nil {
				t.Fatal(err)
			}
		}
		w.exec(`delete from entry where idx = (select max(idx) from entry where case_id = ?)`, f.ID)
		w.exec(`update cases set changed = ?`, before)
		if _, err := w.caseFile(f.ID, false); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReaderFromBefore: who began to read before a write is not told that the
// case went back.
func TestReaderFromBefore(t *testing.T) {
	w := founded(t)
	f := w.file()
	must(t, w.s.Read(context.Background(), func(tx *ReadTx) error {
		if _, err := tx.Entries(f.ID); err != nil {
			return err
		}
		for range 3 {
			w.write("noted", f.ID, put(f.ID))
		}
		if _, err := w.caseFile(f.ID, false); err != nil {
			t.Errorf("a later reader: %v", err)
		}
		_, err := tx.CaseFile(f.ID, false)
		return err
	}))
	if _, err := w.caseFile(f.ID, false); err != nil {
		t.Error(err)
	}
}

func TestSeenIsBounded(t *testing.T) {
	var s seen
	for i := range int64(maxSeen + 100) {
		s.wrote(string(rune(i)), i)
	}
	if len(s.cases) > maxSeen {
		t.Errorf("%d cases remembered", len(s.cases))
	}
}

// TestRosterThatWentBack: an appointment taken away with its entry, under the
// running program and for one that starts.
func TestRosterThatWentBack(t *testing.T) {
	from, _ := populated(t)
	read := func(w *world) (r *appoint.Roster, err error) {
		err = w.s.Read(context.Background(), func(tx *ReadTx) error {
			r, err = tx.Roster()
			return err
		})
		return r, err
	}
	w := from.copy(t)
	w.s.SetFounders(w.founders)
	_, err := read(w)
	must(t, err)
	w.exec(`delete from entry where kind = 'appointed'`)
	w.exec(`delete from statement where n = 1`)
	if r, err := read(w); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("running: %v %v", r, err)
	}
	w = from.copy(t)
	w.s.SetFounders(w.founders)
	w.exec(`delete from statement where n = 1`)
	if r, err := read(w); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("a statement without its row: %v %v", r, err)
	}
	w.exec(`delete from statement`)
	if r, err := read(w); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("none at all: %v %v", r, err)
	}
}

// TestFoundingIsEntryZero: a founding that stands later is somebody else's.
func TestFoundingIsEntryZero(t *testing.T) {
	for _, of := range []string{"", "some case"} {
		w := setUp(t)
		_, s := w.founding()
		w.write("noted", of, func(tx *Tx) error { return tx.NoteInstallation() })
		w.writeOn(s.Day, KindFounded, "", func(tx *Tx) error { return tx.AddStatement(s) })
		w.s.SetFounders(w.founders)
		err := w.s.Read(context.Background(), func(tx *ReadTx) error { _, err := tx.Roster(); return err })
		if !errors.Is(err, audit.ErrTampered) {
			t.Errorf("behind an entry of %q: %v", of, err)
		}
	}
}

// TestForkedHead: the operator signs another tree while the program runs.
func TestForkedHead(t *testing.T) {
	for name, more := range map[string]int64{"of the same size": 0, "longer": 1} {
		w := founded(t)
		w.file()
		var h audit.Head
		must(t, w.s.Read(context.Background(), func(tx *ReadTx) (err error) {
			h, _, err = tx.Head()
			return err
		}))
		h.Root, h.Size = tlog.Hash{1}, h.Size+more
		signed, err := h.Sign(w.log.Signer())
		must(t, err)
		w.exec(`update tree_head set size = ?, note = ?`, h.Size, signed)
		err = w.s.Read(context.Background(), func(tx *ReadTx) error { _, _, err := tx.Head(); return err })
		if !errors.Is(err, audit.ErrTampered) {
			t.Errorf("%s: read %v", name, err)
		}
		if err := w.tries("noted", "", func(*Tx) error { return nil }); !errors.Is(err, audit.ErrTampered) {
			t.Errorf("%s: write %v", name, err)
		}
	}
}

// TestAnotherProgramsEntries: a second process with the same key writes, and the
// first goes on: a head that extends the known one is taken.
func TestAnotherProgramsEntries(t *testing.T) {
	w := founded(t)
	other, err := Open(context.Background(), w.dir, &w.log, w.log.Verifier())
	must(t, err)
	for range 5 {
		must(t, other.Write(context.Background(), entry("noted", ""), func(*Tx) error { return nil }))
	}
	must(t, other.Close())
	if w.size() != 6 {
		t.Errorf("%d entries", w.size())
	}
	w.write("noted", "", func(*Tx) error { return nil })
	w.sound()
}

// TestInstallationIsThatOfEntryZero: another salt would give codes that find
// nothing later.
func TestInstallationIsThatOfEntryZero(t *testing.T) {
	from, _ := populated(t)
	read := func(w *world) (in Installation, err error) {
		err = w.s.Read(context.Background(), func(tx *ReadTx) error {
			in, err = tx.Installation()
			return err
		})
		return in, err
	}
	w := from.copy(t)
	w.exec(`update installation set salt = x'00'`)
	if in, err := read(w); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("%x, %v", in.Salt, err)
	}
	w = from.copy(t)
	_, err := read(w)
	must(t, err)
	w.exec(`update installation set salt = x'00'`)
	if in, err := read(w); err != nil || len(in.Salt) != 32 {
		t.Errorf("the running program uses %x, %v", in.Salt, err)
	}
	w.damaged("installation", "1")
}
