package casework_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// TestLinkedCases: two cases know of each other after one form, once, however
// often it is sent; a case that the member cannot open is refused like one that
// does not exist.
func TestLinkedCases(t *testing.T) {
	w := founded(t)
	a, b, unread := w.file(), w.file(), w.file()
	resp := w.stated("resp", a)
	w.stated("resp", b)
	link := func(to string, draft derive.Secret) error {
		_, err := w.cw.Take(ctx, resp, a.Number, draft, casework.Act{
			Step: "link_case", Reason: "the same invoices", Statements: map[string][]string{"linked_case": {to}},
		})
		return err
	}
	for what, to := range map[string]string{
		"itself": a.Number, "nothing": "2026-00000", "not opened by the member": unread.Number, "no number": "",
	} {
		var errs ethics.FieldErrors
		if err := link(to, derive.New()); !errors.As(err, &errs) || errs.Of("linked_case") == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	draft := derive.New()
	must(t, link(" "+strings.ToLower(b.Number), draft))
	must(t, link(b.Number, draft))
	for f, other := range map[string]string{a.Number: b.Number, b.Number: a.Number} {
		o, err := w.cw.Open(ctx, resp, f)
		must(t, err)
		if !slices.Equal(o.Links, []string{other}) || o.State != "received" {
			t.Errorf("%s is linked to %v, state %s", f, o.Links, o.State)
		}
	}
	if n := w.count(`select count(*) from envelope where kind = 'step'`); n != 2 {
		t.Errorf("%d steps", n)
	}
	if d := w.damage(); d != nil {
		t.Error(d)
	}
}

// TestHalfLinked: after a crash between the two cases the same form does the rest.
func TestHalfLinked(t *testing.T) {
	w := founded(t)
	a, b := w.file(), w.file()
	resp, draft := w.stated("resp", a), derive.New()
	w.stated("resp", b)
	act := casework.Act{Step: "link_case", Reason: "r", Statements: map[string][]string{"linked_case": {b.Number}}}
	must(t, w.cw.HalfLink(ctx, resp, a.Number, draft, act))
	_, err := w.cw.Take(ctx, resp, a.Number, draft, act)
	must(t, err)
	o, err := w.cw.Open(ctx, resp, b.Number)
	must(t, err)
	if !slices.Equal(o.Links, []string{a.Number}) {
		t.Errorf("linked to %v", o.Links)
	}
}

// TestMerged: a reporter who lost the code filed anew. The older case ends with a
// word to whoever has its code, both name each other, and the second member must
// have opened both.
func TestMerged(t *testing.T) {
	w := founded(t)
	older, newer := w.file(), w.file()
	resp, chair := w.stated("resp", older), w.stated("chair", older)
	act := casework.Act{
		Step: "merge", Reason: "the same invoices", Message: "It goes on in another case.",
		Statements: map[string][]string{"continued_in": {newer.Number}, "proof": {"the number of the invoice"}},
	}
	propose := func() (casework.Taken, error) { return w.cw.Take(ctx, resp, older.Number, derive.New(), act) }
	_, err := w.cw.Take(ctx, resp, older.Number, derive.New(), casework.Act{Step: "acknowledge"})
	must(t, err)
	var errs ethics.FieldErrors
	if _, err := propose(); !errors.As(err, &errs) || errs.Of("continued_in") == "" {
		t.Errorf("into a case that the member has not opened: %v", err)
	}
	w.stated("resp", newer)
	_, err = propose()
	must(t, err)
	o, err := w.cw.Open(ctx, chair, older.Number)
	must(t, err)
	draft := derive.New()
	decide := func() error {
		_, err := w.cw.Decide(ctx, chair, older.Number, o.Open.ID, draft, true, "")
		return err
	}
	if err := decide(); !errors.As(err, &errs) || errs.Of("reason") != "other_unopened" {
		t.Errorf("approved without a look at the newer case: %v", err)
	}
	w.stated("chair", newer)
	must(t, decide())
	must(t, decide())
	for f, want := range map[string][2]string{
		older.Number: {newer.Number, "returned"}, newer.Number: {older.Number, "received"},
	} {
		o, err := w.cw.Open(ctx, resp, f)
		must(t, err)
		if !slices.Equal(o.Links, []string{want[0]}) || string(o.State) != want[1] {
			t.Errorf("%s: linked to %v, state %s", f, o.Links, o.State)
		}
	}
	view, err := w.dia.View(ctx, w.visit(older))
	must(t, err)
	if last := view.Messages[len(view.Messages)-1]; last.Text != act.Message {
		t.Error("the older case's reporter is told nothing")
	}
	if d := w.damage(); d != nil {
		t.Error(d)
	}
}
