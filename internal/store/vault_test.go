package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
	"svilpe/internal/verify"
)

// vaulted is a case with the vault and the loan of every case in these tests.
func vaulted(t *testing.T) (*world, string) {
	t.Helper()
	w := founded(t)
	return w, w.File().ID
}

// withdraws is the reporter's act, with what is done beside it.
func withdraws(w *world, f filed, more func(*store.Tx) error) {
	w.T.Helper()
	w.Acts(f, ethics.ActWithdrawID, ethics.ActorReporter, func(s *ethics.Status) {
		s.Events = []ethics.EventKind{ethics.EventIdentityWithdrawn}
	}, more)
}

// TestDealingAnewRemovesTheOldVault: after it neither the old envelope, nor a
// share, nor a loan is anywhere in the tables, and the log agrees.
func TestDealingAnewRemovesTheOldVault(t *testing.T) {
	w, id := vaulted(t)
	old, oldShares := storetest.VaultRows(id, "v"+id)
	now, shares := storetest.VaultRows(id, "new")
	w.Write("vault_dealt", ofCase(id), func(tx *store.Tx) error { return tx.PutVault(now, shares) })
	f, err := w.CaseFile(id, false)
	must(t, err)
	if f.Vault == nil || f.Vault.ID != "new" || len(f.Shares) != 2 || f.Shares[0].Vault != "new" {
		t.Fatalf("%+v", f.Vault)
	}
	if len(f.Requests) != 1 || f.Requests[0].State != store.RequestEnded || len(f.Requests[0].Sealed) > 0 {
		t.Errorf("a share is still on loan: %+v", f.Requests)
	}
	w.Sound()
	// Whoever puts the old rows back is found, and the case is not opened.
	w.Exec(`update vault set id = ?, recipient = ?, sealed = ? where case_id = ?`, old.ID,
		old.Recipient, old.Sealed, id)
	if _, err := w.CaseFile(id, false); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("the old vault put back: %v", err)
	}
	w.Damaged("vault", "")
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
		"a share is added": `insert into vault_share select vault_id, 'mallory', case_id, dealer, digest, day, ` +
			`sealed from vault_share where member_id = 'anna' and case_id = ?`,
		"a loan is changed": `update vault_request set until = '2036-01-01' where case_id = ?`,
		"a loan is gone":    `delete from vault_request where case_id = ?`,
	} {
		t.Run(name, func(t *testing.T) {
			w := from.Copy(t)
			w.Exec(query, id)
			if _, err := w.CaseFile(id, false); !errors.Is(err, ethics.ErrUntrusted) {
				t.Errorf("opened: %v", err)
			}
		})
	}
}

// TestLeaversHaveNoShare: the leaver's share and what was lent are gone, the
// others stay; erasing takes everything.
func TestLeaversHaveNoShare(t *testing.T) {
	w := founded(t)
	filed := w.File()
	id := filed.ID
	w.LeavesVault(filed, "berta")
	f, err := w.CaseFile(id, false)
	must(t, err)
	if len(f.Shares) != 1 || f.Shares[0].Member != "anna" || f.Requests[0].State != store.RequestEnded ||
		len(f.Requests[0].Sealed) > 0 {
		t.Errorf("%+v %+v", f.Shares, f.Requests)
	}
	withdraws(w, filed, func(tx *store.Tx) error { return tx.DropVault(id) })
	if f, err = w.CaseFile(id, false); err != nil || f.Vault != nil || len(f.Shares) > 0 {
		t.Errorf("after erasing: %v %v", f.Vault, err)
	}
	// nothing there: nothing happens
	w.Write(record.KindUnnamed, ofCase(id), func(tx *store.Tx) error { return tx.DropVault(id) })
	w.Sound()
}

