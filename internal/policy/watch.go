package policy

import "svilpe/internal/ethics"

// watching is the deadline during which the reporter is watched over.
const watching = "protection_watch"

// CheckIn tells whether the reporter is to be asked today how they are: since
// which day, false when it is not time yet, when they answered since, or when
// nobody watches any more.
func (p *Policy) CheckIn(track string, events []Event, today Day) (Day, bool) {
	run, ok := p.watch(track, events)
	rule, _ := p.Deadline(watching)
	if !ok || run.Stopped != "" {
		return "", false
	}
	since := Day("")
	for _, after := range rule.CheckIns {
		if day := run.Started.AddPeriod(after); !today.Before(day) {
			since = max(since, day)
		}
	}
	for _, e := range events {
		if e.Name == ethics.EventCheckedIn && !e.Day.Before(since) {
			return "", false
		}
	}
	return since, since != ""
}

// WatchOver tells whether watching has run its time and was not ended yet.
func (p *Policy) WatchOver(track string, events []Event, today Day) bool {
	run, ok := p.watch(track, events)
	return ok && run.Overdue(today)
}

// watch is the newest run of watching.
func (p *Policy) watch(track string, events []Event) (Due, bool) {
	dues, err := p.Due(track, events)
	var last Due
	for _, d := range dues {
		if d.ID == watching {
			last = d
		}
	}
	return last, err == nil && last.ID != ""
}
