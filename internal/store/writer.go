package store

import (
	"context"
	"fmt"
	"time"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// groupSize is how many waiting calls share one transaction.
const groupSize = 64

// patience is how long a group waits to become as large as the one before.
const patience = 2 * time.Millisecond

// Entry is what a Write says about itself. Digests of what it stores are added
// by the transaction's methods.
type Entry struct {
	ID         string // UUIDv4, made by the caller: a lost answer is looked up by it
	Day        ethics.Day
	Kind       audit.EntryKind
	Actor      string
	Stream     string // whose history it is, see package ethics
	Commitment []byte // HMAC of a report under its proof key
}

type call struct {
	ctx    context.Context
	entry  *Entry // of a Write
	record func(*Tx) error
	tmp    func(*ScratchTx) error
	closes ethics.Day // the day that MakeCheckpoint closes
	answer chan error
}

// Write changes the record, with its entry, in one durable transaction. fn may
// run more than once: no I/O, randomness or clock inside. When ctx ends before
// its turn nothing happened; once begun it is not interrupted.
func (s *Store) Write(ctx context.Context, e Entry, fn func(*Tx) error) error {
	if s.signer == nil {
		return fmt.Errorf("no log key: %w", ethics.ErrUnavailable)
	}
	return s.submit(&call{ctx: ctx, entry: &e, record: fn, answer: make(chan error, 1)})
}

// Scratch changes what is no record. The same rules for fn as in Write.
func (s *Store) Scratch(ctx context.Context, fn func(*ScratchTx) error) error {
	return s.submit(&call{ctx: ctx, tmp: fn, answer: make(chan error, 1)})
}

func (s *Store) submit(c *call) error {
	select {
	case s.queue <- c:
	case <-c.ctx.Done():
		return c.ctx.Err()
	case <-s.closed:
		return ethics.ErrUnavailable
	}
	select {
	case err := <-c.answer:
		return err
	case <-s.closed:
		// The writer empties the queue before it stops, so an answer may be there.
		s.done.Wait()
		select {
		case err := <-c.answer:
			return err
		default:
			return ethics.ErrUnavailable
		}
	}
}

func (s *Store) writer(c *conn) {
	defer s.done.Done()
	before := 0
	for {
		select {
		case first := <-s.queue:
			group := s.gather(first, before)
			before = len(group)
			s.serve(c, group)
		case <-s.closed:
			for {
				select {
				case first := <-s.queue:
					s.serve(c, s.gather(first, 0))
				default:
					return
				}
			}
		}
	}
}

func (s *Store) gather(first *call, before int) []*call {
	group := []*call{first}
	if first.closes != "" {
		return group // the day's closing is the last entry of its transaction
	}
	var wait <-chan time.Time
	for len(group) < groupSize {
		select {
		case c := <-s.queue:
			group = append(group, c)
			if c.closes != "" {
				return group
			}
			continue
		default:
		}
		// Where several wrote at once a moment ago, they will again: one commit for
		// all of them costs a fraction of a commit each. Who writes alone never waits.
		if len(group) >= before {
			return group
		}
		if wait == nil {
			wait = time.After(patience)
		}
		select {
		case c := <-s.queue:
			group = append(group, c)
			if c.closes != "" {
				return group
			}
		case <-wait:
			return group
		}
	}
	return group
}

// serve runs a group. When the transaction itself is lost (a full disk, an
// interrupt: SQLite rolls back everything, the innocent with it), every call is
// run again alone, once. The closing of a day, always the last, is alone too.
func (s *Store) serve(c *conn, group []*call) {
	if n := len(group) - 1; n > 0 && group[n].closes != "" {
		s.serve(c, group[:n])
		s.serve(c, group[n:])
		return
	}
	results, err := s.transact(c, group)
	if err == nil {
		for i, x := range group {
			x.answer <- results[i]
		}
		return
	}
	if len(group) == 1 {
		group[0].answer <- err
		return
	}
	for _, x := range group {
		results, err := s.transact(c, []*call{x})
		if err != nil {
			x.answer <- err
			continue
		}
		x.answer <- results[0]
	}
}

// transact runs the calls in one transaction. A crash before the commit leaves
// nothing of it; after the commit everything. Nobody was answered until then.
func (s *Store) transact(c *conn, group []*call) ([]error, error) {
	if err := c.run("begin immediate"); err != nil {
		return nil, translate(err)
	}
	g := &grouped{s: s, c: c, now: map[string]reach{}, stood: map[string]audit.State{}}
	results := make([]error, len(group))
	for i, x := range group {
		if x.ctx.Err() != nil {
			results[i] = x.ctx.Err()
			continue
		}
		var err error
		if results[i], err = g.runCall(x); err != nil {
			_ = c.run("rollback")
			return nil, err
		}
	}
	signed, err := g.grow()
	if err == nil {
		err = c.run("commit")
	}
	if err != nil {
		_ = c.run("rollback")
		return nil, translate(err)
	}
	g.remember(signed)
	return results, nil
}
