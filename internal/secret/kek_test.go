package secret

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write testdata anew: only before a version is published")

// cheap is for tests: 64 KiB and one pass. Production takes Default.
func cheap() Params {
	return Params{Memory: 64, Time: 1, Threads: 1, Salt: [16]byte([]byte("0123456789abcdef"))}
}

func testPepper() (p Pepper) {
	for i := range p {
		p[i] = byte(i)
	}
	return p
}

// vector is one golden derivation: it never changes within a version, or
// nobody signs in again.
type vector struct {
	Password, Params, Pepper, KEK string
	Member, Purpose, Plain        string
	Sealed                        string // nonce and ciphertext as once made
}

func TestStoredSecretsOfThisVersionStayOpen(t *testing.T) {
	path := filepath.Join("testdata", "kek.json")
	standard := Params{Memory: 64 * 1024, Time: 3, Threads: 4, Salt: [16]byte([]byte("fedcba9876543210"))}
	if *update {
		var vs []vector
		for pw, p := range map[string]Params{"correct horse battery staple": cheap(), "sveiki, pasaule ā": standard} {
			k := DeriveKEK(pw, p, testPepper())
			pepper := testPepper()
			vs = append(vs, vector{pw, p.String(), hex.EncodeToString(pepper[:]), hex.EncodeToString(k.key[:]),
				"member-1", "member secret",
				"thirty-two bytes of a member key",
				hex.EncodeToString(k.Seal("member-1", "member secret", p, []byte("thirty-two bytes of a member key")))})
		}
		b, err := json.MarshalIndent(vs, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(b, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var vs []vector
	if err := json.Unmarshal(b, &vs); err != nil {
		t.Fatal(err)
	}
	if len(vs) < 2 {
		t.Fatalf("only %d vectors", len(vs))
	}
	for _, v := range vs {
		p, err := ParseParams(v.Params)
		if err != nil {
			t.Fatal(err)
		}
		k := DeriveKEK(v.Password, p, Pepper(unhex(t, v.Pepper)))
		if got := hex.EncodeToString(k.key[:]); got != v.KEK {
			t.Errorf("KEK of %q = %s, want %s", v.Password, got, v.KEK)
		}
		plain, err := k.Open(v.Member, v.Purpose, p, unhex(t, v.Sealed))
		if err != nil || string(plain) != v.Plain {
			t.Errorf("open: %q, %v", plain, err)
		}
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestNothingButTheRightPasswordOpens(t *testing.T) {
	const pw = "a long enough password"
	p, pepper := cheap(), testPepper()
	otherPepper, otherSalt, dearer := pepper, p, p
	otherPepper[31] ^= 1
	otherSalt.Salt[0] ^= 1
	dearer.Time++
	k := DeriveKEK(pw, p, pepper)
	sealed := k.Seal("anna", "member secret", p, []byte("secret"))
	if got, err := DeriveKEK(pw, p, pepper).Open("anna", "member secret", p, sealed); err != nil ||
		string(got) != "secret" {
		t.Fatalf("the right password: %q, %v", got, err)
	}
	refused := map[string]func() ([]byte, error){
		"another password": func() ([]byte, error) {
			return DeriveKEK(pw+"x", p, pepper).Open("anna", "member secret", p, sealed)
		},
		"another pepper": func() ([]byte, error) {
			return DeriveKEK(pw, p, otherPepper).Open("anna", "member secret", p, sealed)
		},
		"another salt": func() ([]byte, error) {
			return DeriveKEK(pw, otherSalt, pepper).Open("anna", "member secret", p, sealed)
		},
		"another cost": func() ([]byte, error) {
			return DeriveKEK(pw, dearer, pepper).Open("anna", "member secret", p, sealed)
		},
		"another member":     func() ([]byte, error) { return k.Open("bert", "member secret", p, sealed) },
		"another purpose":    func() ([]byte, error) { return k.Open("anna", "totp", p, sealed) },
		"a shifted boundary": func() ([]byte, error) { return k.Open("annam", "ember secret", p, sealed) },
		"other parameters":   func() ([]byte, error) { return k.Open("anna", "member secret", dearer, sealed) },
		"nothing at all":     func() ([]byte, error) { return k.Open("anna", "member secret", p, nil) },
		"a cut row":          func() ([]byte, error) { return k.Open("anna", "member secret", p, sealed[:39]) },
	}
	for name, f := range refused {
		if got, err := f(); !errors.Is(err, ErrWrong) || got != nil {
			t.Errorf("%s: %q, %v; want ErrWrong", name, got, err)
		}
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 0x80
		if _, err := k.Open("anna", "member secret", p, bad); !errors.Is(err, ErrWrong) {
			t.Fatalf("opened with byte %d changed", i)
		}
	}
}

func TestSealingTwiceShowsNothing(t *testing.T) {
	k, p := DeriveKEK("a long enough password", cheap(), testPepper()), cheap()
	a, b := k.Seal("anna", "totp", p, []byte("same")), k.Seal("anna", "totp", p, []byte("same"))
	if bytes.Equal(a, b) {
		t.Error("two sealings of one text are equal")
	}
}

func TestComposedAndDecomposedLettersAreOnePassword(t *testing.T) {
	composed, decomposed := "pa\u0101ari\u0146\u0161 gar\u0101m vakar", "paa\u0304arin\u0327s\u030c gara\u0304m vakar"
	if composed == decomposed {
		t.Fatal("the test compares nothing")
	}
	if DeriveKEK(composed, cheap(), testPepper()) != DeriveKEK(decomposed, cheap(), testPepper()) {
		t.Error("a password depends on how the keyboard composes its letters")
	}
}

func TestSessionRowOpensOnlyWithItsCookie(t *testing.T) {
	key, other := [32]byte{1}, [32]byte{2}
	sealed := SealUnder(key, "member", "anna", []byte("secret"))
	if got, err := OpenUnder(key, "member", "anna", sealed); err != nil || string(got) != "secret" {
		t.Fatalf("%q, %v", got, err)
	}
	for _, f := range []func() ([]byte, error){
		func() ([]byte, error) { return OpenUnder(other, "member", "anna", sealed) },
		func() ([]byte, error) { return OpenUnder(key, "reporter", "anna", sealed) },
		func() ([]byte, error) { return OpenUnder(key, "member", "bert", sealed) },
		func() ([]byte, error) { return open(key, bind("member", "anna"), sealed) }, // the cookie itself is no key
	} {
		if _, err := f(); !errors.Is(err, ErrWrong) {
			t.Errorf("opened: %v", err)
		}
	}
	// Made once by this version: a session that outlives an upgrade goes on.
	if got, err := OpenUnder(key, "member", "anna", unhex(t, goldenSession)); err != nil || string(got) != "secret" {
		t.Errorf("a session of this version: %q, %v", got, err)
	}
}

const goldenSession = "92dee9faf72d9df5d04ee65cfce75c89f3d4ca91dbbd141e6133e1ba70dc09a3d8f5ee00d521d5fffaf5c7c0de3e"

func TestParams(t *testing.T) {
	d := Default()
	if d.Memory != 65536 || d.Time != 3 || d.Threads != 4 || d.Salt == [16]byte{} || d.Salt == Default().Salt {
		t.Errorf("default %v", d)
	}
	if !d.SameCost(Default()) || d.SameCost(cheap()) {
		t.Error("SameCost")
	}
	if diff := cmp.Diff("$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg", cheap().String()); diff != "" {
		t.Error(diff)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := Params{Memory: rapid.Uint32Range(512, maxMemory).Draw(t, "m"), Time: rapid.Uint32Range(1, maxTime).
			Draw(t, "t"), Threads: rapid.Uint8Range(1, maxThreads).Draw(t, "p")}
		copy(p.Salt[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "salt"))
		if got, err := ParseParams(p.String()); err != nil || got != p {
			t.Fatalf("%v, %v", got, err)
		}
	})
	for _, bad := range []string{
		"", "$argon2id$", "$argon2i$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=16$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=19$m=064,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg", "$argon2id$v=19$m=64,t=0,p=1$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=19$m=64,t=1,p=0$MDEyMzQ1Njc4OWFiY2RlZg", "$argon2id$v=19$m=7,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=19$m=1024,t=1,p=65$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=19$m=4294967295,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=19$m=64,t=4000000000,p=1$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZh", "$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg==",
		"$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg x", "$argon2id$v=19$m=64,t=1,p=1$MDEy",
		" $argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg",
	} {
		if p, err := ParseParams(bad); !errors.Is(err, ErrParams) || p != (Params{}) {
			t.Errorf("%q: %v, %v", bad, p, err)
		}
	}
}

func TestSecretsPrintAsRedacted(t *testing.T) {
	k, pepper := DeriveKEK("a long enough password", cheap(), testPepper()), testPepper()
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).
		Info("x", slog.Any("k", k), slog.Any("p", pepper), slog.Any("both", struct {
			K KEK
			P Pepper
		}{k, pepper}))
	all := log.String() + fmt.Sprintf("%v %+v %#v %s %x %q %d", k, k, k, k, k, k, k) +
		fmt.Sprintf("%v %+v %#v %s %x %q %d", pepper, pepper, pepper, pepper, pepper, pepper, pepper)
	if strings.Count(all, redacted) != 4+7+7 {
		t.Errorf("printed %s", all)
	}
	for _, leak := range []string{hex.EncodeToString(k.key[:4]), "000102", "1 2 3", "1,2,3"} {
		if strings.Contains(all, leak) {
			t.Errorf("%q in %s", leak, all)
		}
	}
}