// TestLoansEnd: a share is lent by another than who asked, used once, and gone
// when its days are over.
func TestLoansEnd(t *testing.T) {
	w, id := vaulted(t)
	write := func(fn func(tx *store.Tx) error) error {
		return w.S.Write(context.Background(), entry("vault", ofCase(id)), fn)
	}
	own := storetest.Loan(id, "v"+id, "own")
	own.Decider = own.Asker
	if err := write(func(tx *store.Tx) error { return tx.LendShare(own) }); !errors.Is(err, ethics.ErrSamePerson) {
		t.Errorf("lent to oneself: %v", err)
	}
	lapsed := func(day ethics.Day) (out []string) {
		must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) (err error) {
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
	must(t, write(func(tx *store.Tx) error { return tx.EndLapsed(id, "2026-11-30") }))
	if err := write(func(tx *store.Tx) error {
		return tx.EndRequest("r"+id, store.RequestUsed)
	}); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("used after it lapsed: %v", err)
	}
	if got := lapsed("2026-12-30"); len(got) != 0 {
		t.Error("lapsed twice")
	}
	w.Sound()
}

// TestNoVaultEndsUnannounced: details end with a word why, by who may say it. A
// removal that the log has, with its digest, and that nobody explains closes the
// case and is found.
func TestNoVaultEndsUnannounced(t *testing.T) {
	t.Run("by the reporter", func(t *testing.T) {
		w := founded(t)
		f := w.File()
		withdraws(w, f, func(tx *store.Tx) error { return tx.DropVault(f.ID) })
		c, err := w.CaseFile(f.ID, false)
		if err != nil || c.Vault != nil || len(c.Shares) > 0 {
			t.Errorf("%v %v", c.Vault, err)
		}
		w.Sound()
	})
	for name, x := range map[string]struct {
		actor string
		event ethics.EventKind
		day   ethics.Day
		why   string
	}{
		"by the program, too early": {ethics.ActorSystem, ethics.EventIdentityErased, today, "before its time"},
		"by nobody":                 {ethics.ActorSystem, "", today, "the vault ended in entry"},
		"the program for the reporter": {
			ethics.ActorSystem, ethics.EventIdentityWithdrawn, today, "the vault ended in entry",
		},
		"the reporter for the program": {
			ethics.ActorReporter, ethics.EventIdentityErased, today, "the vault ended in entry",
		},
		"another event": {ethics.ActorSystem, "legal_hold_set", today, "the vault ended in entry"},
		"the event of another day": {
			ethics.ActorReporter, ethics.EventIdentityWithdrawn, "2025-01-01", "the vault ended in entry",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, id := vaulted(t)
			e := entry("identity_erased", ofCase(id))
			e.Actor = x.actor
			must(t, w.S.Write(context.Background(), e, func(tx *store.Tx) error {
				if err := tx.DropVault(id); err != nil || x.event == "" {
					return err
				}
				tx.Pretend(x.day) // as a program of somebody's own would
				err := tx.AddEvents(id, ethics.Event{Name: x.event, Day: x.day})
				tx.Pretend(today)
				return err
			}))
			if _, err := w.CaseFile(id, false); !errors.Is(err, ethics.ErrUntrusted) {
				t.Errorf("opened: %v", err)
			}
			v := w.Verify(verify.Options{Founders: &w.Founders})
			if !slices.ContainsFunc(v.Damages, func(d *verify.Damage) bool {
				return strings.Contains(string(d.Why), x.why)
			}) {
				t.Errorf("named %v, not %q", v.Damages, x.why)
			}
		})
	}
}

// TestErasedDetailsLeaveTheDisk: neither the file nor its write-ahead log holds
// the sealed details a few seconds later.
func TestErasedDetailsLeaveTheDisk(t *testing.T) {
	w, id := vaulted(t)
	sealed := []byte("details v" + id)
	if !onDisk(w, sealed) {
		t.Fatal("never there")
	}
	w.Write(record.KindUnnamed, ofCase(id), func(tx *store.Tx) error {
		return errors.Join(tx.DropVault(id),
			tx.AddEvents(id, ethics.Event{Name: ethics.EventIdentityWithdrawn, Day: today}))
	})
	for range 50 {
		if !onDisk(w, sealed) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Error("still there")
}

func onDisk(w *world, what []byte) bool {
	w.T.Helper()
	paths, err := filepath.Glob(filepath.Join(w.Dir, "*"))
	must(w.T, err)
	for _, path := range paths {
		b, err := os.ReadFile(path)
		must(w.T, err)
		if bytes.Contains(b, what) {
			return true
		}
	}
	return false
}
