package casework_test

import (
	"errors"
	"slices"
	"testing"

	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// TestActsTakeTwoAndMoveNothing: erasure is forbidden by one and approved by
// another; the case stays where it is, nobody forbids it twice or alone, and the
// reporter's page knows nothing of it.
func TestActsTakeTwoAndMoveNothing(t *testing.T) {
	w := founded(t)
	f := w.file()
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	act := func(reason string) (casework.Taken, error) {
		return w.cw.Take(ctx, resp, f.Number, derive.New(), casework.Act{Step: "legal_hold_set", Reason: reason})
	}
	var missing ethics.FieldErrors
	if _, err := act(""); !errors.As(err, &missing) || missing.Of("reason") != "required" {
		t.Errorf("without a reason: %v", err)
	}
	taken, err := act("a court asks for it")
	must(t, err)
	if !taken.Proposed {
		t.Error("one person was enough")
	}
	o, err := w.cw.Open(ctx, resp, f.Number)
	must(t, err)
	if len(o.Facts.Flags) > 0 || o.Open == nil || len(w.cw.Acts(o)) > 0 {
		t.Errorf("proposed only: flags %v, acts %v", o.Facts.Flags, w.cw.Acts(o))
	}
	if _, err := w.cw.Decide(ctx, resp, f.Number, o.Open.ID, derive.New(), true,
		""); !errors.Is(err, ethics.ErrSamePerson) {
		t.Errorf("approved by the proposer: %v", err)
	}
	_, err = w.cw.Decide(ctx, chair, f.Number, o.Open.ID, derive.New(), true, "")
	must(t, err)
	o, err = w.cw.Open(ctx, chair, f.Number)
	must(t, err)
	last := o.Thread[len(o.Thread)-1]
	if o.State != "received" || !slices.Contains(o.Facts.Flags, "legal_hold") || last.Step == nil || last.Untrusted ||
		last.Step.To != "received" {
		t.Errorf("state %s, flags %v, untrusted %v", o.State, o.Facts.Flags, last.Untrusted)
	}
	if _, err := act("again"); !errors.Is(err, ethics.ErrRefused) {
		t.Errorf("a second time: %v", err)
	}
	view, err := w.dia.View(ctx, w.visit(f))
	must(t, err)
	if len(view.Messages) > 2 || view.State != "received" {
		t.Errorf("the reporter sees %d messages, state %s", len(view.Messages), view.State)
	}
	if d := w.damage(); d != nil {
		t.Error(d)
	}
}

// A report is left unexamined by the whole form of its page, with an empty line for
// the other case; what is blank is neither checked, nor signed, nor proposed.
func TestLeftUnexaminedByTheWholeForm(t *testing.T) {
	w := founded(t)
	f := w.three()
	w.does("resp", f, casework.Act{Step: "acknowledge"})
	w.does("resp", f, casework.Act{
		Step: "not_examine", Message: "outside", Statements: said{"why": {"spam"}, "duplicate_of": {""}},
	})
	x := w.look("chair", f).Open
	if x == nil || len(x.Content.Statements) != 1 {
		t.Fatalf("what waits: %v", x != nil)
	}
	must(t, w.decides("chair", f, true))
	// One that is named is checked.
	g := w.three()
	w.does("resp", g, casework.Act{Step: "acknowledge"})
	var errs ethics.FieldErrors
	err := w.take("resp", g, casework.Act{
		Step: "not_examine", Message: "twice", Statements: said{"why": {"duplicate"}, "duplicate_of": {"2026-ZZZZZ"}},
	})
	if !errors.As(err, &errs) || errs.Of("duplicate_of") != "other_case" {
		t.Errorf("a case that nobody can open: %v", err)
	}
	if err := w.take("resp", g, casework.Act{
		Step: "not_examine", Message: "twice", Statements: said{"why": {"duplicate"}, "duplicate_of": {" "}},
	}); !errors.As(err, &errs) || errs.Of("duplicate_of") != "required" {
		t.Errorf("a duplicate of nothing: %v", err)
	}
}
