package demo

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"
)

// moment is something that happens: the filing where act is nil.
type moment struct {
	on  *running
	act *act
}

// rounds are what happens on a day: the first thing of each case, then the second
// of those that have one, and so on.
type rounds [][]moment

// calendar lays all cases side by side, by days before today.
func (w *world) calendar() map[int]rounds {
	out := map[int]rounds{}
	for _, r := range w.cases {
		turn := map[int]int{}
		add := func(day int, m moment) {
			if turn[day] == len(out[day]) {
				out[day] = append(out[day], nil)
			}
			out[day][turn[day]] = append(out[day][turn[day]], m)
			turn[day]++
		}
		add(r.Filed, moment{on: r})
		for i := range r.Then {
			add(r.Then[i].Day, moment{on: r, act: &r.Then[i]})
		}
	}
	return out
}

// play runs all cases, in order of days. What happens in different cases in the
// same turn happens at once: Make is waited for. Yesterday is closed before anything
// of today is there, as it is where a program runs over midnight.
func (w *world) play(ctx context.Context) error {
	calendar := w.calendar()
	for _, day := range slices.Backward(slices.Sorted(maps.Keys(calendar))) {
		if day == 0 {
			break
		}
		if err := w.playDay(ctx, calendar[day], day); err != nil {
			return err
		}
	}
	if err := w.Store.MakeCheckpoint(ctx, w.day(1)); err != nil {
		return err
	}
	return w.playDay(ctx, calendar[0], 0)
}

// playDay runs what happens on a day.
func (w *world) playDay(ctx context.Context, day rounds, ago int) error {
	for _, turn := range day {
		w.at(ago)
		g, ctx := errgroup.WithContext(ctx)
		for _, m := range turn {
			g.Go(func() error { return w.happen(ctx, m, ago) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) happen(ctx context.Context, m moment, day int) error {
	var err error
	if m.act == nil {
		err = w.file(ctx, m.on)
	} else {
		err = w.act(ctx, m.on, m.act)
	}
	if err != nil {
		return fmt.Errorf("%s, %s, day %d: %w", m.on.Language, m.on.Category, day, err)
	}
	return nil
}
