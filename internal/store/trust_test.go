package store_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"testing"

	"svilpe/internal/audit"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
)

// TestMissingRowsAreMissed: an epoch, event, grant or proposal that the log names
// and that somebody took away.
func TestMissingRowsAreMissed(t *testing.T) {
	from, cases := populated(t)
	id := cases[0].ID
	for _, q := range []string{
		`delete from case_epoch where case_id = ?`, `delete from case_event where n = 1 and case_id = ?`,
		`delete from case_event where n = 0 and case_id = ?`,
		`delete from case_grant where member_id = 'berta' and case_id = ?`, `delete from proposal where case_id = ?`,
	} {
		w := from.Copy(t)
		w.Exec(q, id)
		if _, err := w.CaseFile(id, false); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: %v", q, err)
		}
	}
}

// TestNothingIsLaundered: a row that was changed by hand is never noted as if the
// program had written it, whichever write comes next.
func TestNothingIsLaundered(t *testing.T) {
	from, cases := populated(t)
	id := cases[0].ID
	events := func(tx *store.Tx) error {
		return tx.AddEvents(id, ethics.Event{Name: "closed", Day: today})
	}
	for name, x := range map[string]struct {
		query  string
		kind   audit.EntryKind
		stream string
		write  func(*store.Tx) error
	}{
		"keys": {
			`update cases set reporter_recipient = 'age1pq1mallory' where id = ?`, "noted", ofCase(id), put(id),
		},
		"state": {`update cases set state = 'closed' where id = ?`, "noted", ofCase(id), put(id)},
		"an event dropped": {
			`delete from case_event where (case_id, n) = (select case_id, max(n) from case_event where case_id = ?)`,
			"noted", ofCase(id), events,
		},
		"a grant": {
			`update case_grant set sealed = x'00' where member_id = 'anna' and case_id = ?`, "noted", ofCase(id),
			func(tx *store.Tx) error { return tx.StateGrant(id, "anna") },
		},
		"a grant dropped": {`delete from case_grant where member_id = 'anna' and case_id = ?`, "noted", ofCase(id),
			func(tx *store.Tx) error {
				return tx.AddGrants(store.Grant{
					Case: id, Member: "anna", ID: "again", Giver: "berta", Via: "assigned", Day: today,
				})
			}},
		"a proposal": {
			`update proposal set proposer = 'carl' where state = 'open' and case_id = ?`, "noted", ofCase(id),
			func(tx *store.Tx) error { return tx.DecideProposal("p"+id+"again", "berta", "approved") },
		},
		"credentials": {
			`update member set sealed_secret = x'00' where id = 'anna'`, record.KindCredentials, ofMember("anna"),
			func(tx *store.Tx) error { return tx.PutMember(testMember("anna")) },
		},
		"credentials gone": {
			`delete from member where id = 'anna'`, record.KindCredentials, ofMember("anna"), func(tx *store.Tx) error {
				return tx.PutMember(testMember("anna"))
			},
		},
		"an envelope's twin": {`update envelope set id = 'x' where sequence = 0 and case_id = ?`, "noted", ofCase(id),
			func(tx *store.Tx) error {
				c, err := tx.Case(id)
				if err != nil {
					return err
				}
				e := cases[0].Envelopes[0]
				e.Sequence = c.Sequence
				return tx.AddEnvelope(&c, e)
			}},
	} {
		w := from.Copy(t)
		args := []any{id}
		if x.kind != "noted" {
			args = nil
		}
		w.Exec(x.query, args...)
		size := w.Size()
		if err := w.Tries(x.kind, x.stream, x.write); !errors.Is(err, ethics.ErrUntrusted) || w.Size() != size {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTriggerIsNotLaundered: while the program runs, somebody makes its own write
// change more than it meant. What is noted is what was meant.
func TestTriggerIsNotLaundered(t *testing.T) {
	w := founded(t)
	f := w.File()
	w.Raw().
		Exec(
			`create trigger x after insert on entry begin update cases set reporter_recipient = 'age1pq1mallory' ; ` +
				`end`) //nolint:errcheck // seen below
	must(t, w.Tries("noted", ofCase(f.ID), put(f.ID)))
	if w.Text(`select reporter_recipient from cases`) != "age1pq1mallory" {
		t.Fatal("the trigger did nothing, the test shows nothing")
	}
	if _, err := w.CaseFile(f.ID, true); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("CaseFile: %v", err)
	}
	if err := w.Tries("noted", ofCase(f.ID), put(f.ID)); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("the next write: %v", err)
	}
	w.Names("schema", "1", "trigger x does not belong")
	must(t, w.S.Close())
	if _, err := store.Open(context.Background(), w.Dir, &w.Log, w.Log.Verifier()); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("opened: %v", err)
	}
}

