package appoint

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"
)

func change[T Content](kind, on string, seen int, content T, by ...string) Statement {
	return written(headOf(kind, on, seen), content, by...)
}

// withNora adds a member of the commission whose appointment has an id of its own.
func withNora() []Statement {
	h := headOf(KindAppointment, began, 7)
	h.ID = "nora's"
	return append(appointed(), written(h, of("nora", "home", RoleMember), "anna", "berta"))
}

// TestSuspended: one signature takes an office away for some days, once; what was
// sealed to the member stays with them.
func TestSuspended(t *testing.T) {
	until := func(last string) Suspension { return Suspension{Member: "nora", Appointment: "nora's", Until: last} }
	r, err := read(append(withNora(), change(KindSuspend, day, 8, until("2026-11-28"), "anna"))...)
	if err != nil {
		t.Fatal(err)
	}
	for on, serves := range map[string]bool{"2026-11-21": true, day: false, "2026-11-28": false, "2026-11-29": true} {
		if r.Handles("nora", "home", on) != serves || !r.Keeps("nora", "home", on) {
			t.Errorf("%s: serves %v, keeps %v", on, !serves, r.Keeps("nora", "home", on))
		}
	}
	if !r.At(9).Handles("nora", "home", day) || r.At(10).Handles("nora", "home", day) {
		t.Error("what was done before the entry is judged by it, or what came behind it is not")
	}
	again := change(KindSuspend, "2026-12-10", 9, until("2026-12-11"), "berta")
	for name, s := range map[string]Statement{
		"for eight days": change(KindSuspend, day, 8, until("2026-11-29"), "anna"),
		"of the past":    change(KindSuspend, day, 8, until("2026-11-21"), "anna"),
		"by oneself":     change(KindSuspend, day, 8, until(day), "nora"),
		"by nobody":      change(KindSuspend, day, 8, until(day)),
		"by an auditor":  change(KindSuspend, day, 8, until(day), "alma"),
		"by elsewhere":   change(KindSuspend, day, 8, until(day), "xena"),
		"another's": change(KindSuspend, day, 8,
			Suspension{Member: "carl", Appointment: "nora's", Until: day}, "anna"),
		"of no office": change(KindSuspend, day, 8,
			Suspension{Member: "nora", Appointment: "id", Until: day}, "anna"),
		"of a stranger's": change(KindSuspend, day, 8,
			Suspension{Member: "mallory", Appointment: "id", Until: day}, "anna"),
	} {
		if _, err := read(append(withNora(), s)...); !errors.Is(err, ErrSignatures) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := read(append(withNora(), change(KindSuspend, day, 8, until("2026-11-28"), "anna"),
		again)...); !errors.Is(err, ErrSignatures) {
		t.Errorf("twice: %v", err)
	}
	founder := Suspension{Member: "carl", Appointment: "id", Until: day}
	if r, err := read(append(withNora(), change(KindSuspend, day, 8, founder, "berta"))...); err != nil ||
		r.Handles("carl", "home", day) {
		t.Errorf("an office of the founding: %v", err)
	}
}

// TestOneSuspendsOne: one member cannot stop all colleagues at once. Who suspended one
// suspends no other, under no other id, until that one is back.
func TestOneSuspendsOne(t *testing.T) {
	nora := change(KindSuspend, day, 8, Suspension{Member: "nora", Appointment: "nora's", Until: "2026-11-28"}, "anna")
	carl := func(on, until, by string) Statement {
		return change(KindSuspend, on, 8, Suspension{Member: "carl", Appointment: "id", Until: until}, by)
	}
	list := append(withNora(), nora)
	for name, s := range map[string]Statement{
		"the same day": carl(day, day, "anna"), "the last day": carl("2026-11-28", "2026-11-30", "anna"),
	} {
		if _, err := read(append(list, s)...); !errors.Is(err, ErrTooFew) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, s := range map[string]Statement{
		"by another": carl(day, day, "berta"), "later": carl("2026-11-29", "2026-11-30", "anna"),
	} {
		if _, err := read(append(list, s)...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	r, err := read(list...)
	if err != nil {
		t.Fatal(err)
	}
	body := carl(day, day, "anna").Body
	if r.MaySign("anna", KindSuspend, body, day) || !r.MaySign("berta", KindSuspend, body, day) {
		t.Error("a page offers a signature that does not count, or none that does")
	}
}

// TestEnded: two end an office; the one of who leaves counts for what was done
// before, and for nothing behind.
func TestEnded(t *testing.T) {
	end := Ending{Member: "nora", Appointment: "nora's"}
	r, err := read(append(withNora(), change(KindEnd, day, 8, end, "anna", "berta"))...)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Handles("nora", "home", "2026-11-21") || r.Handles("nora", "home", day) || r.Keeps("nora", "home", day) ||
		r.Handles("nora", "home", "2027-11-22") {
		t.Error("ended, and still serves, or never did")
	}
	if !r.At(9).Handles("nora", "home", day) {
		t.Error("what was done that day before the entry does not count")
	}
	if _, err := r.Verifier("nora"); err != nil {
		t.Error("what was signed does not stay signed")
	}
	for name, s := range map[string]Statement{
		"by one":      change(KindEnd, day, 8, end, "anna"),
		"by oneself":  change(KindEnd, day, 8, end, "anna", "nora"),
		"of nothing":  change(KindEnd, day, 8, Ending{Member: "nora", Appointment: "other"}, "anna", "berta"),
		"by a member": change(KindEnd, day, 8, end, "anna", "xena"),
	} {
		if _, err := read(append(withNora(), s)...); !errors.Is(err, ErrSignatures) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ended := append(withNora(), change(KindEnd, day, 8, end, "anna", "berta"))
	if _, err := read(append(ended, change(KindEnd, day, 9, end, "anna", "berta"))...); !errors.Is(err, ErrSignatures) {
		t.Errorf("twice: %v", err)
	}
	signs := signed(KindAppointment, of("mara", "home", RoleMember), "anna", "nora")
	if _, err := read(append(ended, signs)...); !errors.Is(err, ErrTooFew) {
		t.Errorf("signed by who serves no more: %v", err)
	}
	audits := change(KindAppointment, day, 9, of("nora", "home", RoleAuditor), "anna", "berta")
	if _, err := read(append(ended, audits)...); err != nil {
		t.Errorf("an office that went with the ended one badly: %v", err)
	}
}

// TestKeysOfAnIdThatStays: new keys hold for what comes behind them, the old ones
// for what stood before, and nobody but a key statement brings others.
func TestKeysOfAnIdThatStays(t *testing.T) {
	anew := Key{Member: "nora", Recipient: "age1pq1anew", Verifier: key("anew").Public().(ed25519.PublicKey)}
	list := append(withNora(), change(KindKey, day, 8, anew, "anna", "berta"))
	r, err := read(list...)
	if err != nil {
		t.Fatal(err)
	}
	for index, want := range map[int64]string{8: "", 9: "nora", 10: "anew", 1000: "anew"} {
		got, err := r.VerifierAt("nora", index)
		if want == "" && err == nil || want != "" && !slices.Equal(got, key(want).Public().(ed25519.PublicKey)) {
			t.Errorf("entry %d: %x, %v", index, got, err)
		}
	}
	if m, _ := r.Member("nora"); m.Recipient != "age1pq1anew" || !slices.Equal(m.Verifier, anew.Verifier) {
		t.Error("sealed to the old keys")
	}
	by := func(second string) Statement {
		s := signed(KindAppointment, of("mara", "home", RoleMember), "anna")
		s.Signatures = append(s.Signatures, Sign(s.Kind, s.Body, "nora", key(second)))
		return s
	}
	if _, err := read(append(list, by("anew"))...); err != nil {
		t.Errorf("signed with the new key: %v", err)
	}
	if _, err := read(append(list, by("nora"))...); !errors.Is(err, ErrTooFew) {
		t.Errorf("signed with the old key: %v", err)
	}
	other := of("nora", "home", RoleContact)
	other.Recipient = "age1pq1mallory"
	both := of("nora", "away", RoleMember)
	for name, s := range map[string]Statement{
		"by one":     change(KindKey, day, 8, anew, "anna"),
		"by oneself": change(KindKey, day, 8, anew, "anna", "nora"),
		"of a stranger": change(KindKey, day, 8,
			Key{"mallory", anew.Recipient, anew.Verifier}, "anna", "berta"),
		"without a recipient": change(KindKey, day, 8, Key{"nora", "", anew.Verifier}, "anna", "berta"),
		"with half a key": change(KindKey, day, 8,
			Key{"nora", "age1pq1anew", anew.Verifier[1:]}, "anna", "berta"),
		"with an appointment":    change(KindAppointment, day, 8, other, "anna", "berta"),
		"by those of elsewhere":  change(KindKey, day, 8, anew, "xena", "yann"),
		"by one of each of them": change(KindKey, day, 8, anew, "anna", "xena"),
	} {
		if _, err := read(append(withNora(), s)...); !errors.Is(err, ErrSignatures) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Who serves in two institutions gets new keys from two in each: the one's
	// members must not choose who opens the other's cases.
	list = append(withNora(), change(KindAppointment, day, 8, both, "xena", "yann"))
	if _, err := read(append(list, change(KindKey, day, 9, anew, "xena", "yann"))...); !errors.Is(err, ErrTooFew) {
		t.Errorf("by those of one of two institutions: %v", err)
	}
	if _, err := read(append(list, change(KindKey, day, 9, anew, "anna", "berta"))...); err != nil {
		t.Errorf("by two who sign in both: %v", err)
	}
}
