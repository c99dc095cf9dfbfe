package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/audit"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// TestRefusals: what the store itself refuses, below every policy.
func TestRefusals(t *testing.T) {
	w := founded(t)
	f := w.file()
	envelope := func(id string, epoch, sequence int) func(*Tx) error {
		return func(tx *Tx) error {
			c, err := tx.Case(f.ID)
			if err != nil {
				return err
			}
			if err := tx.AddEnvelope(&c, ethics.Envelope{ID: id, Case: c.ID, Kind: ethics.KindNote, Author: "anna", Epoch: epoch, Sequence: sequence, Day: today}); err != nil {
				return err
			}
			return tx.PutCase(c)
		}
	}
	proposal := Proposal{ID: "other", Case: f.ID, Step: "close", Proposer: "berta", State: "open", Day: today}
	for _, x := range []struct {
		name string
		want error
		fn   func(*Tx) error
	}{
		{"the same case", ethics.ErrExists, func(tx *Tx) error {
			_, err := tx.AddCase(f.Case, []string{"2026-OTHER"}, []byte("another locator"))
			return err
		}},
		{"the same locator", ethics.ErrExists, func(tx *Tx) error {
			c := f.Case
			c.ID = uuid.NewString()
			_, err := tx.AddCase(c, []string{"2026-OTHER"}, locatorOf(f.ID))
			return err
		}},
		{"no free number", ethics.ErrBusy, func(tx *Tx) error {
			c := f.Case
			c.ID, c.Number = uuid.NewString(), ""
			_, err := tx.AddCase(c, []string{f.Number}, []byte("another locator"))
			return err
		}},
		{"a past epoch", ethics.ErrEpoch, envelope("new", -1, 2)},
		{"a future epoch", ethics.ErrEpoch, envelope("new", 1, 2)},
		{"a taken sequence", ethics.ErrSequence, envelope("new", 0, 1)},
		{"a skipped sequence", ethics.ErrSequence, envelope("new", 0, 3)},
		{"the same form sent twice", ethics.ErrExists, envelope(f.envelopes[1].ID, 0, 1)},
		{"the same envelope at the next place", ethics.ErrExists, envelope(f.envelopes[1].ID, 0, 2)},
		{"a second grant", ethics.ErrExists, func(tx *Tx) error {
			return tx.AddGrant(Grant{Case: f.ID, Member: "anna", ID: "again", Via: "assigned", Day: today})
		}},
		{"a second open proposal", ethics.ErrConflict, func(tx *Tx) error { return tx.AddProposal(proposal) }},
		{"the proposer decides", ethics.ErrSamePerson, func(tx *Tx) error { return tx.DecideProposal("p"+f.ID, "anna", "approved") }},
		{"no such proposal", ethics.ErrNotFound, func(tx *Tx) error { return tx.DecideProposal("none", "anna", "approved") }},
		{"no grant to state", ethics.ErrNotFound, func(tx *Tx) error { return tx.StateGrant(f.ID, "carl") }},
		{"another draft's file", ethics.ErrNotFound, func(tx *Tx) error {
			return tx.FileFile(f.file.ID, f.ID, "e", derive.New().DraftHash(), today)
		}},
		{"a filed file again", ethics.ErrNotFound, func(tx *Tx) error {
			return tx.FileFile(f.file.ID, f.ID, "e", f.draft.DraftHash(), today)
		}},
	} {
		t.Run(x.name, func(t *testing.T) {
			before := w.size()
			if err := w.s.Write(context.Background(), entry("noted", f.ID), x.fn); !errors.Is(err, x.want) {
				t.Errorf("got %v, want %v", err, x.want)
			}
			if w.size() != before {
				t.Error("a refused write left an entry")
			}
		})
	}
	must(t, w.s.Write(context.Background(), entry("decided", f.ID), func(tx *Tx) error { return tx.DecideProposal("p"+f.ID, "berta", "approved") }))
	err := w.s.Write(context.Background(), entry("decided", f.ID), func(tx *Tx) error { return tx.DecideProposal("p"+f.ID, "carl", "rejected") })
	if !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("decided twice: %v", err)
	}
	must(t, w.s.Write(context.Background(), entry("proposed", f.ID), func(tx *Tx) error { return tx.AddProposal(proposal) }))
	must(t, w.s.Write(context.Background(), entry("stated", f.ID), func(tx *Tx) error { return tx.StateGrant(f.ID, "anna") }))
	must(t, w.s.Write(context.Background(), entry("noted", f.ID), envelope("new", 0, 2)))
	w.sound()
}

