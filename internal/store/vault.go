package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
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

func vaultLabel(id string) string { return "vault:" + id }

func vaultItem(v ethics.Vault) audit.Item {
	return item(vaultLabel(v.ID), v.ID, v.Case, v.Dealer, v.Recipient, v.Day, v.Sealed)
}

func shareLabel(vault, member string) string { return "vault_share:" + vault + "/" + member }

func shareItem(s ethics.VaultShare) audit.Item {
	return item(shareLabel(s.Vault, s.Member), s.Vault, s.Case, s.Member, s.Dealer, s.Digest, s.Day, s.Sealed)
}

func requestItem(r ethics.VaultRequest) audit.Item {
	return item("vault_request:"+r.ID, r.ID, r.Case, r.Vault, r.Purpose, r.Asker, r.Decider, r.State, r.Day, r.Until, r.Sealed)
}

const (
	vaultColumns   = `select id, case_id, dealer, recipient, day, sealed from vault `
	shareColumns   = `select vault_id, case_id, member_id, dealer, digest, day, sealed from vault_share `
	requestColumns = `select id, case_id, vault_id, purpose, asker, decider, state, day, until, sealed from vault_request `
)

func vaultFields(v *ethics.Vault) []any {
	return []any{&v.ID, &v.Case, &v.Dealer, &v.Recipient, &v.Day, &v.Sealed}
}

func shareFields(s *ethics.VaultShare) []any {
	return []any{&s.Vault, &s.Case, &s.Member, &s.Dealer, &s.Digest, &s.Day, &s.Sealed}
}

func requestFields(r *ethics.VaultRequest) []any {
	return []any{&r.ID, &r.Case, &r.Vault, &r.Purpose, &r.Asker, &r.Decider, &r.State, &r.Day, &r.Until, &r.Sealed}
}

// Vault is a case's vault; ErrNotFound when it has none.
func (tx *ReadTx) Vault(caseID string) (ethics.Vault, error) {
	var v ethics.Vault
	err := tx.c.one(vaultColumns+`where case_id = $1`, []any{caseID}, vaultFields(&v)...)
	return v, err
}

// VaultShares are the shares of a case's vault, by holder.
func (tx *ReadTx) VaultShares(caseID string) ([]ethics.VaultShare, error) {
	return all(tx, shareColumns+`where case_id = $1 order by vault_id, member_id`, caseID, shareFields)
}

// VaultRequests are the requests that were ever approved in a case.
func (tx *ReadTx) VaultRequests(caseID string) ([]ethics.VaultRequest, error) {
	return all(tx, requestColumns+`where case_id = $1 order by day, id`, caseID, requestFields)
}

func all[T any](tx *ReadTx, query, caseID string, fields func(*T) []any) ([]T, error) {
	var out []T
	err := tx.c.each(query, []any{caseID}, func(scan func(...any) error) error {
		var row T
		if err := scan(fields(&row)...); err != nil {
			return err
		}
		out = append(out, row)
		return nil
	})
	return out, err
}

