package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// statesOf are made-up states of n streams.
func statesOf(n int) map[string]State {
	out := map[string]State{}
	for i := range n {
		last := sha256.Sum256([]byte{byte(i), byte(i >> 8)})
		out[fmt.Sprintf("case/%d", i)] = State{Count: int64(i) + 1, Last: last}
	}
	return out
}

// inBuckets are the streams' records, by bucket.
func inBuckets(states map[string]State) map[int][]StreamState {
	out := map[int][]StreamState{}
	for stream, st := range states {
		out[Bucket(stream)] = append(out[Bucket(stream)], StreamState{stream, st})
	}
	return out
}

func mapOf(states map[string]State) Map {
	m := Map{}
	for b, records := range inBuckets(states) {
		m[b] = BucketRoot(records)
	}
	return m
}

// plainRoot is the map's root after the text of sealing.md §12.2, with none of what
// Map does to be quick: all 65,536 buckets, one after another.
func plainRoot(states map[string]State) tlog.Hash {
	streams := slices.Sorted(maps.Keys(states))
	records := make([][]tlog.Hash, 1<<16)
	for _, s := range streams {
		sum := sha256.Sum256([]byte(s))
		b, _ := strconv.ParseUint(hex.EncodeToString(sum[:])[:4], 16, 16)
		st := states[s]
		count, _ := hex.DecodeString(fmt.Sprintf("%016x", st.Count))
		records[b] = append(records[b], tlog.RecordHash([]byte(len32(s)+string(count)+string(st.Last[:]))))
	}
	roots := make([]tlog.Hash, len(records))
	for b := range records {
		root := mth(records[b])
		roots[b] = tlog.RecordHash(root[:])
	}
	return mth(roots)
}

// TestMapIsRFC6962 compares with the plain computation: of no stream, one, two in
// one bucket, and many.
func TestMapIsRFC6962(t *testing.T) {
	for name, states := range map[string]map[string]State{
		"no stream": {}, "one stream": statesOf(1), "two in a bucket": neighbours(t), "many streams": statesOf(3000),
	} {
		if got, want := mapOf(states).Root(), plainRoot(states); got != want {
			t.Errorf("%s: root %s, want %s", name, got, want)
		}
	}
	if got := Map(nil).Root(); got != (Map{}).Root() {
		t.Errorf("the zero map has the root %s", got)
	}
	// The first and last bucket, and beside each other across the middle.
	for _, places := range [][]int{{0}, {Buckets - 1}, {0, Buckets - 1}, {Buckets/2 - 1, Buckets / 2}, {1, 2, 3}} {
		m, roots := Map{}, make([]tlog.Hash, Buckets)
		for i := range roots {
			empty := EmptyRoot()
			roots[i] = tlog.RecordHash(empty[:])
		}
		for _, p := range places {
			m[p] = tlog.Hash{byte(p), 1}
			root := m[p]
			roots[p] = tlog.RecordHash(root[:])
		}
		if m.Root() != mth(roots) {
			t.Errorf("buckets %v: another root than RFC 6962", places)
		}
	}
}

// neighbours are three streams, two of which share a bucket.
func neighbours(t *testing.T) map[string]State {
	t.Helper()
	seen := map[int]string{}
	for i := range 10_000 {
		stream := "case/" + strconv.Itoa(i)
		if other, ok := seen[Bucket(stream)]; ok {
			return map[string]State{stream: {1, tlog.Hash{1}}, other: {2, tlog.Hash{2}}, "days": {3, tlog.Hash{3}}}
		}
		seen[Bucket(stream)] = stream
	}
	t.Fatal("no two streams of 10,000 share a bucket")
	return nil
}

func TestAnEmptyBucketIsAsNone(t *testing.T) {
	m := mapOf(statesOf(3))
	root := m.Root()
	for _, b := range []int{0, 17, Buckets - 1} {
		m[b] = BucketRoot(nil)
	}
	if m.Root() != root {
		t.Error("a bucket without streams changes the map")
	}
	if m.Of(1) != EmptyRoot() || m.Of(0) != EmptyRoot() || EmptyRoot() != tlog.Hash(sha256.Sum256(nil)) {
		t.Error("the root of an empty bucket is not that of nothing")
	}
	b := Bucket("case/1")
	if m.Of(b) != BucketRoot([]StreamState{{"case/1", statesOf(3)["case/1"]}}) {
		t.Error("a bucket has another root than its streams")
	}
}

func TestOrderOfRecordsDoesNotMatter(t *testing.T) {
	var records []StreamState
	for stream, st := range statesOf(40) {
		records = append(records, StreamState{stream, st})
	}
	slices.SortFunc(records, func(a, b StreamState) int { return strings.Compare(a.Stream, b.Stream) })
	root := BucketRoot(slices.Clone(records))
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		r.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		if BucketRoot(slices.Clone(records)) != root {
			t.Fatal("another order, another root")
		}
	}
}

// TestAnyChangeOfAStateIsAnotherMap: also in a bucket that a second stream shares.
func TestAnyChangeOfAStateIsAnotherMap(t *testing.T) {
	seen := map[tlog.Hash]string{}
	add := func(name string, states map[string]State) {
		t.Helper()
		root := mapOf(states).Root()
		if other, ok := seen[root]; ok {
			t.Errorf("%s has the map of %s", name, other)
		}
		seen[root] = name
	}
	base := neighbours(t)
	add("unchanged", base)
	add("nothing", nil)
	streams := slices.Sorted(maps.Keys(base))
	for n, stream := range streams {
		for name, change := range map[string]func(m map[string]State, st State){
			"count":          func(m map[string]State, st State) { st.Count++; m[stream] = st },
			"high count":     func(m map[string]State, st State) { st.Count ^= 1 << 62; m[stream] = st },
			"leaf":           func(m map[string]State, st State) { st.Last[31] ^= 1; m[stream] = st },
			"gone":           func(m map[string]State, _ State) { delete(m, stream) },
			"another name":   func(m map[string]State, st State) { delete(m, stream); m[flip(stream)+"x"] = st },
			"a longer name":  func(m map[string]State, st State) { delete(m, stream); m[stream+"\x00"] = st },
			"begun at none":  func(m map[string]State, _ State) { m[stream] = State{} },
			"one beside":     func(m map[string]State, st State) { m[stream+"/more"] = st },
			"state of other": func(m map[string]State, st State) { o := streams[(n+1)%3]; m[stream], m[o] = m[o], st },
		} {
			states := maps.Clone(base)
			change(states, states[stream])
			add(name+" of "+stream, states)
		}
	}
	// The same records in another bucket, and names within one bucket.
	m, b := mapOf(base), Bucket("days")
	moved := maps.Clone(m)
	moved[b^1] = moved[b]
	delete(moved, b)
	if moved.Root() == m.Root() {
		t.Error("a stream in another bucket has the same map")
	}
	one := BucketRoot([]StreamState{{"a", State{1, tlog.Hash{1}}}, {"b", State{2, tlog.Hash{2}}}})
	if BucketRoot([]StreamState{{"b", State{1, tlog.Hash{1}}}, {"a", State{2, tlog.Hash{2}}}}) == one {
		t.Error("two streams that changed their names have the same bucket")
	}
}
