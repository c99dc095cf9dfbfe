package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/audit"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// TestRefusals: what the store itself refuses, below every policy.
func TestRefusals(t *testing.T) {
	w := founded(t)
	f := w.File()
	envelope := func(id string, epoch, sequence int) func(*store.Tx) error {
		return func(tx *store.Tx) error {
			c, err := tx.Case(f.ID)
			if err != nil {
				return err
			}
			if err := tx.AddEnvelope(&c,
				ethics.Envelope{
					ID: id, Case: c.ID, Kind: ethics.KindNote, Author: "anna", Epoch: epoch,
					Sequence: sequence, Day: today,
				}); err != nil {
				return err
			}
			return tx.PutCase(c)
		}
	}
	proposal := store.Proposal{ID: "other", Case: f.ID, Step: "close", Proposer: "berta", State: "open", Day: today}
	for _, x := range []struct {
		name string
		want error
		fn   func(*store.Tx) error
	}{
		{"the same case", ethics.ErrExists, func(tx *store.Tx) error {
			_, err := tx.AddCase(f.Case, []string{"2026-OTHER"}, []byte("another locator"))
			return err
		}},
		{"the same locator", ethics.ErrExists, func(tx *store.Tx) error {
			c := f.Case
			c.ID = uuid.NewString()
			_, err := tx.AddCase(c, []string{"2026-OTHER"}, locatorOf(f.ID))
			return err
		}},
		{"no free number", ethics.ErrBusy, func(tx *store.Tx) error {
			c := f.Case
			c.ID, c.Number = uuid.NewString(), ""
			_, err := tx.AddCase(c, []string{f.Number}, []byte("another locator"))
			return err
		}},
		{"a past epoch", ethics.ErrEpoch, envelope("new", -1, 2)},
		{"a future epoch", ethics.ErrEpoch, envelope("new", 1, 2)},
		{"a taken sequence", ethics.ErrSequence, envelope("new", 0, 1)},
		{"a skipped sequence", ethics.ErrSequence, envelope("new", 0, 3)},
		{"the same form sent twice", ethics.ErrExists, envelope(f.Envelopes[1].ID, 0, 1)},
		{"the same envelope at the next place", ethics.ErrExists, envelope(f.Envelopes[1].ID, 0, 2)},
		{"a second grant", ethics.ErrExists, func(tx *store.Tx) error {
			return tx.AddGrants(store.Grant{Case: f.ID, Member: "anna", ID: "again", Via: "assigned", Day: today})
		}},
		{"a second open proposal", ethics.ErrConflict, func(tx *store.Tx) error { return tx.AddProposal(proposal) }},
		{"the proposer decides", ethics.ErrSamePerson, func(tx *store.Tx) error {
			return tx.DecideProposal("p"+f.ID, "anna", "approved")
		}},
		{"no such proposal", ethics.ErrNotFound, func(tx *store.Tx) error {
			return tx.DecideProposal("none", "anna", "approved")
		}},
		{"no grant to state", ethics.ErrNotFound, func(tx *store.Tx) error { return tx.StateGrant(f.ID, "carl") }},
		{"another draft's file", ethics.ErrNotFound, func(tx *store.Tx) error {
			return tx.FileFile(f.Stored.ID, f.ID, "e", derive.New().DraftHash(), today)
		}},
		{"a filed file again", ethics.ErrNotFound, func(tx *store.Tx) error {
			return tx.FileFile(f.Stored.ID, f.ID, "e", f.Draft.DraftHash(), today)
		}},
	} {
		t.Run(x.name, func(t *testing.T) {
			before := w.Size()
			if err := w.S.Write(context.Background(), entry("noted", ofCase(f.ID)), x.fn); !errors.Is(err, x.want) {
				t.Errorf("got %v, want %v", err, x.want)
			}
			if w.Size() != before {
				t.Error("a refused write left an entry")
			}
		})
	}
	must(t, w.S.Write(context.Background(), entry("decided", ofCase(f.ID)), func(tx *store.Tx) error {
		return tx.DecideProposal("p"+f.ID, "berta", "approved")
	}))
	err := w.S.Write(context.Background(), entry("decided", ofCase(f.ID)), func(tx *store.Tx) error {
		return tx.DecideProposal("p"+f.ID, "carl", "rejected")
	})
	if !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("decided twice: %v", err)
	}
	must(t, w.S.Write(context.Background(), entry("proposed", ofCase(f.ID)), func(tx *store.Tx) error {
		return tx.AddProposal(proposal)
	}))
	must(t, w.S.Write(context.Background(), entry("stated", ofCase(f.ID)), func(tx *store.Tx) error {
		c, err := tx.Case(f.ID)
		e := ethics.Envelope{
			ID: "stated", Case: f.ID, Kind: ethics.KindStatement, Author: "anna", Sequence: c.Sequence, Day: today,
		}
		return errors.Join(err, tx.AddEnvelope(&c, e), tx.StateGrant(f.ID, "anna"), tx.PutCase(c))
	}))
	must(t, w.S.Write(context.Background(), entry("noted", ofCase(f.ID)), envelope("new", 0, 3)))
	w.Sound()
}

