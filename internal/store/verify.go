package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// VerifyOptions are what a verification is held against. All may be left out.
type VerifyOptions struct {
	// Founders is the digest in keys/founders. Without it the founding in the
	// database is taken at its word, and a note says so.
	Founders *[32]byte
	// Kept are checkpoints (signed notes) that somebody kept outside.
	Kept [][]byte
	// Progress is told how many entries, envelopes and chunks have been read, and
	// how many there are.
	Progress func(done, total int64)
}

// Verification is what re-reading everything showed.
type Verification struct {
	Entries, Cases, Envelopes, Files int64
	Scratch                          []string // tables outside the record: not checked, lost without harm
	Notes                            []string // what could not be checked, and why
	Damage                           *Damage  // the first damaged row, nil when the record is sound
	Head                             audit.Head
}

// Damage names a row that is not as the log says. Table is one of case, code, erasure, epoch,
// consultation, said (a text of one), event, grant, envelope, proposal, file, chunk, entry, node, head, checkpoint,
// schema, installation, appointment (every signed statement) and member.
type Damage struct{ Table, Row, Why string }

// Error says which row it is.
func (d *Damage) Error() string { return d.Table + " " + d.Row + ": " + d.Why }

// What is wrong with a row.
const (
	whyAdded   = "no entry of the log has this row"
	whyChanged = "differs from its digest in the log"
	whyMissing = "the log has it, the table does not"

	whyUnannounced = "its details ended and the log does not say why"
)

// verification is one run: a snapshot of the database and what was learnt so far.
type verification struct {
	ctx          context.Context
	s            *Store
	c            *conn
	o            VerifyOptions
	out          *Verification
	known        *knownHead
	installation Installation
	roster       *appoint.Roster
	labels       map[string]audit.Digest // newest digest of each label that belongs to no case
	stating      map[string]audit.Entry  // which stored each statement, by label
	marks        []mark
	done, total  int64
	away         departures     // of the case that is read
	blank        map[int64]bool // of the page of entries that is being read: erased
	chain        chain          // of the case that is being read
	epochsOfCase []Epoch
}

// mark is a root that the tree must have had at a size.
type mark struct {
	head       audit.Head
	table, row string
}

// Verify re-reads everything without a private key: the signed head, every
// entry and node, every checkpoint, every row of the record against its newest
// digest in the log, file contents, signatures of epochs and of appointments up
// to the founders. It works on one snapshot and row by row, on a connection of
// its own: nobody waits for it. The error is about the verification itself;
// what it found is in Damage.
func (s *Store) Verify(ctx context.Context, o VerifyOptions) (Verification, error) {
	var out Verification
	if s.verifier == nil {
		return out, fmt.Errorf("verify without a log verifier: %w", ethics.ErrUnavailable)
	}
	c, err := newConn(ctx, s.db)
	if err != nil {
		return out, err
	}
	defer c.close()
	known := s.head.Load()
	if err := c.run("begin"); err != nil {
		return out, err
	}
	defer func() { _ = c.run("rollback") }()
	v := &verification{ctx: ctx, s: s, c: c, o: o, out: &out, known: known, labels: map[string]audit.Digest{}, stating: map[string]audit.Entry{}}
	for _, step := range []func() error{v.outside, v.head, v.count, v.checkpoints, v.tree, v.rows, v.cases, v.orphans} {
		if err = step(); err != nil {
			break
		}
	}
	if found := (*Damage)(nil); errors.As(err, &found) {
		out.Damage = found
		return out, nil
	}
	return out, err
}

// outside lists the tables that are no record, and refuses what acts by itself.
func (v *verification) outside() error {
	name, err := foreign(v.ctx, v.c.c)
	if err != nil {
		return err
	}
	if name != "" {
		return &Damage{"schema", name, "a trigger or view: the program makes none"}
	}
	record := map[string]bool{}
	for _, t := range recordTables {
		record[t] = true
	}
	return v.c.each(tableNames, nil, func(scan func(...any) error) error {
		var name string
		if err := scan(&name); err != nil {
			return err
		}
		if !record[name] && !strings.HasPrefix(name, "sqlite_") {
			v.out.Scratch = append(v.out.Scratch, name)
		}
		return nil
	})
}

// recordTables are the tables whose every row stands under the log. Of file and
// chunk only what is filed.
var recordTables = []string{"installation", "statement", "member", "cases", "case_code", "erasure", "case_epoch", "case_event", "case_grant",
	"envelope", "proposal", "vault", "vault_share", "vault_request", "file", "chunk", "entry", "node", "tree_head", "checkpoint", "gift", "measure", "lesson", "consultation", "consultation_text"}

