package store

import (
	"context"
	"errors"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// lived is a case with one row of each kind that a header belongs to, behind the
// filing, and the leaves of its entries.
func lived(t *testing.T) (*world, filed, *appoint.Roster, []string) {
	t.Helper()
	w := founded(t)
	w.s.SetFounders(w.founders)
	f := w.file()
	w.write("noted", f.ID, func(tx *Tx) error {
		v, shares := vaultRows(f.ID, "second")
		return errors.Join(
			tx.AddEnvelope(&f.Case, ethics.Envelope{ID: "note", Case: f.ID, Sequence: f.Sequence, Kind: ethics.KindNote, Author: "anna", Day: today, Sealed: []byte{1}}),
			tx.AddGrant(Grant{Case: f.ID, Member: "carl", ID: "given", Giver: "anna", Via: ViaAssigned, Day: today, Sealed: []byte{1}}),
			tx.PutVault(v, shares), tx.LendShare(loan(f.ID, v.ID, "lent")), tx.PutCase(f.Case))
	})
	w.write("noted", f.ID, put(f.ID))
	var roster *appoint.Roster
	var leaves []string
	must(t, w.s.Read(context.Background(), func(tx *ReadTx) error {
		entries, err := tx.Entries(f.ID)
		for _, e := range entries {
			leaf := audit.LeafHash(e)
			leaves = append(leaves, payload.Leaf(leaf[:]))
		}
		if err == nil {
			roster, err = tx.Roster()
		}
		return err
	}))
	return w, f, roster, leaves
}

// TestWhatWasSeen: what stands in the filing had seen nothing, what came later an
// entry before its own, whatever kind of row it is; and it is of its entry's day.
func TestWhatWasSeen(t *testing.T) {
	w, f, roster, leaves := lived(t)
	file, err := w.caseFile(f.ID, false)
	must(t, err)
	if payload.Leaf(file.Seen()) != leaves[2] {
		t.Error("the newest entry that was read is another one")
	}
	keys := file.Verifier(roster)
	first := func(kind, id, author string) payload.Header {
		return payload.Header{Kind: kind, ID: id, Author: author, Day: today}
	}
	reporter := ethics.ActorReporter
	for n, h := range []payload.Header{
		first(ethics.KindReport, f.draft.EnvelopeID(f.ID, ethics.KindReport), reporter),
		first(ethics.KindReceipt, f.draft.EnvelopeID(f.ID, ethics.KindReceipt), ethics.ActorSystem),
		first(ethics.KindGrant, f.ID[:8]+"anna", reporter),
		first(ethics.KindNote, "note", "anna"), first(ethics.KindGrant, "given", "anna"), first(ethics.KindVault, "second", reporter),
		first(ethics.KindVaultShare, "second", reporter), first(ethics.KindVaultLoan, "lent", "berta"),
	} {
		filing := n < 3
		for what, x := range map[string]struct {
			seen string
			good bool
		}{
			"nothing": {"", filing}, "the first entry": {leaves[0], !filing}, "its own entry or a later one": {leaves[1], false},
			"the last entry": {leaves[2], false}, "something else": {payload.Leaf([]byte("else")), false},
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

// TestWhenDetailsWereSigned: they are carried from vault to vault, and fit an entry
// up to the vault of now.
func TestWhenDetailsWereSigned(t *testing.T) {
	w, f, roster, leaves := lived(t)
	must(t, w.on(tomorrow, nothing))
	must(t, w.s.Write(context.Background(), Entry{ID: "x", Day: tomorrow, Kind: "noted", Case: f.ID}, put(f.ID)))
	file, err := w.caseFile(f.ID, false)
	must(t, err)
	for name, x := range map[string]struct {
		day, seen string
		good      bool
	}{
		"with the filing": {today, "", true}, "with the second vault": {today, leaves[0], true},
		"with the second vault itself seen": {today, leaves[1], false}, "seen what came later": {today, leaves[2], false},
		"on no day of the case": {yesterday, "", false}, "after the vault": {tomorrow, leaves[0], false},
		"seen nothing, later": {tomorrow, "", false}, "seen something else": {today, payload.Leaf([]byte("else")), false},
	} {
		h := payload.Header{Kind: ethics.KindIdentity, ID: f.ID, Author: ethics.ActorReporter, Day: x.day, Seen: x.seen}
		if _, err := file.Verifiers(roster)[0](h); (err == nil) != x.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWhatWasSeenOfATalk: as in a case.
func TestWhatWasSeenOfATalk(t *testing.T) {
	w := talking(t)
	w.s.SetFounders(w.founders)
	var file ConsultationFile
	var roster *appoint.Roster
	var leaves []string
	must(t, w.s.Read(context.Background(), func(tx *ReadTx) error {
		var err error
		if file, err = tx.ConsultationFile("talk"); err != nil {
			return err
		}
		entries, err := tx.Entries("talk")
		for _, e := range entries {
			leaf := audit.LeafHash(e)
			leaves = append(leaves, payload.Leaf(leaf[:]))
		}
		if err == nil {
			roster, err = tx.Roster()
		}
		return err
	}))
	if payload.Leaf(file.Seen()) != leaves[1] {
		t.Error("the newest entry that was read is another one")
	}
	for n, x := range file.Said {
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
