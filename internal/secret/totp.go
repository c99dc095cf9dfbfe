package secret

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"
)

// period is the seconds of one TOTP step.
const period = 30

var base32NoPad = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewTOTP makes a secret of 160 bits for the second factor (RFC 6238: SHA-1, six
// digits, 30 seconds), in base32 without padding: 32 characters.
func NewTOTP() string {
	var raw [20]byte
	rand.Read(raw[:]) // never fails: crypto/rand ends the program instead
	return base32NoPad.EncodeToString(raw[:])
}

// URL is the otpauth:// text that an authenticator reads from a QR code (Key Uri
// Format of Google Authenticator). A colon, which parts issuer and account, is
// left out of both; nothing left of one of them is an error, as is a text that
// is no secret.
func URL(secret, issuer, account string) (string, error) {
	if _, err := base32NoPad.DecodeString(secret); err != nil || secret == "" {
		return "", errors.New("secret: not a TOTP secret") // the cause would quote it
	}
	issuer, account = strings.ReplaceAll(issuer, ":", ""), strings.ReplaceAll(account, ":", "")
	if issuer == "" || account == "" {
		return "", errors.New("secret: otpauth URL without issuer or account")
	}
	return fmt.Sprintf("otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=6&period=%d",
		escape(issuer), escape(account), secret, escape(issuer), period), nil
}

// escape writes a space as %20 and an ampersand as %26: authenticators show a
// plus as a plus, and totp.Key.URL of our library lets & cut the name short.
func escape(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

// Match looks for code among the steps before, at and after the given time.
// step is the one it belongs to; the caller stores it and refuses a step that
// was used. Spaces in the code do not count. All three steps are always tried.
func Match(secret, code string, at time.Time) (step int64, ok bool) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	now := at.Unix() / period
	for s := now - 1; s <= now+1; s++ {
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