// TestRowUnderAnotherCasesEntry: nobody would find its digest.
func TestRowUnderAnotherCasesEntry(t *testing.T) {
	w := founded(t)
	f, g := w.File(), w.File()
	for _, under := range []string{ethics.StreamProgram, ofCase(g.ID)} {
		err := w.S.Write(context.Background(), entry("granted", under), func(tx *store.Tx) error {
			return tx.AddGrants(store.Grant{
				Case: f.ID, Member: "carl", ID: "x", Giver: "anna", Via: "assigned", Day: today,
			})
		})
		if err == nil {
			t.Errorf("taken under an entry of %q", under)
		}
	}
	w.Sound()
}

// TestScratchNeverTouchesFiledFiles.
func TestScratchNeverTouchesFiledFiles(t *testing.T) {
	w := founded(t)
	f := w.File()
	draft := f.Draft.DraftHash()
	scratch := func(fn func(*store.ScratchTx) error) error { return w.S.Scratch(context.Background(), fn) }
	must(t, scratch(func(tx *store.ScratchTx) error { return tx.DropFile(f.Stored.ID, draft) }))
	must(t, scratch(func(tx *store.ScratchTx) error { return tx.SweepFiles("9999-01-01", true) }))
	for name, fn := range map[string]func(*store.ScratchTx) error{
		"EndFile":   func(tx *store.ScratchTx) error { return tx.EndFile(f.Stored) },
		"AddChunks": func(tx *store.ScratchTx) error { return tx.AddChunks(f.Stored.ID, 3, [][]byte{{1}}) },
	} {
		if err := scratch(fn); !errors.Is(err, ethics.ErrNotFound) {
			t.Errorf("%s on a filed file: %v", name, err)
		}
	}
	if err := scratch(func(tx *store.ScratchTx) error {
		return tx.BeginFile(f.Stored.ID, draft, today)
	}); !errors.Is(err, ethics.ErrExists) {
		t.Errorf("BeginFile on a filed file: %v", err)
	}
	if v := w.Sound(); v.Files != 1 {
		t.Errorf("%d files", v.Files)
	}
	dropped := w.Receive(f.Draft)
	must(t, scratch(func(tx *store.ScratchTx) error { return tx.DropFile(dropped.ID, draft) }))
	if w.Count(`select count(*) from chunk where file_id = $1`, dropped.ID) != 0 {
		t.Error("chunks of a dropped file stay")
	}
}

