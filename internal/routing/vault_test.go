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
		{"all of the own excluded", Request{
			Institution: "home", Excluded: []string{"anna", "berta"},
		}, "xena yann", nil},
		{"too many excluded", Request{
			Institution: "home", Excluded: []string{"anna", "berta", "xena"},
		}, "", ethics.ErrExcludedAll},
		{"about the head, nobody ticked", Request{Institution: "home", Senior: true}, "xena yann", nil},
		{"about the head, and somebody has left since", Request{
			Institution: "home", Senior: true, Excluded: []string{"carl"},
		}, "xena yann", nil},
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

// TestTheVaultStaysOpenable: who steps aside held a share. The place is taken by
// somebody of the same office who holds one too, or nobody who has the case could
// ever open the vault.
func TestTheVaultStaysOpenable(t *testing.T) {
	// The other institution's chair was appointed before its responsible persons.
	r := roster(t, of("zoe", "away", appoint.RoleResponsible))
	holders, err := VaultHolders(r, Request{Institution: "home", Day: day, Excluded: []string{"anna"}})
	if err != nil || len(holders) != 3 {
		t.Fatal(holders, err)
	}
	for _, keeper := range []string{"xena", "zoe"} {
		got, err := Successors(r,
			Leaving{Institution: "home", Remain: []string{"berta"}, Leaving: []string{"anna"}, Keepers: []string{
				"berta", keeper,
			}, Day: day})
		if err != nil || len(got) != 1 || got[0].ID != keeper {
			t.Errorf("with a share at %s the case goes to %v, %v", keeper, got, err)
		}
	}
	// Responsible persons of the other institution before its chair, who was there
	// earlier: the case would come to one of them.
	got, err := VaultHolders(r, Request{Institution: "home", Day: day, Excluded: []string{"xena"}})
	if err != nil || got[2].ID != "zoe" {
		t.Errorf("the third share is %v's, %v", got, err)
	}
}
