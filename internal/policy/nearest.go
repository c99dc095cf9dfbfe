package policy

import "svilpe/internal/ethics"

// Events turns a case's stored events into what Due reads.
func Events(stored []ethics.Event) []Event {
	out := make([]Event, len(stored))
	for i, e := range stored {
		out[i] = Event{Name: e.Name, Day: Day(e.Day)}
	}
	return out
}

// Nearest is the running deadline that comes first, for lists: its day and id,
// or two empty texts.
func (p *Policy) Nearest(track string, events []ethics.Event) (day, id string, err error) {
	dues, err := p.Due(track, Events(events))
	if err != nil {
		return "", "", err
	}
	for _, d := range dues {
		if d.Stopped == "" && !p.AfterEnd(d.ID) {
			return string(d.Due), d.ID, nil
		}
	}
	return "", "", nil
}
