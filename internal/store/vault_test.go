package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"svilpe/internal/ethics"
)

// vaultRows are a vault of two holders, as far as the store looks.
func vaultRows(caseID, id string) (ethics.Vault, []ethics.VaultShare) {
	v := ethics.Vault{ID: id, Case: caseID, Dealer: ethics.ActorReporter, Recipient: "age1pq1" + id, Day: today, Sealed: []byte("details " + id)}
	var shares []ethics.VaultShare
	for _, m := range []string{"anna", "berta"} {
		shares = append(shares, ethics.VaultShare{
			Vault: id, Case: caseID, Member: m, Dealer: v.Dealer, Digest: []byte("digest " + id + m), Day: today, Sealed: []byte("share " + id + m),
		})
	}
	return v, shares
}

func loan(caseID, vault, id string) ethics.VaultRequest {
	return ethics.VaultRequest{
		ID: id, Case: caseID, Vault: vault, Purpose: ethics.LoanOpen, Asker: "anna", Decider: "berta", State: RequestLent,
		Day: today, Until: "2026-11-29", Sealed: []byte("lent " + id),
	}
}

// vaulted is a case with the vault and the loan of every case in these tests.
func vaulted(t *testing.T) (*world, string) {
	t.Helper()
	w, f := vaultedOn(t, "anonymous")
	return w, f.ID
}

func vaultedOn(t *testing.T, track string) (*world, filed) {
	t.Helper()
	w := setUp(t)
	w.found()
	return w, w.fileOn(track)
}

// withdraws is the reporter taking the details away.
func (w *world) withdraws(f filed) {
	w.t.Helper()
	w.acts(f, ethics.ActWithdrawID, ethics.ActorReporter, func(s *ethics.Status) { s.Events = []string{ethics.EventIdentityWithdrawn} },
		func(tx *Tx) error { return tx.DropVault(f.ID) })
}

// TestDealingAnewRemovesTheOldVault: after it neither the old envelope, nor a
// share, nor a loan is anywhere in the tables, and the log agrees.
func TestDealingAnewRemovesTheOldVault(t *testing.T) {
	w, id := vaulted(t)
	old, oldShares := vaultRows(id, "v"+id)
	now, shares := vaultRows(id, "new")
	w.write("vault_dealt", id, func(tx *Tx) error { return tx.PutVault(now, shares) })
	f, err := w.caseFile(id, false)
	must(t, err)
	if f.Vault == nil || f.Vault.ID != "new" || len(f.Shares) != 2 || f.Shares[0].Vault != "new" {
		t.Fatalf("%+v", f.Vault)
	}
	if len(f.Requests) != 1 || f.Requests[0].State != RequestEnded || len(f.Requests[0].Sealed) > 0 {
		t.Errorf("a share is still on loan: %+v", f.Requests)
	}
	w.sound()
	// Whoever puts the old rows back is found, and the case is not opened.
	w.exec(`update vault set id = ?, recipient = ?, sealed = ? where case_id = ?`, old.ID, old.Recipient, old.Sealed, id)
	if _, err := w.caseFile(id, false); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("the old vault put back: %v", err)
	}
	w.damaged("vault", "")
	_ = oldShares
}

// TestVaultRowsAreTrustedAsLogged: a changed, added, swapped or removed row of a
// vault keeps the case closed.
func TestVaultRowsAreTrustedAsLogged(t *testing.T) {
	from, cases := populated(t)
	id := cases[0].ID
	for name, query := range map[string]string{
		"another recipient":  `update vault set recipient = 'age1pq1mallory' where case_id = ?`,
		"the vault is gone":  `delete from vault where case_id = ?`,
		"a share is gone":    `delete from vault_share where member_id = 'anna' and case_id = ?`,
		"a share is changed": `update vault_share set sealed = x'00' where member_id = 'anna' and case_id = ?`,
		"a share is added":   `insert into vault_share select vault_id, case_id, 'mallory', dealer, digest, day, sealed from vault_share where member_id = 'anna' and case_id = ?`,
		"a loan is changed":  `update vault_request set until = '2036-01-01' where case_id = ?`,
		"a loan is gone":     `delete from vault_request where case_id = ?`,
	} {
		t.Run(name, func(t *testing.T) {
			w := from.copy(t)
			w.exec(query, id)
			if _, err := w.caseFile(id, false); !errors.Is(err, ethics.ErrUntrusted) {
				t.Errorf("opened: %v", err)
			}
		})
	}
}

// TestLeaversHaveNoShare: the leaver's share and what was lent are gone, the
// others stay; erasing takes everything.
func TestLeaversHaveNoShare(t *testing.T) {
	w, c := vaultedOn(t, "ethics")
	id := c.ID
	w.write("removed", id, func(tx *Tx) error { return tx.DropShares(id, "berta") })
	f, err := w.caseFile(id, false)
	must(t, err)
	if len(f.Shares) != 1 || f.Shares[0].Member != "anna" || f.Requests[0].State != RequestEnded || len(f.Requests[0].Sealed) > 0 {
		t.Errorf("%+v %+v", f.Shares, f.Requests)
	}
	w.withdraws(c)
	if f, err = w.caseFile(id, false); err != nil || f.Vault != nil || len(f.Shares) > 0 {
		t.Errorf("after erasing: %v %v", f.Vault, err)
	}
	w.write("erased", id, func(tx *Tx) error { return tx.DropVault(id) }) // nothing there: nothing happens
	w.sound()
}

