package casework_test

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/insight"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

func (w *world) later(days int) { w.clock = w.clock.AddDate(0, 0, days) }

// running finds the newest run of a deadline as a member sees it.
func running(o *casework.Opened, id string) policy.Due {
	for _, d := range slices.Backward(o.Dues) {
		if d.ID == id {
			return d
		}
	}
	return policy.Due{}
}

// The reply to a submission is put off once, in time, with a reason, and not
// without telling the reporter, who then sees the new day.
func TestTheReplyIsExtended(t *testing.T) {
	w := founded(t)
	f := w.filedAs(func(r *ethics.Report) { r.Track = "ethics" })
	w.stated("resp", f)
	before := running(w.look("resp", f), "general_reply")
	var missing ethics.FieldErrors
	if err := w.take("resp", f, casework.Act{Step: "extend", Reason: "many witnesses"}); !errors.As(err, &missing) ||
		missing.Of("message") != "required" {
		t.Errorf("without a word to the reporter: %v", err)
	}
	if _, err := w.cw.Take(ctx, w.as("resp"), f.Number, derive.New(),
		casework.Act{Step: "extend", Message: "It takes longer."}); !errors.As(err, &missing) ||
		missing.Of("reason") != "required" {
		t.Errorf("without a reason: %v", err)
	}
	w.does("resp", f, casework.Act{
		Step: "extend", Reason: "many witnesses", Message: "It takes longer: we answer by 23 March.",
	})
	after := running(w.look("resp", f), "general_reply")
	if before.Due != "2026-12-23" || after.Due != "2027-03-23" ||
		after.Started != before.Started || after.Extended != day {
		t.Errorf("from %+v to %+v", before, after)
	}
	view, err := w.dia.View(ctx, w.visit(f))
	must(t, err)
	i := slices.IndexFunc(view.Dues, func(d policy.Due) bool { return d.ID == "general_reply" })
	if i < 0 || view.Dues[i].Due != "2027-03-23" ||
		view.Messages[len(view.Messages)-1].Text != "It takes longer: we answer by 23 March." {
		t.Errorf("the reporter sees %v", view.Dues)
	}
	if err := w.take("resp", f, casework.Act{
		Step: "extend", Reason: "again", Message: "again",
	}); !errors.Is(err, ethics.ErrRefused) {
		t.Errorf("a second time: %v", err)
	}
	late := w.filedAs(func(r *ethics.Report) { r.Track = "ethics" })
	w.stated("resp", late)
	w.later(31)
	if err := w.take("resp", late, casework.Act{
		Step: "extend", Reason: "forgotten", Message: "late",
	}); !errors.Is(err, ethics.ErrRefused) {
		t.Errorf("after the last day: %v", err)
	}
	if d := w.damage(); d != nil {
		t.Error(d)
	}
}

// Informing the person concerned is put off by two people, on a ground, and each
// time for a month; nobody else learns of it.
func TestADeferralTakesTwoAndIsReviewed(t *testing.T) {
	w := founded(t)
	f := w.examined(w.file())
	act := casework.Act{
		Step: "defer_notice_to_person_concerned", Reason: "would destroy papers",
		Statements: map[string][]string{"deferral_ground": {"harm"}},
	}
	var missing ethics.FieldErrors
	if err := w.take("resp", f, casework.Act{Step: act.Step, Reason: act.Reason}); !errors.As(err, &missing) ||
		missing.Of("deferral_ground") != "required" {
		t.Errorf("without a ground: %v", err)
	}
	must(t, w.take("resp", f, act))
	if running(w.look("chair", f), "person_concerned_notice").Stopped != "" {
		t.Error("one person was enough")
	}
	must(t, w.decides("chair", f, true))
	o := w.look("chair", f)
	review := running(o, "deferral_review")
	if running(o, "person_concerned_notice").Stopped == "" || review.Due != "2026-12-23" ||
		!slices.Contains(o.Facts.Flags, "person_concerned_notice_deferred") {
		t.Errorf("%v %v", o.Dues, o.Facts.Flags)
	}
	w.later(20)
	must(t, w.take("resp", f, act))
	must(t, w.decides("chair", f, true))
	if review = running(w.look("chair", f), "deferral_review"); review.Started != "2026-12-13" ||
		review.Due != "2027-01-13" || review.Stopped != "" {
		t.Errorf("put off once more: %+v", review)
	}
	view, err := w.dia.View(ctx, w.visit(f))
	must(t, err)
	for _, d := range view.Dues {
		if d.ID == "deferral_review" || d.ID == "person_concerned_notice" {
			t.Errorf("the reporter sees %s", d.ID)
		}
	}
	if d := w.damage(); d != nil {
		t.Error(d)
	}
}

