package store_test

import (
	"errors"
	"fmt"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// removed is a world in which anna removed berta from a case, as another responsible
// person had proposed, and barred her where it is said. It gives the grant and the share
// that were taken away, and the days since.
func removed(t *testing.T, bar, closed bool) (w *world, f filed, g store.Grant, s ethics.VaultShare) {
	t.Helper()
	w = founded(t)
	f = w.File()
	w.Appoint("dina", appoint.RoleResponsible)
	proposed := w.Proposes(f, record.ActExclude, "dina", "anna")
	g = f.Grant("berta")
	_, shares := storetest.VaultRows(f.ID, "v"+f.ID)
	signed := w.Opens(opening(f.ID, 1, "anna", "anna"))
	e := entry(record.KindRemoved, ofCase(f.ID))
	e.Actor = "anna"
	must(t, w.S.Write(t.Context(), e, func(tx *store.Tx) error {
		c, err := tx.Case(f.ID)
		if err != nil {
			return err
		}
		if bar {
			tx.Bar("berta")
		}
		said := ethics.Envelope{
			Case: f.ID, ID: "removal" + f.ID, Sequence: c.Sequence, Kind: ethics.KindRemoval, Author: "anna", Epoch: 1,
			Day: today, Sealed: []byte("x"),
		}
		return errors.Join(tx.RemoveGrants(f.ID, "berta"), tx.Open(&c, signed), tx.AddEnvelope(&c, said),
			tx.DecideProposal(proposed, "anna", "approved"), tx.PutCase(c))
	}))
	if closed {
		w.Close(today)
	}
	w.Sound()
	return w, f, g, shares[1]
}

// TestWhatEndedDoesNotComeBack: a grant that was taken away is taken by no writer
// again. The operator, who can write entries, puts it back with one: nobody who reads
// the case believes it, nobody writes to it, and a verification names the entry. So it
// is with a share, and with other ids for somebody who was barred.
func TestWhatEndedDoesNotComeBack(t *testing.T) {
	for name, x := range map[string]struct {
		bar   bool
		grant func(store.Grant) store.Grant
		share func(ethics.VaultShare) ethics.VaultShare
	}{
		"the same grant": {grant: func(g store.Grant) store.Grant { return g }},
		"the same label, another row": {grant: func(g store.Grant) store.Grant {
			g.Via, g.Epoch, g.Sealed = store.ViaAssigned, 1, []byte("other")
			return g
		}},
		"another grant of who was barred": {bar: true, grant: func(g store.Grant) store.Grant {
			g.ID, g.Via, g.Epoch = "other", store.ViaAssigned, 1
			return g
		}},
		"a renewed one of who was barred": {bar: true, grant: func(g store.Grant) store.Grant {
			g.ID, g.Via, g.Epoch = "other", store.ViaRenewed, 1
			return g
		}},
		"the same share": {share: func(s ethics.VaultShare) ethics.VaultShare { return s }},
	} {
		for _, closed := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				w, f, g, s := removed(t, x.bar, closed)
				stream, first, others := ofCase(f.ID), w.S, []*store.Store{w.Another(), w.Another()}
				if x.grant != nil {
					if g = x.grant(g); g.Epoch > 0 { // signed by who helps the operator
						g = storetest.Signed(g, w.By(f, "anna"))
					}
					err := w.Tries("noted", stream, func(tx *store.Tx) error { return tx.AddGrants(g) })
					if !errors.Is(err, ethics.ErrUntrusted) &&
						!(g.Via == store.ViaRenewed && errors.Is(err, ethics.ErrEpoch)) {
						t.Errorf("given again: %v", err)
					}
					w.Sound()
					storetest.Insert(t, w.Dir, w.Log, record.Grants, &g)
				} else {
					storetest.Insert(t, w.Dir, w.Log, record.Shares, &s)
				}
				for _, w.S = range append(others, first) {
					refused(t, w, f)
				}
				w.Damaged("entry", "")
				w.Stop()
				w.Open() // a program that starts
				refused(t, w, f)
			})
		}
	}
}

// refused wants nobody to read a case or to write to it.
func refused(t *testing.T, w *world, f filed) {
	t.Helper()
	for _, reporter := range []bool{true, false} {
		if f, err := w.CaseFile(f.ID, reporter); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("read: held by %v, %v", f.Holders(), err)
		}
	}
	if err := w.Tries("noted", ofCase(f.ID), put(f.ID)); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("written: %v", err)
	}
}

// TestWhoComesBackHasAnother: who left, and was not barred, is given the case under
// another id.
func TestWhoComesBackHasAnother(t *testing.T) {
	w, f, g, _ := removed(t, false, false)
	g.ID, g.Via, g.Epoch = "other", store.ViaAssigned, 1
	w.Write("granted", ofCase(f.ID), func(tx *store.Tx) error {
		return tx.AddGrants(storetest.Signed(g, w.By(f, "anna")))
	})
	c, err := w.CaseFile(f.ID, false)
	must(t, err)
	if len(c.Holders()) != 2 || len(c.FormerHolders()) != 0 {
		t.Errorf("held by %v, departed %v", c.Holders(), c.FormerHolders())
	}
	w.Sound()
}

