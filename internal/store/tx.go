package store

import (
	"cmp"
	"fmt"
	"slices"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// Tx changes the record. Each method notes what it stored, in the stream of its
// row; the transaction ends with one entry in each stream that it touched.
//
// What is noted is what was meant to be written, never what is read back: a row
// that something else changes meanwhile then differs from its digest, and shows.
// And before a row is changed, the old one must be the one that the log has in
// force: nothing that was changed by hand is ever noted as if the program had
// written it.
type Tx struct {
	ReadTx
	entry     Entry
	day       ethics.Day // of its entries, and so of its rows
	notes     []noting
	facts     []audit.Fact
	owed      bool // somebody left the case, and its current epoch is still that member's
	owedKnown bool // left is known
	sealOff   bool // the case is erased: what ends stands in an entry of its own
}

// noting is a change in a stream.
type noting struct {
	stream string
	audit.Change
}

// Scratch gives the scratch methods inside this transaction, for what stops
// being scratch here: an enrolment that becomes a member.
func (tx *Tx) Scratch() *ScratchTx { return &ScratchTx{c: tx.c, s: tx.s} }

// inForce is what the log and this transaction have in force under a label.
func (tx *Tx) inForce(stream, label string) (digest audit.Digest, live, ended bool, err error) {
	if i := tx.noted(label); i >= 0 {
		c := tx.notes[i]
		return c.New, c.Op != audit.Ended, c.Op == audit.Ended, nil
	}
	l, err := tx.Ledger(stream)
	if err != nil {
		return digest, false, false, err
	}
	digest, live = l.Live[label]
	return digest, live, l.Ended[label], nil
}

func (tx *Tx) noted(label string) int {
	return slices.IndexFunc(tx.notes, func(n noting) bool { return n.Label == label })
}

// wroteItself tells whether a row is one that this transaction stored.
func (tx *Tx) wroteItself(r record.Row) bool {
	i := tx.noted(r.Label)
	return i >= 0 && tx.notes[i].Op != audit.Ended && tx.notes[i].New == r.Digest
}

// checkInForce refuses to change a row that is not as the log says. ErrUntrusted.
func (tx *Tx) checkInForce(stream string, old record.Row) error {
	d, live, _, err := tx.inForce(stream, old.Label)
	if err != nil {
		return err
	}
	if !live || d != old.Digest {
		return notAsLogged(old.Label)
	}
	return nil
}

// noteAdded notes a row that was not there before. A label that the log knows is
// refused: its row ended, or was taken away by hand, and a second one would hide
// that.
func (tx *Tx) noteAdded(stream string, r record.Row) error {
	_, live, ended, err := tx.inForce(stream, r.Label)
	if err != nil {
		return err
	}
	if live || ended {
		return notAsLogged(r.Label)
	}
	tx.notes = append(tx.notes, noting{stream, audit.Change{Label: r.Label, Op: audit.Added, New: r.Digest}})
	return nil
}

// noteRenewed notes that a row, which must be the one in force, is another now.
func (tx *Tx) noteRenewed(stream string, old, r record.Row) error {
	if err := tx.checkInForce(stream, old); err != nil {
		return err
	}
	if i := tx.noted(r.Label); i >= 0 {
		tx.notes[i].New = r.Digest // added or renewed before, in this transaction
		return nil
	}
	tx.notes = append(tx.notes,
		noting{stream, audit.Change{Label: r.Label, Op: audit.Renewed, Old: old.Digest, New: r.Digest}})
	return nil
}

// noteEnded notes that a row, which must be the one in force, is no more.
func (tx *Tx) noteEnded(stream string, old record.Row) error {
	if err := tx.checkInForce(stream, old); err != nil {
		return err
	}
	i := tx.noted(old.Label)
	switch {
	case i < 0:
		tx.notes = append(tx.notes, noting{stream, audit.Change{Label: old.Label, Op: audit.Ended, Old: old.Digest}})
	case tx.notes[i].Op == audit.Added:
		tx.notes = slices.Delete(tx.notes, i, i+1) // it never was
	default:
		tx.notes[i].Op, tx.notes[i].New = audit.Ended, audit.Digest{}
	}
	return nil
}

// fact states something in the clear of the transaction's own entry, once.
func (tx *Tx) fact(f audit.Fact) {
	if !slices.ContainsFunc(tx.facts, func(x audit.Fact) bool { return x.Name == f.Name }) {
		tx.facts = append(tx.facts, f)
	}
}

// append writes the entries: the transaction's own first, then one in each other
// stream that it touched.
func (tx *Tx) append() error {
	streams := []string{tx.entry.Stream}
	for _, n := range tx.notes {
		if !slices.Contains(streams, n.stream) {
			streams = append(streams, n.stream)
		}
	}
	for _, stream := range streams {
		if ethics.IsObject(stream) && stream != tx.entry.Stream {
			return fmt.Errorf("store: a row of %s under an entry of %s", stream, tx.entry.Stream)
		}
	}
	for n, stream := range streams {
		if n == 0 && tx.sealOff {
			if err := tx.appendSealedOff(); err != nil {
				return err
			}
		}
		b := audit.Body{ID: tx.entry.ID, Kind: tx.entry.Kind, Actor: tx.entry.Actor, Changes: tx.changes(stream)}
		if n == 0 {
			b.Facts, b.Commitment = tx.facts, tx.entry.Commitment
		}
		if err := tx.appendEntry(stream, b); err != nil {
			return err
		}
	}
	if tx.sealOff {
		return tx.blankOld(tx.entry.Stream) // last: until now the stream was read
	}
	return nil
}

// appendEntry appends an entry, if every reader will accept it. The first of an object brings
// its row.
func (tx *Tx) appendEntry(stream string, b audit.Body) error {
	if st, err := tx.state(stream); err != nil || st.Count == 0 && !record.Begins(stream, b.Changes) {
		return cmp.Or(err, fmt.Errorf("store: an entry of %s, which is not there", stream))
	}
	l, err := tx.Ledger(stream)
	if err != nil {
		return err
	}
	if err := l.Take(audit.Entry{Stream: stream, Body: b}); err != nil {
		return err
	}
	return tx.group.append(stream, tx.day, b)
}

func (tx *Tx) changes(stream string) []audit.Change {
	var out []audit.Change
	for _, n := range tx.notes {
		if n.stream == stream && !(tx.sealOff && n.Op == audit.Ended) {
			out = append(out, n.Change)
		}
	}
	return out
}

func notAsLogged(label string) error {
	return fmt.Errorf("%w: %w: %s", ethics.ErrUntrusted, audit.ErrTampered, label)
}
