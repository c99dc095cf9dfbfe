package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// Erasing a case (sealing.md §9, §10): two people sign, then one transaction takes
// every row of it away, leaves a statistics row and the erasure's own, blanks its
// entries and notes that in an entry which is never erased. The leaves stay in the
// tree. Then the disk, then the list in keys/: Shred, and who calls it.

// Kinds of entries.
const (
	KindErasureApproved = "erasure_approved" // the first of two people
	KindErased          = "erased"           // the second, and it is done
	kindBlank           = "blank"            // what stands in place of an erased entry
)

// StateErased is the state of what is left of a case.
const StateErased = "erased"

// BackupDays is how long a backup made before may be kept.
const BackupDays = 31

// Erasure is an approval of two people. Until the second has signed, Second, Day
// and Until are empty.
type Erasure struct {
	Case, Number    string
	Institution     string
	Asked           ethics.Day // the day the first signed on
	Digest          []byte     // leaf of the newest entry that changed the case: nothing came since
	Grounds         string     // which retention is over: a deadline's id and its last day
	First           string     // responsible person
	FirstSignature  []byte     // over payload.ErasureStatement
	Second          string     // auditor
	SecondSignature []byte     // over the same
	Day             ethics.Day // erased on
	Until           ethics.Day // the day on which the last permitted backup ends
}

func erasureLabel(caseID string) string { return "erasure:" + caseID }

func erasureItem(e Erasure) audit.Item {
	return item(erasureLabel(e.Case), e.Case, e.Number, e.Institution, e.Asked, e.Digest, e.Grounds, e.First, e.FirstSignature,
		e.Second, e.SecondSignature, e.Day, e.Until)
}

const erasureColumns = `select case_id, number, institution, asked, digest, grounds, first, first_signature, second, second_signature, day, until from erasure `

func erasureFields(e *Erasure) []any {
	return []any{&e.Case, &e.Number, &e.Institution, &e.Asked, &e.Digest, &e.Grounds, &e.First, &e.FirstSignature,
		&e.Second, &e.SecondSignature, &e.Day, &e.Until}
}

// Erasure is a case's; ErrNotFound when nobody has signed one.
func (tx *ReadTx) Erasure(caseID string) (Erasure, error) {
	var e Erasure
	err := tx.c.one(erasureColumns+`where case_id = $1`, []any{caseID}, erasureFields(&e)...)
	return e, err
}

// Erasures are all, the newest first: done ones, and those that wait for the
// second signature.
func (tx *ReadTx) Erasures() ([]Erasure, error) {
	return all(tx, erasureColumns+`where case_id > $1 order by day desc, asked desc, number`, "", erasureFields)
}

// Newest is the leaf of the newest entry that changed a row of the case, without
// approvals of its erasure: what both people sign that they saw.
func (tx *ReadTx) Newest(caseID string) ([]byte, error) {
	entries, err := tx.Entries(caseID)
	if err != nil {
		return nil, err
	}
	for i := len(entries) - 1; i >= 0; i-- {
		if len(entries[i].Items) > 0 && entries[i].Kind != KindErasureApproved {
			leaf := audit.LeafHash(entries[i])
			return leaf[:], nil
		}
	}
	return nil, ethics.ErrNotFound
}

// Unread tells whether something of the reporter's was never opened by a member:
// nobody but the reporter ever did anything in the case, or nobody since.
func (tx *ReadTx) Unread(caseID string) (bool, error) {
	unread := true
	err := tx.c.each(`select kind, actor from entry where case_id = $1 order by idx`, []any{caseID}, func(scan func(...any) error) error {
		var kind, actor string
		if err := scan(&kind, &actor); err != nil {
			return err
		}
		switch {
		case actor != ethics.ActorReporter && kind == "opened":
			unread = false
		case actor != ethics.ActorReporter:
		case kind == "filed", kind == "message", kind == "withdrawn", kind == "identified":
			unread = true
		}
		return nil
	})
	return unread, err
}

