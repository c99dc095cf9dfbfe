package casework

import (
	"context"
	"errors"
	"fmt"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
	"svilpe/internal/unseal"
)

// KindGiftsRead is the kind of the entry when a keeper reads the gift register.
const KindGiftsRead = "gifts_read"

// maxGifts bounds the register's page.
const maxGifts = 500

// Declared is a declaration of the gift register, opened.
type Declared struct {
	ethics.Gift
	Number, Institution string
	Day                 ethics.Day
	Elsewhere           bool // sealed before this member kept the register: no content
	Untrusted           bool // not what was declared: no content
}

// Format hides the declaration.
func (Declared) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// Gifts reads the gift registers of the institutions in which this member is a
// responsible person, newest first. ErrNotFound for everybody else.
func (s *Service) Gifts(ctx context.Context, who *appoint.Acting) ([]Declared, error) {
	var places []string
	for _, in := range who.Roster.Institutions() {
		for _, role := range who.Roster.Roles(who.ID, in.ID, s.today()) {
			if role == appoint.RoleResponsible {
				places = append(places, in.ID)
			}
		}
	}
	if len(places) == 0 {
		return nil, ethics.ErrNotFound
	}
	if err := s.enter(ctx, KindGiftsRead, who.ID, ""); err != nil {
		return nil, err
	}
	var rows []store.Gift
	var in store.Installation
	var known map[string]bool
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if in, err = tx.Installation(); err != nil {
			return err
		}
		for _, place := range places {
			list, err := tx.Gifts(place, maxGifts)
			if err != nil {
				return err
			}
			rows = append(rows, list...)
		}
		known, err = tx.LoggedGifts(rows)
		return err
	})
	if err != nil {
		return nil, err
	}
	member, err := who.Secret.MemberIdentity()
	if err != nil {
		return nil, err
	}
	out := make([]Declared, len(rows))
	for i, g := range rows {
		out[i] = Declared{Number: g.Number, Institution: g.Institution, Day: g.Day}
		if !known[g.ID] {
			out[i].Untrusted = true
			continue
		}
		gift, err := unseal.Gift(in.ID, unseal.GiftRow{ID: g.ID, Institution: g.Institution, Verifier: g.Verifier, Day: g.Day, Sealed: g.Sealed}, member)
		out[i].Gift, out[i].Elsewhere = gift, errors.Is(err, ethics.ErrNotFound)
		out[i].Untrusted = err != nil && !out[i].Elsewhere
	}
	return out, nil
}
