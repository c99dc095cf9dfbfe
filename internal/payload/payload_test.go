package payload

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden file anew")

const golden = "testdata/signed.payload"

func key(b byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{b}, ed25519.SeedSize))
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

func header() Header {
	return Header{
		Installation: "5c3c2f0a-0000-4000-8000-000000000001", Stream: "case/0f5bd0f1-6d3c-4c65-9d0b-0a4c1a0e3a11",
		ID: "7a1d9f40-2f0f-4f6e-8a53-0f1c5b5f1d22", Kind: "message", Epoch: 1, Sequence: 7,
		Day: "2026-11-22", Policy: 1, Seen: Leaf(bytes.Repeat([]byte{9}, 32)), Author: "reporter",
		Recipients: []string{Fingerprint("age1pq1case"), Fingerprint("age1pq1reporter")},
	}
}

// TestGolden: what stands in the file never changes within a version.
func TestGolden(t *testing.T) {
	got, err := Sign(header(), []byte(`{"text":"Labdien! Привет 🙂"}`), key(1), MinText)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("the format changed")
	}
	p, err := Parse(want)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(header(), p.Header); d != "" {
		t.Error(d)
	}
	if err := p.Verify(public(key(1))); err != nil {
		t.Error(err)
	}
}

func genHeader() *rapid.Generator[Header] {
	return rapid.Custom(func(t *rapid.T) Header {
		return Header{
			Installation: rapid.String().Draw(t, "installation"), Stream: rapid.String().Draw(t, "stream"),
			ID:   rapid.String().Draw(t, "id"),
			Kind: rapid.String().Draw(t, "kind"), Epoch: rapid.Int().Draw(t, "epoch"),
			Sequence: rapid.Int().Draw(t, "sequence"),
			Day:      rapid.String().Draw(t, "day"), Policy: rapid.Int().Draw(t, "policy"),
			Seen:   rapid.String().Draw(t, "seen"),
			Author: rapid.String().Draw(t, "author"), Recipients: rapid.SliceOf(rapid.String()).Draw(t, "recipients"),
		}
	})
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := genHeader().Draw(t, "header")
		body := rapid.SliceOfN(rapid.Byte(), 0, 5000).Draw(t, "body")
		least := rapid.SampledFrom([]int{MinText, MinReport}).Draw(t, "least")
		b, err := Sign(h, body, key(1), least)
		if err != nil {
			t.Fatal(err)
		}
		p, err := Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Header.Recipients) == 0 && len(h.Recipients) == 0 {
			p.Header.Recipients, h.Recipients = nil, nil
		}
		if d := cmp.Diff(h, p.Header); d != "" || !bytes.Equal(body, p.Body) {
			t.Fatal("does not read back", d)
		}
		if err := p.Verify(public(key(1))); err != nil {
			t.Fatal(err)
		}
		if err := p.Verify(public(key(2))); !errors.Is(err, ErrSignature) {
			t.Fatal("another key verifies")
		}
		if len(b) < least || len(b)&(len(b)-1) != 0 {
			t.Fatalf("%d bytes are no class", len(b))
		}
	})
}

// TestEveryByteCounts: no byte of a payload can be changed unseen.
func TestEveryByteCounts(t *testing.T) {
	good, err := Sign(header(), []byte(`{"text":"x"}`), key(1), MinText)
	if err != nil {
		t.Fatal(err)
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if p, err := Parse(bad); err == nil && p.Verify(public(key(1))) == nil {
			t.Errorf("byte %d can be changed", i)
		}
	}
}

