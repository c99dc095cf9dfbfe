package routing

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
)

func TestWhoIsConsulted(t *testing.T) {
	ex := func(who ...string) []string { return who }
	late := of("lora", "home", appoint.RoleTrust)
	late.From = "2026-11-23"
	r := roster(t, of("uldis", "home", appoint.RoleTrust), of("vija", "away", appoint.RoleTrust), late)
	for _, x := range []struct {
		name, institution string
		excluded          []string
		want              []string
		err               error
	}{
		{"all of the institution, and no other", "home", nil, ex("tija", "uldis"), nil},
		{"but the excluded", "home", ex("tija"), ex("uldis"), nil},
		{"all excluded: the alternate's", "home", ex("tija", "uldis"), ex("vija"), nil},
		{"all of both", "home", ex("tija", "uldis", "vija"), nil, ethics.ErrExcludedAll},
		{"none of its own", "small", nil, ex("tija", "uldis"), nil},
		{"none anywhere", "alone", nil, nil, ethics.ErrNobodyToSeal},
		{"unknown", "nowhere", nil, nil, ethics.ErrNotFound},
	} {
		got, err := TrustPersons(r, Request{Institution: x.institution, Excluded: x.excluded, Day: day})
		if d := cmp.Diff(x.want, ids(got)); d != "" || !errors.Is(err, x.err) {
			t.Errorf("%s: %v%s", x.name, err, d)
		}
	}
	if got := ids(ExcludableTrustPersons(r, "home", day)); !cmp.Equal(got, ex("tija", "uldis", "vija")) {
		t.Errorf("to be excluded: %v", got)
	}
}
