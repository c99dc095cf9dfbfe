package payload_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"flag"
	"os"
	"testing"

	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// TestStatusGolden: the body of a status and what its signature covers never change
// within a version.
func TestStatusGolden(t *testing.T) {
	s := ethics.Status{
		Installation: "5c3c2f0a-0000-4000-8000-000000000001",
		Stream:       ethics.CaseStream("0f5bd0f1-6d3c-4c65-9d0b-0a4c1a0e3a11"), N: 7,
		Day: "2026-11-22", Policy: 1, Seen: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
		Act: "set_measures", Institution: "home",
		State: "measures", Track: "anonymous", Category: "bribery", Events: []ethics.EventKind{"measures"},
		Measures: []ethics.MeasureStatus{{N: 0, Due: "2027-01-31", State: "open"}},
	}
	body, err := s.Body()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(body)
	signed := append([]byte("svilpe/1 status\n"), sum[:]...)
	for name, got := range map[string][]byte{"testdata/status.body": body, "testdata/status.signed": signed} {
		if f := flag.Lookup("update"); f.Value.String() == "true" {
			if err := os.WriteFile(name, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: the format changed", name)
		}
	}
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	if sig := payload.SignStatement(payload.LabelStatus, body,
		key); !ed25519.Verify(key.Public().(ed25519.PublicKey), signed, sig) {
		t.Error("the signature covers something else")
	}
}

// TestReadStatusIsStrict: one status has one body.
func TestReadStatusIsStrict(t *testing.T) {
	body, err := os.ReadFile("testdata/status.body")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ethics.ReadStatus(body); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"a space": {`"number":7`, `"number": 7`}, "a field twice": {`"number":7`, `"number":7,"number":7`},
		"a field more": {`"number":7`, `"number":7,"x":1`}, "a field less": {`"previous":"",`, ``},
		"another case":  {`"number"`, `"Number"`},
		"an empty list": {`"events":["measures"]`, `"events":[]`},
		"a zero":        {`"number":7`, `"number":07`}, "no end": {`}]}`, `}]`},
	} {
		bad := bytes.Replace(body, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(bad, body) {
			t.Fatalf("%s: nothing changed", name)
		}
		if _, err := ethics.ReadStatus(bad); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}
