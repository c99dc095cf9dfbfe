package store

import (
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

const entryColumns = `select idx, generation, day, stream, number, prev, sum, kind, actor, body, blinding from entry `

// scanEntry reads a row. Where the body is erased, kind and actor are too.
func scanEntry(scan func(...any) error) (audit.Entry, error) {
	var e audit.Entry
	var prev, sum, body, blinding []byte
	var kind, actor string
	err := scan(&e.Index, &e.Generation, &e.Day, &e.Stream, &e.Number, &prev, &sum, &kind, &actor, &body, &blinding)
	if err != nil {
		return e, err
	}
	if len(prev) != tlog.HashSize || len(sum) != len(e.Sum) {
		return e, fmt.Errorf("entry %d: %w", e.Index, audit.ErrTampered)
	}
	copy(e.Prev[:], prev)
	copy(e.Sum[:], sum)
	if len(body) == 0 && len(blinding) == 0 && kind == "" && actor == "" {
		return e, nil
	}
	if e.Body, err = audit.ParseBody(body, blinding); err != nil {
		return e, fmt.Errorf("entry %d: %w: %w", e.Index, audit.ErrTampered, err)
	}
	if string(e.Kind) != kind || e.Actor != actor {
		return e, fmt.Errorf("entry %d: its columns differ from its body: %w", e.Index, audit.ErrTampered)
	}
	return e, nil
}

// read is what a transaction read of a stream.
type read struct {
	entries []audit.Entry
	ledger  *record.Ledger
}

// Entries are a stream's entries, complete and each as it was written: they are
// numbers 0 to the last that the log's state names, linked one to the next, and
// end in its last leaf. A row added, changed, moved or taken away is ErrTampered,
// whatever index found it. Of an erased stream the entries begin with «erased».
func (tx *ReadTx) Entries(stream string) ([]audit.Entry, error) {
	r, err := tx.stream(stream)
	return r.entries, err
}

// Ledger is what a stream's entries say about its rows.
func (tx *ReadTx) Ledger(stream string) (*record.Ledger, error) {
	r, err := tx.stream(stream)
	return r.ledger, err
}

// stream reads a stream once in a transaction.
func (tx *ReadTx) stream(stream string) (*read, error) {
	if r := tx.reads[stream]; r != nil {
		return r, nil
	}
	st, err := tx.state(stream)
	if err != nil {
		return &read{}, fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
	}
	r := &read{ledger: record.NewLedger(stream)}
	if st.Count > 0 {
		frames, entries, err := tx.whole(stream, st)
		if err != nil {
			return &read{}, fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
		}
		r.entries = entries
		r.ledger.Erased(frames)
	}
	for _, e := range r.entries {
		if err := r.ledger.Take(e); err != nil {
			return &read{}, err
		}
	}
	if tx.reads == nil {
		tx.reads = map[string]*read{}
	}
	tx.reads[stream] = r
	return r, nil
}

// state is how far a stream has come, with what this group has appended.
func (tx *ReadTx) state(stream string) (audit.State, error) {
	if tx.group != nil {
		return tx.group.state(stream)
	}
	if _, _, err := tx.Head(); err != nil {
		return audit.State{}, err
	}
	return tx.s.memory.state(tx.c, tx.era, stream, tx.head.Size)
}

func (tx *ReadTx) whole(stream string, st audit.State) (frames, out []audit.Entry, err error) {
	var last tlog.Hash
	erased := -1
	err = tx.c.each(entryColumns+`where stream = $1 and number < $2 order by number`, []any{stream, st.Count},
		func(scan func(...any) error) error {
			e, err := scanEntry(scan)
			switch {
			case err != nil:
				return err
			case e.Number != int64(len(out)) || e.Prev != last || e.Stream != stream:
				return fmt.Errorf("entry %d of %s: %w", len(out), stream, audit.ErrTampered)
			case !e.Erased() && !e.Whole():
				return fmt.Errorf("entry %d has another body: %w", e.Index, audit.ErrTampered)
			case record.Erases(e):
				erased = len(out)
			}
			last = audit.LeafHash(e)
			out = append(out, e)
			return nil
		})
	if err != nil {
		return nil, nil, err
	}
	if int64(len(out)) != st.Count || last != st.Last {
		return nil, nil, fmt.Errorf("%s has %d entries of %d: %w", stream, len(out), st.Count, audit.ErrTampered)
	}
	if erased >= 0 {
		frames, out = out[:erased], out[erased:]
	}
	for _, e := range out {
		switch {
		case e.Erased():
			return nil, nil, fmt.Errorf("entry %d is blank, and nobody erased it: %w", e.Index, audit.ErrTampered)
		case erased >= 0 && !OfErased(e):
			return nil, nil, fmt.Errorf("entry %d speaks of what was erased: %w", e.Index, audit.ErrTampered)
		}
	}
	return frames, out, nil
}

// OfErased tells whether an entry notes nothing but what is left of an erased stream.
// «erased» hides all that came before it, so nothing else may begin there again,
// whoever signed it.
func OfErased(e audit.Entry) bool {
	return !slices.ContainsFunc(e.Changes, func(c audit.Change) bool {
		kind := record.KindOf(c.Label)
		return kind != record.Tombstones.Name && kind != record.Erasures.Name
	})
}

// Head is the signed head this state stands under.
func (tx *ReadTx) Head() (audit.Head, []byte, error) {
	if tx.signed != nil {
		return tx.head, tx.signed, nil
	}
	var err error
	tx.head, tx.signed, err = tx.s.present(tx.c, tx.known)
	if err == nil {
		tx.era, err = tx.s.memory.of(tx.head.Size)
	}
	if err != nil {
		tx.signed = nil
		return audit.Head{}, nil, err
	}
	return tx.head, tx.signed, nil
}

// Counter is what the log says of how many there are, see record.Counters.
func (tx *ReadTx) Counter(name string) (int, error) {
	head, _, err := tx.Head()
	if err != nil {
		return 0, err
	}
	return int(tx.s.memory.counter(tx.era, name, head.Size)), nil
}