// TestParseIsStrict: what it takes, Sign would have written.
func TestParseIsStrict(t *testing.T) {
	good, err := Sign(header(), []byte("body"), key(1), MinText)
	if err != nil {
		t.Fatal(err)
	}
	replace := func(from, to string) []byte { // of the same size class
		b := bytes.Replace(good, []byte(from), []byte(to), 1)
		for len(b) < len(good) {
			b = append(b, 0)
		}
		return b[:len(good)]
	}
	for name, bad := range map[string][]byte{
		"empty":             {},
		"only the magic":    []byte(magic),
		"other version":     replace("svilpe/1", "svilpe/2"),
		"no header":         []byte(magic + "\n"),
		"length with plus":  replace("\n4\nbody", "\n+4\nbody"),
		"length with zero":  replace("\n4\nbody", "\n04\nbody"),
		"negative length":   replace("\n4\nbody", "\n-4\nbody"),
		"longer length":     replace("\n4\nbody", "\n9999\nbody"),
		"huge length":       replace("\n4\nbody", "\n9223372036854775807\nbody"),
		"unknown field":     replace(`"epoch":1`, `"epoch":1,"x":1`),
		"field twice":       replace(`"epoch":1`, `"epoch":1,"epoch":1`),
		"space in header":   replace(`"epoch":1`, `"epoch": 1`),
		"other order":       replace(`"epoch":1,"sequence":7`, `"sequence":7,"epoch":1`),
		"other case":        replace(`"epoch"`, `"Epoch"`),
		"something behind":  append(bytes.Clone(good[:len(good)-1]), 1),
		"cut padding":       good[:len(good)-1],
		"cut to the end":    bytes.TrimRight(good, "\x00"),
		"one zero more":     append(bytes.Clone(good), 0),
		"twice the padding": append(bytes.Clone(good), make([]byte, len(good))...),
		"zeros in front":    append([]byte{0}, good[:len(good)-1]...),
	} {
		if _, err := Parse(bad); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLabels: no signature can be taken for one of another kind.
func TestLabels(t *testing.T) {
	body := []byte("body")
	labels := []string{
		LabelEpoch, LabelFounding, LabelInstitution, LabelAppointment, LabelCode, LabelErasure, LabelStatus, LabelGrant,
	}
	for _, made := range labels {
		sig := SignStatement(made, body, key(1))
		for _, read := range labels {
			if err := VerifyStatement(read, body, sig, public(key(1))); (err == nil) != (made == read) {
				t.Errorf("signed as %s, read as %s: %v", made, read, err)
			}
		}
		if VerifyStatement(made, []byte("other"), sig, public(key(1))) == nil ||
			VerifyStatement(made, body, sig, public(key(2))) == nil ||
			VerifyStatement(made, body, sig[:63], public(key(1))) == nil ||
			VerifyStatement(made, body, sig, nil) == nil {
			t.Errorf("%s: a wrong body, key or signature verifies", made)
		}
	}
	signed, err := Sign(header(), body, key(1), MinText)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Parse(signed)
	if err != nil {
		t.Fatal(err)
	}
	for _, label := range append(labels, "payload") {
		if VerifyStatement(label, body, p.signature, public(key(1))) == nil {
			t.Errorf("a payload's signature serves as %s", label)
		}
	}
	if p.Verify(nil) == nil || p.Verify(public(key(1))[:31]) == nil {
		t.Error("verifies without a key")
	}
}

func TestGrantStatement(t *testing.T) {
	want := "installation\ncase\ngrant\nanna\nberta\nassigned\n2\n2026-11-22\n"
	if got := string(GrantStatement("installation", "case", "grant", "anna", "berta", "assigned", 2,
		"2026-11-22")); got != want {
		t.Errorf("%q", got)
	}
}

func TestEpochStatement(t *testing.T) {
	want := "installation\ncase\n3\nage1pq1x\nreporter\n"
	if got := string(EpochStatement("installation", "case", 3, "age1pq1x", "reporter")); got != want {
		t.Errorf("%q", got)
	}
}

// TestFileClasses: 44 up to 100 MiB, four equal steps an octave, 64 KiB at
// least, never smaller than the file, about a tenth more on average.
func TestFileClasses(t *testing.T) {
	const top = 100 << 20
	classes := map[int64]bool{}
	var sum float64
	n := 0
	for size := int64(0); size <= top; size += 1021 {
		c := FileClass(size)
		if c < size || c < MinFile || FileClass(c) != c || c > MinFile && FileClass(c+1) == c {
			t.Fatalf("%d bytes: class %d", size, c)
		}
		if size > MinFile && c-size > c/5 {
			t.Fatalf("%d bytes: class %d, more than a fifth too large", size, c)
		}
		if size > MinFile {
			sum += float64(c-size) / float64(size)
			n++
		}
		classes[c] = true
	}
	classes[FileClass(top)] = true
	// 100 MiB lies in the class of 112 MiB.
	if len(classes) != 44 {
		t.Errorf("%d classes, want 44", len(classes))
	}
	if mean := sum / float64(n); mean > 0.12 || mean < 0.05 {
		t.Errorf("%.1f%% more on average, want about a tenth", 100*mean)
	}
}

func TestPadded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 4<<20).Draw(t, "n")
		least := rapid.SampledFrom([]int{MinText, MinReport}).Draw(t, "least")
		c := Padded(n, least)
		if c < n || c < least || c > least && c/2 >= n || c%least != 0 || c&(c-1) != 0 {
			t.Fatalf("%d bytes: class %d", n, c)
		}
	})
}

const seedFolder = "testdata/fuzz/FuzzParse"

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

func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Parse(b)
		if err != nil {
			if p.Body != nil || p.Header.Stream != "" {
				t.Fatal("gives something beside its error")
			}
			return
		}
		again, err := Sign(p.Header, p.Body, key(1), len(b))
		if err != nil {
			t.Fatal(err)
		}
		// All but the signature is what we would write.
		at := len(bytes.TrimRight(again, "\x00"))
		if len(again) != len(b) || at < ed25519.SignatureSize {
			t.Fatal("another size")
		}
		start := strings.Index(string(again), fmt.Sprintf("\n%d\n", len(p.Body))) +
			len(fmt.Sprintf("\n%d\n", len(p.Body))) + len(p.Body)
		if !bytes.Equal(again[:start], b[:start]) || !bytes.Equal(again[start+64:], b[start+64:]) {
			t.Fatal("takes what we would not write")
		}
	})
}
