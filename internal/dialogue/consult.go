package dialogue

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"slices"

	"filippo.io/age"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/unseal"
)

// FromTrustPerson is who a trust person's text is from, to the reporter.
const FromTrustPerson = "adviser"

// Consultation is a confidential talk with trust persons as who asked sees it.
type Consultation struct {
	Number, Institution string
	Unit, Language      string
	Ended               bool
	Until               ethics.Day // erased on this day, once it has ended
	Messages            []Message
	TrustPersons        []string // names of those who get what is written now
	Missing             int
}

// consultation is a consultation as the reporter's own session may use it.
type consultation struct {
	store.ConsultationFile
	id     *age.HybridIdentity
	by     seal.Author
	roster *appoint.Roster
	first  ethics.ConsultationText
}

// consultation reads the visit's consultation. ErrUntrusted when it is not as the log
// says, has other keys than the code's, or when the first text, which says who
// takes part, cannot be trusted.
func (s *Service) consultation(ctx context.Context, v Visit) (*consultation, error) {
	t := &consultation{by: seal.Author{ID: ethics.ActorReporter, Key: v.secret.ReporterSigner()}}
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if t.ConsultationFile, err = tx.ConsultationFile(v.Case); err != nil {
			return err
		}
		if t.id, err = v.secret.ReporterIdentity(); err != nil {
			return err
		}
		if t.Recipient != t.id.Recipient().String() || !bytes.Equal(t.Key, t.by.Key.Public().(ed25519.PublicKey)) {
			return errors.Join(ethics.ErrUntrusted, errors.New("dialogue: other keys than the code's"))
		}
		if t.roster, err = tx.Roster(); err != nil {
			return err
		}
		if len(t.Texts) == 0 {
			return ethics.ErrUntrusted
		}
		if t.first, err = t.open(t.Texts[0]); err == nil && !slices.Equal(t.first.Parties, t.Parties) {
			err = ethics.ErrUntrusted
		}
		return err
	})
	return t, s.distrust(ctx, ethics.ConsultationStream(v.Case), 0, err)
}

func (t *consultation) open(x store.ConsultationText) (ethics.ConsultationText, error) {
	h, err := t.Header(x, t.roster)
	if err != nil || !t.Trusted(x) {
		return ethics.ConsultationText{}, errors.Join(ethics.ErrUntrusted, err)
	}
	return unseal.Consultation(h, x.Sealed, t.id, t.Verifier(t.roster))
}

// Consultation opens the consultation for its reporter.
func (s *Service) Consultation(ctx context.Context, v Visit) (Consultation, error) {
	t, err := s.consultation(ctx, v)
	if err != nil {
		return Consultation{}, err
	}
	out := Consultation{
		Number: t.Number, Institution: t.Institution, Unit: t.first.Unit, Language: t.first.Language,
		Ended: t.State != store.ConsultationOpen, Until: t.Until, Missing: t.Missing,
	}
	spoilt := 0
	for _, x := range t.Texts {
		if x.Kind != ethics.KindConsultation {
			continue // the trust persons' own notes
		}
		m := Message{ID: x.ID, From: x.Author, Day: x.Day}
		if x.Author != ethics.ActorReporter {
			m.From = FromTrustPerson
		}
		text, err := t.open(x)
		if m.Text, m.Untrusted = text.Text, err != nil; m.Untrusted {
			spoilt++
		}
		out.Messages = append(out.Messages, m)
	}
	for _, id := range t.Serving(t.roster, s.today()) {
		if m, err := t.roster.Member(id); err == nil {
			out.TrustPersons = append(out.TrustPersons, m.Name)
		}
	}
	return out, s.distrust(ctx, ethics.ConsultationStream(v.Case), spoilt+out.Missing, nil)
}

// Say adds a text of the reporter to a consultation. ErrConflict when it has
// ended, ErrNobodyToSeal when none of its trust persons is one any more.
func (s *Service) Say(ctx context.Context, v Visit, draft derive.Secret, text string) (Sent, error) {
	if errs := s.CheckText(text, 0); errs != nil {
		return Sent{}, errs
	}
	return ethics.Again(func() (Sent, error) {
		t, err := s.consultation(ctx, v)
		if err != nil {
			return Sent{}, err
		}
		x := store.ConsultationText{
			Consultation: t.ID, Sequence: len(t.Texts), ID: draft.EnvelopeID(t.ID, ethics.KindConsultation),
			Kind:   ethics.KindConsultation,
			Author: t.by.ID, Readers: t.Serving(t.roster, s.today()), Day: s.today(),
		}
		if len(x.Readers) == 0 {
			return Sent{}, ethics.ErrNobodyToSeal
		}
		to, err := t.Recipients(x.Kind, x.Readers, t.roster)
		if err != nil {
			return Sent{}, err
		}
		at := seal.Place{
			Installation: t.Installation.ID, Stream: ethics.ConsultationStream(t.ID), Sequence: x.Sequence, Day: x.Day,
			Policy: policy.Version, Seen: t.Seen(),
		}
		if x.Sealed, err = seal.Consultation(at, x.ID, x.Kind,
			ethics.ConsultationText{Text: text}, t.by, to); err != nil {
			return Sent{}, err
		}
		err = s.storeConsultation(ctx, t.ID, x.Day, func(tx *store.Tx) error { return tx.AddConsultationText(x) })
		if errors.Is(err, ethics.ErrExists) {
			return Sent{Again: true}, nil
		}
		return Sent{}, err
	})
}

// EndConsultation closes it on the reporter's word; what was said is erased after
// the days that policy names. ErrConflict when it has ended.
func (s *Service) EndConsultation(ctx context.Context, v Visit) error {
	_, err := ethics.Again(func() (Sent, error) { return Sent{}, s.endConsultation(ctx, v) })
	return err
}

func (s *Service) endConsultation(ctx context.Context, v Visit) error {
	t, err := s.consultation(ctx, v)
	if err != nil {
		return err
	}
	if t.State != store.ConsultationOpen {
		return ethics.ErrConflict
	}
	day := s.today()
	st, err := seal.Status(t.Ending(day), t.by)
	if err != nil {
		return err
	}
	until := string(s.Policy.Consultations.Until(policy.Day(day)))
	return s.storeConsultation(ctx, v.Case, day, func(tx *store.Tx) error {
		return tx.EndConsultation(v.Case, day, until, st)
	})
}

// EraseConsultation takes all that was said away at once, on the reporter's word,
// and the code with it.
func (s *Service) EraseConsultation(ctx context.Context, v Visit) error {
	day := s.today()
	return s.storeConsultation(ctx, v.Case, day, func(tx *store.Tx) error { return tx.EraseConsultation(v.Case, day) })
}

func (s *Service) storeConsultation(ctx context.Context, id string, day ethics.Day, fn func(*store.Tx) error) error {
	return s.Store.Write(ctx, store.Entry{
		ID: newID(), Day: day, Kind: record.KindConsultation, Actor: ethics.ActorReporter,
		Stream: ethics.ConsultationStream(id),
	}, fn)
}
