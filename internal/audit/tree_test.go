package audit

import (
	"errors"
	"math/bits"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

// TestTreeIsRFC6962 compares with the definition of RFC 6962 §2.1, written down
// a second time here, for every size, however the appends were grouped.
func TestTreeIsRFC6962(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		empty, err := Root(0, &nodes{})
		if err != nil {
			t.Fatal(err)
		}
		head, store := Head{Origin: origin, Root: empty}, &nodes{}
		var leaves []tlog.Hash
		for range rapid.IntRange(1, 12).Draw(t, "transactions") {
			var group []tlog.Hash
			for range rapid.IntRange(0, 9).Draw(t, "entries") {
				group = append(group, tlog.RecordHash(rapid.SliceOfN(rapid.Byte(), 1, 8).Draw(t, "record")))
			}
			grown, more, err := Grow(head, group, store)
			if err != nil {
				t.Fatal(err)
			}
			leaves, head, store.stored = append(leaves, group...), grown, append(store.stored, more...)
			if int64(len(store.stored)) != tlog.StoredHashCount(head.Size) {
				t.Fatalf("%d nodes for %d entries", len(store.stored), head.Size)
			}
			if head.Size != int64(len(leaves)) || head.Root != mth(leaves) {
				t.Fatalf("size %d: another root than RFC 6962", head.Size)
			}
			if want, err := tlog.TreeHash(head.Size, store); err != nil || want != head.Root {
				t.Fatalf("size %d: tlog.TreeHash differs (%v)", head.Size, err)
			}
		}
	})
}

// mth is MTH of RFC 6962 §2.1 for at least one leaf hash; none is SHA-256("").
func mth(leaves []tlog.Hash) tlog.Hash {
	switch n := len(leaves); n {
	case 0:
		h, _ := tlog.TreeHash(0, nil)
		return h
	case 1:
		return leaves[0]
	default:
		k := 1 << (bits.Len(uint(n-1)) - 1)
		return tlog.NodeHash(mth(leaves[:k]), mth(leaves[k:]))
	}
}

func TestAppendAndGrowStoreTheSameNodes(t *testing.T) {
	_, entries, grown := logOf(t, 37)
	one := &nodes{}
	for i, e := range entries {
		more, err := Append(int64(i), LeafHash(e), one)
		if err != nil {
			t.Fatal(err)
		}
		one.stored = append(one.stored, more...)
	}
	if !slices.Equal(one.stored, grown.stored) {
		t.Error("nodes differ")
	}
	if _, err := Append(-1, tlog.Hash{}, one); err == nil {
		t.Error("appended before the beginning")
	}
	if _, err := Root(-1, one); err == nil {
		t.Error("a root of -1 entries")
	}
}

// TestGrowingReadsTheFrontierOnly: a thousand entries at once cost no more reads
// than one.
func TestGrowingReadsTheFrontierOnly(t *testing.T) {
	head, _, store := logOf(t, 1000)
	for _, n := range []int{0, 1, 1000} {
		store.asked = 0
		if _, _, err := Grow(head, make([]tlog.Hash, n), store); err != nil {
			t.Fatal(err)
		}
		if frontier := bits.OnesCount64(1000); store.asked != frontier {
			t.Errorf("%d entries: read %d nodes, the frontier is %d", n, store.asked, frontier)
		}
	}
}

func TestGrowRefusesAChangedTree(t *testing.T) {
	head, _, store := logOf(t, 21)
	for i := range store.stored {
		bad := store.clone()
		bad.stored[i][0] ^= 1
		_, _, err := Grow(head, []tlog.Hash{{1}}, bad)
		frontier := slices.Contains([]int64{tlog.StoredHashIndex(4, 0), tlog.StoredHashIndex(2, 4), tlog.StoredHashIndex(0, 20)}, int64(i))
		if frontier != errors.Is(err, ErrTampered) {
			t.Errorf("node %d changed (frontier: %v): %v", i, frontier, err)
		}
	}
	back := head
	back.Size--
	if _, _, err := Grow(back, nil, store); !errors.Is(err, ErrTampered) {
		t.Errorf("a root for another size: %v", err)
	}
}

func TestVerifyFindsWhatAWriterChanges(t *testing.T) {
	head, entries, store := logOf(t, 21)
	for _, e := range entries {
		if err := Verify(head, e, store); err != nil {
			t.Fatalf("entry %d, unchanged: %v", e.Index, err)
		}
		e.Kind = "granted"
		if err := Verify(head, e, store); !errors.Is(err, ErrTampered) {
			t.Errorf("entry %d rewritten: %v", e.Index, err)
		}
	}
	swapped := entries[4]
	swapped.Index = 5
	if err := Verify(head, swapped, store); !errors.Is(err, ErrTampered) {
		t.Errorf("entry 4 in the place of 5: %v", err)
	}
	forged := store.clone() // with the row, its leaf node too
	e := entries[4]
	e.Actor = "somebody"
	forged.stored[tlog.StoredHashIndex(0, 4)] = LeafHash(e)
	if err := Verify(head, e, forged); !errors.Is(err, ErrTampered) {
		t.Errorf("row and leaf rewritten together: %v", err)
	}
	for _, beyond := range []int64{-1, 21, 1 << 40} {
		if err := Verify(head, example(beyond), store); !errors.Is(err, ErrBeyond) {
			t.Errorf("entry %d: %v", beyond, err)
		}
	}
}

