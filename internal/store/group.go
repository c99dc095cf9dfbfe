package store

import (
	"crypto/rand"
	"errors"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
)

// grouped is one transaction's share of the log.
type grouped struct {
	s       *Store
	c       *conn
	begun   bool
	head    audit.Head
	entries []audit.Entry          // appended, not signed yet
	now     map[string]reach       // streams they grew
	stood   map[string]audit.State // before this transaction, of streams that were asked for
	closed  *closed                // the day that this transaction closes
}

// reach is how far a stream has come in this transaction, and before it.
type reach struct{ before, now audit.State }

// begin locks the head row: every server's groups queue here.
func (g *grouped) begin() error {
	if g.begun {
		return nil
	}
	var err error
	if g.head, _, err = g.s.present(g.c, g.s.memory.size()); err != nil {
		return err
	}
	g.begun = true
	return nil
}

func (g *grouped) size() int64 { return g.head.Size + int64(len(g.entries)) }

// state is how far a stream has come, with what this transaction appended.
func (g *grouped) state(stream string) (audit.State, error) {
	if p, grown := g.now[stream]; grown {
		return p.now, nil
	}
	if st, asked := g.stood[stream]; asked {
		return st, nil
	}
	if err := g.begin(); err != nil {
		return audit.State{}, err
	}
	st, err := g.s.memory.state(g.c, g.s.memory.present(), stream, g.head.Size)
	if err == nil {
		g.stood[stream] = st
	}
	return st, err
}

// runCall runs a call in its savepoint. The first result is the call's own, the
// second means that the transaction is gone.
func (g *grouped) runCall(x *call) (result, fatal error) {
	if x.tmp == nil {
		if err := g.begin(); err != nil {
			return nil, err
		}
	}
	if err := g.c.run("savepoint one"); err != nil {
		return nil, err
	}
	before := len(g.entries)
	if result = g.run(x); result != nil {
		g.forget(before)
		if err := g.c.run("rollback to one"); err != nil {
			return nil, errors.Join(err, result)
		}
	}
	return result, g.c.run("release one")
}

// forget takes back what a refused call appended.
func (g *grouped) forget(to int) {
	g.entries, g.closed = g.entries[:to], nil
	again := g.entries
	before := g.now
	g.now = map[string]reach{}
	for _, e := range again {
		p, grown := g.now[e.Stream]
		if !grown {
			p.before = before[e.Stream].before
		}
		p.now = audit.State{Count: e.Number + 1, Last: audit.LeafHash(e)}
		g.now[e.Stream] = p
	}
}

func (g *grouped) run(x *call) error {
	switch {
	case x.tmp != nil:
		return x.tmp(&ScratchTx{c: g.c, s: g.s})
	case x.closes != "":
		return g.close(x.closes)
	}
	day, err := g.day(x.entry.Day)
	if err != nil {
		return err
	}
	tx := &Tx{ReadTx: ReadTx{c: g.c, s: g.s, known: g.s.memory.size(), group: g}, entry: *x.entry, day: day}
	tx.own = tx.wroteItself
	if err := x.record(tx); err != nil {
		return err
	}
	return tx.append()
}

// append writes the next entry of a stream; its leaf joins the tree at the group's
// end.
func (g *grouped) append(stream string, day ethics.Day, b audit.Body) error {
	st, err := g.state(stream)
	if err != nil {
		return err
	}
	b.Policy = policy.Version
	_, _ = rand.Read(b.Blinding[:])
	e := audit.Entry{
		Generation: record.Generation, Index: g.size(), Day: day, Stream: stream, Number: st.Count, Prev: st.Last,
		Sum: b.Digest(), Body: b,
	}
	if err := record.Stands(e); err != nil {
		return err
	}
	err = g.c.run(`insert into entry (idx, generation, day, stream, number, prev, sum, kind, actor, body, blinding)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		e.Index, e.Generation, e.Day, e.Stream, e.Number, e.Prev[:], e.Sum[:], string(e.Kind), e.Actor,
		e.Bytes(), e.Blinding[:])
	if err != nil {
		return err
	}
	p, grown := g.now[stream]
	if !grown {
		p.before = st
	}
	p.now = audit.State{Count: st.Count + 1, Last: audit.LeafHash(e)}
	g.now[stream] = p
	g.entries = append(g.entries, e)
	return nil
}

// grow stores the nodes of the group's leaves and the new signed head. What it
// signs continues what this process has followed, whatever the nodes in the
// database say.
func (g *grouped) grow() ([]byte, error) {
	if len(g.entries) == 0 {
		return nil, nil
	}
	front := g.front()
	next := tlog.StoredHashCount(front.Size)
	for _, e := range g.entries {
		for _, h := range front.Add(audit.LeafHash(e)) {
			if err := g.c.run(`insert into node (id, hash) values ($1, $2)`, next, h[:]); err != nil {
				return nil, err
			}
			next++
		}
	}
	head := audit.Head{Origin: g.head.Origin, Size: front.Size, Root: front.Root()}
	signed, err := head.Sign(g.s.signer)
	if err != nil {
		return nil, err
	}
	if g.closed != nil {
		if err := g.keep(head, signed); err != nil {
			return nil, err
		}
	}
	return signed, g.c.run(`update tree_head set size = $1, note = $2 where id = 1`, head.Size, signed)
}

// front is the tree's edge before this transaction.
func (g *grouped) front() audit.Frontier {
	m := &g.s.memory
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.front.Clone()
}

// remember adds what was committed to the process's memory.
func (g *grouped) remember(signed []byte) {
	if len(g.entries) == 0 {
		return
	}
	if g.closed != nil {
		g.crossed(signed)
		return
	}
	before := map[string]audit.State{}
	for stream, p := range g.now {
		before[stream] = p.before
	}
	g.s.memory.takeAll(g.entries, before, signed)
}
