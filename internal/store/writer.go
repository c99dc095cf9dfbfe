package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

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
	Kind       string
	Actor      string
	Case       string
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
	var wait <-chan time.Time
	for len(group) < groupSize {
		select {
		case c := <-s.queue:
			group = append(group, c)
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
		case <-wait:
			return group
		}
	}
	return group
}

// serve runs a group. When the transaction itself is lost (a full disk, an
// interrupt: SQLite rolls back everything, the innocent with it), every call is
// run again alone, once.
func (s *Store) serve(c *conn, group []*call) {
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
	g := &grouped{s: s, c: c}
	results := make([]error, len(group))
	for i, x := range group {
		if x.ctx.Err() != nil {
			results[i] = x.ctx.Err()
			continue
		}
		var err error
		if results[i], err = g.one(x); err != nil {
			_ = c.run("rollback")
			return nil, err
		}
	}
	next, err := g.grow()
	if err == nil {
		err = c.run("commit")
	}
	if err != nil {
		_ = c.run("rollback")
		return nil, translate(err)
	}
	if next != nil {
		s.head.Store(next)
		for i, id := range g.cases {
			if id != "" {
				s.seen.wrote(id, g.head.Size+int64(i))
			}
		}
	}
	return results, nil
}

// grouped is one transaction's share of the log.
type grouped struct {
	s      *Store
	c      *conn
	begun  bool
	head   audit.Head
	leaves []tlog.Hash
	cases  []string // of each leaf
}

// appended tells whether an entry is one that this group wrote before: it will
// stand under the next head, not under the last.
func (g *grouped) appended(e audit.Entry) bool {
	return g != nil && e.Index >= g.head.Size && e.Index-g.head.Size < int64(len(g.leaves)) &&
		g.leaves[e.Index-g.head.Size] == audit.LeafHash(e)
}

// one runs a call in its savepoint. The first result is the call's own, the
// second means that the transaction is gone.
func (g *grouped) one(x *call) (result, fatal error) {
	if x.tmp == nil {
		if err := g.begin(); err != nil {
			return nil, err
		}
	}
	if err := g.c.run("savepoint one"); err != nil {
		return nil, err
	}
	before := len(g.leaves)
	if result = g.run(x); result != nil {
		g.leaves, g.cases = g.leaves[:before], g.cases[:before]
		if err := g.c.run("rollback to one"); err != nil {
			return nil, errors.Join(err, result)
		}
	}
	return result, g.c.run("release one")
}

func (g *grouped) run(x *call) error {
	switch {
	case x.tmp != nil:
		return x.tmp(&ScratchTx{c: g.c, s: g.s})
	case x.closes != "":
		return g.checkpoint(x.closes)
	}
	tx := &Tx{ReadTx: ReadTx{c: g.c, s: g.s, known: g.s.head.Load(), group: g}, day: x.entry.Day}
	if err := x.record(tx); err != nil {
		return err
	}
	for _, id := range tx.cases {
		if id != x.entry.Case {
			return fmt.Errorf("store: a row of case %s under an entry of case %q", id, x.entry.Case)
		}
	}
	return g.append(audit.Entry{
		ID: x.entry.ID, Day: x.entry.Day, Kind: x.entry.Kind,
		Actor: x.entry.Actor, Case: x.entry.Case, Items: tx.items, Commitment: x.entry.Commitment,
	})
}

// append writes the next entry's row; its leaf joins the tree at the group's end.
func (g *grouped) append(e audit.Entry) error {
	e.Index = g.head.Size + int64(len(g.leaves))
	_, _ = rand.Read(e.Blinding[:])
	err := g.c.run(`insert into entry (idx, id, day, kind, actor, case_id, details, blinding) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.Index, e.ID, e.Day, e.Kind, e.Actor, e.Case, e.Details(), e.Blinding[:])
	if err != nil {
		return err
	}
	g.leaves, g.cases = append(g.leaves, audit.LeafHash(e)), append(g.cases, e.Case)
	return nil
}

// begin locks the head row: every server's groups queue here.
func (g *grouped) begin() error {
	if g.begun {
		return nil
	}
	known, err := g.s.readHead(g.c, g.s.head.Load())
	if err != nil {
		return err
	}
	g.head, g.begun = known.head, true
	return nil
}

// grow appends the group's leaves and stores the new signed head. It checks the
// stored frontier against the last signed head first, so a tree that was
// changed is never signed again.
func (g *grouped) grow() (*knownHead, error) {
	if len(g.leaves) == 0 {
		return nil, nil //nolint:nilnil // nothing to grow by is no head and no error
	}
	head, nodes, err := audit.Grow(g.head, g.leaves, nodeReader{g.c})
	if err != nil {
		return nil, fmt.Errorf("log: %w", err)
	}
	first := tlog.StoredHashCount(g.head.Size)
	for i, h := range nodes {
		if err := g.c.run(`insert into node (id, hash) values ($1, $2)`, first+int64(i), h[:]); err != nil {
			return nil, err
		}
	}
	signed, err := head.Sign(g.s.signer)
	if err != nil {
		return nil, err
	}
	if err := g.c.run(`update tree_head set size = $1, note = $2 where id = 1`, head.Size, signed); err != nil {
		return nil, err
	}
	return &knownHead{head: head, signed: signed}, nil
}
