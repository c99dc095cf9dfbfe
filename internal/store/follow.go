package store

import (
	"bytes"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// A process begins with the newest closed day, whose entry holds the root of the
// map of everything before it, and then follows every entry, its own and those of
// another server (sealing.md §12.2). What it has followed it knows to be whole: to
// read a stream it needs neither path nor index, only the stream's state.

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

// openedHead is a head whose signature was checked, with the bytes that were.
type openedHead struct {
	head   audit.Head
	signed []byte
}

// signedHead is the stored head, its signature checked. The same bytes are checked once.
func (s *Store) signedHead(c *conn) (audit.Head, []byte, error) {
	var size int64
	var signed []byte
	if err := c.one(`select size, note from tree_head where id = 1`, nil, &size, &signed); err != nil {
		return audit.Head{}, nil, fmt.Errorf("head: %w", err)
	}
	if s.verifier == nil {
		return audit.Head{}, nil, fmt.Errorf("head without a verifier: %w", ethics.ErrUnavailable)
	}
	opened := s.opened.Load()
	if opened == nil || !bytes.Equal(opened.signed, signed) {
		head, err := audit.OpenHead(signed, s.verifier)
		if err != nil {
			return head, signed, err
		}
		opened = &openedHead{head, signed}
		s.opened.Store(opened)
	}
	if opened.head.Size != size {
		return opened.head, signed, fmt.Errorf("head: %w", audit.ErrTampered)
	}
	return opened.head, signed, nil
}

// present is the head of this snapshot, followed. known is how far this process
// had followed when the snapshot was asked for: a shorter log went back, which is
// refused even though the log key signed it.
func (s *Store) present(c *conn, known int64) (audit.Head, []byte, error) {
	head, signed, err := s.signedHead(c)
	if err != nil {
		return head, nil, err
	}
	m := &s.memory
	m.mu.RLock()
	same := bytes.Equal(m.signed, signed)
	m.mu.RUnlock()
	switch {
	case same:
		return head, signed, nil
	case head.Size < known:
		return head, nil, fmt.Errorf("the log went back from %d to %d entries: %w", known, head.Size, audit.ErrTampered)
	case head.Size > m.size():
		if err := s.follow(c, head, signed); err != nil {
			return head, nil, err
		}
	}
	root, err := m.rootAt(head.Size)
	if err == nil && root != head.Root {
		err = fmt.Errorf("another log of %d entries: %w", head.Size, audit.ErrTampered)
	}
	return head, signed, err
}

// follow takes what came behind what is known, up to a head. Nothing is remembered
// of what does not fit.
func (s *Store) follow(c *conn, head audit.Head, signed []byte) error {
	s.following.Lock()
	defer s.following.Unlock()
	from := s.memory.edge() // the writer may go on meanwhile: all is held against this
	if from.front.Size >= head.Size {
		return nil // somebody was faster
	}
	entries, err := entriesFrom(c, from.front.Size, head.Size)
	if err != nil {
		return err
	}
	front := from.front.Clone()
	for _, e := range entries {
		front.Add(audit.LeafHash(e))
	}
	if front.Size != head.Size || front.Root() != head.Root {
		return fmt.Errorf("the entries up to %d give another root: %w", head.Size, audit.ErrTampered)
	}
	if n := lastClosing(entries); n >= 0 {
		if from, err = s.cross(c, from, entries[:n], entries[n]); err != nil {
			return err
		}
		entries = entries[n:]
	}
	before, err := s.chained(c, from, entries)
	if err != nil {
		return err
	}
	s.memory.takeAll(entries, before, signed)
	return nil
}

// entriesFrom reads the entries from one index up to another.
func entriesFrom(c *conn, from, to int64) ([]audit.Entry, error) {
	var out []audit.Entry
	err := c.each(entryColumns+`where idx >= $1 and idx < $2 order by idx`, []any{from, to},
		func(scan func(...any) error) error {
			e, err := scanEntry(scan)
			if err != nil {
				return err
			}
			if e.Index != from+int64(len(out)) {
				return fmt.Errorf("entry %d is gone: %w", from+int64(len(out)), audit.ErrTampered)
			}
			out = append(out, e)
			return nil
		})
	if err == nil && int64(len(out)) != to-from {
		err = fmt.Errorf("entry %d is gone: %w", from+int64(len(out)), audit.ErrTampered)
	}
	return out, err
}

func lastClosing(entries []audit.Entry) int {
	for n := len(entries) - 1; n >= 0; n-- {
		if entries[n].Stream == ethics.StreamDays && entries[n].Kind == record.KindDayClosed {
			return n
		}
	}
	return -1
}

// chained holds entries against the streams they stand in, and gives the state of
// each stream before the first of them. Bodies must be whole: what is erased goes
// with the next closing.
func (s *Store) chained(c *conn, from edge, entries []audit.Entry) (before map[string]audit.State, err error) {
	before = map[string]audit.State{}
	now, day := map[string]audit.State{}, from.day
	for _, e := range entries {
		st, known := now[e.Stream]
		if !known {
			if st, err = s.memory.state(c, from.era, e.Stream, from.front.Size); err != nil {
				return nil, err
			}
			before[e.Stream] = st
		}
		if now[e.Stream], err = next(e, st, day); err != nil {
			return nil, err
		}
		if e.Erased() {
			return nil, fmt.Errorf("entry %d has no body: %w", e.Index, audit.ErrTampered)
		}
		day = e.Day
	}
	return before, nil
}

// next is the state of a stream with one more entry, which must follow.
func next(e audit.Entry, st audit.State, day ethics.Day) (audit.State, error) {
	err := record.Stands(e)
	switch {
	case err != nil:
	case e.Number != st.Count || e.Prev != st.Last:
		err = fmt.Errorf("entry %d does not follow in %s: %w", e.Index, e.Stream, audit.ErrTampered)
	case !e.Erased() && !e.Whole():
		err = fmt.Errorf("entry %d has another body: %w", e.Index, audit.ErrTampered)
	case e.Day < day:
		err = fmt.Errorf("entry %d is of an earlier day: %w", e.Index, audit.ErrTampered)
	}
	return audit.State{Count: st.Count + 1, Last: audit.LeafHash(e)}, err
}

// cross goes over a closing that another server made: the new map must be the one
// that this process knew, with the entries since and nothing else. Bodies of what
// was erased may be gone already; where none is, the counters follow from them too.
func (s *Store) cross(c *conn, from edge, old []audit.Entry, closing audit.Entry) (edge, error) {
	m := &s.memory
	grown, count := m.grownAt(from.era, from.front.Size), m.countersAt(from.era, from.front.Size)
	blank := false
	for _, e := range old {
		p, known := grown[e.Stream]
		if !known { // what it claims to follow is proven by the map that was known
			p.before = audit.State{Count: e.Number, Last: e.Prev}
			if e.Number == 0 {
				p.before = audit.State{}
			}
			p.now = p.before
		}
		var err error
		if p.now, err = next(e, p.now, from.day); err != nil {
			return from, err
		}
		grown[e.Stream] = p
		from.front.Add(p.now.Last)
		from.day = e.Day
		count.Add(record.Counted(e))
		blank = blank || e.Erased()
	}
	buckets, counters, err := readClosing(c, closing)
	if err != nil {
		return from, err
	}
	if err := onlyGrew(c, from.era.buckets, buckets, grown); err != nil {
		return from, fmt.Errorf("the map of %s: %w", closing.Day, err)
	}
	if !blank && !bytes.Equal(counters.Bytes(), count.Bytes()) {
		return from, fmt.Errorf("the counters of %s are not what was counted: %w", closing.Day, audit.ErrTampered)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.front.Size <= closing.Index { // else the writer was faster, it has crossed
		m.beginEra(closing.Index, from.front, buckets, counters)
		m.day = from.day
	}
	from.era = m.era
	return from, nil
}

// onlyGrew proves that a map is an older one in which these streams grew. The states
// that stand in the table are the new map's; with what grew taken back they must give
// the old one.
func onlyGrew(c *conn, old, now audit.Map, grown map[string]reach) error {
	touched := map[int]int{} // how many grew
	for stream := range grown {
		touched[audit.Bucket(stream)]++
	}
	for bucket := range audit.Buckets {
		if touched[bucket] == 0 && now.Of(bucket) != old.Of(bucket) {
			return fmt.Errorf("bucket %d is another, and nothing in it grew: %w", bucket, audit.ErrTampered)
		}
	}
	for bucket, found := range touched {
		all, err := bucketRows(c, bucket)
		if err != nil {
			return err
		}
		if audit.BucketRoot(all) != now.Of(bucket) {
			return fmt.Errorf("states of closed days: %w", audit.ErrTampered)
		}
		var then []audit.StreamState
		for _, st := range all {
			if p, grew := grown[st.Stream]; grew {
				if found--; st.State != p.now {
					return fmt.Errorf("%s is another: %w", st.Stream, audit.ErrTampered)
				}
				st.State = p.before
			}
			if st.Count != 0 {
				then = append(then, st)
			}
		}
		if found != 0 || audit.BucketRoot(then) != old.Of(bucket) {
			return fmt.Errorf("bucket %d was another: %w", bucket, audit.ErrTampered)
		}
	}
	return nil
}
