package intake

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
)

// maxGiftLine bounds one answer of a declaration, in characters.
const maxGiftLine = 500

// GiftKeepers are who keeps an institution's gift register: its responsible
// persons in term.
func (s *Service) GiftKeepers(roster *appoint.Roster, institution string) []appoint.Member {
	return roster.Serving(institution, s.Today(), appoint.RoleResponsible)
}

// CheckGift finds what is wrong with a declaration, by field.
func (s *Service) CheckGift(roster *appoint.Roster, institution string, g ethics.Gift) ethics.FieldErrors {
	var errs ethics.FieldErrors
	wrong := func(field string, kind ethics.FaultKind) {
		errs = append(errs, ethics.FieldError{Field: field, Kind: kind})
	}
	if _, err := roster.Institution(institution); err != nil || len(s.GiftKeepers(roster, institution)) == 0 {
		wrong("institution", ethics.FaultNotReady)
	}
	for _, f := range []struct{ name, value string }{
		{"who", g.Who}, {"what", g.What}, {"value", g.Value}, {"from", g.From},
	} {
		switch {
		case !utf8.ValidString(f.value) || strings.ContainsRune(f.value, 0):
			wrong(f.name, ethics.FaultUTF8)
		case utf8.RuneCountInString(f.value) > maxGiftLine:
			wrong(f.name, ethics.FaultTooLong)
		case strings.TrimSpace(f.value) == "":
			wrong(f.name, ethics.FaultRequired)
		}
	}
	if _, err := policy.ParseDay(g.When); err != nil || g.When > s.Today() {
		wrong("when", ethics.FaultDate)
	}
	if !slices.Contains(ethics.GiftDone, g.Done) {
		wrong("done", ethics.FaultOption)
	}
	return errs
}

// DeclareGift seals a declaration to the register's keepers and stores it: it
// gives its register number. The same draft again gives the same number and
// stores nothing. FieldErrors say what keeps it out; ErrQuota that the day has taken as
// many as it takes.
func (s *Service) DeclareGift(
	ctx context.Context, draft derive.Secret, institution string, g ethics.Gift,
) (string, error) {
	id := draft.EnvelopeID(institution, ethics.KindGift)
	return ethics.Again(func() (string, error) {
		var roster *appoint.Roster
		var in store.Installation
		var done store.Gift
		err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
			var err error
			if roster, err = tx.Roster(); err != nil {
				return err
			}
			if in, err = tx.Installation(); err != nil {
				return err
			}
			if done, err = tx.Gift(id); errors.Is(err, ethics.ErrNotFound) {
				return nil
			}
			return err
		})
		if err != nil || done.ID != "" {
			return done.Number, err
		}
		if errs := s.CheckGift(roster, institution, g); len(errs) > 0 {
			return "", errs
		}
		row, err := s.giftRow(in, draft, id, institution, g, roster)
		if err != nil {
			return "", err
		}
		e := store.Entry{
			ID: uuid.NewString(), Day: row.Day, Kind: record.KindDeclared, Actor: ethics.ActorReporter,
			Stream: ethics.GiftStream(row.ID),
		}
		err = s.Store.Write(ctx, e, func(tx *store.Tx) error {
			n, err := tx.GiftsOn(institution, row.Day)
			if err == nil && n >= s.Limits.NewADay {
				err = ethics.ErrQuota
			}
			if err != nil {
				return err
			}
			return tx.AddGift(row)
		})
		return row.Number, err
	}, ethics.ErrBusy, ethics.ErrExists) // a register number taken in this very moment
}

func (s *Service) giftRow(
	in store.Installation, draft derive.Secret, id, institution string, g ethics.Gift, roster *appoint.Roster,
) (store.Gift, error) {
	by := seal.Author{ID: ethics.ActorReporter, Key: draft.ReporterSigner()}
	var keepers []string
	for _, m := range s.GiftKeepers(roster, institution) {
		keepers = append(keepers, m.Recipient)
	}
	g.Institution = institution
	day := s.Today()
	row := store.Gift{
		ID: id, Institution: institution, Number: "D-" + randomNumber(day), Day: day,
		Verifier: by.Key.Public().(ed25519.PublicKey),
	}
	var err error
	at := seal.Place{Installation: in.ID, Stream: ethics.GiftStream(id), Day: day, Policy: policy.Version}
	row.Sealed, err = seal.Gift(at, id, g, by, keepers)
	if err != nil {
		return row, fmt.Errorf("gift: %w", err)
	}
	return row, nil
}
