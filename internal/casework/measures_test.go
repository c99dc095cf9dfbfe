package casework_test

import (
	"errors"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/ethics"
	"svilpe/internal/insight"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

// decided is a case with an approved decision and two measures.
func (w *world) measured() filed {
	w.t.Helper()
	f := w.drafted()
	w.votes(f, map[string]string{"member": "for", "second": "for"})
	must(w.t, w.take("chair", f, approval(w.look("chair", f))))
	must(w.t, w.decides("second", f, true))
	w.does("chair", f, casework.Act{Step: "set_measures", Statements: said{
		"measure": {"New rules", "", "A course"}, "measure_post": {"Head of purchasing", " ", "Personnel"},
		"measure_day": {"2026-12-01", "", "2027-01-15"},
	}})
	return f
}

func (w *world) follow(f filed, id, became, day string) error {
	s := said{"measure": {id}, "became": {became}}
	if day != "" {
		s["moved_to"] = []string{day}
	}
	return w.take("resp", f, casework.Act{Step: "follow_measure", Reason: "seen", Statements: s})
}

var closing = casework.Act{
	Step: "close", Reason: "over", Message: "closed",
	Statements: said{"systemic_cause": {"yes"}, "retaliation_asked": {"yes"}},
}

// TestClosingWaitsForMeasures: each must be done or handed over; moving one does
// not end it, and what is ended cannot be followed again.
func TestClosingWaitsForMeasures(t *testing.T) {
	w := founded(t)
	f := w.measured()
	o := w.look("resp", f)
	if len(o.Measures) != 2 || o.Measures[1].Text != "A course" || o.Measures[1].Post != "Personnel" ||
		o.Measures[1].Due != "2027-01-15" {
		t.Fatalf("%d measures", len(o.Measures))
	}
	if err := w.take("resp", f, closing); !errors.Is(err, policy.ErrMeasures) {
		t.Errorf("two open: %v", err)
	}
	var errs ethics.FieldErrors
	if err := w.follow(f, "1", "moved", ""); !errors.As(err, &errs) || errs.Of("moved_to") != "required" {
		t.Errorf("moved to no day: %v", err)
	}
	must(t, w.follow(f, "1", "moved", "2027-02-01"))
	must(t, w.follow(f, "2", "done", ""))
	if err := w.take("resp", f, closing); !errors.Is(err, policy.ErrMeasures) {
		t.Errorf("one open: %v", err)
	}
	for _, id := range []string{"2", "3", "0", "-1", "x"} {
		if err := w.follow(f, id, "done", ""); !errors.As(err, &errs) || errs.Of("measure") != "option" {
			t.Errorf("measure %s: %v", id, err)
		}
	}
	o = w.look("resp", f)
	if m := o.Measures[0]; m.Due != "2027-02-01" || !m.Open() || len(m.Followed) != 1 ||
		o.Measures[1].State != store.MeasureDone {
		t.Errorf("%s %s, %s", m.Due, m.State, o.Measures[1].State)
	}
	var due []store.MeasureDue
	must(t, w.s.Read(ctx, func(tx *store.ReadTx) (err error) {
		due, err = tx.MeasuresDue("resp", "2027-02-01", 10)
		return err
	}))
	if len(due) != 1 || due[0].Case.Number != f.Number || due[0].Due != "2027-02-01" {
		t.Errorf("%d due", len(due))
	}
	must(t, w.follow(f, "1", "handed_over", ""))
	must(t, w.take("resp", f, closing))
	must(t, w.decides("chair", f, true))
	if d := w.damage(); d != nil {
		t.Error(d)
	}
	if n := w.count(`select count(*) from case_event where name = 'systemic_cause'`); n != 1 {
		t.Errorf("%d systemic causes counted", n)
	}
}

// TestLateMeasuresAreOverdue: a case whose measure nobody carried out in time is
// overdue for the auditor and in every list, in its place, until that is done.
func TestLateMeasuresAreOverdue(t *testing.T) {
	w := founded(t)
	w.appoint("audit", "home", appoint.RoleAuditor, "", "resp", "chair")
	f := w.measured()
	in := &insight.Service{Store: w.s, Policy: w.cw.Policy, Now: w.cw.Now}
	listed := func(who string, filter store.Filter) []store.ListedCase {
		t.Helper()
		l, err := in.Cases(ctx, w.as(who), filter, store.Key{})
		must(t, err)
		if l.Total != len(l.Cases) {
			t.Errorf("%d counted and %d listed", l.Total, len(l.Cases))
		}
		return l.Cases
	}
	overdue := func(want bool) {
		t.Helper()
		e, err := in.Escalated(ctx, w.as("audit"))
		must(t, err)
		filter := store.Filter{OverdueOn: ethics.DayOf(w.clock)}
		for name, list := range map[string][]store.ListedCase{
			"told": e.Overdue.Cases, "audit": listed("audit", filter), "resp": listed("resp", filter),
		} {
			if len(list) == 1 != want || want &&
				(list[0].Number != f.Number || list[0].Due != "2026-12-01" || list[0].DueID != store.DueMeasure) {
				t.Errorf("%s on %s: %d overdue", name, filter.OverdueOn, len(list))
			}
		}
	}
	w.later(8) // the day of the first one
	overdue(false)
	if week := listed("resp", store.Filter{DueBefore: "2026-12-08"}); len(week) != 1 ||
		week[0].DueID != store.DueMeasure {
		t.Errorf("of the week: %d", len(week))
	}
	w.later(1)
	overdue(true)
	g := w.file() // due a week later
	if all := listed("audit", store.Filter{}); len(all) != 2 || all[0].Number != f.Number ||
		all[1].Number != g.Number || all[1].DueID != "ack" {
		t.Errorf("the late measure does not come first of %d", len(all))
	}
	must(t, w.s.Read(ctx, func(tx *store.ReadTx) error {
		if list, err := tx.MemberCases("resp", store.Filter{Deadlines: true, OverdueOn: "2026-12-02"}, store.Key{},
			5); err != nil || len(list) > 0 {
			t.Errorf("by deadlines alone: %d overdue, %v", len(list), err)
		}
		return nil
	}))
	must(t, w.follow(f, "1", "done", ""))
	overdue(false)
}

// TestMeasureRowsAreOfTheRecord: one that is changed, added or gone is found, and
// the case does not open.
func TestMeasureRowsAreOfTheRecord(t *testing.T) {
	for _, spoil := range []string{
		`update measure set state = 'done' where n = 0`, `update measure set due = '2030-01-01' where n = 1`,
		`delete from measure where n = 1`, `insert into measure select case_id, 2, due, state from measure where n = 0`,
	} {
		w := founded(t)
		f := w.measured()
		resp := w.as("resp")
		w.exec(spoil)
		if d := w.damage(); d == nil || d.Table != "measure" {
			t.Errorf("%s: %v", spoil, d)
		}
		if _, err := w.cw.Open(ctx, resp, f.Number); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: %v", spoil, err)
		}
	}
}

