package routing

import (
	"errors"
	"testing"

	"svilpe/internal/ethics"
)

// Who is given a case so that somebody can approve: the house before the alternate
// institution, leaders before members, nobody who is barred, leaves or holds it.
func TestSecond(t *testing.T) {
	for name, x := range map[string]struct {
		l    Leaving
		want string
	}{
		"a leader of the house": {Leaving{Remain: []string{"berta"}}, "anna"},
		"a member of the house": {Leaving{Remain: []string{"anna", "berta"}}, "carl"},
		"nobody of the house is left": {
			Leaving{Remain: []string{"anna", "berta"}, Barred: []string{"carl"}}, "xena",
		},
		"the house is the one it is about": {Leaving{Remain: []string{"anna", "berta"}, Senior: true}, "xena"},
		"who leaves":                       {Leaving{Remain: []string{"berta"}, Leaving: []string{"anna"}}, "carl"},
		"a member of the other":            {Leaving{Barred: []string{"anna", "berta", "carl", "xena", "yann"}}, "zoe"},
		"nobody": {
			Leaving{Barred: []string{"anna", "berta", "carl", "xena", "yann", "zoe"}}, "",
		},
	} {
		x.l.Institution, x.l.Day = "home", day
		m, err := Second(roster(t), x.l)
		if m.ID != x.want || (err == nil) != (x.want != "") || err != nil && !errors.Is(err, ethics.ErrNobodyToSeal) {
			t.Errorf("%s: %q, %v", name, m.ID, err)
		}
	}
	if _, err := Second(roster(t), Leaving{Institution: "nowhere", Day: day}); !errors.Is(err, ethics.ErrNotFound) {
		t.Error(err)
	}
}
