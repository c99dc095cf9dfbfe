package casework

import (
	"context"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// Kept checks the files that a form says it keeps: each must have been received
// under the form's draft. ErrNotFound or ErrFileIncorrect for one that is gone.
func (s *Service) Kept(ctx context.Context, draft derive.Secret, claimed []ethics.File) ([]ethics.File, error) {
	var out []ethics.File
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		out, err = tx.Kept(draft.DraftHash(), claimed)
		return err
	})
	return out, err
}
