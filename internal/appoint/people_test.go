package appoint

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// named is an appointment under a name that is not the id's.
func named(id, name, institution string, roles ...string) Appointment {
	a := of(id, institution, roles...)
	a.Name = name
	return a
}

// namesakes have carl appointed once more, under another id.
func namesakes() []Statement {
	return append(appointed(), signed(KindAppointment, named("carl2", "Carl", "home", RoleMember), "anna", "berta"))
}

func pair(kind string, seen int, a, b string, by ...string) Statement {
	if kind == KindSame {
		return written(headOf(kind, day, seen), Same{[2]string{a, b}}, by...)
	}
	return written(headOf(kind, day, seen), Distinct{[2]string{a, b}}, by...)
}

// TestFoldedNames: letters count, and not how they were typed. What looks the
// same to whoever signs is the same.
func TestFoldedNames(t *testing.T) {
	for _, x := range []struct {
		a, b string
		one  bool
	}{
		{"Jānis Bērziņš", " janis  BERZINS ", true},
		{"Jānis Bērziņš", "Ja\u0304nis Be\u0304rzin\u0327s\u030c", true},
		{"Anna-Marija O'Brien", "Anna Marija OBrien", true},
		{"Anna\u200b Liepa", "Anna Liepa", true},
		{"Аnnа Liера", "Anna Liepa", true}, // Cyrillic А, а, е, р, а
		{"Сергей Ёлкин", "Сергеи Елкин", true},
		{"Ⅳ Anna", "IV Anna", true},
		{"Ӏlzе Аllа", "Ilze Alla", true}, // Cyrillic palochka
		{"Anna Łiepa", "Anna Iıepa", true},
		{"Olga Dew", "0lga Ԁеԝ", true},
		{"Anna O'Brien", "Anna O\u02bcBrien", true},
		{"Anna Liepa", "Liepa Anna", true},
		{"Anna Marija Liepa", "Liepa, Anna-Marija", true},
		{"Jānis Bērziņš", "BerzinsJanis", true},
		{"Amis Berziņš", "Arnis Berziņš", true},
		{"Wilma Мeднe", "VVilrna rneднe", true},
		{"Anna Liepa", "Anna Liepiņa", false},
		{"Anna Liepa", "Anna Liepa 2", false},
	} {
		if OneName(x.a, x.b) != x.one {
			t.Errorf("%q and %q: %q, %q", x.a, x.b, folded(x.a), folded(x.b))
		}
	}
}

// TestNamesInOtherLetters: a name is in letters of which it is known what they look
// like. Nobody is appointed under another.
func TestNamesInOtherLetters(t *testing.T) {
	for name, legible := range map[string]bool{
		"Jānis Bērziņš 2": true, "Anna-Marija O\u02bcBrien": true, "Әсел Құрманова": true,
		"Žanna Čiekure-Łiepa": true, "Nguyễn Thị": true,
		"Annα Liepa": false, "Annɑ Liepa": false, "Anna Liepa\u3164": false, "An\u1160na Liepa": false,
		"Anna Lie\u0640pa": false,
		"Ꭺnna Liepa":       false, "Аnnа ոօ": false, "Anna \u202eapeiL": false, "Anna\x00": false, "Anna ᴋ": false,
		"Anna ᱐": false, " ": false,
	} {
		if Legible(name) != legible {
			t.Errorf("%+q: %v", name, !legible)
		}
		s := signed(KindAppointment, named("carl2", name, "home", RoleMember), "anna", "berta")
		if _, err := read(append(appointed(), s)...); (err == nil) != legible {
			t.Errorf("appointed as %+q: %v", name, err)
		}
	}
}

