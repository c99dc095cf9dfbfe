package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// readClosing is the map and the counters that a closing's entry names.
func readClosing(c *conn, closing audit.Entry) (audit.Map, record.Counters, error) {
	if !closing.Whole() {
		return nil, nil, fmt.Errorf("entry %d has another body: %w", closing.Index, audit.ErrTampered)
	}
	if err := record.Stands(closing); err != nil {
		return nil, nil, err
	}
	counters, err := record.ParseCounters(closing.FactOf(record.FactCounters))
	if err != nil {
		return nil, nil, err
	}
	buckets, err := readBuckets(c)
	if err != nil {
		return nil, nil, err
	}
	root := buckets.Root()
	if !bytes.Equal(root[:], closing.FactOf(record.FactMap)) {
		return nil, nil, fmt.Errorf("the map of %s has another root: %w", closing.Day, audit.ErrTampered)
	}
	return buckets, counters, nil
}

// blockSize is how many bucket roots one row holds.
const blockSize = 256

func readBuckets(c *conn) (audit.Map, error) {
	out, empty := audit.Map{}, audit.EmptyRoot()
	err := c.each(`select block, roots from bucket`, nil, func(scan func(...any) error) error {
		var block int
		var roots []byte
		if err := scan(&block, &roots); err != nil {
			return err
		}
		if block < 0 || block >= audit.Buckets/blockSize || len(roots) != blockSize*tlog.HashSize {
			return fmt.Errorf("bucket roots: %w", audit.ErrTampered)
		}
		for n := range blockSize {
			if h := tlog.Hash(roots[n*tlog.HashSize : (n+1)*tlog.HashSize]); h != empty {
				out[block*blockSize+n] = h
			}
		}
		return nil
	})
	return out, err
}

// begin proves what the process starts from: the newest closing under its own
// checkpoint, and everything since, up to the head. A database that was not set up
// yet has no head.
func (s *Store) begin() error {
	s.memory.beginEra(0, audit.Frontier{}, audit.Map{}, record.Counters{})
	c := <-s.pool
	defer func() { s.pool <- c }()
	if err := c.run("begin"); err != nil {
		return err
	}
	defer func() { _ = c.run("rollback") }()
	head, signed, err := s.signedHead(c)
	if errors.Is(err, ethics.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.fromClosing(c, head); err != nil {
		return err
	}
	return s.follow(c, head, signed)
}

// Extends refuses a database that does not extend a checkpoint which somebody kept,
// this server in keys/head among them: it is an older one put back.
func (s *Store) Extends(ctx context.Context, kept []byte) error {
	old, err := audit.OpenHead(kept, s.verifier)
	if err != nil {
		return err
	}
	return s.Read(ctx, func(tx *ReadTx) error {
		head, _, err := tx.Head()
		if err != nil {
			return err
		}
		return audit.Extends(old, head, nodeReader{tx.c})
	})
}

// fromClosing begins with the newest checkpoint, whose last entry is the closing.
// Before the first one the whole log is followed.
func (s *Store) fromClosing(c *conn, head audit.Head) error {
	var cp Checkpoint
	err := c.one(`select day, size, note from checkpoint order by day desc limit 1`, nil, &cp.Day, &cp.Size, &cp.Note)
	if errors.Is(err, ethics.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	closed, err := audit.OpenHead(cp.Note, s.verifier)
	if err != nil {
		return fmt.Errorf("checkpoint %s: %w", cp.Day, err)
	}
	if closed.Size < 1 || closed.Size > head.Size {
		return fmt.Errorf("checkpoint %s of %d entries, the log has %d: %w", cp.Day, closed.Size,
			head.Size, audit.ErrTampered)
	}
	front, err := audit.ReadFrontier(closed.Size-1, nodeReader{c})
	if err != nil {
		return err
	}
	entries, err := entriesFrom(c, closed.Size-1, closed.Size)
	if err != nil {
		return err
	}
	at := front.Clone()
	at.Add(audit.LeafHash(entries[0]))
	if at.Root() != closed.Root || lastClosing(entries) != 0 {
		return fmt.Errorf("checkpoint %s does not end with its closing: %w", cp.Day, audit.ErrTampered)
	}
	buckets, counters, err := readClosing(c, entries[0])
	if err != nil {
		return err
	}
	s.memory.beginEra(closed.Size-1, front, buckets, counters)
	return nil
}
