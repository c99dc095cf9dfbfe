package ethics

import (
	"fmt"
	"log/slog"
)

// OldSecret is what the case code before a new one opened with. It is sealed to
// the new code alone: nobody of the commission can open it.
type OldSecret struct {
	Secret []byte `json:"secret"`
}

// Format hides the secret.
func (OldSecret) Format(f fmt.State, _ rune) { redact(f) }

// LogValue hides the secret.
func (OldSecret) LogValue() slog.Value { return slog.StringValue(Redacted) }
