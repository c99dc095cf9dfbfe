package casework_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
)

// named is a case with details, withdrawn on the first day.
func (w *world) named() filed {
	w.t.Helper()
	f := w.fileThis(w.whistleblower())
	w.stated("resp", f)
	must2(w.t)(w.dia.Withdraw(ctx, w.visit(f), derive.New(), "never mind"))
	return f
}

func (w *world) vaults(f filed) int {
	return w.count(
		`select (select count(*) from vault where case_id = $1) + (select count(*) from vault_share where case_id = `+
			`$1)`, f.id)
}

// held and opened again, each by two people.
var (
	holds   = casework.Act{Step: "legal_hold_set", Reason: "a court asks"}
	lifts   = casework.Act{Step: "legal_hold_lift", Reason: "the court is done"}
	reopens = casework.Act{
		Step: "reopen", Reason: "again", Message: "We open it again.", Statements: said{"ground": {"retaliation"}},
	}
)

// TestDetailsAreErasedAfterAYear: not a day earlier, not of a case that is open,
// opened again or held; the case stays and says so; nothing happens twice.
func TestDetailsAreErasedAfterAYear(t *testing.T) {
	w := founded(t)
	over, held, reopened, open, none := w.named(), w.named(), w.named(), w.fileThis(w.whistleblower()), w.old()
	w.two(held, holds)
	w.two(reopened, reopens)
	kept := func(f filed) bool { return w.vaults(f) > 0 }

	w.clock = w.clock.AddDate(1, 0, 0)
	must(t, w.cw.EraseIdentities(ctx))
	if !kept(over) {
		t.Fatal("erased on the last day of keeping")
	}
	if view, err := w.dia.Identity(ctx, w.visit(over)); err != nil || !view.Kept || view.Erased != "" {
		t.Errorf("%+v %v", view, err)
	}
	w.clock = w.clock.AddDate(0, 0, 1)
	must(t, w.cw.EraseIdentities(ctx))
	if kept(over) {
		t.Error("kept after its time")
	}
	for name, f := range map[string]filed{"held": held, "opened again": reopened, "open": open} {
		if !kept(f) {
			t.Errorf("%s: erased", name)
		}
	}
	if n := w.count(`select count(*) from entry where kind = 'identity_erased'`); n != 1 {
		t.Errorf("%d entries", n)
	}
	if n := w.count(`select count(*) from entry where kind = 'identity_erased' and actor = 'system' and stream = $1`,
		ethics.CaseStream(over.id)); n != 1 {
		t.Error("not by the program, or of another case")
	}
	o := w.open(w.as("resp"), over)
	if o.Vault != nil || o.Report == nil || policy.IdentityErased(o.Events) != ethics.DayOf(w.clock) ||
		slices.Contains(o.Facts.Flags, "identity_sealed") {
		t.Errorf("to a member: %v %v", o.Events, o.Facts.Flags)
	}
	if view, err := w.dia.Identity(ctx, w.visit(over)); err != nil || view.Kept ||
		view.Erased != ethics.DayOf(w.clock) {
		t.Errorf("to the reporter: %+v %v", view, err)
	}
	if view, err := w.dia.Identity(ctx, w.visit(none)); err != nil || view.Erased != "" {
		t.Errorf("to a reporter who gave none: %+v %v", view, err)
	}
	must(t, w.cw.EraseIdentities(ctx))
	if n := w.count(`select count(*) from entry where kind = 'identity_erased'`); n != 1 {
		t.Errorf("%d entries after another night", n)
	}
	w.mustBeSound()

	w.two(held, lifts) // and the night after finds it
	must(t, w.cw.EraseIdentities(ctx))
	if kept(held) {
		t.Error("kept after the hold was lifted")
	}
	w.mustBeSound()
}

// TestOneSpoiltCaseKeepsNoOther: details of the next case go all the same, and
// the next night finishes what failed.
func TestOneSpoiltCaseKeepsNoOther(t *testing.T) {
	w := founded(t)
	cases := []filed{w.named(), w.named()}
	slices.SortFunc(cases, func(a, b filed) int { return strings.Compare(a.id, b.id) })
	w.clock = w.clock.AddDate(1, 0, 1)
	w.exec(`update vault set recipient = recipient || 'x' where case_id = $1`, cases[0].id)
	if err := w.cw.EraseIdentities(ctx); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("a spoilt row: %v", err)
	}
	if w.vaults(cases[0]) == 0 || w.vaults(cases[1]) != 0 {
		t.Error("a spoilt row was erased unseen, or keeps another case's")
	}
	w.exec(`update vault set recipient = substr(recipient, 1, length(recipient) - 1) where case_id = $1`, cases[0].id)
	must(t, w.cw.EraseIdentities(ctx))
	if w.vaults(cases[0]) != 0 {
		t.Error("not found by the next round")
	}
	w.mustBeSound()
}

// TestDetailsAreAnnounced: who holds the case, and the auditor, see the day a
// month before; a held case is not among them.
func TestDetailsAreAnnounced(t *testing.T) {
	w := founded(t)
	w.appoint("auditor", "home", appoint.RoleAuditor, "", "resp", "chair")
	f, held := w.named(), w.named()
	w.two(held, holds)
	listed := func(who string) []casework.Expiring {
		r, err := w.cw.Retained(ctx, w.as(who))
		must(t, err)
		return r.Details
	}
	w.clock = w.clock.AddDate(1, 0, -31)
	if got := listed("resp"); len(got) != 0 {
		t.Errorf("too early: %v", got)
	}
	w.clock = w.clock.AddDate(0, 0, 1)
	for _, who := range []string{"resp", "auditor"} {
		if got := listed(who); len(got) != 1 ||
			got[0] != (casework.Expiring{Number: f.Number, State: "withdrawn", Last: "2027-11-23"}) {
			t.Errorf("%s: %v", who, got)
		}
	}
	w.clock = w.clock.AddDate(0, 1, 1)
	must(t, w.cw.EraseIdentities(ctx))
	if got := listed("resp"); len(got) != 0 {
		t.Errorf("afterwards: %v", got)
	}
}
