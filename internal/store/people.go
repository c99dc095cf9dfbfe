package store

import (
	"errors"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// AddStatement stores a signed statement as the next of its list.
func (tx *Tx) AddStatement(s appoint.Statement) error {
	n, err := tx.StatementCount()
	if err != nil {
		return err
	}
	return put(tx, record.Statements, &record.Stated{N: n, Statement: s})
}

// NoteInstallation puts the installation's row under the log, with the version of
// the reference data that it begins with: part of entry 0.
func (tx *Tx) NoteInstallation() error {
	i, err := tx.Installation()
	if err != nil {
		return err
	}
	return tx.noteAdded(ethics.StreamRoster, record.Installations.Row(&i))
}

// AddPolicy states a version of the reference data.
func (tx *Tx) AddPolicy(version int, data []byte, day ethics.Day) error {
	return put(tx, record.Policies, &record.Policy{Version: version, Data: data, Day: day})
}

// PutMember stores a member's credentials, new or changed. ErrUntrusted when the
// row before is not the one that the log knows: an older one put back, or taken
// away, is not replaced as if nothing had been.
func (tx *Tx) PutMember(m Member) error {
	old, err := row(tx.c, record.Members, `where id = $1`, m.ID)
	switch {
	case errors.Is(err, ethics.ErrNotFound):
		return put(tx, record.Members, &m)
	case err != nil:
		return err
	}
	return renew(tx, record.Members, &old, &m)
}

// Member finds credentials by id, held against the log: a row put back from
// before a password change is ErrUntrusted, so the old password opens nothing.
func (tx *ReadTx) Member(id string) (Member, error) { return tx.member(`where id = $1`, id) }

// MemberByEmail finds credentials by sign-in name, case-folded by the caller, and
// holds them against the log.
func (tx *ReadTx) MemberByEmail(email string) (Member, error) {
	return tx.member(`where email = $1`, email)
}

func (tx *ReadTx) member(where, arg string) (Member, error) {
	m, err := row(tx.c, record.Members, where, arg)
	if err != nil {
		return m, err
	}
	return m, checkHeld(tx, record.Members, &m)
}

// checkHeld refuses a row that is not the one that the log has in force, or that says
// another day than the entry which brought it.
func checkHeld[R any](tx *ReadTx, k *record.Kind[R], r *R) error {
	l, err := tx.Ledger(k.Stream(r))
	if err != nil {
		return err
	}
	if i := k.Row(r); !l.Holds(i) || k.Day != nil && !l.On(i.Label, k.Day(r)) {
		return notAsLogged(i.Label)
	}
	return nil
}

// Statements are the founding and all that was signed after it, in order, as the
// log has them.
func (tx *ReadTx) Statements() ([]appoint.Statement, error) {
	all, err := rows(tx.c, record.Statements, `order by n`)
	if err != nil {
		return nil, err
	}
	return tx.stated(all)
}

// StatementCount is how many there are.
func (tx *ReadTx) StatementCount() (int, error) {
	var n int
	err := tx.c.one(`select count(*) from statement`, nil, &n)
	return n, err
}
