package casework

import (
	"context"
	"errors"
	"slices"
	"strings"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
)

// actLink says that two cases are about the same, or one the other's
// continuation: a reporter who lost the code filed anew.
const actLink = "link_case"

// actMerge ends a case that goes on in a newer one: its reporter lost the code,
// filed anew and showed, by what only the writer of both can know, that it is
// the same person.
const actMerge = "merge"

// others are the statements that name another case, by the act that asks.
var others = map[string]string{actLink: "linked_case", actMerge: "continued_in", "not_examine": "duplicate_of"}

// checkOther wants the other case to be one that this member can open: a number
// that opens nothing would link to nowhere, and a case that the member may not
// see must not be told from one that does not exist.
func (s *Service) checkOther(ctx context.Context, who *appoint.Acting, o *Opened, step policy.Step, a Act) error {
	field := others[step.ID]
	if field == "" || len(a.Statements[field]) == 0 {
		return nil
	}
	other := registerNumber(a.Statements[field][0])
	cover, err := s.Cover(ctx, who, other)
	if err != nil || other == o.Number || !cover.Stated {
		return ethics.FieldErrors{{Field: field, Kind: ethics.FaultOtherCase}}
	}
	return s.checkBarred(ctx, who, o, other, field)
}

// checkBarred refuses to name a case to somebody who is barred from it: the step
// that links two cases is read by who holds either.
func (s *Service) checkBarred(ctx context.Context, who *appoint.Acting, o *Opened, other, field string) error {
	x, err := s.Open(ctx, who, other)
	if err != nil {
		return err
	}
	if err := errors.Join(o.exclusionsKnown(), x.exclusionsKnown()); err != nil {
		return err
	}
	barred := func(from, holds *Opened) bool {
		return slices.ContainsFunc(holds.file.Holders(), func(m string) bool {
			return o.roster.Among(from.barred(), m)
		})
	}
	if barred(o, x) || barred(x, o) {
		return ethics.FieldErrors{{Field: field, Kind: ethics.FaultOtherBarred}}
	}
	return nil
}

func registerNumber(typed string) string { return strings.ToUpper(strings.TrimSpace(typed)) }

// link records in both cases that they belong together, in one after the other.
// A crash between leaves the first alone linked; the same form sent again links
// the second.
func (s *Service) link(
	ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, step policy.Step, a Act,
) (Taken, error) {
	var other string
	if v := a.Statements[others[actLink]]; len(v) > 0 {
		other = registerNumber(v[0])
		a.Statements[others[actLink]] = []string{other}
	}
	taken, err := s.takeIn(ctx, who, number, draft, step, a)
	if err != nil {
		return taken, err
	}
	back := Act{Step: a.Step, Reason: a.Reason, Statements: map[string][]string{others[actLink]: {number}}}
	if _, err := s.takeIn(ctx, who, other, draft, step, back); err != nil {
		return taken, err
	}
	return taken, nil
}

// checkMerged wants the approver of a merging to be able to open both cases, as
// the proposer was: the second pair of eyes has to see both texts.
func (s *Service) checkMerged(ctx context.Context, who *appoint.Acting, o *Opened) error {
	p := o.Open.Content
	if p == nil || p.Step != actMerge {
		return nil
	}
	step, _ := s.Policy.Act(p.Step)
	if s.checkOther(ctx, who, o, step, Act{Statements: p.Statements}) != nil {
		return ethics.FieldErrors{{Field: "reason", Kind: ethics.FaultOtherUnopened}}
	}
	return nil
}

// linkBack records in the newer case that the older one goes on there. A crash
// before it leaves the older one ended and the newer one not knowing; the same
// form sent again does the rest.
func (s *Service) linkBack(
	ctx context.Context, who *appoint.Acting, number, proposal string, draft derive.Secret,
) error {
	o, err := s.Open(ctx, who, number)
	if err != nil {
		return err
	}
	step, _ := s.Policy.Act(actLink)
	for _, i := range o.Thread {
		if i.Step == nil || i.Untrusted || i.Step.ID != actMerge || i.Step.Proposal != proposal {
			continue
		}
		back := Act{Step: actLink, Reason: i.Step.Reason, Statements: map[string][]string{others[actLink]: {number}}}
		if _, err := s.takeIn(ctx, who, registerNumber(i.Step.Statements[others[actMerge]][0]), draft,
			step, back); err != nil {
			return err
		}
	}
	return nil
}

// links are the cases that this one was linked to, in order of the linking.
func (o *Opened) links() []string {
	var out []string
	for _, i := range o.Thread {
		if i.Step == nil || i.Untrusted {
			continue
		}
		for _, number := range i.Step.Statements[others[i.Step.ID]] {
			if number = registerNumber(number); !slices.Contains(out, number) {
				out = append(out, number)
			}
		}
	}
	return out
}
