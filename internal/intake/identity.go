package intake

import (
	"errors"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/routing"
	"svilpe/internal/seal"
	"svilpe/internal/vault"
)

// TakesIdentity tells whether personal details could be kept apart by two people
// of this institution today; where not, the form asks for none.
func (s *Service) TakesIdentity(roster *appoint.Roster, institution string) bool {
	return routing.TakesIdentity(roster, institution, s.Today())
}

// Keepers are who would hold a share of the details, were the report filed now.
func (s *Service) Keepers(roster *appoint.Roster, r ethics.Report) ([]appoint.Member, error) {
	return routing.VaultHolders(roster, routing.Of(r, s.Today()))
}

// checkIdentity finds what is wrong with the details about the reporter, and
// who would hold a share of them.
func (s *Service) checkIdentity(roster *appoint.Roster, r ethics.Report) ([]appoint.Member, ethics.FieldErrors) {
	var out ethics.FieldErrors
	own := slices.Contains(ethics.OwnWays, r.Way)
	for _, e := range s.Policy.CheckIdentity(r.Track, r.Identity,
		policy.Limits{Long: s.Limits.TextChars, Short: policy.DefaultLimits.Short}) {
		if !own { // without a reporter there is nobody to name
			out = append(out, ethics.FieldError{Field: e.Field, Kind: e.Kind})
		}
	}
	if own && (r.Track == policy.Whistleblower || len(r.Identity) > 0) {
		return nil, append(out, ethics.FieldError{Field: "track", Kind: ethics.FaultOwn})
	}
	if r.Track != policy.Whistleblower && len(r.Identity) == 0 {
		return nil, out
	}
	keepers, err := s.Keepers(roster, r)
	switch {
	case errors.Is(err, ethics.ErrExcludedAll):
		out = append(out, ethics.FieldError{Field: "excluded_handlers", Kind: ethics.FaultNoVault})
	case err != nil:
		out = append(out, ethics.FieldError{Field: "track", Kind: ethics.FaultNoVault})
	}
	return keepers, out
}

// deal seals the details to a vault of this case, or gives nil where none were
// given. They are signed and dealt with the reporter's key, like the grants.
func deal(at seal.Place, r ethics.Report, keepers []appoint.Member, by seal.Author) (*vault.Dealt, error) {
	if len(r.Identity) == 0 {
		return nil, nil //nolint:nilnil // no vault is what most reports have
	}
	var holders []vault.Holder
	for _, m := range keepers {
		holders = append(holders, vault.Holder{ID: m.ID, Recipient: m.Recipient})
	}
	signed, err := vault.Sign(at, ethics.Identity{Answers: r.Identity}, by)
	if err != nil {
		return nil, err
	}
	d, err := vault.Deal(at, signed, holders, by)
	return &d, err
}
