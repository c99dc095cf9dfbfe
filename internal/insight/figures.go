package insight

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

// Who sees numbers only may be the person concerned. A number that goes from
// nothing to something, or up by one, would name the day of a report: so numbers
// are classes, of which nothing is one, and only of quarters that have ended.

// Quarter is a quarter of a year, from 1 to 4.
type Quarter struct{ Year, N int }

func quarterOf(day ethics.Day) (Quarter, error) {
	var q Quarter
	var month int
	if _, err := fmt.Sscanf(day, "%d-%d", &q.Year, &month); err != nil {
		return q, fmt.Errorf("quarter: %w", err)
	}
	q.N = (month + 2) / 3
	return q, nil
}

func (q Quarter) before() Quarter {
	if q.N == 1 {
		return Quarter{q.Year - 1, 4}
	}
	return Quarter{q.Year, q.N - 1}
}

// days are its first and last day.
func (q Quarter) days() (first, last ethics.Day) {
	first = fmt.Sprintf("%04d-%02d-01", q.Year, 3*q.N-2)
	next := policy.Day(first).AddPeriod(policy.Period{N: 3, Unit: 'M'})
	return first, string(next.AddPeriod(policy.Days(-1)))
}

func (q Quarter) id() string { return fmt.Sprintf("%04d-%d", q.Year, q.N) }

// closed are the two last quarters that have ended, the newest first.
func (s *Service) closed() ([2]Quarter, error) {
	q, err := quarterOf(s.today())
	return [2]Quarter{q.before(), q.before().before()}, err
}

// Running is the last day of the quarter that has not ended.
func (s *Service) Running() (ethics.Day, error) {
	q, err := quarterOf(s.today())
	if err != nil {
		return "", err
	}
	_, last := q.days()
	return last, nil
}

// Class is a range of numbers, both ends included. The lowest begins at nothing.
type Class struct{ From, To int }

// Few tells whether this is the class of the smallest numbers.
func (c Class) Few() bool { return c.From == 0 }

// class of a number: 0–4, 5–9, 10–19, 20–49, 50–99, 100–199 and so on.
func class(n int) Class {
	c := Class{0, 4}
	for i := 0; n > c.To; i++ {
		c.From = c.To + 1
		c.To = 2*c.From - 1
		if i%3 == 2 { // behind 20, 200 and so on come 50 and 500
			c.To = 5*c.From/2 - 1
		}
	}
	return c
}

// Counted are an institution's figures by quarter.
type Counted struct {
	Institution                             string
	Quarters                                []Quarter // newest first; none before the first has ended
	Open, Overdue, Measures, Late, Systemic []Class
}

// Counted answers for the institutions that the member heads. It reads what
// CountQuarter kept and nothing else: no act of a running quarter changes it.
func (s *Service) Counted(ctx context.Context, who *appoint.Acting) ([]Counted, error) {
	closed, err := s.closed()
	if err != nil {
		return nil, err
	}
	var out []Counted
	err = s.Store.Read(ctx, func(tx *store.ReadTx) error {
		for _, in := range who.Roster.Institutions() {
			if !slices.Contains(who.Roster.Roles(who.ID, in.ID, s.today()), appoint.RoleHead) {
				continue
			}
			c := Counted{Institution: in.Name}
			for _, q := range closed {
				f, err := tx.Figures(in.ID, q.id())
				if errors.Is(err, ethics.ErrNotFound) {
					continue
				}
				if err != nil {
					return err
				}
				c.add(q, f)
			}
			out = append(out, c)
		}
		return nil
	})
	return out, err
}

func (c *Counted) add(q Quarter, f store.Figures) {
	c.Quarters = append(c.Quarters, q)
	for _, x := range []struct {
		n    int
		into *[]Class
	}{
		{f.Open, &c.Open}, {f.Overdue, &c.Overdue}, {f.Measures, &c.Measures}, {f.Late, &c.Late},
		{f.Systemic, &c.Systemic},
	} {
		*x.into = append(*x.into, class(x.n))
	}
}

// CountQuarter counts the quarter that has ended last, for each institution once.
// It may be called at any time and as often as one likes; it should be soon after
// a quarter's end, because states are counted as they are then.
func (s *Service) CountQuarter(ctx context.Context) error {
	closed, err := s.closed()
	if err != nil {
		return err
	}
	var found []store.Figures
	err = s.Store.Read(ctx, func(tx *store.ReadTx) error {
		roster, err := tx.Roster()
		if errors.Is(err, ethics.ErrNotReady) {
			return nil // not founded: nothing to count
		}
		if err != nil {
			return err
		}
		for _, in := range roster.Institutions() {
			switch _, err := tx.Figures(in.ID, closed[0].id()); {
			case err == nil:
				continue
			case !errors.Is(err, ethics.ErrNotFound):
				return err
			}
			f, err := s.figures(tx, in.ID, closed[0])
			if err != nil {
				return err
			}
			found = append(found, f)
		}
		return nil
	})
	if err != nil || len(found) == 0 {
		return err
	}
	return s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		for _, f := range found {
			if err := tx.KeepFigures(f); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) figures(tx *store.ReadTx, institution string, q Quarter) (store.Figures, error) {
	first, last := q.days()
	after := string(policy.Day(last).AddPeriod(policy.Days(1)))
	f := store.Figures{Institution: institution, Quarter: q.id()}
	n, err := tx.Counts(institution, after, s.Policy.Over())
	if err != nil {
		return f, err
	}
	open, late, err := tx.MeasureCounts(institution, after)
	if err != nil {
		return f, err
	}
	systemic, err := tx.CountEvents(institution, ethics.EventSystemicCause, first, last)
	f.Open, f.Overdue = class(n.Open).From, class(n.Overdue).From
	f.Measures, f.Late, f.Systemic = class(open).From, class(late).From, class(systemic).From
	return f, err
}
