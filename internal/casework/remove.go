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

// exclusionsKnown is nil when this session can tell whom the case must not be
// given: the report and every removal can be read, and nothing is missing.
func (o *Opened) exclusionsKnown() error {
	if o.Report == nil || o.Missing > 0 {
		return untrusted("without the report its exclusions are unknown")
	}
	for _, i := range o.Thread {
		if i.Kind == ethics.KindRemoval && i.Untrusted {
			return untrusted("an exclusion cannot be read")
		}
	}
	return nil
}

// barred are whom the reporter excluded and who was recused or excluded since:
// never given the case, by nobody.
func (o *Opened) barred() []string {
	var out []string
	if o.Report != nil {
		out = slices.Clone(o.Report.Excluded)
	}
	for _, i := range o.Thread {
		if i.Removal != nil && !i.Untrusted && i.Removal.Bars() {
			out = append(out, i.Removal.Members...)
		}
	}
	return append(out, o.file.Barred()...)
}

// senior tells that the case is about the head or a handler of its institution,
// by the report with nobody ticked or by a later passing on: its own people are
// not chosen.
func (o *Opened) senior() bool {
	if o.Report != nil && routing.Of(*o.Report, "").Senior {
		return true
	}
	return slices.ContainsFunc(o.Thread, func(i Item) bool {
		return i.Removal != nil && !i.Untrusted && i.Removal.Why == ethics.WhyEscalated
	})
}

// removal refuses a record of leaving by somebody who may not say it.
func (o *Opened) removal(env ethics.Envelope, r ethics.Removal) error {
	leads := o.leads(env.Author, env.Day, env.ID) && !o.tookLeader(env)
	self := len(r.Members) == 1 && r.Members[0] == env.Author
	switch r.Why {
	case ethics.WhyRecused:
		if self {
			return nil
		}
	case ethics.WhyHanded:
		if self || leads {
			return nil
		}
	case ethics.WhyExcluded, ethics.WhyEscalated:
		if r.Proposal == "" && leads || r.Proposal != "" && o.tookTwo(env, r) {
			return nil
		}
	}
	return untrusted("removal by " + env.Author)
}

// tookLeader tells whether the entry of a removal took the case from another chair
// or responsible person: the word of one is not enough for that.
func (o *Opened) tookLeader(env ethics.Envelope) bool {
	return slices.ContainsFunc(o.file.Takings, func(t store.Taking) bool {
		then := o.roster.At(t.Index)
		return slices.Contains(t.Envelopes, env.ID) && slices.ContainsFunc(t.Members, func(id string) bool {
			roles := then.RolesKept(id, o.file.Institution, t.Day)
			return !then.Same(id, env.Author) &&
				(slices.Contains(roles, policy.RoleChair) || slices.Contains(roles, policy.RoleResponsible))
		})
	})
}

// unsaid refuses a case that somebody lost, or is barred from, by an entry alone: a
// member's removal says it, in words that this member signed, or the program did it
// where a term was over. A removal that cannot be read is shown as such.
func (o *Opened) unsaid() error {
	for _, t := range o.file.Takings {
		keeps := func(id string) bool { return o.roster.At(t.Index).Keeps(id, o.file.Institution, t.Day) }
		if t.Actor == ethics.ActorSystem && len(t.Barred) == 0 {
			if slices.ContainsFunc(t.Members, keeps) {
				return untrusted("the program took the case from somebody in office")
			}
			continue
		}
		said := slices.ContainsFunc(o.Thread, func(i Item) bool {
			r := i.Removal
			return r != nil && !i.Untrusted && i.Author == t.Actor && slices.Contains(t.Envelopes, i.ID) &&
				within(t.Members, r.Members) && within(t.Barred, r.Members) && (len(t.Barred) == 0 || r.Bars())
		})
		if !said && o.readable(t.Envelopes) {
			return untrusted("somebody lost the case, and no removal says so")
		}
	}
	return nil
}

func within(some, all []string) bool {
	return !slices.ContainsFunc(some, func(x string) bool { return !slices.Contains(all, x) })
}

// leads tells whether somebody was chair or responsible person on a day, by what was
// stated before the entry of an envelope.
func (o *Opened) leads(member string, day ethics.Day, envelope string) bool {
	roles := o.file.Then(o.roster, envelope).RolesFor(member, o.file.Institution, day)
	return slices.Contains(roles, policy.RoleChair) || slices.Contains(roles, policy.RoleResponsible)
}

// departure is what a removal does, as its act plans it.
type departure struct {
	ethics.Removal
	give    []appoint.Member // chosen by the member, before those the program chooses
	verdict *ethics.Approval // of this member, on the proposal that it carries out
}

// remove takes members away from a case: their grants, the next epoch, grants to
// those who remain and to successors, and the record sealed to the new epoch, in
// one transaction. A crash before it leaves everything as it was.
func (s *Service) remove(
	ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, unseen, gives bool,
	plan func(*Opened) (departure, error),
) (Taken, error) {
	return ethics.Again(func() (Taken, error) {
		o, err := s.standing(ctx, who, number, unseen, gives)
		if errors.Is(err, ethics.ErrNotFound) && s.wrote(ctx, who, number, draft) {
			return Taken{Again: true}, nil
		}
		if err != nil {
			return Taken{}, err
		}
		if ended, err := s.settled(ctx, o); err != nil {
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
		w, err := s.leaves(o, who, draft, d)
		if err != nil {
			return Taken{}, err
		}
		err = s.put(ctx, who, number, draft, o, w)
		if errors.Is(err, ethics.ErrExists) || errors.Is(err, ethics.ErrNotFound) && s.wrote(ctx, who, number, draft) {
			return Taken{Again: true, Proposed: w.kind == record.KindProposed}, nil
		}
		return Taken{Proposed: err == nil && w.kind == record.KindProposed}, err
	})
}

func (s *Service) departs(o *Opened, who *appoint.Acting, draft derive.Secret, d departure) (written, error) {
	leave := o.holding(d.Members)
	come, err := s.coming(o, d.Members, d.give)
	if err != nil {
		return written{}, err
	}
	if len(come) > 0 && o.keys == nil {
		return written{}, untrusted("nothing was opened that could be given")
	}
	var t *turn
	if len(leave)+len(come) > 0 {
		t, err = s.turn(o, who, leave, come)
	} else {
		t, err = s.due(o, who)
	}
	if err != nil {
		return written{}, err
	}
	for _, m := range come {
		d.Given = append(d.Given, m.ID)
	}
	d.At = s.Now().UnixMilli()
	l := s.letter(o, who)
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
	return written{envelopes: l.out, kind: record.KindRemoved, turn: t, change: change}, nil
}

// coming are who gets the case when these leave it: those who were chosen, then
// successors until two hold it and the offices are filled.
func (s *Service) coming(o *Opened, members []string, give []appoint.Member) ([]appoint.Member, error) {
	leave := o.holding(members)
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
		if len(give) > 0 || o.roster.People(o.without(leave)...) < routing.Least {
			return nil, known
		}
		return nil, nil
	}
	return append(slices.Clone(give), more...), err
}

// standing opens a case for its member to leave it or to take others from it.
// unseen serves one who may not read it: the report and the removals are opened
// in memory, only where somebody new must be given the past, and shown to nobody.
func (s *Service) standing(
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

// wrote tells whether this very form was stored by this member before: who
// stepped aside finds no case any more, but is told that it is done.
func (s *Service) wrote(ctx context.Context, who *appoint.Acting, number string, draft derive.Secret) bool {
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
