package unseal

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"

	"filippo.io/age"

	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// GiftRow is a declaration as its row holds it.
type GiftRow struct {
	ID, Institution string
	Verifier        ed25519.PublicKey
	Day             ethics.Day
	Sealed          []byte
}

// Gift opens a declaration of an institution's gift register that is sealed to
// this member among others, and signed with the key in its row. It begins its
// stream, so its author had seen nothing of it. ErrNotFound when it is sealed to
// others only: who keeps the register today came later.
func Gift(installation string, row GiftRow, member *age.HybridIdentity) (ethics.Gift, error) {
	var g ethics.Gift
	plain, err := Bytes(row.Sealed, member)
	var others *age.NoIdentityMatchError
	if errors.As(err, &others) {
		return g, ethics.ErrNotFound
	}
	if err != nil {
		return g, fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
	}
	p, err := payload.Parse(plain)
	if err != nil {
		return g, fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
	}
	// To whom else it is sealed was the roster's of that day; this member must be
	// among them.
	if !slices.Contains(p.Header.Recipients, payload.Fingerprint(member.Recipient().String())) {
		return g, fmt.Errorf("%w: sealed to others", ethics.ErrUntrusted)
	}
	want := payload.Header{
		Installation: installation, Stream: ethics.GiftStream(row.ID), ID: row.ID, Kind: string(ethics.KindGift),
		Day: row.Day, Author: ethics.ActorReporter, Recipients: p.Header.Recipients,
	}
	err = decode(plain, want, func(h payload.Header) (ed25519.PublicKey, error) {
		if h.Seen != "" {
			return nil, errors.New("a declaration that says it is not the first of its stream")
		}
		return row.Verifier, nil
	}, &g)
	if err == nil && g.Institution != row.Institution {
		err = fmt.Errorf("%w: declared to another institution", ethics.ErrUntrusted)
	}
	if err != nil {
		return ethics.Gift{}, err
	}
	return g, nil
}
