package policy

import (
	"slices"
	"strings"

	"svilpe/internal/ethics"
)

// Keeping a case file: every deadline whose id begins so is a row of the table of
// tracks (applies) and ends (starts: closed, returned, withdrawn).
const retention = "retention_case"

// keepingIdentity is the deadline up to which the reporter's details are kept.
const keepingIdentity = "retention_identity"

// Flags that the program itself asks for.
const (
	FlagLegalHold   = "legal_hold"           // forbids erasing while it is set
	FlagMuted       = "muted"                // the reporter's messages are not taken
	FlagRetaliation = "retaliation_reported" // and not answered yet
	FlagOwn         = "own_initiative"       // the institution began the case: there is no reporter
)

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

// AfterEnd tells whether a deadline begins with the end of a case: keeping, and
// watching over the reporter.
func (p *Policy) AfterEnd(id string) bool {
	d, ok := find(p.Deadlines, id)
	return ok && intersects(d.Starts, entered(p.Erasable()))
}

// IdentityKept is the day up to which the reporter's details of a case that has
// ended are kept, where it has any; false while no such time runs, or while
// erasing is forbidden: the case is open, opened again, or held.
func (p *Policy) IdentityKept(track string, events []Event) (Day, bool) {
	dues, err := p.Due(track, events)
	if err != nil || contains(p.Flagged(events), FlagLegalHold) {
		return "", false
	}
	i := slices.IndexFunc(dues, func(d Due) bool { return d.ID == keepingIdentity && d.Stopped == "" })
	if i < 0 {
		return "", false
	}
	return dues[i].Due, true
}

// HeldSince is the day since which erasing is forbidden, "" while it is not.
func (p *Policy) HeldSince(events []Event) Day {
	var since Day
	for _, f := range p.Flags {
		if f.ID != FlagLegalHold {
			continue
		}
		for _, e := range events {
			switch {
			case contains(f.Lift, e.Name):
				since = ""
			case contains(f.Set, e.Name) && since == "":
				since = e.Day
			}
		}
	}
	return since
}

// IdentityErased is the day on which the program erased the reporter's details,
// "" when it did not, or when others were given since.
func IdentityErased(events []ethics.Event) ethics.Day {
	day := ""
	for _, e := range events {
		switch e.Name {
		case ethics.EventIdentityErased:
			day = e.Day
		case ethics.EventIdentityGiven:
			day = ""
		}
	}
	return day
}
