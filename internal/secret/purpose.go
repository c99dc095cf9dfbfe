package secret

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Purposes under which a member's secrets are sealed. They are bound to the
// ciphertext: one row cannot stand for another.
const (
	PurposeMember   = "member secret"
	PurposeTOTP     = "totp secret"
	PurposeFounders = "founders copy"
)

// FoldName gives a sign-in name its one form: an e-mail address, case-folded.
func FoldName(name string) string {
	return cases.Fold().String(norm.NFKC.String(strings.TrimSpace(name)))
}
