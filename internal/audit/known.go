package audit

import (
	"fmt"
	"sync"

	"golang.org/x/mod/sumdb/tlog"
)

// knownLimit bounds the memory of a [Known] to about 4 MiB.
const knownLimit = 1 << 16

// Known remembers the leaf hashes that were proven under a head of one log, so
// that checking an entry again costs one hash and reads nothing. The tree only
// grows: what stood at an index under one head stands there under every later
// head of the same origin. So the heads that a caller passes must be ones it
// opened and that extend one another; a head of another origin (a new
// generation) starts an empty memory.
//
// The zero value is ready; it is safe for many goroutines.
type Known struct {
	mu     sync.Mutex
	origin string
	leaves map[int64]tlog.Hash
}

// Check is [Verify] with memory, and has its errors.
func (k *Known) Check(head Head, e Entry, r tlog.HashReader) error {
	leaf := LeafHash(e)
	if e.Index < 0 || e.Index >= head.Size {
		return fmt.Errorf("%w: entry %d, size %d", ErrBeyond, e.Index, head.Size)
	}
	if known, ok := k.get(head.Origin, e.Index); ok {
		if known != leaf {
			return fmt.Errorf("%w: entry %d is not the one proven before", ErrTampered, e.Index)
		}
		return nil
	}
	if err := verifyLeaf(head, e.Index, leaf, r); err != nil {
		return err
	}
	k.put(head.Origin, e.Index, leaf)
	return nil
}

func (k *Known) get(origin string, index int64) (tlog.Hash, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.origin != origin {
		return tlog.Hash{}, false
	}
	h, ok := k.leaves[index]
	return h, ok
}

func (k *Known) put(origin string, index int64, leaf tlog.Hash) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.leaves == nil || k.origin != origin {
		k.origin, k.leaves = origin, map[int64]tlog.Hash{}
	}
	if len(k.leaves) >= knownLimit {
		for i := range k.leaves { // any one: forgetting costs a proof, nothing else
			delete(k.leaves, i)
			break
		}
	}
	k.leaves[index] = leaf
}
