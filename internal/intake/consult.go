package intake

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"errors"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/routing"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/token"
)

// TakesConsultations tells whether somebody could be talked to about this
// institution today; where not, the form does not offer it.
func (s *Service) TakesConsultations(roster *appoint.Roster, institution string) bool {
	_, err := routing.TrustPersons(roster, routing.Request{Institution: institution, Day: s.Today()})
	return err == nil
}

// Excludable are whom the reporter may keep from reading: handlers of a report,
// trust persons of a consultation.
func (s *Service) Excludable(roster *appoint.Roster, institution, track string) []appoint.Member {
	if track == policy.Consultation {
		return routing.ExcludableTrustPersons(roster, institution, s.Today())
	}
	return routing.Handlers(roster, institution, s.Today())
}

// Consult seals a question to the trust persons and stores it as a consultation:
// no case. r.Track is policy.Consultation. Its code is another one than that of a
// report from the same form. The same draft again gives the same code and stores
// nothing; FieldErrors say what keeps it out, ErrQuota that the day has taken as many as
// it takes. What was begun goes on whatever the day has taken.
func (s *Service) Consult(ctx context.Context, form derive.Secret, r ethics.Report) (Filed, error) {
	draft := form.Consultation()
	code := token.FromDraft(draft)
	if r.Track != policy.Consultation {
		return Filed{}, ethics.FieldErrors{{Field: "track", Kind: ethics.FaultOption}}
	}
	r.Files = nil // it takes none, and the proof covers none
	return ethics.Again(func() (Filed, error) {
		if done, err := s.storedConsultation(ctx, draft, code, r); !errors.Is(err, ethics.ErrNotFound) {
			return done, err
		}
		roster, err := s.Roster(ctx)
		if err != nil {
			return Filed{}, err
		}
		to, errs := s.checkAndRoute(roster, r)
		if len(errs) > 0 {
			return Filed{}, errs
		}
		return s.storeConsultation(ctx, draft, code, r, to.readers)
	}, ethics.ErrBusy, ethics.ErrExists) // a number taken in this very moment
}

// storeConsultation is one try to store it. A crash before the commit leaves nothing; after
// it the same form shows the same code again.
func (s *Service) storeConsultation(
	ctx context.Context, draft derive.Secret, code token.Code, r ethics.Report, advisers []appoint.Member,
) (Filed, error) {
	var in store.Installation
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		in, err = tx.Installation()
		return err
	})
	if err != nil {
		return Filed{}, err
	}
	reporter := derive.Secret(code.ReporterSecret(in.Salt))
	id, err := reporter.ReporterIdentity()
	if err != nil {
		return Filed{}, err
	}
	by, day := seal.Author{ID: ethics.ActorReporter, Key: reporter.ReporterSigner()}, s.Today()
	c := store.Consultation{
		ID: draft.CaseID(), Number: "K-" + randomNumber(day), Institution: r.Institution, State: store.ConsultationOpen,
		Received: day, Changed: day, Recipient: seal.Remember(id.Recipient()), Key: by.Key.Public().(ed25519.PublicKey),
	}
	var to []string
	for _, m := range advisers {
		c.Parties, to = append(c.Parties, m.ID), append(to, m.Recipient)
	}
	first := store.ConsultationText{
		Consultation: c.ID, ID: draft.EnvelopeID(c.ID, ethics.KindConsultation), Kind: ethics.KindConsultation,
		Author: by.ID, Readers: c.Parties, Day: day,
	}
	st, err := seal.Status(ethics.Status{
		Installation: in.ID, Stream: ethics.ConsultationStream(c.ID), Day: day,
		Policy: ethics.PolicyVersion, Act: ethics.ActAsk,
		Institution: c.Institution, State: c.State,
	}, by)
	if err != nil {
		return Filed{}, err
	}
	text := ethics.ConsultationText{
		Text: r.Answers["description"][0], Language: r.Language, Unit: r.Unit, Excluded: r.Excluded,
		Parties: c.Parties, Status: st.Digest(),
	}
	at := seal.Place{Installation: in.ID, Stream: ethics.ConsultationStream(c.ID), Day: day, Policy: policy.Version}
	first.Sealed, err = seal.Consultation(at, first.ID, first.Kind, text, by, append(to, c.Recipient))
	if err != nil {
		return Filed{}, err
	}
	e := store.Entry{
		ID: uuid.NewString(), Day: day, Kind: record.KindConsultation, Actor: by.ID,
		Stream: ethics.ConsultationStream(c.ID),
	}
	if e.Commitment, err = commitment(code, in.Salt, r); err != nil {
		return Filed{}, err
	}
	locator := token.LocatorHash(code.Locator(in.Salt))
	err = s.Store.Write(ctx, e, func(tx *store.Tx) error {
		n, err := tx.CountConsultations(c.Institution, day, day)
		if err == nil && n >= s.Limits.NewADay {
			err = ethics.ErrQuota
		}
		if err != nil {
			return err
		}
		return tx.AddConsultation(c, locator[:], first, *st)
	})
	return Filed{Code: code, Number: c.Number, Received: day}, err
}

// storedConsultation answers for a draft that became a consultation already; ErrNotFound
// otherwise.
func (s *Service) storedConsultation(
	ctx context.Context, draft derive.Secret, code token.Code, r ethics.Report,
) (Filed, error) {
	f := Filed{Code: code, Again: true}
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		c, err := tx.Consultation(draft.CaseID())
		if err != nil {
			return err
		}
		f.Number, f.Received = c.Number, c.Received
		in, err := tx.Installation()
		if err != nil {
			return err
		}
		entries, err := tx.Entries(ethics.ConsultationStream(c.ID))
		if err != nil {
			return err
		}
		now, err := commitment(code, in.Salt, r)
		if len(entries) > 0 {
			f.Differs = !hmac.Equal(entries[0].Commitment, now)
		}
		return err
	})
	return f, err
}
