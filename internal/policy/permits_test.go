package policy

import (
	"errors"
	"slices"
	"testing"

	"svilpe/internal/ethics"
)

// past is a case as its statuses would tell it.
func past(track string, state ethics.State, events ...ethics.EventKind) Past {
	t := Past{Started: true, Status: ethics.Status{
		N: 3, Day: "2026-11-22", Policy: 1, Institution: "home", State: state, Track: track, Category: "procurement",
	}}
	for _, e := range append([]ethics.EventKind{"received"}, events...) {
		t.Events = append(t.Events, ethics.Event{Name: e, Day: "2026-11-22"})
	}
	return t
}

// follows is the next status of a past, by an act.
func follows(t Past, act ethics.Act, set func(*ethics.Status)) ethics.Status {
	s := t.Status
	s.N, s.Act, s.Events, s.Measures = s.N+1, act, nil, nil
	set(&s)
	return s
}

func enters(state ethics.State, events ...ethics.EventKind) func(*ethics.Status) {
	return func(s *ethics.Status) { s.Enter(state); s.Events = append(events, ethics.Entered(state)) }
}

func happens(events ...ethics.EventKind) func(*ethics.Status) {
	return func(s *ethics.Status) { s.Events = events }
}

var (
	responsible = []string{RoleResponsible}
	chair       = []string{RoleChair}
	reporter    = []string{RoleReporter}
)

// TestPermitsEveryStep: each step of the data may be taken from each state it names
// to each it leads to, by who may and by nobody else, with its own event; and to no
// other state, and with no other event.
func TestPermitsEveryStep(t *testing.T) {
	p := shipped(t)
	tried := 0
	for _, step := range p.Steps {
		if step.ID == "erase" { // leaves no case
			continue
		}
		for _, from := range step.From {
			for _, to := range step.To {
				b := past("ethics", from, "feedback_sent", "mediation_agreed")
				if contains(step.Needs, "recognition") {
					b = past(Whistleblower, from)
				}
				if contains(step.While, "own_initiative") {
					b.Events = append(b.Events, ethics.Event{Name: "own_audit", Day: "2026-11-22"})
				}
				if to == Previous {
					b.Previous, to = "accepted", "accepted"
				}
				who := step.Who
				if step.FourEyes {
					who = step.Approver
				}
				own := []ethics.EventKind{}
				if step.Event != "" {
					own = append(own, step.Event)
				}
				good := follows(b, step.ID, enters(to, own...))
				try := func(what string, s ethics.Status, roles []string, want bool) {
					tried++
					if err := p.Permits(b, s, roles); (err == nil) != want || !want && !errors.Is(err, ErrMove) {
						t.Errorf("%s from %s to %s, %s: %v", step.ID, from, to, what, err)
					}
				}
				try("as it is", good, who, true)
				try("by nobody", good, nil, false)
				try("by the auditor", good, []string{RoleAuditor}, false)
				try("to nowhere", follows(b, step.ID, enters("erased", own...)), who, false)
				try("staying", follows(b, step.ID, happens(append(own, ethics.Entered(to))...)), who, from == to)
				try("muted beside", follows(b, step.ID, enters(to, append(own, "muted")...)), who, false)
				try("without the state", follows(b, step.ID, func(s *ethics.Status) { s.Enter(to); s.Events = own }),
					who, false)
				if step.Event != "" {
					try("without what happened", follows(b, step.ID, enters(to)), who, false)
				}
				try("with another way back", follows(b, step.ID, func(s *ethics.Status) {
					enters(to, own...)(s)
					s.Previous = "on_hold"
				}), who, false)
				try("with the state twice", follows(b, step.ID, enters(to, append(own, ethics.Entered(to))...)),
					who, false)
				elsewhere := b
				elsewhere.State = "erased"
				if err := p.Permits(elsewhere, follows(elsewhere, step.ID, enters(to, own...)), who); err == nil {
					t.Errorf("%s is taken from where it does not begin", step.ID)
				}
			}
		}
	}
	if tried < 300 {
		t.Errorf("only %d moves", tried)
	}
}

