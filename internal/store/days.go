package store

import (
	"fmt"
	"time"

	"svilpe/internal/ethics"
)

// The days of entries never fall along the log. So what the log dates cannot be
// dated back once a later day is in it, and an author's office is counted on the
// day of the entry, not on a day that somebody wrote beside it.

// maxAhead is how many days a clock may be ahead of the newest entry: each day is
// closed by an entry, so a longer gap is a long stop or a wrong clock. One that is
// wrong for a moment would date the log forward for good.
const maxAhead = 3

// Day is the day of what is sealed now: the clock's, or that of the newest entry
// where another server turned the day already. A clock that is further behind is
// refused when something is written.
func (s *Store) Day(now time.Time) ethics.Day {
	today := ethics.DayOf(now)
	if last := s.memory.lastDay(); today < last && today == addDays(last, -1) {
		return last
	}
	return today
}

// ClockIsRight says that somebody looked at the clock on this day: entries may
// come, however long ago the newest one was.
func (s *Store) ClockIsRight(day ethics.Day) {
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	s.memory.right = day
}

// addDays is the day so many days later, "" for what is no day.
func addDays(day ethics.Day, n int) ethics.Day {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}

// day is the day that the next entry bears, for a clock that shows this one: the
// later of it and the newest entry's. ErrUnavailable where the clock cannot be
// right: more than a day behind, or further ahead than a stop explains.
func (g *grouped) day(clock ethics.Day) (ethics.Day, error) {
	last := g.lastDay()
	switch {
	case addDays(clock, 0) == "":
		return "", fmt.Errorf("entry of %q: no day", clock)
	case last == "":
		return clock, nil
	case clock < addDays(last, -1):
		return "", fmt.Errorf("the clock shows %s, the log's newest entry is of %s: %w", clock,
			last, ethics.ErrUnavailable)
	case clock <= last:
		return last, nil
	}
	return clock, g.notAhead(clock, last)
}

// closing is the day of the entries with which a day is closed, from the next day.
func (g *grouped) closing(day ethics.Day) (ethics.Day, error) {
	if last := g.lastDay(); day < last {
		return last, nil
	}
	return g.day(day)
}

// notAhead lets a clock jump ahead in practice data, and before the first day was
// closed: then nothing tells how often the log grows.
func (g *grouped) notAhead(clock, last ethics.Day) error {
	g.s.memory.mu.RLock()
	last = max(last, g.s.memory.right)
	g.s.memory.mu.RUnlock()
	if clock <= addDays(last, maxAhead) {
		return nil
	}
	var demo bool
	var closed int
	if err := g.c.one(`select demo, (select count(*) from checkpoint) from installation where id = 1`, nil,
		&demo, &closed); err != nil {
		return err
	}
	if demo || closed == 0 {
		return nil
	}
	return fmt.Errorf(
		"the clock shows %s, the log's newest entry is of %s; if the clock is right, start once with "+
			"--clock-is-right: %w",
		clock, last, ethics.ErrUnavailable)
}

// lastDay is the day of the newest entry, of this group or before it.
func (g *grouped) lastDay() ethics.Day {
	if n := len(g.entries); n > 0 {
		return g.entries[n-1].Day
	}
	return g.s.memory.lastDay()
}

// checkDay refuses a row of another day than its entry: what is sealed in it says
// that day too, so it must be sealed again.
func (tx *Tx) checkDay(day ethics.Day) error {
	if day != tx.day {
		return fmt.Errorf("%w: %s, the entry is of %s", ethics.ErrDay, day, tx.day)
	}
	return nil
}
