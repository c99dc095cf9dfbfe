package audit

import (
	"math/bits"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

// TestFrontierIsRFC6962 grows a tree to 300 entries. At each size root and nodes are
// those of the tlog package and of the definition of RFC 6962 §2.1, and a frontier
// that is read back from the nodes goes on as the one that was followed.
func TestFrontierIsRFC6962(t *testing.T) {
	const sizes = 300
	var front Frontier
	var leaves []tlog.Hash
	store := &nodes{}
	for n := range int64(sizes) {
		same(t, n, front, leaves, store)
		record := []byte("record " + strconv.FormatInt(n, 10))
		want, err := tlog.StoredHashes(n, record, store)
		if err != nil {
			t.Fatal(err)
		}
		read, err := ReadFrontier(n, store)
		if err != nil {
			t.Fatalf("size %d: %v", n, err)
		}
		leaf := tlog.RecordHash(record)
		for name, f := range map[string]*Frontier{"followed": &front, "read back": &read} {
			if got := f.Add(leaf); !slices.Equal(got, want) {
				t.Fatalf("entry %d, %s: nodes %v, want %v", n, name, got, want)
			}
		}
		if read.Root() != front.Root() || read.Size != front.Size {
			t.Fatalf("entry %d: read back, the frontier goes on otherwise", n)
		}
		leaves, store.stored = append(leaves, leaf), append(store.stored, want...)
	}
	same(t, sizes, front, leaves, store)
}

func same(t *testing.T, n int64, front Frontier, leaves []tlog.Hash, store *nodes) {
	t.Helper()
	want, err := tlog.TreeHash(n, store)
	if err != nil || front.Size != n || front.Root() != want || want != mth(leaves) {
		t.Fatalf("size %d: another root than RFC 6962 (%v)", n, err)
	}
	if root, err := Root(n, store); err != nil || root != want {
		t.Fatalf("size %d: Root differs (%v)", n, err)
	}
	if count := tlog.StoredHashCount(n); int64(len(store.stored)) != count {
		t.Fatalf("%d nodes for %d entries, want %d", len(store.stored), n, count)
	}
}

// TestTreeIsRFC6962 grows any leaves in any groups, each as another process would
// that knows nothing but the stored nodes.
func TestTreeIsRFC6962(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		store := &nodes{}
		var leaves []tlog.Hash
		for range rapid.IntRange(1, 12).Draw(t, "transactions") {
			front, err := ReadFrontier(int64(len(leaves)), store)
			if err != nil {
				t.Fatal(err)
			}
			for range rapid.IntRange(0, 9).Draw(t, "entries") {
				leaf := tlog.RecordHash(rapid.SliceOfN(rapid.Byte(), 1, 8).Draw(t, "record"))
				leaves, store.stored = append(leaves, leaf), append(store.stored, front.Add(leaf)...)
			}
			if front.Size != int64(len(leaves)) || front.Root() != mth(leaves) {
				t.Fatalf("size %d: another root than RFC 6962", front.Size)
			}
			if want, err := tlog.TreeHash(front.Size, store); err != nil || want != front.Root() {
				t.Fatalf("size %d: tlog.TreeHash differs (%v)", front.Size, err)
			}
		}
	})
}

// TestReadingTheFrontierReadsNothingElse: of a thousand entries six nodes are read.
// Growing from there reads none.
func TestReadingTheFrontierReadsNothingElse(t *testing.T) {
	_, _, store := logOf(t, 1000)
	front, err := ReadFrontier(1000, store)
	if want := bits.OnesCount64(1000); err != nil || store.asked != want {
		t.Errorf("%v: read %d nodes, the frontier is %d", err, store.asked, want)
	}
	store.asked = 0
	for range 1000 {
		front.Add(tlog.Hash{1})
	}
	if front.Root(); store.asked != 0 {
		t.Errorf("growing read %d nodes", store.asked)
	}
	if _, err := ReadFrontier(1001, store); err == nil {
		t.Error("a frontier of more entries than there are")
	}
	if f, err := ReadFrontier(0, nil); err != nil || f.Root() != EmptyRoot() { // nothing is there to be asked
		t.Errorf("the empty tree: %v", err)
	}
}

// TestAChangedFrontierHasAnotherRoot: that is how who reads one sees it.
func TestAChangedFrontierHasAnotherRoot(t *testing.T) {
	head, _, store := logOf(t, 21)
	frontier := []int64{tlog.StoredHashIndex(4, 0), tlog.StoredHashIndex(2, 4), tlog.StoredHashIndex(0, 20)}
	for i := range store.stored {
		bad := store.clone()
		bad.stored[i][0] ^= 1
		f, err := ReadFrontier(head.Size, bad)
		if in := slices.Contains(frontier, int64(i)); err != nil || in == (f.Root() == head.Root) {
			t.Errorf("node %d changed (frontier: %v): %v", i, in, err)
		}
	}
	if f, err := ReadFrontier(head.Size-1, store); err != nil || f.Root() == head.Root {
		t.Errorf("the root of another size: %v", err)
	}
}

// TestCloneGrowsAlone: a transaction that is taken back leaves no entry behind.
func TestCloneGrowsAlone(t *testing.T) {
	for size := range 20 {
		var front Frontier
		var leaves []tlog.Hash
		for i := range size {
			leaf := tlog.Hash{byte(i)}
			front.Add(leaf)
			leaves = append(leaves, leaf)
		}
		group := front.Clone()
		for range 3 {
			group.Add(tlog.Hash{0xaa})
		}
		if front.Root() != mth(leaves) || front.Size != int64(size) {
			t.Errorf("size %d: a clone changed it", size)
		}
		taken := group.Root()
		front.Add(tlog.Hash{0xbb})
		if front.Root() != mth(append(slices.Clone(leaves), tlog.Hash{0xbb})) {
			t.Errorf("size %d: goes on with a clone's entries", size)
		}
		a := tlog.Hash{0xaa}
		if group.Root() != taken || taken != mth(append(slices.Clone(leaves), a, a, a)) {
			t.Errorf("size %d: the clone changed with it", size)
		}
	}
}
