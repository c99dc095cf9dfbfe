package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"log/slog"
)

// Cookie is the random value that a visit's or a browser's cookie holds, member's
// and reporter's alike. It prints as [redacted].
type Cookie [32]byte

// NewCookie makes one.
func NewCookie() Cookie {
	var c Cookie
	_, _ = rand.Read(c[:])
	return c
}

// Text is the cookie's value: base64url, 43 characters.
func (c Cookie) Text() string { return base64.RawURLEncoding.EncodeToString(c[:]) }

// ReadCookie reads a cookie's value back. Only the exact form is taken.
func ReadCookie(text string) (Cookie, bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	// the decoder passes over line breaks
	if err != nil || len(b) != len(Cookie{}) || len(text) != base64.RawURLEncoding.EncodedLen(len(b)) {
		return Cookie{}, false
	}
	return Cookie(b), true
}

// Hash is what the database knows of it.
func (c Cookie) Hash() []byte {
	h := sha256.Sum256(c[:])
	return h[:]
}

// String keeps the cookie out of logs and error texts, as the methods below do
// for every other way of printing.
func (Cookie) String() string { return redacted }

// GoString is [Cookie.String] for %#v.
func (Cookie) GoString() string { return redacted }

// Format is [Cookie.String] for every verb.
func (Cookie) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue is [Cookie.String] for slog.
func (Cookie) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText is [Cookie.String] for JSON.
func (Cookie) MarshalText() ([]byte, error) { return []byte(redacted), nil }
