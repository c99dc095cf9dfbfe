package casework

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"filippo.io/age"
	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/unseal"
)

// ConsultationText is one text of a consultation.
type ConsultationText struct {
	ID           string
	Author, Name string // member id and name; ethics.ActorReporter
	Day          ethics.Day
	Note         bool // the trust persons' own
	Text         string
	Elsewhere    bool // written while this member was no trust person: sealed to others
	Untrusted    bool // no text
}

// Format hides the text.
func (ConsultationText) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// OpenedConsultation is a consultation opened by one of its trust persons, for one request.
type OpenedConsultation struct {
	ListedConsultation
	Unit, Language string
	Excluded       []string // names of trust persons who shall not know
	TrustPersons   []string // names of those who read what is written now
	Texts          []ConsultationText
	Missing        int

	file   store.ConsultationFile
	roster *appoint.Roster
}

// Format hides the consultation.
func (OpenedConsultation) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// takesPart tells whether a member is one of a consultation's trust persons today:
// for everybody else it does not exist.
func (s *Service) takesPart(who *appoint.Acting, c store.Consultation) bool {
	if who.Roster == nil || !slices.Contains(c.Serving(who.Roster, s.today()), who.ID) {
		return false
	}
	return s.Policy.Allowed(policy.Member{ID: who.ID, Roles: []string{appoint.RoleTrust}, Own: true},
		"consultation_notes")
}

// Consultation opens one for a trust person of it: the entry first, durable, then
// the key. ErrNotFound for everybody else, ErrUntrusted when it is not as the log
// says or its first text, which says who takes part, cannot be trusted.
func (s *Service) Consultation(ctx context.Context, who *appoint.Acting, number string) (*OpenedConsultation, error) {
	var c store.Consultation
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		c, err = tx.ConsultationFor(number, func(c store.Consultation) bool { return s.takesPart(who, c) })
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := s.enter(ctx, record.KindConsultation, who.ID, ethics.ConsultationStream(c.ID)); err != nil {
		return nil, err
	}
	t := &OpenedConsultation{}
	err = s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if t.file, err = tx.ConsultationFile(c.ID); err != nil {
			return err
		}
		if t.roster, err = tx.Roster(); err != nil {
			return err
		}
		t.ListedConsultation, err = s.stands(tx, t.file.Consultation)
		return err
	})
	if err == nil {
		err = t.read(who)
	}
	if err != nil || t.spoilt() > 0 {
		err = s.distrustConsultation(ctx, who, c.ID, err)
	}
	if err != nil {
		return nil, err
	}
	t.TrustPersons = t.names(t.file.Serving(t.roster, s.today()))
	return t, nil
}

// read opens every text.
func (t *OpenedConsultation) read(who *appoint.Acting) error {
	id, err := who.Secret.MemberIdentity()
	if err != nil {
		return err
	}
	if len(t.file.Texts) == 0 {
		return ethics.ErrUntrusted
	}
	for n, x := range t.file.Texts {
		out := ConsultationText{
			ID: x.ID, Author: x.Author, Name: x.Author, Day: x.Day, Note: x.Kind == ethics.KindConsultationNote,
		}
		if m, err := t.roster.Member(x.Author); err == nil {
			out.Name = m.Name
		}
		body, err := t.open(x, who.ID, id)
		out.Text, out.Elsewhere = body.Text, errors.Is(err, ethics.ErrNotFound)
		out.Untrusted = err != nil && !out.Elsewhere
		if n == 0 {
			if err != nil || !slices.Equal(body.Parties, t.file.Parties) {
				return errors.Join(ethics.ErrUntrusted, err)
			}
			t.Unit, t.Language, t.Excluded = body.Unit, body.Language, t.names(body.Excluded)
		}
		t.Texts = append(t.Texts, out)
	}
	t.Missing = t.file.Missing
	return nil
}

func (t *OpenedConsultation) open(
	x store.ConsultationText, member string, id age.Identity,
) (ethics.ConsultationText, error) {
	if !t.file.Trusted(x) {
		return ethics.ConsultationText{}, ethics.ErrUntrusted
	}
	if !slices.Contains(x.Readers, member) {
		return ethics.ConsultationText{}, ethics.ErrNotFound
	}
	h, err := t.file.Header(x, t.roster)
	if err != nil {
		return ethics.ConsultationText{}, err
	}
	return unseal.Consultation(h, x.Sealed, id, t.file.Verifier(t.roster))
}

