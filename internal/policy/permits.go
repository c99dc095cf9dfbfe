package policy

import (
	"errors"
	"fmt"
	"slices"

	"svilpe/internal/ethics"
)

// ErrMove is a status that the workflow does not let follow on the one before.
var ErrMove = errors.New("policy: the workflow has no such move")

// ByVersion is the reference data of that version. There is one: what ships.
func ByVersion(n int) (*Policy, error) {
	if n != ethics.PolicyVersion {
		return nil, fmt.Errorf("policy: no version %d", n)
	}
	return Default()
}

// Past is what a case's statuses have told so far.
type Past struct {
	ethics.Status // the newest
	Started       bool
	Events        []ethics.Event
	Measures      []ethics.MeasureStatus
}

// Add takes one more status in.
func (t *Past) Add(s ethics.Status) {
	t.Status, t.Started = s, true
	for _, name := range s.Events {
		t.Events = append(t.Events, ethics.Event{Name: name, Day: s.Day})
	}
	t.Measures = slices.Clone(t.Measures)
	for _, m := range s.Measures {
		if m.N >= 0 && m.N < len(t.Measures) {
			t.Measures[m.N] = m
		} else {
			t.Measures = append(t.Measures, m)
		}
	}
}

// Permits says whether a status may follow on a case's past, signed by somebody
// in these roles; the reporter's is RoleReporter. What only holders can read
// (votes, consent, who examines) counts as given: they hold each step against it.
// Whether two people took it is the caller's to see.
func (p *Policy) Permits(past Past, s ethics.Status, roles []string) error {
	var err error
	step, isStep := p.Act(s.Act)
	other, isOther := p.Other(s.Act)
	switch {
	case !past.Started:
		err = p.checkFiling(s, roles)
	case isStep:
		err = p.checkStep(past, s, step, roles)
	case isOther:
		err = p.happens(past, s, other, roles)
	default:
		err = ErrStep
	}
	if err == nil {
		err = p.checkUnchanged(past, s)
	}
	if err != nil {
		return fmt.Errorf("%w: %s from %q to %q: %w", ErrMove, s.Act, past.State, s.State, err)
	}
	return nil
}

var (
	errWhere  = errors.New("not there")
	errEvents = errors.New("with other events")
	errRest   = errors.New("with another track, category or measure")
)

// checkFiling wants what a filing brings.
func (p *Policy) checkFiling(s ethics.Status, roles []string) error {
	state, ok := p.State(s.State)
	switch {
	case s.Act != ethics.ActFile, !contains(roles, RoleReporter):
		return ErrRole
	case !ok, !state.Initial, s.Previous != "", !p.casesOn(s.Track):
		return errWhere
	case len(s.Events) == 0 || s.Events[0] != ethics.Entered(s.State):
		return errEvents
	}
	return checkEvents(s.Events[1:], filingEvents)
}

// filingEvents are the events that tell how a report came to the member who entered it, or
// that details came with it.
var filingEvents = append(ethics.CameByAny(), ethics.EventIdentityGiven)

// checkStep holds a status against its step: by whom, from where to where, with what.
func (p *Policy) checkStep(past Past, s ethics.Status, step Step, roles []string) error {
	if _, err := p.stepNow(step.ID, p.facts(past, s.Day)); err != nil {
		return err
	}
	who := step.Who
	if step.FourEyes {
		who = step.Approver
	}
	if !intersects(who, roles) {
		return ErrRole
	}
	if err := p.missing(step, p.facts(past, s.Day)); err != nil {
		return err
	}
	want := past.Status
	rest := slices.Clone(s.Events)
	own := []ethics.EventKind{step.Event}
	if len(step.To) > 0 {
		if !contains(step.To, s.State) && (!contains(step.To, Previous) || s.State != past.Previous) {
			return errWhere
		}
		want.Enter(s.State)
		own = append(own, ethics.Entered(s.State))
	}
	if s.State != want.State || s.Previous != want.Previous {
		return errWhere
	}
	for _, e := range own {
		if e == "" {
			continue
		}
		n := slices.Index(rest, e)
		if n < 0 {
			return errEvents
		}
		rest = slices.Delete(rest, n, n+1)
	}
	return checkEvents(rest, step.Also)
}

func checkEvents(events, may []ethics.EventKind) error {
	for n, e := range events {
		if !contains(may, e) || contains(events[:n], e) {
			return errEvents
		}
	}
	return nil
}

// happens holds a status against an act that is no step.
func (p *Policy) happens(past Past, s ethics.Status, act OtherAct, roles []string) error {
	switch {
	case (act.By == RoleReporter) != contains(roles, RoleReporter):
		return ErrRole
	case s.State != past.State || s.Previous != past.Previous, !act.In(s.State):
		return errWhere
	case len(s.Events) == 0:
		return errEvents
	}
	return checkEvents(s.Events, act.Events)
}

// In tells whether the act is taken in a state.
func (a OtherAct) In(state ethics.State) bool { return len(a.From) == 0 || contains(a.From, state) }

// checkUnchanged lets track, category and measures change by their own acts alone.
func (p *Policy) checkUnchanged(past Past, s ethics.Status) error {
	if !past.Started {
		if len(s.Measures) > 0 {
			return errRest
		}
		return nil
	}
	asks := contains(s.Events, ethics.EventToWhistleblower)
	_, known := p.Category(s.Category)
	step, _ := p.Act(s.Act)
	switch {
	case asks != (s.Act == ethics.ActIdentify && s.Track == Whistleblower &&
		p.AsksFor(s.Track, past.Track, past.State)):
		return errRest
	case s.Track != past.Track && !asks &&
		(step.Changes != ChangesTrack || s.Track == Whistleblower || !p.casesOn(s.Track)):
		return errRest
	case s.Category != past.Category && (step.Changes != ChangesCategory || !known), s.Institution != past.Institution:
		return errRest
	}
	return checkMeasures(past.Measures, s, step.Changes)
}

// checkMeasures lets measures be set in order, and open ones be followed.
func checkMeasures(have []ethics.MeasureStatus, s ethics.Status, changes string) error {
	for n, m := range s.Measures {
		switch {
		case changes == ChangesMeasures && m.N == len(have)+n && m.State == "open":
		case changes == ChangesMeasure && n == 0 && m.N >= 0 && m.N < len(have) && have[m.N].State == "open":
		default:
			return errRest
		}
	}
	return nil
}

// facts are what a case's statuses tell; what is sealed counts as so.
func (p *Policy) facts(past Past, day ethics.Day) Facts {
	events := Events(past.Events)
	dues, err := p.Due(past.Track, events)
	if err != nil {
		return Facts{} // permits nothing
	}
	c, known := p.Category(past.Category)
	f := Facts{
		Track: past.Track, State: past.State, Previous: past.Previous, Flags: p.Flagged(events),
		FeedbackSent: p.FeedbackSent(events),
		Extendable:   p.Extendable(dues, Day(day)), NoticeOpen: NoticeOpen(dues),
		WatchOver:   p.WatchOver(past.Track, events, Day(day)),
		NoMediation: !known || c.Handling.NoForcedMediation,
		Recognition: slices.ContainsFunc(dues, func(d Due) bool { return d.ID == "recognition" && d.Stopped == "" }),

		Examiners: LeastExaminers, Drafted: true, Votes: Tally{Voters: 1, For: 1}, Consent: true,
		IfNotRecognised: choseEthics,
	}
	for _, m := range past.Measures {
		if m.State == "open" {
			f.OpenMeasures++
		}
	}
	return f
}
