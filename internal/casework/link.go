package casework

import (
	"context"
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

// others are the statements that name another case, by the act that asks.
var others = map[string]string{actLink: "linked_case", "not_examine": "duplicate_of"}

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
		return ethics.FieldErrors{{Field: field, Kind: "other_case"}}
	}
	return nil
}

func registerNumber(typed string) string { return strings.ToUpper(strings.TrimSpace(typed)) }

// link records in both cases that they belong together, in one after the other.
// A crash between leaves the first alone linked; the same form sent again links
// the second.
func (s *Service) link(ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, step policy.Step, a Act) (Taken, error) {
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