// TestPermitsWhatIsNoStep: what a message, a note or the reporter brings, and what
// only one act may change.
func TestPermitsWhatIsNoStep(t *testing.T) {
	p := shipped(t)
	triage, told := past("ethics", "triage"), past("ethics", "measures", "feedback_sent")
	told.Measures = []ethics.MeasureStatus{
		{N: 0, Due: "2026-12-01", State: "open"}, {N: 1, Due: "2026-12-01", State: "done"},
	}
	measures := func(m ...ethics.MeasureStatus) func(*ethics.Status) {
		return func(s *ethics.Status) { s.Measures = m }
	}
	for _, x := range []struct {
		what  string
		past  Past
		s     ethics.Status
		roles []string
		good  bool
	}{
		{"feedback", triage, follows(triage, ethics.ActMessage, happens("feedback_sent")), responsible, true},
		{"feedback of the reporter", triage, follows(triage, ethics.ActMessage,
			happens("feedback_sent")), reporter, false},
		{"a message that brings nothing", triage, follows(triage, ethics.ActMessage, happens()), responsible, false},
		{"a message that moves", triage, follows(triage, ethics.ActMessage, func(s *ethics.Status) {
			s.State, s.Events = "closed", []ethics.EventKind{"feedback_sent"}
		}), responsible, false},
		{"a message that changes the way back", triage, follows(triage, ethics.ActMessage, func(s *ethics.Status) {
			s.Previous, s.Events = "accepted", []ethics.EventKind{"feedback_sent"}
		}), responsible, false},
		{"closed without a word to the reporter", past("ethics", "measures"), follows(past("ethics", "measures"),
			"close", enters("closed")), responsible, false},
		{"closed with an open measure", told, follows(told, "close", enters("closed")), responsible, false},
		{"measures are set", past("ethics", "decided"),
			follows(past("ethics", "decided"), ethics.ActMeasures, func(s *ethics.Status) {
				enters("measures")(s)
				s.Measures = []ethics.MeasureStatus{{N: 0, State: "open"}, {N: 1, State: "open"}}
			}), responsible, true},
		{"measures are set as done", past("ethics", "decided"),
			follows(past("ethics", "decided"), ethics.ActMeasures, func(s *ethics.Status) {
				enters("measures")(s)
				s.Measures = []ethics.MeasureStatus{{N: 0, State: "done"}}
			}), responsible, false},
		{"measures are set with a gap", past("ethics", "decided"),
			follows(past("ethics", "decided"), ethics.ActMeasures, func(s *ethics.Status) {
				enters("measures")(s)
				s.Measures = []ethics.MeasureStatus{{N: 0, State: "open"}, {N: 2, State: "open"}}
			}), responsible, false},
		{"two measures followed at once", told, follows(told, ethics.ActFollow, measures(
			ethics.MeasureStatus{N: 0, Due: "2026-12-01", State: "done"},
			ethics.MeasureStatus{N: 0, Due: "2026-12-02", State: "done"})), responsible, false},
		{"feedback twice", triage, follows(triage, ethics.ActMessage,
			happens("feedback_sent", "feedback_sent")), responsible, false},
		{"a meeting", triage, follows(triage, ethics.ActNote, happens("meeting_held")), responsible, true},
		{"a note of feedback", triage, follows(triage, ethics.ActNote, happens("feedback_sent")), responsible, false},
		{"retaliation", triage, follows(triage, ethics.ActRetaliation,
			happens(ethics.EventRetaliation)), reporter, true},
		{"retaliation that a member reports", triage, follows(triage, ethics.ActRetaliation,
			happens(ethics.EventRetaliation)), responsible, false},
		{"a check-in", triage, follows(triage, ethics.ActCheckIn,
			happens(ethics.EventCheckedIn, ethics.EventRetaliation)), reporter, true},
		{"a yes", past("ethics", "accepted"), follows(past("ethics", "accepted"), ethics.ActAnswer,
			happens(ethics.EventAgreed)), reporter, true},
		{"a yes that nobody can have asked for", triage, follows(triage, ethics.ActAnswer,
			happens(ethics.EventAgreed)), reporter, false},
		{"details", triage, follows(triage, ethics.ActIdentify, happens("identity_given")), reporter, true},
		{"asks to be recognised", triage, follows(triage, ethics.ActIdentify, func(s *ethics.Status) {
			s.Track = Whistleblower
			s.Events = []ethics.EventKind{ethics.EventToWhistleblower}
		}), reporter, true},
		{"asks to be recognised when all is decided", past("ethics", "decided"),
			follows(past("ethics", "decided"), ethics.ActIdentify, func(s *ethics.Status) {
				s.Track = Whistleblower
				s.Events = []ethics.EventKind{ethics.EventToWhistleblower}
			}), reporter, false},
		{"asks, and the track stays", triage, follows(triage, ethics.ActIdentify,
			happens(ethics.EventToWhistleblower)), reporter, false},
		{"the track, and nobody asks", triage, follows(triage, ethics.ActIdentify, func(s *ethics.Status) {
			s.Track = Whistleblower
			s.Events = []ethics.EventKind{"identity_given"}
		}), reporter, false},
		{"takes them away", triage, follows(triage, ethics.ActWithdrawID,
			happens(ethics.EventIdentityWithdrawn)), reporter, true},
		{"says that time erased them", triage, follows(triage, ethics.ActWithdrawID,
			happens(ethics.EventIdentityErased)), reporter, false},
		{"another track", triage, follows(triage, ethics.ActTrack, func(s *ethics.Status) {
			s.Track = "anonymous"
		}), responsible, true},
		{"the whistleblower's, by a member", triage, follows(triage, ethics.ActTrack, func(s *ethics.Status) {
			s.Track = Whistleblower
		}), responsible, false},
		{"a track that is none", triage, follows(triage, ethics.ActTrack, func(s *ethics.Status) {
			s.Track = Consultation
		}), responsible, false},
		{"another track by the way", triage, follows(triage, ethics.ActCategory, func(s *ethics.Status) {
			s.Track = "anonymous"
			s.Events = []ethics.EventKind{"category_changed"}
		}), responsible, false},
		{"another category", triage, follows(triage, ethics.ActCategory, func(s *ethics.Status) {
			s.Category = p.Categories[0].ID
			s.Events = []ethics.EventKind{"category_changed"}
		}), responsible, true},
		{"a category that is none", triage, follows(triage, ethics.ActCategory, func(s *ethics.Status) {
			s.Category = "x"
			s.Events = []ethics.EventKind{"category_changed"}
		}), responsible, false},
		{"another category by the way", triage, follows(triage, ethics.ActMessage, func(s *ethics.Status) {
			s.Category = p.Categories[0].ID
			s.Events = []ethics.EventKind{"feedback_sent"}
		}), responsible, false},
		{"another institution", triage, follows(triage, ethics.ActMessage, func(s *ethics.Status) {
			s.Institution = "up"
			s.Events = []ethics.EventKind{"feedback_sent"}
		}), responsible, false},
		{"a measure done", told, follows(told, ethics.ActFollow,
			measures(ethics.MeasureStatus{N: 0, Due: "2026-12-01", State: "done"})), responsible, true},
		{"one that was done", told, follows(told, ethics.ActFollow,
			measures(ethics.MeasureStatus{N: 1, Due: "2026-12-01", State: "open"})), responsible, false},
		{"one that is none", told, follows(told, ethics.ActFollow,
			measures(ethics.MeasureStatus{N: 2, Due: "2026-12-01", State: "open"})), responsible, false},
		{"one before the first", told, follows(told, ethics.ActFollow,
			measures(ethics.MeasureStatus{N: -1, Due: "2026-12-01", State: "open"})), responsible, false},
		{"a measure by the way", triage, follows(triage, ethics.ActMessage, func(s *ethics.Status) {
			s.Events, s.Measures = []ethics.EventKind{"feedback_sent"}, []ethics.MeasureStatus{
				{Due: "2026-12-01", State: "open"},
			}
		}), responsible, false},
		{"muted, and closed by the way", triage, follows(triage, "mute", func(s *ethics.Status) {
			s.State, s.Events = "closed", []ethics.EventKind{"muted"}
		}), chair, false},
		{"an act that is none", triage, follows(triage, "end", happens("closed")), chair, false},
		{"filed again", triage, follows(triage, ethics.ActFile, happens("received")), reporter, false},
		{"muted twice", past("ethics", "triage", "muted"), follows(triage, "mute", happens("muted")), chair, false},
	} {
		if err := p.Permits(x.past, x.s, x.roles); (err == nil) != x.good {
			t.Errorf("%s: %v", x.what, err)
		}
	}
}

