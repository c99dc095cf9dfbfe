package policy

import (
	"errors"
	"slices"
	"svilpe/internal/ethics"
	"testing"
)

// A case walked from receipt to closure: at each stop one next step, and one
// person whose turn it is.
func TestTheNextStep(t *testing.T) {
	p := shipped(t)
	chair, responsible, member := holder("c", RoleChair), holder("r", RoleResponsible), holder("m", RoleCommission)
	for _, x := range []struct {
		state                      ethics.State
		chair, responsible, member string
		waits                      ethics.Act
	}{
		{"received", "", "acknowledge", "", "acknowledge"},
		{"triage", "accept", "accept", "", "accept"},
		{"awaiting_reporter", "", "", "", "reporter_replies"},
		{"accepted", "start", "start", "", "start"},
		{"investigation", "propose_decision", "", "propose_decision", "propose_decision"},
		{"decision_draft", "approve_decision", "", "", "approve_decision"},
		{"decided", "set_measures", "set_measures", "", "set_measures"},
		{"measures", "close", "close", "", "close"},
		{"forwarded", "close", "close", "", "close"},
		{"on_hold", "", "", "", ""},
		{"closed", "", "", "", ""},
		{"returned", "", "", "", ""},
		{"withdrawn", "", "", "", ""},
		{"erased", "", "", "", ""},
	} {
		f := ready(x.state)
		for want, m := range map[string]Member{
			x.chair + " c": chair, x.responsible + " r": responsible, x.member + " m": member,
		} {
			s, ok := p.Next(m, f)
			if got := string(s.ID) + " " + m.ID; got != want || ok != (s.ID != "") {
				t.Errorf("%s: next %q, want %q", x.state, got, want)
			}
		}
		w, ok := p.NextFor(f)
		if w.Step.ID != x.waits || ok != (x.waits != "") || w.Missing != nil {
			t.Errorf("%s: waits for %q, %v", x.state, w.Step.ID, w.Missing)
		}
		if ok && len(w.Roles) == 0 {
			t.Errorf("%s: waits for nobody", x.state)
		}
	}
}

func TestWhatTheNextStepMisses(t *testing.T) {
	p := shipped(t)
	f := ready("accepted")
	f.Examiners = 1
	if w, _ := p.NextFor(f); w.Step.ID != "start" || !errors.Is(w.Missing, ErrExaminers) {
		t.Errorf("%s %v", w.Step.ID, w.Missing)
	}
	if s, ok := p.Next(holder("c", RoleChair), f); ok {
		t.Errorf("offered %s with one examiner", s.ID)
	}
	f = ready("forwarded")
	f.FeedbackSent = false
	if w, _ := p.NextFor(f); w.Step.ID != "close" || !errors.Is(w.Missing, ErrFeedback) {
		t.Errorf("%s %v", w.Step.ID, w.Missing)
	}
	if w, _ := p.NextFor(ready("awaiting_reporter")); !slices.Equal(w.Roles, []string{RoleReporter}) {
		t.Error(w.Roles)
	}
}

func TestTargets(t *testing.T) {
	p := shipped(t)
	for _, x := range []struct {
		step                  ethics.Act
		state, previous, want ethics.State
	}{
		{"accept", "triage", "", "accepted"},
		{"reporter_replies", "awaiting_reporter", "investigation", "investigation"},
		{"resume_without_reply", "awaiting_reporter", "triage", "triage"},
		{"resume_without_reply", "awaiting_reporter", "closed", ""},
		{"resume_without_reply", "awaiting_reporter", "awaiting_reporter", ""},
		{"resume_without_reply", "awaiting_reporter", "", ""},
		{"end_mediation", "mediation", "", ""},
	} {
		s, ok := p.Step(x.step)
		if got := p.Target(s, Facts{State: x.state, Previous: x.previous}); !ok || got != x.want {
			t.Errorf("%s from %s: %q, want %q", x.step, x.previous, got, x.want)
		}
	}
}

func TestMessageRequired(t *testing.T) {
	p := shipped(t)
	var with []string
	for _, s := range p.Steps {
		if p.MessageRequired(s, Facts{}) {
			with = append(with, string(s.ID))
			if !s.NotifyReporter {
				t.Errorf("%s demands a message but notifies nobody", s.ID)
			}
		}
	}
	want := []string{
		"ask_reporter", "recognise", "refuse_recognition", "forward", "approve_decision", "not_examine", "merge",
	}
	if !slices.Equal(with, want) {
		t.Errorf("%v, want %v", with, want)
	}
}
