package store

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
)

// closing is where the newest closing stands.
func (m *memory) closing() int64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.base
}

// closedState reads a stream's state as of the last closed day, and proves it, or
// that there is none, by the root of its bucket.
func closedState(c *conn, stream string, root tlog.Hash) (audit.State, error) {
	all, err := bucketRows(c, audit.Bucket(stream))
	if err != nil {
		return audit.State{}, err
	}
	if audit.BucketRoot(all) != root {
		return audit.State{}, fmt.Errorf("states of closed days: %w", audit.ErrTampered)
	}
	for _, s := range all {
		if s.Stream == stream {
			return s.State, nil
		}
	}
	return audit.State{}, nil
}

func bucketRows(c *conn, bucket int) ([]audit.StreamState, error) {
	var all []audit.StreamState
	err := c.each(`select stream, count, last from stream where bucket = $1 order by stream`, []any{bucket},
		func(scan func(...any) error) error {
			var s audit.StreamState
			var last []byte
			if err := scan(&s.Stream, &s.Count, &last); err != nil {
				return err
			}
			copy(s.Last[:], last)
			all = append(all, s)
			return nil
		})
	return all, err
}

// rootAt is the tree's root at a size that this process has followed.
func (m *memory) rootAt(size int64) (tlog.Hash, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if !m.covers(size) {
		return tlog.Hash{}, errSnapshot
	}
	if size == m.front.Size {
		return m.front.Root(), nil
	}
	f := m.baseFront.Clone()
	for _, leaf := range m.leaves[:size-m.base] {
		f.Add(leaf)
	}
	return f.Root(), nil
}
