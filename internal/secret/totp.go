package secret

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
)

// period is the seconds of one TOTP step.
const period = 30

var base32NoPad = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewTOTP makes a secret of 160 bits for the second factor (RFC 6238: SHA-1, six
// digits, 30 seconds), in base32 without padding: 32 characters.
func NewTOTP() string {
	var raw [20]byte
	rand.Read(raw[:]) //nolint:errcheck // crypto/rand.Read never fails: it ends the program instead
	return base32NoPad.EncodeToString(raw[:])
}

// URL is the otpauth:// text that an authenticator reads from a QR code. An
// empty issuer or account, or a text that is no secret, is an error.
func URL(secret, issuer, account string) (string, error) {
	raw, err := base32NoPad.DecodeString(secret)
	if err != nil { // the cause would quote the secret's text
		return "", fmt.Errorf("secret: not a TOTP secret")
	}
	k, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: account, Secret: raw})
	if err != nil {
		return "", fmt.Errorf("secret: otpauth URL: %w", err)
	}
	return k.URL(), nil
}

// Match looks for code among the steps before, at and after the given time.
// step is the one it belongs to; the caller stores it and refuses a step that
// was used. Spaces in the code do not count. All three steps are always tried.
func Match(secret, code string, at time.Time) (step int64, ok bool) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	now := at.Unix() / period
	for s := max(now-1, 0); s <= now+1; s++ {
		want, err := hotp.GenerateCode(secret, uint64(s))
		if err != nil {
			return 0, false
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}
