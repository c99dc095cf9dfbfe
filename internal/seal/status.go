package seal

import (
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// Status signs where a case or consultation stands now. It stands in the clear:
// nothing is sealed. Signing is deterministic, so its digest can be named in the
// sealed text beside it.
func Status(s ethics.Status, by Author) (*ethics.SignedStatus, error) {
	body, err := s.Body()
	if err != nil {
		return nil, err
	}
	return &ethics.SignedStatus{
		Case: ethics.ObjectOf(s.Stream), N: s.N, Body: body, Author: by.ID,
		Signature: payload.SignStatement(payload.LabelStatus, body, by.Key), Day: s.Day,
	}, nil
}
