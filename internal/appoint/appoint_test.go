package appoint

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"svilpe/internal/ethics"
)

const day = "2026-11-22"

// goldenWords never change within a version: people wrote them down.
const goldenWords = "kapoj-nafoz fusuv-fulip kigov-viguf pison-supid jivor-bogiz kosom-salas"

// key is a fixed key for a name: tests sign with it.
func key(name string) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	copy(seed, name)
	return ed25519.NewKeyFromSeed(seed)
}

func of(member, institution string, roles ...string) Appointment {
	return Appointment{
		Member: member, Name: strings.ToUpper(member), Institution: institution, Roles: roles, From: "2026-01-01", Stated: day,
		Recipient: "age1pq1" + member, Verifier: key(member).Public().(ed25519.PublicKey),
	}
}

func founding() Founding {
	return Founding{Installation: "here", Day: "2026-01-01", Institution: Institution{ID: "home", Name: "Home"}, Members: []Appointment{
		of("anna", "home", RoleResponsible), of("berta", "home", RoleChair), of("carl", "home", RoleMember), of("dora", "home", RoleAdministrator),
	}}
}

func signed(kind string, body any, by ...string) Statement {
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	s := Statement{ID: "id", Kind: kind, Body: raw, Day: day}
	for _, name := range by {
		s.Signatures = append(s.Signatures, Sign(kind, raw, name, key(name)))
	}
	return s
}

func founded() Statement { return signed(KindFounding, founding(), "anna", "berta", "carl") }

func read(statements ...Statement) (*Roster, error) {
	return Read(Digest(statements[0].Body), statements)
}

// appointed are statements that later ones stand on: an auditor, a head, a
// trust person, a member out of term, and a second institution.
func appointed() []Statement {
	old := of("olaf", "home", RoleMember)
	old.Until = "2026-10-31"
	return []Statement{
		founded(),
		signed(KindAppointment, of("alma", "home", RoleAuditor), "anna", "berta"),
		signed(KindAppointment, of("hugo", "home", RoleHead), "anna", "carl"),
		signed(KindAppointment, of("tija", "home", RoleTrust), "berta", "carl"),
		signed(KindAppointment, old, "anna", "berta"),
		signed(KindInstitution, Institution{ID: "away", Name: "Away", Alternate: "home", Stated: day}, "anna", "berta"),
		signed(KindAppointment, of("xena", "away", RoleResponsible), "anna", "berta"),
		signed(KindAppointment, of("yann", "away", RoleChair), "anna", "xena"),
	}
}