// TestTheOperatorsEntries: what the log key signs is not true for it. Each entry is
// refused by who reads the stream, and named.
func TestTheOperatorsEntries(t *testing.T) {
	other := audit.Digest{1}
	for name, changes := range map[string]func(f filed) []audit.Change{
		"an envelope is another": func(f filed) []audit.Change {
			e := record.Envelopes.Row(&f.Envelopes[1])
			return []audit.Change{{Label: e.Label, Op: audit.Renewed, Old: e.Digest, New: other}}
		},
		"an envelope ends, and is again": func(f filed) []audit.Change {
			e := record.Envelopes.Row(&f.Envelopes[1])
			return []audit.Change{
				{Label: e.Label, Op: audit.Ended, Old: e.Digest}, {Label: e.Label, Op: audit.Added, New: e.Digest},
			}
		},
		"an event is another": func(f filed) []audit.Change {
			e := record.Events.Row(&record.Event{Case: f.ID, Event: ethics.Event{Name: "received", Day: today}})
			return []audit.Change{{Label: e.Label, Op: audit.Renewed, Old: e.Digest, New: other}}
		},
		"a case from another state": func(f filed) []audit.Change {
			c := record.Cases.Row(&record.Case{Case: f.Case, Locator: locatorOf(f.ID)})
			return []audit.Change{{Label: c.Label, Op: audit.Renewed, Old: other, New: c.Digest}}
		},
		"what never was ends": func(f filed) []audit.Change {
			return []audit.Change{{Label: "envelope:none", Op: audit.Ended, Old: other}}
		},
		"a row of a member": func(f filed) []audit.Change {
			return []audit.Change{{Label: "member:mallory", Op: audit.Added, New: other}}
		},
		"a kind that nobody knows": func(f filed) []audit.Change {
			return []audit.Change{{Label: "pardon:mallory", Op: audit.Added, New: other}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := founded(t)
			f := w.File()
			e := w.Append(ofCase(f.ID), audit.Body{Kind: "noted", Actor: ethics.ActorReporter, Changes: changes(f)})
			refused(t, w, f)
			v := w.Damaged("entry", "")
			if row := v.First().Row; row != fmt.Sprint(e.Index) {
				t.Errorf("entry %s is named, not %d", row, e.Index)
			}
		})
	}
}

// TestTheOperatorsFrames: an entry that the log key signed, and that does not follow,
// is not followed: by no program that runs, nor by one that starts.
func TestTheOperatorsFrames(t *testing.T) {
	for name, wrong := range map[string]func(*audit.Entry){
		"a number left out":        func(e *audit.Entry) { e.Number++ },
		"a number again":           func(e *audit.Entry) { e.Number--; e.Stream = ethics.StreamProgram },
		"behind another entry":     func(e *audit.Entry) { e.Prev[0] ^= 1 },
		"of an earlier day":        func(e *audit.Entry) { e.Day = "2026-11-20" },
		"a body that is another":   func(e *audit.Entry) { e.Sum[0] ^= 1 },
		"a body that is not there": func(e *audit.Entry) { e.Body = audit.Body{} },
	} {
		t.Run(name, func(t *testing.T) {
			w := founded(t)
			f := w.File()
			w.AppendFrame(ofCase(f.ID), audit.Body{Kind: "noted", Actor: ethics.ActorReporter}, wrong)
			err := w.S.Read(t.Context(), func(*store.ReadTx) error {
				t.Error("read")
				return nil
			})
			if !errors.Is(err, audit.ErrTampered) {
				t.Errorf("read: %v", err)
			}
			if err := w.Tries("noted", ethics.StreamProgram, nothing); !errors.Is(err, audit.ErrTampered) {
				t.Errorf("written: %v", err)
			}
			w.Names("entry", "", "")
			w.Stop()
			if _, err := store.Open(t.Context(), w.Dir, &w.Log, w.Log.Verifier()); !errors.Is(err, audit.ErrTampered) {
				t.Errorf("opened: %v", err)
			}
		})
	}
}

// TestErasedHidesNothing: «erased» ends what a stream says. The operator cannot use it
// to make a case begin anew, with a grant that had ended.
func TestErasedHidesNothing(t *testing.T) {
	w, f, g, _ := removed(t, true, false)
	c, err := w.CaseFile(f.ID, false)
	must(t, err)
	b := audit.Body{Kind: record.KindErased, Actor: "anna"}
	for label, digest := range c.Ledger().Live {
		b.Changes = append(b.Changes, audit.Change{Label: label, Op: audit.Added, New: digest})
	}
	back := record.Grants.Row(&g)
	b.Changes = append(b.Changes, audit.Change{Label: back.Label, Op: audit.Added, New: back.Digest})
	e := w.Append(ofCase(f.ID), b)
	w.Exec(
		`insert into case_grant (id, case_id, member_id, giver, via, epoch, stated, day, sealed, signature) values `+
			`(?, ?, ?, ?, ?, ?, 0, ?, ?, ?)`,
		g.ID, g.Case, g.Member, g.Giver, g.Via, g.Epoch, g.Day, g.Sealed, g.Signature)
	refused(t, w, f)
	w.Names("entry", fmt.Sprint(e.Index), "speaks of what was erased")
	w.Names("erasure", f.ID, "the log says that the case was erased")
	w.Stop()
	w.Open()
	refused(t, w, f)
}
