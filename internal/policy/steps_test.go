package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"svilpe/internal/ethics"
	"testing"
)

// ready is a case of which nothing is missing.
func ready(state ethics.State) Facts {
	return Facts{Track: "anonymous", State: state, Previous: "triage", Examiners: 2,
		FeedbackSent: true, DraftAuthor: "author",
		Drafted: true, Votes: Tally{Voters: 3, For: 2}, Consent: true, Another: another}
}

// another takes each id for a person of its own, and none for nobody's.
func another(a, b string) bool { return a != "" && b != "" && a != b }

func holder(id string, roles ...string) Member {
	return Member{ID: id, Roles: roles, HoldsGrant: true, Stated: true}
}

func stepIDs(steps []Step) string {
	return strings.Join(keys(steps), " ")
}

// The table a lawyer would check, written out: who may take or propose what.
func TestWhoMayDoWhatInEachState(t *testing.T) {
	p := shipped(t)
	for _, x := range []struct {
		state                                ethics.State
		responsible, chair, member, reporter string
	}{
		{"received", "acknowledge merge", "merge", "", "withdraw"},
		{
			"triage", "ask_reporter accept forward not_examine merge", "ask_reporter accept merge",
			"ask_reporter", "withdraw",
		},
		{
			"awaiting_reporter", "resume_without_reply merge", "resume_without_reply merge", "",
			"reporter_replies withdraw",
		},
		{
			"recognised", "ask_reporter start_recognised forward hold merge",
			"ask_reporter start_recognised hold merge", "ask_reporter", "withdraw",
		},
		{"not_recognised", "ask_reporter forward not_examine merge", "ask_reporter merge", "ask_reporter", "withdraw"},
		{
			"accepted", "ask_reporter start forward hold merge", "ask_reporter start hold offer_mediation merge",
			"ask_reporter", "withdraw",
		},
		{
			"investigation", "ask_reporter forward hold merge",
			"ask_reporter hold offer_mediation propose_decision merge", "ask_reporter propose_decision", "withdraw",
		},
		{"mediation", "", "end_mediation", "", "end_mediation withdraw"},
		{"forwarded", "resume close reopen", "resume close reopen", "", ""},
		{"on_hold", "resume merge", "resume merge", "", "withdraw"},
		{"decision_draft", "forward merge", "reject_draft approve_decision merge", "reject_draft", ""},
		{"decided", "set_measures close", "set_measures close", "", ""},
		{"measures", "close", "close", "", ""},
		{"closed", "reopen", "reopen", "", ""},
		{"returned", "reopen", "reopen", "", ""},
		{"withdrawn", "reopen", "reopen", "", ""},
		{"erased", "", "", "", ""},
	} {
		f := ready(x.state)
		for role, want := range map[string]string{RoleResponsible: x.responsible, RoleChair: x.chair,
			RoleCommission: x.member,
			"trust_person": "", "contact_person": "", RoleAuditor: "", "institution_head": "", RoleAdministrator: "",
			RoleReporter: "", actorSystem: "", "": "", "nobody": ""} {
			if got := stepIDs(p.Offered(holder("m", role), f)); got != want {
				t.Errorf("%s, %s: offered %q, want %q", x.state, role, got, want)
			}
		}
		if got := stepIDs(p.OfferedReporter(f)); got != x.reporter {
			t.Errorf("%s, reporter: offered %q, want %q", x.state, got, x.reporter)
		}
		// On a track that is not offered, or none, nobody may do anything.
		for _, track := range []string{"consultation", ""} {
			f.Track = track
			if got := stepIDs(p.Offered(holder("m", RoleResponsible, RoleCommission), f)) +
				stepIDs(p.OfferedReporter(f)); got != "" {
				t.Errorf("%s, track %q: offered %q", x.state, track, got)
			}
		}
	}
	if got := p.Offered(holder("m", RoleChair), ready("nowhere")); got != nil {
		t.Error(got)
	}
}

