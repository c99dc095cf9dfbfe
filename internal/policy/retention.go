package policy

import "strings"

// Keeping a case file: every deadline whose id begins so is a row of the table of
// tracks (applies) and ends (starts: closed, returned, withdrawn).
const retention = "retention_case"

// FlagLegalHold forbids erasing while it is set.
const FlagLegalHold = "legal_hold"

// WarnErasure is how many days before the end of keeping it is said.
const WarnErasure = 30

// Retention is the run that says how long a case is kept, the longest where
// several run; false while none does: the case is open, or opened again.
func (p *Policy) Retention(track string, events []Event) (Due, bool) {
	dues, err := p.Due(track, events)
	var last Due
	for _, d := range dues {
		if strings.HasPrefix(d.ID, retention) && d.Stopped == "" && d.Due >= last.Due {
			last = d
		}
	}
	return last, err == nil && last.ID != ""
}

// Erasable are the states in which a case may be erased.
func (p *Policy) Erasable() []string {
	s, ok := p.Step("erase")
	if !ok || contains(p.offer.Steps, s.ID) {
		return nil
	}
	return s.From
}