func TestViewsAreRefused(t *testing.T) {
	w := founded(t)
	_, err := w.Raw().Exec(`create view v as select 1`)
	must(t, err)
	w.Names("schema", "1", "view v does not belong")
}

// TestKeysAreNotedOnce: even who can write entries, as the operator can, does not
// exchange the reporter's keys after the filing.
func TestKeysAreNotedOnce(t *testing.T) {
	exchange := func(w *world, f filed, kind audit.EntryKind, again bool) {
		now := record.Case{Case: f.Case, Locator: locatorOf(f.ID)}
		old := now
		now.ReporterRecipient, now.ReporterVerifier = "age1pq1mallory", make([]byte, ed25519.PublicKeySize)
		renewed := func(was, is record.Row) audit.Change {
			return audit.Change{Label: is.Label, Op: audit.Renewed, Old: was.Digest, New: is.Digest}
		}
		changes := []audit.Change{renewed(record.Cases.Row(&old), record.Cases.Row(&now))}
		if again {
			was, is := store.KeysOf(old.Case, old.Locator), store.KeysOf(now.Case, now.Locator)
			changes = append(changes, renewed(record.KeysRow(f.ID, f.Number, was), record.KeysRow(f.ID, f.Number, is)))
		}
		w.Append(ofCase(f.ID), audit.Body{Kind: kind, Actor: ethics.ActorReporter, Changes: changes})
		w.Exec(`update cases set reporter_recipient = ?, reporter_verifier = ? where id = ?`, now.ReporterRecipient,
			now.ReporterVerifier, f.ID)
	}
	for name, x := range map[string]struct {
		kind  audit.EntryKind
		again bool
		table string
	}{
		"the row alone": {"noted", false, "case"}, "with the keys": {"noted", true, "entry"},
		"as if by a new code": {record.KindNewCode, true, "case"},
	} {
		w := founded(t)
		f := w.File()
		exchange(w, f, x.kind, x.again)
		if _, err := w.CaseFile(f.ID, true); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: %v", name, err)
		}
		w.Damaged(x.table, "")
	}
	w := founded(t)
	f := w.File()
	keys := record.KeysRow(f.ID, f.Number, store.KeysOf(f.Case, locatorOf(f.ID)))
	if err := w.Tries("noted", ofCase(f.ID), func(tx *store.Tx) error {
		return tx.Added(ofCase(f.ID), keys)
	}); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("noted twice: %v", err)
	}
	w.Append(ofCase(f.ID),
		audit.Body{Kind: "noted", Changes: []audit.Change{{Label: keys.Label, Op: audit.Added, New: keys.Digest}}})
	if _, err := w.CaseFile(f.ID, true); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("noted twice: %v", err)
	}
	w.Damaged("entry", "")
}

// TestHiddenFromTheReporter: a message marked as if it were not the reporter's.
func TestHiddenFromTheReporter(t *testing.T) {
	from, cases := populated(t)
	for _, q := range []string{
		`update envelope set reporter = 0 where sequence = 1 and case_id = ?`,
		`update envelope set reporter = 0, kind = 'note' where sequence = 1 and case_id = ?`,
	} {
		w := from.Copy(t)
		w.Exec(q, cases[0].ID)
		f, err := w.CaseFile(cases[0].ID, true)
		if err != nil || f.Missing != 1 || len(f.Envelopes) != 1 {
			t.Errorf("%s: missing %d of %d, %v", q, f.Missing, len(f.Envelopes), err)
		}
	}
}

