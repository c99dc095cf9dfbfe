package policy

import (
	"fmt"
	"slices"
	"svilpe/internal/ethics"
)

// Roles that the rules of this package name.
const (
	RoleReporter      = "reporter"
	RoleResponsible   = "responsible_person"
	RoleCommission    = "commission_member"
	RoleChair         = "commission_chair"
	RoleAuditor       = "auditor"
	RoleAdministrator = "administrator"
	actorSystem       = "system"
)

// Level is how far a permission goes, from nothing upwards.
type Level int

// Do NOT reorder: of several roles the highest level counts.
const (
	No         Level = iota
	Aggregated       // counts only, small ones hidden
	Metadata         // without content
	Own              // the own report only
	FourEyes         // two different people
	Assigned         // only cases with a grant
	Yes
)

var levels = []string{"no", "agg", "meta", "own", "4e", "asg", "yes"}

// String gives the word of permissions.yaml.
func (l Level) String() string {
	if l < 0 || int(l) >= len(levels) {
		return fmt.Sprintf("Level(%d)", int(l))
	}
	return levels[l]
}

// UnmarshalText reads the word of permissions.yaml.
func (l *Level) UnmarshalText(b []byte) error {
	i := slices.Index(levels, string(b))
	if i < 0 {
		return fmt.Errorf("policy: unknown level %q", b)
	}
	*l = Level(i)
	return nil
}

// Member is what the rules need to know of the person who acts.
type Member struct {
	ID         string
	Roles      []string // by verified appointments of the day
	HoldsGrant bool     // of this case: read from the store for this request
	Stated     bool     // signed a no-conflict statement for this case
	Own        bool     // the case is what this person reported
}

// Level is how far the member's roles reach in a row of the matrix, for the
// case that HoldsGrant and Own speak of. A row about a case gives nothing
// beyond counts and metadata without the grant (for Own: without being the
// reporter). An unknown or withheld row, an unknown role: No.
func (p *Policy) Level(m Member, id string) Level {
	row, ok := p.Permission(id)
	if !ok || contains(p.offer.Permissions, id) {
		return No
	}
	best := No
	for i, role := range p.Roles {
		if !contains(m.Roles, role.ID) {
			continue
		}
		level := row.Levels[i]
		switch {
		case level == Own && !m.Own:
		case level > Own && row.Case && !m.HoldsGrant:
		default:
			best = max(best, level)
		}
	}
	return best
}

// approvers are the levels of a row that follows from a step: four eyes for whom the
// step names as approvers.
func (p *Policy) approvers(of ethics.Act) []Level {
	step, _ := p.Step(of)
	out := make([]Level, len(p.Roles))
	for i, role := range p.Roles {
		if contains(step.Approver, role.ID) {
			out[i] = FourEyes
		}
	}
	return out
}

// Allowed says whether the member may do the whole of it; with FourEyes that is
// to propose or to approve. Aggregated and Metadata are less than the whole:
// ask Level for them.
func (p *Policy) Allowed(m Member, id string) bool { return p.Level(m, id) >= Own }

func contains[T comparable](list []T, x T) bool { return slices.Contains(list, x) }

func intersects[T comparable](a, b []T) bool {
	return slices.ContainsFunc(a, func(x T) bool { return contains(b, x) })
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}