// TestLessonTakesTwoAndAList: no lesson without each tick and a second person;
// its row is of the record.
func TestLessonTakesTwoAndAList(t *testing.T) {
	w := founded(t)
	f := w.measured()
	a := casework.Act{Step: "release_lesson", Statements: said{
		"lesson_title": {"Three offers"}, "lesson": {"Ask for three offers."},
		"no_names": {"yes"}, "no_details": {"yes"},
	}}
	var errs ethics.FieldErrors
	if err := w.take("resp", f, a); !errors.As(err, &errs) || errs.Of("not_recognised_by_colleagues") != "required" {
		t.Errorf("a tick missing: %v", err)
	}
	a.Statements["not_recognised_by_colleagues"] = []string{"yes"}
	must(t, w.take("resp", f, a))
	if n := w.count(`select count(*) from lesson`); n != 0 {
		t.Error("one person released it")
	}
	must(t, w.decides("chair", f, true))
	var list []store.Lesson
	must(t, w.s.Read(ctx, func(tx *store.ReadTx) (err error) {
		list, err = tx.Lessons(10)
		return err
	}))
	if len(list) != 1 || list[0].Text != "Ask for three offers." {
		t.Errorf("%d lessons", len(list))
	}
	if d := w.damage(); d != nil {
		t.Error(d)
	}
	w.exec(`update lesson set text = 'Anna did it.'`)
	if d := w.damage(); d == nil || d.Table != "lesson" {
		t.Error(d)
	}
}
