package member

import (
	"svilpe/internal/policy"
)

// movedDays are the last days that a step's event would move, each from and to.
func (s *Site) movedDays(b builder, step policy.Step) []fact {
	if step.Event == "" {
		return nil
	}
	after, err := s.Policy.Due(b.o.Track,
		append(policy.Events(b.o.Events), policy.Event{Name: step.Event, Day: b.today}))
	if err != nil {
		return nil // the page of the case says so
	}
	var out []fact
	for _, old := range b.o.Dues {
		for _, d := range after {
			if d.ID == old.ID && d.Started == old.Started && d.Stopped == "" && d.Due != old.Due {
				out = append(out, fact{b.in(d.Name), b.Day(string(old.Due)) + " → " + b.Day(string(d.Due))})
			}
		}
	}
	return out
}
