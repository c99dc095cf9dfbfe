package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/unseal"
)

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

// GiftPage is a page of the gift registers that a member keeps.
type GiftPage struct {
	Page[Declared, store.GiftKey]
	From, To string // years of the first declaration and of the last
	Today    Influx
}

// Format hides the declarations.
func (GiftPage) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// Gifts is the page at a key of the gift registers of the institutions in which this
// member is a responsible person, of one year ("2026") or of all (""), newest first.
// Only what stands on it is opened. ErrNotFound for everybody else.
func (s *Service) Gifts(ctx context.Context, who *appoint.Acting, year string, at store.GiftKey) (GiftPage, error) {
	var out GiftPage
	places := servedBy(who, func(in string) bool {
		return slices.Contains(who.Roster.Roles(who.ID, in, s.today()), appoint.RoleResponsible)
	})
	if len(places) == 0 {
		return out, ethics.ErrNotFound
	}
	if err := s.enter(ctx, record.KindGiftsRead, who.ID, ethics.StreamProgram); err != nil {
		return out, err
	}
	var rows Page[store.Gift, store.GiftKey]
	var in store.Installation
	var known map[string]bool
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if in, err = tx.Installation(); err != nil {
			return err
		}
		rows, err = lister[store.Gift, store.GiftKey]{
			rows:  func(at store.GiftKey, n int) ([]store.Gift, error) { return tx.Gifts(places, year, at, n) },
			count: func(at store.GiftKey) (int, int, error) { return tx.CountGifts(places, year, at) },
			place: store.PlaceOf,
			back:  func(k *store.GiftKey) *bool { return &k.Back },
		}.page(at)
		if err != nil {
			return err
		}
		if out.From, out.To, err = tx.GiftYears(places); err != nil {
			return err
		}
		counts := make([]int, len(places))
		for i, place := range places {
			if counts[i], err = tx.GiftsOn(place, s.today()); err != nil {
				return err
			}
		}
		out.Today = s.influx(counts)
		known, err = tx.LoggedGifts(rows.Rows)
		return err
	})
	if err != nil {
		return out, err
	}
	member, err := who.Secret.MemberIdentity()
	if err != nil {
		return out, err
	}
	out.Newer, out.Older, out.Before, out.Total = rows.Newer, rows.Older, rows.Before, rows.Total
	out.Rows = make([]Declared, len(rows.Rows))
	for i, g := range rows.Rows {
		d := Declared{Number: g.Number, Institution: g.Institution, Day: g.Day, Untrusted: !known[g.ID]}
		if known[g.ID] {
			d.Gift, err = unseal.Gift(in.ID,
				unseal.GiftRow{
					ID: g.ID, Institution: g.Institution, Verifier: g.Verifier, Day: g.Day, Sealed: g.Sealed,
				}, member)
			d.Elsewhere = errors.Is(err, ethics.ErrNotFound)
			d.Untrusted = err != nil && !d.Elsewhere
		}
		out.Rows[i] = d
	}
	return out, nil
}

// servedBy are the institutions of which something holds.
func servedBy(who *appoint.Acting, holds func(institution string) bool) []string {
	var out []string
	for _, in := range who.Roster.Institutions() {
		if holds(in.ID) {
			out = append(out, in.ID)
		}
	}
	return out
}
