package token

import (
	"os"
	"strings"
	"testing"
)

const seedFolder = "testdata/fuzz/FuzzRead"

// Fuzzing without seeds passes and finds nothing, so they are counted.
func TestFuzzHasItsSeeds(t *testing.T) {
	seeds, err := os.ReadDir(seedFolder)
	if err != nil {
		t.Fatal(err)
	}
	if len(seeds) < 12 {
		t.Fatalf("%d seeds in %s, want 12 or more", len(seeds), seedFolder)
	}
}

func FuzzRead(f *testing.F) {
	f.Fuzz(func(t *testing.T, typed string) {
		r := Read(typed)
		if len(r.Candidates) > maxCandidates {
			t.Fatalf("%d candidates", len(r.Candidates))
		}
		if (r.Hint == HintNone) != (len(r.Candidates) > 0) {
			t.Fatalf("hint %d with %d candidates", r.Hint, len(r.Candidates))
		}
		for _, c := range r.Candidates {
			if c.Code.IsZero() || len(c.Corrected) > maxWrong {
				t.Fatal("a candidate that is no code, or needs more than two groups")
			}
			again := Read(c.Code.Text())
			if len(again.Candidates) != 1 || again.Candidates[0].Code != c.Code ||
				again.Candidates[0].Corrected != nil {
				t.Fatal("a candidate does not read back to itself")
			}
		}
	})
}

// BenchmarkRead reads the four kinds of text that cost differently.
func BenchmarkRead(b *testing.B) {
	c := FromDraft([32]byte{})
	text := textOf(c.word())
	for _, bench := range []struct{ name, typed string }{
		{"clean", c.Text()},
		{"two wrong", "ZZ" + text[2:]},
		{"missing", text[1:]},
		{"Cyrillic", "Ж" + text[1:]},
		{"hostile", strings.Repeat("\uFDFA", 1000)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Read(bench.typed)
			}
		})
	}
}
