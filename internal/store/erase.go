package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
)

// Erasing a case (sealing.md §12.6): two people sign, then one transaction takes
// every row of it away and the bodies of its entries, and leaves in the entry
// «erased» the tombstone that is counted and the erasure with both signatures. The
// frames of the entries stay, and with them the tree. Bodies younger than the last
// closing go with the next one, when its counters hold what they say. Then the
// disk, then the list in keys/: Shred, and who calls it.

// Erasure is a case's: done, or with the first signature alone; ErrNotFound when
// nobody has signed one.
func (tx *ReadTx) Erasure(caseID string) (Erasure, error) {
	e, err := row(tx.c, record.Erasures, `where case_id = $1`, caseID)
	if err == nil {
		return e, checkHeld(tx, record.Erasures, &e)
	}
	if !errors.Is(err, ethics.ErrNotFound) {
		return e, err
	}
	asked, err := row(tx.c, record.ErasuresAsked, `where case_id = $1`, caseID)
	if err != nil {
		return e, err
	}
	return asked.Erasure, checkHeld(tx, record.ErasuresAsked, &asked)
}

// Erasures are those that were done, the newest first, each as the log has it and as
// two people signed it. One that is not is left out, and named in bad: nothing is done
// because of it.
func (tx *ReadTx) Erasures() (out []Erasure, bad error, err error) {
	all, err := rows(tx.c, record.Erasures, `order by day desc, asked desc, number`)
	for n := range all {
		if err := tx.erased(&all[n]); err != nil {
			bad = errors.Join(bad, fmt.Errorf("erasure of %s: %w", all[n].Case, err))
			continue
		}
		out = append(out, all[n])
	}
	return out, bad, err
}

// erased tells that an erasure, and what is counted of its case, are as the log has
// them and as two people signed them.
func (tx *ReadTx) erased(e *Erasure) error {
	if err := checkHeld(tx, record.Erasures, e); err != nil {
		return err
	}
	t, err := row(tx.c, record.Tombstones, `where case_id = $1`, e.Case)
	if err != nil {
		return fmt.Errorf("%w: what is counted of it: %w", ethics.ErrUntrusted, err)
	}
	if err := checkHeld(tx, record.Tombstones, &t); err != nil {
		return err
	}
	in, err := tx.Installation()
	if err != nil {
		return err
	}
	roster, err := tx.Roster()
	if err != nil {
		return err
	}
	l, err := tx.Ledger(ethics.CaseStream(e.Case))
	if err != nil {
		return err
	}
	return l.ErasedBy(in.ID, *e, t, roster)
}

// Newest is the leaf of the newest entry that changed a row of the case, without
// approvals of its erasure: what both people sign that they saw. It covers the
// chain before it.
func (tx *ReadTx) Newest(caseID string) ([]byte, error) {
	entries, err := tx.Entries(ethics.CaseStream(caseID))
	if err != nil {
		return nil, err
	}
	for _, e := range slices.Backward(entries) {
		if len(e.Changes) > 0 && e.Kind != record.KindErasureApproved {
			leaf := audit.LeafHash(e)
			return leaf[:], nil
		}
	}
	return nil, ethics.ErrNotFound
}

// Unread tells whether something of the reporter's was never opened by a member:
// nobody but the reporter ever did anything in the case, or nobody since.
func (tx *ReadTx) Unread(caseID string) (bool, error) {
	entries, err := tx.Entries(ethics.CaseStream(caseID))
	unread := true
	for _, e := range entries {
		if e.Actor != ethics.ActorReporter {
			unread = unread && e.Kind != record.KindOpened
		} else if record.BringsText(e) {
			unread = true
		}
	}
	return unread, err
}

// ApproveErasure keeps the first signature, in place of one that was overtaken.
// ErrExists when this member's stands and nothing came since.
func (tx *Tx) ApproveErasure(e Erasure) error {
	if err := tx.unchanged(e); err != nil {
		return err
	}
	old, err := row(tx.c, record.ErasuresAsked, `where case_id = $1`, e.Case)
	switch {
	case errors.Is(err, ethics.ErrNotFound):
		if err := tx.noneAsked(e.Case); err != nil {
			return err
		}
	case err != nil:
		return err
	case bytes.Equal(old.Digest, e.Digest) && old.Grounds == e.Grounds:
		return errors.Join(tx.checkInForce(ethics.CaseStream(e.Case), record.ErasuresAsked.Row(&old)), ethics.ErrExists)
	default:
		if err := drop(tx, record.ErasuresAsked, &old); err != nil {
			return err
		}
	}
	return put(tx, record.ErasuresAsked, &record.ErasureAsked{ID: e.AskedID(), Erasure: e})
}

