package audit

import (
	"flag"
	"fmt"
	"math/bits"
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

func (n *nodes) clone() *nodes { return &nodes{stored: slices.Clone(n.stored)} }

const origin = "ethics.example/svilpe/log/1"

// exampleBody is a body with every field in use.
func exampleBody(index int64) Body {
	b := Body{
		ID: fmt.Sprintf("6f2c1f0e-2f64-4f0a-9f43-%012d", index), Kind: "filed", Actor: ActorReporter, Policy: 3,
		Facts: []Fact{{"barred/anna", []byte{}}, {"institution", []byte("demo")}},
		Changes: []Change{
			{Label: "envelope:1", Op: Added, New: Digest{1, 2, 3}},
			{Label: "case:1", Op: Renewed, Old: Digest{4}, New: Digest{5}},
			{Label: "grant:1/anna/2", Op: Ended, Old: Digest{6}},
		},
		Commitment: []byte("thirty-two bytes of commitment.."),
	}
	for i := range b.Blinding {
		b.Blinding[i] = byte(int(index) + i)
	}
	return b
}

// example is an entry with every field in use.
func example(index int64) Entry {
	return sealed(Entry{
		Generation: 1, Index: index, Day: "2026-11-22", Stream: "case/0b9d7a52-5d9c-4d2e-8a55-1f0f5f8f7a11",
		Number: index + 2, Prev: tlog.Hash{7, 8, 9}, Body: exampleBody(index),
	})
}

// sealed is an entry whose frame names its body.
func sealed(e Entry) Entry {
	e.Sum = e.Body.Digest()
	return e
}

// logOf is a log of n entries, grown as the store grows it.
func logOf(t testing.TB, n int64) (Head, []Entry, *nodes) {
	t.Helper()
	var front Frontier
	var entries []Entry
	store := &nodes{}
	for i := range n {
		e := example(i)
		if e.Number, e.Prev = i, (tlog.Hash{}); i > 0 {
			e.Prev = LeafHash(entries[i-1])
		}
		entries = append(entries, e)
		store.stored = append(store.stored, front.Add(LeafHash(e))...)
	}
	return Head{Origin: origin, Size: front.Size, Root: front.Root()}, entries, store
}

// mth is MTH of RFC 6962 §2.1 over leaf hashes, written down a second time.
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

func flip(s string) string {
	b := []byte(s)
	b[len(b)-1] ^= 1
	return string(b)
}

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
