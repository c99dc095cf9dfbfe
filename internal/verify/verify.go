// Package verify re-reads everything without a private key: the schema and the
// file's own structure, the signed head, every entry and node, every closed day
// with its map, every row of the record against the digest in force, file contents,
// signatures of epochs, statements and erasures up to the founders. It knows no
// writer and rests on no index: one pass by place, whose contiguous numbers and root
// prove it whichever way it was read, then each stream against what that pass found,
// then every table counted.
//
// It reports every damage that it finds. What a signature inside an envelope says
// only a holder can check.
package verify

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/store"
)

// Options are what a verification is held against. All may be left out.
type Options struct {
	// Founders is the digest in keys/founders. Without it the founding in the
	// database is taken at its word, and a note says so.
	Founders *[32]byte
	// Kept are checkpoints (signed notes) that somebody kept outside.
	Kept [][]byte
	// Progress is told how many entries, envelopes and chunks have been read, and
	// how many there are.
	Progress func(done, total int64)
}

// Report is what re-reading everything showed.
type Report struct {
	Entries, Cases, Envelopes, Files int64
	Scratch                          []string  // tables outside the record: not checked, lost without harm
	Notes                            []string  // what could not be checked, and why
	Damages                          []*Damage // in the order found; none when the record is sound
	More                             int       // damages beyond the first thousand
	Head                             audit.Head
}

// First is the first damage, nil when the record is sound.
func (r *Report) First() *Damage {
	if len(r.Damages) == 0 {
		return nil
	}
	return r.Damages[0]
}

// Faults is how many damages there are, the ones that are not named too.
func (r *Report) Faults() int { return len(r.Damages) + r.More }

// Damage names a row that is not as the log says.
type Damage struct {
	Table Part
	Row   string
	Why   Why
}

// Error says which row it is.
func (d *Damage) Error() string { return fmt.Sprintf("%s %s: %s", d.Table, d.Row, d.Why) }

// mostDamages damages are kept: one that is everywhere is told of by fewer.
const mostDamages = 1000

// run is one verification: a snapshot of the database and what was learnt so far.
type run struct {
	ctx          context.Context
	s            *store.Store
	raw          *store.Raw
	o            Options
	out          *Report
	installation record.Installation
	roster       *appoint.Roster
	policy       *policy.Policy // as it is now: what was due by it
	tree         tree
	live         map[string]int64 // labels in force, by kind
	met          map[string]int64 // rows that the streams gave, by kind
	counted      record.Counters  // what the streams give
	named        map[string]bool  // tables of which a damaged row was named
	done, total  int64
}

// Run verifies a store. The error is about the verification itself; what it found
// is in the report.
func Run(ctx context.Context, s *store.Store, o Options) (Report, error) {
	var out Report
	if s.Verifier() == nil {
		return out, fmt.Errorf("verify without a log verifier: %w", ethics.ErrUnavailable)
	}
	size, root := s.Known()
	rules, err := policy.Default()
	if err != nil {
		return out, err
	}
	err = s.Raw(ctx, func(raw *store.Raw) error {
		v := &run{
			ctx: ctx, s: s, raw: raw, o: o, out: &out, live: map[string]int64{}, met: map[string]int64{},
			counted: record.Counters{}, policy: rules, named: map[string]bool{},
		}
		v.tree.marks = append(v.tree.marks, mark{audit.Head{Size: size, Root: root}, PartHead, "1"})
		return v.all()
	})
	return out, err
}

