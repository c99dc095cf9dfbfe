package casework

import (
	"context"
	"errors"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

// Where a consultation stands, to its trust persons.
const (
	TalkNew      = "new"      // nobody has answered yet
	TalkWaits    = "waits"    // the reporter wrote last
	TalkAnswered = "answered" // a trust person wrote last
	TalkEnded    = "ended"
)

// talkOrder is how they stand in the list.
var talkOrder = []string{TalkNew, TalkWaits, TalkAnswered, TalkEnded}

// Talk is a consultation in the list of one of its trust persons.
type Talk struct {
	Number, Institution string
	Stands              string // one of the Talk… constants
	Changed             ethics.Day
	Until               ethics.Day // erased on this day, once it has ended
}

// Talks are a trust person's own consultations: new ones first, then those that
// wait for an answer, the longest waiting first.
func (s *Service) Talks(ctx context.Context, who *appoint.Acting) ([]Talk, error) {
	var out []Talk
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		all, err := tx.Consultations()
		if err != nil {
			return err
		}
		for _, c := range all {
			if !s.advises(who, c) {
				continue
			}
			t, err := s.stands(tx, c)
			if err != nil {
				return err
			}
			out = append(out, t)
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b Talk) int {
		return slices.Index(talkOrder, a.Stands) - slices.Index(talkOrder, b.Stands)
	})
	return out, err
}

func (s *Service) stands(tx *store.ReadTx, c store.Consultation) (Talk, error) {
	t := Talk{Number: c.Number, Institution: c.Institution, Changed: c.Changed, Until: c.Until, Stands: TalkEnded}
	if c.State != store.ConsultationOpen {
		return t, nil
	}
	last, answered, err := tx.LastSaid(c.ID)
	switch {
	case !answered:
		t.Stands = TalkNew
	case last == ethics.ActorReporter:
		t.Stands = TalkWaits
	default:
		t.Stands = TalkAnswered
	}
	return t, err
}

// SweepTalks ends consultations in which nobody wrote for long, and erases those
// whose time after the end is over. What is due is read once more where it is
// written, as the log and its signers have it. A crash leaves what the next round
// finds.
func (s *Service) SweepTalks(ctx context.Context) error {
	var all []store.Consultation
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		all, err = tx.Consultations()
		return err
	})
	for _, c := range all {
		if s.over(c) || s.idle(c) {
			err = errors.Join(err, s.sweepTalk(ctx, c.ID))
		}
	}
	return err
}

func (s *Service) over(c store.Consultation) bool {
	return c.State == store.ConsultationEnded && c.Until <= s.today()
}

func (s *Service) idle(c store.Consultation) bool {
	return c.State == store.ConsultationOpen && c.Changed <= string(s.Policy.Talks.Idle(policy.Day(s.today())))
}

func (s *Service) sweepTalk(ctx context.Context, id string) error {
	day := s.today()
	err := s.talked(ctx, ethics.ActorSystem, id, func(tx *store.Tx) error {
		f, err := tx.ConsultationFile(id)
		switch {
		case err != nil:
			return err
		case s.over(f.Consultation):
			return tx.EraseConsultation(id, day)
		case s.idle(f.Consultation):
			return tx.EndConsultation(id, day, s.until(day), nil)
		}
		return ethics.ErrNotFound
	})
	if errors.Is(err, ethics.ErrNotFound) {
		return nil // not due any more: no entry for nothing
	}
	return err
}