// head opens the signed head, without trusting what this process remembers of
// it, and then holds it against that.
func (v *verification) head() error {
	h, err := v.s.readHead(v.c, nil)
	switch {
	case errors.Is(err, ethics.ErrNotFound):
		return &Damage{"head", "1", whyMissing}
	case errors.Is(err, audit.ErrHead), errors.Is(err, audit.ErrTampered):
		return &Damage{"head", "1", err.Error()}
	case err != nil:
		return err
	}
	v.out.Head = h.head
	if v.known != nil {
		v.marks = append(v.marks, mark{v.known.head, "head", "1"})
	}
	for i, kept := range v.o.Kept {
		row := fmt.Sprintf("kept outside, number %d", i+1)
		k, err := audit.OpenHead(kept, v.s.verifier)
		if err != nil {
			return fmt.Errorf("checkpoint %s: %w", row, err)
		}
		v.marks = append(v.marks, mark{k, "checkpoint", row})
	}
	return v.beyond()
}

// beyond refuses a database that is shorter than what was once seen of it.
func (v *verification) beyond() error {
	for _, m := range v.marks {
		if m.head.Origin != v.out.Head.Origin || m.head.Size > v.out.Head.Size {
			return &Damage{m.table, m.row, fmt.Sprintf("has %d entries of %s, the head has %d of %s",
				m.head.Size, m.head.Origin, v.out.Head.Size, v.out.Head.Origin)}
		}
	}
	return nil
}

func (v *verification) count() error {
	err := v.c.one(`select (select count(*) from envelope) + (select coalesce(sum(chunks), 0) from file where state = 'filed')`, nil, &v.total)
	v.total += v.out.Head.Size
	return err
}

// tick counts rows read. It is where a cancelled verification ends.
func (v *verification) tick(n int64) error {
	v.done += n
	if v.o.Progress != nil {
		v.o.Progress(min(v.done, v.total), v.total)
	}
	return v.ctx.Err()
}

// checkpoints opens every checkpoint; the tree is compared with them later.
// That none is missing follows from the entry that each leaves.
func (v *verification) checkpoints() error {
	return v.c.each(`select day, size, note from checkpoint order by day`, nil, func(scan func(...any) error) error {
		var c Checkpoint
		if err := scan(&c.Day, &c.Size, &c.Note); err != nil {
			return err
		}
		h, err := openCheckpoint(c, v.s.verifier)
		if err != nil {
			return &Damage{"checkpoint", c.Day, err.Error()}
		}
		v.marks = append(v.marks, mark{h, "checkpoint", c.Day})
		return v.beyond()
	})
}

func openCheckpoint(c Checkpoint, verifier note.Verifier) (audit.Head, error) {
	h, err := audit.OpenHead(c.Note, verifier)
	if err == nil && h.Size != c.Size {
		err = fmt.Errorf("size %d beside a note of size %d: %w", c.Size, h.Size, audit.ErrTampered)
	}
	return h, err
}

// match holds one row against the newest digest of its label, and ticks it off.
func match(labels map[string]audit.Digest, i audit.Item) error {
	want, ok := labels[i.Label]
	switch {
	case !ok:
		return damage(i.Label, whyAdded)
	case want == audit.Digest{}:
		return damage(i.Label, "removed according to the log, the table still has it")
	case want != i.Digest:
		return damage(i.Label, whyChanged)
	}
	delete(labels, i.Label)
	return nil
}

// rest names the first label whose row was not there.
func rest(labels map[string]audit.Digest) error {
	first := ""
	for label, d := range labels {
		if d != (audit.Digest{}) && (first == "" || label < first) {
			first = label
		}
	}
	if first == "" {
		return nil
	}
	return damage(first, whyMissing)
}

func damage(label, why string) error {
	table, row, _ := strings.Cut(label, ":")
	switch table {
	case "statement":
		table = "appointment"
	case "installation":
		row = "1"
	}
	return &Damage{table, row, why}
}

// frontier holds the roots of the complete subtrees of a growing tree: all that
// is needed to compute every node and any root once.
type frontier struct {
	size  int64
	roots []tlog.Hash
}

// add appends a leaf and gives the nodes that it completes, in stored order.
func (f *frontier) add(leaf tlog.Hash) []tlog.Hash {
	nodes := []tlog.Hash{leaf}
	h := leaf
	for n := f.size; n&1 == 1; n >>= 1 {
		h = tlog.NodeHash(f.roots[len(f.roots)-1], h)
		f.roots = f.roots[:len(f.roots)-1]
		nodes = append(nodes, h)
	}
	f.roots = append(f.roots, h)
	f.size++
	return nodes
}

// root is the tree's root now.
func (f *frontier) root() (tlog.Hash, error) {
	if f.size == 0 {
		return audit.Root(0, nil)
	}
	h := f.roots[len(f.roots)-1]
	for i := len(f.roots) - 2; i >= 0; i-- {
		h = tlog.NodeHash(f.roots[i], h)
	}
	return h, nil
}
