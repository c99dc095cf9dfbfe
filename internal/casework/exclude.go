package casework

import (
	"context"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/routing"
)

// Excludable are whom this member may bar from the case: its other holders, and
// whoever could be given it. Nil for who may not.
func (s *Service) Excludable(o *Opened) []appoint.Member {
	if !s.offered(o, ethics.ActAssign) {
		return nil
	}
	barred := o.barred()
	var out []appoint.Member
	for _, m := range routing.Handlers(o.roster, o.Institution, s.today()) {
		if !o.roster.Same(m.ID, o.Me.ID) && (!o.roster.Among(barred, m.ID) || slices.Contains(o.file.Holders(), m.ID)) {
			out = append(out, m)
		}
	}
	return out
}

// offered tells whether a sensitive action is one of this member's in this case.
func (s *Service) offered(o *Opened, action ethics.Act) bool {
	return slices.ContainsFunc(s.Policy.OfferedActions(), func(a policy.Action) bool {
		return a.ID == action && o.Me.HoldsGrant && o.Me.Stated &&
			slices.ContainsFunc([]string(a.Who), func(r string) bool { return slices.Contains(o.Me.Roles, r) })
	})
}

// Exclusion tells what barring a member would change.
func (s *Service) Exclusion(o *Opened, member string) (RemovalPreview, error) {
	if !among(s.Excludable(o), member) {
		return RemovalPreview{}, ethics.ErrNotFound
	}
	members := o.everyID(member)
	if !s.needsTwo(o, members) {
		return s.previewRemoval(o, members, nil), nil
	}
	second, err := s.newApprover(o, ethics.Removal{Why: ethics.WhyExcluded, Members: members})
	l := s.previewRemoval(o, members, second)
	l.NeedsTwo, l.Approvers, l.NewApprover = true, s.approvers(o, members), second
	l.TooFew = l.TooFew || err != nil
	return l, nil
}

// Exclude bars a member from a case for good: whoever holds it loses it, and
// nobody can give it to them again. It happens at once or, where it takes two
// (needsTwo), with another's approval. The record is sealed to the case.
func (s *Service) Exclude(
	ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, member, reason string,
) (Taken, error) {
	return s.remove(ctx, who, number, draft, false, false, func(o *Opened) (removalPlan, error) {
		if !among(s.Excludable(o), member) {
			return removalPlan{}, ethics.ErrNotFound
		}
		if kind := s.wrongText(reason, true); kind != "" {
			return removalPlan{}, ethics.FieldErrors{{Field: "reason", Kind: kind}}
		}
		return removalPlan{Removal: ethics.Removal{
				Why: ethics.WhyExcluded, Members: o.everyID(member), Reason: reason,
			}},
			nil
	})
}

// Alternates are the alternate institution's responsible persons and chairs who
// would be given the case when it is passed on: none who also serves here, since
// they may be the one it is about or work under them.
func (s *Service) Alternates(o *Opened) []appoint.Member {
	if !s.offered(o, ethics.ActEscalate) || o.exclusionsKnown() != nil {
		return nil
	}
	return s.alternates(o)
}

func (s *Service) alternates(o *Opened) []appoint.Member {
	in, err := o.roster.Institution(o.Institution)
	if err != nil {
		return nil
	}
	var out []appoint.Member
	for _, m := range o.roster.Serving(in.Alternate, s.today(), appoint.RoleResponsible, appoint.RoleChair) {
		here := len(o.roster.Roles(m.ID, in.ID, s.today())) > 0
		if !here && !o.roster.Among(o.file.Holders(), m.ID) && !o.roster.Among(o.barred(), m.ID) {
			out = append(out, m)
		}
	}
	return out
}

// Involved are whom passing on may take the case from, this member included.
func (s *Service) Involved(o *Opened) []appoint.Member {
	var out []appoint.Member
	for _, m := range routing.Handlers(o.roster, o.Institution, s.today()) {
		if !o.roster.Among(o.barred(), m.ID) {
			out = append(out, m)
		}
	}
	return out
}

// Escalate gives a case to the alternate institution and takes it from those who
// are involved, in one act. Its own people are not chosen for it afterwards.
func (s *Service) Escalate(
	ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, involved []string, reason string,
) (Taken, error) {
	return s.remove(ctx, who, number, draft, false, false, func(o *Opened) (removalPlan, error) {
		if !s.Policy.Allowed(o.Me, "assign_examiners") {
			return removalPlan{}, ethics.ErrNotFound
		}
		give := s.Alternates(o)
		if len(give) == 0 {
			return removalPlan{}, ethics.ErrRefused
		}
		var errs ethics.FieldErrors
		for _, id := range involved {
			if !among(s.Involved(o), id) || among(give, id) {
				errs = append(errs, ethics.FieldError{Field: "involved", Kind: ethics.FaultOption})
			}
		}
		if kind := s.wrongText(reason, true); kind != "" {
			errs = append(errs, ethics.FieldError{Field: "reason", Kind: kind})
		}
		if len(errs) > 0 {
			return removalPlan{}, errs
		}
		members := slices.Compact(slices.Sorted(slices.Values(involved)))
		return removalPlan{
			Removal: ethics.Removal{Why: ethics.WhyEscalated, Members: members, Reason: reason}, chosen: give,
		}, nil
	})
}

func among(list []appoint.Member, id string) bool {
	return slices.ContainsFunc(list, func(m appoint.Member) bool { return m.ID == id })
}
