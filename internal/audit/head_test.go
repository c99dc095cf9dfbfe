package audit

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

func TestHeadRoundTrip(t *testing.T) {
	k := testKey(t, origin)
	rapid.Check(t, func(t *rapid.T) {
		h := Head{Origin: origin, Size: rapid.Int64Range(0, 1<<62).
			Draw(t, "size"), Root: tlog.Hash(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "root"))}
		signed, err := h.Sign(k.Signer())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := OpenHead(signed, k.Verifier()); err != nil || got != h {
			t.Fatalf("%v, %v", got, err)
		}
	})
}

// TestCheckpointOfTheSpecification reads the body that the C2SP tlog-checkpoint
// text shows, and writes it back.
func TestCheckpointOfTheSpecification(t *testing.T) {
	const text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
	h, err := parseHead(text)
	if err != nil || h.Origin != "example.com/behind-the-sofa" || h.Size != 20852163 || h.text() != text {
		t.Errorf("%v, %v", h, err)
	}
}

func TestOneChangedByteUnsignsAHead(t *testing.T) {
	k := testKey(t, origin)
	head, _, _ := logOf(t, 5)
	signed, err := head.Sign(k.Signer())
	if err != nil {
		t.Fatal(err)
	}
	for i := range signed {
		bad := bytes.Clone(signed)
		bad[i] ^= 1
		if h, err := OpenHead(bad, k.Verifier()); !errors.Is(err, ErrHead) || h != (Head{}) {
			t.Fatalf("byte %d changed: %v, %v", i, h, err)
		}
	}
	// The last character before the padding holds two bits of no meaning.
	last := bytes.LastIndexByte(signed, '=') - 1
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		if respelt := bytes.Clone(signed); c != signed[last] {
			respelt[last] = c
			if _, err := OpenHead(respelt, k.Verifier()); !errors.Is(err, ErrHead) {
				t.Errorf("the signature spelt with %q for %q: %v", c, signed[last], err)
			}
		}
	}
	for name, v := range map[string]note.Verifier{
		"another key": testKey(t, origin).Verifier(),
		"another log": testKey(t, "other.example/svilpe/log/1").Verifier(),
	} {
		if _, err := OpenHead(signed, v); !errors.Is(err, ErrHead) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRightlySignedNonsenseIsRefused: the log key signs, but not a head.
func TestRightlySignedNonsenseIsRefused(t *testing.T) {
	k := testKey(t, origin)
	const root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
	for _, text := range []string{
		"\n", "x\n", origin + "\n5\n", origin + "\n5\n" + root + "\nextension\n", origin + "\n05\n" + root + "\n",
		origin + "\n+5\n" + root + "\n",
		origin + "\n-5\n" + root + "\n", origin + "\n9223372036854775808\n" + root + "\n",
		origin + "\n5\n" + root[:43] + "\n",
		origin + "\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", origin + " \n5\n" + root + "\n",
		"other.example/svilpe/log/1\n5\n" + root + "\n",
		"\n5\n" + root + "\n", origin + "\n5\nCsUYapGG\n", origin + "\n 5\n" + root + "\n",
	} {
		signed, err := note.Sign(&note.Note{Text: text}, k.Signer())
		if err != nil {
			t.Fatal(err)
		}
		if h, err := OpenHead(signed, k.Verifier()); !errors.Is(err, ErrHead) {
			t.Errorf("%q was read as %v (%v)", text, h, err)
		}
	}
}

func TestSignRefuses(t *testing.T) {
	k := testKey(t, origin)
	for name, h := range map[string]Head{
		"another origin": {Origin: "other.example/svilpe/log/1"}, "no origin": {},
		"size -1":      {Origin: origin, Size: -1},
		"a line break": {Origin: origin + "\n7"}, "a plus": {Origin: "a+b"}, "broken text": {Origin: "a\xff"},
	} {
		if _, err := h.Sign(k.Signer()); !errors.Is(err, ErrHead) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (Head{Origin: origin}).Sign(); !errors.Is(err, ErrHead) {
		t.Errorf("no signer: %v", err)
	}
}

// TestKeyRotation: the handing-over checkpoint opens with the old and the new key,
// and a witness's cosignature does not disturb.
func TestKeyRotation(t *testing.T) {
	old, next, witness := testKey(t, origin), testKey(t, origin), testKey(t, "witness.example")
	head, _, _ := logOf(t, 5)
	signed, err := head.Sign(old.Signer(), next.Signer())
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(signed, note.VerifierList(old.Verifier(), next.Verifier()))
	if err != nil || len(n.Sigs) != 2 {
		t.Fatal(n, err)
	}
	if signed, err = note.Sign(n, witness.Signer()); err != nil {
		t.Fatal(err)
	}
	for _, k := range []LogKey{old, next} {
		if got, err := OpenHead(signed, k.Verifier()); err != nil || got != head {
			t.Errorf("%v, %v", got, err)
		}
	}
	if _, err := OpenHead(signed, witness.Verifier()); !errors.Is(err, ErrHead) {
		t.Errorf("a witness's signature alone made a head: %v", err)
	}
}

func TestLogKey(t *testing.T) {
	signer, verifier, err := NewLogKey(origin)
	if err != nil {
		t.Fatal(err)
	}
	for range 64 { // base64 of a key holds a plus more often than not
		if s, v, err := NewLogKey(origin); err != nil {
			t.Fatal(err)
		} else if k, err := ParseLogKey(s); err != nil || k.VerifierText() != v {
			t.Fatalf("%v: %q, want %q", err, k.VerifierText(), v)
		}
	}
	k, err := ParseLogKey(signer + "\n")
	if err != nil || k.VerifierText() != verifier || k.Origin() != origin {
		t.Fatalf("%v %v", k.VerifierText(), err)
	}
	if v, err := ParseVerifier(verifier + "\n"); err != nil || v.KeyHash() != k.Signer().KeyHash() ||
		v.KeyHash() != k.Verifier().KeyHash() {
		t.Errorf("verifier: %v", err)
	}
	for _, bad := range []string{"", verifier, signer[:len(signer)-4], signer + "AAAA", "PRIVATE+KEY+x+00000000+AAAA"} {
		if _, err := ParseLogKey(bad); !errors.Is(err, ErrKey) ||
			strings.Contains(err.Error(), signer[len(signer)-12:]) {
			t.Errorf("%v", err)
		}
	}
	if _, err := ParseVerifier(signer); !errors.Is(err, ErrKey) ||
		strings.Contains(err.Error(), signer[len(signer)-12:]) {
		t.Errorf("a secret as verifier: %v", err)
	}
	for _, bad := range []string{"", "a b", "a+b", "a\nb"} {
		if _, _, err := NewLogKey(bad); err == nil {
			t.Errorf("a key named %q", bad)
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", slog.Any("key", k))
	for _, printed := range []string{fmt.Sprint(k), fmt.Sprintf("%#v %+v %s %x", k, k, k, k), log.String()} {
		if !strings.Contains(printed, "[redacted]") || strings.Contains(printed, verifier) ||
			strings.Contains(printed, "signer") {
			t.Errorf("printed %s", printed)
		}
	}
}

func FuzzOpenHead(f *testing.F) {
	// A fixed key, so that the seeds stay signed heads from run to run.
	const signer = "PRIVATE+KEY+fuzz.example/svilpe/log/1+1e4e996e+AWaHepgGyu5FlwphvwTd7GAzTk35TK9Bqj1AEtFl+Ro7"
	k, err := ParseLogKey(signer)
	if err != nil {
		f.Fatal(err)
	}
	head, _, _ := logOf(f, 5)
	head.Origin = k.Origin()
	signed, err := head.Sign(k.Signer())
	if err != nil {
		f.Fatal(err)
	}
	extended, err := note.Sign(&note.Note{Text: head.text() + "more\n"}, k.Signer())
	if err != nil {
		f.Fatal(err)
	}
	twice, err := head.Sign(k.Signer(), testKey(f, k.Origin()).Signer())
	if err != nil {
		f.Fatal(err)
	}
	seeds := [][]byte{
		signed, extended, twice, signed[:len(signed)-1], []byte(head.text()), {}, append(bytes.Clone(signed), '\n'),
	}
	opened := 0
	for _, s := range seeds {
		if _, err := OpenHead(s, k.Verifier()); err == nil {
			opened++
		}
		f.Add(s)
	}
	if len(seeds) < 7 || opened != 2 {
		f.Fatalf("%d seeds, %d of them heads", len(seeds), opened)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := OpenHead(b, k.Verifier())
		if err != nil {
			if !errors.Is(err, ErrHead) {
				t.Fatal(err)
			}
			return
		}
		if !bytes.HasPrefix(b, []byte(h.text()+"\n")) || h.check() != nil || h.Origin != k.Origin() {
			t.Fatalf("%q reads as %v", b, h)
		}
	})
}
