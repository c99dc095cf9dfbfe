package audit

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

var (
	// ErrTampered says that what is stored is not what stood under the signed
	// head: an entry, a node or a whole tree was changed.
	ErrTampered = errors.New("audit: the record differs from its signed head")
	// ErrBeyond says that an entry's index is not under the given head.
	ErrBeyond = errors.New("audit: the entry is not under this head")
)

// Root is the root of the tree of the first n entries; r is asked once, for at
// most 1 + log₂ n nodes. The tree of no entries has the root SHA-256("").
func Root(n int64, r tlog.HashReader) (tlog.Hash, error) {
	if n < 0 {
		return tlog.Hash{}, fmt.Errorf("audit: root of %d entries", n)
	}
	root, err := tlog.TreeHash(n, r)
	if err != nil {
		return tlog.Hash{}, fmt.Errorf("audit: root of %d entries: %w", n, err)
	}
	return root, nil
}

// Verify says whether e is the entry that stands at its index under head, from
// the stored nodes: one hash of the entry and at most log₂ n nodes. The errors
// are [ErrBeyond], [ErrTampered] (entry or nodes were changed) and r's own.
func Verify(head Head, e Entry, r tlog.HashReader) error {
	index, leaf := e.Index, LeafHash(e)
	if index < 0 || index >= head.Size {
		return fmt.Errorf("%w: entry %d, size %d", ErrBeyond, index, head.Size)
	}
	path, err := tlog.ProveRecord(head.Size, index, r)
	if err != nil {
		return fmt.Errorf("audit: read the path of entry %d: %w", index, err)
	}
	if err := tlog.CheckRecord(path, head.Size, head.Root, index, leaf); err != nil {
		return fmt.Errorf("%w: entry %d under size %d: %w", ErrTampered, index, head.Size, err)
	}
	return nil
}

// Extends says whether the tree under newer begins with the tree under older,
// from the stored nodes (RFC 6962 §2.1.2). It is how a kept checkpoint is held
// against the log of today. Its errors are [ErrTampered] and r's own.
func Extends(older, newer Head, r tlog.HashReader) error {
	switch {
	case older.Origin != newer.Origin:
		return fmt.Errorf("%w: heads of two logs, %q and %q", ErrTampered, older.Origin, newer.Origin)
	case older.Size < 0 || older.Size > newer.Size:
		return fmt.Errorf("%w: the log went back from %d to %d entries", ErrTampered, older.Size, newer.Size)
	}
	if older.Size == 0 { // RFC 6962 knows no proof from the empty tree: all trees extend it
		if empty, err := Root(0, r); err != nil || empty != older.Root {
			return fmt.Errorf("%w: the empty log has another root", ErrTampered)
		}
		return nil
	}
	path, err := tlog.ProveTree(newer.Size, older.Size, r)
	if err != nil {
		return fmt.Errorf("audit: read the path from size %d to %d: %w", older.Size, newer.Size, err)
	}
	if err := tlog.CheckTree(path, newer.Size, newer.Root, older.Size, older.Root); err != nil {
		return fmt.Errorf("%w: size %d does not begin with size %d: %w", ErrTampered, newer.Size, older.Size, err)
	}
	return nil
}
