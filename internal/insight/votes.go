package insight

import (
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// toVote are the cases with a draft decision in which this member may vote and has
// written no step since the draft came: votes are sealed, so that a step of
// another kind counts as one, and a vote on an earlier version too. The case page
// knows. While the approval waits for a second person nobody votes.
func (s *Service) toVote(tx *store.ReadTx, who *appoint.Acting) ([]store.ListedCase, error) {
	var out []store.ListedCase
	vote, _ := s.Policy.Act(ethics.ActVote)
	for _, state := range vote.From {
		in := store.Filter{State: state, Deadlines: true}
		cases, err := tx.MemberCases(who.ID, in, store.Key{}, s.Policy.Spans.Rows)
		if err != nil {
			return nil, err
		}
		for _, c := range cases {
			if !c.Stated || c.Proposal != "" || !s.mayVote(who, c.Institution) {
				continue
			}
			silent, err := tx.Silent(c.ID, who.ID, ethics.Entered(state))
			if err != nil {
				return nil, err
			}
			if silent {
				out = append(out, c)
			}
		}
	}
	return out, nil
}

// mayVote tells whether a member has a role that votes in an institution, or in the
// one that stands in for it.
func (s *Service) mayVote(who *appoint.Acting, institution string) bool {
	roles := who.Roster.Roles(who.ID, institution, s.today())
	if in, err := who.Roster.Institution(institution); err == nil && in.Alternate != "" {
		roles = append(roles, who.Roster.Roles(who.ID, in.Alternate, s.today())...)
	}
	return slices.ContainsFunc(roles, func(r string) bool { return slices.Contains([]string(s.Policy.Quorum.Of), r) })
}
