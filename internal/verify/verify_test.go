package verify_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
	"svilpe/internal/verify"
)

func TestVerifySound(t *testing.T) {
	from, _ := populated(t)
	w := from.Copy(t)
	var last, total int64
	v := w.Verify(verify.Options{Founders: &w.Founders, Progress: func(done, of int64) {
		if done < last {
			t.Errorf("progress went back from %d to %d", last, done)
		}
		last, total = done, of
	}})
	if v.First() != nil {
		t.Fatal(v.Damages)
	}
	if v.Cases != 2 || v.Envelopes != 4 || v.Files != 2 || v.Entries != 64+64+1 || v.Head.Size != v.Entries {
		t.Errorf("counts: %+v", v)
	}
	if last != total || total != v.Entries+4+6 {
		t.Errorf("progress ended at %d of %d", last, total)
	}
	if len(v.Notes) != 0 {
		t.Errorf("notes %q", v.Notes)
	}
	for _, name := range v.Scratch {
		if !strings.HasPrefix(name, "tmp_") && name != "goose_db_version" {
			t.Errorf("%s is no record?", name)
		}
	}
	if len(v.Scratch) < 10 {
		t.Errorf("scratch tables listed: %q", v.Scratch)
	}
	if v := w.Verify(verify.Options{}); len(v.Notes) != 1 || v.First() != nil {
		t.Errorf("without the founders' digest: notes %q, damage %v", v.Notes, v.Damages)
	}
}

func TestVerifyBeforeTheFounding(t *testing.T) {
	w := setUp(t)
	if v := w.Verify(verify.Options{}); v.First() != nil || v.Entries != 0 {
		t.Errorf("%+v", v)
	}
	w.Exec(`insert into member values ('mallory', 'm@example.org', '', x'', x'', x'', '')`)
	w.Damaged("member", "mallory")
}

