package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"svilpe/internal/ethics"
)

// Day is a civil date in Europe/Riga, "2026-11-22".
type Day string

// ErrDay is a day that no calendar has.
var ErrDay = errors.New("policy: not a civil date YYYY-MM-DD")

// ErrEvent is an event that the workflow does not know.
var ErrEvent = errors.New("policy: unknown event")

// ParseDay accepts only what Day itself prints.
func ParseDay(s string) (Day, error) {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", fmt.Errorf("%w: %q", ErrDay, s)
	}
	return Day(s), nil
}

// time is midnight UTC: civil dates have no zone, so no summer time bends them.
// A day that ParseDay would refuse is a fault of the program.
func (d Day) time() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		panic(fmt.Errorf("%w: %q", ErrDay, string(d)))
	}
	return t
}

// AddPeriod counts calendar days; the day after d is day one, so P7D from the
// 1st is the 8th. Months and years end on the day of the same number, or on the
// month's last where there is none: 31 January and P1M give 28 or 29 February
// (Regulation (EEC, Euratom) 1182/71 Art. 3(2)(c)). Panics on a malformed day.
func (d Day) AddPeriod(p Period) Day {
	t := d.time()
	months := 0
	switch p.Unit {
	case 'D':
		return Day(t.AddDate(0, 0, p.N).Format(time.DateOnly))
	case 'M':
		months = p.N
	case 'Y':
		months = 12 * p.N
	}
	first := time.Date(t.Year(), t.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Day(first.AddDate(0, 0, min(t.Day(), last)-1).Format(time.DateOnly))
}

// Before says whether d is an earlier day than o.
func (d Day) Before(o Day) bool { return d < o }

// DaysUntil counts from d to o, negative when o is past. Panics on a malformed
// day.
func (d Day) DaysUntil(o Day) int { return int(o.time().Sub(d.time()) / (24 * time.Hour)) }

// Event is something that happened to a case: a state entered, or one of
// Policy.Events.
type Event struct {
	Name ethics.EventKind
	Day  Day
}

// Due is one run of a deadline.
type Due struct {
	ID       string // of the deadline
	Name     Text
	Started  Day // may lie ahead, where a fallback start counts
	Due      Day // the last day in time
	Stopped  Day // "" while it runs
	Extended Day // when it was given more time, "" if not
}

// Overdue says whether the deadline runs and its last day has passed.
func (d Due) Overdue(today Day) bool { return d.Stopped == "" && d.Due.Before(today) }

// Due gives every run of every deadline of the track, in order of their last
// day, for the events of a case in the order in which they happened.
//
// A start while a deadline runs changes nothing; after a stop it begins a new
// run, beside the old one, unless the deadline does not repeat: then it has one
// run each time the case is opened. A deadline with a fallback start runs from
// whichever comes first, so a late acknowledgement gains no time for feedback
// (Directive (EU) 2019/1937 Art. 9(1)(f)). Nothing stops for a question to the
// reporter or a hold, and going back to a state after a question is no second
// entry. A last day that is no working day moves to the next one: see Working.
//
// ErrEvent and ErrDay for what is not in the workflow or no date.
func (p *Policy) Due(track string, events []Event) ([]Due, error) {
	for _, e := range events {
		if _, state := p.State(ethics.State(e.Name)); !state && !contains(p.Events, e.Name) {
			return nil, fmt.Errorf("%w: %q", ErrEvent, e.Name)
		}
		if _, err := ParseDay(string(e.Day)); err != nil {
			return nil, err
		}
	}
	var all []Due
	flags := p.Flagged(events)
	entered := p.entries(events)
	for _, d := range p.Deadlines {
		if contains(d.Applies, track) && !intersects(d.Unless, flags) {
			all = append(all, p.runs(d, entered)...)
		}
	}
	slices.SortStableFunc(all, func(a, b Due) int { return cmp.Compare(a.Due, b.Due) })
	return all, nil
}

// entries leaves out the states to which the case only came back after its
// reporter was asked.
func (p *Policy) entries(events []Event) []Event {
	out := make([]Event, 0, len(events))
	var before, state ethics.State
	for _, e := range events {
		if s, ok := p.State(ethics.State(e.Name)); ok {
			back := s.ID == before && s.ID != state && p.givesBack(state)
			before, state = state, s.ID
			if back {
				continue
			}
		}
		out = append(out, e)
	}
	return out
}

// givesBack tells whether a step leads from a state to the one before it.
func (p *Policy) givesBack(state ethics.State) bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool {
		return contains(s.To, Previous) && contains(s.From, state)
	})
}

func (p *Policy) runs(d Deadline, events []Event) []Due {
	var runs []Due
	open, waiting := false, false // waiting: open by the fallback start alone
	spent := false                // had its one run since the case was opened
	begin := func(day Day) {
		runs = append(runs, Due{ID: d.ID, Name: d.Name, Started: day})
		open = true
	}
	for _, e := range events {
		switch {
		case e.Name == ethics.EventReopened && !contains(d.Stops, ethics.EventReopened):
			spent = false
		case !open && d.Fallback.Event == e.Name && !spent:
			begin(e.Day.AddPeriod(d.Fallback.After))
			waiting = true
		case !open && contains(d.Starts, e.Name) && !spent:
			begin(e.Day)
		case waiting && contains(d.Starts, e.Name):
			last := &runs[len(runs)-1]
			last.Started, waiting = min(last.Started, e.Day), false
		case open && contains(d.ExtendedBy, e.Name):
			p.extend(d, &runs[len(runs)-1], e.Day)
		case open && contains(d.Stops, e.Name):
			if waiting && e.Day.Before(runs[len(runs)-1].Started) {
				runs = runs[:len(runs)-1] // it never began
			} else {
				runs[len(runs)-1].Stopped = e.Day
				spent = d.Repeats != nil && !*d.Repeats
			}
			open, waiting = false, false
		}
	}
	for i := range runs {
		runs[i].Due = p.ends(d, runs[i])
	}
	return runs
}

// extend gives a run more time, once, and not after its last day: what was missed
// stays missed.
func (p *Policy) extend(d Deadline, run *Due, day Day) {
	if run.Extended == "" && !p.ends(d, *run).Before(day) {
		run.Extended = day
	}
}

func (p *Policy) ends(d Deadline, run Due) Day {
	if run.Extended != "" {
		return p.last(d, run.Started.AddPeriod(d.ExtendableTo))
	}
	return p.last(d, run.Started.AddPeriod(d.Value))
}

// Flagged are the flags that are on after these events, in the order of Flags.
func (p *Policy) Flagged(events []Event) []string {
	var on []string
	for _, f := range p.Flags {
		set := false
		for _, e := range events {
			set = contains(f.Set, e.Name) || set && !contains(f.Lift, e.Name)
		}
		if set {
			on = append(on, f.ID)
		}
	}
	return on
}

// FeedbackSent says whether the reporter was told what was done: the deadline
// `feedback` was stopped since the case was last opened.
func (p *Policy) FeedbackSent(events []Event) bool {
	d, ok := p.Deadline("feedback")
	sent := false
	for _, e := range events {
		switch {
		case e.Name == ethics.EventReopened:
			sent = false
		case ok && contains(d.Stops, e.Name):
			sent = true
		}
	}
	return sent
}
