package seal

import (
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// Row signs body (marshalled as JSON) and seals it to one recipient, for rows
// that stand beside a case's thread: vaults and shares. They have no epoch and no
// sequence.
func Row(
	at Place, id string, kind ethics.EnvelopeKind, body any, by Author, recipient string,
) ([]byte, error) {
	at.Epoch, at.Sequence = 0, 0
	return signAndSeal(at, id, kind, body, by, []string{recipient}, payload.MinText)
}
