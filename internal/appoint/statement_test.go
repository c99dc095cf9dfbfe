package appoint

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// everyKind is one statement of each kind, as it goes into the golden files.
func everyKind() []Statement {
	return []Statement{
		founded(),
		signed(KindInstitution, Institution{
			ID: "third", Name: "Third <3>", Alternate: "home", Units: []Unit{{ID: "u", Name: "Ūdens"}},
		}, "anna"),
		signed(KindAppointment, of("nora", "home", RoleMember), "anna"),
		signed(KindSuspend, Suspension{Member: "carl", Appointment: "id", Until: "2026-11-28"}, "anna"),
		signed(KindEnd, Ending{Member: "carl", Appointment: "id"}, "anna"),
		signed(KindKey, Key{Member: "carl", Recipient: "age1pq1new", Verifier: key("new").Public().(ed25519.PublicKey)},
			"anna"),
		signed(KindSame, Same{Members: [2]string{"anna", "carl"}}, "berta"),
		signed(KindDistinct, Distinct{Members: [2]string{"anna", "carl"}}, "berta"),
	}
}

// TestGoldenStatements: body, what is signed, and a signature of every kind. They
// never change within a version: people signed them.
func TestGoldenStatements(t *testing.T) {
	for _, s := range everyKind() {
		sum := sha256.Sum256(s.Body)
		input := append([]byte("svilpe/1 "+s.Kind+"\n"), sum[:]...)
		signer := key(s.Signatures[0].Member).Public().(ed25519.PublicKey)
		if !ed25519.Verify(signer, input, s.Signatures[0].Bytes) {
			t.Errorf("%s: something else was signed", s.Kind)
		}
		got := string(s.Body) + "\n" + hex.EncodeToString(input) + "\n" +
			hex.EncodeToString(s.Signatures[0].Bytes) + "\n"
		file := "testdata/" + s.Kind + ".txt"
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s changed: %s", s.Kind, d)
		}
	}
}

// TestOneSpelling: what was signed can be written in one way only, so nobody can
// show a signer one text and the program another.
func TestOneSpelling(t *testing.T) {
	for _, s := range everyKind() {
		if _, _, err := Open(s.Kind, s.Body); err != nil {
			t.Errorf("%s: %v", s.Kind, err)
		}
		var indented bytes.Buffer
		if err := json.Indent(&indented, s.Body, "", " "); err != nil {
			t.Fatal(err)
		}
		for name, raw := range map[string]string{
			"an unknown field":  strings.Replace(string(s.Body), `"content":{`, `"content":{"more":1,`, 1),
			"one in its head":   strings.Replace(string(s.Body), `{`, `{"more":1,`, 1),
			"a field twice":     strings.Replace(string(s.Body), `"kind":`, `"kind":"founding","kind":`, 1),
			"another case":      strings.Replace(string(s.Body), `"kind":`, `"Kind":`, 1),
			"spaces":            indented.String(),
			"more behind":       string(s.Body) + " ",
			"a letter escaped":  strings.Replace(string(s.Body), `"kind"`, `"\u006bind"`, 1),
			"the order changed": strings.Replace(string(s.Body), `"id":"id","prepared":`, `"prepared":`, 1),
		} {
			if raw == string(s.Body) {
				t.Fatalf("%s: %s changes nothing", s.Kind, name)
			}
			if _, _, err := Open(s.Kind, []byte(raw)); !errors.Is(err, ErrSignatures) {
				t.Errorf("%s with %s: %v", s.Kind, name, err)
			}
		}
		for _, kind := range []string{
			KindFounding, KindInstitution, KindAppointment, KindSuspend, KindEnd, KindKey, KindSame, KindDistinct,
		} {
			if _, _, err := Open(kind, s.Body); (err == nil) != (kind == s.Kind) {
				t.Errorf("%s as %s: %v", s.Kind, kind, err)
			}
		}
	}
}

// nora is a new member's appointment, stated on one day and prepared on another.
func nora(prepared, by, stated string, signers ...string) Statement {
	h := headOf(KindAppointment, prepared, 7)
	h.By = by
	s := written(h, of("nora", "home", RoleMember), signers...)
	s.Day = stated
	return s
}

// TestFormerMembersAppointNobody: two whose terms are over give their old keys to
// a statement that says it is from their time. The day of its entry counts.
func TestFormerMembersAppointNobody(t *testing.T) {
	later := "2026-10-31" // olaf's last day
	for _, x := range []struct {
		prepared, by, stated string
		good                 bool
	}{
		{later, "2026-11-30", later, true},
		{later, "2026-11-30", "2026-11-01", false}, // signed in the term, stored behind it
		{later, later, "2026-11-22", false},
		{later, "2027-12-31", "2027-11-22", false},
		{"2026-11-01", "2026-11-30", later, false}, // stored before it was prepared
		{later, "2026-12-02", later, false},        // waits for more than LongestWait
		{later, "2026-10-30", later, false},
		{"", "", later, false},
		{"2026-10-3", "2026-10-31", later, false},
	} {
		r, err := read(append(appointed(), nora(x.prepared, x.by, x.stated, "anna", "olaf"))...)
		if (err == nil) != x.good {
			t.Errorf("%+v: %v", x, err)
		}
		if err == nil && !r.Handles("nora", "home", later) {
			t.Error("appointed and does not serve")
		}
	}
	late := nora(later, "2026-11-10", "2026-11-11", "anna", "berta")
	if _, err := read(append(appointed(), late)...); !errors.Is(err, ErrLate) {
		t.Errorf("after its last day: %v", err)
	}
}