// TestDatabaseThatWentBack: the rows of yesterday under a running program, the file
// of yesterday for one that starts, and a head that the log key did not sign.
func TestDatabaseThatWentBack(t *testing.T) {
	w := founded(t)
	w.Close("2026-11-21")
	w.Stop()
	path := filepath.Join(w.Dir, store.File)
	yesterday := filepath.Join(t.TempDir(), "yesterday")
	storetest.CopyFile(t, path, yesterday)
	w.Open()
	f := w.File()
	w.Close(today)
	others := besides(t, w, f.ID)
	kept := []byte(w.Text(`select note from checkpoint where day = ?`, today))
	if err := w.S.Extends(context.Background(), kept); err != nil {
		t.Fatalf("the checkpoint of this very database: %v", err)
	}
	w.PutBack(yesterday)
	if w.Count(`select count(*) from cases`) != 0 {
		t.Fatal("nothing went back, the test shows nothing")
	}
	for _, s := range append(others, w.S) {
		err := s.Write(context.Background(), entry(record.KindDistrusted, ethics.StreamProgram), nothing)
		if !errors.Is(err, audit.ErrTampered) {
			t.Errorf("Write: %v", err)
		}
		err = s.Read(context.Background(), func(tx *store.ReadTx) error {
			t.Error("a state that went back was read")
			return nil
		})
		if !errors.Is(err, audit.ErrTampered) {
			t.Errorf("Read: %v", err)
		}
		if err := s.MakeCheckpoint(context.Background(), "2026-11-23"); !errors.Is(err, audit.ErrTampered) {
			t.Errorf("MakeCheckpoint: %v", err)
		}
	}
	w.Damaged("head", "1")
	for _, s := range others {
		if _, err := caseFile(s, f.ID); !errors.Is(err, audit.ErrTampered) {
			t.Errorf("beside it, CaseFile: %v", err)
		}
		must(t, s.Close())
	}
	w.Stop()

	w.Open() // alone it is sound: only who kept a checkpoint sees it
	if _, err := w.CaseFile(f.ID, false); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("CaseFile: %v", err)
	}
	w.Sound()
	if err := w.S.Extends(context.Background(), kept); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("held against what was kept: %v", err)
	}
	w.File()
	w.Close(today) // as long as the other one, and another
	if err := w.S.Extends(context.Background(), kept); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("another log, held against what was kept: %v", err)
	}
	w.Stop()

	other := storetest.NewLogKey(t)
	if _, err := store.Open(context.Background(), w.Dir, nil, other.Verifier()); !errors.Is(err, audit.ErrHead) {
		t.Errorf("under another log key: %v", err)
	}
}

