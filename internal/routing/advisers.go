package routing

import (
	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
)

// TrustPersons are the trust persons whom a consultation is sealed to: all those of
// the institution who are in term and not excluded; where none is, those of the
// alternate institution. One is enough: nothing is decided in a consultation.
//
// ErrExcludedAll when the exclusions are the reason that nobody remains,
// ErrNobodyToSeal when there is no trust person at all.
func TrustPersons(r *appoint.Roster, q Request) ([]appoint.Member, error) {
	in, err := r.Institution(q.Institution)
	if err != nil {
		return nil, err
	}
	for _, place := range []string{in.ID, in.Alternate} {
		if out := serving(r, place, q, appoint.RoleTrust); len(out) > 0 {
			return out, nil
		}
	}
	if len(ExcludableTrustPersons(r, in.ID, q.Day)) > 0 {
		return nil, ethics.ErrExcludedAll
	}
	return nil, ethics.ErrNobodyToSeal
}

// ExcludableTrustPersons are the trust persons in term of an institution and its alternate:
// whom somebody who asks for a consultation may exclude.
func ExcludableTrustPersons(r *appoint.Roster, institution string, day ethics.Day) []appoint.Member {
	return both(r, institution, day, appoint.RoleTrust)
}
