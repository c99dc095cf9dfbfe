package store_test

import (
	"context"
	"errors"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
	"svilpe/internal/verify"
)

// TestAuthors: whose signature counts under what, on which day.
func TestAuthors(t *testing.T) {
	w := founded(t)
	w.S.SetFounders(w.Founders)
	gone := w.Appointment("greta", appoint.RoleMember)
	gone.Until = "2026-12-31"
	stated := storetest.Sign(w, appoint.KindAppointment, gone, "anna", "carl")
	w.Write(record.KindAppointed, ethics.StreamRoster, func(tx *store.Tx) error { return tx.AddStatement(stated) })
	var roster *appoint.Roster
	must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) (err error) {
		roster, err = tx.Roster()
		return err
	}))
	f, err := w.CaseFile(w.File().ID, false)
	must(t, err)
	for _, x := range []struct {
		kind   ethics.EnvelopeKind
		author string
		day    ethics.Day
		good   bool
	}{
		{ethics.KindReport, "reporter", today, true}, {ethics.KindReport, "anna", today, false},
		{ethics.KindReport, "system", today, false},
		{ethics.KindReceipt, "system", today, true}, {ethics.KindReceipt, "reporter", today, false},
		{ethics.KindReceipt, "anna", today, false},
		{ethics.KindMessage, "reporter", today, true}, {ethics.KindMessage, "anna", today, true},
		{ethics.KindMessage, "system", today, false},
		{ethics.KindMessage, "dora", today, false}, {ethics.KindMessage, "mallory", today, false},
		{ethics.KindMessage, "anna", "2025-12-31", false},
		{ethics.KindMessage, "greta", today, true}, {ethics.KindMessage, "greta", "2026-11-21", false}, // stated today
		{ethics.KindMessage, "greta", "2026-12-31", true}, {ethics.KindMessage, "greta", "2027-01-01", false},
		{ethics.KindFileKeys, "berta", today, true}, {ethics.KindFileKeys, "reporter", today, true},
		{ethics.KindNote, "carl", today, true}, {ethics.KindNote, "reporter", today, false},
		{ethics.KindStep, "reporter", today, false},
		{ethics.KindProposal, "system", today, false}, {ethics.KindApproval, "dora", today, false},
		{ethics.KindStatement, "anna", today, true},
		{ethics.KindGrant, "reporter", today, true}, {ethics.KindGrant, "dora", today, false},
		{ethics.KindGrant, "system", today, false},
		{ethics.KindEpoch, "anna", today, true}, {ethics.KindEpoch, "dora", today, false},
		{ethics.KindEpoch, "system", today, false},
		{"other", "anna", today, false}, {"", "reporter", today, false},
	} {
		key, err := f.Rule(roster)(x.kind, x.author, "", x.day)
		if (err == nil) != x.good || err != nil && (!errors.Is(err, ethics.ErrUntrusted) || key != nil) {
			t.Errorf("%s by %s on %s: %v", x.kind, x.author, x.day, err)
		}
	}
	f.Institution = "elsewhere"
	if _, err := f.Rule(roster)(ethics.KindMessage, "anna", "", today); err == nil {
		t.Error("a member of another institution")
	}
	if _, err := f.Rule(nil)(ethics.KindMessage, "anna", "", today); err == nil {
		t.Error("a member of no roster")
	}
}

// TestVerifyNamesWrongAuthors: rows that the log holds, by somebody who may not.
func TestVerifyNamesWrongAuthors(t *testing.T) {
	from, cases := populated(t)
	id := cases[0].ID
	for name, x := range map[string]struct {
		table string
		e     ethics.Envelope
		g     store.Grant
	}{
		"the administrator's message": {
			table: "envelope", e: ethics.Envelope{Kind: ethics.KindMessage, Author: "dora"},
		},
		"a second report": {
			table: "envelope", e: ethics.Envelope{Kind: ethics.KindReport, Author: "reporter"},
		},
		"the system's message": {
			table: "envelope", e: ethics.Envelope{Kind: ethics.KindMessage, Author: "system"},
		},
		"the administrator's grant": {table: "grant", g: store.Grant{Giver: "dora", Via: "assigned"}},
		"a late routed grant":       {table: "grant", g: store.Grant{Giver: "anna", Via: "routed"}},
		"the reporter assigns":      {table: "grant", g: store.Grant{Giver: "reporter", Via: "assigned"}},
	} {
		w := from.Copy(t)
		w.Write("noted", ofCase(id), func(tx *store.Tx) error {
			c, err := tx.Case(id)
			if err != nil {
				return err
			}
			if x.table == "grant" {
				x.g.Case, x.g.Member, x.g.ID, x.g.Day = id, "dora", "new", today
				return tx.AddGrants(x.g)
			}
			x.e.Case, x.e.ID, x.e.Sequence, x.e.Day = id, "new", c.Sequence, today
			return errors.Join(tx.AddEnvelope(&c, x.e), tx.PutCase(c))
		})
		v := w.Verify(verify.Options{Founders: &w.Founders})
		if d := v.First(); d == nil || string(d.Table) != x.table {
			t.Errorf("%s: %v", name, v.Damages)
		}
		f, err := w.CaseFile(id, false)
		if x.g.Via != "" && x.g.Giver != "dora" && !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: the case opens: %v", name, err)
		}
		if x.e.Kind == ethics.KindReport && f.Trusted(f.Envelopes[len(f.Envelopes)-1]) {
			t.Errorf("%s is trusted", name)
		}
	}
}
