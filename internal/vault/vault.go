// Package vault deals a reporter's personal details to their holders: a random
// secret is split so that any two shares give it back and one tells nothing, ever;
// the details are sealed to the identity that follows from the secret, each share
// to one holder. No commitments are made: they would rest on a classical problem.
//
// Start with Deal, which needs public keys only, and Combine, which needs two
// shares. The package opens nothing: sealed shares come through unseal.
package vault

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"filippo.io/age"
	"github.com/google/uuid"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/seal"
)

// Least is how many holders a vault has at least, and how many open it.
const Least = ethics.LeastKeepers

// ErrShare means that bytes are no share, or that two shares do not fit.
var ErrShare = errors.New("vault: not two fitting shares")

// Holder is who gets a share: one person, one share.
type Holder struct{ ID, Recipient string }

// Dealt is a vault with the shares of its holders, as rows.
type Dealt struct {
	Vault  ethics.Vault
	Shares []ethics.VaultShare
}

// Sign signs the details as their reporter's, with the day and what the reporter
// had seen of the case. What it gives stays the same through every dealing.
func Sign(at seal.Place, details ethics.Identity, reporter seal.Author) ([]byte, error) {
	body, err := json.Marshal(details)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	h := SignedHeader(at.Installation, ethics.CaseOf(at.Stream))
	h.Day, h.Policy, h.Seen = at.Day, at.Policy, payload.Leaf(at.Seen)
	return payload.Sign(h, body, reporter.Key, payload.MinText)
}

// SignedHeader is the header of signed details, but for when they were signed.
func SignedHeader(installation, caseID string) payload.Header {
	return payload.Header{
		Installation: installation, Stream: ethics.CaseStream(caseID), ID: caseID,
		Kind: string(ethics.KindIdentity), Author: ethics.ActorReporter,
	}
}

// Deal makes a vault of the case whose stream at names: a fresh secret, the signed details sealed to its
// identity, a share sealed to each holder. ErrNobodyToSeal with fewer than Least
// holders, ErrShare when one is named twice. The secret is gone when it returns.
func Deal(at seal.Place, signed []byte, holders []Holder, by seal.Author) (Dealt, error) {
	if len(holders) < Least {
		return Dealt{}, ethics.ErrNobodyToSeal
	}
	secret, id, caseID := derive.New(), uuid.NewString(), ethics.CaseOf(at.Stream)
	identity, err := secret.VaultIdentity(caseID, id)
	if err != nil {
		return Dealt{}, err
	}
	out := Dealt{Vault: ethics.Vault{
		ID: id, Case: caseID, Dealer: by.ID, Recipient: identity.Recipient().String(), Day: at.Day,
	}}
	if out.Vault.Sealed, err = seal.Row(at, id, ethics.KindVault, ethics.SealedIdentity{Signed: signed}, by,
		out.Vault.Recipient); err != nil {
		return Dealt{}, err
	}
	values, dealt, err := part(secret, holders)
	if err != nil {
		return Dealt{}, err
	}
	to := payload.Fingerprint(out.Vault.Recipient)
	for i, h := range holders {
		share := ethics.Share{Vault: id, Member: h.ID, To: to, Value: values[i], Dealt: dealt}
		row := ethics.VaultShare{Vault: id, Case: caseID, Member: h.ID, Dealer: by.ID, Digest: dealt[h.ID], Day: at.Day}
		if row.Sealed, err = seal.Row(at, id, ethics.KindVaultShare, share, by, h.Recipient); err != nil {
			return Dealt{}, err
		}
		out.Shares = append(out.Shares, row)
	}
	return out, nil
}

// part gives each holder's bytes, and their digests by holder.
func part(secret derive.Secret, holders []Holder) ([][]byte, map[string][]byte, error) {
	values, err := split(secret, len(holders))
	if err != nil {
		return nil, nil, err
	}
	dealt := map[string][]byte{}
	for i, h := range holders {
		if dealt[h.ID] != nil {
			return nil, nil, fmt.Errorf("%w: two for one person", ErrShare)
		}
		sum := sha256.Sum256(values[i])
		dealt[h.ID] = sum[:]
	}
	return values, dealt, nil
}

// Combine gives a vault's identity from two shares. Before it joins them, they
// must be of this vault, of two different holders to whom it was dealt, bear the
// digests of their rows, and name each other in the dealer's list; after, the
// identity must have the vault's recipient, since a wrong share gives a wrong
// secret. ErrUntrusted for everything that does not agree.
func Combine(v ethics.Vault, rows []ethics.VaultShare, one, other ethics.Share) (*age.HybridIdentity, error) {
	if one.Member == other.Member {
		return nil, fmt.Errorf("%w: %w: of one person", ethics.ErrUntrusted, ErrShare)
	}
	for _, s := range []ethics.Share{one, other} {
		if err := check(v, rows, s); err != nil {
			return nil, err
		}
	}
	if !dealtTo(one, other) || !dealtTo(other, one) {
		return nil, fmt.Errorf("%w: %w: of two dealings", ethics.ErrUntrusted, ErrShare)
	}
	secret, err := join(one.Value, other.Value)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
	}
	identity, err := secret.VaultIdentity(v.Case, v.ID)
	if err != nil {
		return nil, err
	}
	if identity.Recipient().String() != v.Recipient {
		return nil, fmt.Errorf("%w: the shares give another vault", ethics.ErrUntrusted)
	}
	return identity, nil
}

// check holds a share against the vault's rows.
func check(v ethics.Vault, rows []ethics.VaultShare, s ethics.Share) error {
	wrong := func(why string) error { return fmt.Errorf("%w: share: %s", ethics.ErrUntrusted, why) }
	if s.Vault != v.ID || s.To != payload.Fingerprint(v.Recipient) {
		return wrong("of another vault")
	}
	sum := sha256.Sum256(s.Value)
	for _, row := range rows {
		if row.Vault != v.ID || row.Member != s.Member {
			continue
		}
		if !bytes.Equal(row.Digest, sum[:]) || !bytes.Equal(s.Dealt[s.Member], sum[:]) {
			return wrong("not the one that was dealt")
		}
		return nil
	}
	return wrong("its holder was dealt none")
}

// dealtTo tells whether one holder's list names the other's share.
func dealtTo(list, s ethics.Share) bool {
	sum := sha256.Sum256(s.Value)
	return bytes.Equal(list.Dealt[s.Member], sum[:])
}
