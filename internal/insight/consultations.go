package insight

import (
	"context"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/store"
)

// ConsultationCounts are an institution's consultations with trust persons: that there
// were about so many, and nothing else.
type ConsultationCounts struct {
	Institution string
	Counts      []Class // by quarter, in the order of Quarters
}

// ConsultationStatistics is the count of the two last quarters that have ended.
type ConsultationStatistics struct {
	Quarters     [2]Quarter
	Institutions []ConsultationCounts
}

// Consultations answers heads and responsible persons for their institutions, auditors
// for all; nobody else gets any.
func (s *Service) Consultations(ctx context.Context, who *appoint.Acting) (ConsultationStatistics, error) {
	var out ConsultationStatistics
	var err error
	if out.Quarters, err = s.closed(); err != nil {
		return out, err
	}
	err = s.Store.Read(ctx, func(tx *store.ReadTx) error {
		for _, in := range who.Roster.Institutions() {
			roles := who.Roster.Roles(who.ID, in.ID, s.today())
			if !slices.Contains(roles, appoint.RoleHead) && !slices.Contains(roles, appoint.RoleResponsible) &&
				!who.Has(appoint.RoleAuditor) {
				continue
			}
			c := ConsultationCounts{Institution: in.Name}
			for _, q := range out.Quarters {
				first, last := q.days()
				n, err := tx.CountConsultations(in.ID, first, last)
				if err != nil {
					return err
				}
				c.Counts = append(c.Counts, class(n))
			}
			out.Institutions = append(out.Institutions, c)
		}
		return nil
	})
	return out, err
}
