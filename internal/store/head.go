package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// nodeReader reads the tree's nodes for tlog.
type nodeReader struct{ c *conn }

// ReadHashes implements tlog.HashReader.
func (r nodeReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, id := range indexes {
		var b []byte
		if err := r.c.one(`select hash from node where id = $1`, []any{id}, &b); err != nil {
			return nil, fmt.Errorf("node %d: %w", id, err)
		}
		if len(b) != tlog.HashSize {
			return nil, fmt.Errorf("node %d: %w", id, audit.ErrTampered)
		}
		copy(out[i][:], b)
	}
	return out, nil
}

// readHead reads and checks the signed head. known is the last head this process
// had seen when the transaction began: a head older than that means that the
// database went back, which is refused.
func (s *Store) readHead(c *conn, known *knownHead) (*knownHead, error) {
	var size int64
	var signed []byte
	if err := c.one(`select size, note from tree_head where id = 1`, nil, &size, &signed); err != nil {
		return nil, fmt.Errorf("head: %w", err)
	}
	if known != nil && bytes.Equal(known.signed, signed) && known.head.Size == size {
		return known, nil
	}
	if s.verifier == nil {
		return nil, fmt.Errorf("head without a verifier: %w", ethics.ErrUnavailable)
	}
	head, err := audit.OpenHead(signed, s.verifier)
	if err != nil {
		return nil, err
	}
	if head.Size != size {
		return nil, fmt.Errorf("head: %w", audit.ErrTampered)
	}
	if known != nil && head.Size < known.head.Size {
		return nil, fmt.Errorf("the database went back from %d to %d entries: %w", known.head.Size, head.Size, audit.ErrTampered)
	}
	return &knownHead{head: head, signed: signed}, nil
}

// loadHead remembers the head found at start. A database that was not set up
// yet has none.
func (s *Store) loadHead(ctx context.Context) error {
	return s.Read(ctx, func(tx *ReadTx) error {
		known, err := s.readHead(tx.c, nil)
		if errors.Is(err, ethics.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		s.head.Store(known)
		return nil
	})
}
