package appoint

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
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

const began = "2026-01-01" // day of the founding

func of(member, institution string, roles ...string) Appointment {
	return Appointment{
		Member: member, Name: strings.ToUpper(member), Institution: institution, Roles: roles, From: began,
		Recipient: "age1pq1" + member, Verifier: key(member).Public().(ed25519.PublicKey),
	}
}

func founding() Founding {
	return Founding{
		Institution: Institution{ID: "home", Name: "Home"},
		Members: []Appointment{
			of("anna", "home", RoleResponsible), of("berta", "home", RoleChair), of("carl", "home", RoleMember),
			of("dora", "home", RoleAdministrator),
		},
		Settings: Settings{
			Salt: make([]byte, 32), Log: "here/svilpe/log/1+00000000+key",
			System: key("system").Public().(ed25519.PublicKey),
			Policy: 1, Recovery: RecoveryDeclined,
		},
	}
}

// leafAt is the leaf of the entry with this index, as these tests number them.
func leafAt(index int) []byte { return bytes.Repeat([]byte{byte(index + 1)}, 32) }

// headOf begins a statement prepared on a day by who had seen the entries up to
// an index.
func headOf(kind, on string, seen int) Head {
	h := NewHead("here", kind, "id", on)
	h.Seen = base64.StdEncoding.EncodeToString(leafAt(seen))
	return h
}

// written is a statement stored on the day of its preparation, signed by some.
func written[T Content](h Head, content T, by ...string) Statement {
	raw, err := Write(h, content)
	if err != nil {
		panic(err)
	}
	s := Statement{ID: h.ID, Kind: h.Kind, Body: raw, Day: h.Prepared}
	for _, name := range by {
		s.Signatures = append(s.Signatures, Sign(h.Kind, raw, name, key(name)))
	}
	return s
}

// signed is one of today by somebody who had seen the founding and no more.
func signed[T Content](kind string, content T, by ...string) Statement {
	return signedOn(kind, day, content, by...)
}

func signedOn[T Content](kind, on string, content T, by ...string) Statement {
	return written(headOf(kind, on, 0), content, by...)
}

func foundedBy(f Founding, by ...string) Statement {
	return written(NewHead("here", KindFounding, "id", began), f, by...)
}

func founded() Statement { return foundedBy(founding(), "anna", "berta", "carl") }

// read places statements into the log one after the other.
func read(statements ...Statement) (*Roster, error) {
	for i := range statements {
		statements[i].Index, statements[i].Leaf = int64(i), leafAt(i)
	}
	return Read(Digest(statements[0].Body), statements)
}

// appointed are statements that later ones stand on: an auditor, a head, a
// trust person, a member out of term, and a second institution.
func appointed() []Statement {
	old := of("olaf", "home", RoleMember)
	old.Until = "2026-10-31"
	return []Statement{
		founded(),
		signedOn(KindAppointment, began, of("alma", "home", RoleAuditor), "anna", "berta"),
		signedOn(KindAppointment, began, of("hugo", "home", RoleHead), "anna", "carl"),
		signedOn(KindAppointment, began, of("tija", "home", RoleTrust), "berta", "carl"),
		signedOn(KindAppointment, began, old, "anna", "berta"),
		signedOn(KindInstitution, began, Institution{ID: "away", Name: "Away", Alternate: "home"}, "anna", "berta"),
		signedOn(KindAppointment, began, of("xena", "away", RoleResponsible), "anna", "berta"),
		signedOn(KindAppointment, began, of("yann", "away", RoleChair), "anna", "xena"),
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
	fifth, instead, again, samekey, elsewhere, namesake, founders :=
		founding(), founding(), founding(), founding(), founding(), founding(), founding()
	fifth.Members = append(fifth.Members, of("eve", "home", RoleResponsible))
	instead.Members[3] = of("eve", "home", RoleTrust)
	again.Members[3] = of("dora", "home", RoleMember)
	again.Members[3].Member = "carl"
	samekey.Members[3].Recipient = samekey.Members[0].Recipient
	elsewhere.Members[3].Institution = "away"
	namesake.Members[3].Name = " Ánna"
	founders.Members[2].Name = "Berta"
	for name, s := range map[string]Statement{
		"two signatures":          foundedBy(founding(), "anna", "berta"),
		"the administrator signs": foundedBy(founding(), "anna", "berta", "dora"),
		"a stranger signs":        foundedBy(founding(), "anna", "berta", "mallory"),
		"one signs twice":         twice,
		"one key is another's":    forged,
		"a signature for else":    otherKind,
		"a changed body":          changed,
		"two roles at odds":       foundedBy(both, "anna", "berta", "carl"),
		"a member without a key":  foundedBy(keyless, "anna", "berta", "carl"),
		"a fifth":                 foundedBy(fifth, "anna", "berta", "carl"),
		"nobody administers":      foundedBy(instead, "anna", "berta", "carl"),
		"three people for four":   foundedBy(again, "anna", "berta", "carl"),
		"one key for two":         foundedBy(samekey, "anna", "berta", "carl"),
		"of another institution":  foundedBy(elsewhere, "anna", "berta", "carl"),
		"of no installation": written(NewHead("", KindFounding, "id", began), founding(),
			"anna", "berta", "carl"),
		"one name for two":          foundedBy(namesake, "anna", "berta", "carl"),
		"one name for two founders": foundedBy(founders, "anna", "berta", "carl"),
		"not a founding": written(NewHead("here", KindAppointment, "id", began), founding(),
			"anna", "berta", "carl"),
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
	s := foundedBy(founding(), "mallory", "anna", "dora", "berta", "carl")
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

// TestChangedStatements: nothing of a signed body can be exchanged, and no
// signature serves another statement.
func TestChangedStatements(t *testing.T) {
	good := signed(KindAppointment, of("nora", "home", RoleMember), "anna", "berta")
	for _, x := range [][2]string{
		{"nora", "mara"}, {"age1pq1nora", "age1pq1mara"}, {RoleMember, RoleChair}, {"2026-01-01", "2020-01-01"},
		{day, "2026-11-21"}, {"home", "away"}, {"NORA", "MARA"},
	} {
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
	third := Institution{ID: "third", Name: "Third", Alternate: "home"}
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
		"home names its alternate": {
			Institution{ID: "home", Name: "Home", Alternate: "away"}, []string{"anna", "carl"}, true,
		},
		"away takes home over": {
			Institution{ID: "home", Name: "Home", Alternate: "away"}, []string{"xena", "yann"}, false,
		},
		"half of it": {Institution{ID: "home", Name: "Home", Alternate: "away"}, []string{"anna", "yann"}, false},
	} {
		_, err := read(append(appointed(), signed(KindInstitution, x.of, x.by...))...)
		if (err == nil) != x.good {
			t.Errorf("%s: %v", name, err)
		}
	}
	again := written(headOf(KindInstitution, day, 7),
		Institution{ID: "away", Name: "Anew", Alternate: "home"}, "xena", "yann")
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
	r, err := read(append(appointed(),
		signed(KindAppointment, of("adam", "home", RoleAdministrator), "anna", "berta"))...)
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
	r, err = read(foundedBy(ended, "anna", "berta", "carl"), signed(KindAppointment, later, "anna", "berta"))
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
	for on, want := range map[string][]string{
		"2025-12-31": nil, "2026-01-01": {RoleMember}, "2026-10-31": {RoleMember}, "2026-11-01": nil,
	} {
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