func (v *run) all() error {
	for _, step := range []func() error{
		v.schema, v.head, v.count, v.checkpoints, v.entries, v.states, v.people, v.streams, v.tables, v.orphans,
	} {
		err := step()
		if errors.Is(err, errNoHead) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return v.ctx.Err()
}

// errNoHead ends a verification that has nothing to stand on.
var errNoHead = errors.New("verify: no signed head")

// damage reports one.
func (v *run) damage(table Part, row string, why Why) {
	v.named[string(table)] = true
	if len(v.out.Damages) == mostDamages {
		v.out.More++
		return
	}
	v.out.Damages = append(v.out.Damages, &Damage{table, row, why})
}

// spoilt reports a row by its label.
func (v *run) spoilt(label string, why Why) {
	v.named[label] = true
	v.damage(partOf(label), record.KeyOf(label), why)
}

// tick counts rows read. It is where a cancelled verification ends.
func (v *run) tick(n int64) error {
	v.done += n
	if v.o.Progress != nil {
		v.o.Progress(min(v.done, v.total), v.total)
	}
	return v.ctx.Err()
}

// schema says what of the database is not the program's own, what SQLite finds
// wrong with its structure, and which tables are no record.
func (v *run) schema() error {
	why, err := v.raw.Schema(v.ctx)
	if err != nil {
		return err
	}
	if why != "" {
		v.damage(PartSchema, "1", whyf("%s", why))
	}
	lines, err := v.raw.Integrity()
	if err != nil {
		return err
	}
	for _, line := range lines {
		v.damage(PartSchema, "1", whyf("SQLite says: %s", line))
	}
	names, err := v.raw.Tables()
	if err != nil {
		return err
	}
	for _, name := range names {
		if !ofRecord[name] && !strings.HasPrefix(name, "sqlite_") {
			v.out.Scratch = append(v.out.Scratch, name)
		}
	}
	return nil
}

// ofRecord are the tables whose every row stands under the log. Of file and chunk
// only what is filed.
var ofRecord = func() map[string]bool {
	out := map[string]bool{
		"chunk": true, "entry": true, "node": true, "tree_head": true, "checkpoint": true,
		"stream": true, "bucket": true,
	}
	for _, d := range record.All {
		out[d.About().Table] = true
	}
	return out
}()

// head opens the signed head, without trusting what this process remembers of it.
func (v *run) head() error {
	head, err := v.raw.Head()
	switch {
	case errors.Is(err, ethics.ErrNotFound):
		v.damage(PartHead, "1", WhyMissing)
		return errNoHead
	case errors.Is(err, audit.ErrHead), errors.Is(err, audit.ErrTampered):
		v.damage(PartHead, "1", because(err))
		return errNoHead
	case err != nil:
		return err
	}
	v.out.Head = head
	v.tree.marks[0].head.Origin = head.Origin
	for i, kept := range v.o.Kept {
		row := fmt.Sprintf("kept outside, number %d", i+1)
		k, err := audit.OpenHead(kept, v.s.Verifier())
		if err != nil {
			return fmt.Errorf("checkpoint %s: %w", row, err)
		}
		v.tree.marks = append(v.tree.marks, mark{k, PartCheckpoint, row})
	}
	return nil
}

func (v *run) count() error {
	n, err := v.raw.Work()
	v.total = n + v.out.Head.Size
	return err
}

// checkpoints opens every one; the tree is compared with them later, and with the
// closings that say which there must be.
func (v *run) checkpoints() error {
	all, err := v.raw.Checkpoints()
	if err != nil {
		return err
	}
	v.tree.checkpoints = map[int64]record.Checkpoint{}
	for _, c := range all {
		h, err := audit.OpenHead(c.Note, v.s.Verifier())
		switch {
		case err != nil:
			v.damage(PartCheckpoint, c.Day, because(err))
			continue
		case h.Size != c.Size:
			v.damage(PartCheckpoint, c.Day, whyf("size %d beside a note of size %d", c.Size, h.Size))
			continue
		case v.tree.checkpoints[h.Size].Size > 0:
			v.damage(PartCheckpoint, c.Day, whyTwoOfSize)
			continue
		}
		v.tree.checkpoints[h.Size] = c
		v.tree.marks = append(v.tree.marks, mark{h, PartCheckpoint, c.Day})
	}
	return nil
}

// orphans finds chunks of no file: neither record nor scratch.
func (v *run) orphans() error {
	all, err := v.raw.Orphans()
	for _, row := range all {
		v.damage(PartChunk, row, whyNoFile)
	}
	return err
}

// stream is what the pass over the entries found of one.
type stream struct {
	count   int64
	last    tlog.Hash
	erased  int64 // number of the newest entry «erased», -1 where there is none
	at      int64 // its place in the tree
	blank   int64 // number of the newest entry without a body, -1
	blankAt int64
	nowhere bool // it has an entry that can be none: named, and nothing more is asked of it
}
