package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"sort"

	"golang.org/x/mod/sumdb/tlog"
)

// The map (sealing.md §12.2): the state of every stream under one root, so that a
// start proves in one look that nothing is missing. Places are fixed, by the
// stream's hash, so adding a stream moves no other.

// Buckets is how many there are.
const Buckets = 1 << 16

// emptyRoot is the root of the tree of no leaves (RFC 6962 §2.1).
var emptyRoot = tlog.Hash(sha256.Sum256(nil))

// EmptyRoot is the root of a tree, or bucket, of nothing.
func EmptyRoot() tlog.Hash { return emptyRoot }

// State is how far a stream has come: how many entries it has, and the leaf of the
// last. Who knows it needs neither path nor index to read the stream.
type State struct {
	Count int64
	Last  tlog.Hash
}

// StreamState is a record of a bucket.
type StreamState struct {
	Stream string
	State
}

// Bucket is where a stream stands: the first 16 bits of its SHA-256.
func Bucket(stream string) int {
	h := sha256.Sum256([]byte(stream))
	return int(binary.BigEndian.Uint16(h[:2]))
}

// BucketRoot is the RFC 6962 root over a bucket's records, in the order of their
// streams.
func BucketRoot(records []StreamState) tlog.Hash {
	sort.Slice(records, func(i, j int) bool { return records[i].Stream < records[j].Stream })
	var f Frontier
	for _, r := range records {
		b := appendIndex(appendString(nil, r.Stream), r.Count)
		f.Add(tlog.RecordHash(append(b, r.Last[:]...)))
	}
	return f.Root()
}

// Map holds the roots of the buckets that have one. The zero value is the map of
// no streams.
type Map map[int]tlog.Hash

// Of is a bucket's root.
func (m Map) Of(bucket int) tlog.Hash {
	if root, ok := m[bucket]; ok {
		return root
	}
	return emptyRoot
}

// Root is the RFC 6962 root over all bucket roots, in order.
func (m Map) Root() tlog.Hash {
	places := make([]int, 0, len(m))
	for b := range m {
		places = append(places, b)
	}
	sort.Ints(places)
	return m.over(places, 16, 0)
}

// empties are the roots of subtrees of empty buckets, by level.
var empties = func() (out [17]tlog.Hash) {
	out[0] = tlog.RecordHash(emptyRoot[:])
	for i := range out[1:] {
		out[i+1] = tlog.NodeHash(out[i], out[i])
	}
	return out
}()

// over is the root of the 2^level buckets from first on; places are those of them
// that are not empty, in order.
func (m Map) over(places []int, level, first int) tlog.Hash {
	if len(places) == 0 {
		return empties[level]
	}
	if level == 0 {
		root := m[first]
		return tlog.RecordHash(root[:])
	}
	half := first + 1<<(level-1)
	cut := sort.SearchInts(places, half)
	return tlog.NodeHash(m.over(places[:cut], level-1, first), m.over(places[cut:], level-1, half))
}
