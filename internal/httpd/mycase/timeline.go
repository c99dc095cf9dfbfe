package mycase

import (
	"cmp"
	"slices"

	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/locale"
	"svilpe/internal/policy"
)

// timeline is what was, by day, and what comes by when. A deadline that was met
// is a line of its own; the event that met it is then not said again.
func (s *Site) timeline(p *locale.Printer, view dialogue.View) []httpd.Event {
	var past, coming []httpd.Event
	for _, e := range view.Events {
		if text, ok := s.happened(p, e, view.Dues); ok {
			past = append(past, httpd.Event{Day: e.Day, Text: text})
		}
	}
	today := ethics.DayOf(s.Dialogue.Now())
	for _, d := range view.Dues {
		line := httpd.Event{Kind: "due", Day: string(d.Due), Text: s.dueName(p, d)}
		switch {
		case d.Stopped != "" && d.ID == silence:
			continue // «you answered» is an event of its own
		case d.Stopped != "":
			line.Kind, line.Day = "done", string(d.Stopped)
			past = append(past, line)
			continue
		case d.Overdue(policy.Day(today)):
			line.Kind = "overdue"
			line.Note = p.T("reporter.case.overdue")
		}
		coming = append(coming, line)
	}
	byDay := func(a, b httpd.Event) int { return cmp.Compare(a.Day, b.Day) }
	slices.SortStableFunc(past, byDay)
	slices.SortStableFunc(coming, byDay)
	return append(past, coming...)
}

// silence is the deadline that waits for the reporter. Its name speaks of the
// reporter to others; to the reporter the state says it.
const silence = "reporter_silence"

// watching is the deadline up to which the code of an ended case is listened to.
const watching = "protection_watch"

func (s *Site) dueName(p *locale.Printer, d policy.Due) string {
	if state, ok := s.Policy.State(ethics.StateAwaiting); ok && d.ID == silence {
		return state.Name.In(p.Lang())
	}
	return d.Name.In(p.Lang())
}

// happened is an event in words; false for one that a met deadline says.
func (s *Site) happened(p *locale.Printer, e ethics.Event, dues []policy.Due) (string, bool) {
	if state, ok := s.Policy.State(ethics.State(e.Name)); ok {
		return state.Name.In(p.Lang()), true
	}
	for _, d := range dues {
		rule, _ := s.Policy.Deadline(d.ID)
		if d.ID != silence && string(d.Stopped) == e.Day && slices.Contains(rule.Stops, e.Name) {
			return "", false
		}
	}
	key, ok := events[e.Name]
	if !ok {
		return "", false
	}
	return p.T(key), true
}

// events are the events that reporters see. What concerns others only (the
// person concerned was informed, a deferral was recorded) is not among them.
var events = map[ethics.EventKind]string{
	ethics.EventAcknowledged:        "reporter.event.acknowledged",
	ethics.EventNotified:            "reporter.event.reporter_notified",
	ethics.EventProgress:            "reporter.event.progress_info_sent",
	ethics.EventFeedback:            "reporter.event.feedback_sent",
	ethics.EventExtended:            "reporter.event.deadline_extended",
	ethics.EventMeetingRequested:    "reporter.event.meeting_requested",
	ethics.EventMeetingHeld:         "reporter.event.meeting_held",
	ethics.EventReplied:             "reporter.event.reporter_replied",
	ethics.EventResumed:             "reporter.event.resumed_without_reply",
	ethics.EventWatchEnded:          "reporter.event.protection_watch_ended",
	ethics.EventToWhistleblower:     "reporter.event.changed_to_whistleblower",
	ethics.EventReopened:            "reporter.event.reopened",
	ethics.EventIdentityErased:      "loose.event.erased",
	ethics.EventMediationOffered:    "mediation.event.offered",
	ethics.EventAgreed:              "mediation.own.agreed",
	ethics.EventRefused:             "mediation.own.refused",
	ethics.EventRetaliation:         "watch.own.reported",
	ethics.EventCheckedIn:           "watch.event.checked",
	ethics.EventRetaliationAnswered: "watch.event.reporter_answered",
}

// next says what comes next: the nearest running deadline.
func (s *Site) next(p *locale.Printer, view dialogue.View) string {
	today := policy.Day(ethics.DayOf(s.Dialogue.Now()))
	var next *policy.Due
	for i, d := range view.Dues {
		if d.Stopped == "" && (next == nil || d.Due < next.Due) {
			next = &view.Dues[i]
		}
	}
	switch {
	case next == nil:
		return p.T("reporter.case.next_none")
	case next.ID == silence && !next.Overdue(today):
		return p.T("reporter.case.next_answer", "Day", p.Day(string(next.Due)))
	case next.ID == watching:
		return p.T("reporter.case.next_ended", "Day", p.Day(string(next.Due)))
	case next.Overdue(today):
		return p.T("reporter.case.next_overdue", "Name", s.dueName(p, *next), "Day", p.Day(string(next.Due)))
	}
	return p.T("reporter.case.next_due", "Name", s.dueName(p, *next), "Day", p.Day(string(next.Due)))
}
