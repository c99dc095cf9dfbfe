package audit

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestLeafBytesNeverChange: the leaf of an entry written today is what a court
// recomputes in ten years.
func TestLeafBytesNeverChange(t *testing.T) {
	bare := Entry{Index: 7, ID: "id", Day: "2026-11-22", Kind: KindFiller, Actor: ActorSystem}
	for name, e := range map[string]Entry{"full": example(258), "bare": bare} {
		path := filepath.Join("testdata", "leaf-"+name+".txt")
		h := LeafHash(e)
		got := hex.Dump(e.Leaf()) + "leaf hash " + hex.EncodeToString(h[:]) + "\n"
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAnyChangeOfAnEntryIsAnotherLeaf(t *testing.T) {
	base := LeafHash(example(3))
	changes := map[string]func(*Entry){
		"index":               func(e *Entry) { e.Index ^= 1 },
		"high bit of index":   func(e *Entry) { e.Index ^= 1 << 62 },
		"id":                  func(e *Entry) { e.ID = flip(e.ID) },
		"day":                 func(e *Entry) { e.Day = flip(e.Day) },
		"kind":                func(e *Entry) { e.Kind = flip(e.Kind) },
		"actor":               func(e *Entry) { e.Actor = flip(e.Actor) },
		"case":                func(e *Entry) { e.Case = flip(e.Case) },
		"no case":             func(e *Entry) { e.Case = "" },
		"label":               func(e *Entry) { e.Items[0].Label = flip(e.Items[0].Label) },
		"digest":              func(e *Entry) { e.Items[1].Digest[31] ^= 1 },
		"removed not stored":  func(e *Entry) { e.Items[2].Digest[0] ^= 1 },
		"one item less":       func(e *Entry) { e.Items = e.Items[:2] },
		"items in new order":  func(e *Entry) { e.Items[0], e.Items[1] = e.Items[1], e.Items[0] },
		"commitment":          func(e *Entry) { e.Commitment[0] ^= 1 },
		"no commitment":       func(e *Entry) { e.Commitment = nil },
		"blinding":            func(e *Entry) { e.Blinding[31] ^= 1 },
		"text over a border":  func(e *Entry) { e.Kind, e.Actor = e.Kind+e.Actor[:1], e.Actor[1:] },
		"case into actor":     func(e *Entry) { e.Actor, e.Case = e.Actor+e.Case, "" },
		"case and actor swap": func(e *Entry) { e.Actor, e.Case = e.Case, e.Actor },
	}
	seen := map[string]string{base.String(): "unchanged"}
	for name, change := range changes {
		e := example(3)
		change(&e)
		h := LeafHash(e).String()
		if other, ok := seen[h]; ok {
			t.Errorf("%s has the leaf of %s", name, other)
		}
		seen[h] = name
	}
}

func flip(s string) string {
	b := []byte(s)
	b[len(b)-1] ^= 1
	return string(b)
}

// TestEveryBitOfTheLeafCounts flips each bit of the leaf: what still parses is
// another entry, with another hash.
func TestEveryBitOfTheLeafCounts(t *testing.T) {
	whole := example(3)
	leaf := whole.Leaf()
	for i := range len(leaf) * 8 {
		bad := bytes.Clone(leaf)
		bad[i/8] ^= 1 << (i % 8)
		if e, err := parseLeaf(bad); err == nil && LeafHash(e) == LeafHash(whole) {
			t.Fatalf("bit %d does not count", i)
		} else if err != nil && !errors.Is(err, errLeaf) {
			t.Fatalf("bit %d: %v", i, err)
		}
	}
}

func TestLeafIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEntry(t)
		got, err := parseLeaf(e.Leaf())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestNoLeafBeforeTheFirst(t *testing.T) {
	if e, err := parseLeaf(Entry{Index: -1}.Leaf()); !errors.Is(err, errLeaf) {
		t.Errorf("%v, %v", e, err)
	}
}

func drawEntry(t *rapid.T) Entry {
	e := Entry{
		Index: rapid.Int64Range(0, 1<<62).Draw(t, "index"), ID: rapid.String().Draw(t, "id"), Day: rapid.String().Draw(t, "day"),
		Kind: rapid.String().Draw(t, "kind"), Actor: rapid.String().Draw(t, "actor"), Case: rapid.String().Draw(t, "case"),
	}
	for range rapid.IntRange(0, 5).Draw(t, "items") {
		e.Items = append(e.Items, Item{rapid.String().Draw(t, "label"), Digest(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "digest"))})
	}
	if rapid.Bool().Draw(t, "committed") {
		e.Commitment = rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "commitment")
	}
	copy(e.Blinding[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "blinding"))
	return e
}

