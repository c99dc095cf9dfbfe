package casework_test

import (
	"errors"
	"slices"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// TestExcluded: the chair bars an examiner who is named in the report. It takes
// effect at once and for good; a member of the commission bars nobody.
func TestExcluded(t *testing.T) {
	w := founded(t)
	w.appoint("fourth", "home", appoint.RoleMember, "", "resp", "chair")
	f := w.three()
	chair := w.as("chair")
	if _, err := w.cw.Exclude(ctx, w.as("member"), f.Number, derive.New(), "chair",
		"x"); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("by a member of the commission: %v", err)
	}
	for _, id := range []string{"chair", "admin", "nobody"} {
		if _, err := w.cw.Exclude(ctx, chair, f.Number, derive.New(), id, "x"); !errors.Is(err, ethics.ErrNotFound) {
			t.Errorf("%s: %v", id, err)
		}
	}
	draft := derive.New()
	_, err := w.cw.Exclude(ctx, chair, f.Number, draft, "member", "named in the report")
	must(t, err)
	if again, err := w.cw.Exclude(ctx, chair, f.Number, draft, "member", "named in the report"); err != nil ||
		!again.Again {
		t.Errorf("the same form again: %v", err)
	}
	if _, err := w.cw.Cover(ctx, w.as("member"), f.Number); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("still open: %v", err)
	}
	// Barred before ever holding it: a record, and no epoch.
	_, err = w.cw.Exclude(ctx, chair, f.Number, derive.New(), "fourth", "named in the report")
	must(t, err)
	if c := w.caseFile(f); c.Epoch != 1 {
		t.Errorf("epoch %d", c.Epoch)
	}
	o, err := w.cw.Open(ctx, w.as("resp"), f.Number)
	must(t, err)
	if list := w.cw.Assignable(o); len(list) != 0 {
		t.Errorf("%v can be given the case", list)
	}
	for _, id := range []string{"member", "fourth"} {
		done, err := w.cw.HandOver(ctx, w.as("resp"), "resp", id, derive.New())
		if err != nil || done != (casework.Handed{Barred: 1}) {
			t.Errorf("handed to %s: %+v %v", id, done, err)
		}
	}
	if _, err := w.cw.Recuse(ctx, w.as("resp"), f.Number, derive.New(), "x"); !errors.Is(err, ethics.ErrNobodyToSeal) {
		t.Errorf("filled up with one who was excluded: %v, %v", err, w.holders(f))
	}
	w.sound()
}

// TestExclusionThatCannotBeRead: the record of an exclusion was spoilt. Then
// nobody new is given the case.
func TestExclusionThatCannotBeRead(t *testing.T) {
	w := founded(t)
	w.appoint("fourth", "home", appoint.RoleMember, "", "resp", "chair")
	f := w.three()
	_, err := w.cw.Exclude(ctx, w.as("chair"), f.Number, derive.New(), "member", "x")
	must(t, err)
	for _, q := range []string{
		`update envelope set sealed = x'00' where kind = 'removal' and case_id = ?`,
		`delete from envelope where kind = 'removal' and case_id = ?`,
	} {
		w.exec(q, f.id)
		for _, id := range []string{"member", "fourth"} {
			w.untrusted("giving it to "+id, func() error {
				_, err := w.cw.Assign(ctx, w.as("resp"), f.Number, derive.New(), []string{id}, "x")
				return err
			})
		}
	}
}

// TestForgedExclusion: a member of the commission writes a record that bars the
// chair. It bars nobody, and is shown as what it is.
func TestForgedExclusion(t *testing.T) {
	w := founded(t)
	f := w.three()
	w.put(f, ethics.KindRemoval, ethics.Removal{Why: ethics.WhyExcluded, Members: []string{"chair"}},
		w.by("member"), false)
	o, err := w.cw.Open(ctx, w.as("resp"), f.Number)
	must(t, err)
	if last := o.Thread[len(o.Thread)-1]; !last.Untrusted {
		t.Error("taken for true")
	}
}

