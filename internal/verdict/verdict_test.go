package verdict

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svilpe/internal/audit"
)

var update = flag.Bool("update", false, "write testdata anew: only before a version is published")

const (
	origin   = "test.example/svilpe/log/1"
	golden   = "testdata/verdict.txt"
	today    = "2026-11-22"
	tampered = "entry 5: differs from its leaf under the signed head"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// testKey is the same key in every run.
func testKey(t testing.TB) audit.LogKey {
	t.Helper()
	seed := bytes.Repeat([]byte{7}, ed25519.SeedSize)
	public, err := note.NewEd25519VerifierKey(origin, ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey))
	must(t, err)
	hash := strings.Split(public, "+")[1]
	k, err := audit.ParseLogKey("PRIVATE+KEY+" + origin + "+" + hash + "+" +
		base64.StdEncoding.EncodeToString(append([]byte{1}, seed...)))
	must(t, err)
	return k
}

func head() audit.Head { return audit.Head{Origin: origin, Size: 129, Root: [32]byte{1, 2, 3}} }

// TestGolden: a verdict that was kept opens with the log's verifier years later, and
// not when one byte of it was changed.
func TestGolden(t *testing.T) {
	k := testKey(t)
	v := New(head(), today, 2, []string{tampered, "member anna: differs from its digest in the log"})
	signed, err := v.Sign(k.Signer())
	must(t, err)
	if *update {
		must(t, os.WriteFile(golden, signed, 0o600))
	}
	kept, err := os.ReadFile(golden)
	must(t, err)
	if !bytes.Equal(kept, signed) {
		t.Errorf("written as\n%s\nwant\n%s", signed, kept)
	}
	if !strings.HasPrefix(string(kept), "svilpe/1 verdict\n"+origin+"\n129\n") {
		t.Errorf("begins with another line:\n%s", kept)
	}
	got, err := Open(kept, k.Verifier())
	must(t, err)
	if got.Head != v.Head || got.Day != today || got.Faults != 2 || len(got.Lines) != 2 ||
		got.Lines[0] != tampered || got.Sound() {
		t.Errorf("read as %+v", got)
	}
	for i := range kept {
		for _, flip := range []byte{1, 2, 0x20, 0x80} {
			bad := bytes.Clone(kept)
			bad[i] ^= flip
			if _, err := Open(bad, k.Verifier()); !errors.Is(err, ErrVerdict) {
				t.Errorf("byte %d, %q for %q: %v", i, bad[i], kept[i], err)
			}
		}
	}
	text, _, err := audit.NewLogKey(origin)
	must(t, err)
	other, err := audit.ParseLogKey(text)
	must(t, err)
	if _, err := Open(kept, other.Verifier()); !errors.Is(err, ErrVerdict) {
		t.Errorf("another key of the same name: %v", err)
	}
}

// TestNotAHead: what the log key signs as one thing cannot be shown as another.
func TestNotAHead(t *testing.T) {
	k := testKey(t)
	signed, err := New(head(), today, 0, nil).Sign(k.Signer())
	must(t, err)
	if _, err := audit.OpenHead(signed, k.Verifier()); !errors.Is(err, audit.ErrHead) {
		t.Errorf("a verdict opens as a head: %v", err)
	}
	point, err := head().Sign(k.Signer())
	must(t, err)
	if _, err := Open(point, k.Verifier()); !errors.Is(err, ErrVerdict) {
		t.Errorf("a head opens as a verdict: %v", err)
	}
}

