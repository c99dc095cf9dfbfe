package routing

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
)

const day, began = "2026-11-22", "2026-01-01"

func key(name string) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	copy(seed, name)
	return ed25519.NewKeyFromSeed(seed)
}

func of(member, institution string, roles ...string) appoint.Appointment {
	return appoint.Appointment{
		Member: member, Name: member, Institution: institution, Roles: roles, From: began,
		Recipient: "age1pq1" + member, Verifier: key(member).Public().(ed25519.PublicKey),
	}
}

// chain are statements in the order in which a log holds them.
type chain []appoint.Statement

// signed adds one, by somebody who has seen all before it.
func signed[T appoint.Content](c *chain, kind string, body T, by ...string) {
	n := len(*c)
	h := appoint.NewHead("here", kind, fmt.Sprint(kind, n), began)
	if n > 0 {
		h.Seen = base64.StdEncoding.EncodeToString((*c)[n-1].Leaf)
	}
	raw, err := appoint.Write(h, body)
	if err != nil {
		panic(err)
	}
	s := appoint.Statement{
		ID: h.ID, Kind: kind, Body: raw, Day: began, Index: int64(n), Leaf: fmt.Append(nil, "leaf ", n),
	}
	for _, name := range by {
		s.Signatures = append(s.Signatures, appoint.Sign(kind, raw, name, key(name)))
	}
	*c = append(*c, s)
}

