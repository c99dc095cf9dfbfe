package casework_test

import (
	"errors"
	"strings"
	"testing"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// TestGiftRegister: a declaration is read by the responsible person and nobody
// else, stored once however often it is sent, makes no case, and a changed row
// shows without a word of it.
func TestGiftRegister(t *testing.T) {
	w := founded(t)
	g := ethics.Gift{Who: "Anna, SECRET", What: "SECRET book", Value: "10", From: "SECRET", When: day, Done: "kept"}
	draft := derive.New()
	number, err := w.in.DeclareGift(ctx, draft, "home", g)
	must(t, err)
	again, err := w.in.DeclareGift(ctx, draft, "home", g)
	must(t, err)
	if again != number || !strings.HasPrefix(number, "D-") {
		t.Errorf("sent twice: %s and %s", number, again)
	}
	if n, c := w.count(`select count(*) from gift`), w.count(`select count(*) from cases`); n != 1 || c != 0 {
		t.Errorf("%d declarations, %d cases", n, c)
	}
	for what, spoil := range map[string]func(*ethics.Gift){
		"who": func(g *ethics.Gift) { g.Who = " " }, "value": func(g *ethics.Gift) {
			g.Value = strings.Repeat("x", 501)
		},
		"when": func(g *ethics.Gift) { g.When = "2999-01-01" }, "done": func(g *ethics.Gift) {
			g.Done = "sold"
		}, "from": func(g *ethics.Gift) { g.From = "\xff" },
	} {
		bad := g
		spoil(&bad)
		var errs ethics.FieldErrors
		if _, err := w.in.DeclareGift(ctx, derive.New(), "home", bad); !errors.As(err, &errs) || errs.Of(what) == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	var errs ethics.FieldErrors
	if _, err := w.in.DeclareGift(ctx, derive.New(), "nowhere", g); !errors.As(err, &errs) ||
		errs.Of("institution") == "" {
		t.Errorf("an institution that does not exist: %v", err)
	}

	list, err := w.cw.Gifts(ctx, w.as("resp"), "", store.GiftKey{})
	must(t, err)
	g.Institution = "home" // signed with it
	if len(list.Rows) != 1 || list.Rows[0].Gift != g || list.Rows[0].Number != number {
		t.Fatalf("%d declarations", len(list.Rows))
	}
	for _, id := range []string{"chair", "member"} {
		if _, err := w.cw.Gifts(ctx, w.as(id), "", store.GiftKey{}); !errors.Is(err, ethics.ErrNotFound) {
			t.Errorf("%s reads the register: %v", id, err)
		}
	}
	if d := w.damage(); d != nil {
		t.Error(d)
	}
	w.exec(`update gift set number = 'D-0'`)
	if list, err := w.cw.Gifts(ctx, w.as("resp"), "", store.GiftKey{}); err != nil || !list.Rows[0].Untrusted ||
		list.Rows[0].What != "" {
		t.Errorf("a changed row is shown: %v", err)
	}
	if d := w.damage(); d == nil || !strings.Contains(d.Error(), "gift") {
		t.Errorf("verify says %v", d)
	}
	w.exec(`delete from gift`)
	if d := w.damage(); d == nil {
		t.Error("verify does not miss a removed declaration")
	}
}
