package casework

import (
	"context"
	"sync"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// HalfLink is what a crash between the two cases of a link leaves.
func (s *Service) HalfLink(ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, a Act) error {
	step, _ := s.Policy.Act(ethics.ActLink)
	_, err := s.takeIn(ctx, who, number, draft, step, a)
	return err
}

// MessageAfter is Message of which something happens between sealing and storing.
func (s *Service) MessageAfter(
	ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, text string, meanwhile func(),
) (Taken, error) {
	once := sync.OnceFunc(meanwhile)
	return s.write(ctx, who, number, draft, ethics.KindMessage, func(o *Opened) (written, error) {
		l := s.newSealer(o, who)
		err := l.add(draft.EnvelopeID(o.ID, ethics.KindMessage), ethics.KindMessage, ethics.Message{Text: text}, true)
		once()
		return written{envelopes: l.out, kind: record.KindMessage}, err
	})
}
