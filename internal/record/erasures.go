package record

import (
	"fmt"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// MayConfirmErasure tells whether a member is an auditor on a day: auditors see all
// cases as metadata, whatever institution appointed them.
func MayConfirmErasure(roster *appoint.Roster, member string, day ethics.Day) bool {
	return slices.Contains(roster.AllRoles(member, day), appoint.RoleAuditor)
}

// ErasureSigned checks the two signatures under an erasure. ErrUntrusted otherwise.
func ErasureSigned(installation string, e Erasure, roster *appoint.Roster) error {
	stated := payload.ErasureStatement(installation, e.Case, e.Digest, e.Asked, e.Grounds)
	for _, s := range []struct {
		member    string
		signature []byte
	}{{e.First, e.FirstSignature}, {e.Second, e.SecondSignature}} {
		key, err := roster.Verifier(s.member)
		if err == nil {
			err = payload.VerifyStatement(payload.LabelErasure, stated, s.signature, key)
		}
		if err != nil {
			return fmt.Errorf("%w: signature of %s: %w", ethics.ErrUntrusted, s.member, err)
		}
	}
	return nil
}
