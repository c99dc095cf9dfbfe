package casework

import (
	"context"
	"errors"

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

// talkOrder is how they stand in the list: store.Stands… in words.
var talkOrder = []string{TalkNew, TalkWaits, TalkAnswered, TalkEnded}

// Talk is a consultation in the list of one of its trust persons.
type Talk struct {
	Number, Institution string
	Stands              string // one of the Talk… constants
	Changed             ethics.Day
	Until               ethics.Day // erased on this day, once it has ended
}

// TalkPage is a page of a trust person's own consultations.
type TalkPage struct {
	Page[Talk, store.TalkKey]
	Today Influx
}

// Talks is the page at a key of a trust person's own consultations: new ones first,
// then those that wait for an answer, the longest waiting first.
func (s *Service) Talks(ctx context.Context, who *appoint.Acting, at store.TalkKey) (TalkPage, error) {
	var out TalkPage
	places := servedBy(who, func(in string) bool { return who.Roster.Advises(who.ID, in, s.today()) })
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		rows, err := lister[store.ListedTalk, store.TalkKey]{
			rows:  func(at store.TalkKey, n int) ([]store.ListedTalk, error) { return tx.Talks(who.ID, places, at, n) },
			count: func(at store.TalkKey) (int, int, error) { return tx.CountTalks(who.ID, places, at) },
			place: store.ListedTalk.Place,
			back:  func(k *store.TalkKey) *bool { return &k.Back },
		}.page(at)
		if err != nil {
			return err
		}
		out.Newer, out.Older, out.Before, out.Total = rows.Newer, rows.Older, rows.Before, rows.Total
		for _, c := range rows.Rows {
			if s.advises(who, c.Consultation) {
				out.Rows = append(out.Rows,
					Talk{
						Number: c.Number, Institution: c.Institution, Changed: c.Changed, Until: c.Until,
						Stands: talkOrder[c.Stands],
					})
			}
		}
		counts := make([]int, len(places))
		for i, place := range places {
			if counts[i], err = tx.CountConsultations(place, s.today(), s.today()); err != nil {
				return err
			}
		}
		out.Today = s.influx(counts)
		return nil
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

// sweepSize is how many consultations are in hand at once when they are swept.
const sweepSize = 200

// SweepTalks ends consultations in which nobody wrote for long, and erases those
// whose time after the end is over. What is due is read once more where it is
// written, as the log and its signers have it. A crash leaves what the next round
// finds.
func (s *Service) SweepTalks(ctx context.Context) error {
	idle := string(s.Policy.Talks.Idle(policy.Day(s.today())))
	return errors.Join(
		s.sweepTalks(ctx, func(tx *store.ReadTx, after string) ([]string, error) {
			return tx.TalksToErase(s.today(), after, sweepSize)
		},
			s.sweepTalk),
		s.sweepTalks(ctx, func(tx *store.ReadTx, after string) ([]string, error) {
			return tx.TalksToEnd(idle, after, sweepSize)
		},
			s.sweepTalk))
}

// sweepTalks does something to each that is due. One that cannot be changed stops
// none of the others.
func (s *Service) sweepTalks(
	ctx context.Context, due func(*store.ReadTx, string) ([]string, error), do func(*store.Tx, string) error,
) error {
	var failed []error
	for after := ""; ; {
		var ids []string
		err := s.Store.Read(ctx, func(tx *store.ReadTx) (err error) {
			ids, err = due(tx, after)
			return err
		})
		if err != nil || len(ids) == 0 {
			return errors.Join(append(failed, err)...)
		}
		for _, id := range ids {
			if err := s.talked(ctx, ethics.ActorSystem, id, s.today(), func(tx *store.Tx) error {
				return do(tx, id)
			}); err != nil {
				failed = append(failed, err)
			}
		}
		after = ids[len(ids)-1]
	}
}

func (s *Service) over(c store.Consultation) bool {
	return c.State == store.ConsultationEnded && c.Until <= s.today()
}

func (s *Service) idle(c store.Consultation) bool {
	return c.State == store.ConsultationOpen && c.Changed <= string(s.Policy.Talks.Idle(policy.Day(s.today())))
}

// sweepTalk does what is due, as the log and its signers have it: a list is no reason
// to erase anything.
func (s *Service) sweepTalk(tx *store.Tx, id string) error {
	day := s.today()
	f, err := tx.ConsultationFile(id)
	switch {
	case err != nil:
		return err
	case s.over(f.Talk):
		return tx.EraseConsultation(id, day)
	case s.idle(f.Talk):
		return tx.EndConsultation(id, day, s.until(day), nil)
	}
	return ethics.ErrConflict // not due any more
}
