package member

import (
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

// due is the mark of a case's nearest deadline: how far it is in words, what it
// is, and on which day. The zero value is no deadline.
type due struct {
	Left  httpd.Tag // «termiņš pēc 2 dienām»; no text for one far ahead
	Name  string
	Day   ethics.Day
	Short string // the day in figures
}

func (w words) due(id string, day ethics.Day) due {
	if day == "" {
		return due{}
	}
	d := due{Name: w.deadline(id), Day: day, Short: w.Short(day)}
	if id == store.DueMeasure {
		d.Name = w.T("measures.one")
	}
	d.Left.Text, d.Left.Kind = w.left(day)
	return d
}

// left says how far a last day is, and how it is marked: overdue, due or "".
// Nothing is said of a day that is far ahead.
func (w words) left(day ethics.Day) (text, kind string) {
	n := w.today.DaysUntil(policy.Day(day))
	switch {
	case n < 0:
		return w.N("desk.late", -n), "overdue"
	case n == 0:
		return w.T("desk.today"), "due"
	case n == 1:
		return w.T("desk.tomorrow"), "due"
	case n > w.policy.Spans.DueFar:
		return "", ""
	case n > w.policy.Spans.DueSoon:
		return w.N("desk.in_days", n), ""
	}
	return w.N("desk.in_days", n), "due"
}