// Every step from every state by every role, with and without grant and
// statement, against the YAML itself.
func TestEveryStepFromEveryState(t *testing.T) {
	p, tried, open := shipped(t), 0, 0
	for _, s := range p.Steps {
		withheld := slices.Contains(p.offer.Steps, s.ID)
		for _, state := range p.States {
			here := slices.Contains(s.From, state.ID) && !withheld
			if s.ID == "accept" && state.ID == "not_recognised" {
				here = false // the reporter's choice is not among the facts
			}
			// with another flag: TestTwoTakeUpAnOwnCase
			here = here && s.ID != "accept_own"
			// on another track: TestRecognitionComesFirst
			here = here && s.ID != "recognise" && s.ID != "refuse_recognition"
			for _, role := range p.Roles {
				for bits := range 4 {
					m := Member{ID: "m", Roles: []string{role.ID}, HoldsGrant: bits&1 != 0, Stated: bits&2 != 0}
					may := here && bits == 3 && role.ID != RoleReporter
					f := ready(state.ID)
					tried++
					if got := p.May(m, s.ID, f) == nil; got != (may && slices.Contains(s.Who, role.ID)) {
						t.Errorf("%s from %s by %+v: %t", s.ID, state.ID, m, got)
					} else if got {
						open++
					}
					if got := p.MayApprove(m, s.ID, "other", f) == nil; got != (may && s.FourEyes &&
						slices.Contains(s.Approver, role.ID)) {
						t.Errorf("approve %s from %s by %+v: %t", s.ID, state.ID, m, got)
					}
					if p.MayApprove(m, s.ID, m.ID, f) == nil {
						t.Errorf("%s approves the own %s", role.ID, s.ID)
					}
				}
			}
		}
	}
	if tried != 25*17*9*4 || open < 30 {
		t.Errorf("%d tried, %d open", tried, open)
	}
}

func TestWhyAStepIsRefused(t *testing.T) {
	p := shipped(t)
	chair := holder("c", RoleChair)
	for _, x := range []struct {
		name  string
		m     Member
		step  ethics.Act
		state ethics.State
		alter func(*Member, *Facts)
		want  error
	}{
		{"allowed", chair, "start", "accepted", nil, nil},
		{"no such step", chair, "begin", "accepted", nil, ErrStep},
		{"wrong state", chair, "start", "triage", nil, ErrStep},
		{"a category that forbids mediation", chair, "offer_mediation", "accepted", func(_ *Member, f *Facts) {
			f.NoMediation = true
		}, ErrStep},
		{"asked in a category that forbids it", chair, "ask_mediation", "accepted", func(_ *Member, f *Facts) {
			f.NoMediation = true
		}, ErrStep},
		{"mediation without consent", chair, "offer_mediation", "accepted", func(_ *Member, f *Facts) {
			f.Consent = false
		}, ErrConsent},
		{"a decision without draft", chair, "approve_decision", "decision_draft", func(_ *Member, f *Facts) {
			f.Drafted = false
		}, ErrDraft},
		{"half have voted", chair, "approve_decision", "decision_draft", func(_ *Member, f *Facts) {
			f.Votes = Tally{Voters: 4, For: 2}
		}, ErrQuorum},
		{"nobody may vote", chair, "approve_decision", "decision_draft", func(_ *Member, f *Facts) {
			f.Votes = Tally{}
		}, ErrQuorum},
		{"abstentions make the quorum", chair, "approve_decision", "decision_draft", func(_ *Member, f *Facts) {
			f.Votes = Tally{Voters: 4, For: 1, Abstain: 2}
		}, nil},
		{"as many against", chair, "approve_decision", "decision_draft", func(_ *Member, f *Facts) {
			f.Votes = Tally{Voters: 4, For: 2, Against: 2}
		}, ErrMajority},
		{"a vote", chair, "vote", "decision_draft", nil, nil},
		{"a vote on nothing", chair, "vote", "decision_draft", func(_ *Member, f *Facts) {
			f.Drafted = false
		}, ErrStep},
		{"a responsible person's vote", holder("r", RoleResponsible), "vote", "decision_draft", nil, ErrRole},
		{"closed with an open measure", chair, "close", "measures", func(_ *Member, f *Facts) {
			f.OpenMeasures = 1
		}, ErrMeasures},
		{"following no measure", chair, "follow_measure", "measures", nil, ErrStep},
		{"following a measure", chair, "follow_measure", "measures", func(_ *Member, f *Facts) {
			f.OpenMeasures = 1
		}, nil},
		{"watching ended early", chair, "end_watch", "closed", nil, ErrStep},
		{"watching ended in time", chair, "end_watch", "closed", func(_ *Member, f *Facts) { f.WatchOver = true }, nil},
		{"watching ended while the reporter waits", chair, "end_watch", "closed", func(_ *Member, f *Facts) {
			f.WatchOver, f.Flags = true, []string{"retaliation_reported"}
		}, ErrStep},
		{"another track", holder("r", RoleResponsible), "recognise", "triage", nil, ErrStep},
		{"no grant", chair, "start", "accepted", func(m *Member, _ *Facts) { m.HoldsGrant = false }, ErrGrant},
		{"no grant and no role tell the same", Member{
			ID: "a", Roles: []string{RoleAdministrator},
		}, "start", "accepted", nil, ErrGrant},
		{"wrong role", holder("m", RoleCommission), "start", "accepted", nil, ErrRole},
		{"no statement", chair, "start", "accepted", func(m *Member, _ *Facts) { m.Stated = false }, ErrStatement},
		{"one examiner", chair, "start", "accepted", func(_ *Member, f *Facts) { f.Examiners = 1 }, ErrExaminers},
		{"one examiner after a hold", chair, "resume", "on_hold", func(_ *Member, f *Facts) {
			f.Examiners = 1
		}, ErrExaminers},
		{"no feedback", chair, "close", "forwarded", func(_ *Member, f *Facts) { f.FeedbackSent = false }, ErrFeedback},
		{"previous unknown", chair, "resume_without_reply", "awaiting_reporter", func(_ *Member, f *Facts) {
			f.Previous = ""
		}, ErrStep},
		{"previous forged", chair, "resume_without_reply", "awaiting_reporter", func(_ *Member, f *Facts) {
			f.Previous = "decided"
		}, ErrStep},
		{"the reporter's own step", chair, "withdraw", "triage", nil, ErrRole},
		{"a member who calls himself reporter", holder("x", RoleReporter), "withdraw", "triage", nil, ErrRole},
	} {
		m, f := x.m, ready(x.state)
		if x.alter != nil {
			x.alter(&m, &f)
		}
		if err := p.May(m, x.step, f); !errors.Is(err, x.want) || (x.want == nil) != (err == nil) {
			t.Errorf("%s: %s from %s: %v, want %v", x.name, x.step, x.state, err, x.want)
		}
	}
	if err := p.MayReporter("accept", ready("triage")); !errors.Is(err, ErrRole) {
		t.Error(err)
	}
	if err := p.MayReporter("withdraw", ready("closed")); !errors.Is(err, ErrStep) {
		t.Error(err)
	}
}