// PutVault gives a case this vault. What it had before is removed with its
// shares, and shares on loan with it.
func (tx *Tx) PutVault(v ethics.Vault, shares []ethics.VaultShare) error {
	if err := tx.DropVault(v.Case); err != nil {
		return err
	}
	err := tx.c.run(`insert into vault (id, case_id, dealer, recipient, day, sealed) values ($1, $2, $3, $4, $5, $6)`,
		v.ID, v.Case, v.Dealer, v.Recipient, v.Day, v.Sealed)
	if err != nil {
		return err
	}
	if err := tx.noteNew(v.Case, vaultItem(v)); err != nil {
		return err
	}
	for _, s := range shares {
		if s.Case != v.Case || s.Vault != v.ID {
			return fmt.Errorf("%w: a share of another vault", ethics.ErrUntrusted)
		}
		err := tx.c.run(`insert into vault_share (vault_id, case_id, member_id, dealer, digest, day, sealed) values ($1, $2, $3, $4, $5, $6, $7)`,
			s.Vault, s.Case, s.Member, s.Dealer, s.Digest, s.Day, s.Sealed)
		if err != nil {
			return err
		}
		if err := tx.noteNew(s.Case, shareItem(s)); err != nil {
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
// damaged (announced). The rows leave the write-ahead log too, within seconds.
func (tx *Tx) DropVault(caseID string) error {
	v, err := tx.Vault(caseID)
	if errors.Is(err, ethics.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	tx.s.leaving.Store(true)
	shares, err := tx.VaultShares(caseID)
	if err != nil {
		return err
	}
	for _, s := range shares {
		if err := tx.dropShare(s); err != nil {
			return err
		}
	}
	if err := tx.endLoans(caseID, func(ethics.VaultRequest) bool { return true }); err != nil {
		return err
	}
	if err := tx.held(caseID, vaultItem(v)); err != nil {
		return err
	}
	tx.note(caseID, audit.Item{Label: vaultLabel(v.ID)})
	return tx.c.run(`delete from vault where id = $1`, v.ID)
}

// announced tells whether an entry that ends a vault says why: another is dealt
// beside it, the reporter withdrew the details, or the program erased them when
// their time was over. Whoever can write entries cannot make them vanish
// unremarked.
func announced(e audit.Entry) bool {
	ends := ""
	for _, i := range e.Items {
		if strings.HasPrefix(i.Label, "vault:") {
			if i.Digest != (audit.Digest{}) {
				return true
			}
			ends = i.Label
		}
	}
	if ends == "" {
		return true
	}
	return slices.ContainsFunc(e.Items, func(i audit.Item) bool {
		var n int
		rest, ok := strings.CutPrefix(i.Label, "event:"+e.Case+"/")
		if _, err := fmt.Sscan(rest, &n); !ok || err != nil {
			return false
		}
		name := ethics.EventIdentityWithdrawn
		if e.Actor == ethics.ActorSystem {
			name = ethics.EventIdentityErased
		}
		return i == eventItem(e.Case, n, ethics.Event{Name: name, Day: e.Day})
	})
}

// VaultCases are the cases that keep a reporter's details.
func (tx *ReadTx) VaultCases() ([]string, error) {
	var out []string
	err := tx.c.each(`select case_id from vault order by case_id`, nil, func(scan func(...any) error) error {
		var id string
		if err := scan(&id); err != nil {
			return err
		}
		out = append(out, id)
		return nil
	})
	return out, err
}

// DropShares takes a member's share of a case's vault away, and any share lent
// to or by this member: who leaves a case, its removal's transaction calls this.
// Below two shares the vault stays closed until the reporter replaces it; with
// two or more, two holders deal it anew (casework, act renew_vault), since a copy
// of the database made before still holds the leaver's share.
func (tx *Tx) DropShares(caseID, member string) error {
	shares, err := tx.VaultShares(caseID)
	if err != nil {
		return err
	}
	for _, s := range shares {
		if s.Member == member {
			if err := tx.dropShare(s); err != nil {
				return err
			}
		}
	}
	return tx.endLoans(caseID, func(r ethics.VaultRequest) bool { return r.Asker == member || r.Decider == member })
}

func (tx *Tx) dropShare(s ethics.VaultShare) error {
	if err := tx.held(s.Case, shareItem(s)); err != nil {
		return err
	}
	tx.note(s.Case, audit.Item{Label: shareLabel(s.Vault, s.Member)})
	return tx.c.run(`delete from vault_share where vault_id = $1 and member_id = $2`, s.Vault, s.Member)
}

// LendShare records a request that a second holder approved, with the share.
func (tx *Tx) LendShare(r ethics.VaultRequest) error {
	if err := tx.another(r.Asker, r.Decider); err != nil {
		return err
	}
	err := tx.c.run(`insert into vault_request (id, case_id, vault_id, purpose, asker, decider, state, day, until, sealed)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		r.ID, r.Case, r.Vault, r.Purpose, r.Asker, r.Decider, r.State, r.Day, r.Until, r.Sealed)
	if err != nil {
		return err
	}
	return tx.noteNew(r.Case, requestItem(r))
}

// EndRequest ends a request whose share is on loan: used or ended. The lent share
// is taken away. ErrConflict when it is not on loan any more.
func (tx *Tx) EndRequest(id, state string) error {
	var r ethics.VaultRequest
	if err := tx.c.one(requestColumns+`where id = $1`, []any{id}, requestFields(&r)...); err != nil {
		return err
	}
	if r.State != RequestLent {
		return ethics.ErrConflict
	}
	if err := tx.held(r.Case, requestItem(r)); err != nil {
		return err
	}
	r.State, r.Sealed = state, []byte{}
	tx.note(r.Case, requestItem(r))
	return tx.c.run(`update vault_request set state = $1, sealed = $2 where id = $3`, r.State, r.Sealed, id)
}

// EndLapsed ends a case's requests whose time was over before a day.
func (tx *Tx) EndLapsed(caseID string, today ethics.Day) error {
	return tx.endLoans(caseID, func(r ethics.VaultRequest) bool { return r.Until < today })
}

func (tx *Tx) endLoans(caseID string, which func(ethics.VaultRequest) bool) error {
	requests, err := tx.VaultRequests(caseID)
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
	var out []string
	err := tx.c.each(`select distinct case_id from vault_request where state = 'lent' and until < $1 order by case_id`, []any{today}, func(scan func(...any) error) error {
		var id string
		if err := scan(&id); err != nil {
			return err
		}
		out = append(out, id)
		return nil
	})
	return out, err
}

// Departed are the members who once held the case and hold it no more, as the
// log says: no share is dealt to them.
func (f *CaseFile) Departed() []string {
	var out []string
	still := map[string]bool{}
	for label, d := range f.digests {
		rest, ok := strings.CutPrefix(label, "grant:"+f.ID+"/")
		if !ok {
			continue
		}
		member, _, _ := strings.Cut(rest, "/")
		if d != (audit.Digest{}) {
			still[member] = true
		}
		out = append(out, member)
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(m string) bool { return still[m] })
}

// fillVault reads a case's vault, each row as the log has it. A reporter sees
// that there is one, not who holds shares.
func (tx *ReadTx) fillVault(f *CaseFile, reporter bool) error {
	v, err := tx.Vault(f.ID)
	switch {
	case errors.Is(err, ethics.ErrNotFound):
	case err != nil:
		return err
	default:
		if err := f.must(vaultItem(v)); err != nil {
			return err
		}
		f.Vault = &v
	}
	if reporter {
		return f.complete("vault:")
	}
	if f.Shares, err = tx.VaultShares(f.ID); err != nil {
		return err
	}
	for _, s := range f.Shares {
		if err := f.must(shareItem(s)); err != nil {
			return err
		}
		if f.Vault == nil || s.Vault != f.Vault.ID || s.Dealer != f.Vault.Dealer {
			return fmt.Errorf("%w: a share of another vault", ethics.ErrUntrusted)
		}
	}
	if f.Requests, err = tx.VaultRequests(f.ID); err != nil {
		return err
	}
	for _, r := range f.Requests {
		if err := f.must(requestItem(r)); err != nil {
			return err
		}
	}
	return f.complete("vault:", "vault_share:", "vault_request:")
}
