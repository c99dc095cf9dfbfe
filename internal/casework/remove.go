package casework

import (
	"context"
	"errors"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/routing"
	"svilpe/internal/store"
)

// removalPlan is a removal before it is written: whom it takes the case from, who gets it
// instead, and whose approval it carries out.
type removalPlan struct {
	ethics.Removal
	chosen  []appoint.Member // chosen by the member, before those the program chooses
	verdict *ethics.Approval // of this member, on the proposal that it carries out
}

// remove takes members away from a case: their grants, the next epoch, grants to
// those who remain and to successors, and the record sealed to the new epoch, in
// one transaction. A crash before it leaves everything as it was.
func (s *Service) remove(
	ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, unseen, gives bool,
	plan func(*Opened) (removalPlan, error),
) (Taken, error) {
	return ethics.Again(func() (Taken, error) {
		o, err := s.openForRemoval(ctx, who, number, unseen, gives)
		if errors.Is(err, ethics.ErrNotFound) && s.removalStored(ctx, who, number, draft) {
			return Taken{Again: true}, nil
		}
		if err != nil {
			return Taken{}, err
		}
		if ended, err := s.endTerms(ctx, o); err != nil {
			return Taken{}, err
		} else if ended {
			return Taken{}, ethics.ErrSequence
		}
		ids := []string{draft.EnvelopeID(o.ID, ethics.KindRemoval), draft.EnvelopeID(o.ID, ethics.KindProposal)}
		if n := slices.IndexFunc(o.file.Envelopes, func(e ethics.Envelope) bool {
			return slices.Contains(ids, e.ID)
		}); n >= 0 {
			return Taken{Again: true, Proposed: o.file.Envelopes[n].Kind == ethics.KindProposal}, nil
		}
		d, err := plan(o)
		if err != nil {
			return Taken{}, err
		}
		w, err := s.removeOrPropose(o, who, draft, d)
		if err != nil {
			return Taken{}, err
		}
		err = s.put(ctx, who, number, draft, o, w)
		if errors.Is(err, ethics.ErrExists) || errors.Is(err, ethics.ErrNotFound) &&
			s.removalStored(ctx, who, number, draft) {
			return Taken{Again: true, Proposed: w.kind == record.KindProposed}, nil
		}
		return Taken{Proposed: err == nil && w.kind == record.KindProposed}, err
	})
}

// writeRemoval seals the removal and opens the next epoch, or the one that is due where
// nobody loses a grant.
func (s *Service) writeRemoval(o *Opened, who *appoint.Acting, draft derive.Secret, d removalPlan) (written, error) {
	leave := o.holdersAmong(d.Members)
	come, err := s.newHolders(o, d.Members, d.chosen)
	if err != nil {
		return written{}, err
	}
	if len(come) > 0 && o.keys == nil {
		return written{}, untrusted("nothing was opened that could be given")
	}
	var t *epochChange
	if len(leave)+len(come) > 0 {
		t, err = s.newEpoch(o, who, leave, come)
	} else {
		t, err = s.dueEpoch(o, who)
	}
	if err != nil {
		return written{}, err
	}
	for _, m := range come {
		d.Given = append(d.Given, m.ID)
	}
	d.At = s.Now().UnixMilli()
	l := s.newSealer(o, who)
	if d.verdict != nil {
		if err := l.add(draft.EnvelopeID(o.ID, ethics.KindApproval), ethics.KindApproval,
			*d.verdict, false); err != nil {
			return written{}, err
		}
	}
	if err := l.add(draft.EnvelopeID(o.ID, ethics.KindRemoval), ethics.KindRemoval, d.Removal, false); err != nil {
		return written{}, err
	}
	change := func(tx *store.Tx, c *ethics.Case) error {
		for _, m := range d.Members { // also who never held the case may keep a share of its vault
			if err := tx.DropShares(c.ID, m); err != nil {
				return err
			}
			if d.Bars() {
				tx.Bar(m)
			}
		}
		if d.verdict != nil {
			return tx.DecideProposal(d.Proposal, who.ID, "approved")
		}
		return nil
	}
	return written{envelopes: l.out, kind: record.KindRemoved, epochChange: t, change: change}, nil
}

// newHolders are who gets the case when these leave it: those who were chosen, then
// successors until two hold it and the offices are filled.
func (s *Service) newHolders(o *Opened, members []string, give []appoint.Member) ([]appoint.Member, error) {
	leave := o.holdersAmong(members)
	if len(leave)+len(give) == 0 {
		return nil, nil
	}
	ids := make([]string, len(give))
	for i, m := range give {
		ids[i] = m.ID
	}
	known := o.exclusionsKnown()
	more, err := s.successors(o, members, leave, ids)
	if known != nil {
		// Nobody new without the exclusions; those who remain may be enough.
		if len(give) > 0 || o.roster.People(o.holdersWithout(leave)...) < routing.Least {
			return nil, known
		}
		return nil, nil
	}
	return append(slices.Clone(give), more...), err
}

// openForRemoval opens a case for its member to leave it or to take others from it.
// unseen serves one who may not read it: the report and the removals are opened
// in memory, only where somebody new must be given the past, and shown to nobody.
func (s *Service) openForRemoval(
	ctx context.Context, who *appoint.Acting, number string, unseen, gives bool,
) (*Opened, error) {
	o, err := s.Open(ctx, who, number)
	if !unseen || !errors.Is(err, ErrNotStated) {
		return o, err
	}
	o = &Opened{roster: who.Roster, policy: s.Policy}
	err = s.Store.Read(ctx, func(tx *store.ReadTx) error {
		c, g, err := s.find(tx, who, number)
		if err != nil {
			return err
		}
		if o.file, err = tx.CaseFile(c.ID, false); err != nil {
			return err
		}
		o.Case, o.Missing, o.Me = o.file.Case, o.file.Missing, s.member(who, c, g)
		o.verifier = o.file.Verifier(o.roster)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := checkEpochs(o); err != nil {
		return nil, err
	}
	if !gives && o.roster.People(o.file.Holders()...) > routing.Least && !s.leads(o) {
		return o, nil // enough remain: no key is touched
	}
	if err := s.enter(ctx, record.KindUnseen, who.ID, ethics.CaseStream(o.ID)); err != nil {
		return nil, err
	}
	return o, s.unseen(o, who)
}

// leads tells whether the member is chair or responsible person here, so that
// somebody may have to take that place.
func (s *Service) leads(o *Opened) bool {
	return slices.Contains(o.Me.Roles, policy.RoleChair) || slices.Contains(o.Me.Roles, policy.RoleResponsible)
}

// removalStored tells whether this very form was stored by this member before: who
// stepped aside finds no case any more, but is told that it is done.
func (s *Service) removalStored(ctx context.Context, who *appoint.Acting, number string, draft derive.Secret) bool {
	done := false
	_ = s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		done, err = tx.HasEnvelope(number, who.ID, func(id string) string {
			return draft.EnvelopeID(id, ethics.KindRemoval)
		})
		return err
	})
	return done
}