// TestIdsOfOneNameAreOnePerson: wherever two must act, and wherever somebody is
// kept away.
func TestIdsOfOneNameAreOnePerson(t *testing.T) {
	r, err := read(namesakes()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		ids  []string
		want int
	}{
		{nil, 0}, {[]string{"anna"}, 1}, {[]string{"anna", "anna"}, 1}, {[]string{"anna", "berta", "carl"}, 3},
		{[]string{"carl", "carl2"}, 1}, {[]string{"carl2", "anna", "carl"}, 2}, {[]string{"carl", "mallory"}, 1},
		{[]string{"", "mallory"}, 0},
	} {
		if n := r.People(x.ids...); n != x.want {
			t.Errorf("%v are %d people", x.ids, n)
		}
	}
	if r.Another("carl", "carl2") || !r.Another("carl", "anna") || r.Another("carl", "carl") ||
		r.Another("carl", "mallory") || r.Another("", "anna") {
		t.Error("another person is not told from the same")
	}
	if !r.Same("carl", "carl2") || !r.Same("mallory", "mallory") || r.Same("carl", "anna") {
		t.Error("the same person is not told from another")
	}
	if !r.Among([]string{"anna", "carl2"}, "carl") || r.Among([]string{"anna"}, "carl") {
		t.Error("among")
	}
	if d := cmp.Diff([]string{"carl2", "carl"}, r.IDs("carl2")); d != "" {
		t.Error(d)
	}
}

// TestAnEarlierNameCounts: a new name does not make a second person of somebody.
func TestAnEarlierNameCounts(t *testing.T) {
	married := written(headOf(KindAppointment, day, 8),
		named("carl2", "Carl Newname", "home", RoleContact), "anna", "berta")
	r, err := read(append(namesakes(), married)...)
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := r.Member("carl2"); m.Name != "Carl Newname" || r.Another("carl", "carl2") {
		t.Errorf("%s is taken for another person", m.Name)
	}
}

