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
	if err := ErasureAskedFor(installation, e, roster); err != nil {
		return err
	}
	return erasureBy(installation, e, roster, e.Second, e.SecondSignature)
}

// ErasureAskedFor checks the first of them.
func ErasureAskedFor(installation string, e Erasure, roster *appoint.Roster) error {
	return erasureBy(installation, e, roster, e.First, e.FirstSignature)
}

func erasureBy(installation string, e Erasure, roster *appoint.Roster, member string, signature []byte) error {
	stated := payload.ErasureStatement(installation, e.Case, e.Digest, e.Asked, e.Grounds)
	key, err := roster.Verifier(member)
	if err == nil {
		err = payload.VerifyStatement(payload.LabelErasure, stated, signature, key)
	}
	if err != nil {
		return fmt.Errorf("%w: signature of %s: %w", ethics.ErrUntrusted, member, err)
	}
	return nil
}
