package audit

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

// distinct complains where two of the names have one leaf.
type distinct struct {
	t    *testing.T
	seen map[tlog.Hash]string
}

func (d *distinct) add(name string, e Entry) {
	d.t.Helper()
	if d.seen == nil {
		d.seen = map[tlog.Hash]string{}
	}
	h := LeafHash(e)
	if other, ok := d.seen[h]; ok {
		d.t.Errorf("%s has the leaf of %s", name, other)
	}
	d.seen[h] = name
}

func TestAnyChangeOfAnEntryIsAnotherLeaf(t *testing.T) {
	leaves := distinct{t: t}
	leaves.add("unchanged", example(3))
	for name, change := range map[string]func(*Entry){
		"generation":          func(e *Entry) { e.Generation++ },
		"high generation":     func(e *Entry) { e.Generation ^= 1 << 31 },
		"index":               func(e *Entry) { e.Index ^= 1 },
		"high bit of index":   func(e *Entry) { e.Index ^= 1 << 62 },
		"day":                 func(e *Entry) { e.Day = flip(e.Day) },
		"no day":              func(e *Entry) { e.Day = "" },
		"stream":              func(e *Entry) { e.Stream = flip(e.Stream) },
		"no stream":           func(e *Entry) { e.Stream = "" },
		"number":              func(e *Entry) { e.Number ^= 1 },
		"high bit of number":  func(e *Entry) { e.Number ^= 1 << 62 },
		"index for number":    func(e *Entry) { e.Index, e.Number = e.Number, e.Index },
		"leaf before":         func(e *Entry) { e.Prev[31] ^= 1 },
		"first of its stream": func(e *Entry) { e.Prev = tlog.Hash{} },
		"sum":                 func(e *Entry) { e.Sum[31] ^= 1 },
		"sum for leaf":        func(e *Entry) { e.Sum, e.Prev = Digest(e.Prev), tlog.Hash(e.Sum) },
		"text over a border":  func(e *Entry) { e.Day, e.Stream = e.Day+e.Stream[:1], e.Stream[1:] },
		"day for stream":      func(e *Entry) { e.Day, e.Stream = e.Stream, e.Day },
	} {
		e := example(3)
		change(&e)
		leaves.add(name, e)
	}
}

// TestAnyChangeOfABodyIsAnotherEntry: under the old frame it is not whole, under a
// frame of its own it is another leaf.
func TestAnyChangeOfABodyIsAnotherEntry(t *testing.T) {
	leaves := distinct{t: t}
	leaves.add("unchanged", example(3))
	for name, change := range map[string]func(*Body){
		"id":                  func(b *Body) { b.ID = flip(b.ID) },
		"kind":                func(b *Body) { b.Kind = EntryKind(flip(string(b.Kind))) },
		"actor":               func(b *Body) { b.Actor = flip(b.Actor) },
		"text over a border":  func(b *Body) { b.Kind, b.Actor = b.Kind+EntryKind(b.Actor[:1]), b.Actor[1:] },
		"kind for actor":      func(b *Body) { b.Kind, b.Actor = EntryKind(b.Actor), string(b.Kind) },
		"policy":              func(b *Body) { b.Policy ^= 1 },
		"high policy":         func(b *Body) { b.Policy ^= 1 << 31 },
		"name of a fact":      func(b *Body) { b.Facts[0].Name = flip(b.Facts[0].Name) },
		"value of a fact":     func(b *Body) { b.Facts[1].Value = []byte("demO") },
		"fact out of nothing": func(b *Body) { b.Facts[0].Value = []byte{0} },
		"value over a border": func(b *Body) { b.Facts[1] = Fact{"institutiond", []byte("emo")} },
		"one fact less":       func(b *Body) { b.Facts = b.Facts[:1] },
		"facts in new order":  func(b *Body) { b.Facts[0], b.Facts[1] = b.Facts[1], b.Facts[0] },
		"label":               func(b *Body) { b.Changes[0].Label = flip(b.Changes[0].Label) },
		"new digest":          func(b *Body) { b.Changes[0].New[31] ^= 1 },
		"renewed from other":  func(b *Body) { b.Changes[1].Old[31] ^= 1 },
		"renewed to other":    func(b *Body) { b.Changes[1].New[31] ^= 1 },
		"renewed backwards":   func(b *Body) { c := &b.Changes[1]; c.Old, c.New = c.New, c.Old },
		"ended other":         func(b *Body) { b.Changes[2].Old[0] ^= 1 },
		"added, not ended":    func(b *Body) { b.Changes[2].Op, b.Changes[2].New = Added, b.Changes[2].Old },
		"added, not renewed":  func(b *Body) { b.Changes[1].Op = Added },
		"ended, not renewed":  func(b *Body) { b.Changes[1].Op = Ended },
		"one change less":     func(b *Body) { b.Changes = b.Changes[:2] },
		"changes reordered":   func(b *Body) { b.Changes[0], b.Changes[1] = b.Changes[1], b.Changes[0] },
		"commitment":          func(b *Body) { b.Commitment[0] ^= 1 },
		"no commitment":       func(b *Body) { b.Commitment = nil },
		"blinding":            func(b *Body) { b.Blinding[31] ^= 1 },
		"nothing":             func(b *Body) { *b = Body{} },
	} {
		e := example(3)
		change(&e.Body)
		if e.Whole() {
			t.Errorf("%s: whole under the frame of another body", name)
		}
		leaves.add(name, sealed(e))
	}
	if !example(3).Whole() {
		t.Error("an unchanged entry is not whole")
	}
}

