package unseal

import (
	"fmt"

	"filippo.io/age"

	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// Row opens what seal.Row sealed and decodes its body into out. want is what the
// row says, without Recipients, Policy and Seen; recipient is the one it must be sealed to.
// ErrUntrusted when anything does not agree.
func Row(sealed []byte, id age.Identity, recipient string, want payload.Header, keys Verifier, out any) error {
	plain, err := Bytes(sealed, id)
	if err != nil {
		return fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
	}
	want.Recipients = []string{payload.Fingerprint(recipient)}
	return decode(plain, want, keys, out)
}

// Signed checks a signed payload that was sealed inside another, and decodes it.
// No row says on which day it was signed: keys judges the header's own.
func Signed(plain []byte, want payload.Header, keys Verifier, out any) error {
	p, err := payload.Parse(plain)
	if err != nil {
		return fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
	}
	want.Day = p.Header.Day
	return decode(plain, want, keys, out)
}
