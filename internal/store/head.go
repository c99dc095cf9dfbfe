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
		err := r.c.one(`select hash from node where id = $1`, []any{id}, &b)
		if errors.Is(err, ethics.ErrNotFound) || err == nil && len(b) != tlog.HashSize {
			err = audit.ErrTampered // a node that is gone is not a thing that was not found
		}
		if err != nil {
			return nil, fmt.Errorf("node %d: %w", id, err)
		}
		copy(out[i][:], b)
	}
	return out, nil
}

// readHead reads and checks the signed head. known is the last head this process
// had seen when the transaction began: a head that is older, or does not extend
// it, means that the database went back or was forked, which is refused even
// though the log key signed it.
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
	found := &knownHead{head: head, signed: signed}
	if known == nil {
		return found, nil
	}
	return found, s.extends(known, found, c)
}

// extends proves that a head found in the database continues the known one, and
// remembers it. The writer's own heads are known by then, unless the reader was
// faster: so the proof is rare.
func (s *Store) extends(known, found *knownHead, c *conn) error {
	if newest := s.head.Load(); newest != nil && bytes.Equal(newest.signed, found.signed) {
		return nil
	}
	if err := audit.Extends(known.head, found.head, nodeReader{c}); err != nil {
		return err
	}
	s.head.CompareAndSwap(known, found)
	return nil
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
