package audit

import (
	"errors"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

func TestNoTreeOfLessThanNothing(t *testing.T) {
	_, _, store := logOf(t, 3)
	if _, err := Root(-1, store); err == nil {
		t.Error("a root of -1 entries")
	}
	if _, err := Root(4, store); err == nil {
		t.Error("a root of more entries than there are")
	}
}

// TestVerifyFindsWhatAWriterChanges: a body that was rewritten is not the one that
// the frame names, and a frame that was rewritten is not under the head.
func TestVerifyFindsWhatAWriterChanges(t *testing.T) {
	head, entries, store := logOf(t, 21)
	for _, e := range entries {
		if err := Verify(head, e, store); err != nil || !e.Whole() {
			t.Fatalf("entry %d, unchanged: %v", e.Index, err)
		}
		e.Kind = "granted"
		if e.Whole() {
			t.Errorf("entry %d rewritten is whole", e.Index)
		}
		if err := Verify(head, sealed(e), store); !errors.Is(err, ErrTampered) {
			t.Errorf("entry %d rewritten with its frame: %v", e.Index, err)
		}
	}
	swapped := entries[4]
	swapped.Index = 5
	if err := Verify(head, swapped, store); !errors.Is(err, ErrTampered) {
		t.Errorf("entry 4 in the place of 5: %v", err)
	}
	moved := entries[4]
	moved.Stream = "case/another"
	if err := Verify(head, moved, store); !errors.Is(err, ErrTampered) {
		t.Errorf("entry 4 in another stream: %v", err)
	}
	forged := store.clone() // with the row, its leaf node too
	e := entries[4]
	e.Actor = "somebody"
	e = sealed(e)
	forged.stored[tlog.StoredHashIndex(0, 4)] = LeafHash(e)
	if err := Verify(head, e, forged); !errors.Is(err, ErrTampered) {
		t.Errorf("row and leaf rewritten together: %v", err)
	}
	for _, beyond := range []int64{-1, 21, 1 << 40} {
		if err := Verify(head, example(beyond), store); !errors.Is(err, ErrBeyond) {
			t.Errorf("entry %d: %v", beyond, err)
		}
	}
	if err := Verify(head, entries[4], &nodes{}); err == nil || errors.Is(err, ErrTampered) {
		t.Errorf("nodes that cannot be read: %v", err)
	}
}

// relinked are the entries as somebody numbers and links them anew who hides well
// what was done to their order.
func relinked(entries []Entry) []Entry {
	out := slices.Clone(entries)
	for i := range out {
		out[i].Index, out[i].Number, out[i].Prev = int64(i), int64(i), tlog.Hash{}
		if i > 0 {
			out[i].Prev = LeafHash(out[i-1])
		}
	}
	return out
}

func TestReorderedOrRemovedEntriesChangeTheRoot(t *testing.T) {
	head, entries, _ := logOf(t, 9)
	root := func(es []Entry) tlog.Hash {
		var hs []tlog.Hash
		for _, e := range relinked(es) {
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
		"swapped": swapped, "first gone": entries[1:], "last gone": entries[:8],
		"middle gone": slices.Delete(slices.Clone(entries), 4, 5),
		"one twice":   append(slices.Clone(entries), entries[8]),
	} {
		if root(es) == head.Root {
			t.Errorf("%s: the root is the same", name)
		}
	}
}

// TestTheNewestLeafHoldsItsStream: an entry changed at the beginning changes the last
// one's leaf, so who knows the state needs no path.
func TestTheNewestLeafHoldsItsStream(t *testing.T) {
	_, entries, _ := logOf(t, 9)
	newest := LeafHash(entries[8])
	if LeafHash(relinked(entries)[8]) != newest {
		t.Fatal("the honest chain ends otherwise")
	}
	for n := range entries {
		forged := slices.Clone(entries)
		forged[n].Actor = "somebody"
		forged[n] = sealed(forged[n])
		if LeafHash(relinked(forged)[8]) == newest {
			t.Errorf("entry %d rewritten, and the stream ends in the same leaf", n)
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
