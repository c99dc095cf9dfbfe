package registry

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/secret"
	"svilpe/internal/store"
)

// Offer is what an invitation offers, shown before the person types anything.
type Offer struct {
	Institution string // name, from the founding or from init
	Roles       []string
	Founding    bool
}

// Offer looks an invitation up; ErrInvitation when it is used, lapsed or unknown.
func (s *Service) Offer(ctx context.Context, code string) (Offer, error) {
	var o Offer
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		i, err := tx.Invitation(codeHash(code), s.Now().UnixMilli())
		if err != nil {
			return err
		}
		o.Roles, o.Founding = strings.Split(i.Roles, ","), i.Founding
		if i.Founding {
			in, err := tx.Installation()
			o.Institution = in.Institution
			return err
		}
		roster, err := tx.Roster()
		if err != nil {
			return err
		}
		if in, err := roster.Institution(i.Institution); err == nil {
			o.Institution = in.Name
		}
		return nil
	})
	if errors.Is(err, ethics.ErrNotFound) {
		return o, ErrInvitation
	}
	return o, err
}

// Person is what an invited person types. It holds secrets and is never logged.
type Person struct {
	Code, Name, Email, Password string
	Contact                     string // trust persons: how reporters reach them
	TOTPSecret, TOTPCode        string
	Confidential                bool // the confidentiality statement is ticked
}

// Format hides the person's secrets.
func (Person) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// Enrol makes a person's keys. They are worth nothing until the appointment is
// signed. FieldErrors name what is wrong; ErrInvitation as in Offer.
func (s *Service) Enrol(ctx context.Context, p Person) (string, error) {
	if errs := s.check(p); len(errs) > 0 {
		return "", errs
	}
	if _, err := s.Offer(ctx, p.Code); err != nil {
		return "", err
	}
	memberSecret, id, params := derive.New(), uuid.NewString(), s.Params()
	kek, err := s.Gate.DeriveKEK(ctx, p.Password, params, s.Keys.Pepper)
	if err != nil {
		return "", err
	}
	identity, err := memberSecret.MemberIdentity()
	if err != nil {
		return "", err
	}
	e := store.Enrolment{
		Member: store.Member{
			ID: id, Email: secret.FoldName(p.Email), Params: params.String(),
			Secret: kek.Seal(id, secret.PurposeMember, params, memberSecret[:]),
			TOTP:   kek.Seal(id, secret.PurposeTOTP, params, []byte(p.TOTPSecret)), FoundersCopy: []byte{},
			Confidential: ethics.DayOf(s.Now()),
		},
		Name: strings.TrimSpace(p.Name), Contact: strings.TrimSpace(p.Contact),
		Recipient: identity.Recipient().String(), Verifier: memberSecret.MemberSigner().Public().(ed25519.PublicKey),
	}
	if err := s.copyFounders(ctx, &e, memberSecret); err != nil {
		return "", err
	}
	err = s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		i, err := tx.TakeInvitation(codeHash(p.Code), s.Now().UnixMilli())
		if err != nil {
			return err
		}
		e.Institution, e.Roles, e.Founding = i.Institution, i.Roles, i.Founding
		return tx.AddEnrolment(e)
	})
	switch {
	case errors.Is(err, ethics.ErrExists):
		return "", ethics.FieldErrors{{Field: "email", Kind: "taken"}}
	case errors.Is(err, ethics.ErrNotFound):
		return "", ErrInvitation
	}
	return id, err
}

// copyFounders gives who enrols after the founding an own copy of its digest.
func (s *Service) copyFounders(ctx context.Context, e *store.Enrolment, memberSecret derive.Secret) error {
	return s.Store.Read(ctx, func(tx *store.ReadTx) error {
		roster, err := tx.Roster()
		if errors.Is(err, ethics.ErrNotReady) {
			return nil
		}
		if err != nil {
			return err
		}
		e.FoundersCopy = secret.SealUnder(memberSecret.FoundersKey(), secret.PurposeFounders, e.ID, roster.Digest[:])
		return nil
	})
}

func (s *Service) check(p Person) ethics.FieldErrors {
	var errs ethics.FieldErrors
	add := func(field, kind string) { errs = append(errs, ethics.FieldError{Field: field, Kind: kind}) }
	for field, v := range map[string]string{"name": p.Name, "email": p.Email, "contact": p.Contact} {
		if utf8.RuneCountInString(v) > 200 || !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
			add(field, "too_long")
		}
	}
	if strings.TrimSpace(p.Name) == "" {
		add("name", "required")
	}
	if at := strings.Index(p.Email, "@"); at < 1 || at == len(p.Email)-1 || strings.ContainsAny(strings.TrimSpace(p.Email), " \t\r\n") {
		add("email", "email")
	}
	switch err := secret.CheckPassword(p.Password); {
	case errors.Is(err, secret.ErrShort):
		add("password", "short")
	case errors.Is(err, secret.ErrCommon):
		add("password", "common")
	case err != nil:
		add("password", "too_long")
	}
	if _, err := secret.URL(p.TOTPSecret, "svilpe", "x"); err != nil || len(p.TOTPSecret) < 32 {
		add("totp_code", "totp")
	} else if _, ok := secret.Match(p.TOTPSecret, p.TOTPCode, s.Now()); !ok {
		add("totp_code", "totp")
	}
	if !p.Confidential {
		add("confidential", "required")
	}
	return errs
}
