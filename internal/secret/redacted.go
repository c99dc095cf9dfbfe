package secret

import (
	"fmt"
	"log/slog"
)

const redacted = "[redacted]"

// String, GoString, Format, LogValue and MarshalText keep the pepper out of
// logs, error texts and JSON.
func (Pepper) String() string { return redacted }

// GoString is [Pepper.String] for %#v.
func (Pepper) GoString() string { return redacted }

// Format is [Pepper.String] for every verb.
func (Pepper) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue is [Pepper.String] for slog.
func (Pepper) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText is [Pepper.String] for JSON.
func (Pepper) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// String, GoString, Format, LogValue and MarshalText keep the key out of logs,
// error texts and JSON.
func (KEK) String() string { return redacted }

// GoString is [KEK.String] for %#v.
func (KEK) GoString() string { return redacted }

// Format is [KEK.String] for every verb.
func (KEK) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue is [KEK.String] for slog.
func (KEK) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText is [KEK.String] for JSON.
func (KEK) MarshalText() ([]byte, error) { return []byte(redacted), nil }
