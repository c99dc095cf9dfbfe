package audit

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func TestBodyIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBody(t)
		got, err := ParseBody(b.Bytes(), b.Blinding[:])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(b, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
		if got.Digest() != b.Digest() {
			t.Fatal("read back, it has another digest")
		}
	})
}

func drawBody(t *rapid.T) Body {
	b := Body{
		ID: rapid.String().Draw(t, "id"), Kind: EntryKind(rapid.StringN(1, 9, -1).Draw(t, "kind")),
		Actor: rapid.String().Draw(t, "actor"), Policy: rapid.IntRange(0, 1<<32-1).Draw(t, "policy"),
	}
	for range rapid.IntRange(0, 3).Draw(t, "facts") {
		b.Facts = append(b.Facts, Fact{rapid.String().Draw(t, "fact"), rapid.SliceOf(rapid.Byte()).Draw(t, "value")})
	}
	for range rapid.IntRange(0, 5).Draw(t, "changes") {
		c := Change{Label: "envelope:" + rapid.String().Draw(t, "label")}
		c.Op = rapid.SampledFrom([]Op{Added, Renewed, Ended}).Draw(t, "op")
		if c.Op != Added {
			c.Old = Digest(draw32(t, "old"))
		}
		if c.Op != Ended {
			c.New = Digest(draw32(t, "new"))
		}
		b.Changes = append(b.Changes, c)
	}
	if rapid.Bool().Draw(t, "committed") {
		b.Commitment = rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "commitment")
	}
	copy(b.Blinding[:], draw32(t, "blinding"))
	return b
}

