package audit

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Frontier holds the roots of the complete subtrees of a growing tree, the
// largest first: all that is needed to compute every node and any root once. The
// zero value is the empty tree.
type Frontier struct {
	Size  int64
	roots []tlog.Hash
}

// ReadFrontier reads the frontier of the first size leaves from stored nodes, at
// most log₂ n of them. It proves nothing: hold its Root against a signed one.
func ReadFrontier(size int64, r tlog.HashReader) (Frontier, error) {
	f := Frontier{Size: size}
	var indexes []int64
	for level, done := 62, int64(0); level >= 0; level-- {
		if size>>level&1 == 1 {
			indexes = append(indexes, tlog.StoredHashIndex(level, done>>level))
			done += 1 << level
		}
	}
	if len(indexes) == 0 {
		return f, nil
	}
	var err error
	if f.roots, err = r.ReadHashes(indexes); err != nil {
		return f, fmt.Errorf("audit: frontier of %d entries: %w", size, err)
	}
	return f, nil
}

// Add appends a leaf and gives the nodes that it completes, in stored order.
func (f *Frontier) Add(leaf tlog.Hash) []tlog.Hash {
	nodes := []tlog.Hash{leaf}
	h := leaf
	for n := f.Size; n&1 == 1; n >>= 1 {
		h = tlog.NodeHash(f.roots[len(f.roots)-1], h)
		f.roots = f.roots[:len(f.roots)-1]
		nodes = append(nodes, h)
	}
	f.roots = append(f.roots, h)
	f.Size++
	return nodes
}

// Root is the tree's root now.
func (f *Frontier) Root() tlog.Hash {
	if f.Size == 0 {
		return emptyRoot
	}
	h := f.roots[len(f.roots)-1]
	for i := len(f.roots) - 2; i >= 0; i-- {
		h = tlog.NodeHash(f.roots[i], h)
	}
	return h
}

// Clone is a frontier that grows on its own.
func (f *Frontier) Clone() Frontier {
	return Frontier{Size: f.Size, roots: append([]tlog.Hash(nil), f.roots...)}
}