// TestRowUnderAnotherCasesEntry: nobody would find its digest.
func TestRowUnderAnotherCasesEntry(t *testing.T) {
	w := founded(t)
	f, g := w.file(), w.file()
	for _, under := range []string{"", g.ID} {
		err := w.s.Write(context.Background(), entry("granted", under), func(tx *Tx) error {
			return tx.AddGrant(Grant{Case: f.ID, Member: "carl", ID: "x", Giver: "anna", Via: "assigned", Day: today})
		})
		if err == nil {
			t.Errorf("taken under an entry of %q", under)
		}
	}
	w.sound()
}

// TestScratchNeverTouchesFiledFiles.
func TestScratchNeverTouchesFiledFiles(t *testing.T) {
	w := founded(t)
	f := w.file()
	draft := f.draft.DraftHash()
	scratch := func(fn func(*ScratchTx) error) error { return w.s.Scratch(context.Background(), fn) }
	must(t, scratch(func(tx *ScratchTx) error { return tx.DropFile(f.file.ID, draft) }))
	must(t, scratch(func(tx *ScratchTx) error { return tx.SweepFiles("9999-01-01", true) }))
	for name, fn := range map[string]func(*ScratchTx) error{
		"EndFile":   func(tx *ScratchTx) error { return tx.EndFile(f.file) },
		"AddChunks": func(tx *ScratchTx) error { return tx.AddChunks(f.file.ID, 3, [][]byte{{1}}) },
	} {
		if err := scratch(fn); !errors.Is(err, ethics.ErrNotFound) {
			t.Errorf("%s on a filed file: %v", name, err)
		}
	}
	if err := scratch(func(tx *ScratchTx) error { return tx.BeginFile(f.file.ID, draft, today) }); !errors.Is(err, ethics.ErrExists) {
		t.Errorf("BeginFile on a filed file: %v", err)
	}
	if v := w.sound(); v.Files != 1 {
		t.Errorf("%d files", v.Files)
	}
	dropped := w.receive(f.draft)
	must(t, scratch(func(tx *ScratchTx) error { return tx.DropFile(dropped.ID, draft) }))
	if w.count(`select count(*) from chunk where file_id = $1`, dropped.ID) != 0 {
		t.Error("chunks of a dropped file stay")
	}
}

// TestDatabaseThatWentBack: the file of yesterday under a running program, and
// a head that the log key did not sign.
func TestDatabaseThatWentBack(t *testing.T) {
	w := founded(t)
	must(t, w.s.Close())
	path := filepath.Join(w.dir, File)
	yesterday := filepath.Join(t.TempDir(), "yesterday")
	copyFile(t, path, yesterday)
	w.open()
	w.file()
	known := w.s.head.Load()
	must(t, w.s.Close())
	for _, suffix := range []string{"-wal", "-shm"} {
		_ = os.Remove(path + suffix)
	}
	copyFile(t, yesterday, path)
	w.open()
	w.s.head.Store(known) // as a program has it that never stopped
	err := w.s.Write(context.Background(), entry("noted", ""), func(*Tx) error { return nil })
	if !errors.Is(err, audit.ErrTampered) {
		t.Errorf("Write: %v", err)
	}
	err = w.s.Read(context.Background(), func(tx *ReadTx) error {
		_, _, err := tx.Head()
		return err
	})
	if !errors.Is(err, audit.ErrTampered) {
		t.Errorf("Head: %v", err)
	}
	w.damaged("head", "1")
	must(t, w.s.Close())

	other := newLogKey(t)
	if _, err := Open(context.Background(), w.dir, nil, other.Verifier()); !errors.Is(err, audit.ErrHead) {
		t.Errorf("under another log key: %v", err)
	}
}