// TestEntriesAreChecked: a case's entries are used only as they stand under the
// signed head.
func TestEntriesAreChecked(t *testing.T) {
	columns := `generation, day, stream, %s, prev, sum, kind, actor, body, blinding from entry where stream = ?`
	for name, x := range map[string]struct {
		query string
		read  bool // what was added is not among them
	}{
		"changed": {`update entry set actor = 'anna' where stream = ?`, false},
		"another body": {
			`update entry set body = (select body from entry where stream = 'roster') where stream = ?`, false,
		},
		"another blinding": {`update entry set blinding = zeroblob(32) where stream = ?`, false},
		"blank": {
			`update entry set kind = '', actor = '', body = x'', blinding = x'' where stream = ?`, false,
		},
		"of another day":    {`update entry set day = '2026-11-20' where stream = ?`, false},
		"of another stream": {`update entry set stream = 'case/other' where stream = ?`, false},
		"gone":              {`delete from entry where stream = ?`, false},
		"added in front":    {`insert into entry select 99, ` + fmt.Sprintf(columns, "-1"), false},
		"added behind":      {`insert into entry select 99, ` + fmt.Sprintf(columns, "1"), true},
	} {
		w := founded(t)
		f := w.File()
		w.Stop()
		w.Open() // nothing proven before
		read := func() error {
			return w.S.Read(context.Background(), func(tx *store.ReadTx) error {
				entries, err := tx.Entries(ofCase(f.ID))
				if err != nil {
					return err
				}
				l, err := tx.Ledger(ofCase(f.ID))
				if len(entries) != 1 || !l.Holds(record.Envelopes.Row(&f.Envelopes[0])) {
					t.Errorf("%s: %d entries", name, len(entries))
				}
				return err
			})
		}
		must(t, read())
		w.Exec(x.query, ofCase(f.ID))
		if err := read(); x.read != (err == nil) || err != nil && !errors.Is(err, audit.ErrTampered) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnEarlierEntryMadeAnew: the newest entry and the number of them are right, the
// one before is another, whole in itself.
func TestAnEarlierEntryMadeAnew(t *testing.T) {
	w := founded(t)
	f := w.File()
	at := w.Size() - 1
	w.Write("noted", ofCase(f.ID), put(f.ID))
	w.Forge(at, func(b *audit.Body) { b.Actor = "anna" })
	if _, err := w.CaseFile(f.ID, false); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("read: %v", err)
	}
}

// TestNeverSignsAChangedTree: what is signed continues what this program has
// followed, whatever the nodes in the file say; and none begins from changed ones.
func TestNeverSignsAChangedTree(t *testing.T) {
	w := founded(t)
	w.Close("2026-11-21")
	w.Exec(`update node set hash = zeroblob(32)`)
	w.Write("noted", ethics.StreamProgram, nothing)
	v := w.Damaged("node", "0")
	for _, d := range v.Damages {
		if d.Table != "node" {
			t.Errorf("%v: the changed nodes are in what was signed", d)
		}
	}
	w.Stop()
	if _, err := store.Open(context.Background(), w.Dir, &w.Log, w.Log.Verifier()); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("opened: %v", err)
	}
}

func TestCheckpoint(t *testing.T) {
	w := setUp(t)
	ctx := context.Background()
	must(t, w.S.MakeCheckpoint(ctx, "2026-11-20"))
	if n := w.Count(`select count(*) from checkpoint`); n != 0 {
		t.Errorf("%d checkpoints before the founding", n)
	}
	w.Found()
	sizes := []int64{64, 128, 192, 448}
	for i, day := range []string{"2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"} {
		for range i * i * i * 3 { // the last day has more than 64 entries
			w.Write("noted", ethics.StreamProgram, nothing)
		}
		must(t, w.S.MakeCheckpoint(ctx, day))
		before := w.Size()
		must(t, w.S.MakeCheckpoint(ctx, day))
		if w.Size() != before {
			t.Errorf("%s: made twice, the log grew by %d", day, w.Size()-before)
		}
		must(t, w.S.Read(ctx, func(tx *store.ReadTx) error {
			c, err := tx.LastCheckpoint()
			if err != nil {
				return err
			}
			h, err := audit.OpenHead(c.Note, w.Log.Verifier())
			if err != nil || h.Size != c.Size || c.Size != sizes[i] || c.Day != day {
				t.Errorf("%s: %+v %v, want size %d", day, c, err, sizes[i])
			}
			return nil
		}))
	}
	w.Sound()
}

// TestFailedCheckpoint: its fillers go with it, from the tree as well.
func TestFailedCheckpoint(t *testing.T) {
	w := founded(t)
	w.Define(`create trigger refuse before insert on checkpoint begin select raise(abort, 'refused'); end`)
	var failed error
	answers := together(w,
		func() error { failed = w.S.MakeCheckpoint(context.Background(), today); return nil },
		func() error {
			return w.S.Write(context.Background(), entry("noted", ofMember("next")), func(tx *store.Tx) error {
				return tx.PutMember(testMember("next"))
			})
		})
	if failed == nil || answers[1] != nil {
		t.Errorf("checkpoint %v, write %v", failed, answers[1])
	}
	if got := w.Size(); got != storetest.FoundedEntries+1 {
		t.Errorf("%d entries", got)
	}
	w.Define(`drop trigger refuse`)
	w.Sound()
}
