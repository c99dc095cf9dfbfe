package routing

import (
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
)

// EnoughHolders is how many people hold a share of a vault where they exist: two
// open it, and one may be away.
const EnoughHolders = 3

// VaultHolders are who gets a share of a case's identity vault: the institution's
// responsible persons and chair who are not excluded and in term; with fewer than
// EnoughHolders, filled up from the alternate institution, its responsible persons
// first: they would take the case over (Successors). A report about the head or a
// handler with nobody ticked has its holders there alone. The errors are those of
// Readers, with fewer than two.
func VaultHolders(r *appoint.Roster, q Request) ([]appoint.Member, error) {
	in, err := r.Institution(q.Institution)
	if err != nil {
		return nil, err
	}
	if q.Hold != nil {
		return pickHeld(r, in, q)
	}
	if holders := pickHolders(r, in, q); len(holders) >= Least {
		return holders, nil
	}
	if len(q.Excluded) > 0 || q.Senior {
		q.Excluded, q.Senior = nil, false
		if len(pickHolders(r, in, q)) >= Least {
			return nil, ethics.ErrExcludedAll
		}
	}
	return nil, ethics.ErrNobodyToSeal
}

// pickHeld are the responsible persons and chairs who hold the case.
func pickHeld(r *appoint.Roster, in appoint.Institution, q Request) ([]appoint.Member, error) {
	var out []appoint.Member
	for _, m := range append(first(r, in.ID, q), first(r, in.Alternate, q)...) {
		known := slices.ContainsFunc(out, func(x appoint.Member) bool { return r.Same(x.ID, m.ID) })
		if !known && slices.Contains(q.Hold, m.ID) {
			out = append(out, m)
		}
	}
	if len(out) < Least {
		return nil, ethics.ErrNobodyToSeal
	}
	return out, nil
}

func pickHolders(r *appoint.Roster, in appoint.Institution, q Request) []appoint.Member {
	var out []appoint.Member
	senior := q.Escalated || q.Senior
	if !senior {
		out = first(r, in.ID, q)
	}
	fill := slices.Concat(serving(r, in.Alternate, q, appoint.RoleResponsible),
		serving(r, in.Alternate, q, appoint.RoleChair))
	for _, m := range fill {
		if senior && len(r.Roles(m.ID, in.ID, q.Day)) > 0 {
			continue // serves in both
		}
		known := slices.ContainsFunc(out, func(x appoint.Member) bool { return r.Same(x.ID, m.ID) })
		if !known && len(out) < EnoughHolders {
			out = append(out, m)
		}
	}
	return out
}

// TakesIdentity tells, before anything is typed, whether an institution could
// keep personal details apart at all.
func TakesIdentity(r *appoint.Roster, institution string, day ethics.Day) bool {
	_, err := VaultHolders(r, Request{Institution: institution, Day: day})
	return err == nil
}
