package store

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/seal"
)

// tableOf is how Verify calls the record tables.
var tableOf = map[string]string{
	"installation": "installation", "statement": "appointment", "member": "member", "cases": "case", "case_code": "code", "erasure": "erasure", "case_epoch": "epoch",
	"case_event": "event", "case_grant": "grant", "envelope": "envelope", "proposal": "proposal", "file": "file",
	"vault": "vault", "vault_share": "vault_share", "vault_request": "vault_request",
	"chunk": "chunk", "entry": "entry", "node": "node", "tree_head": "head", "checkpoint": "checkpoint", "gift": "gift", "measure": "measure", "lesson": "lesson",
	"consultation": "consultation", "consultation_text": "said",
}

func TestVerifySound(t *testing.T) {
	from, _ := populated(t)
	w := from.copy(t)
	var last, total int64
	v := w.verify(VerifyOptions{Founders: &w.founders, Progress: func(done, of int64) {
		if done < last {
			t.Errorf("progress went back from %d to %d", last, done)
		}
		last, total = done, of
	}})
	if v.Damage != nil {
		t.Fatal(v.Damage)
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
	if v := w.verify(VerifyOptions{}); len(v.Notes) != 1 || v.Damage != nil {
		t.Errorf("without the founders' digest: notes %q, damage %v", v.Notes, v.Damage)
	}
}

func TestVerifyBeforeTheFounding(t *testing.T) {
	w := setUp(t)
	if v := w.verify(VerifyOptions{}); v.Damage != nil || v.Entries != 0 {
		t.Errorf("%+v", v)
	}
	w.exec(`insert into member values ('mallory', 'm@example.org', '', x'', x'', x'', '')`)
	if v := w.verify(VerifyOptions{}); v.Damage == nil || v.Damage.Table != "member" {
		t.Errorf("a member before the founding: %v", v.Damage)
	}
}

func TestVerifyIsCancelled(t *testing.T) {
	from, _ := populated(t)
	w := from.copy(t)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := w.s.Verify(ctx, VerifyOptions{Progress: func(int64, int64) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	w.sound() // and its connection is free again
}

func TestScratchIsNoDamage(t *testing.T) {
	from, _ := populated(t)
	w := from.copy(t)
	w.exec(`update tmp_security set kind = 'changed'`)
	w.exec(`delete from tmp_security`)
	w.exec(`insert into tmp_security values ('x', 'anna', 'sign_in', 1)`)
	w.exec(`update chunk set data = x'00' where file_id in (select id from file where state = 'received')`)
	w.exec(`update file set size = 1, day = '' where state = 'received'`)
	w.sound()
}

// TestVerifyTellsEntryFromNode: the two look alike where they meet.
func TestVerifyTellsEntryFromNode(t *testing.T) {
	from, _ := populated(t)
	for id, level := range map[int64]int{7: 0, 6: 2, 10: 0} {
		if l, _ := tlog.SplitStoredHashIndex(id); l != level {
			t.Fatalf("node %d is of level %d", id, l)
		}
		w := from.copy(t)
		w.exec(`update node set hash = zeroblob(32) where id = ?`, id)
		w.damaged("node", fmt.Sprint(id))
	}
	w := from.copy(t)
	w.exec(`update entry set actor = 'berta' where idx = 5`)
	w.damaged("entry", "5")
}

// TestVerifyRebuiltTree: somebody who changes an entry and computes every node
// anew, but has no log key.
func TestVerifyRebuiltTree(t *testing.T) {
	from, _ := populated(t)
	w := from.copy(t)
	w.exec(`update entry set kind = 'other' where idx = 3`)
	rebuildNodes(t, w)
	w.damaged("head", "1")
}

func rebuildNodes(t *testing.T, w *world) {
	t.Helper()
	var leaves []tlog.Hash
	must(t, w.s.Read(context.Background(), func(tx *ReadTx) error {
		return tx.c.each(entryColumns+`order by idx`, nil, func(scan func(...any) error) error {
			e, err := scanEntry(scan)
			leaves = append(leaves, audit.LeafHash(e))
			return err
		})
	}))
	var f frontier
	id := 0
	for _, leaf := range leaves {
		for _, h := range f.add(leaf) {
			w.exec(`update node set hash = ? where id = ?`, h[:], id)
			id++
		}
	}
}

// TestVerifyRebuiltTreeSignedAgain: the operator has the log key and signs the
// changed tree; checkpoints kept outside show it all the same.
func TestVerifyRebuiltTreeSignedAgain(t *testing.T) {
	from, _ := populated(t)
	w := from.copy(t)
	kept := []byte(w.text(`select note from checkpoint where day = '2026-11-21'`))
	if v := w.verify(VerifyOptions{Kept: [][]byte{kept}}); v.Damage != nil {
		t.Fatalf("a true checkpoint: %v", v.Damage)
	}
	w.exec(`update entry set actor = 'carl' where idx = 1`)
	rebuildNodes(t, w)
	var head audit.Head
	must(t, w.s.Read(context.Background(), func(tx *ReadTx) error {
		root, err := audit.Root(129, nodeReader{tx.c})
		head = audit.Head{Origin: origin, Size: 129, Root: root}
		return err
	}))
	signed, err := head.Sign(w.log.Signer())
	must(t, err)
	w.exec(`update tree_head set note = ?`, signed)
	w.damaged("checkpoint", "2026-11-21")
	w.exec(`delete from checkpoint`)
	w.damaged("head", "1") // this process knew another head of this size
	must(t, w.s.Close())
	w.open() // a fresh one does not
	v := w.verify(VerifyOptions{Kept: [][]byte{kept}})
	if v.Damage == nil || v.Damage.Table != "checkpoint" || !strings.Contains(v.Damage.Row, "kept outside") {
		t.Errorf("named %v", v.Damage)
	}
}

// TestVerifyAnOldDatabase: the whole file of yesterday, put back.
func TestVerifyAnOldDatabase(t *testing.T) {
	from, _ := populated(t)
	w := from.copy(t)
	w.file()
	must(t, w.s.MakeCheckpoint(context.Background(), "2026-11-23"))
	kept := []byte(w.text(`select note from checkpoint where day = '2026-11-23'`))
	w.sound()
	old := from.copy(t)
	old.sound() // alone nothing shows
	if v := old.verify(VerifyOptions{Kept: [][]byte{kept}}); v.Damage == nil || v.Damage.Table != "checkpoint" {
		t.Errorf("with a checkpoint kept outside: %v", v.Damage)
	}
}

func TestVerifyAppointments(t *testing.T) {
	from, _ := populated(t)
	t.Run("other founders", func(t *testing.T) {
		w := from.copy(t)
		w.founders[0] ^= 1
		w.damaged("appointment", w.text(`select id from statement where n = 0`))
	})
	t.Run("one signature", func(t *testing.T) {
		w := from.copy(t)
		s := w.sign(appoint.KindAppointment, w.appointment("mallory", appoint.RoleMember), "anna")
		good := w.sign(appoint.KindAppointment, w.appointment("gita", appoint.RoleMember), "anna", "carl")
		w.write("appointed", "", func(tx *Tx) error { return tx.AddStatement(s) })
		w.write("appointed", "", func(tx *Tx) error { return tx.AddStatement(good) })
		w.damaged("appointment", s.ID)
	})
}

// TestVerifyCheckpointSize: the size beside a note is the note's.
func TestVerifyCheckpointSize(t *testing.T) {
	from, _ := populated(t)
	w := from.copy(t)
	w.exec(`update checkpoint set size = size - 1 where day = '2026-11-21'`)
	w.damaged("checkpoint", "2026-11-21")
	w.because("beside a note of size 64")
}

func TestVerifyEpochSigners(t *testing.T) {
	from, cases := populated(t)
	// Somebody appointed under the system's name does not make it a member.
	named := from.copy(t)
	s := named.sign(appoint.KindAppointment, named.appointment(ethics.ActorSystem, appoint.RoleMember), "anna", "berta")
	named.write("appointed", "", func(tx *Tx) error { return tx.AddStatement(s) })
	must(t, named.s.Close())
	from = named
	open := func(t *testing.T, signer string, key ed25519.PrivateKey) *world {
		w := from.copy(t)
		recipient := cases[0].ReporterRecipient
		w.write("removed", cases[0].ID, func(tx *Tx) error {
			c, err := tx.Case(cases[0].ID)
			if err != nil {
				return err
			}
			c.Epoch = 1
			sig := seal.Epoch(install, c.ID, 1, recipient, seal.Author{ID: signer, Key: key})
			if err := tx.AddEpoch(Epoch{Case: c.ID, Number: 1, Recipient: recipient, Signer: signer, Signature: sig, Day: today}); err != nil {
				return err
			}
			return tx.PutCase(c)
		})
		return w
	}
	row := cases[0].ID + "/1"
	open(t, "anna", from.people["anna"].MemberSigner()).sound()
	open(t, "anna", from.people["berta"].MemberSigner()).damaged("epoch", row)
	open(t, ethics.ActorSystem, from.people[ethics.ActorSystem].MemberSigner()).damaged("epoch", row)
	open(t, "nobody", from.people["anna"].MemberSigner()).damaged("epoch", row)
	open(t, ethics.ActorReporter, from.people["anna"].MemberSigner()).damaged("epoch", row)
}

// TestVerifyDoesNotStopTheWriter: writes go on while a verification runs, which
// sees the state in which it began.
func TestVerifyDoesNotStopTheWriter(t *testing.T) {
	from, _ := populated(t)
	w := from.copy(t)
	wrote := false
	v := w.verify(VerifyOptions{Founders: &w.founders, Progress: func(int64, int64) {
		if !wrote {
			wrote = true
			w.write("noted", "", func(tx *Tx) error { return tx.PutMember(testMember(uuid.NewString())) })
		}
	}})
	if v.Damage != nil || v.Entries != 129 {
		t.Errorf("%+v", v)
	}
	if v := w.sound(); v.Entries != 130 {
		t.Errorf("then %d entries", v.Entries)
	}
}
