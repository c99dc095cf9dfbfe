package casework

import (
	"cmp"
	"context"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/unseal"
)

// RemovalPreview is what stepping aside, or taking somebody from a case, would change.
type RemovalPreview struct {
	ethics.Case
	// NewHolders: chosen by the program; nil before the statement, when it has not looked
	Remaining, NewHolders []appoint.Member
	Seen                  bool             // the viewer has opened the case before
	NeedsTwo              bool             // it takes a second person
	Approvers             []appoint.Member // any of whom may approve it
	NewApprover           []appoint.Member // who is given the case for that, where none of those who hold it may
	TooFew                bool             // fewer than two could open it: nobody is there to come
}

// Recusal tells what the member's stepping aside would change. It shows nothing
// of the case, stated or not.
func (s *Service) Recusal(ctx context.Context, who *appoint.Acting, number string) (RemovalPreview, error) {
	cover, err := s.Cover(ctx, who, number)
	if err != nil {
		return RemovalPreview{}, err
	}
	o, err := s.openForRemoval(ctx, who, number, true, false)
	if err != nil {
		return RemovalPreview{}, err
	}
	if !s.Policy.Allowed(o.Me, "recuse") {
		return RemovalPreview{}, ethics.ErrNotFound
	}
	l := s.previewRemoval(o, o.everyID(who.ID), nil)
	l.Seen = cover.Stated
	if !l.Seen {
		l.NewHolders = nil // whom the exclusions leave over is not this member's to know
	}
	return l, nil
}

// previewRemoval is what would change if these left and those were given the case.
func (s *Service) previewRemoval(o *Opened, members []string, give []appoint.Member) RemovalPreview {
	l := RemovalPreview{Case: o.Case}
	for _, id := range o.file.Holders() {
		if m, err := o.roster.Member(id); err == nil && !o.roster.Among(members, id) {
			l.Remaining = append(l.Remaining, m)
		}
	}
	var err error
	l.NewHolders, err = s.newHolders(o, members, give)
	l.TooFew = err != nil
	for _, names := range [][]appoint.Member{l.Remaining, l.NewHolders} {
		slices.SortStableFunc(names, func(a, b appoint.Member) int { return cmp.Compare(a.Name, b.Name) })
	}
	return l
}

// Recuse takes the member out of a case at the member's own word. The grants go,
// the next epoch is sealed to the others, and whom it needs besides gets the past
// from this session, unseen. ErrNobodyToSeal when fewer than two would be left.
func (s *Service) Recuse(
	ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, reason string,
) (Taken, error) {
	if kind := s.wrongText(reason, true); kind != "" {
		return Taken{}, ethics.FieldErrors{{Field: "reason", Kind: kind}}
	}
	return s.remove(ctx, who, number, draft, true, false, func(o *Opened) (removalPlan, error) {
		if !s.Policy.Allowed(o.Me, "recuse") {
			return removalPlan{}, ethics.ErrNotFound
		}
		return removalPlan{Removal: ethics.Removal{Why: ethics.WhyRecused, Members: o.everyID(who.ID), Reason: reason}},
			nil
	})
}

// unseen opens what tells whom the case must not be given, and nothing else.
func (s *Service) unseen(o *Opened, who *appoint.Acting) error {
	if err := s.unlock(o, who); err != nil {
		return err
	}
	o.opened = map[string]bool{}
	for _, env := range o.file.Envelopes {
		switch env.Kind {
		case ethics.KindReport, ethics.KindRemoval, ethics.KindProposal, ethics.KindApproval:
			// a removal may rest on the last two
		default:
			continue
		}
		i := Item{ID: env.ID, Kind: env.Kind, Author: env.Author, Day: env.Day}
		if _, err := o.item(&i, env); err != nil {
			i.Untrusted = true
		}
		o.opened[env.ID] = !i.Untrusted
		o.Thread = append(o.Thread, i)
	}
	return o.checkRemovals()
}

func checkEpochs(o *Opened) error {
	return unseal.CheckEpochs(o.file.Installation.ID, o.file.ID, epochs(&o.file), o.verifier)
}
