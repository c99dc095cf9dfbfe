package secret

import (
	"fmt"
	"log/slog"
)

const redacted = "[redacted]"

// String keeps the pepper out of logs and error texts, as the methods below do
// for every other way of printing.
func (Pepper) String() string { return redacted }

// GoString is [Pepper.String] for %#v.
func (Pepper) GoString() string { return redacted }

// Format is [Pepper.String] for every verb.
func (Pepper) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue is [Pepper.String] for slog.
func (Pepper) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText is [Pepper.String] for JSON.
func (Pepper) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// String keeps the key out of logs and error texts, as the methods below do for
// every other way of printing.
func (KEK) String() string { return redacted }

// GoString is [KEK.String] for %#v.
func (KEK) GoString() string { return redacted }

// Format is [KEK.String] for every verb.
func (KEK) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue is [KEK.String] for slog.
func (KEK) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText is [KEK.String] for JSON.
func (KEK) MarshalText() ([]byte, error) { return []byte(redacted), nil }