// raw are the stored bytes of any items, sound or not.
func raw(items ...Item) []byte {
	out := appendLength(appendString(nil, labelBody), len(items))
	for _, i := range items {
		out = appendBytes(appendString(out, i.Name), i.Value)
	}
	return out
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// TestOnlyWhatWeWriteIsABody: each of these would be a second spelling, or a body
// in which something stands where nobody looks for it.
func TestOnlyWhatWeWriteIsABody(t *testing.T) {
	items := exampleBody(1).Items()
	act, fact, added, renewed, ended, commitment := items[0], items[1], items[3], items[4], items[5], items[6]
	with := func(i Item, value ...byte) Item { i.Value = value; return i }
	var blinding [32]byte
	if _, err := ParseBody(raw(act, fact, added, renewed, ended, commitment), blinding[:]); err != nil {
		t.Fatalf("the sound one: %v", err)
	}
	silent := Body{ID: "id", Actor: ActorSystem}
	for name, stored := range map[string][]byte{
		"nothing":                {},
		"an erased body":         Body{}.Bytes(),
		"no items":               raw(),
		"no act":                 raw(fact, added),
		"an act by another name": raw(Item{"acts", act.Value}, fact),
		"an act for a change":    raw(act, Item{"act", added.Value}),
		"act behind a fact":      raw(fact, act),
		"act behind a change":    raw(added, act),
		"two acts":               raw(act, act),
		"two acts with facts":    raw(act, fact, act),
		"an act without a kind":  raw(silent.Items()...),
		"an act cut short":       raw(with(act, act.Value[:len(act.Value)-1]...)),
		"an act without policy":  raw(with(act, act.Value[:len(act.Value)-4]...)),
		"more than an act":       raw(with(act, append(slices.Clone(act.Value), 0)...)),
		"an empty act":           raw(with(act)),
		"fact behind a change":   raw(act, added, fact),
		"fact behind commitment": raw(act, commitment, fact),
		"change behind it":       raw(act, commitment, added),
		"two commitments":        raw(act, commitment, commitment),
		"an empty commitment":    raw(act, with(commitment)),
		"a change of nothing":    raw(act, Item{"", added.Value}),
		"a change without op":    raw(act, with(added)),
		"an unknown op":          raw(act, with(added, append([]byte("*"), added.Value[1:]...)...)),
		"an unknown op alone":    raw(act, with(added, '*')),
		"an op alone":            raw(act, with(added, '+')),
		"added, cut short":       raw(act, with(added, added.Value[:32]...)),
		"added, and more":        raw(act, with(added, append(slices.Clone(added.Value), 0)...)),
		"added from something":   raw(act, with(added, append([]byte("+"), renewed.Value[1:]...)...)),
		"renewed from nothing":   raw(act, with(added, append([]byte("="), added.Value[1:]...)...)),
		"ended with a new one":   raw(act, with(added, append([]byte("-"), renewed.Value[1:]...)...)),
		"bytes behind the end":   append(raw(act), 0),
		"an item not counted":    append(raw(act), raw(added)[len(labelBody)+8:]...),
		"a fact cut short":       raw(act, with(fact, 'x'))[:len(raw(act, fact))],
		"fewer than counted":     raw(act, added)[:len(raw(act))],
		"another version":        bytes.Replace(raw(act), []byte("/1"), []byte("/2"), 1),
		"an item's label":        bytes.Replace(raw(act), []byte(labelBody), []byte(labelItem), 1),
	} {
		b, err := ParseBody(stored, blinding[:])
		if !errors.Is(err, ErrBody) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(Body{}, b); diff != "" {
			t.Errorf("%s was refused, and still says: %s", name, diff)
		}
	}
	for _, n := range []int{0, 31, 33, 64} {
		if b, err := ParseBody(raw(act), make([]byte, n)); !errors.Is(err, ErrBody) || !(Entry{Body: b}).Erased() {
			t.Errorf("a blinding of %d bytes: %v", n, err)
		}
	}
}

func TestNoBodyLooksErased(t *testing.T) {
	if b := (Body{}).Bytes(); len(b) == 0 {
		t.Error("a body that says nothing is stored like an erased one")
	}
	if _, err := ParseBody(nil, nil); !errors.Is(err, ErrBody) {
		t.Errorf("no body: %v", err)
	}
}

// TestClaimedLengthsTakeNoMemory: four billion items, or bytes, announced in a few.
func TestClaimedLengthsTakeNoMemory(t *testing.T) {
	start, four := appendString(nil, labelBody), []byte{0xff, 0xff, 0xff, 0xff}
	for name, bad := range map[string][]byte{
		"items": join(start, four, []byte{0, 0, 0, 1, 'x'}),
		"name":  join(start, []byte{0, 0, 0, 1}, four, []byte("act")),
		"value": join(start, []byte{0, 0, 0, 1}, appendString(nil, nameAct), four, []byte("x")),
	} {
		if _, err := ParseBody(bad, make([]byte, 32)); !errors.Is(err, ErrBody) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// bodyDigest is the digest as somebody computes it who has the items' digests only.
func bodyDigest(items []Digest) Digest {
	b := appendLength(appendString(nil, "svilpe/1 body"), len(items))
	for _, d := range items {
		b = append(b, d[:]...)
	}
	return sha256.Sum256(b)
}

// TestOneItemIsShownAlone: whoever gets one item with its salt, and digests of the
// others, can check it against the frame, and learns nothing that opens another.
func TestOneItemIsShownAlone(t *testing.T) {
	e := example(3)
	items := e.Items()
	hidden := make([]Digest, len(items))
	salts := map[string]int{}
	for k, i := range items {
		hidden[k] = ItemDigest(i, e.Salt(k))
		if other, ok := salts[string(e.Salt(k))]; ok {
			t.Errorf("items %d and %d have one salt: who is shown the one can guess at the other", other, k)
		}
		salts[string(e.Salt(k))] = k
	}
	shown := func(k int, i Item, salt []byte) bool {
		all := slices.Clone(hidden)
		all[k] = ItemDigest(i, salt)
		return bodyDigest(all) == e.Sum
	}
	for k, i := range items {
		salt := e.Salt(k)
		if !shown(k, i, salt) {
			t.Errorf("item %d (%s) does not stand in the entry", k, i.Name)
		}
		for name, forged := range map[string]Item{
			"another name":  {flip(i.Name), i.Value},
			"another value": {i.Name, append(slices.Clone(i.Value), 'x')},
			"over a border": {i.Name[:len(i.Name)-1], append([]byte(i.Name[len(i.Name)-1:]), i.Value...)},
			"into the salt": {i.Name, append(slices.Clone(i.Value), salt[0])},
		} {
			if shown(k, forged, salt) || shown(k, forged, salt[1:]) {
				t.Errorf("item %d with %s stands in the entry too", k, name)
			}
		}
		other := (k + 1) % len(items)
		if shown(k, i, e.Salt(other)) || shown(other, i, salt) || shown(k, i, nil) {
			t.Errorf("item %d stands in the place of %d, or with its salt", k, other)
		}
	}
	if bodyDigest(hidden[:len(hidden)-1]) == e.Sum {
		t.Error("an entry with an item less has the same digest")
	}
}

// TestTheSameSaidTwiceCannotBeTold: two bodies with one content have nothing in
// common, so nobody can test a guess at one.
func TestTheSameSaidTwiceCannotBeTold(t *testing.T) {
	one, two := exampleBody(3), exampleBody(3)
	two.Blinding[0] ^= 1
	if one.Digest() == two.Digest() {
		t.Error("one digest")
	}
	for k, i := range one.Items() {
		if ItemDigest(i, one.Salt(k)) == ItemDigest(two.Items()[k], two.Salt(k)) {
			t.Errorf("item %d has one digest in both", k)
		}
	}
}

func TestFactOf(t *testing.T) {
	b := exampleBody(1)
	for name, want := range map[string]string{
		"institution": "demo", "barred/anna": "", "barred": "", "act": "", "": "",
	} {
		if got := b.FactOf(name); string(got) != want || (got != nil) != (want != "" || name == "barred/anna") {
			t.Errorf("%q: %q", name, got)
		}
	}
}

func FuzzParseBody(f *testing.F) {
	whole := exampleBody(1).Bytes()
	act := exampleBody(1).Items()[0]
	seeds := [][]byte{
		whole, bare().Body.Bytes(), Body{Kind: "k", Commitment: []byte("c")}.Bytes(),
		Body{Kind: "k", Facts: []Fact{{"", nil}}}.Bytes(), {}, Body{}.Bytes(), whole[:40], append(whole, 0),
		raw(act, act), raw(act, Item{"envelope:1", []byte("*")}),
		append(appendString(nil, labelBody), 0xff, 0xff, 0xff, 0xff),
	}
	blinding := make([]byte, 32)
	read := 0
	for _, s := range seeds {
		if _, err := ParseBody(s, blinding); err == nil {
			read++
		}
		f.Add(s)
	}
	if len(seeds) < 11 || read != 4 {
		f.Fatalf("%d seeds, %d of them bodies", len(seeds), read)
	}
	f.Fuzz(func(t *testing.T, stored []byte) {
		b, err := ParseBody(stored, blinding)
		if err != nil {
			if diff := cmp.Diff(Body{}, b); !errors.Is(err, ErrBody) || diff != "" {
				t.Fatalf("%v, and it says: %s", err, diff)
			}
			return
		}
		if again := b.Bytes(); !bytes.Equal(again, stored) || b.Kind == "" {
			t.Fatalf("%x reads as %x", stored, again)
		}
	})
}
