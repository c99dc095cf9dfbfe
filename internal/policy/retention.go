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

// Erasers are the two offices whose people erase a case together: one of the first, who
// holds it, signs first, and one of the second, who sees every case as metadata, with
// effect. They stand in the approver of the step erase, and nowhere else.
type Erasers struct{ FirstOffice, SecondOffice string }

// Any are both.
func (e Erasers) Any() []string { return []string{e.FirstOffice, e.SecondOffice} }

// Erasers are who may sign an erasure.
func (p *Policy) Erasers() Erasers {
	s, _ := p.Step(ethics.ActErase)
	return Erasers{s.Approver[0], s.Approver[1]}
}

// Erasable are the states in which a case may be erased.
func (p *Policy) Erasable() []ethics.State {
	s, ok := p.Step(ethics.ActErase)
	if !ok || contains(p.offer.Steps, s.ID) {
		return nil
	}
	return s.From
}

// AfterEnd tells whether a deadline runs after the end of a case alone: keeping, and
// watching over the reporter. Nobody works against it, so no list names it as due.
func (p *Policy) AfterEnd(id string) bool {
	d, ok := find(p.Deadlines, id)
	return ok && d.AfterEnd
}

// ForReporter are those of a case's deadlines whose dates concern the reporter.
func (p *Policy) ForReporter(dues []Due) []Due {
	return keep(dues, func(due Due) bool {
		d, _ := find(p.Deadlines, due.ID)
		return d.Reporter
	})
}

// Over are the states in which nobody works on a case any more.
func (p *Policy) Over() []ethics.State {
	var out []ethics.State
	for _, s := range p.States {
		if s.Over {
			out = append(out, s.ID)
		}
	}
	return out
}

// AsksFor tells whether the reporter of a case can ask now that it become one of another
// track.
func (p *Policy) AsksFor(track, now string, state ethics.State) bool {
	t, ok := find(p.Tracks, track)
	return ok && track != now && contains(t.AskedIn, state)
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
