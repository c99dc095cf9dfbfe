package token

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew; only a new version of the labels may")

// randomCode is a code from a fresh draft.
func randomCode(t testing.TB) Code {
	t.Helper()
	var draft [32]byte
	if _, err := rand.Read(draft[:]); err != nil {
		t.Fatal(err)
	}
	return FromDraft(draft)
}

type vectors struct {
	Salt    string   `json:"salt"`
	Vectors []vector `json:"vectors"`
}

type vector struct {
	Draft          string `json:"draft"`
	Code           string `json:"code"`
	Locator        string `json:"locator"`
	LocatorHash    string `json:"locator_hash"`
	ProofKey       string `json:"proof_key"`
	ReporterSecret string `json:"reporter_secret"`
}

func vectorOf(draft [32]byte, salt []byte) vector {
	code := FromDraft(draft)
	locator, proof, secret := code.Locator(salt), code.ProofKey(salt), code.ReporterSecret(salt)
	hash := LocatorHash(locator)
	return vector{
		Draft: hex.EncodeToString(draft[:]), Code: code.Text(),
		Locator: hex.EncodeToString(locator[:]), LocatorHash: hex.EncodeToString(hash[:]),
		ProofKey: hex.EncodeToString(proof[:]), ReporterSecret: hex.EncodeToString(secret[:]),
	}
}

// A card printed today must open its case as long as the version lives.
func TestVectorsNeverChange(t *testing.T) {
	salt := []byte("a salt of a practice installation")
	got := vectors{Salt: hex.EncodeToString(salt)}
	var counting, ones [32]byte
	for i := range counting {
		counting[i], ones[i] = byte(i), 0xFF
	}
	for _, draft := range [][32]byte{{}, {31: 1}, {0: 0x80}, counting, ones} {
		got.Vectors = append(got.Vectors, vectorOf(draft, salt))
	}

	const path = "testdata/vectors.json"
	if *update {
		b, err := json.MarshalIndent(got, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var want vectors
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("derivation changed (-file +now):\n%s", diff)
	}
}

func TestTextIsSixGroupsOfFive(t *testing.T) {
	form := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){5}$`)
	for range 200 {
		if c := randomCode(t); !form.MatchString(c.Text()) {
			t.Fatalf("Text does not match %v", form)
		}
	}
}

// All 130 bits of the secret stand in the code, and nothing else goes into the
// keys.
func TestSecretAndSymbolsAreOneToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := [secretBytes]byte(rapid.SliceOfN(rapid.Byte(), secretBytes, secretBytes).Draw(t, "secret"))
		secret[secretBytes-1] &= 0b11000000
		w := encode(unpack(secret))
		if pack(w) != secret {
			t.Fatal("symbols do not give the secret back")
		}
		if !isCode(w) {
			t.Fatal("encoded word has syndromes")
		}
	})
}

func TestSaltAndPurposeSeparateKeys(t *testing.T) {
	c, other := randomCode(t), randomCode(t)
	here, there := []byte("salt of one house"), []byte("salt of another")
	seen := map[[32]byte]bool{}
	for _, key := range [][32]byte{
		c.Locator(here), c.ProofKey(here), c.ReporterSecret(here), LocatorHash(c.Locator(here)),
		c.Locator(there), c.ProofKey(there), c.ReporterSecret(there),
		other.Locator(here), other.ProofKey(here), other.ReporterSecret(here),
	} {
		if seen[key] {
			t.Fatal("one key has two purposes")
		}
		seen[key] = true
	}
}

func TestZeroCodeGivesNoKeyAndNoText(t *testing.T) {
	var zero Code
	if !zero.IsZero() || randomCode(t).IsZero() || newCode(word{}) != zero {
		t.Error("IsZero does not tell the zero Code from others")
	}
	for name, use := range map[string]func(){
		"Text":           func() { _ = zero.Text() },
		"Locator":        func() { zero.Locator(nil) },
		"ProofKey":       func() { zero.ProofKey(nil) },
		"ReporterSecret": func() { zero.ReporterSecret(nil) },
	} {
		func() {
			defer func() {
				if got, want := recover(), "token: the zero Code is no code"; got != want {
					t.Errorf("%s of the zero Code panicked with %v, want %q", name, got, want)
				}
			}()
			use()
		}()
	}
}

func TestCodesCompareByValue(t *testing.T) {
	var draft [32]byte
	first, second := FromDraft(draft), FromDraft(draft)
	if first != second {
		t.Error("the same draft gives two codes")
	}
	draft[31] ^= 1
	if FromDraft(draft) == FromDraft([32]byte{}) {
		t.Error("two drafts give the same code")
	}
}

// Nothing but Text and Groups tells the code, wherever it ends up by accident.
func TestPrintsRedacted(t *testing.T) {
	c := randomCode(t)
	type inside struct {
		Open   Code
		hidden Code // fmt asks no methods here
	}
	in := inside{c, c}
	reading := Read(c.Text())

	var printed []string
	for _, verb := range strings.Split("v +v #v s +s q x X d o b c U t p", " ") {
		for _, v := range []any{c, &c, in, &in, []Code{c}, map[string]Code{"code": c}, reading} {
			printed = append(printed, fmt.Sprintf("%"+verb, v))
		}
	}
	printed = append(printed, c.String(), c.GoString(), fmt.Sprint(c),
		fmt.Errorf("open %v: %w", c, os.ErrNotExist).Error())
	for _, v := range []any{c, &c, in, reading} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		printed = append(printed, string(b))

		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("json", slog.Any("v", v))
		slog.New(slog.NewTextHandler(&log, nil)).Info("text", slog.Any("v", v))
		printed = append(printed, log.String())
	}

	w := c.word()
	symbols := strings.Trim(fmt.Sprint(w[:6]), "[]")
	secret := pack(w)
	forbidden := []string{
		c.Groups()[0], c.Groups()[5], symbols, strings.ReplaceAll(symbols, " ", ", "),
		fmt.Sprintf("%x", w[:6]), fmt.Sprintf("%X", w[:6]), fmt.Sprintf("%x", secret[:6]), fmt.Sprintf("%b", w[:6]),
	}
	for _, p := range printed {
		for _, f := range forbidden {
			if strings.Contains(p, strings.Trim(f, "[]")) {
				t.Errorf("the code shows in %q", p)
			}
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("opened", slog.Any("code", c))
	if !strings.Contains(log.String(), `"code":"[redacted]"`) {
		t.Errorf("the log does not say that something was kept out of it: %s", &log)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		if got := fmt.Sprintf(verb, c); got != redacted {
			t.Errorf("Sprintf(%q) = %q, want %s", verb, got, redacted)
		}
	}
}
