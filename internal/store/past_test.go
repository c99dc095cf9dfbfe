package store_test

import (
	"errors"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// lived is a case with one row of each kind that a header belongs to, behind the
// filing, and the leaves of its entries as headers name them.
func lived(t *testing.T) (*world, filed, *appoint.Roster, []string) {
	t.Helper()
	w := founded(t)
	f := w.File()
	w.Write(record.KindVaultDealt, ofCase(f.ID), func(tx *store.Tx) error {
		c, err := tx.Case(f.ID)
		v, shares := storetest.VaultRows(f.ID, "second")
		note := ethics.Envelope{
			ID: "note", Case: f.ID, Sequence: c.Sequence, Kind: ethics.KindNote, Author: "anna",
			Day: today, Sealed: []byte{1},
		}
		g := f.Grant("carl")
		g.ID, g.Via = "given", store.ViaAssigned
		return errors.Join(err, tx.AddEnvelope(&c, note),
			tx.AddGrants(storetest.Signed(g, w.By(f, "anna"))), tx.PutVault(v, shares),
			tx.LendShare(storetest.Loan(f.ID, v.ID, "lent")), tx.PutCase(c))
	})
	w.Write("noted", ofCase(f.ID), put(f.ID))
	return w, f, w.Roster(), leavesOf(w, ofCase(f.ID))
}

func leavesOf(w *world, stream string) (leaves []string) {
	w.T.Helper()
	w.Read(func(tx *store.ReadTx) error {
		entries, err := tx.Entries(stream)
		for _, e := range entries {
			leaf := audit.LeafHash(e)
			leaves = append(leaves, payload.Leaf(leaf[:]))
		}
		return err
	})
	return leaves
}

// TestWhatWasSeen: what stands in the filing had seen nothing, what came later an
// entry before its own, whatever kind of row it is; and it is of its entry's day.
func TestWhatWasSeen(t *testing.T) {
	w, f, roster, leaves := lived(t)
	file, err := w.CaseFile(f.ID, false)
	must(t, err)
	if payload.Leaf(file.Seen()) != leaves[2] {
		t.Error("the newest entry that was read is another one")
	}
	keys := file.Verifier(roster)
	of := func(kind ethics.EnvelopeKind, id, author string) payload.Header {
		return payload.Header{Kind: string(kind), ID: id, Author: author, Day: today}
	}
	reporter := ethics.ActorReporter
	for n, h := range []payload.Header{
		of(ethics.KindReport, f.Draft.EnvelopeID(f.ID, ethics.KindReport), reporter),
		of(ethics.KindReceipt, f.Draft.EnvelopeID(f.ID, ethics.KindReceipt), ethics.ActorSystem),
		of(ethics.KindGrant, f.ID[:8]+"anna", reporter),
		of(ethics.KindNote, "note", "anna"), of(ethics.KindGrant, "given", "anna"),
		of(ethics.KindVault, "second", reporter),
		of(ethics.KindVaultShare, "second", reporter), of(ethics.KindVaultLoan, "lent", "berta"),
	} {
		filing := n < 3
		for what, x := range map[string]struct {
			seen string
			good bool
		}{
			"nothing": {"", filing}, "the first entry": {leaves[0], !filing},
			"its own entry or a later one": {leaves[1], false},
			"the last entry":               {leaves[2], false}, "something else": {payload.Leaf([]byte("else")), false},
		} {
			h.Seen = x.seen
			if _, err := keys(h); (err == nil) != x.good || err != nil && !errors.Is(err, ethics.ErrUntrusted) {
				t.Errorf("%s that had seen %s: %v", h.Kind, what, err)
			}
		}
		if h.Seen = leaves[0]; filing {
			h.Seen = ""
		}
		_, err := keys(h)
		must(t, err)
		for _, day := range []ethics.Day{yesterday, tomorrow, ""} {
			h.Day = day
			if _, err := keys(h); !errors.Is(err, ethics.ErrUntrusted) {
				t.Errorf("%s of %q: %v", h.Kind, day, err)
			}
		}
		h.Day, h.ID = today, "another"
		if _, err := keys(h); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s that no entry brought: %v", h.Kind, err)
		}
	}
}

// TestWhenDetailsWereSigned: they are carried from vault to vault, and fit an entry up
// to the vault of now.
func TestWhenDetailsWereSigned(t *testing.T) {
	w, f, roster, leaves := lived(t)
	e := entry("noted", ofCase(f.ID))
	e.Day = tomorrow
	must(t, w.S.Write(t.Context(), e, put(f.ID)))
	file, err := w.CaseFile(f.ID, false)
	must(t, err)
	for name, x := range map[string]struct {
		day, seen string
		good      bool
	}{
		"with the filing": {today, "", true}, "with the second vault": {today, leaves[0], true},
		"with the second vault itself seen": {today, leaves[1], false},
		"seen what came later":              {today, leaves[2], false},
		"on no day of the case":             {yesterday, "", false}, "after the vault": {tomorrow, leaves[0], false},
		"seen nothing, later": {tomorrow, "", false},
		"seen something else": {today, payload.Leaf([]byte("else")), false},
	} {
		h := payload.Header{
			Kind: string(ethics.KindIdentity), ID: f.ID, Author: ethics.ActorReporter, Day: x.day, Seen: x.seen,
		}
		if _, err := file.Verifier(roster)(h); (err == nil) != x.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWhatWasSeenOfAConsultation: as in a case.
func TestWhatWasSeenOfAConsultation(t *testing.T) {
	w := talking(t)
	file, err := consultationFile(w)
	must(t, err)
	roster, leaves := w.Roster(), leavesOf(w, ofConsultation)
	if payload.Leaf(file.Seen()) != leaves[1] {
		t.Error("the newest entry that was read is another one")
	}
	for n, x := range file.Texts {
		for seen, good := range map[string]bool{"": n == 0, leaves[0]: n == 1, leaves[1]: false} {
			h, err := file.Header(x, roster)
			must(t, err)
			h.Seen = seen
			if _, err := file.Verifier(roster)(h); (err == nil) != good {
				t.Errorf("text %d that had seen %q: %v", n, seen, err)
			}
			h.Day = yesterday
			if _, err := file.Verifier(roster)(h); err == nil {
				t.Errorf("text %d of yesterday", n)
			}
		}
	}
}
