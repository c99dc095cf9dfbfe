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

// VaultHolders are who would hold a share of the details, were it filed now.
func (s *Service) VaultHolders(roster *appoint.Roster, r ethics.Report) ([]appoint.Member, error) {
	return routing.VaultHolders(roster, s.request(r))
}

// checkIdentity finds what is wrong with the details about the reporter, and
// whether two people can keep them.
func (s *Service) checkIdentity(roster *appoint.Roster, r ethics.Report) ethics.FieldErrors {
	var out ethics.FieldErrors
	own := slices.Contains(ethics.OwnWays, r.Way)
	for _, e := range s.Policy.CheckIdentity(r.Track, r.Identity, policy.Limits{Long: s.Limits.TextChars, Short: policy.DefaultLimits.Short}) {
		if !own { // without a reporter there is nobody to name
			out = append(out, ethics.FieldError{Field: e.Field, Kind: e.Kind})
		}
	}
	if own && (r.Track == policy.Whistleblower || len(r.Identity) > 0) {
		return append(out, ethics.FieldError{Field: "track", Kind: ethics.FaultOwn})
	}
	if r.Track != policy.Whistleblower && len(r.Identity) == 0 {
		return out
	}
	switch _, err := s.VaultHolders(roster, r); {
	case errors.Is(err, ethics.ErrExcludedAll):
		out = append(out, ethics.FieldError{Field: "excluded_handlers", Kind: ethics.FaultNoVault})
	case err != nil:
		out = append(out, ethics.FieldError{Field: "track", Kind: ethics.FaultNoVault})
	}
	return out
}

// deal seals the details to a vault of this case, or gives nil where none were
// given. They are signed and dealt with the reporter's key, like the grants.
func (s *Service) deal(at seal.Place, r ethics.Report, roster *appoint.Roster, by seal.Author) (*vault.Dealt, error) {
	if len(r.Identity) == 0 {
		return nil, nil //nolint:nilnil // no vault is what most reports have
	}
	members, err := s.VaultHolders(roster, r)
	if err != nil {
		return nil, err
	}
	var holders []vault.Holder
	for _, m := range members {
		holders = append(holders, vault.Holder{ID: m.ID, Recipient: m.Recipient})
	}
	signed, err := vault.Sign(at, ethics.Identity{Answers: r.Identity}, by)
	if err != nil {
		return nil, err
	}
	d, err := vault.Deal(at, signed, holders, by)
	return &d, err
}
