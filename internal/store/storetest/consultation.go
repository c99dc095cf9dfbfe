package storetest

import (
	"crypto/ed25519"

	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// Consultation is a consultation's row, Talked one of its texts; what is sealed in them is
// no matter here.
func Consultation() store.Consultation {
	return store.Consultation{
		ID: "talk", Number: "K-2026-00000", Institution: "home", Parties: []string{"tija"},
		State:    store.ConsultationOpen,
		Received: Today, Changed: Today, Recipient: "age1pq1", Key: Asker().Public().(ed25519.PublicKey),
	}
}

// ConsultationText is text n of Consultation.
func ConsultationText(n int, author string) store.ConsultationText {
	return store.ConsultationText{
		Consultation: "talk", Sequence: n, ID: "said" + string(rune('0'+n)),
		Kind: ethics.KindConsultation, Author: author,
		Readers: []string{"tija"}, Day: Today, Sealed: []byte("sealed words"),
	}
}
