package store_test

import (
	"crypto/ed25519"
	"errors"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// promoted gives somebody, with the keys that they have, an office of today.
func promoted(w *world, id, role string) {
	w.T.Helper()
	ident, err := w.People[id].MemberIdentity()
	must(w.T, err)
	s := storetest.Sign(w, appoint.KindAppointment, appoint.Appointment{
		Member: id, Name: "N " + id, Institution: "home", Roles: []string{role}, From: storetest.FoundedOn,
		Recipient: ident.Recipient().String(), Verifier: w.People[id].MemberSigner().Public().(ed25519.PublicKey),
	}, "anna", "berta")
	w.Write(record.KindAppointed, ethics.StreamRoster, func(tx *store.Tx) error { return tx.AddStatement(s) })
}

// TestAnOfficeGivenLaterSignsNothingBefore: a member who examines a case moves it, which
// takes another office, and is given that office on the same day. What the office
// permits it permits from its place in the log on.
func TestAnOfficeGivenLaterSignsNothingBefore(t *testing.T) {
	for name, before := range map[string]bool{"given before": true, "given behind it": false} {
		t.Run(name, func(t *testing.T) {
			w := founded(t)
			f := w.File()
			w.Examiner(f)
			if before {
				promoted(w, "carl", appoint.RoleResponsible)
			}
			acknowledged(t, w, f, *w.Next(f, "acknowledge", "carl", storetest.To("triage", "acknowledged")))
			if before {
				w.Sound()
				return
			}
			promoted(w, "carl", appoint.RoleResponsible)
			disbelieved(t, w, f.ID, "status")
		})
	}
}

// TestATrustPersonOfLaterEndsNoConsultation: so it is with a consultation, which its trust person ends.
func TestATrustPersonOfLaterEndsNoConsultation(t *testing.T) {
	for name, before := range map[string]bool{"given before": true, "given behind it": false} {
		t.Run(name, func(t *testing.T) {
			w := founded(t)
			w.Appointment("tija", appoint.RoleTrust) // her keys
			if before {
				promoted(w, "tija", appoint.RoleTrust)
			}
			w.Write(record.KindConsultation, ofConsultation, func(tx *store.Tx) error {
				said := talked(0, ethics.ActorReporter)
				return tx.AddConsultation(consultation(), []byte("locator"), said, storetest.Asked(t))
			})
			tija := seal.Author{ID: "tija", Key: w.People["tija"].MemberSigner()}
			must(t, endsConsultation(w, "tija", today, "2026-12-22", w.Ending(tija)))
			if !before {
				promoted(w, "tija", appoint.RoleTrust)
			}
			f, err := consultationFile(w)
			ended := err == nil && f.State == store.ConsultationEnded
			if before && !ended || !before && !errors.Is(err, ethics.ErrUntrusted) {
				t.Errorf("%q, %v", f.State, err)
			}
		})
	}
}
