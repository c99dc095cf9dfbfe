package policy

import (
	"maps"
	"slices"

	"svilpe/internal/ethics"
)

// need is a fact of the case that an act rests on (Step.Needs), beside role, state,
// grant and statement. Each is one row of needs and one word in the reference data.
type need struct {
	offered func(Facts) bool                   // the act is shown only where this holds; nil: always
	missing func(*Policy, Facts) error         // what must come first, while the act is shown; nil: nothing
	refuses func(f Facts, second string) error // why this member cannot be the second person; nil: nobody
}

var needs = map[string]need{
	"draft":        {offered: func(f Facts) bool { return f.Drafted }},
	"open_measure": {offered: func(f Facts) bool { return f.OpenMeasures > 0 }},
	"mediable":     {offered: func(f Facts) bool { return !f.NoMediation }},
	"watch_over":   {offered: func(f Facts) bool { return f.WatchOver }},
	"extendable":   {offered: func(f Facts) bool { return f.Extendable }},
	"notice_open":  {offered: func(f Facts) bool { return f.NoticeOpen }},
	// On the whistleblower track, from triage, and from elsewhere while the deadline of
	// recognition runs: after the track changed.
	"recognition": {offered: func(f Facts) bool {
		return f.Track == Whistleblower && (f.State == ethics.StateTriage || f.Recognition)
	}},
	"recognition_first": {offered: func(f Facts) bool {
		return f.Track != Whistleblower || f.State != ethics.StateTriage
	}},
	// Where recognition was refused, only as the reporter chose when reporting.
	"reporter_choice": {offered: func(f Facts) bool {
		return f.State != ethics.StateNotRecognised ||
			f.IfNotRecognised == choseSubmission || f.IfNotRecognised == choseEthics
	}},
	"examiners": {missing: func(_ *Policy, f Facts) error {
		return unless(f.Examiners >= LeastExaminers, ErrExaminers)
	}},
	"feedback": {missing: func(_ *Policy, f Facts) error {
		return unless(f.FeedbackSent || f.NoReporter(), ErrFeedback)
	}},
	"votes":         {missing: (*Policy).checkMajority},
	"measures_done": {missing: func(_ *Policy, f Facts) error { return unless(f.OpenMeasures == 0, ErrMeasures) }},
	"consent":       {missing: func(_ *Policy, f Facts) error { return unless(f.Consent, ErrConsent) }},
	// One approver signs beside the proposer, so the author of the draft may not be that one.
	"other_author": {refuses: func(f Facts, second string) error {
		return unless(f.another(second, f.DraftAuthor), ErrAuthor)
	}},
}

// Answers to the question what is to become of a report that is not recognised.
const (
	choseSubmission = "examine_as_submission"
	choseEthics     = "ethics"
)

func knownNeeds() []string { return slices.Sorted(maps.Keys(needs)) }

func unless(holds bool, err error) error {
	if holds {
		return nil
	}
	return err
}

// offers tells whether every fact that an act's form waits for is there.
func (s Step) offers(f Facts) bool {
	for _, id := range s.Needs {
		if n := needs[id]; n.offered != nil && !n.offered(f) {
			return false
		}
	}
	return true
}

// missing is what must come before the act, nil for nothing.
func (p *Policy) missing(s Step, f Facts) error {
	for _, id := range s.Needs {
		if n := needs[id]; n.missing != nil {
			if err := n.missing(p, f); err != nil {
				return err
			}
		}
	}
	return nil
}
