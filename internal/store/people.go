package store

import (
	"errors"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
)

// AddStatement stores a signed statement as the next of its list.
func (tx *Tx) AddStatement(s appoint.Statement) error {
	var n int
	if err := tx.c.one(`select count(*) from statement`, nil, &n); err != nil {
		return err
	}
	i, sigs, err := statementItem(n, s)
	if err != nil {
		return err
	}
	err = tx.c.run(`insert into statement (n, id, kind, body, signatures, day) values ($1, $2, $3, $4, $5, $6)`,
		n, s.ID, s.Kind, s.Body, sigs, s.Day)
	if err != nil {
		return err
	}
	return tx.noteNew("", i)
}

// NoteInstallation puts the installation's row under the log: part of entry 0.
func (tx *Tx) NoteInstallation() error {
	i, err := tx.Installation()
	if err != nil {
		return err
	}
	return tx.noteNew("", installationItem(i))
}

// PutMember stores a member's credentials, new or changed. ErrUntrusted when the
// row before is not the one that the log knows: an older one put back, or taken
// away, is not replaced as if nothing had been.
func (tx *Tx) PutMember(m Member) error {
	switch old, err := tx.Member(m.ID); {
	case err == nil:
		if err := tx.held("", memberItem(old)); err != nil {
			return err
		}
		tx.note("", memberItem(m))
	case errors.Is(err, ethics.ErrNotFound):
		if err := tx.noteNew("", memberItem(m)); err != nil {
			return err
		}
	default:
		return err
	}
	return tx.c.run(`insert into member (id, email, params, sealed_secret, sealed_totp, founders_copy, confidential_day)
		values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do update set email = excluded.email, params = excluded.params,
		sealed_secret = excluded.sealed_secret, sealed_totp = excluded.sealed_totp, founders_copy = excluded.founders_copy,
		confidential_day = excluded.confidential_day`,
		m.ID, m.Email, m.Params, m.Secret, m.TOTP, m.FoundersCopy, m.Confidential)
}
