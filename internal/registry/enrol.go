package registry

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
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
	var roster *appoint.Roster
	var i store.Invitation
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if i, err = tx.Invitation(codeHash(code), s.Now().UnixMilli()); err != nil {
			return err
		}
		if i.Founding {
			in, err := tx.Installation()
			o.Institution = in.Institution
			return err
		}
		roster, err = tx.Roster()
		return err
	})
	if errors.Is(err, ethics.ErrNotFound) {
		return o, ErrInvitation
	}
	if err != nil {
		return o, err
	}
	o.Roles, o.Founding = strings.Split(i.Roles, ","), i.Founding
	if i.Founding {
		return o, nil
	}
	in, err := s.institution(ctx, roster, i.Institution) // its first members enrol while it waits
	o.Institution = in.Name
	if errors.Is(err, ethics.ErrNotFound) {
		err = nil
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
	if errs := s.Check(p); len(errs) > 0 {
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
			Confidential: s.today(),
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
		if err := tx.AddEnrolment(e); err != nil {
			return err
		}
		return fourFounders(tx, e)
	})
	switch {
	case errors.Is(err, ethics.ErrExists):
		return "", ethics.FieldErrors{{Field: "email", Kind: ethics.FaultTaken}}
	case errors.Is(err, ethics.ErrNotFound):
		return "", ErrInvitation
	}
	return id, err
}

// fourFounders refuses a second founder of one name: four must be four people, and
// before the founding nobody can sign that two of one name are two.
func fourFounders(tx *store.ScratchTx, e store.Enrolment) error {
	all, err := tx.EnrolmentsNow()
	n := 0
	for _, x := range all {
		if x.Founding && appoint.OneName(x.Name, e.Name) {
			n++
		}
	}
	if e.Founding && n > 1 {
		return ethics.FieldErrors{{Field: "name", Kind: ethics.FaultFounder}}
	}
	return err
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

// checkLine bounds a name or the like, which others will read and sign: at most
// 200 characters, and none that no eye sees or that turn the writing's
// direction, with which one name is shown for another. "" is sound.
func checkLine(v string) ethics.FaultKind {
	hidden := func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }
	switch {
	case utf8.RuneCountInString(v) > 200:
		return ethics.FaultTooLong
	case !utf8.ValidString(v) || strings.ContainsFunc(v, hidden):
		return ethics.FaultCharacters
	}
	return ""
}

// Check finds what Enrol would refuse in what was typed, in the order of the page.
func (s *Service) Check(p Person) ethics.FieldErrors {
	var errs ethics.FieldErrors
	add := func(field string, kind ethics.FaultKind) {
		errs = append(errs, ethics.FieldError{Field: field, Kind: kind})
	}
	line := func(field, v string) {
		if kind := checkLine(v); kind != "" {
			add(field, kind)
		}
	}
	line("name", p.Name)
	switch {
	case strings.TrimSpace(p.Name) == "":
		add("name", ethics.FaultRequired)
	case checkLine(p.Name) == "" && !appoint.Legible(p.Name):
		add("name", ethics.FaultCharacters)
	}
	line("email", p.Email)
	if at := strings.Index(p.Email, "@"); at < 1 || at == len(p.Email)-1 ||
		strings.ContainsAny(strings.TrimSpace(p.Email), " \t\r\n") {
		add("email", ethics.FaultEmail)
	}
	line("contact", p.Contact)
	switch err := secret.CheckPassword(p.Password); {
	case errors.Is(err, secret.ErrShort):
		add("password", ethics.FaultShort)
	case errors.Is(err, secret.ErrCommon):
		add("password", ethics.FaultCommon)
	case err != nil:
		add("password", ethics.FaultTooLong)
	}
	if _, err := secret.URL(p.TOTPSecret, "svilpe", "x"); err != nil || len(p.TOTPSecret) < 32 {
		add("totp_code", ethics.FaultTOTP)
	} else if _, ok := secret.Match(p.TOTPSecret, p.TOTPCode, s.Now()); !ok {
		add("totp_code", ethics.FaultTOTP)
	}
	if !p.Confidential {
		add("confidential", ethics.FaultRequired)
	}
	return errs
}
