package insight

import (
	"context"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

// mostLessons bounds a page that grows by a handful a year.
const mostLessons = 500

// Lessons are what was released for the members of all institutions; ErrNotFound
// for who is enrolled only.
func (s *Service) Lessons(ctx context.Context, who *appoint.Acting) ([]store.Lesson, error) {
	if len(who.Roles) == 0 {
		return nil, ethics.ErrNotFound
	}
	var out []store.Lesson
	err := s.Store.Read(ctx, func(tx *store.ReadTx) (err error) {
		out, err = tx.Lessons(mostLessons)
		return err
	})
	return out, err
}

// Marks are what a handler must see of cases besides their deadlines.
type Marks struct {
	Retaliating []store.ListedCase // the reporter waits for an answer about retaliation
	Measures    []store.MeasureDue // due within a week, or late
}

// Marks answers for the cases that a member holds.
func (s *Service) Marks(ctx context.Context, who *appoint.Acting) (Marks, error) {
	var out Marks
	if !handles(who) {
		return out, nil
	}
	week := string(policy.Day(s.today()).AddPeriod(policy.Period{N: soon, Unit: 'D'}))
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if out.Retaliating, err = tx.Retaliating(who.ID, mostProposed); err != nil {
			return err
		}
		out.Measures, err = tx.MeasuresDue(who.ID, week, PageSize)
		return err
	})
	return out, err
}

// MeasureCounts are what the head of an institution sees of measures and causes.
// Small numbers are hidden: nil.
type MeasureCounts struct {
	Institution          string
	Open, Late, Systemic *int // Systemic: cases closed this year with a systemic cause
}

// MeasureCounts answers for the institutions the member heads, in their order.
func (s *Service) MeasureCounts(ctx context.Context, who *appoint.Acting) ([]MeasureCounts, error) {
	var out []MeasureCounts
	day := s.today()
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		for _, in := range s.headed(who) {
			open, late, err := tx.MeasureCounts(in.ID, day)
			if err != nil {
				return err
			}
			systemic, err := tx.CountEvents(in.ID, "systemic_cause", day[:4])
			if err != nil {
				return err
			}
			out = append(out, MeasureCounts{Institution: in.Name, Open: hide(open), Late: hide(late), Systemic: hide(systemic)})
		}
		return nil
	})
	return out, err
}

// headed are the institutions that a member heads today.
func (s *Service) headed(who *appoint.Acting) []appoint.Institution {
	var out []appoint.Institution
	for _, in := range who.Roster.Institutions() {
		for _, role := range who.Roster.Roles(who.ID, in.ID, s.today()) {
			if role == appoint.RoleHead {
				out = append(out, in)
			}
		}
	}
	return out
}
