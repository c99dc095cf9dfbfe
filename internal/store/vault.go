package store

import (
	"errors"
	"fmt"

	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// A case has at most one vault. Its rows are never changed: dealing anew takes
// the old envelope and shares away and stores others under a new id, so that a
// row that somebody puts back bears a digest which the log has ended.

// States of a request.
const (
	RequestLent  = "lent"
	RequestUsed  = "used"
	RequestEnded = "ended"
)

// PutVault gives a case this vault. What it had before is removed with its
// shares, and shares on loan with it.
func (tx *Tx) PutVault(v ethics.Vault, shares []ethics.VaultShare) error {
	if err := tx.DropVault(v.Case); err != nil {
		return err
	}
	if err := put(tx, record.Vaults, &v); err != nil {
		return err
	}
	for _, s := range shares {
		if s.Case != v.Case || s.Vault != v.ID {
			return fmt.Errorf("%w: a share of another vault", ethics.ErrUntrusted)
		}
		if err := put(tx, record.Shares, &s); err != nil {
			return err
		}
	}
	return nil
}

// DropVault erases a case's vault, its shares and what is on loan: withdrawn by
// the reporter, dealt anew, or kept as long as the retention of identities says.
// The envelopes of the case stay. Nothing happens where there is none. Whoever
// erases when retention_identity has ended adds the event identity_erased in the
// same transaction, the reporter identity_withdrawn: without one the log is
// damaged (record.Announced). The rows leave the write-ahead log too, within seconds.
func (tx *Tx) DropVault(caseID string) error {
	v, err := row(tx.c, record.Vaults, `where case_id = $1`, caseID)
	if errors.Is(err, ethics.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	tx.s.leaving.Store(true)
	shares, err := ofCase(tx.c, record.Shares, caseID)
	if err != nil {
		return err
	}
	for n := range shares {
		if err := drop(tx, record.Shares, &shares[n]); err != nil {
			return err
		}
	}
	if err := tx.endLoans(caseID, func(ethics.VaultRequest) bool { return true }); err != nil {
		return err
	}
	return drop(tx, record.Vaults, &v)
}

// VaultCases are the cases that keep a reporter's details.
func (tx *ReadTx) VaultCases() ([]string, error) {
	return tx.ids(`select case_id from vault order by case_id`)
}

func (tx *ReadTx) ids(query string, args ...any) ([]string, error) {
	var out []string
	err := tx.c.each(query, args, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		out = append(out, id)
		return err
	})
	return out, err
}

// DropShares takes a member's share of a case's vault away, and any share lent
// to or by this member: who leaves a case, its removal's transaction calls this.
// Below two shares the vault stays closed until the reporter replaces it; with
// two or more, two holders deal it anew (casework, act renew_vault), since a copy
// of the database made before still holds the leaver's share.
func (tx *Tx) DropShares(caseID, member string) error {
	shares, err := ofCase(tx.c, record.Shares, caseID)
	if err != nil {
		return err
	}
	for n := range shares {
		if shares[n].Member != member {
			continue
		}
		if err := drop(tx, record.Shares, &shares[n]); err != nil {
			return err
		}
	}
	return tx.endLoans(caseID, func(r ethics.VaultRequest) bool { return r.Asker == member || r.Decider == member })
}

// LendShare records a request that a second holder approved, with the share.
func (tx *Tx) LendShare(r ethics.VaultRequest) error {
	if err := tx.checkAnother(r.Asker, r.Decider); err != nil {
		return err
	}
	return put(tx, record.Requests, &r)
}

// EndRequest ends a request whose share is on loan: used or ended. The lent share
// is taken away. ErrConflict when it is not on loan any more.
func (tx *Tx) EndRequest(id, state string) error {
	old, err := row(tx.c, record.Requests, `where id = $1`, id)
	if err != nil {
		return err
	}
	if old.State != RequestLent {
		return ethics.ErrConflict
	}
	now := old
	now.State, now.Sealed = state, []byte{}
	return renew(tx, record.Requests, &old, &now)
}

// EndLapsed ends a case's requests whose time was over before a day.
func (tx *Tx) EndLapsed(caseID string, today ethics.Day) error {
	return tx.endLoans(caseID, func(r ethics.VaultRequest) bool { return r.Until < today })
}

func (tx *Tx) endLoans(caseID string, which func(ethics.VaultRequest) bool) error {
	requests, err := ofCase(tx.c, record.Requests, caseID)
	if err != nil {
		return err
	}
	for _, r := range requests {
		if r.State == RequestLent && which(r) {
			if err := tx.EndRequest(r.ID, RequestEnded); err != nil {
				return err
			}
		}
	}
	return nil
}

// LapsedLoans are the cases that hold a lent share whose time is over.
func (tx *ReadTx) LapsedLoans(today ethics.Day) ([]string, error) {
	return tx.ids(`select distinct case_id from vault_request where state = 'lent' and until < $1 order by case_id`,
		today)
}
