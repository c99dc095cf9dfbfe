package insight

import (
	"context"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

// Escalated are the cases that somebody above has to ask about. A case stands in
// both piles when it is both.
type Escalated struct {
	Overdue Pile // a deadline or a measure, the longest overdue first
	Idle    Pile
}

// idle narrows to cases in which nothing was done for as long as policy allows.
func (s *Service) idle() store.Filter {
	return store.Filter{Untouched: string(s.Policy.IdleSince(policy.Day(s.today())))}
}

// Escalated answers whom policy names: an auditor for all cases, so that one
// whose holders stay silent together is seen all the same; a chair for those
// that the chair holds. ErrNotFound for others.
func (s *Service) Escalated(ctx context.Context, who *appoint.Acting) (Escalated, error) {
	if !s.MayList(who) || !s.Policy.Escalates(who.Roles) {
		return Escalated{}, ethics.ErrNotFound
	}
	var out Escalated
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		for _, x := range []struct {
			filter store.Filter
			into   *Pile
		}{{store.Filter{OverdueOn: s.today()}, &out.Overdue}, {s.idle(), &out.Idle}} {
			list := func() ([]store.ListedCase, error) { return tx.AllCases(x.filter, store.Key{}, PageSize+1) }
			if handles(who) {
				list = func() ([]store.ListedCase, error) {
					return tx.MemberCases(who.ID, x.filter, store.Key{}, PageSize+1)
				}
			}
			rows, err := list()
			if err != nil {
				return err
			}
			x.into.add(rows, map[string]bool{}, PageSize)
		}
		return nil
	})
	return out, err
}