func TestSecondSignature(t *testing.T) {
	p := shipped(t)
	member := holder("m", RoleCommission)
	chair, other := holder("c", RoleChair), holder("r", RoleResponsible)
	for _, x := range []struct {
		name     string
		m        Member
		step     ethics.Act
		proposer string
		f        Facts
		want     error
	}{
		{"another person", member, "approve_decision", "c", ready("decision_draft"), nil},
		{"another person", other, "close", "c", ready("decided"), nil},
		{"the proposer", chair, "close", "c", ready("decided"), ErrSamePerson},
		{
			"the proposer in another role", holder("c", RoleChair, RoleCommission), "approve_decision", "c",
			ready("decision_draft"), ErrSamePerson,
		},
		{"a proposer without name", chair, "close", "", ready("decided"), ErrSamePerson},
		{"an approver without name", holder("", RoleChair), "close", "r", ready("decided"), ErrSamePerson},
		{"wrong role", chair, "approve_decision", "m", ready("decision_draft"), ErrRole},
		{
			"the author of the draft", holder("author", RoleCommission), "approve_decision", "c",
			ready("decision_draft"), ErrAuthor,
		},
		{"the author, of another step", holder("author", RoleChair), "close", "r", ready("decided"), nil},
		{
			"no grant", Member{ID: "m", Roles: []string{RoleCommission}, Stated: true}, "approve_decision", "c",
			ready("decision_draft"), ErrGrant,
		},
		{
			"no statement", Member{ID: "m", Roles: []string{RoleCommission}, HoldsGrant: true}, "approve_decision", "c",
			ready("decision_draft"), ErrStatement,
		},
		{"a proposal overtaken", member, "approve_decision", "c", ready("investigation"), ErrStep},
		{"a step for one", chair, "start", "r", ready("accepted"), ErrStep},
		{"another track", other, "recognise", "c", ready("triage"), ErrStep},
		{"feedback missing", other, "close", "c", Facts{
			Track: "ethics", State: "decided", Another: another,
		}, ErrFeedback},
	} {
		if err := p.MayApprove(x.m, x.step, x.proposer, x.f); !errors.Is(err, x.want) ||
			(x.want == nil) != (err == nil) {
			t.Errorf("%s: %s: %v, want %v", x.name, x.step, err, x.want)
		}
	}
}

// What the system may do by time or rule, no member may do under its name.
func TestNobodyActsAsTheSystem(t *testing.T) {
	p := shipped(t)
	f := ready("closed")
	if got := stepIDs(p.Offered(holder("x", actorSystem, RoleReporter, RoleResponsible), f)); got != "reopen" {
		t.Error(got)
	}
}