// TestEscalated: the case goes to the alternate institution and is taken from
// whom it is about, in one act, of two people where that is a chair; its own people are not chosen afterwards.
func TestEscalated(t *testing.T) {
	w := founded(t)
	w.alternate()
	w.appoint("fourth", "home", appoint.RoleMember, "", "resp", "chair")
	f := w.three()
	if _, err := w.cw.Escalate(ctx, w.as("member"), f.Number, derive.New(), []string{"chair"},
		"x"); !errors.Is(err, ethics.ErrNotFound) {
		t.Error("by a member of the commission")
	}
	_, err := w.cw.Escalate(ctx, w.as("resp"), f.Number, derive.New(), []string{"chair"}, "the chair is named")
	must(t, err)
	must(t, w.decides("member", f, true)) // a chair is taken away by two
	if h := w.holders(f); !slices.Equal(h, []string{"resp", "member", "up_resp", "up_chair"}) && len(h) != 4 ||
		slices.Contains(h, "chair") {
		t.Errorf("held by %v", h)
	}
	if n := w.count(`select count(*) from entry where kind = 'removed' and stream = ?`,
		ethics.CaseStream(f.id)); n != 1 {
		t.Errorf("%d entries", n)
	}
	up := w.stated("up_resp", f)
	o, err := w.cw.Open(ctx, up, f.Number)
	if err != nil || o.Report == nil {
		t.Fatalf("who came reads: %v", err)
	}
	_, err = w.cw.Recuse(ctx, w.as("resp"), f.Number, derive.New(), "works under the head")
	must(t, err)
	_, err = w.cw.Recuse(ctx, w.as("member"), f.Number, derive.New(), "works under the head")
	must(t, err)
	if _, err = w.cw.Recuse(ctx, up, f.Number, derive.New(), "x"); !errors.Is(err, ethics.ErrNobodyToSeal) {
		t.Errorf("the institution's own came back: %v, %v", err, w.holders(f))
	}
	w.sound()
}

// TestHandedOver: a member who leaves gives every open case to a colleague in one
// act, the ones never opened unseen; never where the colleague is excluded.
func TestHandedOver(t *testing.T) {
	w := founded(t)
	w.appoint("next", "home", appoint.RoleMember, "", "resp", "chair")
	opened, unseen, closed := w.three(), w.file(), w.file()
	barred := w.filedAs(func(r *ethics.Report) { r.Excluded = []string{"next"} })
	held := w.file()
	_, err := w.cw.Assign(ctx, w.stated("resp", held), held.Number, derive.New(), []string{"next"}, "x")
	must(t, err)
	must2(t)(w.dia.Withdraw(ctx, w.visit(closed), derive.New(), "never mind"))
	resp := w.as("resp")
	if n, err := w.cw.OpenCases(ctx, resp, "resp"); err != nil || n != 4 {
		t.Errorf("%d open cases, %v", n, err)
	}
	if _, err := w.cw.HandOver(ctx, resp, "chair", "next", derive.New()); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("a colleague's whose term has no end: %v", err)
	}
	var errs ethics.FieldErrors
	for _, to := range []string{"admin", "resp", "nobody", ""} {
		if _, err := w.cw.HandOver(ctx, resp, "resp", to, derive.New()); !errors.As(err, &errs) {
			t.Errorf("to %s: %v", to, err)
		}
	}
	draft := derive.New()
	done, err := w.cw.HandOver(ctx, resp, "resp", "next", draft)
	if want := (casework.Handed{Given: 2, Held: 1, Barred: 1}); err != nil || done != want {
		t.Fatalf("%+v, %v", done, err)
	}
	if again, err := w.cw.HandOver(ctx, resp, "resp", "next", draft); err != nil ||
		again != (casework.Handed{Barred: 1}) {
		t.Errorf("again: %+v, %v", again, err)
	}
	for _, f := range []filed{opened, unseen, held} {
		if h := w.holders(f); slices.Contains(h, "resp") || !slices.Contains(h, "next") {
			t.Errorf("held by %v", h)
		}
	}
	o, err := w.cw.Open(ctx, w.stated("next", unseen), unseen.Number)
	if err != nil || o.Report == nil {
		t.Errorf("who received it: %v", err)
	}
	if h := w.holders(barred); !slices.Contains(h, "resp") || slices.Contains(h, "next") {
		t.Errorf("where next is excluded: held by %v", h)
	}
	// Handing over bars nobody: resp may be given the case again.
	chair := w.stated("chair", unseen)
	_, err = w.cw.Assign(ctx, chair, unseen.Number, derive.New(), []string{"resp"}, "back from leave")
	must(t, err)
	w.stated("resp", unseen)
	w.sound()
}

// TestHandedOverByTheChair: for a colleague whose term ends, in the cases that the
// chair has opened.
func TestHandedOverByTheChair(t *testing.T) {
	w, f := brief(t)
	chair := w.as("chair")
	if list := w.cw.Leavers(w.as("member")); list != nil {
		t.Errorf("a member of the commission: %v", list)
	}
	// A term that ends in years is no leaving.
	w.appoint("years", "home", appoint.RoleMember, "2029-01-01", "resp", "chair")
	if list := w.cw.Leavers(w.as("chair")); len(list) != 1 || list[0].ID != "temp" || list[0].Until != day {
		t.Errorf("leaving: %v", list)
	}
	done, err := w.cw.HandOver(ctx, chair, "temp", "member", derive.New())
	if err != nil || done != (casework.Handed{}) {
		t.Errorf("unopened by the chair: %+v %v", done, err)
	}
	w.stated("chair", f)
	done, err = w.cw.HandOver(ctx, chair, "temp", "member", derive.New())
	if err != nil || done != (casework.Handed{Given: 1}) || slices.Contains(w.holders(f), "temp") {
		t.Errorf("%+v %v", done, err)
	}
	w.sound()
}