// A question and a hold move no last day of the law.
func TestAQuestionStopsNoClock(t *testing.T) {
	w := founded(t)
	f := w.examined(w.file())
	before := running(w.look("resp", f), "feedback")
	w.does("resp", f, casework.Act{Step: "ask_reporter", Message: "When was it?"})
	w.later(40)
	w.does("resp", f, casework.Act{Step: "resume_without_reply", Reason: "no answer"})
	if after := running(w.look("resp", f), "feedback"); after.Due != before.Due || after.Stopped != "" {
		t.Errorf("from %+v to %+v", before, after)
	}
}

func numbers(p insight.Pile) []string {
	var out []string
	for _, c := range p.Cases {
		out = append(out, c.Number)
	}
	slices.Sort(out)
	return out
}

// Silence of all who hold a case does not hide it: the auditor, who can open
// none, is told of what is overdue or idle; a chair, of the cases that she holds;
// nobody else of any.
func TestOverdueAndIdleCasesReachAuditorAndChair(t *testing.T) {
	w := founded(t)
	w.appoint("audit", "home", appoint.RoleAuditor, "", "resp", "chair")
	w.appoint("other_chair", "home", appoint.RoleChair, "", "resp", "chair")
	in := &insight.Service{Store: w.s, Policy: w.cw.Policy, Now: w.cw.Now}
	f, g := w.file(), w.filedAs(func(r *ethics.Report) { r.Excluded = []string{"chair"} })
	must(t, w.s.Read(ctx, func(tx *store.ReadTx) error {
		if _, err := tx.Grant(g.id, "chair"); !errors.Is(err, ethics.ErrNotFound) {
			t.Errorf("the chair holds what she is excluded from: %v", err)
		}
		return nil
	}))
	told := func(who string) (overdue, idle []string) {
		t.Helper()
		e, err := in.Escalated(ctx, w.as(who))
		must(t, err)
		return numbers(e.Overdue), numbers(e.Idle)
	}
	both, one := []string{f.Number, g.Number}, []string{f.Number}
	slices.Sort(both)
	for _, who := range []string{"resp", "member", "admin"} {
		if _, err := in.Escalated(ctx, w.as(who)); !errors.Is(err, ethics.ErrNotFound) {
			t.Errorf("%s is told: %v", who, err)
		}
	}
	for _, x := range []struct {
		days          int
		overdue, idle bool
	}{{7, false, false}, {1, true, false}, {5, true, false}, {1, true, true}} {
		w.later(x.days)
		overdue, idle := told("audit")
		mine, still := told("chair")
		if slices.Equal(overdue, both) != x.overdue || slices.Equal(idle, both) != x.idle ||
			len(overdue)+len(idle) > 0 != (x.overdue || x.idle) {
			t.Errorf("%s: the auditor is told of %v and %v", w.clock.Format(time.DateOnly), overdue, idle)
		}
		if slices.Equal(mine, one) != x.overdue || slices.Equal(still, one) != x.idle ||
			slices.Contains(mine, g.Number) || slices.Contains(still, g.Number) {
			t.Errorf("%s: the chair is told of %v and %v", w.clock.Format(time.DateOnly), mine, still)
		}
	}
	// Reading is no work; a note is; and what has ended is nobody's silence.
	w.look("resp", f)
	if _, idle := told("audit"); !slices.Equal(idle, both) {
		t.Errorf("opened, and no longer idle: %v", idle)
	}
	w.does("resp", f, casework.Act{Step: "acknowledge", Message: "hello"})
	_, err := w.dia.Withdraw(ctx, w.visit(g), derive.New(), "never mind")
	must(t, err)
	if overdue, idle := told("audit"); len(overdue)+len(idle) > 0 {
		t.Errorf("after work: %v, %v", overdue, idle)
	}
	w.later(15)
	if _, idle := told("audit"); !slices.Equal(idle, one) {
		t.Errorf("idle again: %v", idle)
	}
}

