package casework

import (
	"context"
	"fmt"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/routing"
	"svilpe/internal/seal"
	"svilpe/internal/store"
)

// Message writes to the reporter. event is "" or one that a message brings
// (Policy.Brings).
func (s *Service) Message(
	ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, text string,
	event ethics.EventKind, files []ethics.File,
) (Taken, error) {
	return s.write(ctx, who, number, draft, ethics.KindMessage, func(o *Opened) (written, error) {
		if !s.Policy.MayWrite(o.Me, o.Facts) {
			return written{}, ethics.ErrNotFound
		}
		if err := s.checkText(text, event, ethics.ActMessage); err != nil {
			return written{}, err
		}
		st, err := s.signEvent(o, who, ethics.ActMessage, event)
		if err != nil {
			return written{}, err
		}
		l := s.newSealer(o, who)
		id := draft.EnvelopeID(o.ID, ethics.KindMessage)
		body := ethics.Message{
			Text: text, Files: files, Event: event, Status: statusDigest(st), At: s.Now().UnixMilli(),
		}
		if err := l.add(id, ethics.KindMessage, body, true); err != nil {
			return written{}, err
		}
		if len(files) > 0 {
			keys := seal.FileKeys(id, files, draft)
			if err := l.add(draft.EnvelopeID(o.ID, ethics.KindFileKeys), ethics.KindFileKeys, keys, true); err != nil {
				return written{}, err
			}
		}
		return written{envelopes: l.out, files: files, kind: record.KindMessage, status: st}, nil
	})
}

// Note keeps an internal note. event is "" or one that a note brings.
func (s *Service) Note(
	ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, text string, event ethics.EventKind,
) (Taken, error) {
	return s.write(ctx, who, number, draft, ethics.KindNote, func(o *Opened) (written, error) {
		if !s.Policy.Allowed(o.Me, "examine") {
			return written{}, ethics.ErrNotFound
		}
		if err := s.checkText(text, event, ethics.ActNote); err != nil {
			return written{}, err
		}
		st, err := s.signEvent(o, who, ethics.ActNote, event)
		if err != nil {
			return written{}, err
		}
		l := s.newSealer(o, who)
		body := ethics.Note{Text: text, Event: event, Status: statusDigest(st), At: s.Now().UnixMilli()}
		if err := l.add(draft.EnvelopeID(o.ID, ethics.KindNote), ethics.KindNote, body, false); err != nil {
			return written{}, err
		}
		return written{envelopes: l.out, kind: record.KindNote, status: st}, nil
	})
}

// Assignable are the members this holder may give the case to. The exclusions
// in the report are read here: an excluded person is not offered.
func (s *Service) Assignable(o *Opened) []appoint.Member {
	if o.exclusionsKnown() != nil || !s.Policy.Allowed(o.Me, "assign_examiners") {
		return nil
	}
	return routing.Assignable(o.roster, o.Institution, o.file.Holders(), o.barred(), s.today())
}

// Assign gives members a key to the case as examiners, signed by this holder.
// It refuses whom the reporter excluded: the server cannot read exclusions, so
// only a holder's session can add.
func (s *Service) Assign(
	ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, members []string, reason string,
) (Taken, error) {
	return s.write(ctx, who, number, draft, ethics.KindStep, func(o *Opened) (written, error) {
		if !s.Policy.Allowed(o.Me, "assign_examiners") {
			return written{}, ethics.ErrNotFound
		}
		if err := o.exclusionsKnown(); err != nil {
			return written{}, err
		}
		var errs ethics.FieldErrors
		if kind := s.wrongText(reason, true); kind != "" {
			errs = append(errs, ethics.FieldError{Field: "reason", Kind: kind})
		}
		if len(members) == 0 {
			errs = append(errs, ethics.FieldError{Field: "members", Kind: ethics.FaultRequired})
		}
		offered := s.Assignable(o)
		for _, id := range members {
			if !slices.ContainsFunc(offered, func(m appoint.Member) bool { return m.ID == id }) {
				errs = append(errs, ethics.FieldError{Field: "members", Kind: ethics.FaultOption})
			}
		}
		if len(errs) > 0 {
			return written{}, errs
		}
		return s.assign(o, who, draft, members, reason)
	})
}

func (s *Service) assign(
	o *Opened, who *appoint.Acting, draft derive.Secret, members []string, reason string,
) (written, error) {
	var grants []store.Grant
	at := s.place(&o.file)
	at.Sequence = 0 // grants stand outside the thread's order
	for _, id := range slices.Compact(slices.Sorted(slices.Values(members))) {
		m, err := o.roster.Member(id)
		if err != nil {
			return written{}, err
		}
		g, err := sealGrant(at, o.secrets, author(who), m)
		if err != nil {
			return written{}, err
		}
		grants = append(grants, g)
	}
	l := s.newSealer(o, who)
	body := ethics.Step{
		ID: ethics.ActAssign, From: o.State, To: o.State, Reason: reason,
		Members: members, At: s.Now().UnixMilli(),
	}
	if err := l.add(draft.EnvelopeID(o.ID, ethics.KindStep), ethics.KindStep, body, false); err != nil {
		return written{}, err
	}
	return written{envelopes: l.out, kind: record.KindGranted, change: func(tx *store.Tx, _ *ethics.Case) error {
		return tx.AddGrants(grants...)
	}}, nil
}

// Offered are the steps the viewer may take or propose now: the one next step
// first (when it is theirs), then the others. While an act waits for a second
// person nothing else is offered.
func (s *Service) Offered(o *Opened) (next *policy.Step, others []policy.Step, waiting *policy.Waiting) {
	if w, ok := s.Policy.NextFor(o.Facts); ok {
		waiting = &w
	}
	if o.Open != nil {
		return nil, nil, waiting
	}
	if step, ok := s.Policy.Next(o.Me, o.Facts); ok {
		next = &step
	}
	for _, step := range s.Policy.Offered(o.Me, o.Facts) {
		if next == nil || step.ID != next.ID {
			others = append(others, step)
		}
	}
	return next, others, waiting
}

// ErrWaits is the ErrConflict of an act while another waits for a second person.
var ErrWaits = fmt.Errorf("casework: an act waits for a second person: %w", ethics.ErrConflict)

// MayNow tells why the viewer cannot take or propose this step now; nil when
// nothing stands against it.
func (s *Service) MayNow(o *Opened, step policy.Step) error {
	if o.Open != nil {
		return ErrWaits // first decide on what is proposed
	}
	if err := s.Policy.May(o.Me, step.ID, o.Facts); err != nil {
		return refused(err)
	}
	return mayEnd(o, step.ID)
}

// Acts are the sensitive actions that the viewer may take or propose now: none
// while an act waits for a second person.
func (s *Service) Acts(o *Opened) []policy.Step {
	if o.Open != nil {
		return nil
	}
	return slices.DeleteFunc(s.Policy.OfferedActs(o.Me, o.Facts), func(step policy.Step) bool {
		return mayEnd(o, step.ID) != nil
	})
}
