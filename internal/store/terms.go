package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// endedHolders are the holders whose term is over, none when nobody would be left who
// can open the case (a suspension is only a few days): what the last one holds is kept, though policy shows that
// member nothing any more.
func (tx *ReadTx) endedHolders(c ethics.Case, day ethics.Day) ([]string, error) {
	roster, err := tx.Roster()
	if err != nil {
		return nil, err
	}
	f, err := tx.CaseFile(c.ID, false)
	if err != nil {
		return nil, err
	}
	var gone []string
	members := f.Holders()
	for _, m := range members {
		if !roster.Keeps(m, c.Institution, day) {
			gone = append(gone, m)
		}
	}
	if len(gone) == len(members) {
		gone = nil
	}
	for _, x := range f.Shares { // a keeper need not hold the case
		if !slices.Contains(members, x.Member) && !roster.Keeps(x.Member, c.Institution, day) {
			gone = append(gone, x.Member)
		}
	}
	return gone, nil
}

// EndTerms deletes the grants of those whose term in this case is over: deletion
// only, since the program's key opens nothing and gives nothing. Whoever writes
// next opens the epoch that they do not hold.
func (s *Store) EndTerms(ctx context.Context, caseID string, day ethics.Day) error {
	over := func(tx *ReadTx) ([]string, error) {
		c, err := tx.Case(caseID)
		if err != nil {
			return nil, err
		}
		return tx.endedHolders(c, day)
	}
	var gone []string
	err := s.Read(ctx, func(tx *ReadTx) error {
		var err error
		gone, err = over(tx)
		return err
	})
	if err != nil || len(gone) == 0 {
		return err
	}
	e := Entry{
		ID: uuid.NewString(), Day: day, Kind: record.KindTermEnded, Actor: ethics.ActorSystem,
		Stream: ethics.CaseStream(caseID),
	}
	err = s.Write(ctx, e, func(tx *Tx) error {
		// Whose case it is decides whose term is over: as it was signed, not as the
		// row says for an hour.
		if _, err := tx.CaseFile(caseID, false); err != nil {
			return err
		}
		gone, err := over(&tx.ReadTx)
		if err != nil {
			return err
		}
		if len(gone) == 0 {
			return ethics.ErrExists // another server was first: no entry for nothing
		}
		for _, m := range gone {
			err := tx.RemoveGrants(caseID, m)
			if errors.Is(err, ethics.ErrEpoch) {
				err = tx.DropShares(caseID, m) // held no grant
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, ethics.ErrExists) {
		return nil
	}
	return err
}

// EndAllTerms is EndTerms for every case. What a crash leaves undone the next
// call finds; nobody whose term is over opens anything meanwhile.
func (s *Store) EndAllTerms(ctx context.Context, day ethics.Day) error {
	var cases []string
	err := s.Read(ctx, func(tx *ReadTx) error {
		roster, err := tx.Roster()
		if errors.Is(err, ethics.ErrNotReady) {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.c.each(
			`select g.case_id, g.member_id, c.institution from case_grant g join cases c on c.id = g.case_id
				where g.via <> 'renewed'
			union select v.case_id, v.member_id, c.institution from vault_share v
				join cases c on c.id = v.case_id order by 1`, nil,
			func(scan func(...any) error) error {
				var id, member, institution string
				if err := scan(&id, &member, &institution); err != nil {
					return err
				}
				if !roster.Keeps(member, institution, day) && !slices.Contains(cases, id) {
					cases = append(cases, id)
				}
				return nil
			})
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range cases {
		if err := s.EndTerms(ctx, id, day); err != nil {
			failed = append(failed, fmt.Errorf("case %s: %w", id, err))
		}
	}
	return errors.Join(failed...)
}