func TestReorderedOrRemovedEntriesChangeTheRoot(t *testing.T) {
	head, entries, _ := logOf(t, 9)
	root := func(es []Entry) tlog.Hash {
		var hs []tlog.Hash
		for i, e := range es {
			e.Index = int64(i) // as somebody would who hides it well
			hs = append(hs, LeafHash(e))
		}
		return mth(hs)
	}
	if root(entries) != head.Root {
		t.Fatal("the honest order has another root")
	}
	swapped := slices.Clone(entries)
	swapped[2], swapped[6] = swapped[6], swapped[2]
	for name, es := range map[string][]Entry{
		"swapped": swapped, "first gone": entries[1:], "last gone": entries[:8], "middle gone": slices.Delete(slices.Clone(entries), 4, 5),
		"one twice": append(slices.Clone(entries), entries[8]),
	} {
		if root(es) == head.Root {
			t.Errorf("%s: the root is the same", name)
		}
	}
}

func TestLaterHeadExtendsEarlierOnes(t *testing.T) {
	heads := []Head{}
	for _, n := range []int64{0, 1, 5, 8, 20} {
		h, _, _ := logOf(t, n)
		heads = append(heads, h)
	}
	newest, _, store := logOf(t, 21)
	for _, old := range append(heads, newest) {
		if err := Extends(old, newest, store); err != nil {
			t.Errorf("size %d: %v", old.Size, err)
		}
		forked := old
		forked.Root[0] ^= 1
		if err := Extends(forked, newest, store); !errors.Is(err, ErrTampered) {
			t.Errorf("a fork at size %d: %v", old.Size, err)
		}
		if old.Size < newest.Size {
			if err := Extends(newest, old, store); !errors.Is(err, ErrTampered) {
				t.Errorf("the log went back to %d: %v", old.Size, err)
			}
		}
	}
	other := heads[2]
	other.Origin = "ethics.example/svilpe/log/2"
	if err := Extends(other, newest, store); !errors.Is(err, ErrTampered) {
		t.Errorf("another generation: %v", err)
	}
	if err := Extends(Head{Origin: origin, Size: -1}, newest, store); !errors.Is(err, ErrTampered) {
		t.Errorf("size -1: %v", err)
	}
}

func TestKnownReadsOnceAndForgetsNothingWrongly(t *testing.T) {
	head, entries, store := logOf(t, 100)
	var k Known
	if err := k.Check(head, entries[42], store); err != nil {
		t.Fatal(err)
	}
	store.asked = 0
	later, _, laterStore := logOf(t, 101)
	for _, h := range []Head{head, later} {
		if err := k.Check(h, entries[42], store); err != nil || store.asked != 0 {
			t.Errorf("known under size %d: %v, %d reads", h.Size, err, store.asked)
		}
	}
	bad := entries[42]
	bad.Items[0].Digest[0] ^= 1
	if err := k.Check(head, bad, store); !errors.Is(err, ErrTampered) {
		t.Errorf("a changed entry that was known: %v", err)
	}
	if err := k.Check(Head{Origin: origin, Size: 42, Root: head.Root}, example(42), store); !errors.Is(err, ErrBeyond) {
		t.Errorf("known, but beyond this head: %v", err)
	}
	unknown := example(7)
	unknown.Day = "2026-11-21"
	for range 2 { // a refused entry is not remembered
		if err := k.Check(later, unknown, laterStore); !errors.Is(err, ErrTampered) {
			t.Errorf("a changed entry not yet known: %v", err)
		}
	}
	second := Head{Origin: "ethics.example/svilpe/log/2", Size: 100, Root: tlog.Hash{9}}
	if err := k.Check(second, example(42), store); !errors.Is(err, ErrTampered) {
		t.Errorf("proven in another generation only: %v", err)
	}
}

// TestKnownKeepsGenerationsApart: entry 0 of the second log is another one.
func TestKnownKeepsGenerationsApart(t *testing.T) {
	first, entries, store := logOf(t, 1)
	other := example(0)
	other.Kind = "restored"
	second := Head{Origin: "ethics.example/svilpe/log/2", Size: 1, Root: LeafHash(other)}
	var k Known
	for range 2 {
		if err := k.Check(first, entries[0], store); err != nil {
			t.Error(err)
		}
		if err := k.Check(second, other, store); err != nil {
			t.Error(err)
		}
	}
}

func TestKnownIsBounded(t *testing.T) {
	var k Known
	for i := range int64(knownLimit + 1000) {
		k.put(origin, i, tlog.Hash{})
	}
	if len(k.leaves) > knownLimit {
		t.Errorf("remembers %d leaves", len(k.leaves))
	}
}