// ApproveErasure keeps the first signature, in place of one that was overtaken.
// ErrExists when this member's stands and nothing came since.
func (tx *Tx) ApproveErasure(e Erasure) error {
	old, err := tx.Erasure(e.Case)
	if err == nil {
		if err := tx.held(e.Case, erasureItem(old)); err != nil {
			return err
		}
		if err := tx.unchanged(e); err != nil {
			return err
		}
		if bytes.Equal(old.Digest, e.Digest) && old.Grounds == e.Grounds {
			return ethics.ErrExists
		}
		if err := tx.c.run(`delete from erasure where case_id = $1`, e.Case); err != nil {
			return err
		}
	} else if _, err := tx.logged(e.Case); err != nil {
		return err
	} else if tx.digests[e.Case][erasureLabel(e.Case)] != (audit.Digest{}) {
		return notAsLogged(erasureLabel(e.Case))
	}
	if err := tx.unchanged(e); err != nil {
		return err
	}
	return tx.putErasure(e)
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

func (tx *Tx) putErasure(e Erasure) error {
	tx.note(e.Case, erasureItem(e))
	return tx.c.run(`insert into erasure (case_id, number, institution, asked, digest, grounds, first, first_signature, second, second_signature, day, until)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		e.Case, e.Number, e.Institution, e.Asked, e.Digest, e.Grounds, e.First, e.FirstSignature, e.Second, e.SecondSignature, e.Day, e.Until)
}

// Erase takes a case away. e is complete; ended is the day on which the case came
// to its last state. ErrSamePerson, ErrNotFound without the first signature,
// ErrConflict when anything came since it, or when the case is erased already.
func (tx *Tx) Erase(e Erasure, ended ethics.Day) error {
	first, err := tx.Erasure(e.Case)
	if err != nil {
		return err
	}
	if err := tx.held(e.Case, erasureItem(first)); err != nil {
		return err
	}
	if err := tx.unchanged(first); err != nil {
		return err
	}
	if first.Second != "" || !bytes.Equal(e.Digest, first.Digest) || !bytes.Equal(e.FirstSignature, first.FirstSignature) {
		return ethics.ErrConflict
	}
	if err := tx.another(e.Second, first.First); err != nil {
		return err
	}
	entries, err := tx.Entries(e.Case)
	if err != nil {
		return err
	}
	c, locator, err := tx.caseRow(`where id = $1`, e.Case)
	if err != nil {
		return err
	}
	if err := tx.held(e.Case, caseItem(c, locator)); err != nil {
		return err
	}
	if err := tx.dropRows(e.Case); err != nil {
		return err
	}
	for _, x := range entries {
		tx.note(e.Case, audit.Item{Label: blankLabel(x.Index), Digest: audit.Digest(audit.LeafHash(x))})
		err := tx.c.run(`update entry set id = $1, day = $2, kind = $3, actor = '', details = x'', blinding = x'' where idx = $4`,
			blankID(x.Index), e.Day, kindBlank, x.Index)
		if err != nil {
			return err
		}
	}
	if err := tx.reduce(c, ended); err != nil {
		return err
	}
	if err := tx.c.run(`delete from erasure where case_id = $1`, e.Case); err != nil {
		return err
	}
	return tx.putErasure(e)
}

// dropRows deletes in an order that keeps references. A test holds the tables
// against the schema.
func (tx *Tx) dropRows(caseID string) error {
	return errors.Join(
		tx.c.run(`delete from chunk where file_id in (select id from file where case_id = $1)`, caseID),
		tx.c.run(`delete from file where case_id = $1`, caseID),
		tx.c.run(`delete from case_grant where case_id = $1`, caseID),
		tx.c.run(`delete from vault_share where case_id = $1`, caseID),
		tx.c.run(`delete from vault_request where case_id = $1`, caseID),
		tx.c.run(`delete from vault where case_id = $1`, caseID),
		tx.c.run(`delete from proposal where case_id = $1`, caseID),
		tx.c.run(`delete from measure where case_id = $1`, caseID),
		tx.c.run(`delete from case_event where case_id = $1`, caseID),
		tx.c.run(`delete from case_code where case_id = $1`, caseID),
		tx.c.run(`delete from case_epoch where case_id = $1`, caseID),
		tx.c.run(`delete from envelope where case_id = $1`, caseID),
		tx.c.run(`delete from tmp_case_session where case_id = $1`, caseID),
	)
}

// reduce leaves of the case's row what statistics count.
func (tx *Tx) reduce(c ethics.Case, ended ethics.Day) error {
	left := reduced(c, ended)
	tx.note(c.ID, caseItem(left, gone(c.ID)))
	return tx.c.run(`update cases set locator = $1, state = $2, previous = '', changed = $3, due = '', due_id = '', epoch = 0, sequence = 0,
		reporter_recipient = '', reporter_verifier = x'' where id = $4`, gone(c.ID), left.State, left.Changed, c.ID)
}

func reduced(c ethics.Case, ended ethics.Day) ethics.Case {
	return ethics.Case{
		ID: c.ID, Number: c.Number, Institution: c.Institution, Category: c.Category, Track: c.Track,
		State: StateErased, Received: c.Received, Changed: ended,
	}
}

// gone stands where the locator was: no code has it.
func gone(caseID string) []byte {
	h := sha256.Sum256([]byte("svilpe/1 erased " + caseID))
	return h[:]
}

func blankLabel(index int64) string { return fmt.Sprintf("blank:%d", index) }

func blankID(index int64) string { return fmt.Sprintf("blank-%d", index) }

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

// leafAt is an entry's leaf as the tree has it.
func leafAt(c *conn, index int64) (tlog.Hash, error) {
	var hash []byte
	var out tlog.Hash
	err := c.one(`select hash from node where id = $1`, []any{tlog.StoredHashIndex(0, index)}, &hash)
	copy(out[:], hash)
	return out, err
}

// blanked tells whether an entry's row is an erased one.
func blanked(e audit.Entry, details, blinding []byte) bool {
	return e.Kind == kindBlank && len(details) == 0 && len(blinding) == 0 && strings.HasPrefix(e.ID, "blank-")
}
