package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// A founding that was signed for another installation founds nothing here,
// though keys/founders holds its digest and its signatures are good.
func TestFoundersOfAnotherInstallation(t *testing.T) {
	w := setUp(t)
	f := appoint.Founding{Institution: appoint.Institution{ID: "home", Name: "Home"}, Settings: w.Settings()}
	f.Members = append(f.Members, w.Appointment("anna", appoint.RoleResponsible),
		w.Appointment("berta", appoint.RoleChair),
		w.Appointment("carl", appoint.RoleMember), w.Appointment("dora", appoint.RoleAdministrator))
	s := storetest.SignUnder(w, appoint.NewHead(uuid.NewString(), appoint.KindFounding, uuid.NewString(), today),
		f, "anna", "berta", "carl")
	w.Founders = appoint.Digest(s.Body)
	w.S.SetFounders(w.Founders)
	w.Write(record.KindFounded, ethics.StreamRoster, func(tx *store.Tx) error {
		return errors.Join(tx.NoteInstallation(), tx.AddStatement(s))
	})
	err := w.S.Read(context.Background(), func(tx *store.ReadTx) error {
		_, err := tx.Roster()
		return err
	})
	if !errors.Is(err, appoint.ErrFounders) {
		t.Errorf("roster: %v", err)
	}
	w.Damaged("statement", s.ID)
}
