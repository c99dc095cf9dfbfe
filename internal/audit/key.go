package audit

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// ErrKey says that a text is not a log key.
var ErrKey = errors.New("audit: not a log key")

// LogKey is the Ed25519 key that signs heads. It prints as [redacted].
type LogKey struct {
	signer note.Signer
	public string
}

// NewLogKey makes a key for the log whose origin is name. signer is the secret
// text that keys/log.key holds, verifier the public text that is published at
// /log/key (both as sumdb/note writes them). A new generation of the log has a
// new origin and so a new key.
func NewLogKey(name string) (signer, verifier string, err error) {
	if err := (Head{Origin: name}).check(); err != nil {
		return "", "", err
	}
	signer, verifier, err = note.GenerateKey(rand.Reader, name)
	if err != nil {
		return "", "", fmt.Errorf("audit: make log key: %w", err)
	}
	return signer, verifier, nil
}

// ParseLogKey reads the text of keys/log.key; white space around it is allowed.
// Its error is [ErrKey] and never quotes the text.
func ParseLogKey(text string) (LogKey, error) {
	text = strings.TrimSpace(text)
	s, err := note.NewSigner(text)
	if err != nil {
		return LogKey{}, fmt.Errorf("%w: not a note signer", ErrKey)
	}
	// PRIVATE+KEY+<name>+<hash>+<base64 of algorithm and seed>. The name holds no
	// plus, the base64 may; NewSigner has checked all five fields.
	raw, err := base64.StdEncoding.DecodeString(strings.SplitN(text, "+", 5)[4])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return LogKey{}, fmt.Errorf("%w: not Ed25519", ErrKey)
	}
	public := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	vkey, err := note.NewEd25519VerifierKey(s.Name(), public)
	if err != nil {
		return LogKey{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return LogKey{signer: s, public: vkey}, nil
}

// ParseVerifier reads the public text of a log key. Its error is [ErrKey].
func ParseVerifier(text string) (note.Verifier, error) {
	v, err := note.NewVerifier(strings.TrimSpace(text))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return v, nil
}

// Origin is the name of the log that the key signs for.
func (k LogKey) Origin() string { return k.signer.Name() }

// Signer signs heads of Origin.
func (k LogKey) Signer() note.Signer { return k.signer }

// VerifierText is the public text of the key, as [ParseVerifier] reads it.
func (k LogKey) VerifierText() string { return k.public }

// Verifier checks what Signer signed.
func (k LogKey) Verifier() note.Verifier {
	v, err := note.NewVerifier(k.public)
	if err != nil {
		panic("audit: internal error: a log key without a verifier")
	}
	return v
}

// String keeps the key out of logs.
func (LogKey) String() string { return "[redacted]" }

// GoString keeps the key out of %#v.
func (LogKey) GoString() string { return "[redacted]" }

// Format keeps the key out of every other verb.
func (LogKey) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[redacted]")) }

// LogValue keeps the key out of slog.
func (LogKey) LogValue() slog.Value { return slog.StringValue("[redacted]") }