func TestVerifyIsCancelled(t *testing.T) {
	from, _ := populated(t)
	w := from.Copy(t)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := verify.Run(ctx, w.S, verify.Options{Progress: func(int64, int64) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	w.Sound() // and its connection is free again
}

func TestScratchIsNoDamage(t *testing.T) {
	from, _ := populated(t)
	w := from.Copy(t)
	w.Exec(`update tmp_security set kind = 'changed'`)
	w.Exec(`delete from tmp_security`)
	w.Exec(`insert into tmp_security values ('x', 'anna', 'sign_in', 1)`)
	w.Exec(`update chunk set data = x'00' where file_id in (select id from file where state = 'received')`)
	w.Exec(`update file set size = 1, day = '' where state = 'received'`)
	w.Sound()
}

// TestVerifyTellsEntryFromNode: the two look alike where they meet.
func TestVerifyTellsEntryFromNode(t *testing.T) {
	from, _ := populated(t)
	for id, level := range map[int64]int{7: 0, 6: 2, 10: 0} {
		if l, _ := tlog.SplitStoredHashIndex(id); l != level {
			t.Fatalf("node %d is of level %d", id, l)
		}
		w := from.Copy(t)
		w.Exec(`update node set hash = zeroblob(32) where id = ?`, id)
		w.Damaged("node", fmt.Sprint(id))
	}
	w := from.Copy(t)
	w.Exec(`update entry set actor = 'berta' where idx = 5`)
	w.Damaged("entry", "5")
}

// TestVerifyRebuiltTree: somebody who changes an entry and computes every node
// anew, but has no log key.
func TestVerifyRebuiltTree(t *testing.T) {
	from, _ := populated(t)
	w := from.Copy(t)
	w.Forge(w.Size()-1, func(b *audit.Body) { b.Kind = "other" })
	w.Rebuild()
	w.Damaged("head", "1")
	w.Names("head", "1", "agree with each other, not with the signed head")
}

// twins are two logs of one key, of one size, and otherwise of nothing in common:
// each is sound.
func twins(t *testing.T) (w, other *world) {
	t.Helper()
	w = setUp(t)
	other = storetest.SetUpWith(t, w.Log)
	for _, x := range []*world{w, other} {
		x.Found()
		x.File()
		x.Close("2026-11-21")
		x.Close(today)
		x.Sound()
		x.Stop()
	}
	return w, other
}

// TestVerifyTreeSignedAgain: the operator has the log key and signs a changed tree;
// checkpoints show it, those in the database and, where the operator made all of it
// anew, those kept outside.
func TestVerifyTreeSignedAgain(t *testing.T) {
	from, _ := twins(t)
	kept := []byte(from.Text(`select note from checkpoint where day = '2026-11-21'`))
	outside := verify.Options{Founders: &from.Founders, Kept: [][]byte{kept}}
	w := from.Copy(t)
	if v := w.Verify(outside); v.First() != nil {
		t.Fatalf("a true checkpoint: %v", v.Damages)
	}
	w.Forge(1, func(b *audit.Body) { b.Actor = "carl" })
	w.SignHead(w.Rebuild())
	w.Names("checkpoint", "2026-11-21", "the first 64 entries give another root")
	w.Names("map", "2026-11-21", "another root")
}

// TestVerifyAnotherLog: the operator made a whole other log, and signed it.
func TestVerifyAnotherLog(t *testing.T) {
	from, other := twins(t)
	kept := []byte(from.Text(`select note from checkpoint where day = '2026-11-21'`))
	w := from.Copy(t)
	w.PutBack(filepath.Join(other.Dir, store.File))
	w.Founders = other.Founders
	w.Damaged("head", "1") // this process knew another head of this size
	w.Stop()
	w.Open() // a fresh one does not
	w.Sound()
	v := w.Verify(verify.Options{Kept: [][]byte{kept}})
	if d := v.First(); d == nil || d.Table != "checkpoint" || !strings.Contains(d.Row, "kept outside") {
		t.Errorf("named %v", v.Damages)
	}
}

// TestVerifyAnOldDatabase: the whole file of yesterday, put back.
func TestVerifyAnOldDatabase(t *testing.T) {
	from, _ := populated(t)
	w := from.Copy(t)
	w.File()
	w.Close("2026-11-23")
	kept := []byte(w.Text(`select note from checkpoint where day = '2026-11-23'`))
	w.Sound()
	old := from.Copy(t)
	old.Sound() // alone nothing shows
	v := old.Verify(verify.Options{Kept: [][]byte{kept}})
	if d := v.First(); d == nil || d.Table != "checkpoint" || !strings.Contains(d.Row, "kept outside") {
		t.Errorf("with a checkpoint kept outside: %v", v.Damages)
	}
}

func TestVerifyAppointments(t *testing.T) {
	from, _ := populated(t)
	t.Run("other founders", func(t *testing.T) {
		w := from.Copy(t)
		w.Founders[0] ^= 1
		w.Damaged("statement", w.Text(`select id from statement where n = 0`))
	})
	t.Run("a damaged founding accuses nobody else", func(t *testing.T) {
		for _, harm := range []func(*world){
			func(w *world) { w.Founders[0] ^= 1 },
			func(w *world) { w.Exec(`update statement set body = x'7b7d' where n = 0`) },
			func(w *world) { w.Exec(`delete from statement where n = 0`) },
		} {
			w := from.Copy(t)
			id := w.Text(`select id from statement where n = 0`)
			harm(w)
			v := w.Damaged("statement", id)
			if len(v.Damages) != 1 {
				t.Errorf("accused besides: %v", v.Damages[1:])
			}
		}
	})
	t.Run("one signature", func(t *testing.T) {
		w := from.Copy(t)
		s := storetest.Sign(w, appoint.KindAppointment, w.Appointment("mallory", appoint.RoleMember), "anna")
		good := storetest.Sign(w, appoint.KindAppointment, w.Appointment("gita", appoint.RoleMember), "anna", "carl")
		n := w.Count(`select count(*) from statement`)
		for i, s := range []appoint.Statement{s, good} { // the operator writes it all the same
			storetest.Insert(t, w.Dir, w.Log, record.Statements, &record.Stated{N: n + i, Statement: s})
		}
		w.Damaged("statement", s.ID)
	})
}

// TestVerifyCheckpointSize: the size beside a note is the note's.
func TestVerifyCheckpointSize(t *testing.T) {
	from, _ := populated(t)
	w := from.Copy(t)
	w.Exec(`update checkpoint set size = size - 1 where day = '2026-11-21'`)
	w.Damaged("checkpoint", "2026-11-21")
	w.Names("checkpoint", "2026-11-21", "beside a note of size 64")
}

func TestVerifyEpochSigners(t *testing.T) {
	from, cases := populated(t)
	// Somebody appointed under the system's name does not make it a member.
	named := from.Copy(t)
	s := storetest.Sign(named, appoint.KindAppointment,
		named.Appointment(ethics.ActorSystem, appoint.RoleMember), "anna", "berta")
	named.Write(record.KindAppointed, ethics.StreamRoster, func(tx *store.Tx) error { return tx.AddStatement(s) })
	must(t, named.S.Close())
	from = named
	open := func(t *testing.T, signer string, key ed25519.PrivateKey) *world {
		w := from.Copy(t)
		recipient := cases[0].ReporterRecipient
		w.Write("removed", ofCase(cases[0].ID), func(tx *store.Tx) error {
			c, err := tx.Case(cases[0].ID)
			if err != nil {
				return err
			}
			c.Epoch = 1
			sig := seal.Epoch(install, c.ID, 1, recipient, seal.Author{ID: signer, Key: key})
			if err := tx.AddEpoch(store.Epoch{
				Case: c.ID, Number: 1, Recipient: recipient, Signer: signer, Signature: sig, Day: today,
			}); err != nil {
				return err
			}
			return tx.PutCase(c)
		})
		return w
	}
	row := cases[0].ID + "/1"
	open(t, "anna", from.People["anna"].MemberSigner()).Sound()
	open(t, "anna", from.People["berta"].MemberSigner()).Damaged("epoch", row)
	open(t, ethics.ActorSystem, from.People[ethics.ActorSystem].MemberSigner()).Damaged("epoch", row)
	open(t, "nobody", from.People["anna"].MemberSigner()).Damaged("epoch", row)
	open(t, ethics.ActorReporter, from.People["anna"].MemberSigner()).Damaged("epoch", row)
}

// TestVerifyDoesNotStopTheWriter: writes go on while a verification runs, which
// sees the state in which it began.
func TestVerifyDoesNotStopTheWriter(t *testing.T) {
	from, _ := populated(t)
	w := from.Copy(t)
	wrote := false
	v := w.Verify(verify.Options{Founders: &w.Founders, Progress: func(int64, int64) {
		if !wrote {
			wrote = true
			w.Write("noted", ofMember("new"), func(tx *store.Tx) error { return tx.PutMember(testMember("new")) })
		}
	}})
	if v.First() != nil || v.Entries != 129 {
		t.Errorf("%+v", v)
	}
	if v := w.Sound(); v.Entries != 130 {
		t.Errorf("then %d entries", v.Entries)
	}
}