// TestNoOfficeInThePast: an appointment that says it began before it was stated
// begins with its entry.
func TestNoOfficeInThePast(t *testing.T) {
	r, err := read(append(appointed(), nora(day, day, day, "anna", "berta"))...)
	if err != nil {
		t.Fatal(err)
	}
	if r.Handles("nora", "home", "2026-11-21") || !r.Handles("nora", "home", day) {
		t.Error("an office before its entry, or none with it")
	}
}

// TestPlaceInTheLog: statements follow each other, in place and in days.
func TestPlaceInTheLog(t *testing.T) {
	good := signed(KindAppointment, of("nora", "home", RoleMember), "anna", "berta")
	list := append(appointed(), good)
	if _, err := read(list...); err != nil {
		t.Fatal(err)
	}
	if _, err := read(append(list,
		signedOn(KindAppointment, "2026-11-21", of("mara", "home", RoleMember), "anna",
			"berta"))...); !errors.Is(err, ErrSignatures) {
		t.Errorf("of a day before the one before: %v", err)
	}
	for name, change := range map[string]func(s *Statement){
		"the place of the one before": func(s *Statement) { s.Index = 7 },
		"a day before":                func(s *Statement) { s.Day = "2025-12-31" },
		"a row of another id":         func(s *Statement) { s.ID = "other" },
		"of elsewhere": func(s *Statement) {
			h := headOf(KindAppointment, day, 0)
			h.Installation = "there"
			*s = written(h, of("nora", "home", RoleMember), "anna", "berta")
			s.Index = 8
		},
	} {
		bad := append(appointed(), good)
		_, _ = read(bad...) // places them
		change(&bad[8])
		if _, err := Read(Digest(bad[0].Body), bad); !errors.Is(err, ErrSignatures) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWhatThePreparerHadSeen: a statement stands on the past that its preparer
// saw. When something about the same was stated since, the signers would have
// signed it without knowing, so it is prepared anew; anything else may come first.
func TestWhatThePreparerHadSeen(t *testing.T) {
	first := written(headOf(KindAppointment, day, 7), of("nora", "home", RoleMember), "anna", "berta")
	for name, x := range map[string]struct {
		second Statement
		want   error
	}{
		"about another": {
			written(headOf(KindAppointment, day, 7), of("mara", "home", RoleMember), "anna", "berta"), nil,
		},
		"about the same, seen": {
			written(headOf(KindAppointment, day, 8), of("nora", "away", RoleMember), "anna", "berta"), nil,
		},
		"about the same": {
			written(headOf(KindAppointment, day, 7), of("nora", "away", RoleMember), "anna", "berta"), ErrOvertaken,
		},
		"the same once more": {first, ErrOvertaken},
		"that they are two": {
			written(headOf(KindDistinct, day, 7), Distinct{[2]string{"carl", "nora"}}, "anna", "berta"), ErrOvertaken,
		},
		"on a past that is not here": {
			written(headOf(KindAppointment, day, 99), of("mara", "home", RoleMember), "anna", "berta"), ErrSignatures,
		},
		"on a past that is yet to come": {
			written(headOf(KindAppointment, day, 9), of("mara", "home", RoleMember), "anna", "berta"), ErrSignatures,
		},
		"on nothing": {
			written(NewHead("here", KindAppointment, "id", day), of("mara", "home", RoleMember), "anna", "berta"),
			ErrSignatures,
		},
	} {
		if _, err := read(append(appointed(), first, x.second)...); !errors.Is(err, x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestStanding: what waits tells that its days are over or that it was overtaken.
func TestStanding(t *testing.T) {
	r, err := read(append(appointed(), signed(KindAppointment, of("nora", "home", RoleMember), "anna", "berta"))...)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := Write(r.Head(KindAppointment, "id", day), of("nora", "away", RoleTrust))
	if err != nil {
		t.Fatal(err)
	}
	old := signed(KindAppointment, of("nora", "away", RoleTrust)).Body
	for name, x := range map[string]struct {
		body []byte
		on   string
		want error
	}{
		"fresh":              {fresh, day, nil},
		"on its last day":    {fresh, "2026-12-23", nil},
		"a day later":        {fresh, "2026-12-24", ErrLate},
		"overtaken":          {old, day, ErrOvertaken},
		"not to be read":     {old[1:], day, ErrSignatures},
		"of elsewhere":       {bytes.Replace(fresh, []byte(`"here"`), []byte(`"elsewhere"`), 1), day, ErrSignatures},
		"prepared for later": {fresh, "2026-11-21", ErrSignatures},
	} {
		if err := r.CanBeStated(KindAppointment, x.body, x.on); !errors.Is(err, x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSettingsOfTheFounding: salt, keys and choices are signed, and there is no
// founding without them.
func TestSettingsOfTheFounding(t *testing.T) {
	for name, change := range map[string]func(*Settings){
		"no salt":            func(s *Settings) { s.Salt = nil },
		"a short salt":       func(s *Settings) { s.Salt = s.Salt[1:] },
		"no log key":         func(s *Settings) { s.Log = "" },
		"no system key":      func(s *Settings) { s.System = nil },
		"another policy":     func(s *Settings) { s.Policy = 2 },
		"no choice":          func(s *Settings) { s.Recovery = "" },
		"an unknown choice":  func(s *Settings) { s.Recovery = "perhaps" },
		"backups to anybody": func(s *Settings) { s.Backup = "age1pq1mallory" },
	} {
		f := founding()
		change(&f.Settings)
		if f.Equal(founding().Settings) {
			t.Errorf("%s is no difference", name)
		}
		if _, err := read(foundedBy(f, "anna", "berta", "carl")); !errors.Is(err, ErrFounders) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s := founding().Settings; !s.Equal(founding().Settings) {
		t.Error("the same settings differ")
	}
}