func (t *OpenedConsultation) names(ids []string) []string {
	var out []string
	for _, id := range ids {
		if m, err := t.roster.Member(id); err == nil {
			out = append(out, m.Name)
		}
	}
	return out
}

// spoilt counts texts that cannot be trusted or are gone.
func (t *OpenedConsultation) spoilt() int {
	n := t.Missing
	for _, x := range t.Texts {
		if x.Untrusted {
			n++
		}
	}
	return n
}

// distrustConsultation leaves an entry and an error line when something of a consultation
// cannot be trusted.
func (s *Service) distrustConsultation(ctx context.Context, who *appoint.Acting, id string, err error) error {
	if err != nil && !errors.Is(err, ethics.ErrUntrusted) {
		return err
	}
	s.Log.LogAttrs(ctx, slog.LevelError, "a consultation or text cannot be trusted", slog.Bool("whole", err != nil))
	return errors.Join(err, s.enter(ctx, record.KindDistrusted, who.ID, ethics.ConsultationStream(id)))
}

// WriteConsultation answers in a consultation or, with note, writes what the trust persons
// alone read. ErrConflict when it has ended, for an answer.
func (s *Service) WriteConsultation(
	ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, text string, note bool,
) (Taken, error) {
	kind := ethics.KindConsultation
	if note {
		kind = ethics.KindConsultationNote
	}
	return ethics.Again(func() (Taken, error) {
		t, err := s.Consultation(ctx, who, number)
		if err == nil {
			err = s.checkText(text, "", "")
		}
		if err != nil {
			return Taken{}, err
		}
		x := store.ConsultationText{
			Consultation: t.file.ID, Sequence: len(t.file.Texts), ID: draft.EnvelopeID(t.file.ID, kind),
			Kind: kind, Author: who.ID,
			Readers: t.file.Serving(t.roster, s.today()), Day: s.today(),
		}
		to, err := t.file.Recipients(kind, x.Readers, t.roster)
		if err != nil {
			return Taken{}, err
		}
		at := seal.Place{
			Installation: t.file.Installation.ID, Stream: ethics.ConsultationStream(x.Consultation),
			Sequence: x.Sequence,
			Day:      x.Day, Policy: policy.Version, Seen: t.file.Seen(),
		}
		by := seal.Author{ID: who.ID, Key: who.Secret.MemberSigner()}
		if x.Sealed, err = seal.Consultation(at, x.ID, kind, ethics.ConsultationText{Text: text}, by, to); err != nil {
			return Taken{}, err
		}
		err = s.storeConsultation(ctx, who.ID, x.Consultation, x.Day, func(tx *store.Tx) error {
			return tx.AddConsultationText(x)
		})
		if errors.Is(err, ethics.ErrExists) {
			return Taken{Again: true}, nil
		}
		return Taken{}, err
	})
}

// EndConsultation closes a consultation for both sides. ErrConflict when it has ended.
func (s *Service) EndConsultation(ctx context.Context, who *appoint.Acting, number string) error {
	_, err := ethics.Again(func() (Taken, error) { return Taken{}, s.endConsultation(ctx, who, number) })
	return err
}

func (s *Service) endConsultation(ctx context.Context, who *appoint.Acting, number string) error {
	t, err := s.Consultation(ctx, who, number)
	if err != nil {
		return err
	}
	if t.file.State != store.ConsultationOpen {
		return ethics.ErrConflict
	}
	day := s.today()
	st, err := seal.Status(t.file.Ending(day), author(who))
	if err != nil {
		return err
	}
	return s.storeConsultation(ctx, who.ID, t.file.ID, day, func(tx *store.Tx) error {
		return tx.EndConsultation(t.file.ID, day, s.until(day), st)
	})
}

func (s *Service) until(day ethics.Day) ethics.Day {
	return string(s.Policy.Consultations.Until(policy.Day(day)))
}

func (s *Service) storeConsultation(
	ctx context.Context, actor, id string, day ethics.Day, fn func(*store.Tx) error,
) error {
	return s.Store.Write(ctx, store.Entry{
		ID: uuid.NewString(), Day: day, Kind: record.KindConsultation, Actor: actor,
		Stream: ethics.ConsultationStream(id),
	}, fn)
}
