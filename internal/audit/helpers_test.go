package audit

import (
	"flag"
	"fmt"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

var update = flag.Bool("update", false, "write testdata anew: only before a version is published")

// nodes is a store in memory. It counts what is asked of it.
type nodes struct {
	stored []tlog.Hash
	asked  int
}

func (n *nodes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= int64(len(n.stored)) {
			return nil, fmt.Errorf("node %d of %d", x, len(n.stored))
		}
		out[i] = n.stored[x]
	}
	n.asked += len(indexes)
	return out, nil
}

const origin = "ethics.example/svilpe/log/1"

// example is an entry with every field in use.
func example(index int64) Entry {
	e := Entry{
		Index: index, ID: fmt.Sprintf("6f2c1f0e-2f64-4f0a-9f43-%012d", index), Day: "2026-11-22", Kind: "filed", Actor: ActorReporter,
		Case:       "0b9d7a52-5d9c-4d2e-8a55-1f0f5f8f7a11",
		Items:      []Item{{"envelope:1", Digest{1, 2, 3}}, {"grant:anna", Digest{4}}, {"draft:1", Digest{}}},
		Commitment: []byte("thirty-two bytes of commitment.."),
	}
	for i := range e.Blinding {
		e.Blinding[i] = byte(int(index) + i)
	}
	return e
}

// logOf is a log of n entries, grown as the store grows it.
func logOf(t testing.TB, n int64) (Head, []Entry, *nodes) {
	t.Helper()
	empty, err := Root(0, &nodes{})
	if err != nil {
		t.Fatal(err)
	}
	head, store := Head{Origin: origin, Root: empty}, &nodes{}
	var entries []Entry
	for i := range n {
		e := example(i)
		entries = append(entries, e)
		grown, more, err := Grow(head, []tlog.Hash{LeafHash(e)}, store)
		if err != nil {
			t.Fatal(err)
		}
		head, store.stored = grown, append(store.stored, more...)
	}
	return head, entries, store
}

func (n *nodes) clone() *nodes { return &nodes{stored: slices.Clone(n.stored)} }

func testKey(t testing.TB, name string) LogKey {
	t.Helper()
	s, _, err := NewLogKey(name)
	if err != nil {
		t.Fatal(err)
	}
	k, err := ParseLogKey(s)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
