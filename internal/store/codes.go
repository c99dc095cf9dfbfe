package store

import (
	"bytes"

	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// KeysOf are the reporter's keys as a case's row has them.
func KeysOf(c ethics.Case, locator []byte) ReporterKeys { return record.KeysOf(c, locator) }

// ReplaceCode ends the reporter's keys in favour of next, which locator finds.
// Visits with the old code end with it. PutCase stands behind it, the envelope
// with the old secret in front. ErrConflict when x is not the next change.
func (tx *Tx) ReplaceCode(c *ethics.Case, x CodeChange, next ReporterKeys, locator []byte) error {
	old, err := row(tx.c, record.Cases, `where id = $1`, c.ID)
	if err != nil {
		return err
	}
	have := KeysOf(old.Case, old.Locator)
	changes, err := ofCase(tx.c, record.Codes, c.ID)
	if err != nil {
		return err
	}
	if x.N != len(changes) || !bytes.Equal(x.Old.Mark, have.Mark) || !bytes.Equal(x.Old.Verifier, have.Verifier) {
		return ethics.ErrConflict
	}
	if err := put(tx, record.Codes, &x); err != nil {
		return err
	}
	if err := tx.noteRenewed(ethics.CaseStream(c.ID), record.KeysRow(c.ID, old.Number, have),
		record.KeysRow(c.ID, old.Number, next)); err != nil {
		return err
	}
	c.ReporterRecipient, c.ReporterVerifier = next.Recipient, next.Verifier
	now := old
	now.ReporterRecipient, now.ReporterVerifier, now.Locator = next.Recipient, next.Verifier, locator
	if err := renew(tx, record.Cases, &old, &now); err != nil {
		return err
	}
	return tx.c.run(`delete from tmp_case_session where case_id = $1`, c.ID)
}