// TestLoansEnd: a share is lent by another than who asked, used once, and gone
// when its days are over.
func TestLoansEnd(t *testing.T) {
	w, id := vaulted(t)
	write := func(fn func(tx *Tx) error) error {
		return w.s.Write(context.Background(), entry("vault", id), fn)
	}
	own := loan(id, "v"+id, "own")
	own.Decider = own.Asker
	if err := write(func(tx *Tx) error { return tx.LendShare(own) }); !errors.Is(err, ethics.ErrSamePerson) {
		t.Errorf("lent to oneself: %v", err)
	}
	lapsed := func(day ethics.Day) (out []string) {
		must(t, w.s.Read(context.Background(), func(tx *ReadTx) (err error) {
			out, err = tx.LapsedLoans(day)
			return err
		}))
		return out
	}
	if got := lapsed("2026-11-29"); len(got) != 0 {
		t.Error("over on its last day")
	}
	if got := lapsed("2026-11-30"); len(got) != 1 || got[0] != id {
		t.Errorf("lapsed: %v", got)
	}
	must(t, write(func(tx *Tx) error { return tx.EndLapsed(id, "2026-11-30") }))
	if err := write(func(tx *Tx) error { return tx.EndRequest("r"+id, RequestUsed) }); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("used after it lapsed: %v", err)
	}
	if got := lapsed("2026-12-30"); len(got) != 0 {
		t.Error("lapsed twice")
	}
	w.sound()
}

// overdue is after the time of keeping of details whose case ended on the test's day.
const overdue = "2027-11-23"

// TestNoVaultEndsUnannounced: details end with a word why, by who may say it. A
// removal that the log has, with its digest, and that nobody explains closes the
// case and is found.
func TestNoVaultEndsUnannounced(t *testing.T) {
	for name, x := range map[string]struct {
		actor, event string
		day          ethics.Day
		sound        bool
	}{
		"by the reporter":                 {ethics.ActorReporter, ethics.EventIdentityWithdrawn, overdue, true},
		"by the program":                  {ethics.ActorSystem, ethics.EventIdentityErased, overdue, true},
		"by nobody":                       {ethics.ActorSystem, "", today, false},
		"the program for the reporter":    {ethics.ActorSystem, ethics.EventIdentityWithdrawn, overdue, false},
		"the reporter for the program":    {ethics.ActorReporter, ethics.EventIdentityErased, overdue, false},
		"another event":                   {ethics.ActorSystem, "legal_hold_set", overdue, false},
		"the event of another day's case": {ethics.ActorSystem, ethics.EventIdentityErased, "2025-01-01", false},
	} {
		t.Run(name, func(t *testing.T) {
			w, c := vaultedOn(t, "ethics")
			id := c.ID
			w.acts(c, "withdraw", ethics.ActorReporter, to("withdrawn"))
			e := entry("identity_erased", id)
			e.Actor, e.Day = x.actor, overdue
			st := w.next(c, ethics.ActWithdrawID, ethics.ActorReporter, func(s *ethics.Status) { s.Day, s.Events = overdue, []string{x.event} })
			must(t, w.s.Write(context.Background(), e, func(tx *Tx) error {
				if err := tx.DropVault(id); err != nil || x.event == "" {
					return err
				}
				if x.sound && x.actor == ethics.ActorReporter {
					c, err := tx.Case(id)
					return errors.Join(err, tx.Settle(c, st, overdue))
				}
				return tx.AddEvents(id, ethics.Event{Name: x.event, Day: x.day})
			}))
			f, err := w.caseFile(id, false)
			if x.sound {
				if err != nil || f.Vault != nil || len(f.Shares) > 0 {
					t.Errorf("%v %v", f.Vault, err)
				}
				w.sound()
				return
			}
			if !errors.Is(err, ethics.ErrUntrusted) {
				t.Errorf("opened: %v", err)
			}
			w.damaged("vault", id)
			w.because(whyUnannounced)
		})
	}
}

// TestErasedDetailsLeaveTheDisk: neither the file nor its write-ahead log holds
// the sealed details a few seconds later.
func TestErasedDetailsLeaveTheDisk(t *testing.T) {
	w, id := vaulted(t)
	sealed := []byte("details v" + id)
	if !w.onDisk(sealed) {
		t.Fatal("never there")
	}
	w.write("withdrawn", id, func(tx *Tx) error {
		return errors.Join(tx.DropVault(id), tx.AddEvents(id, ethics.Event{Name: ethics.EventIdentityWithdrawn, Day: today}))
	})
	for range 50 {
		if !w.onDisk(sealed) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Error("still there")
}

func (w *world) onDisk(what []byte) bool {
	w.t.Helper()
	paths, err := filepath.Glob(filepath.Join(w.dir, "*"))
	must(w.t, err)
	for _, path := range paths {
		b, err := os.ReadFile(path)
		must(w.t, err)
		if bytes.Contains(b, what) {
			return true
		}
	}
	return false
}
