package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// closed is a day's closing as one transaction makes it.
type closed struct {
	day      ethics.Day
	front    audit.Frontier // before the closing's entry
	buckets  audit.Map
	counters record.Counters
}

// MakeCheckpoint closes a day: filler entries bring the growth since the last
// closing to 64, 256, 1,024, …; the map of every stream's state, the counters and
// the checkpoint before are named in the last entry, and the head with it is the
// day's checkpoint. All of it is one transaction, so no other entry comes between
// and makes the published size tell. Made twice for a day, the second changes
// nothing. Before the founding there is nothing to close. Whoever keeps the
// checkpoint keeps the whole map.
func (s *Store) MakeCheckpoint(ctx context.Context, day ethics.Day) error {
	if s.signer == nil {
		return fmt.Errorf("no log key: %w", ethics.ErrUnavailable)
	}
	return s.submit(&call{ctx: ctx, closes: day, answer: make(chan error, 1)})
}

// close is MakeCheckpoint's part inside the transaction.
func (g *grouped) close(day ethics.Day) error {
	m := &g.s.memory
	last, before := m.closing(), []byte{}
	if done, err := m.closedDay(g.c); err != nil || done >= day || g.size() == 0 {
		return err
	}
	if last > 0 { // the closing is the last entry under the checkpoint before
		var note []byte
		if err := g.c.one(`select note from checkpoint where size = $1`, []any{last + 1}, &note); err != nil {
			return fmt.Errorf("checkpoint of %d entries: %w", last+1, err)
		}
		sum := sha256.Sum256(note)
		last, before = last+1, sum[:]
	}
	on, err := g.closing(day)
	if err != nil {
		return err
	}
	for range audit.Fillers(g.size() + 1 - last) {
		b := audit.Body{ID: uuid.NewString(), Kind: audit.KindFiller, Actor: ethics.ActorSystem}
		if err := g.append(ethics.StreamFiller, on, b); err != nil {
			return fmt.Errorf("filler entry: %w", err)
		}
	}
	if err := g.blank(); err != nil {
		return err
	}
	c := &closed{day: day, front: g.front(), counters: m.countersAt(m.present(), g.head.Size)}
	for _, e := range g.entries {
		c.front.Add(audit.LeafHash(e))
	}
	if c.buckets, err = g.storeStates(); err != nil {
		return err
	}
	root := c.buckets.Root()
	g.closed = c
	return g.append(ethics.StreamDays, on, audit.Body{
		ID: uuid.NewString(), Kind: record.KindDayClosed, Actor: ethics.ActorSystem,
		Facts: []audit.Fact{
			{Name: record.FactMap, Value: root[:]},
			{Name: record.FactCounters, Value: c.counters.Bytes()},
			{Name: record.FactBefore, Value: before},
			{Name: record.FactDay, Value: []byte(day)},
		},
	})
}

