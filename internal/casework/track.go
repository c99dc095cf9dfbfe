package casework

import "svilpe/internal/ethics"

const (
	askTrack = "track"
	notMet   = "no" // a criterion's answer
)

// recordNotified records that the reporter was told the decision: the message is part of
// the step, so the deadline that the new state starts ends in the same moment.
func recordNotified(d *execution) error {
	if d.message != "" {
		d.eventsAfter = append(d.eventsAfter, ethics.EventNotified)
	}
	return nil
}

// otherTrack refuses a change that changes nothing, and the anonymous track while
// personal details are kept: nothing there would say when they are to be erased.
// The whistleblower's track is no option: only the reporter, giving a name, asks
// for it.
func otherTrack(_ *Service, o *Opened, a Act) ethics.FieldErrors {
	switch to := firstValue(a.Statements, askTrack); {
	case to == o.Track:
		return ethics.FieldErrors{{Field: askTrack, Kind: ethics.FaultSameTrack}}
	case to == "anonymous" && o.file.Vault != nil:
		return ethics.FieldErrors{{Field: askTrack, Kind: ethics.FaultHasIdentity}}
	}
	return nil
}

// criteriaMet holds the answers to the criteria against the verdict: who answers
// that one is not met does not recognise the report, and who answers that all are
// met does not refuse it (someCriterionNotMet). The answers stay the member's own;
// they are signed with the verdict, and the two must not contradict each other.
func criteriaMet(s *Service, _ *Opened, a Act) ethics.FieldErrors {
	var errs ethics.FieldErrors
	for _, c := range s.Policy.Statements(a.Step) {
		if firstValue(a.Statements, c.ID) == notMet {
			errs = append(errs, ethics.FieldError{Field: c.ID, Kind: ethics.FaultCriterionNotMet})
		}
	}
	return errs
}

func someCriterionNotMet(s *Service, o *Opened, a Act) ethics.FieldErrors {
	if len(criteriaMet(s, o, a)) > 0 {
		return nil
	}
	return ethics.FieldErrors{{Field: s.Policy.Statements(a.Step)[0].ID, Kind: ethics.FaultCriteriaMet}}
}

// moveTrack changes the track: code, messages and dates stay, and deadlines
// are counted by the new track from the same events.
func moveTrack(d *execution) error {
	d.status.Track = firstValue(d.body.Statements, askTrack)
	return nil
}
