package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// outlived is a case whose time of keeping is over: read by its responsible person,
// and withdrawn years ago as its events say.
func outlived(t testing.TB, h *house, who *appoint.Acting) string {
	t.Helper()
	number, _ := withdrawn(t, h, who, "2020-02-03", ethics.Report{Track: "anonymous"})
	return number
}

// named is a report that gives its writer's name.
func named() ethics.Report {
	return ethics.Report{
		Track: "whistleblower", Identity: map[string][]string{"identity_name": {"Mārcis Paraugs"}, "identity_contact": {"marcis.paraugs@vejupe.example"}},
		Answers: map[string][]string{"work_relation": {"employed"}, "if_not_recognised": {"ethics"}, "confirm_true": {"yes"}, "confirm_privacy": {"yes"}},
	}
}

// longAgo is when an installation was founded whose oldest case has outlived its
// time of keeping.
var longAgo = time.Date(2020, 1, 20, 9, 0, 0, 0, time.UTC)

// withdrawn is a case that was filed and withdrawn on a day, and that its
// responsible person read; with its code. The clock is set back for it.
func withdrawn(t testing.TB, h *house, who *appoint.Acting, day ethics.Day, r ethics.Report) (number, code string) {
	t.Helper()
	ctx, draft := context.Background(), derive.New()
	then, err := time.Parse(time.DateOnly, day)
	must(t, err)
	h.intake.Now, h.casework.Now, h.dialogue.Now = at(then), at(then), at(then)
	defer func() { h.intake.Now, h.casework.Now, h.dialogue.Now = h.now, h.now, h.now }()
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

func at(then time.Time) func() time.Time { return func() time.Time { return then } }

// TestTheNightErasesDetails: the round that the program makes by itself erases
// details whose time is over, and no others.
func TestTheNightErasesDetails(t *testing.T) {
	ctx := context.Background()
	cfg, people := foundedOn(t, t.TempDir(), longAgo)
	h, err := open(ctx, cfg, slog.New(slog.DiscardHandler), time.Now)
	must(t, err)
	defer func() { must(t, h.store.Close()) }()
	h.auth.Params = cheap
	who := again(t, h, people[appoint.RoleResponsible][0]).acting
	withdrawn(t, h, who, ethics.DayOf(time.Now().AddDate(-2, 0, 0)), named())
	young, _ := withdrawn(t, h, who, ethics.DayOf(time.Now().AddDate(0, -1, 0)), named())
	h.sweep(ctx)
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
