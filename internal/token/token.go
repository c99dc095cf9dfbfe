// Package token is the case code: the reporter's only credential. It derives
// the code from a form's draft secret ([FromDraft]), prints it, reads what a
// person typed with forgiveness ([Read]), and derives the keys that the code
// opens.
//
// A code is 130 bits: 26 symbols of Crockford base 32, most significant first,
// and 4 Reed–Solomon check symbols, printed as six groups of five. It is shown
// once, never stored, never logged; a [Code] prints as [redacted] everywhere
// but in [Code.Text] and [Code.Groups]. Derivations are HKDF-SHA-256 (RFC 5869)
// and do not change within a version: testdata/vectors.json holds them.
package token

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unique"
)

const (
	dataSymbols  = 26 // 26 × 5 bits = 130 bits
	checkSymbols = 4
	codeSymbols  = dataSymbols + checkSymbols
	groupSymbols = 5
	secretBytes  = 17 // 130 bits, the last 6 of the 136 are zero

	alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford: no I, L, O, U

	labelCode           = "svilpe/1 case code"
	labelLocator        = "svilpe/1 locator"
	labelProofKey       = "svilpe/1 proof key"
	labelReporterSecret = "svilpe/1 reporter secret"

	redacted = "[redacted]"
)

// word is the 30 symbols of a code as field elements 0..31, as printed from
// left to right.
type word [codeSymbols]byte

// Code is a case code whose check symbols are right. Codes compare with ==.
// The zero Code is no code; printing it or taking its keys panics, because
// those keys would be known to everybody.
type Code struct {
	// Not the symbols themselves: fmt does not ask the methods of a value in
	// somebody else's unexported field, and would print them. Of a handle it
	// prints an address, but for a verb that does not fit, such as %s, it
	// follows one pointer; hence two.
	handle unique.Handle[unique.Handle[word]]
}

// newCode takes a word whose syndromes are zero. The word of thirty zeros
// gives the zero Code.
func newCode(w word) Code {
	if w == (word{}) {
		return Code{}
	}
	return Code{unique.Make(unique.Make(w))}
}

// FromDraft derives the code of the form whose draft secret this is: the first
// 130 bits of HKDF-SHA-256 without salt. The draft must be 32 random bytes; the
// same draft always gives the same code, so that a form sent twice shows it
// again.
func FromDraft(draft [32]byte) Code {
	return newCode(encode(unpack([secretBytes]byte(expand(draft[:], nil, labelCode, secretBytes)))))
}

// IsZero reports whether c is the zero Code, which is no code.
func (c Code) IsZero() bool { return c == Code{} }

// Text is the printed form, «7KQ4M-X2R9T-…»: 35 characters. It is a secret.
func (c Code) Text() string {
	groups := c.Groups()
	return strings.Join(groups[:], "-")
}

// Groups is the printed form as six groups of five symbols. It is a secret.
func (c Code) Groups() [6]string {
	var groups [6]string
	w := c.word()
	for g := range groups {
		var b [groupSymbols]byte
		for i := range b {
			b[i] = alphabet[w[g*groupSymbols+i]]
		}
		groups[g] = string(b[:])
	}
	return groups
}

// Locator is what the case is found by. The database holds only its
// [LocatorHash]. The salt is the installation's, here and below.
func (c Code) Locator(salt []byte) [32]byte { return c.derive(salt, labelLocator) }

// ProofKey is the key that the proof of filing is closed with.
func (c Code) ProofKey(salt []byte) [32]byte { return c.derive(salt, labelProofKey) }

// ReporterSecret gives the reporter's age identity and signing key.
func (c Code) ReporterSecret(salt []byte) [32]byte { return c.derive(salt, labelReporterSecret) }

// LocatorHash is the SHA-256 of a locator: what the database holds, unique.
func LocatorHash(locator [32]byte) [32]byte { return sha256.Sum256(locator[:]) }

// String keeps the code out of texts made by accident.
func (Code) String() string { return redacted }

// GoString keeps the code out of %#v.
func (Code) GoString() string { return redacted }

// Format keeps the code out of every other fmt verb.
func (Code) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// LogValue keeps the code out of the log.
func (Code) LogValue() slog.Value { return slog.StringValue(redacted) }

func (c Code) word() word {
	if c.IsZero() {
		panic("token: the zero Code is no code")
	}
	return c.handle.Value().Value()
}

func (c Code) derive(salt []byte, label string) [32]byte {
	secret := pack(c.word())
	return [32]byte(expand(secret[:], salt, label, 32))
}

// expand is HKDF-SHA-256. It fails only for lengths that no caller asks for.
func expand(secret, salt []byte, label string, length int) []byte {
	key, err := hkdf.Key(sha256.New, secret, salt, label, length)
	if err != nil {
		panic("token: internal error: " + err.Error())
	}
	return key
}

// unpack takes 26 symbols of 5 bits from the first 130 bits, most significant
// first.
func unpack(secret [secretBytes]byte) (data [dataSymbols]byte) {
	for bit := range dataSymbols * 5 {
		data[bit/5] = data[bit/5]<<1 | secret[bit/8]>>(7-bit%8)&1
	}
	return data
}

// pack is the inverse of unpack; check symbols carry nothing of the secret.
func pack(w word) (secret [secretBytes]byte) {
	for bit := range dataSymbols * 5 {
		secret[bit/8] |= w[bit/5] >> (4 - bit%5) & 1 << (7 - bit%8)
	}
	return secret
}
