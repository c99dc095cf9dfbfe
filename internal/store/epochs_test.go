package store_test

import (
	"context"
	"errors"
	"testing"

	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
)

// opening is the next epoch of a case with a grant for each of these.
func opening(id string, n int, signer string, members ...string) store.Opening {
	o := store.Opening{Epoch: store.Epoch{
		Case: id, Number: n, Recipient: "age1pq1x", Signer: signer, Signature: []byte("s"), Day: today,
	}}
	for _, m := range members {
		o.Grants = append(o.Grants, store.Grant{
			Case: id, Member: m, ID: id[:8] + m + "again", Giver: signer, Via: store.ViaRenewed, Epoch: n,
			Day: today, Sealed: []byte("x"),
		})
	}
	return o
}

// TestRemovalsAndEpochs: what a transaction may do to who holds a case, and what
// it may not.
func TestRemovalsAndEpochs(t *testing.T) {
	from, cases := populated(t)
	id := cases[0].ID
	next := func(tx *store.Tx) (*ethics.Case, ethics.Envelope) {
		c, err := tx.Case(id)
		must(t, err)
		return &c, ethics.Envelope{
			Case: id, ID: "new", Sequence: c.Sequence, Kind: ethics.KindNote, Author: "anna", Epoch: c.Epoch,
			Day: today, Sealed: []byte("x"),
		}
	}
	for _, x := range []struct {
		name string
		want error
		fn   func(*store.Tx) error
	}{
		{"a removal and the epoch after it", nil, func(tx *store.Tx) error {
			c, e := next(tx)
			e.Epoch = 1
			return errors.Join(tx.RemoveGrants(id, "berta"), tx.Open(c, opening(id, 1, "anna", "anna", "carl")),
				tx.AddEnvelope(c, e), tx.PutCase(*c))
		}},
		{"a text to who was removed", ethics.ErrEpoch, func(tx *store.Tx) error {
			c, e := next(tx)
			return errors.Join(tx.RemoveGrants(id, "berta"), tx.AddEnvelope(c, e))
		}},
		{"nobody to remove", ethics.ErrEpoch, func(tx *store.Tx) error { return tx.RemoveGrants(id, "dora") }},
		{"an epoch that leaves somebody out", ethics.ErrEpoch, func(tx *store.Tx) error {
			c, _ := next(tx)
			return tx.Open(c, opening(id, 1, "anna", "anna", "carl"))
		}},
		{"an epoch for who was removed", ethics.ErrEpoch, func(tx *store.Tx) error {
			c, _ := next(tx)
			return errors.Join(tx.RemoveGrants(id, "berta"),
				tx.Open(c, opening(id, 1, "anna", "anna", "berta", "carl")))
		}},
		{"the epoch after the next", ethics.ErrEpoch, func(tx *store.Tx) error {
			c, _ := next(tx)
			return tx.Open(c, opening(id, 2, "anna", "anna", "berta", "carl"))
		}},
		{"a member's text in the reporter's epoch", ethics.ErrEpoch, func(tx *store.Tx) error {
			c, e := next(tx)
			e.Epoch = 1
			return errors.Join(tx.RemoveGrants(id, "berta"),
				tx.Open(c, opening(id, 1, "reporter", "anna", "carl")), tx.AddEnvelope(c, e))
		}},
	} {
		w := from.Copy(t)
		if err := w.Tries("removed", ofCase(id), x.fn); !errors.Is(err, x.want) || x.want == nil && err != nil {
			t.Errorf("%s: %v", x.name, err)
		}
	}
}

// TestGrantTakenByHand: a row that was changed is not removed as if the log knew
// it.
func TestGrantTakenByHand(t *testing.T) {
	from, cases := populated(t)
	id := cases[0].ID
	w := from.Copy(t)
	w.Exec(`update case_grant set sealed = x'00' where member_id = 'berta' and case_id = ?`, id)
	if err := w.Tries("removed", ofCase(id), func(tx *store.Tx) error {
		return tx.RemoveGrants(id, "berta")
	}); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("removed: %v", err)
	}
}

// TestReportersEpochHoldsTheReportersWords: and nobody else's.
func TestReportersEpochHoldsTheReportersWords(t *testing.T) {
	epochs := []store.Epoch{
		{Number: 0, Signer: "reporter"}, {Number: 1, Signer: "reporter"}, {Number: 2, Signer: "anna"},
	}
	for _, x := range []struct {
		author string
		epoch  int
		good   bool
	}{
		{"anna", 0, true}, {"reporter", 0, true}, {"reporter", 1, true}, {"anna", 1, false}, {"system", 1, false},
		{"anna", 2, true}, {"reporter", 2, true},
	} {
		if got := record.PlacedEnvelope(ethics.Envelope{
			Kind: ethics.KindMessage, Author: x.author, Epoch: x.epoch, Sequence: 3,
		}, epochs, record.NewLedger("")); got != x.good {
			t.Errorf("%s in epoch %d: %v", x.author, x.epoch, got)
		}
	}
}

// TestTwoGrantsOneCase: who holds a case by two grants has it in every list once.
func TestTwoGrantsOneCase(t *testing.T) {
	w := founded(t)
	f := w.File()
	w.Write("removed", ofCase(f.ID), func(tx *store.Tx) error {
		c, err := tx.Case(f.ID)
		if err != nil {
			return err
		}
		return errors.Join(tx.RemoveGrants(f.ID, "berta"), tx.Open(&c, opening(f.ID, 1, "anna", "anna")), tx.PutCase(c))
	})
	must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) error {
		list, err := tx.MemberCases("anna", store.Filter{}, store.Key{}, 10)
		waiting, err2 := tx.Proposed("anna", 10)
		gone, err3 := tx.MemberCases("berta", store.Filter{}, store.Key{}, 10)
		if len(list) != 1 || len(waiting) != 1 || len(gone) != 0 {
			t.Errorf("%d and %d times in the lists; %d of who left", len(list), len(waiting), len(gone))
		}
		return errors.Join(err, err2, err3)
	}))
}