// closedDay is the day that was closed last, "" before the first: as its entry says it.
// A checkpoint of a day to come, put there by hand, stops no closing.
func (m *memory) closedDay(c *conn) (ethics.Day, error) {
	at := m.closing()
	if at == 0 {
		return "", nil
	}
	entries, err := entriesFrom(c, at, at+1)
	if err != nil {
		return "", err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	if e := entries[0]; !e.Whole() || audit.LeafHash(e) != m.leaves[0] {
		return "", fmt.Errorf("entry %d, which closed a day: %w", at, audit.ErrTampered)
	}
	return string(entries[0].FactOf(record.FactDay)), nil
}

// storeStates writes how far each stream has come that grew since the last
// closing, and the roots of their buckets.
func (g *grouped) storeStates() (audit.Map, error) {
	m := &g.s.memory
	grown := map[string]audit.State{}
	buckets := audit.Map{}
	m.mu.RLock()
	for bucket, root := range m.buckets {
		buckets[bucket] = root
	}
	for stream, x := range m.grown {
		n := len(x.places)
		grown[stream] = audit.State{Count: x.before.Count + int64(n), Last: m.leaves[x.places[n-1]-m.base]}
	}
	m.mu.RUnlock()
	for stream, p := range g.now {
		grown[stream] = p.now
	}
	touched := map[int][]string{}
	for stream := range grown {
		b := audit.Bucket(stream)
		touched[b] = append(touched[b], stream)
	}
	blocks := map[int]bool{}
	for bucket, streams := range touched {
		all, err := bucketRows(g.c, bucket)
		if err != nil {
			return nil, err
		}
		if audit.BucketRoot(all) != buckets.Of(bucket) {
			return nil, fmt.Errorf("states of closed days: %w", audit.ErrTampered)
		}
		for _, stream := range streams {
			st := grown[stream]
			err := g.c.run(`insert into stream (bucket, stream, count, last) values ($1, $2, $3, $4)
				on conflict (bucket, stream) do update set count = excluded.count, last = excluded.last`,
				bucket, stream, st.Count, st.Last[:])
			if err != nil {
				return nil, err
			}
		}
		if all, err = bucketRows(g.c, bucket); err != nil {
			return nil, err
		}
		buckets[bucket] = audit.BucketRoot(all)
		blocks[bucket/blockSize] = true
	}
	return buckets, g.storeBlocks(buckets, blocks)
}

func (g *grouped) storeBlocks(buckets audit.Map, blocks map[int]bool) error {
	for block := range blocks {
		roots := make([]byte, 0, blockSize*tlog.HashSize)
		for n := range blockSize {
			h := buckets.Of(block*blockSize + n)
			roots = append(roots, h[:]...)
		}
		err := g.c.run(`insert into bucket (block, roots) values ($1, $2)
			on conflict (block) do update set roots = excluded.roots`, block, roots)
		if err != nil {
			return err
		}
	}
	return nil
}

// blank takes the bodies of what was erased since the last closing: until now a
// start had to count them, from now on the closing's counters do.
func (g *grouped) blank() error {
	m := &g.s.memory
	m.mu.RLock()
	defer m.mu.RUnlock()
	for stream, number := range m.erased {
		if err := blankBodies(g.c, stream, number); err != nil {
			return err
		}
		g.s.leaving.Store(true)
	}
	return nil
}

// blankBodies erases the bodies of a stream's entries up to a number. The frames
// stay, and the tree with them.
func blankBodies(c *conn, stream string, below int64) error {
	return c.run(`update entry set kind = '', actor = '', body = x'', blinding = x'' where stream = $1 and number < $2`,
		stream, below)
}

// keep stores the day's checkpoint: the head whose last entry is the closing.
func (g *grouped) keep(head audit.Head, signed []byte) error {
	return g.c.run(`insert into checkpoint (day, size, note) values ($1, $2, $3)`, g.closed.day, head.Size, signed)
}

// crossed begins the process's memory anew behind a closing that it made.
func (g *grouped) crossed(signed []byte) {
	m := &g.s.memory
	closing := g.entries[len(g.entries)-1]
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.front.Size > closing.Index {
		return // a reader was faster
	}
	before := map[string]audit.State{closing.Stream: g.now[closing.Stream].before}
	m.beginEra(closing.Index, g.closed.front, g.closed.buckets, g.closed.counters)
	m.take(closing, before)
	m.signed = signed
}

// LastCheckpoint is the newest, whose last entry is the closing that this state stands
// on; ErrNotFound before the first.
func (tx *ReadTx) LastCheckpoint() (Checkpoint, error) {
	var c Checkpoint
	if _, _, err := tx.Head(); err != nil {
		return c, err
	}
	err := tx.c.one(`select day, size, note from checkpoint order by size desc limit 1`, nil, &c.Day, &c.Size, &c.Note)
	if errors.Is(err, ethics.ErrNotFound) && tx.era.base == 0 {
		return c, err
	}
	if err != nil {
		return c, fmt.Errorf("newest checkpoint: %w: %s", audit.ErrTampered, err)
	}
	head, err := audit.OpenHead(c.Note, tx.s.verifier)
	if err != nil {
		return c, fmt.Errorf("checkpoint %s: %w", c.Day, err)
	}
	root, err := tx.s.memory.rootAt(tx.era.base + 1)
	if err == nil && (head.Size != c.Size || head.Size != tx.era.base+1 || head.Root != root) {
		err = fmt.Errorf("checkpoint %s: %w", c.Day, audit.ErrTampered)
	}
	return c, err
}
