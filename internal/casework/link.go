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

// otherCase is the statement in which an act names another case, and that case's
// number; "" where it names none.
func (s *Service) otherCase(act ethics.Act, statements map[string][]string) (field, number string) {
	field = s.Policy.NamesCase(act)
	return field, registerNumber(firstValue(statements, field))
}

// checkOther wants the other case to be one that this member can open: a number
// that opens nothing would link to nowhere, and a case that the member may not
// see must not be told from one that does not exist.
func (s *Service) checkOther(ctx context.Context, who *appoint.Acting, o *Opened, a Act) error {
	field, other := s.otherCase(a.Step, a.Statements)
	if len(a.Statements[field]) == 0 {
		return nil
	}
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
	field, other := s.otherCase(a.Step, a.Statements)
	if other != "" {
		a.Statements[field] = []string{other}
	}
	taken, err := s.takeIn(ctx, who, number, draft, step, a)
	if err != nil {
		return taken, err
	}
	return taken, s.linkTo(ctx, who, other, draft, number, a.Reason)
}

// linkTo records in one case that it belongs to another.
func (s *Service) linkTo(
	ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, other, reason string,
) error {
	step, _ := s.Policy.Act(ethics.ActLink)
	a := Act{Step: step.ID, Reason: reason, Statements: map[string][]string{s.Policy.NamesCase(step.ID): {other}}}
	_, err := s.takeIn(ctx, who, number, draft, step, a)
	return err
}

// checkLinked wants the approver of an act that is recorded in two cases to be able to
// open both, as the proposer was: the second pair of eyes has to see both texts.
func (s *Service) checkLinked(ctx context.Context, who *appoint.Acting, o *Opened) error {
	p := o.Open.Content
	if p == nil || !acts[p.Step].both {
		return nil
	}
	if s.checkOther(ctx, who, o, Act{Step: p.Step, Statements: p.Statements}) != nil {
		return ethics.FieldErrors{{Field: "reason", Kind: ethics.FaultOtherUnopened}}
	}
	return nil
}

// linkBack records in the other case what was approved in this one. A crash before it
// leaves this one ended and the other not knowing; the same form sent again does the
// rest.
func (s *Service) linkBack(
	ctx context.Context, who *appoint.Acting, number, proposal string, draft derive.Secret,
) error {
	o, err := s.Open(ctx, who, number)
	if err != nil {
		return err
	}
	for _, i := range o.Thread {
		if i.Step == nil || i.Untrusted || !acts[i.Step.ID].both || i.Step.Proposal != proposal {
			continue
		}
		_, other := s.otherCase(i.Step.ID, i.Step.Statements)
		if err := s.linkTo(ctx, who, other, draft, number, i.Step.Reason); err != nil {
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
		for _, number := range i.Step.Statements[o.policy.NamesCase(i.Step.ID)] {
			if number = registerNumber(number); !slices.Contains(out, number) {
				out = append(out, number)
			}
		}
	}
	return out
}