// TestTwoSayWhoIsOnePerson: two others sign that two of one name are two people,
// or that two names are one; nobody says it of the own person.
func TestTwoSayWhoIsOnePerson(t *testing.T) {
	two, one := pair(KindDistinct, 8, "carl", "carl2", "anna",
		"berta"), pair(KindSame, 8, "anna", "carl2", "berta", "xena")
	r, err := read(append(namesakes(), two)...)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Another("carl", "carl2") || r.Same("carl", "carl2") {
		t.Error("two people, and still one")
	}
	if before := r.At(9); !before.Same("carl", "carl2") {
		t.Error("two before anybody had signed it")
	}
	back := pair(KindSame, 9, "carl", "carl2", "anna", "berta")
	if r, err = read(append(namesakes(), two, back)...); err != nil || r.Another("carl", "carl2") {
		t.Errorf("the newest word does not count: %v", err)
	}
	if _, err := read(append(namesakes(), one)...); !errors.Is(err, ErrTooFew) {
		t.Errorf("by one of home and one of elsewhere: %v", err)
	}
	one = pair(KindSame, 8, "anna", "yann", "berta", "carl")
	if r, err = read(append(namesakes(), one)...); err != nil || r.People("anna", "yann", "berta") != 2 {
		t.Errorf("signed to be one person: %v", err)
	}
	for name, s := range map[string]Statement{
		"by one":                pair(KindDistinct, 8, "carl", "carl2", "anna"),
		"by one of the two":     pair(KindDistinct, 8, "carl", "carl2", "anna", "carl"),
		"by the administrator":  pair(KindDistinct, 8, "carl", "carl2", "anna", "dora"),
		"by an auditor":         pair(KindDistinct, 8, "carl", "carl2", "anna", "alma"),
		"not in order":          pair(KindDistinct, 8, "carl2", "carl", "anna", "berta"),
		"of one id":             pair(KindDistinct, 8, "carl", "carl", "anna", "berta"),
		"of nobody":             pair(KindDistinct, 8, "mallory", "nobody", "anna", "berta"),
		"same as a stranger":    pair(KindSame, 8, "carl", "stranger", "anna", "berta"),
		"of one and an unnamed": pair(KindDistinct, 8, "", "carl", "anna", "berta"),
	} {
		if _, err := read(append(namesakes(), s)...); !errors.Is(err, ErrSignatures) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestThreeOfOneName: each two must be told apart. A third of the name is one of
// the two until then, and takes nothing from what others signed of them.
func TestThreeOfOneName(t *testing.T) {
	list := append(namesakes(),
		written(headOf(KindAppointment, day, 8), named("carl3", "CARL", "home", RoleMember), "anna", "berta"),
		pair(KindDistinct, 9, "carl", "carl2", "anna", "berta"))
	r, err := read(list...)
	if err != nil {
		t.Fatal(err)
	}
	for _, ids := range [][]string{{"carl", "carl2", "carl3"}, {"carl3", "carl2", "carl"}, {"carl3", "carl", "carl2"}} {
		if n := r.People(ids...); n != 2 {
			t.Errorf("%v are %d people", ids, n)
		}
	}
	if !r.Another("carl", "carl2") || r.Another("carl", "carl3") || r.Another("carl2", "carl3") ||
		r.Another("carl", "carl") {
		t.Error("who is another")
	}
	if d := cmp.Diff([]string{"carl", "carl3"}, r.IDs("carl")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"carl", "carl2"}, r.Alike("carl3", "carl")); d != "" {
		t.Error(d)
	}
	list = append(list, pair(KindDistinct, 10, "carl2", "carl3", "anna", "berta"))
	if r, err = read(list...); err != nil || r.People("carl", "carl2", "carl3") != 2 {
		t.Errorf("%d people, %v", r.People("carl", "carl2", "carl3"), err)
	}
}

// TestOnePersonAppointsNobody: neither as two under two ids, nor the own other id.
func TestOnePersonAppointsNobody(t *testing.T) {
	stranger := of("nora", "home", RoleResponsible)
	for name, x := range map[string]struct {
		of   Appointment
		by   []string
		good bool
	}{
		"as two":                       {stranger, []string{"carl", "carl2"}, false},
		"with another":                 {stranger, []string{"carl2", "anna"}, true},
		"two ids and another":          {stranger, []string{"carl", "carl2", "anna"}, true},
		"the own third id":             {named("carl3", "Carl", "home", RoleMember), []string{"carl", "anna"}, false},
		"the own third id, by others":  {named("carl3", "Carl", "home", RoleMember), []string{"berta", "anna"}, true},
		"the own second id once more":  {named("carl2", "Carl", "home", RoleContact), []string{"carl", "anna"}, false},
		"the own, under another name":  {named("carl2", "Other", "home", RoleContact), []string{"carl", "anna"}, false},
		"an auditor of the same name":  {named("carl3", "carl", "home", RoleAuditor), []string{"berta", "anna"}, false},
		"one who administers as well":  {named("dora2", "Dora", "home", RoleMember), []string{"berta", "anna"}, false},
		"chair and responsible person": {named("anna2", "ANNA", "home", RoleChair), []string{"berta", "carl"}, false},
	} {
		_, err := read(append(namesakes(), written(headOf(KindAppointment, day, 8), x.of, x.by...))...)
		if (err == nil) != x.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNamesakesInOfficesApart: a real namesake of the auditor comes to the
// commission, after two others signed that they are two people.
func TestNamesakesInOfficesApart(t *testing.T) {
	newcomer := written(headOf(KindAppointment, day, 8), named("alma2", "Alma", "home", RoleMember), "anna", "berta")
	if _, err := read(append(namesakes(), newcomer)...); !errors.Is(err, ErrDuties) {
		t.Errorf("auditor and member under one name: %v", err)
	}
	two := pair(KindDistinct, 8, "alma", "alma2", "anna", "berta")
	later := written(headOf(KindAppointment, day, 9), named("alma2", "Alma", "home", RoleMember), "anna", "berta")
	r, err := read(append(namesakes(), two, later)...)
	if err != nil || !r.Another("alma", "alma2") {
		t.Errorf("two people: %v", err)
	}
}

// TestWhoAdministersSignsNothing: under no other id either.
func TestWhoAdministersSignsNothing(t *testing.T) {
	one := pair(KindSame, 8, "carl", "dora", "anna", "berta")
	r, err := read(append(namesakes(), one)...)
	if err != nil {
		t.Fatal(err)
	}
	body := signed(KindAppointment, of("nora", "home", RoleMember)).Body
	for who, may := range map[string]bool{
		"carl": false, "carl2": false, "dora": false, "anna": true, "alma": false, "mallory": false,
	} {
		if r.MaySign(who, KindAppointment, body, day) != may {
			t.Errorf("%s may sign: %v", who, !may)
		}
	}
}