func TestFounding(t *testing.T) {
	r, err := read(founded())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Members()) != 4 || len(r.Institutions()) != 1 {
		t.Error("somebody is missing")
	}
	forged := founded()
	forged.Signatures[2] = Sign(KindFounding, forged.Body, "carl", key("mallory"))
	otherKind := founded()
	otherKind.Signatures[2] = Sign(KindAppointment, forged.Body, "carl", key("carl"))
	twice := founded()
	twice.Signatures[2] = twice.Signatures[0]
	changed := founded()
	changed.Body = []byte(strings.Replace(string(changed.Body), "Home", "Hame", 1))
	both := founding()
	both.Members[0].Roles = []string{RoleResponsible, RoleAdministrator}
	keyless := founding()
	keyless.Members[3].Verifier = nil
	// Eve, whom no founder saw, in every way into a founding.
	fifth, instead, again, samekey, elsewhere, nameless := founding(), founding(), founding(), founding(), founding(), founding()
	fifth.Members = append(fifth.Members, of("eve", "home", RoleResponsible))
	instead.Members[3] = of("eve", "home", RoleTrust)
	again.Members[3] = of("dora", "home", RoleMember)
	again.Members[3].Member = "carl"
	samekey.Members[3].Recipient = samekey.Members[0].Recipient
	elsewhere.Members[3].Institution = "away"
	nameless.Installation = ""
	for name, s := range map[string]Statement{
		"two signatures":           signed(KindFounding, founding(), "anna", "berta"),
		"the administrator signs":  signed(KindFounding, founding(), "anna", "berta", "dora"),
		"a stranger signs":         signed(KindFounding, founding(), "anna", "berta", "mallory"),
		"one signs twice":          twice,
		"one key is another's":     forged,
		"a signature for else":     otherKind,
		"a changed body":           changed,
		"two roles at odds":        signed(KindFounding, both, "anna", "berta", "carl"),
		"a member without a key":   signed(KindFounding, keyless, "anna", "berta", "carl"),
		"a fifth":                  signed(KindFounding, fifth, "anna", "berta", "carl"),
		"nobody administers":       signed(KindFounding, instead, "anna", "berta", "carl"),
		"three people for four":    signed(KindFounding, again, "anna", "berta", "carl"),
		"one key for two":          signed(KindFounding, samekey, "anna", "berta", "carl"),
		"of another institution":   signed(KindFounding, elsewhere, "anna", "berta", "carl"),
		"of no installation":       signed(KindFounding, nameless, "anna", "berta", "carl"),
		"not a founding":           signed(KindAppointment, founding(), "anna", "berta", "carl"),
		"nothing that can be read": {Kind: KindFounding, Body: []byte("{")},
	} {
		if r, err := read(s); !errors.Is(err, ErrFounders) || r != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Read([32]byte{1}, []Statement{founded()}); !errors.Is(err, ErrFounders) {
		t.Errorf("another digest in keys: %v", err)
	}
	if _, err := Read([32]byte{}, nil); !errors.Is(err, ErrFounders) {
		t.Errorf("nothing: %v", err)
	}
}

// TestFourSignatures: one bad among enough good ones changes nothing.
func TestFourSignatures(t *testing.T) {
	s := signed(KindFounding, founding(), "mallory", "anna", "dora", "berta", "carl")
	if _, err := read(s); err != nil {
		t.Error(err)
	}
}

