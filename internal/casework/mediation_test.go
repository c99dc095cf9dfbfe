package casework_test

import (
	"errors"
	"slices"
	"testing"

	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
)

var (
	asking    = casework.Act{Step: "ask_mediation", Message: "Do you agree to talks?"}
	mediating = casework.Act{Step: "offer_mediation", Message: "The talks begin."}
)

func (w *world) answers(f filed, agree bool) error {
	_, err := w.dia.Mediation(ctx, w.visit(f), derive.New(), agree)
	return err
}

func (w *world) stands(f filed) string {
	w.t.Helper()
	v, err := w.dia.View(ctx, w.visit(f))
	must(w.t, err)
	return v.Mediation
}

// TestMediationNeedsConsent: none begins before the reporter's own signed yes to
// the newest question; a yes taken back is none; a word written by somebody else
// is none either.
func TestMediationNeedsConsent(t *testing.T) {
	w := founded(t)
	f := w.examined(w.file())
	begin := func(when string) {
		t.Helper()
		if err := w.take("chair", f, mediating); !errors.Is(err, policy.ErrConsent) {
			t.Errorf("%s: %v", when, err)
		}
	}
	begin("not asked")
	if err := w.answers(f, true); !errors.Is(err, ethics.ErrConflict) || w.stands(f) != "" {
		t.Errorf("an answer to nothing: %v", err)
	}
	var errs ethics.FieldErrors
	if err := w.take("chair", f, casework.Act{Step: "ask_mediation"}); !errors.As(err, &errs) ||
		errs.Of("message") != "required" {
		t.Errorf("asked without a word: %v", err)
	}
	w.does("chair", f, asking)
	begin("asked")
	view, err := w.dia.View(ctx, w.visit(f))
	must(t, err)
	// The operator writes the event, a member the message: neither is consent.
	w.put(f, ethics.KindMessage, ethics.Message{Event: ethics.EventAgreed, Step: "ask_mediation", To: view.Offer},
		w.by("member"), true)
	begin("a member's word")
	must(t, w.answers(f, false))
	begin("refused")
	must(t, w.answers(f, true))
	if w.stands(f) != dialogue.MediationAgreed || !w.look("chair", f).Facts.Consent {
		t.Error("the yes is not known")
	}
	must(t, w.answers(f, false))
	begin("taken back")
	must(t, w.answers(f, true))
	w.does("chair", f, asking)
	begin("asked anew")
	must(t, w.answers(f, true))
	w.does("chair", f, mediating)
	if w.stands(f) != dialogue.MediationRuns {
		t.Error("it does not run")
	}
	if d := w.damage(); d != nil {
		t.Error(d)
	}
}

// TestReporterEndsMediation at any time: the case is examined, and talks would
// need another question and another yes.
func TestReporterEndsMediation(t *testing.T) {
	w := founded(t)
	f := w.examined(w.file())
	end := func() error {
		_, err := w.dia.EndMediation(ctx, w.visit(f), derive.New(), "")
		return err
	}
	if err := end(); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("ended what does not run: %v", err)
	}
	w.does("chair", f, asking)
	must(t, w.answers(f, true))
	w.does("chair", f, mediating)
	if err := w.answers(f, false); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("an answer while it runs: %v", err)
	}
	must(t, end())
	o := w.look("chair", f)
	if o.State != "investigation" || o.Facts.Consent || w.stands(f) != "" {
		t.Errorf("state %s, consent %t, stands %q", o.State, o.Facts.Consent, w.stands(f))
	}
	if err := w.take("chair", f, mediating); !errors.Is(err, policy.ErrConsent) {
		t.Errorf("begun again: %v", err)
	}
}

// TestMediationToADecision needs a written agreement, and then a draft and votes
// like every decision.
func TestMediationToADecision(t *testing.T) {
	w := founded(t)
	f := w.examined(w.file())
	w.does("chair", f, asking)
	must(t, w.answers(f, true))
	w.does("chair", f, mediating)
	end := casework.Act{Step: "end_mediation", To: "decision_draft", Statements: said{}}
	var errs ethics.FieldErrors
	if err := w.take("chair", f, end); !errors.As(err, &errs) || errs.Of("agreement") != "required" {
		t.Errorf("without agreement: %v", err)
	}
	end.Statements["agreement"] = []string{"They apologise."}
	w.does("chair", f, end)
	o := w.look("chair", f)
	if o.State != "decision_draft" || o.Draft != nil || o.Facts.Drafted {
		t.Errorf("state %s, a draft from nowhere", o.State)
	}
	w.does("second", f, casework.Act{
		Step: "revise_draft", Statements: said{"draft_text": {"Settled."}, "outcome": {"resolved_mediation"}},
	})
	w.votes(f, map[string]string{"member": "for", "second": "for"})
	must(t, w.take("chair", f, approval(w.look("chair", f))))
}

// TestForbiddenCategory: nobody asks for mediation about sexual harassment, nor
// begins it where the category became that.
func TestForbiddenCategory(t *testing.T) {
	w := founded(t)
	f := w.examined(w.file())
	w.does("chair", f, asking)
	must(t, w.answers(f, true))
	w.does("chair", f, casework.Act{
		Step:       "change_category_or_route",
		Statements: said{"category": {"sexual_harassment"}, "competence": {"disciplinary"}},
	})
	for _, a := range []casework.Act{asking, mediating} {
		if err := w.take("chair", f, a); !errors.Is(err, policy.ErrStep) {
			t.Errorf("%s: %v", a.Step, err)
		}
	}
}

