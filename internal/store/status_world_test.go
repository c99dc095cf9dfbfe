package store

import (
	"context"
	"crypto/ed25519"
	"errors"
	"testing"

	"svilpe/internal/ethics"
	"svilpe/internal/seal"
)

// first is where a case of the test stands when it is filed.
func first(t testing.TB, c ethics.Case, key ed25519.PrivateKey, events ...string) *ethics.SignedStatus {
	t.Helper()
	s := ethics.Status{
		Installation: install, Stream: ethics.CaseStream(c.ID), Day: c.Received, Policy: ethics.PolicyVersion, Act: ethics.ActFile,
		Institution: c.Institution, State: c.State, Track: c.Track, Category: c.Category, Events: events,
	}
	row, err := seal.Status(s, seal.Author{ID: ethics.ActorReporter, Key: key})
	must(t, err)
	return row
}

// by is the key of a member, or of the reporter of the case.
func (w *world) by(f filed, id string) seal.Author {
	if id == ethics.ActorReporter {
		return seal.Author{ID: id, Key: f.reporter.ReporterSigner()}
	}
	return seal.Author{ID: id, Key: w.people[id].MemberSigner()}
}

// next is the next status of a case, as set makes it, signed.
func (w *world) next(f filed, act, by string, set func(*ethics.Status)) *ethics.SignedStatus {
	w.t.Helper()
	c, err := w.caseFile(f.ID, false)
	must(w.t, err)
	s := c.Next(act, today)
	if set != nil {
		set(&s)
	}
	row, err := seal.Status(s, w.by(f, by))
	must(w.t, err)
	return row
}

// to enters a state, with the event of it and those before.
func to(state string, before ...string) func(*ethics.Status) {
	return func(s *ethics.Status) {
		s.Enter(state)
		s.Events = append(before, state)
	}
}

// acts writes an act as the services do.
func (w *world) acts(f filed, act, by string, set func(*ethics.Status), more ...func(*Tx) error) {
	w.t.Helper()
	st := w.next(f, act, by, set)
	w.write("step", f.ID, func(tx *Tx) error {
		c, err := tx.Case(f.ID)
		for _, do := range more {
			err = errors.Join(err, do(tx))
		}
		return errors.Join(err, tx.Settle(c, st, today))
	})
}

// walk brings a case to its measures: two people decide.
func (w *world) walk(f filed) {
	w.t.Helper()
	w.acts(f, "acknowledge", "anna", to("triage", "acknowledged"))
	w.acts(f, "accept", "anna", to("accepted"))
	w.acts(f, "start", "berta", to("investigation"))
	w.acts(f, "propose_decision", "carl", to("decision_draft"))
	w.decided(f, "approve_decision", "berta", "carl", to("decided"))
	w.acts(f, "set_measures", "berta", func(s *ethics.Status) {
		to("measures")(s)
		for n := range 2 {
			s.Measures = append(s.Measures, ethics.MeasureStatus{N: n, Due: today, State: MeasureOpen})
		}
	})
}

// decided is an act that one member proposes and another approves. What was
// proposed before is rejected for it.
func (w *world) decided(f filed, act, proposer, decider string, set func(*ethics.Status)) {
	w.t.Helper()
	id := act + f.ID
	w.write("proposed", f.ID, func(tx *Tx) error {
		all, err := tx.Proposals(f.ID)
		if err != nil {
			return err
		}
		for _, p := range all {
			if p.State == "open" {
				err = errors.Join(err, tx.DecideProposal(p.ID, decider, "rejected"))
			}
		}
		c, err1 := tx.Case(f.ID)
		p := Proposal{ID: id, Case: f.ID, Step: act, Proposer: proposer, State: "open", Day: today}
		return errors.Join(err, err1, tx.AddProposal(p), tx.PutCase(c))
	})
	w.acts(f, act, decider, set, func(tx *Tx) error { return tx.DecideProposal(id, decider, "approved") })
}

// forge stores rows as the operator can, who has the log key: with a correct entry.
func (w *world) forge(id string, fn func(*Tx, *ethics.Case) error) {
	w.t.Helper()
	w.write("step", id, func(tx *Tx) error {
		c, err := tx.Case(id)
		if err != nil {
			return err
		}
		return errors.Join(fn(tx, &c), tx.PutCase(c))
	})
}

// disbelieved wants every reader to refuse a case, running and reopened, and
// verification to name a row of this table.
func (w *world) disbelieved(id, table string) {
	w.t.Helper()
	for _, again := range []bool{false, true} {
		if again {
			must(w.t, w.s.Close())
			w.open()
		}
		for _, reporter := range []bool{false, true} {
			if f, err := w.caseFile(id, reporter); !errors.Is(err, ethics.ErrUntrusted) {
				w.t.Errorf("reporter %v, reopened %v: believed to be %q, %v", reporter, again, f.State, err)
			}
		}
		w.damaged(table, "")
	}
}

func (w *world) standing(id string) (c ethics.Case) {
	w.t.Helper()
	must(w.t, w.s.Read(context.Background(), func(tx *ReadTx) (err error) {
		c, err = tx.Case(id)
		return err
	}))
	return c
}