// TestAppointmentSigners: two serving members who handle cases, of this or the
// alternate institution, other than the appointee.
func TestAppointmentSigners(t *testing.T) {
	newcomer := of("nora", "home", RoleMember)
	inAway := of("nora", "away", RoleMember)
	for name, x := range map[string]struct {
		of   Appointment
		by   []string
		good bool
	}{
		"two":                                 {newcomer, []string{"anna", "berta"}, true},
		"chair and member":                    {newcomer, []string{"carl", "berta"}, true},
		"three":                               {newcomer, []string{"carl", "berta", "anna"}, true},
		"one":                                 {newcomer, []string{"anna"}, false},
		"none":                                {newcomer, nil, false},
		"one twice":                           {newcomer, []string{"anna", "anna"}, false},
		"the administrator":                   {newcomer, []string{"anna", "dora"}, false},
		"the auditor":                         {newcomer, []string{"anna", "alma"}, false},
		"the head":                            {newcomer, []string{"anna", "hugo"}, false},
		"the trust person":                    {newcomer, []string{"anna", "tija"}, false},
		"the appointee":                       {newcomer, []string{"anna", "nora"}, false},
		"a member for an own new appointment": {of("carl", "home", RoleMember), []string{"anna", "carl"}, false},
		"others for a member's new one":       {of("carl", "home", RoleMember), []string{"anna", "berta"}, true},
		"out of term":                         {newcomer, []string{"anna", "olaf"}, false},
		"a stranger":                          {newcomer, []string{"anna", "mallory"}, false},
		"the alternate institution":           {inAway, []string{"anna", "berta"}, true},
		"one of each":                         {inAway, []string{"anna", "xena"}, true},
		"not the other way round":             {newcomer, []string{"anna", "xena"}, false},
		"an unknown institution":              {of("nora", "nowhere", RoleMember), []string{"anna", "berta"}, false},
		"no institution":                      {of("nora", "", RoleMember), []string{"anna", "berta"}, false},
		"no role":                             {of("nora", "home"), []string{"anna", "berta"}, false},
	} {
		r, err := read(append(appointed(), signed(KindAppointment, x.of, x.by...))...)
		if (err == nil) != x.good || err != nil && (!errors.Is(err, ErrSignatures) || r != nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTermOnTheStatedDay: who serves on the day of the statement may sign it.
func TestTermOnTheStatedDay(t *testing.T) {
	for stated, good := range map[string]bool{"2025-12-31": false, "2026-01-01": true, "2026-10-31": true, "2026-11-01": false, "": false} {
		a := of("nora", "home", RoleMember)
		a.Stated = stated
		_, err := read(append(appointed(), signed(KindAppointment, a, "anna", "olaf"))...)
		if (err == nil) != good {
			t.Errorf("stated on %q: %v", stated, err)
		}
	}
}

// TestChangedStatements: nothing of a signed body can be exchanged, and no
// signature serves another statement.
func TestChangedStatements(t *testing.T) {
	good := signed(KindAppointment, of("nora", "home", RoleMember), "anna", "berta")
	for _, x := range [][2]string{{"nora", "mara"}, {"age1pq1nora", "age1pq1mara"}, {RoleMember, RoleChair}, {"2026-01-01", "2020-01-01"}, {"home", "away"}, {"NORA", "MARA"}} {
		bad := good
		bad.Body = []byte(strings.Replace(string(good.Body), x[0], x[1], 1))
		if string(bad.Body) == string(good.Body) {
			t.Fatalf("%s is not in the body", x[0])
		}
		if _, err := read(append(appointed(), bad)...); !errors.Is(err, ErrSignatures) {
			t.Errorf("%s for %s: %v", x[1], x[0], err)
		}
	}
	for _, kind := range []string{KindInstitution, KindFounding, "other", ""} {
		bad := good
		bad.Kind = kind
		if _, err := read(append(appointed(), bad)...); !errors.Is(err, ErrSignatures) {
			t.Errorf("as %q: %v", kind, err)
		}
	}
	if _, err := read(append(appointed(), good)...); err != nil {
		t.Error(err)
	}
	bad := good
	bad.Body = []byte("{")
	if _, err := read(append(appointed(), bad)...); !errors.Is(err, ErrSignatures) {
		t.Errorf("no JSON: %v", err)
	}
}

// TestInstitutions: a new one is signed by those of its alternate; a known one
// by its own, and nobody can name themselves its alternate first.
func TestInstitutions(t *testing.T) {
	third := Institution{ID: "third", Name: "Third", Alternate: "home", Stated: day}
	lonely := third
	lonely.Alternate = ""
	for name, x := range map[string]struct {
		of   Institution
		by   []string
		good bool
	}{
		"a new one":                      {third, []string{"anna", "carl"}, true},
		"by one":                         {third, []string{"anna"}, false},
		"by the administrator":           {third, []string{"anna", "dora"}, false},
		"by others than its alternate's": {third, []string{"xena", "yann"}, false},
		"without an alternate":           {lonely, []string{"anna", "carl"}, false},
		"home names its alternate":       {Institution{ID: "home", Name: "Home", Alternate: "away", Stated: day}, []string{"anna", "carl"}, true},
		"away takes home over":           {Institution{ID: "home", Name: "Home", Alternate: "away", Stated: day}, []string{"xena", "yann"}, false},
		"half of it":                     {Institution{ID: "home", Name: "Home", Alternate: "away", Stated: day}, []string{"anna", "yann"}, false},
	} {
		_, err := read(append(appointed(), signed(KindInstitution, x.of, x.by...))...)
		if (err == nil) != x.good {
			t.Errorf("%s: %v", name, err)
		}
	}
	again := signed(KindInstitution, Institution{ID: "away", Name: "Anew", Alternate: "home", Stated: day}, "xena", "yann")
	r, err := read(append(appointed(), again)...)
	if err != nil {
		t.Fatal(err)
	}
	if in, err := r.Institution("away"); err != nil || in.Name != "Anew" || len(r.Institutions()) != 2 {
		t.Errorf("%+v, %v of %d", in, err, len(r.Institutions()))
	}
	if _, err := r.Institution("nowhere"); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// TestAdministers: only the founding's administrator, and nobody who came to
// hold another office.
func TestAdministers(t *testing.T) {
	r, err := read(append(appointed(), signed(KindAppointment, of("adam", "home", RoleAdministrator), "anna", "berta"))...)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"anna", "berta", "carl", "alma", "adam", "mallory", ""} {
		if r.Administers(name) {
			t.Errorf("%s administers by the founding", name)
		}
	}
	if !r.Administers("dora") {
		t.Error("dora does not")
	}
	ended := founding()
	ended.Members[3].Until = "2026-01-31"
	later := of("dora", "home", RoleMember)
	later.From = "2026-02-01"
	r, err = read(signed(KindFounding, ended, "anna", "berta", "carl"), signed(KindAppointment, later, "anna", "berta"))
	if err != nil {
		t.Fatal(err)
	}
	if r.Administers("dora") {
		t.Error("dora, a commission member by now, counts as administrator")
	}
}

// TestTerms: outside the term there are no roles.
func TestTerms(t *testing.T) {
	r, err := read(appointed()...)
	if err != nil {
		t.Fatal(err)
	}
	for on, want := range map[string][]string{"2025-12-31": nil, "2026-01-01": {RoleMember}, "2026-10-31": {RoleMember}, "2026-11-01": nil} {
		if d := cmp.Diff(want, r.Roles("olaf", "home", on)); d != "" {
			t.Errorf("%s: %s", on, d)
		}
		if len(r.Roles("olaf", "away", on)) != 0 || len(r.Roles("mallory", "home", on)) != 0 {
			t.Error("roles from nowhere")
		}
		serving := slices.ContainsFunc(r.Serving("home", on, RoleMember), func(m Member) bool { return m.ID == "olaf" })
		if serving != (want != nil) {
			t.Errorf("%s: serving %v", on, serving)
		}
	}
	if _, err := r.Verifier("olaf"); err != nil {
		t.Error("what was signed in a term does not stay signed")
	}
	if _, err := r.Verifier("mallory"); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := r.Member("mallory"); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if m, err := r.Member("xena"); err != nil || m.Home() != "away" || m.Recipient != "age1pq1xena" {
		t.Errorf("%+v %v", m, err)
	}
	if d := cmp.Diff([]string{RoleResponsible}, r.AllRoles("xena", day)); d != "" {
		t.Error(d)
	}
}

// TestCheckWords: golden, and another key of either kind has other words.
func TestCheckWords(t *testing.T) {
	words := CheckWords("age1pq1anna", key("anna").Public().(ed25519.PublicKey))
	want := strings.Fields(goldenWords)
	if d := cmp.Diff(want, words); d != "" {
		t.Errorf("check words changed: %s", d)
	}
	for name, other := range map[string][]string{
		"recipient":    CheckWords("age1pq1annb", key("anna").Public().(ed25519.PublicKey)),
		"verifier":     CheckWords("age1pq1anna", key("berta").Public().(ed25519.PublicKey)),
		"moved border": CheckWords("age1pq1ann", append([]byte("a"), key("anna").Public().(ed25519.PublicKey)...)),
	} {
		for i := range words {
			if words[i] == other[i] {
				t.Errorf("another %s has the word %s too", name, words[i])
			}
		}
	}
	// The paper's own examples (arXiv:0901.4016, 127.0.0.1 and 63.84.220.193).
	for v, want := range map[uint16]string{0x7f00: "lusab", 0x0001: "babad", 0x3f54: "gutih", 0xdcc1: "tugad"} {
		if got := proquint(v); got != want {
			t.Errorf("%x: %s, want %s", v, got, want)
		}
	}
}