// TestRetaliation is reported in every state, also after closing and when muted;
// the case is marked until a message answers it; and it is a ground to reopen.
func TestRetaliation(t *testing.T) {
	w := founded(t)
	f := w.measured()
	must(t, w.follow(f, "1", "done", ""))
	must(t, w.follow(f, "2", "done", ""))
	must(t, w.take("resp", f, closing))
	must(t, w.decides("chair", f, true))
	tell := func(text string) error {
		_, err := w.dia.Retaliation(ctx, w.visit(f), derive.New(), text)
		return err
	}
	var errs ethics.FieldErrors
	if err := tell(" "); !errors.As(err, &errs) || errs.Of("text") != "required" {
		t.Errorf("without a word: %v", err)
	}
	w.two(f, casework.Act{Step: "mute", Reason: "abuse"})
	must(t, tell("He moved me to the cellar."))
	if err := tell("And again."); !errors.Is(err, ethics.ErrRefused) {
		t.Errorf("a muted reporter twice: %v", err)
	}
	w.two(f, casework.Act{Step: "unmute", Reason: "over"})
	marked := func() bool { return slices.Contains(w.look("resp", f).Facts.Flags, "retaliation_reported") }
	if !marked() {
		t.Error("not marked")
	}
	_, err := w.cw.Message(ctx, w.as("resp"), f.Number, derive.New(), "We look into it.", "", nil)
	must(t, err)
	if !marked() {
		t.Error("any message takes the mark away")
	}
	_, err = w.cw.Message(ctx, w.as("resp"), f.Number, derive.New(), "We spoke to them.", "retaliation_answered", nil)
	must(t, err)
	if marked() {
		t.Error("still marked")
	}
	must(t,
		w.take("resp", f, casework.Act{
			Step: "reopen", Message: "We open it again.", Statements: said{"ground": {"retaliation"}},
		}))
	must(t, w.decides("chair", f, true))
	if o := w.look("resp", f); o.State != "triage" {
		t.Errorf("state %s", o.State)
	}
}

// TestCheckIns: after closing the reporter is asked after a month, answers once,
// and what happened to them is a word of retaliation; watching ends in its time
// and not before that is answered.
func TestCheckIns(t *testing.T) {
	w := founded(t)
	f := w.file()
	_, err := w.dia.Withdraw(ctx, w.visit(f), derive.New(), "")
	must(t, err)
	answer := func(happened bool, text string) error {
		_, err := w.dia.CheckIn(ctx, w.visit(f), derive.New(), happened, text)
		return err
	}
	end := func() error { return w.take("resp", f, casework.Act{Step: "end_watch"}) }
	if err := answer(false, ""); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("before anybody asked: %v", err)
	}
	w.clock = w.clock.AddDate(0, 1, 0)
	must(t, answer(false, ""))
	if err := answer(false, ""); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("answered twice: %v", err)
	}
	w.clock = w.clock.AddDate(0, 11, 0)
	if err := end(); !errors.Is(err, policy.ErrStep) {
		t.Errorf("ended on the last day: %v", err)
	}
	w.clock = w.clock.AddDate(0, 0, 7)
	var errs ethics.FieldErrors
	if err := answer(true, ""); !errors.As(err, &errs) {
		t.Errorf("something happened, without a word: %v", err)
	}
	must(t, answer(true, "They threatened me."))
	if err := end(); !errors.Is(err, policy.ErrStep) {
		t.Errorf("ended while the reporter waits: %v", err)
	}
	_, err = w.cw.Message(ctx, w.stated("resp", f), f.Number, derive.New(), "Tell us more.",
		"retaliation_answered", nil)
	must(t, err)
	must(t, end())
	view, err := w.dia.View(ctx, w.visit(f))
	must(t, err)
	if view.CheckIn != "" || view.Retaliation {
		t.Errorf("still asked: %q", view.CheckIn)
	}
	if d := w.damage(); d != nil {
		t.Error(d)
	}
}

// TestRiskIsReviewed in thirty days from each assessment, until there is none.
func TestRiskIsReviewed(t *testing.T) {
	w := founded(t)
	f := w.file()
	assess := func(level string) string {
		t.Helper()
		w.does("resp", f, casework.Act{Step: "set_retaliation_risk", Statements: said{"risk": {level}}})
		o := w.look("resp", f)
		if o.Risk() != level || slices.Contains(o.Facts.Flags, "retaliation_risk") == (level == "none") {
			t.Errorf("%s: %s, %v", level, o.Risk(), o.Facts.Flags)
		}
		for _, d := range o.Dues {
			if d.ID == "risk_review" && d.Stopped == "" {
				return string(d.Due)
			}
		}
		return ""
	}
	if due := assess("high"); due != "2026-12-23" {
		t.Errorf("reviewed by %s", due)
	}
	w.clock = w.clock.AddDate(0, 0, 10)
	if due := assess("low"); due != "2027-01-02" {
		t.Errorf("reviewed by %s", due)
	}
	if due := assess("none"); due != "" {
		t.Errorf("reviewed by %s", due)
	}
}
