package insight

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/store"
	"svilpe/internal/verdict"
)

// SignedVerdict is the note of the newest verdict, for whom the matrix lets read
// the log or verify it; ErrNotFound for others, and before the first.
func (s *Service) SignedVerdict(who *appoint.Acting) ([]byte, error) {
	_, signed, any := s.Verdict.Newest()
	if !any || s.Policy.Level(policy.Member{ID: who.ID, Roles: who.Roles}, "read_log") == policy.No {
		return nil, ethics.ErrNotFound
	}
	return signed, nil
}

// StoredVerdict is the copy in the database. It is believed only if the log key
// signed it and the log of now begins with the head that it covers: [verdict.ErrVerdict]
// or audit.ErrTampered otherwise, ErrNotFound where there is none. Where a program
// runs, its memory is newer than any copy.
func StoredVerdict(
	ctx context.Context, s *store.Store, key note.Verifier,
) (v verdict.Verdict, signed []byte, err error) {
	err = s.Read(ctx, func(tx *store.ReadTx) error {
		if signed, err = tx.StoredVerdict(); err != nil {
			return err
		}
		if v, err = verdict.Open(signed, key); err != nil {
			return err
		}
		if err := tx.Extends(v.Head); err != nil {
			return fmt.Errorf("verdict: %w", err)
		}
		return nil
	})
	return v, signed, err
}
