package dialogue

import (
	"errors"
	"slices"
	"testing"

	"svilpe/internal/ethics"
	"svilpe/internal/policy"
)

// TestReportersActsFollowTheWorkflow: what the reporter does is taken where the workflow
// takes it, and leads where it says; anywhere else it changes nothing. Between the page
// and its form the commission may have moved the case.
func TestReportersActsFollowTheWorkflow(t *testing.T) {
	p, err := policy.Default()
	if err != nil {
		t.Fatal(err)
	}
	s := &Service{Policy: p}
	for name, x := range map[string]struct {
		change          change
		state, previous ethics.State
		to              ethics.State // "" where it is refused
		events          []ethics.EventKind
	}{
		"an answer to a question": {
			s.takes(ethics.ActReply), "awaiting_reporter", "investigation",
			"investigation", []ethics.EventKind{ethics.EventReplied, "investigation"},
		},
		"an answer to no question": {s.takes(ethics.ActReply), "investigation", "", "", nil},
		"withdrawn": {
			s.takes(ethics.ActWithdraw), "triage", "",
			"withdrawn", []ethics.EventKind{"withdrawn"},
		},
		"withdrawn too late": {s.takes(ethics.ActWithdraw), "decided", "", "", nil},
		"no more mediation": {
			s.takes(ethics.ActEndMediation, ethics.EventRefused), "mediation", "",
			"investigation", []ethics.EventKind{ethics.EventRefused, "investigation"},
		},
		"a member's step": {s.takes(ethics.ActClose), "measures", "", "", nil},
		"yes to mediation": {
			s.says(ethics.ActAnswer, ethics.EventAgreed), "accepted", "",
			"accepted", []ethics.EventKind{ethics.EventAgreed},
		},
		"yes, and it is on hold": {s.says(ethics.ActAnswer, ethics.EventAgreed), "on_hold", "", "", nil},
		"retaliation, at any time": {
			s.says(ethics.ActRetaliation, ethics.EventRetaliation), "closed", "",
			"closed", []ethics.EventKind{ethics.EventRetaliation},
		},
	} {
		m := &ownCase{}
		m.Track, m.State, m.Previous = "ethics", x.state, x.previous
		st := ethics.Status{State: x.state, Previous: x.previous}
		err := x.change(m, &st)
		if x.to == "" {
			if !errors.Is(err, ethics.ErrConflict) || st.State != x.state || len(st.Events) > 0 {
				t.Errorf("%s: %v, in %s with %v", name, err, st.State, st.Events)
			}
			continue
		}
		if err != nil || st.State != x.to || !slices.Equal(st.Events, x.events) {
			t.Errorf("%s: %v, in %s with %v", name, err, st.State, st.Events)
		}
	}
}
