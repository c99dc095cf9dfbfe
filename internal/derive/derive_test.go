package derive

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden file anew")

const golden = "testdata/vectors.json"

// counted is a fixed secret, 00 01 02 … 1f.
func counted() Secret {
	var s Secret
	for i := range s {
		s[i] = byte(i)
	}
	return s
}

const (
	someCase = "0f5bd0f1-6d3c-4c65-9d0b-0a4c1a0e3a11"
	someFile = "7a1d9f40-2f0f-4f6e-8a53-0f1c5b5f1d22"
)

func recipient(t testing.TB, id *age.HybridIdentity, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return id.Recipient().String()
}

func public(k ed25519.PrivateKey) string { return hex.EncodeToString(k.Public().(ed25519.PublicKey)) }

func derivations(t testing.TB, s Secret) map[string]string {
	file := s.FileSecret(someFile)
	founders := s.FoundersKey()
	fileID, fileErr := file.FileIdentity()
	epoch0, err0 := s.CaseIdentity(someCase, 0)
	epoch1, err1 := s.CaseIdentity(someCase, 1)
	member, memberErr := s.MemberIdentity()
	reporter, reporterErr := s.ReporterIdentity()
	vault, vaultErr := s.VaultIdentity(someCase, someFile)
	consultation := s.Consultation()
	return map[string]string{
		"consultation draft":       hex.EncodeToString(consultation[:]),
		"secret":                   hex.EncodeToString(s[:]),
		"draft text":               s.Text(),
		"case id":                  s.CaseID(),
		"envelope id of a report":  s.EnvelopeID(someCase, "report"),
		"envelope id of a message": s.EnvelopeID(someCase, "message"),
		"envelope id elsewhere":    s.EnvelopeID(someFile, "message"),
		"file secret":              hex.EncodeToString(file[:]),
		"file recipient":           recipient(t, fileID, fileErr),
		"draft hash":               hex.EncodeToString(s.DraftHash()),
		"case recipient, epoch 0":  recipient(t, epoch0, err0),
		"case recipient, epoch 1":  recipient(t, epoch1, err1),
		"vault recipient":          recipient(t, vault, vaultErr),
		"member recipient":         recipient(t, member, memberErr),
		"member verifier":          public(s.MemberSigner()),
		"reporter recipient":       recipient(t, reporter, reporterErr),
		"reporter verifier":        public(s.ReporterSigner()),
		"founders key":             hex.EncodeToString(founders[:]),
		"identity text":            IdentityText(s),
	}
}

// TestVectors: what stands in the file never changes within a version, or
// nobody opens what was sealed before.
func TestVectors(t *testing.T) {
	got := derivations(t, counted())
	if *update {
		b, err := json.MarshalIndent(got, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]string
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("a derivation changed (-want +got):\n%s", d)
	}
}

// TestNothingIsDerivedTwice: no two purposes, ids or epochs give the same key.
func TestNothingIsDerivedTwice(t *testing.T) {
	seen := map[string]string{}
	other := counted()
	other[31] ^= 1
	for _, s := range []Secret{counted(), other} {
		for name, v := range derivations(t, s) {
			if was, ok := seen[v]; ok {
				t.Errorf("%s is also %s", name, was)
			}
			seen[v] = name
		}
	}
	s := counted()
	if s.child("x", "ab", "c") == s.child("x", "a", "bc") || s.child("x", "") == s.child("x") ||
		s.child("xa") == s.child("x", "a") {
		t.Error("ids run into each other")
	}
}

// TestIdentityText: age itself reads what we write, so the exit is standard.
func TestIdentityText(t *testing.T) {
	text := IdentityText(counted())
	if !strings.HasPrefix(text, "AGE-SECRET-KEY-PQ-1") {
		t.Error("not a post-quantum identity")
	}
	id, err := age.ParseHybridIdentity(text)
	if err != nil {
		t.Fatal(err)
	}
	if id.String() != text {
		t.Error("age writes it otherwise")
	}
	ids, err := age.ParseIdentities(strings.NewReader("# kept by a member\n" + text + "\n"))
	if err != nil || len(ids) != 1 {
		t.Errorf("as an identity file: %d, %v", len(ids), err)
	}
}