// TestOneSpelling: a text that we would not write is none, whoever signed it.
func TestOneSpelling(t *testing.T) {
	k := testKey(t)
	sound := New(head(), today, 0, nil).text()
	for name, text := range map[string]string{
		"another title":      strings.Replace(sound, "svilpe/1", "svilpe/2", 1),
		"a size with a zero": strings.Replace(sound, "129", "0129", 1),
		"a negative size":    strings.Replace(sound, "129", "-1", 1),
		"no day":             strings.Replace(sound, "day "+today, "day 2026-11-31", 1),
		"a short root":       strings.Replace(sound, "AQID", "", 1),
		"faults without one": strings.Replace(sound, "faults 0", "faults 1", 1),
		"a fault too many":   sound + tampered + "\n",
		"negative faults":    strings.Replace(sound, "faults 0", "faults -1", 1),
		"cut short":          strings.Replace(sound, "faults 0\n", "", 1),
		"of somebody's log":  strings.Replace(sound, origin, "other.example/svilpe/log/1", 1),
		"twenty-one of a few": New(head(), today, 21, strings.Split(strings.Repeat("x y: z\n", 19), "\n")).text() +
			"x\n",
	} {
		signed, err := note.Sign(&note.Note{Text: text}, k.Signer())
		must(t, err)
		if _, err := Open(signed, k.Verifier()); !errors.Is(err, ErrVerdict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (Verdict{Head: audit.Head{Origin: "other.example/svilpe/log/1"}, Day: today}).
		Sign(k.Signer()); err == nil {
		t.Error("signed for another log")
	}
}

// TestHostileLines: what stands in a damaged row was written by whoever damaged it.
func TestHostileLines(t *testing.T) {
	k := testKey(t)
	lines := []string{"member a\nfaults 0\n\n— forged AAAA: x", "case \x00\xff: y", "x " +
		strings.Repeat("š", 5000) + ": z"}
	for range 40 {
		lines = append(lines, tampered)
	}
	signed, err := New(head(), today, 43, lines).Sign(k.Signer())
	must(t, err)
	v, err := Open(signed, k.Verifier())
	must(t, err)
	if v.Faults != 43 || len(v.Lines) != 20 || strings.Count(string(signed), "\n\n") != 1 || len(signed) > 4000 {
		t.Errorf("%d faults, %d lines, %d bytes", v.Faults, len(v.Lines), len(signed))
	}
	if v.Lines[0] != `member a\u000afaults 0\u000a\u000a— forged AAAA: x` {
		t.Errorf("%q", v.Lines[0])
	}
}

// TestBoard is how a program's knowledge of its record goes, day by day.
func TestBoard(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	day := func() string { return now.Format(time.DateOnly) }
	b := NewBoard(clock)
	want := func(s State) {
		t.Helper()
		if got := b.State(); got != s {
			t.Errorf("%s: %s, want %s", day(), got, s)
		}
	}
	want(Checking)
	if _, _, any := b.Newest(); any {
		t.Error("a verdict before the first")
	}
	b.Recall(New(head(), day(), 0, nil), []byte("an old note"))
	want(Checking) // anybody can put a sound one back
	if _, _, any := b.Newest(); any {
		t.Error("a stored «sound» is shown")
	}
	b.Recall(New(head(), "2026-11-01", 1, []string{tampered}), []byte("an alarm"))
	want(Damaged)
	b.Post(New(head(), day(), 0, nil), []byte("own"), nil)
	want(Sound)
	b.Recall(New(head(), day(), 1, []string{tampered}), []byte("from a table"))
	want(Sound) // its own memory is newer
	b.Failed()
	want(Sound) // yesterday's counts
	now = now.AddDate(0, 0, 1)
	want(Sound)
	now = now.AddDate(0, 0, 1)
	want(Old)
	b.Post(New(head(), day(), 1, []string{tampered}), []byte("bad"), []string{"case x\ny: z"})
	want(Damaged)
	if got := b.Damages(); len(got) != 1 || got[0] != `case x\u000ay: z` {
		t.Errorf("damages %q", got)
	}
	now = now.AddDate(0, 0, 5)
	want(Damaged)
	if v, signed, any := b.Newest(); !any || string(signed) != "bad" || v.Faults != 1 {
		t.Errorf("newest %q", signed)
	}

	b = NewBoard(clock)
	b.Failed()
	want(Missing)
	b = NewBoard(clock)
	now = now.AddDate(0, 0, 2)
	want(Missing) // a check that takes two days is none
	if s := (*Board)(nil).State(); s != Missing {
		t.Errorf("without a board: %s", s)
	}
}

// FuzzOpen: what opens is what we would write.
func FuzzOpen(f *testing.F) {
	k := testKey(f)
	for _, v := range []Verdict{
		New(head(), today, 0, nil), New(head(), today, 30, strings.Split(strings.Repeat(tampered+"\n", 29), "\n")[:29]),
	} {
		f.Add(v.text())
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := parse(text)
		if err != nil {
			return
		}
		if v.text() != text {
			t.Errorf("%q is read as %q", text, v.text())
		}
		if v.Head.Origin != origin {
			return
		}
		signed, err := v.Sign(k.Signer())
		must(t, err)
		_, err = Open(signed, k.Verifier())
		must(t, err)
	})
}
