package insight

import (
	"context"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

// Lessons are what was released for the members of all institutions; ErrNotFound
// for who is enrolled only.
func (s *Service) Lessons(ctx context.Context, who *appoint.Acting) ([]store.Lesson, error) {
	if len(who.Roles) == 0 {
		return nil, ethics.ErrNotFound
	}
	var out []store.Lesson
	err := s.Store.Read(ctx, func(tx *store.ReadTx) (err error) {
		out, err = tx.Lessons(s.Policy.Spans.Rows)
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
	week := string(policy.Day(s.today()).AddPeriod(policy.Days(s.Policy.Spans.DueSoon)))
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if out.Retaliating, err = tx.Retaliating(who.ID, s.Policy.Spans.Rows); err != nil {
			return err
		}
		out.Measures, err = tx.MeasuresDue(who.ID, week, PageSize)
		return err
	})
	return out, err
}
