package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/demo"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// outlived is a case whose time of keeping will be over six years later: read by its
// responsible person, and withdrawn.
func outlived(t testing.TB, h *services, who *appoint.Acting) string {
	t.Helper()
	number, _ := withdrawn(t, h, who, ethics.Report{Track: "anonymous"})
	return number
}

// named is a report that gives its writer's name.
func named() ethics.Report {
	return ethics.Report{
		Track: "whistleblower", Identity: map[string][]string{
			"identity_name": {"Mārcis Paraugs"}, "identity_contact": {"marcis.paraugs@vejupe.example"},
		},
		Answers: map[string][]string{
			"work_relation": {"employed"}, "if_not_recognised": {"ethics"}, "confirm_true": {"yes"},
			"confirm_privacy": {"yes"},
		},
	}
}

// withdrawn is a case that its responsible person read and that was withdrawn on
// the same day; with its code.
func withdrawn(t testing.TB, h *services, who *appoint.Acting, r ethics.Report) (number, code string) {
	t.Helper()
	ctx, draft := context.Background(), derive.New()
	r.Institution, r.Category, r.Language = who.Institution, "procurement", "lv"
	if r.Answers == nil {
		r.Answers = map[string][]string{}
	}
	r.Answers["description"] = []string{"Rēķinus par remontu izrakstīja divreiz."}
	filed, err := h.intake.File(ctx, draft, r)
	must(t, err)
	must(t, h.casework.State(ctx, who, filed.Number, derive.New()))
	entered, err := h.dialogue.Enter(ctx, filed.Code.Text())
	must(t, err)
	visit, err := h.dialogue.Visit(ctx, entered.Cookie)
	must(t, err)
	_, err = h.dialogue.Withdraw(ctx, visit, derive.New(), "Atsaucu.")
	must(t, err)
	_, err = h.casework.Open(ctx, who, filed.Number) // something unread is never erased
	must(t, err)
	return filed.Number, filed.Code.Text()
}

// TestTheNightErasesDetails: the round that the program makes by itself erases
// details whose time is over, and no others.
func TestTheNightErasesDetails(t *testing.T) {
	ctx := context.Background()
	clock := demo.NewClock(time.Now)
	clock.Set(time.Now().AddDate(-2, 0, 0))
	cfg, people := foundedAt(t, t.TempDir(), clock.Now)
	h, err := open(ctx, cfg, slog.New(slog.DiscardHandler), clock.Now)
	must(t, err)
	defer func() { must(t, h.store.Close()) }()
	h.auth.Params = cheap
	who := again(t, h, people[appoint.RoleResponsible][0]).acting
	withdrawn(t, h, who, named())
	clock.Set(time.Now().AddDate(0, -1, 0))
	young, _ := withdrawn(t, h, who, named())
	clock.Real()
	h.everyHour(ctx)
	must(t, h.store.Read(ctx, func(tx *store.ReadTx) error {
		left, err := tx.VaultCases()
		if err != nil {
			return err
		}
		c, err := tx.CaseByNumber(young)
		if len(left) != 1 || left[0] != c.ID {
			t.Errorf("%d vaults are left", len(left))
		}
		return err
	}))
}