func TestDerivedIDsAreUUIDs(t *testing.T) {
	for _, id := range []string{counted().CaseID(), counted().EnvelopeID(someCase, "report"), New().CaseID()} {
		u, err := uuid.Parse(id)
		if err != nil || u.Version() != 4 || u.Variant() != uuid.RFC4122 || u.String() != id {
			t.Errorf("%s: %v, version %d", id, err, u.Version())
		}
	}
}

// TestSecretsDoNotPrint, whatever the verb, also inside something else.
func TestSecretsDoNotPrint(t *testing.T) {
	s := counted()
	type holder struct {
		S Secret
		P *Secret
	}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%q", "%d", "%o"} {
		_, _ = fmt.Fprintf(&out, verb+"|"+verb+"|"+verb+"\n", s, &s, holder{s, nil})
	}
	log := slog.New(slog.NewTextHandler(&out, nil))
	log.Info("x", slog.Any("a", s), slog.Any("b", &s), slog.Any("c", []Secret{s}))
	_, _ = fmt.Fprint(&out, s, fmt.Errorf("with %v", s))
	for _, leak := range []string{"0102", "1 2 3", "0x1,", "0x01", "AAEC", "\\x01", hex.EncodeToString(s[:4])} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("prints %q:\n%s", leak, out.String())
		}
	}
}

func TestFromBytes(t *testing.T) {
	s := counted()
	if got, err := FromBytes(s[:]); err != nil || got != s {
		t.Error("does not read back")
	}
	for _, n := range []int{0, 31, 33} {
		if _, err := FromBytes(make([]byte, n)); err == nil {
			t.Errorf("%d bytes are taken", n)
		}
	}
}

// TestReadDraft: only the exact form is taken.
func TestReadDraft(t *testing.T) {
	text := counted().Text()
	if got, err := ReadDraft(text); err != nil || got != counted() {
		t.Fatal("does not read back")
	}
	for name, bad := range map[string]string{
		"empty": "", "short": text[1:], "long": text + "A", "padded": text + "=", "space": " " + text,
		"line break inside": text[:9] + "\n" + text[9:],
		"carriage return":   text + "\r\n", "standard alphabet": strings.Repeat("+/", 21) + "A",
		"not base64":      strings.Repeat("*", 43),
		"loose last bits": text[:42] + "9",
	} {
		if got, err := ReadDraft(bad); err == nil {
			t.Errorf("%s is taken, as one that writes itself %v", name, got.Text() == bad)
		}
	}
}

func TestDraftsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "secret")
		s, err := FromBytes(b)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ReadDraft(s.Text()); err != nil || got != s {
			t.Fatal("does not read back")
		}
		id, err := age.ParseHybridIdentity(IdentityText(s))
		if err != nil || id.String() != IdentityText(s) {
			t.Fatal("age does not read the identity")
		}
	})
}

const seedFolder = "testdata/fuzz/FuzzReadDraft"

// Fuzzing without seeds passes and finds nothing, so they are counted.
func TestFuzzHasItsSeeds(t *testing.T) {
	seeds, err := os.ReadDir(seedFolder)
	if err != nil {
		t.Fatal(err)
	}
	if len(seeds) < 8 {
		t.Fatalf("%d seeds in %s, want 8 or more", len(seeds), seedFolder)
	}
}

func FuzzReadDraft(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ReadDraft(text)
		if err != nil {
			return
		}
		if s.Text() != text {
			t.Fatal("takes a form that it would not write")
		}
		if b, err := base64.RawURLEncoding.DecodeString(text); err != nil || string(b) != string(s[:]) {
			t.Fatal("reads other bytes")
		}
	})
}

// TestChildIsHKDF computes one derivation by RFC 5869's own words: extract with
// an empty salt, expand one block over label and ids.
func TestChildIsHKDF(t *testing.T) {
	s := counted()
	sum := func(key []byte, parts ...string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(strings.Join(parts, "")))
		return h.Sum(nil)
	}
	prk := sum(make([]byte, 32), string(s[:]))
	want := sum(prk, "svilpe/1 file identity", "\x00\x00\x24"+someFile, "\x01")
	if got := s.FileSecret(someFile); string(got[:]) != string(want) {
		t.Errorf("got %x, want %x", got[:], want)
	}
}
