package casework

import (
	"context"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
)

// HalfLink is what a crash between the two cases of a link leaves.
func (s *Service) HalfLink(ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, a Act) error {
	step, _ := s.Policy.Act(actLink)
	_, err := s.takeIn(ctx, who, number, draft, step, a)
	return err
}