// TestEveryBitOfTheFrameCounts flips each bit: what still parses is another entry,
// with another leaf.
func TestEveryBitOfTheFrameCounts(t *testing.T) {
	whole := example(3)
	frame := whole.Frame()
	for i := range len(frame) * 8 {
		bad := bytes.Clone(frame)
		bad[i/8] ^= 1 << (i % 8)
		if e, err := parseFrame(bad); err == nil && LeafHash(e) == LeafHash(whole) {
			t.Fatalf("bit %d does not count", i)
		} else if err != nil && !errors.Is(err, errFrame) {
			t.Fatalf("bit %d: %v", i, err)
		}
	}
}

func TestFrameIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := Entry{
			Generation: rapid.IntRange(0, 1<<32-1).Draw(t, "generation"),
			Index:      rapid.Int64Range(0, 1<<62).Draw(t, "index"),
			Number:     rapid.Int64Range(0, 1<<62).Draw(t, "number"),
			Day:        rapid.String().Draw(t, "day"), Stream: rapid.String().Draw(t, "stream"),
			Prev: tlog.Hash(draw32(t, "prev")), Sum: Digest(draw32(t, "sum")),
		}
		got, err := parseFrame(e.Frame())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func draw32(t *rapid.T, name string) []byte {
	return rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, name)
}

func TestNoFrameBeforeTheFirst(t *testing.T) {
	for _, e := range []Entry{{Index: -1}, {Number: -1}} {
		if got, err := parseFrame(e.Frame()); !errors.Is(err, errFrame) {
			t.Errorf("%v, %v", got, err)
		}
	}
}

// TestAnErasedBodyLeavesTheLog: frame, leaf and tree stay; what was said is gone,
// and nothing else can be put into its place.
func TestAnErasedBodyLeavesTheLog(t *testing.T) {
	head, entries, store := logOf(t, 9)
	for _, e := range entries {
		leaf := LeafHash(e)
		e.Body = Body{}
		if !e.Erased() || e.Whole() || LeafHash(e) != leaf {
			t.Errorf("entry %d erased: %v, whole: %v, its leaf: %s", e.Index, e.Erased(), e.Whole(), LeafHash(e))
		}
		if err := Verify(head, e, store); err != nil {
			t.Errorf("entry %d is not under the head any more: %v", e.Index, err)
		}
		e.Body = exampleBody(e.Index + 1)
		if e.Erased() || e.Whole() {
			t.Errorf("entry %d is whole with another's body", e.Index)
		}
	}
	blank := sealed(Entry{})
	if !blank.Erased() || blank.Whole() {
		t.Error("an entry that never said anything is whole")
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
	for n, want := range map[int64]int64{
		0: 64, 1: 63, 63: 1, 64: 0, 65: 191, 256: 0, 257: 767, 1024: 0, 1025: 3071, 5000: 16384 - 5000,
	} {
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