// TestAFileIsFiledAsItWasReceived, whatever something else makes of its row.
func TestAFileIsFiledAsItWasReceived(t *testing.T) {
	w := founded(t)
	draft := derive.New()
	f := w.File()
	file := w.Receive(draft)
	_, err := w.Raw().Exec(`create trigger x after update of state on file begin update file set sha256 = x'00' ; end`)
	must(t, err)
	w.Write("noted", ofCase(f.ID), func(tx *store.Tx) error {
		return tx.FileFile(file.ID, f.ID, "e", draft.DraftHash(), today)
	})
	err = w.S.Read(context.Background(), func(tx *store.ReadTx) error {
		_, err := tx.File(file.ID)
		return err
	})
	if !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("what the trigger made of it is trusted: %v", err)
	}
	c, err := w.CaseFile(f.ID, false)
	must(t, err)
	spoilt := file
	spoilt.State, spoilt.Case, spoilt.Envelope, spoilt.Day = "filed", f.ID, "e", today
	if !c.TrustedFile(spoilt) {
		t.Error("what was meant is not")
	}
	if spoilt.SHA256 = []byte{0}; c.TrustedFile(spoilt) {
		t.Error("what the trigger made of it is trusted")
	}
}

// TestEpochWithoutARow: a case in an epoch that nobody opened has no key to seal
// to.
func TestEpochWithoutARow(t *testing.T) {
	w := founded(t)
	f := w.File()
	w.Write("removed", ofCase(f.ID), func(tx *store.Tx) error {
		c, err := tx.Case(f.ID)
		c.Epoch++
		return errors.Join(err, tx.PutCase(c))
	})
	if f, err := w.CaseFile(f.ID, true); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("sealed to %q: %v", f.Recipient(), err)
	}
}

// TestGapInACase: an envelope that was taken away, where others follow, is missed.
// Taken away with its entry, nothing of the case is believed: not by who never saw
// it, nor by who starts then.
func TestGapInACase(t *testing.T) {
	for name, entry := range map[string]bool{"the envelope": false, "with its entry": true} {
		w := founded(t)
		f := w.File()
		for _, id := range []string{"first", "second"} {
			w.Write("noted", ofCase(f.ID), func(tx *store.Tx) error {
				c, err := tx.Case(f.ID)
				if err != nil {
					return err
				}
				e := ethics.Envelope{
					ID: id, Case: f.ID, Kind: ethics.KindNote, Author: "anna", Sequence: c.Sequence, Day: today,
				}
				return errors.Join(tx.AddEnvelope(&c, e), tx.PutCase(c))
			})
		}
		w.Stop()
		other := w.Another() // has not read the case
		w.Exec(`delete from envelope where id = 'first'`)
		if entry {
			w.Exec(`delete from entry where stream = ? and number = 1`, ofCase(f.ID))
		}
		w.S = other
		for _, reporter := range []bool{false, true} {
			f, err := w.CaseFile(f.ID, reporter)
			if entry && !errors.Is(err, ethics.ErrUntrusted) || !entry && (err != nil || f.Missing != 1) {
				t.Errorf("%s: missing %d, %v", name, f.Missing, err)
			}
		}
		w.Stop()
		s, err := store.Open(context.Background(), w.Dir, &w.Log, w.Log.Verifier())
		if entry && !errors.Is(err, audit.ErrTampered) || !entry && err != nil {
			t.Errorf("%s: opened: %v", name, err)
		}
		if err == nil {
			must(t, s.Close())
		}
	}
}

// TestEnvelopeUnderAnotherName: the place is taken, the envelope is gone.
func TestEnvelopeUnderAnotherName(t *testing.T) {
	from, cases := populated(t)
	w := from.Copy(t)
	w.Exec(`update envelope set id = 'other' where sequence = 1 and case_id = ?`, cases[0].ID)
	f, err := w.CaseFile(cases[0].ID, true)
	if err != nil || f.Missing != 1 || f.Trusted(f.Envelopes[1]) {
		t.Errorf("missing %d, %v", f.Missing, err)
	}
}

// TestOldCredentialsOpenNothingAgain: a row put back from before a password
// change is not read for a sign-in, whatever it holds.
func TestOldCredentialsOpenNothingAgain(t *testing.T) {
	from, _ := populated(t)
	w := from.Copy(t)
	find := func() error {
		return w.S.Read(context.Background(), func(tx *store.ReadTx) error {
			_, err := tx.MemberByEmail("anna@example.org")
			return err
		})
	}
	must(t, find())
	changed := testMember("anna")
	changed.Secret = []byte("sealed under the new password")
	w.Write(record.KindCredentials, ofMember("anna"), func(tx *store.Tx) error { return tx.PutMember(changed) })
	must(t, find())
	w.Exec(`update member set sealed_secret = ? where id = 'anna'`, testMember("anna").Secret)
	if err := find(); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("the old row is read again: %v", err)
	}
}
