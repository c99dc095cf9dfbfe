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
	ConsultationNew      = "new"      // nobody has answered yet
	ConsultationWaits    = "waits"    // the reporter wrote last
	ConsultationAnswered = "answered" // a trust person wrote last
	ConsultationEnded    = "ended"
)

// consultationOrder is how they stand in the list: store.Stands… in words.
var consultationOrder = []string{ConsultationNew, ConsultationWaits, ConsultationAnswered, ConsultationEnded}

// ListedConsultation is a consultation in the list of one of its trust persons.
type ListedConsultation struct {
	Number, Institution string
	Stands              string // one of the Consultation… constants
	Changed             ethics.Day
	Until               ethics.Day // erased on this day, once it has ended
}

// ConsultationPage is a page of a trust person's own consultations.
type ConsultationPage struct {
	Page[ListedConsultation, store.ConsultationKey]
	Today Influx
}

// Consultations is the page at a key of a trust person's own consultations: new ones first,
// then those that wait for an answer, the longest waiting first.
func (s *Service) Consultations(
	ctx context.Context, who *appoint.Acting, at store.ConsultationKey,
) (ConsultationPage, error) {
	var out ConsultationPage
	places := servedBy(who, func(in string) bool { return who.Roster.IsTrustPerson(who.ID, in, s.today()) })
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		rows, err := lister[store.ListedConsultation, store.ConsultationKey]{
			rows: func(at store.ConsultationKey, n int) ([]store.ListedConsultation, error) {
				return tx.ListConsultations(who.ID, places, at, n)
			},
			count: func(at store.ConsultationKey) (int, int, error) {
				return tx.CountListedConsultations(who.ID, places, at)
			},
			place: store.ListedConsultation.Place,
			back:  func(k *store.ConsultationKey) *bool { return &k.Back },
		}.page(at)
		if err != nil {
			return err
		}
		out.Newer, out.Older, out.Before, out.Total = rows.Newer, rows.Older, rows.Before, rows.Total
		for _, c := range rows.Rows {
			if s.takesPart(who, c.Consultation) {
				out.Rows = append(out.Rows,
					ListedConsultation{
						Number: c.Number, Institution: c.Institution, Changed: c.Changed, Until: c.Until,
						Stands: consultationOrder[c.Stands],
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

func (s *Service) stands(tx *store.ReadTx, c store.Consultation) (ListedConsultation, error) {
	t := ListedConsultation{
		Number: c.Number, Institution: c.Institution, Changed: c.Changed, Until: c.Until, Stands: ConsultationEnded,
	}
	if c.State != store.ConsultationOpen {
		return t, nil
	}
	last, answered, err := tx.LastAuthor(c.ID)
	switch {
	case !answered:
		t.Stands = ConsultationNew
	case last == ethics.ActorReporter:
		t.Stands = ConsultationWaits
	default:
		t.Stands = ConsultationAnswered
	}
	return t, err
}

// sweepSize is how many consultations are in hand at once when they are swept.
const sweepSize = 200

// SweepConsultations ends consultations in which nobody wrote for long, and erases those
// whose time after the end is over. What is due is read once more where it is
// written, as the log and its signers have it. A crash leaves what the next round
// finds.
func (s *Service) SweepConsultations(ctx context.Context) error {
	idle := string(s.Policy.Consultations.Idle(policy.Day(s.today())))
	return errors.Join(
		s.sweepConsultations(ctx, func(tx *store.ReadTx, after string) ([]string, error) {
			return tx.ConsultationsToErase(s.today(), after, sweepSize)
		},
			s.sweepConsultation),
		s.sweepConsultations(ctx, func(tx *store.ReadTx, after string) ([]string, error) {
			return tx.ConsultationsToEnd(idle, after, sweepSize)
		},
			s.sweepConsultation))
}

// sweepConsultations does something to each that is due. One that cannot be changed stops
// none of the others.
func (s *Service) sweepConsultations(
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
			if err := s.storeConsultation(ctx, ethics.ActorSystem, id, s.today(), func(tx *store.Tx) error {
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
	return c.State == store.ConsultationOpen && c.Changed <= string(s.Policy.Consultations.Idle(policy.Day(s.today())))
}

// sweepConsultation does what is due, as the log and its signers have it: a list is no reason
// to erase anything.
func (s *Service) sweepConsultation(tx *store.Tx, id string) error {
	day := s.today()
	f, err := tx.ConsultationFile(id)
	switch {
	case err != nil:
		return err
	case s.over(f.Consultation):
		return tx.EraseConsultation(id, day)
	case s.idle(f.Consultation):
		return tx.EndConsultation(id, day, s.until(day), nil)
	}
	return ethics.ErrConflict // not due any more
}
