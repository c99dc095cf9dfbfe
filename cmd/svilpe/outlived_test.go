package main

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// outlived is a case whose time of keeping is over: read by its responsible person,
// and withdrawn years ago as its events say.
func outlived(t testing.TB, h *house, who *appoint.Acting) string {
	t.Helper()
	ctx, draft := context.Background(), derive.New()
	filed, err := h.intake.File(ctx, draft, ethics.Report{
		Track: "anonymous", Institution: who.Institution, Category: "procurement", Language: "lv",
		Answers: map[string][]string{"description": {"Rēķinus par remontu izrakstīja divreiz."}},
	})
	must(t, err)
	must(t, h.casework.State(ctx, who, filed.Number, derive.New()))
	e := store.Entry{ID: uuid.NewString(), Day: "2020-02-03", Kind: "step", Actor: who.ID, Case: draft.CaseID()}
	must(t, h.store.Write(ctx, e, func(tx *store.Tx) error {
		c, err := tx.Case(e.Case)
		if err != nil {
			return err
		}
		c.State = "withdrawn"
		return tx.Settle(c, e.Day, []ethics.Event{{Name: c.State, Day: e.Day}}, h.policy.Nearest)
	}))
	return filed.Number
}