// TestEntriesAreChecked: a case's entries are used only as they stand under the
// signed head.
func TestEntriesAreChecked(t *testing.T) {
	for name, query := range map[string]string{
		"changed": `update entry set actor = 'anna' where case_id = ?`,
		"added":   `insert into entry select 99, 'new', day, kind, actor, case_id, details, blinding from entry where case_id = ?`,
	} {
		w := founded(t)
		f := w.file()
		must(t, w.s.Close())
		w.open() // nothing proven before
		read := func() error {
			return w.s.Read(context.Background(), func(tx *ReadTx) error {
				entries, err := tx.Entries(f.ID)
				if err == nil && Digests(entries)[EnvelopeLabel(f.envelopes[0].ID)] != EnvelopeItem(f.envelopes[0]).Digest {
					t.Error("another digest")
				}
				return err
			})
		}
		must(t, read())
		w.exec(query, f.ID)
		if err := read(); !errors.Is(err, audit.ErrTampered) && !errors.Is(err, audit.ErrBeyond) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNeverSignsAChangedTree: a frontier changed by hand is not grown.
func TestNeverSignsAChangedTree(t *testing.T) {
	w := founded(t)
	w.exec(`update node set hash = zeroblob(32) where id = 0`)
	err := w.s.Write(context.Background(), entry("noted", ""), func(*Tx) error { return nil })
	if !errors.Is(err, audit.ErrTampered) {
		t.Errorf("got %v", err)
	}
	if w.count(`select count(*) from entry`) != 1 {
		t.Error("an entry was added")
	}
}

func TestCheckpoint(t *testing.T) {
	w := setUp(t)
	ctx := context.Background()
	must(t, w.s.MakeCheckpoint(ctx, "2026-11-20"))
	if n := w.count(`select count(*) from checkpoint`); n != 0 {
		t.Errorf("%d checkpoints before the founding", n)
	}
	w.found()
	sizes := []int64{64, 128, 192, 448}
	for i, day := range []string{"2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"} {
		for range i * i * i * 3 { // the last day has more than 64 entries
			w.write("noted", "", func(*Tx) error { return nil })
		}
		must(t, w.s.MakeCheckpoint(ctx, day))
		before := w.size()
		must(t, w.s.MakeCheckpoint(ctx, day))
		if w.size() != before {
			t.Errorf("%s: made twice, the log grew by %d", day, w.size()-before)
		}
		must(t, w.s.Read(ctx, func(tx *ReadTx) error {
			c, err := tx.LastCheckpoint()
			if err != nil {
				return err
			}
			h, err := audit.OpenHead(c.Note, w.log.Verifier())
			if err != nil || h.Size != c.Size || c.Size != sizes[i] || c.Day != day {
				t.Errorf("%s: %+v %v, want size %d", day, c, err, sizes[i])
			}
			return nil
		}))
	}
	w.sound()
}

// TestFailedCheckpoint: its fillers go with it, from the tree as well.
func TestFailedCheckpoint(t *testing.T) {
	w := founded(t)
	w.define(`create trigger refuse before insert on checkpoint begin select raise(abort, 'refused'); end`)
	var failed error
	answers := w.together(
		func() error { failed = w.s.MakeCheckpoint(context.Background(), today); return nil },
		func() error {
			return w.s.Write(context.Background(), entry("noted", ""), func(tx *Tx) error { return tx.PutMember(testMember("next")) })
		})
	if failed == nil || answers[1] != nil {
		t.Errorf("checkpoint %v, write %v", failed, answers[1])
	}
	if got := w.size(); got != 2 {
		t.Errorf("%d entries, want 2", got)
	}
	w.define(`drop trigger refuse`)
	w.sound()
}
