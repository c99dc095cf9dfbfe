package routing

import (
	"errors"
	"strings"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
)

// TestVaultHolders: three people where they exist, never fewer than two, filled
// up from the alternate institution, and nobody who is excluded or out of office.
func TestVaultHolders(t *testing.T) {
	r := roster(t)
	for _, x := range []struct {
		name string
		q    Request
		want string
		err  error
	}{
		{"the own, and one of the alternate's", Request{Institution: "home"}, "anna berta xena", nil},
		{"one excluded", Request{Institution: "home", Excluded: []string{"anna"}}, "berta xena yann", nil},
		{"all of the own excluded", Request{Institution: "home", Excluded: []string{"anna", "berta"}}, "xena yann", nil},
		{"too many excluded", Request{Institution: "home", Excluded: []string{"anna", "berta", "xena"}}, "", ethics.ErrExcludedAll},
		{"about the head, nobody ticked", Request{Institution: "home", Senior: "head"}, "xena yann", nil},
		{"one here, two of the alternate's", Request{Institution: "small"}, "sven anna berta", nil},
		{"one in all", Request{Institution: "alone"}, "", ethics.ErrNobodyToSeal},
		{"no such institution", Request{Institution: "nowhere"}, "", ethics.ErrNotFound},
	} {
		x.q.Day = day
		got, err := VaultHolders(r, x.q)
		var ids []string
		for _, m := range got {
			ids = append(ids, m.ID)
		}
		if !errors.Is(err, x.err) || (x.err == nil) != (err == nil) || strings.Join(ids, " ") != x.want {
			t.Errorf("%s: %v %v, want %q %v", x.name, ids, err, x.want, x.err)
		}
	}
	if !TakesIdentity(r, "home", day) || TakesIdentity(r, "alone", day) {
		t.Error("a name is offered where two cannot keep it, or not where they can")
	}
	// One person in two offices holds one share.
	r = roster(t, of("anna", "away", appoint.RoleResponsible))
	got, err := VaultHolders(r, Request{Institution: "home", Day: day})
	seen := map[string]bool{}
	for _, m := range got {
		if seen[m.ID] {
			t.Errorf("%s twice", m.ID)
		}
		seen[m.ID] = true
	}
	if err != nil || len(got) != EnoughHolders {
		t.Errorf("%d holders, %v", len(got), err)
	}
}