// noneAsked refuses where the log has a first signature and the table does not.
func (tx *Tx) noneAsked(caseID string) error {
	l, err := tx.Ledger(ethics.CaseStream(caseID))
	if err != nil {
		return err
	}
	for _, label := range l.OfKind(record.ErasuresAsked.Name) {
		return notAsLogged(label)
	}
	return nil
}

// unchanged tells that nothing came since what was signed; else ErrConflict.
func (tx *Tx) unchanged(e Erasure) error {
	newest, err := tx.Newest(e.Case)
	if err != nil {
		return err
	}
	if !bytes.Equal(newest, e.Digest) {
		return ethics.ErrConflict
	}
	return nil
}

// Erase takes a case away. e is complete; ended is the day on which the case came
// to its last state. ErrSamePerson, ErrNotFound without the first signature,
// ErrConflict when anything came since it, or when the case is erased already.
func (tx *Tx) Erase(e Erasure, ended ethics.Day) error {
	first, err := row(tx.c, record.ErasuresAsked, `where case_id = $1`, e.Case)
	if err != nil {
		return err
	}
	stream := ethics.CaseStream(e.Case)
	if err := tx.checkInForce(stream, record.ErasuresAsked.Row(&first)); err != nil {
		return err
	}
	if err := tx.unchanged(first.Erasure); err != nil {
		return err
	}
	if !bytes.Equal(e.Digest, first.Digest) || !bytes.Equal(e.FirstSignature, first.FirstSignature) {
		return ethics.ErrConflict
	}
	if err := tx.checkAnother(e.Second, first.First); err != nil {
		return err
	}
	c, err := row(tx.c, record.Cases, `where id = $1`, e.Case)
	if err != nil {
		return err
	}
	if err := tx.checkInForce(stream, record.Cases.Row(&c)); err != nil {
		return err
	}
	if err := tx.endAll(stream); err != nil {
		return err
	}
	if err := tx.dropRows(e.Case); err != nil {
		return err
	}
	t := record.TombstoneOf(c.Case, ended)
	tx.fact(institution(c.Institution))
	tx.sealOff = true
	return errors.Join(put(tx, record.Tombstones, &t), put(tx, record.Erasures, &e))
}

// endAll notes that everything of a stream is no more, in the order of its labels.
func (tx *Tx) endAll(stream string) error {
	l, err := tx.Ledger(stream)
	if err != nil {
		return err
	}
	labels := make([]string, 0, len(l.Live))
	for label := range l.Live {
		labels = append(labels, label)
	}
	slices.Sort(labels)
	for _, label := range labels {
		if err := tx.noteEnded(stream, record.Row{Label: label, Digest: l.Live[label]}); err != nil {
			return err
		}
	}
	return nil
}

// dropRows deletes every row of a case, the last kinds first: that keeps references.
func (tx *Tx) dropRows(caseID string) error {
	errs := []error{
		tx.c.run(`delete from chunk where file_id in (select id from file where case_id = $1)`, caseID),
		tx.c.run(`delete from tmp_case_session where case_id = $1`, caseID),
	}
	for _, d := range slices.Backward(record.All) {
		if i := d.About(); i.Case != "" {
			errs = append(errs, tx.c.run(`delete from `+i.Table+` where `+i.Case+` = $1`, caseID))
		}
	}
	return errors.Join(errs...)
}

// appendSealedOff is the entry with what ended. Its body goes with the others', at
// the next closing, since until then the counters are read from it.
func (tx *Tx) appendSealedOff() error {
	b := audit.Body{ID: tx.entry.ID, Kind: record.KindSealedOff, Actor: tx.entry.Actor, Facts: tx.facts}
	for _, n := range tx.notes {
		if n.Op == audit.Ended {
			b.Changes = append(b.Changes, n.Change)
		}
	}
	return tx.appendEntry(tx.entry.Stream, b)
}

// blankOld erases the bodies of a stream's entries that are older than the last
// closing.
func (tx *Tx) blankOld(stream string) error {
	return tx.c.run(`update entry set kind = '', actor = '', body = x'', blinding = x'' where stream = $1 and idx < $2`,
		stream, tx.s.memory.closing())
}

// MayConfirmErasure tells whether a member may sign second on a day.
func MayConfirmErasure(by policy.Erasers, roster *appoint.Roster, member string, day ethics.Day) bool {
	return record.MayConfirmErasure(by, roster, member, day)
}

// erasedLocator stands where the locator was: no code has it.
func erasedLocator(id string) []byte {
	h := sha256.Sum256([]byte("svilpe/1 erased " + id))
	return h[:]
}

// Shred makes an erasure reach the disk: deleted pages are overwritten as they are
// freed (secure_delete), and the write-ahead log, which still has them, is copied
// and cut to nothing. ErrBusy when readers held it too long; call again.
func (s *Store) Shred(ctx context.Context) error {
	for range 50 {
		if s.Checkpointed(ctx, "truncate") {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return fmt.Errorf("cutting the write-ahead log: %w", ethics.ErrBusy)
}
