package insight

import (
	"context"
	"fmt"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// Quarter is a quarter of a year, from 1 to 4.
type Quarter struct{ Year, N int }

// days are its first and last day. Every month counts to a 31st: days of that
// name that do not exist stand behind those that do.
func (q Quarter) days() (first, last ethics.Day) {
	return fmt.Sprintf("%04d-%02d-01", q.Year, 3*q.N-2), fmt.Sprintf("%04d-%02d-31", q.Year, 3*q.N)
}

// TalkCounts are an institution's consultations with trust persons: that there
// were so many, and nothing else. Small numbers are hidden: nil.
type TalkCounts struct {
	Institution string
	Counts      []*int // by quarter, in the order of Quarters
}

// Talked is the count of two quarters, this one first.
type Talked struct {
	Quarters     [2]Quarter
	Institutions []TalkCounts
}

// Talked answers heads and responsible persons for their institutions, auditors
// for all; nobody else gets any.
func (s *Service) Talked(ctx context.Context, who *appoint.Acting) (Talked, error) {
	var q Quarter
	var month int
	if _, err := fmt.Sscanf(s.today(), "%d-%d", &q.Year, &month); err != nil {
		return Talked{}, fmt.Errorf("quarter: %w", err)
	}
	q.N = (month + 2) / 3
	out := Talked{Quarters: [2]Quarter{q, {q.Year, q.N - 1}}}
	if q.N == 1 {
		out.Quarters[1] = Quarter{q.Year - 1, 4}
	}
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		for _, in := range who.Roster.Institutions() {
			roles := who.Roster.Roles(who.ID, in.ID, s.today())
			if !slices.Contains(roles, appoint.RoleHead) && !slices.Contains(roles, appoint.RoleResponsible) && !who.Has(appoint.RoleAuditor) {
				continue
			}
			c := TalkCounts{Institution: in.Name}
			for _, q := range out.Quarters {
				first, last := q.days()
				n, err := tx.CountConsultations(in.ID, first, last)
				if err != nil {
					return err
				}
				c.Counts = append(c.Counts, hide(n))
			}
			out.Institutions = append(out.Institutions, c)
		}
		return nil
	})
	return out, err
}
