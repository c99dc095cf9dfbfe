package storetest

import (
	"context"
	"crypto/ed25519"
	"errors"
	"testing"

	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
)

// First is where a case of the test stands when it is filed.
func (w *World) First(f Filed, events ...ethics.EventKind) *ethics.SignedStatus {
	w.T.Helper()
	row, err := seal.Status(f.first(events...), w.By(f, ethics.ActorReporter))
	Must(w.T, err)
	return row
}

func (f *Filed) first(events ...ethics.EventKind) ethics.Status {
	return ethics.Status{
		Installation: Installation, Stream: ethics.CaseStream(f.ID), Day: f.Received,
		Policy: ethics.PolicyVersion, Act: ethics.ActFile,
		Institution: f.Institution, State: f.State, Track: f.Track, Category: f.Category, Events: events,
	}
}

// By is the key of a member, or of the reporter of the case.
func (w *World) By(f Filed, id string) seal.Author {
	if id == ethics.ActorReporter {
		return seal.Author{ID: id, Key: f.Reporter.ReporterSigner()}
	}
	return seal.Author{ID: id, Key: w.People[id].MemberSigner()}
}

// Next is the next status of a case, as set makes it, signed.
func (w *World) Next(f Filed, act ethics.Act, by string, set func(*ethics.Status)) *ethics.SignedStatus {
	w.T.Helper()
	c, err := w.CaseFile(f.ID, false)
	Must(w.T, err)
	s := c.Next(act, Today)
	if set != nil {
		set(&s)
	}
	row, err := seal.Status(s, w.By(f, by))
	Must(w.T, err)
	return row
}

// To enters a state, with the event of it and those before.
func To(state ethics.State, before ...ethics.EventKind) func(*ethics.Status) {
	return func(s *ethics.Status) {
		s.Enter(state)
		s.Events = append(before, ethics.Entered(state))
	}
}

// Acts writes an act as the services do.
func (w *World) Acts(f Filed, act ethics.Act, by string, set func(*ethics.Status), more ...func(*store.Tx) error) {
	w.T.Helper()
	st := w.Next(f, act, by, set)
	kind := record.KindStep
	if act == ethics.ActWithdrawID {
		kind = record.KindUnnamed
	}
	w.Write(kind, ethics.CaseStream(f.ID), func(tx *store.Tx) error {
		c, err := tx.Case(f.ID)
		for _, do := range more {
			err = errors.Join(err, do(tx))
		}
		return errors.Join(err, tx.Settle(c, st, Today))
	})
}

// Walk brings a case to its measures: two people decide.
func (w *World) Walk(f Filed) {
	w.T.Helper()
	w.Acts(f, "acknowledge", "anna", To("triage", "acknowledged"))
	w.Acts(f, "accept", "anna", To("accepted"))
	w.Acts(f, "start", "berta", To("investigation"))
	w.Examiner(f)
	w.Acts(f, "propose_decision", "carl", To("decision_draft"))
	w.Decided(f, "approve_decision", "berta", "carl", To("decided"))
	w.Acts(f, "set_measures", "berta", func(s *ethics.Status) {
		To("measures")(s)
		for n := range 2 {
			s.Measures = append(s.Measures, ethics.MeasureStatus{N: n, Due: Today, State: record.MeasureOpen})
		}
	})
}

// Examiner gives carl a case to examine: who holds none writes nothing in it.
func (w *World) Examiner(f Filed) {
	w.T.Helper()
	w.Write("granted", ethics.CaseStream(f.ID), func(tx *store.Tx) error {
		c, err := tx.Case(f.ID)
		g := f.Grant("carl")
		g.Via, g.Epoch = store.ViaAssigned, c.Epoch
		return errors.Join(err, tx.AddGrants(Signed(g, w.By(f, "anna"))))
	})
}

// Opens is an opening as the member whom it names signs it.
func (w *World) Opens(o store.Opening) store.Opening {
	w.T.Helper()
	o.Epoch = w.Epoch(o.Epoch.Case, o.Epoch.Number, o.Epoch.Signer)
	for n, g := range o.Grants {
		o.Grants[n] = Signed(g, w.By(Filed{}, o.Epoch.Signer))
	}
	return o
}

// Proposes has somebody propose an act, and gives the proposal's id. What was proposed
// before is rejected for it, by whichever of the two did not propose that.
func (w *World) Proposes(f Filed, act ethics.Act, proposer, decider string) string {
	w.T.Helper()
	id := string(act) + f.ID
	file, err := w.CaseFile(f.ID, false)
	Must(w.T, err)
	w.Write(record.KindProposed, ethics.CaseStream(f.ID), func(tx *store.Tx) error {
		var err error
		for _, p := range file.Proposals {
			if p.State != "open" {
				continue
			}
			rejected := tx.DecideProposal(p.ID, decider, "rejected")
			if errors.Is(rejected, ethics.ErrSamePerson) {
				rejected = tx.DecideProposal(p.ID, proposer, "rejected")
			}
			err = errors.Join(err, rejected)
		}
		c, err1 := tx.Case(f.ID)
		p := store.Proposal{ID: id, Case: f.ID, Step: act, Proposer: proposer, State: "open", Day: Today}
		return errors.Join(err, err1, tx.AddProposal(p), tx.PutCase(c))
	})
	return id
}

// LeavesVault has a member give the own share of a case's vault back.
func (w *World) LeavesVault(f Filed, member string) {
	w.T.Helper()
	e := Entry(record.KindRemoved, ethics.CaseStream(f.ID))
	e.Actor = member
	Must(w.T, w.S.Write(context.Background(), e, func(tx *store.Tx) error {
		c, err := tx.Case(f.ID)
		if err != nil {
			return err
		}
		said := ethics.Envelope{
			Case: f.ID, ID: "removal" + member + f.ID, Sequence: c.Sequence, Kind: ethics.KindRemoval, Author: member,
			Epoch: c.Epoch, Day: Today, Sealed: []byte("x"),
		}
		return errors.Join(tx.DropShares(f.ID, member), tx.AddEnvelope(&c, said), tx.PutCase(c))
	}))
}

// Decided is an act that one member proposes and another approves.
func (w *World) Decided(f Filed, act ethics.Act, proposer, decider string, set func(*ethics.Status)) {
	w.T.Helper()
	id := w.Proposes(f, act, proposer, decider)
	w.Acts(f, act, decider, set, func(tx *store.Tx) error { return tx.DecideProposal(id, decider, "approved") })
}

// Asker is the key of who asked in Consultation.
func Asker() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, 32)) }

// Asked is where Consultation stands when it begins.
func Asked(t testing.TB) ethics.SignedStatus {
	t.Helper()
	return AskedIn(t, "talk")
}

// AskedIn is the same of another consultation, of the same reporter.
func AskedIn(t testing.TB, consultation string) ethics.SignedStatus {
	t.Helper()
	row, err := seal.Status(ethics.Status{
		Installation: Installation, Stream: ethics.ConsultationStream(consultation), Day: Today,
		Policy: ethics.PolicyVersion, Act: ethics.ActAsk,
		Institution: "home", State: store.ConsultationOpen,
	}, seal.Author{ID: ethics.ActorReporter, Key: Asker()})
	Must(t, err)
	return *row
}

// Ending ends the consultation, signed by one of its two sides.
func (w *World) Ending(by seal.Author) *ethics.SignedStatus {
	w.T.Helper()
	var f store.ConsultationFile
	w.Read(func(tx *store.ReadTx) (err error) {
		f, err = tx.ConsultationFile("talk")
		return err
	})
	row, err := seal.Status(f.Ending(Today), by)
	Must(w.T, err)
	return row
}
