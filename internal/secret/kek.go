// Package secret keeps a member's stored secrets: the key that a password and
// the installation's pepper give together, what is sealed under it or under a
// session cookie, the rule for new passwords, and the second factor.
//
// # A password opens, nothing verifies it
//
// KEK = HKDF-SHA-256(Argon2id(password), salt = pepper). There is no stored
// hash to compare with: the password is right when the sealed secret opens.
// Whoever has the database without the pepper cannot test a guess at all;
// whoever has both pays one Argon2id (RFC 9106) a guess.
//
// # One at a time
//
// One Argon2id takes 64 MiB. A server asks through a [Gate], which lets one run,
// twenty wait, and gives the memory back.
package secret

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// ErrWrong says that a sealed secret did not open: wrong password, pepper or
// key, another member, purpose or parameters, or changed bytes. Which of them
// cannot be told.
var ErrWrong = errors.New("secret: does not open")

const labelKEK = "svilpe/1 kek"

// Pepper is the installation's part of every password's key: 32 random bytes
// in keys/, never in the database. It prints as [redacted].
type Pepper [32]byte

// KEK is the key that a member's password gives. It prints as [redacted].
type KEK struct{ key [32]byte }

// DeriveKEK is the KEK of a password. The password is brought to NFKC first, so
// that it does not depend on how a keyboard composes ā or й. It needs p.Memory
// KiB while it runs and panics on parameters that [ParseParams] refuses;
// servers call [Gate.DeriveKEK].
func DeriveKEK(password string, p Params, pepper Pepper) KEK {
	if err := p.check(); err != nil {
		panic(err)
	}
	slow := argon2.IDKey([]byte(norm.NFKC.String(password)), p.Salt[:], p.Time, p.Memory, p.Threads, 32)
	key, err := hkdf.Key(sha256.New, slow, pepper[:], labelKEK, 32)
	if err != nil { // only for lengths that HKDF cannot give
		panic(fmt.Sprintf("secret: internal error: %v", err))
	}
	return KEK{key: [32]byte(key)}
}

// Seal closes plain (the member secret, or apart from it the TOTP secret) under
// the KEK: XChaCha20-Poly1305 with a random nonce of 24 bytes in front. Member,
// purpose and parameters are bound to it, so that no row can stand for another.
// The result is 40 bytes longer than plain.
func (k KEK) Seal(memberID, purpose string, p Params, plain []byte) []byte {
	return seal(k.key, bind(memberID, purpose, p.String()), plain)
}

// Open gives back what [KEK.Seal] closed with the same member, purpose and
// parameters. Its only error is [ErrWrong].
func (k KEK) Open(memberID, purpose string, p Params, sealed []byte) ([]byte, error) {
	return open(k.key, bind(memberID, purpose, p.String()), sealed)
}
