package store

import (
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// vaults checks a case's vault, shares and requests: digests, and that each row's
// author is one who may deal or lend.
func (v *verification) vaults(tx *ReadTx, c ethics.Case, labels map[string]audit.Digest) error {
	vaults, err := all(tx, vaultColumns+`where case_id = $1 order by id`, c.ID, vaultFields)
	if err != nil {
		return err
	}
	for _, x := range vaults {
		i := vaultItem(x)
		if err := match(labels, i); err != nil {
			return err
		}
		if err := v.signer(c, i, ethics.KindVault, x.Dealer, x.Day, true); err != nil {
			return err
		}
	}
	shares, err := tx.VaultShares(c.ID)
	if err != nil {
		return err
	}
	for _, s := range shares {
		i := shareItem(s)
		if err := match(labels, i); err != nil {
			return err
		}
		// Without its vault the log says what is missing: see rest.
		placed := len(vaults) == 0 || vaults[0].ID == s.Vault && vaults[0].Dealer == s.Dealer
		if err := v.signer(c, i, ethics.KindVaultShare, s.Dealer, s.Day, placed); err != nil {
			return err
		}
	}
	requests, err := tx.VaultRequests(c.ID)
	if err != nil {
		return err
	}
	for _, r := range requests {
		i := requestItem(r)
		if err := match(labels, i); err != nil {
			return err
		}
		placed := v.roster != nil && v.roster.Another(r.Asker, r.Decider) && (r.State == RequestLent) == (len(r.Sealed) > 0)
		if err := v.signer(c, i, ethics.KindVaultLoan, r.Decider, r.Day, placed); err != nil {
			return err
		}
	}
	return nil
}
