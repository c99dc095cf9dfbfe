package seal

import "svilpe/internal/payload"

// Row signs body (marshalled as JSON) and seals it to one recipient, for rows
// that stand beside a case's thread: vaults and shares. at.Epoch and at.Sequence
// belong to the thread and must be 0.
func Row(at Place, id, kind string, body any, by Author, recipient string) ([]byte, error) {
	return signAndSeal(at, id, kind, body, by, []string{recipient}, payload.MinText)
}