// On the whistleblower's track nothing passes by recognition, and it is decided
// once: from triage, or after the track was changed.
func TestRecognitionComesFirst(t *testing.T) {
	p := shipped(t)
	m := holder("r", RoleResponsible)
	f := ready("triage")
	f.Track = "whistleblower"
	if got := stepIDs(p.Offered(m, f)); got != "ask_reporter recognise refuse_recognition forward merge" {
		t.Error(got)
	}
	if s, ok := p.Next(m, f); !ok || s.ID != "recognise" {
		t.Errorf("the next step from triage is %q", s.ID)
	}
	for _, state := range []ethics.State{"accepted", "investigation"} {
		f.State = state
		for _, runs := range []bool{false, true} {
			f.Recognition = runs
			for _, id := range []ethics.Act{"recognise", "refuse_recognition"} {
				if got := p.May(m, id, f) == nil; got != runs {
					t.Errorf("%s from %s: %t with its deadline running: %t", id, state, got, runs)
				}
				if p.MayApprove(m, id, m.ID, f) == nil {
					t.Errorf("%s: approved by the proposer", id)
				}
			}
		}
	}
	f.State = "recognised"
	if s, ok := p.NextFor(f); !ok || s.Step.ID != "start_recognised" {
		t.Errorf("recognised: next is %q", s.Step.ID)
	}
	f.State = "not_recognised"
	for choice, want := range map[string]bool{
		"": false, "do_not_examine": false, "examine_as_submission": true, "ethics": true,
	} {
		f.IfNotRecognised = choice
		if got := p.May(m, "accept", f) == nil; got != want {
			t.Errorf("%q: accept %t", choice, got)
		}
	}
	if err := p.May(m, "not_examine", f); err != nil {
		t.Error(err)
	}
}

// Whoever may take a step has the matrix's permission for it too.
func TestStepsAgreeWithTheMatrix(t *testing.T) {
	p := shipped(t)
	for step, row := range map[ethics.Act]string{"accept": "choose_route", "accept_own": "choose_route",
		"forward": "forward", "propose_decision": "draft_decision",
		"approve_decision": "decide_close_reopen", "close": "decide_close_reopen", "reopen": "decide_close_reopen",
		"set_measures": "measures", "ask_reporter": "message_reporter"} {
		s, _ := p.Step(step)
		for _, role := range append(slices.Clone(s.Who), s.Approver...) {
			if !p.Allowed(holder("m", role), row) {
				t.Errorf("%s may %s but not %s", role, step, row)
			}
		}
	}
	var offered []string
	for _, a := range p.OfferedActions() {
		offered = append(offered, fmt.Sprint(a.ID, a.Who))
	}
	if want := []string{
		"assign_or_remove_examiner[commission_chair responsible_person]",
		"redact[commission_member commission_chair responsible_person]",
		"escalate_head_involved[system responsible_person]",
	}; !slices.Equal(offered, want) {
		t.Error(offered)
	}
}

// A case that no reporter stands behind is taken up by two, and in no other way;
// one with a reporter is not taken up like that.
func TestTwoTakeUpAnOwnCase(t *testing.T) {
	p := shipped(t)
	own, other := ready("triage"), ready("triage")
	own.Flags = []string{"own_initiative"}
	for _, role := range []string{RoleResponsible, RoleChair} {
		m := holder("m", role)
		if p.May(m, "accept", own) == nil || p.May(m, "accept_own", other) == nil {
			t.Errorf("%s: the other case's way", role)
		}
		if err := p.May(m, "accept_own", own); err != nil {
			t.Errorf("%s: %v", role, err)
		}
		if s, ok := p.Next(m, own); !ok || s.ID != "accept_own" || !s.FourEyes {
			t.Errorf("%s: next is %q", role, s.ID)
		}
		if p.MayApprove(m, "accept_own", m.ID, own) == nil || p.MayApprove(m, "accept_own", "other", own) != nil {
			t.Errorf("%s: approves the own, or not the other's", role)
		}
	}
	for _, s := range p.Steps {
		if contains(s.From, "triage") && !s.FourEyes &&
			p.May(holder("m", RoleResponsible, RoleChair), s.ID, own) == nil {
			t.Errorf("%s leads one person out of the assessment", s.ID)
		}
	}
}

// Two ids of one person are no two people, and where nobody tells who is another
// person nobody is.
func TestTheSecondPersonIsAskedFor(t *testing.T) {
	p, second := shipped(t), holder("second", RoleCommission)
	f := ready("decision_draft")
	if err := p.MayApprove(second, "approve_decision", "c", f); err != nil {
		t.Fatal(err)
	}
	f.Another = nil
	if err := p.MayApprove(second, "approve_decision", "c", f); !errors.Is(err, ErrSamePerson) {
		t.Errorf("nobody tells: %v", err)
	}
	for one, want := range map[string]error{"c": ErrSamePerson, "author": ErrAuthor} {
		f.Another = func(_, b string) bool { return b != one } // the second's other id
		if err := p.MayApprove(second, "approve_decision", "c", f); !errors.Is(err, want) {
			t.Errorf("the second is %s too: %v", one, err)
		}
	}
}