// TestPermitsTheFiling: the first status is the reporter's, in the first state.
func TestPermitsTheFiling(t *testing.T) {
	p := shipped(t)
	filed := ethics.Status{
		Act: ethics.ActFile, Day: "2026-11-22", State: "received", Track: "ethics", Category: "procurement",
		Events: []ethics.EventKind{"received"},
	}
	for what, x := range map[string]struct {
		set   func(*ethics.Status)
		roles []string
		good  bool
	}{
		"as it is": {func(*ethics.Status) {}, reporter, true},
		"entered, with details": {func(s *ethics.Status) {
			s.Events = append(s.Events, "entered_phone", "identity_given")
		}, reporter, true},
		"by a member":    {func(*ethics.Status) {}, responsible, false},
		"by another act": {func(s *ethics.Status) { s.Act = ethics.ActMessage }, reporter, false},
		"in another state": {func(s *ethics.Status) {
			s.State, s.Events = "closed", []ethics.EventKind{"closed"}
		}, reporter, false},
		"to go back":         {func(s *ethics.Status) { s.Previous = "triage" }, reporter, false},
		"as a consultation":  {func(s *ethics.Status) { s.Track = Consultation }, reporter, false},
		"with no event":      {func(s *ethics.Status) { s.Events = nil }, reporter, false},
		"with another event": {func(s *ethics.Status) { s.Events = append(s.Events, "muted") }, reporter, false},
		"with another first": {func(s *ethics.Status) {
			s.Events = []ethics.EventKind{"identity_given"}
		}, reporter, false},
		"with a measure": {func(s *ethics.Status) {
			s.Measures = []ethics.MeasureStatus{{State: "open"}}
		}, reporter, false},
	} {
		s := filed
		s.Events = slices.Clone(filed.Events)
		x.set(&s)
		if err := p.Permits(Past{}, s, x.roles); (err == nil) != x.good {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestVersion: there is one.
func TestVersion(t *testing.T) {
	if p, err := ByVersion(ethics.PolicyVersion); err != nil || p != shipped(t) {
		t.Error(err)
	}
	if _, err := ByVersion(2); err == nil {
		t.Error("a version that nobody stated")
	}
}