// Who holds a case may change again and again while nobody works on it: it is
// idle all the same, since the day on which something was last done in it.
func TestGivingAndTakingKeysIsNoWork(t *testing.T) {
	w := founded(t)
	w.appoint("audit", "home", appoint.RoleAuditor, "", "resp", "chair")
	w.appoint("fourth", "home", appoint.RoleMember, "", "resp", "chair")
	f := w.three()
	in := &insight.Service{Store: w.s, Policy: w.cw.Policy, Now: w.cw.Now}
	idle := func(after string, want bool) {
		t.Helper()
		e, err := in.Escalated(ctx, w.as("audit"))
		must(t, err)
		if (len(e.Idle.Cases) == 1) != want {
			t.Errorf("after %s: idle is %v", after, numbers(e.Idle))
		}
		if len(e.Idle.Cases) == 1 && e.Idle.Cases[0].Changed != day {
			t.Errorf("after %s: last worked on on %s", after, e.Idle.Cases[0].Changed)
		}
	}
	w.later(20)
	idle("twenty days", true)
	_, err := w.cw.Assign(ctx, w.stated("resp", f), f.Number, derive.New(), []string{"fourth"}, "more hands")
	must(t, err)
	idle("a key that was given", true)
	_, err = w.cw.HandOver(ctx, w.as("member"), "member", "fourth", derive.New())
	must(t, err)
	idle("handing over", true)
	_, err = w.cw.Exclude(ctx, w.stated("chair", f), f.Number, derive.New(), "fourth", "named in the report")
	must(t, err)
	idle("a key that was taken", true)
	_, err = w.cw.Note(ctx, w.as("resp"), f.Number, derive.New(), "looked into", "")
	must(t, err)
	idle("a note", false)
}

// The reporter sees every last day on which something is owed to the reporter,
// and none that is between others.
func TestTheReporterSeesTheDaysThatConcernThem(t *testing.T) {
	w := founded(t)
	f := w.fileThis(w.whistleblower())
	ids := func() map[string]policy.Day {
		view, err := w.dia.View(ctx, w.visit(f))
		must(t, err)
		out := map[string]policy.Day{}
		for _, d := range view.Dues {
			out[d.ID] = d.Due
		}
		return out
	}
	first := map[string]policy.Day{"ack": "2026-11-30", "recognition": "2026-11-30", "feedback": "2027-03-01"}
	if got := ids(); !maps.Equal(got, first) {
		t.Errorf("at first: %v, want %v", got, first)
	}
	w.stated("resp", f)
	w.does("resp", f, casework.Act{Step: "acknowledge", Message: "hello"})
	_, err := w.cw.Note(ctx, w.as("resp"), f.Number, derive.New(), "asked by telephone", "meeting_requested")
	must(t, err)
	yes := said{}
	for _, q := range w.cw.Policy.Statements("recognise") {
		yes[q.ID] = []string{q.Options[0].ID}
	}
	must(t, w.take("resp", f, casework.Act{Step: "recognise", Message: "You are protected.", Statements: yes}))
	must(t, w.decides("chair", f, true))
	got := ids()
	for id, day := range map[string]policy.Day{
		"decision_notice": "2026-11-26", "progress_info": "2027-01-25",
		"feedback": "2027-02-23", "meeting": "2026-12-07",
	} {
		if got[id] != day {
			t.Errorf("%s: %q, want %s", id, got[id], day)
		}
	}
	for _, id := range []string{
		"forwarding", "person_concerned_notice", "deferral_review", "risk_review",
		"retention_case", "retention_identity",
	} {
		if got[id] != "" {
			t.Errorf("the reporter sees %s", id)
		}
	}
}
