package insight

import (
	"context"

	"svilpe/internal/appoint"
	"svilpe/internal/record"
	"svilpe/internal/store"
)

// Lacking tells that lists show another number of cases than the log knows of:
// somebody changed rows that lists are read from. What is missing cannot be told.
type Lacking struct{ Logged, Listed int }

// Lacking compares, for a handler, the cases held; for an auditor, the cases of all
// institutions. It is nil where the numbers agree, and for everybody else.
func (s *Service) Lacking(ctx context.Context, who *appoint.Acting) (*Lacking, error) {
	if who.Roster == nil || !s.MayList(who) {
		return nil, nil //nolint:nilnil // nothing is lacking
	}
	var l Lacking
	err := s.Store.Read(ctx, func(tx *store.ReadTx) (err error) {
		if handles(who) {
			if l.Logged, err = tx.Counter(record.Held(who.ID)); err == nil {
				l.Listed, err = tx.CountHeld(who.ID)
			}
			return err
		}
		for _, in := range who.Roster.Institutions() {
			n, err := tx.Counter(record.CasesOf(in.ID))
			if err != nil {
				return err
			}
			l.Logged += n
		}
		l.Listed, err = tx.CountCases()
		return err
	})
	if err != nil || l.Logged == l.Listed {
		return nil, err
	}
	return &l, nil
}
