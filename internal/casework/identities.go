package casework

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/store"
)

// EraseIdentities erases the reporters' details whose time of keeping is over:
// vault and shares go, the case stays, and its events say so. It needs no key;
// the program calls it nightly and at start. Each case is one transaction, so a
// crash leaves only cases that the next round finds. One case that fails keeps
// no other.
func (s *Service) EraseIdentities(ctx context.Context) error {
	var over []string // by the copies; what was signed counts where it is erased
	var failed []error
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		cases, err := tx.VaultCases()
		if err != nil {
			return err
		}
		for _, id := range cases {
			c, err1 := tx.Case(id)
			events, err2 := tx.Events(id)
			if err := errors.Join(err1, err2); err != nil {
				failed = append(failed, fmt.Errorf("case %s: %w", id, err))
				continue
			}
			if last, _ := s.Policy.IdentityKept(c.Track, policy.Events(events)); s.identityOver(string(last)) {
				over = append(over, id)
			}
		}
		return nil
	})
	failed = append(failed, err)
	for _, id := range over {
		if err := s.eraseIdentity(ctx, id); err != nil {
			failed = append(failed, fmt.Errorf("case %s: %w", id, err))
		}
	}
	return errors.Join(failed...)
}

func (s *Service) eraseIdentity(ctx context.Context, caseID string) error {
	day := s.today()
	e := store.Entry{ID: uuid.NewString(), Day: day, Kind: record.KindIdentityErased, Actor: ethics.ActorSystem,
		Stream: ethics.CaseStream(caseID)}
	err := s.Store.Write(ctx, e, func(tx *store.Tx) error {
		// Once more where it is written: it may be held or opened again by now, or
		// the copies may say what nobody signed.
		c, last, err := s.identityKept(&tx.ReadTx, caseID)
		if err != nil {
			return err
		}
		if _, err := tx.Vault(caseID); err != nil {
			return err
		}
		if !s.identityOver(last) {
			return ethics.ErrNotFound
		}
		if err := tx.DropVault(caseID); err != nil {
			return err
		}
		if err := tx.AddEvents(caseID, ethics.Event{Name: ethics.EventIdentityErased, Day: day}); err != nil {
			return err
		}
		return tx.PutCase(c)
	})
	if errors.Is(err, ethics.ErrNotFound) {
		return nil // nothing to erase any more: no entry for nothing
	}
	return err
}

// identityKept is the last day on which a case's details are kept, "" when none
// runs.
func (s *Service) identityKept(tx *store.ReadTx, caseID string) (ethics.Case, ethics.Day, error) {
	f, err := tx.CaseFile(caseID, false) // what erasing rests on is as somebody signed it
	if err != nil {
		return f.Case, "", err
	}
	last, _ := s.Policy.IdentityKept(f.Track, policy.Events(f.Events))
	return f.Case, string(last), nil
}

func (s *Service) identityOver(last ethics.Day) bool { return last != "" && last < s.today() }

// Expiring is a case that has ended whose reporter's details are erased soon.
type Expiring struct {
	Number string
	State  ethics.State
	Last   ethics.Day // kept up to this day
}

// expiring adds a case with a vault whose time ends within the time of warning.
func (s *Service) expiring(tx *store.ReadTx, c ethics.Case, out *Retention) error {
	_, last, err := s.identityKept(tx, c.ID)
	if err == nil && last != "" && policy.Day(s.today()).DaysUntil(policy.Day(last)) <= s.Policy.Spans.ErasureNear {
		out.Details = append(out.Details, Expiring{c.Number, c.State, last})
	}
	return err
}