func TestBlankDetailsAreNoDetails(t *testing.T) {
	if d := (Entry{}).Details(); len(d) == 0 {
		t.Error("an entry without items has blank details, like an erased one")
	}
	if _, _, err := ParseDetails(nil); !errors.Is(err, ErrDetails) {
		t.Errorf("blank details: %v", err)
	}
}

// TestClaimedLengthsTakeNoMemory: four billion items announced in a few bytes.
func TestClaimedLengthsTakeNoMemory(t *testing.T) {
	bad := append(appendString(nil, labelDetails), 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 'x')
	if _, _, err := ParseDetails(bad); !errors.Is(err, ErrDetails) {
		t.Error(err)
	}
}

func TestRowDigestKeepsColumnsApart(t *testing.T) {
	rows := map[string]Digest{
		"ab|c":      RowDigest("t", []byte("ab"), []byte("c")),
		"a|bc":      RowDigest("t", []byte("a"), []byte("bc")),
		"abc":       RowDigest("t", []byte("abc")),
		"abc|":      RowDigest("t", []byte("abc"), nil),
		"|abc":      RowDigest("t", nil, []byte("abc")),
		"other":     RowDigest("u", []byte("abc")),
		"none":      RowDigest("t"),
		"in label":  RowDigest("tabc"),
		"long":      RowDigest("t", []byte(strings.Repeat("x", 1<<16))),
		"like long": RowDigest("t", []byte(strings.Repeat("x", 1<<16-1))),
	}
	seen := map[Digest]string{}
	for name, d := range rows {
		if other, ok := seen[d]; ok {
			t.Errorf("rows %q and %q have one digest", name, other)
		}
		seen[d] = name
	}
	const want = "80e482e143a78f98ded5047ceaa6afa4657a3072f5335ae1d80abe9fe5a93150"
	if got := hex.EncodeToString(func() []byte { d := rows["ab|c"]; return d[:] }()); got != want {
		t.Errorf("digest %s, want %s: a stored digest would not match its row any more", got, want)
	}
}

func TestFillersHideTheDay(t *testing.T) {
	for n, want := range map[int64]int64{0: 64, 1: 63, 63: 1, 64: 0, 65: 191, 256: 0, 257: 767, 1024: 0, 1025: 3071, 5000: 16384 - 5000} {
		if got := Fillers(n); got != want {
			t.Errorf("Fillers(%d) = %d, want %d", n, got, want)
		}
	}
	growth := map[int64]bool{}
	for n := range int64(2000) {
		growth[n+Fillers(n)] = true
	}
	if diff := cmp.Diff(map[int64]bool{64: true, 256: true, 1024: true, 4096: true}, growth); diff != "" {
		t.Errorf("sizes of a day: %s", diff)
	}
}

func FuzzParseDetails(f *testing.F) {
	seeds := [][]byte{
		{}, example(1).Details(), Entry{}.Details(), Entry{Commitment: []byte("c")}.Details(),
		Entry{Items: []Item{{"", Digest{}}}}.Details(), example(1).Details()[:40], append(example(1).Details(), 0),
		append(appendString(nil, labelDetails), 0xff, 0xff, 0xff, 0xff),
	}
	if len(seeds) < 8 {
		f.Fatal("the seeds are gone")
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		items, commitment, err := ParseDetails(b)
		if err != nil {
			if !errors.Is(err, ErrDetails) || items != nil || commitment != nil {
				t.Fatalf("%v, %v, %v", items, commitment, err)
			}
			return
		}
		if again := (Entry{Items: items, Commitment: commitment}).Details(); !bytes.Equal(again, b) {
			t.Fatalf("%x reads as %x", b, again)
		}
	})
}
