package secret

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

const labelSession = "svilpe/1 session"

// SealUnder closes plain under a 32-byte key that only a cookie holds, for the
// row that the cookie's hash finds. purpose and id (the member's or the case's)
// are bound to it. XChaCha20-Poly1305 under HKDF-SHA-256(key); 40 bytes longer
// than plain.
func SealUnder(key [32]byte, purpose, id string, plain []byte) []byte {
	return seal(sessionKey(key), bind(purpose, id), plain)
}

// OpenUnder gives back what [SealUnder] closed with the same key, purpose and
// id. Its only error is [ErrWrong].
func OpenUnder(key [32]byte, purpose, id string, sealed []byte) ([]byte, error) {
	return open(sessionKey(key), bind(purpose, id), sealed)
}

func sessionKey(cookie [32]byte) [32]byte {
	key, err := hkdf.Key(sha256.New, cookie[:], nil, labelSession, 32)
	if err != nil { // only for lengths that HKDF cannot give
		panic(fmt.Sprintf("secret: internal error: %v", err))
	}
	return [32]byte(key)
}

// bind is the additional data: each field with its length (32 bits, big endian)
// in front, so that no two lists of fields give the same bytes.
func bind(fields ...string) []byte {
	var b []byte
	for _, f := range fields {
		b = binary.BigEndian.AppendUint32(b, uint32(len(f)))
		b = append(b, f...)
	}
	return b
}

// seal chooses the nonce at random: 192 bits do not meet twice.
func seal(key [32]byte, bound, plain []byte) []byte {
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		panic(fmt.Sprintf("secret: internal error: %v", err))
	}
	out := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	rand.Read(out) // never fails: crypto/rand ends the program instead
	return aead.Seal(out, out, plain, bound)
}

func open(key [32]byte, bound, sealed []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		panic(fmt.Sprintf("secret: internal error: %v", err))
	}
	if len(sealed) < aead.NonceSize()+aead.Overhead() {
		return nil, ErrWrong
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], bound)
	if err != nil {
		return nil, ErrWrong
	}
	return plain, nil
}