// roster: home has a responsible person, a chair, a member; away, its
// alternate, a responsible person, a chair, and whoever else is given; small
// has nobody but a responsible person, and home as its alternate; alone has
// nobody and no alternate that could help, and pair has two and the same
// alternate.
func roster(t testing.TB, more ...appoint.Appointment) *appoint.Roster {
	t.Helper()
	old := of("olga", "home", appoint.RoleResponsible)
	old.Until = "2026-11-21"
	future := of("fred", "home", appoint.RoleResponsible)
	future.From = "2026-11-23"
	var list chain
	signed(&list, appoint.KindFounding, appoint.Founding{
		Institution: appoint.Institution{ID: "home"}, Members: []appoint.Appointment{
			of("anna", "home", appoint.RoleResponsible), of("berta", "home", appoint.RoleChair),
			of("carl", "home", appoint.RoleMember), of("dora", "home", appoint.RoleAdministrator),
		},
		Settings: appoint.Settings{
			Salt: make([]byte, 32), Log: "log", System: key("system").Public().(ed25519.PublicKey), Policy: 1,
			Recovery: appoint.RecoveryDeclined,
		},
	}, "anna", "berta", "carl")
	signed(&list, appoint.KindInstitution, appoint.Institution{ID: "away", Alternate: "home"}, "anna", "berta")
	signed(&list, appoint.KindInstitution, appoint.Institution{ID: "home", Alternate: "away"}, "anna", "berta")
	signed(&list, appoint.KindInstitution, appoint.Institution{ID: "small", Alternate: "home"}, "anna", "berta")
	add := []appoint.Appointment{
		of("xena", "away", appoint.RoleResponsible), of("yann", "away", appoint.RoleChair),
		of("zoe", "away", appoint.RoleMember),
		of("sven", "small", appoint.RoleResponsible), of("sara", "small", appoint.RoleMember), old, future,
		of("tija", "home", appoint.RoleTrust), of("alma", "home", appoint.RoleAuditor),
		of("hugo", "home", appoint.RoleHead),
	}
	for _, a := range append(add, more...) {
		signed(&list, appoint.KindAppointment, a, "anna", "berta", "carl")
	}
	signed(&list, appoint.KindInstitution, appoint.Institution{ID: "alone", Alternate: "small"}, "sven", "sara")
	signed(&list, appoint.KindInstitution, appoint.Institution{ID: "pair", Alternate: "small"}, "sven", "sara")
	for _, a := range []appoint.Appointment{
		of("pia", "pair", appoint.RoleResponsible), of("paul", "pair", appoint.RoleChair),
	} {
		signed(&list, appoint.KindAppointment, a, "sven", "sara")
	}
	r, err := appoint.Read(appoint.Digest(list[0].Body), list)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func ids(members []appoint.Member) []string {
	var out []string
	for _, m := range members {
		out = append(out, m.ID)
	}
	return out
}

// TestWhoReadsFirst is the table of sealing.md §4.2.
func TestWhoReadsFirst(t *testing.T) {
	ex := func(who ...string) []string { return who }
	for _, x := range []struct {
		name, institution string
		excluded          []string
		senior            string
		want              []string
		err               error
	}{
		{"responsible person and chair", "home", nil, "", ex("anna", "berta"), nil},
		{"nobody senior", "home", nil, "no", ex("anna", "berta"), nil},
		{"not known", "home", nil, "unknown", ex("anna", "berta"), nil},
		{"a member is excluded, who does not read first anyway", "home", ex("carl"), "", ex("anna", "berta"), nil},
		{"one excluded: filled up to two", "home", ex("anna"), "", ex("berta", "xena"), nil},
		{"the other excluded", "home", ex("berta"), "", ex("anna", "xena"), nil},
		{"both excluded: the alternate", "home", ex("anna", "berta"), "", ex("xena", "yann"), nil},
		{"one here, one there", "home", ex("anna", "xena"), "", ex("berta", "yann"), nil},
		{"all but one", "home", ex("anna", "xena", "yann"), "", nil, ethics.ErrExcludedAll},
		{"all", "home", ex("anna", "berta", "xena", "yann"), "", nil, ethics.ErrExcludedAll},
		{"about the head, nobody ticked", "home", nil, "head", ex("xena", "yann"), nil},
		{"about a handler, nobody ticked", "home", nil, "handler", ex("xena", "yann"), nil},
		{"about a handler who is ticked", "home", ex("anna"), "handler", ex("berta", "xena"), nil},
		{
			"about a handler, all ticked", "home", ex("anna", "berta", "xena", "yann"), "handler",
			nil, ethics.ErrExcludedAll,
		},
		{"a stranger is excluded", "home", ex("mallory"), "", ex("anna", "berta"), nil},
		{"a small one is filled up", "small", nil, "", ex("sven", "anna"), nil},
		{"its one excluded", "small", ex("sven"), "", ex("anna", "berta"), nil},
		{"its alternate has one left", "small", ex("sven", "anna"), "", nil, ethics.ErrExcludedAll},
		{"about its head", "small", nil, "head", ex("anna", "berta"), nil},
		{"nobody, and one at the alternate", "alone", nil, "", nil, ethics.ErrNobodyToSeal},
		{"nobody, whoever is excluded", "alone", ex("sven"), "", nil, ethics.ErrNobodyToSeal},
		{"nobody for a report about the head", "alone", nil, "head", nil, ethics.ErrNobodyToSeal},
		{
			"about a handler who is ticked, and nobody is left", "pair", ex("pia", "sven"), "handler",
			nil, ethics.ErrExcludedAll,
		},
		{"about a handler, and the alternate is not ready", "pair", nil, "handler", nil, ethics.ErrNobodyToSeal},
		{"unknown", "nowhere", nil, "", nil, ethics.ErrNotFound},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := ethics.Report{
				Institution: x.institution, Excluded: x.excluded,
				Answers: map[string][]string{"senior_involved": {x.senior}},
			}
			got, err := Readers(roster(t), Of(r, day))
			if !errors.Is(err, x.err) || x.err == nil && err != nil {
				t.Errorf("got %v, want %v", err, x.err)
			}
			if d := cmp.Diff(x.want, ids(got)); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestServesInBoth: a report about a handler of home must not reach the same
// handler through the other door.
func TestServesInBoth(t *testing.T) {
	r := roster(t, of("anna", "away", appoint.RoleResponsible))
	got, err := Readers(r, Request{Institution: "home", Senior: true, Day: day})
	if d := cmp.Diff([]string{"xena", "yann"}, ids(got)); err != nil || d != "" {
		t.Error(err, d)
	}
	got, err = Readers(r, Request{Institution: "home", Excluded: []string{"berta"}, Day: day})
	if d := cmp.Diff([]string{"anna", "xena"}, ids(got)); err != nil || d != "" {
		t.Error("filled up with the same person", err, d)
	}
}

// TestTerms: whoever is not in term that day reads nothing.
func TestTerms(t *testing.T) {
	r := roster(t)
	for on, want := range map[string][]string{
		"2025-12-31": nil, "2026-11-21": {"anna", "berta", "olga"}, day: {"anna", "berta"},
		"2026-11-23": {"anna", "berta", "fred"},
	} {
		got, err := Readers(r, Request{Institution: "home", Day: on})
		if d := cmp.Diff(want, ids(got)); d != "" || (want == nil) != errors.Is(err, ethics.ErrNobodyToSeal) {
			t.Errorf("%s: %v %s", on, err, d)
		}
		if Ready(r, "home", on) != (want != nil) {
			t.Errorf("%s: ready", on)
		}
	}
	if Ready(r, "alone", day) || Ready(r, "nowhere", day) || !Ready(r, "small", day) {
		t.Error("ready without two readers, or not with them")
	}
}

// TestHandlers: whom a reporter may exclude, and whom a holder may add. Trust
// person, auditor, head and administrator are never among them.
func TestHandlers(t *testing.T) {
	r := roster(t)
	all := []string{"anna", "berta", "carl", "xena", "yann", "zoe"}
	if d := cmp.Diff(all, ids(Handlers(r, "home", day))); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"carl", "yann", "zoe"},
		ids(Assignable(r, "home", []string{"anna", "berta"}, []string{"xena"}, day))); d != "" {
		t.Error(d)
	}
	if got := Handlers(r, "nowhere", day); got != nil {
		t.Errorf("got %v", ids(got))
	}
	both := roster(t, of("anna", "away", appoint.RoleMember))
	if d := cmp.Diff(all, ids(Handlers(both, "home", day))); d != "" {
		t.Error("named twice:", d)
	}
}

// TestSuccessorsAreOthers: who takes a case over is nobody who holds it or leaves
// it under another id, and the two who hold it afterwards are two people.
func TestSuccessorsAreOthers(t *testing.T) {
	again := func(id, name, institution string, roles ...string) appoint.Appointment {
		a := of(id, institution, roles...)
		a.Name = name
		return a
	}
	r := roster(t, again("berta2", "Berta", "home", appoint.RoleMember),
		again("anna2", "anna", "home", appoint.RoleResponsible), again("carl2", "CARL", "home", appoint.RoleMember))
	for name, x := range map[string]struct {
		l    Leaving
		want []string
	}{
		"one person is left": {
			Leaving{Remain: []string{"berta", "berta2"}, Leaving: []string{"carl"}}, []string{"anna"},
		},
		"not one who leaves": {
			Leaving{Remain: []string{"anna"}, Leaving: []string{"carl", "berta"}}, []string{"yann"},
		},
		"not one who is barred": {
			Leaving{Remain: []string{"anna"}, Barred: []string{"berta", "xena", "yann", "carl2"}}, []string{"zoe"},
		},
		"not who holds it already": {
			Leaving{Remain: []string{"anna"}, Barred: []string{"berta"}}, []string{"xena"},
		},
		"two people are left":           {Leaving{Remain: []string{"anna", "berta2"}, Leaving: []string{"carl"}}, nil},
		"two ids of one, and the other": {Leaving{Remain: []string{"carl", "carl2", "anna"}}, nil},
	} {
		x.l.Institution, x.l.Day = "home", day
		got, err := Successors(r, x.l)
		if d := cmp.Diff(x.want, ids(got)); err != nil || d != "" {
			t.Errorf("%s: %v %s", name, err, d)
		}
	}
	if got := ids(Assignable(r, "home", []string{"carl", "anna"}, nil, day)); !slices.Contains(got, "carl2") ||
		slices.Contains(got, "carl") {
		t.Errorf("who lost a password is given the case again: %v", got)
	}
	if got := ids(Assignable(r, "home", []string{"anna"}, []string{"carl"}, day)); slices.Contains(got, "carl2") {
		t.Errorf("excluded, and offered under another id: %v", got)
	}
}
