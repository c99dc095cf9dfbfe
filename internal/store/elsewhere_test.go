package store

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
)

// A founding that was signed for another installation founds nothing here,
// though keys/founders holds its digest and its signatures are good.
func TestFoundersOfAnotherInstallation(t *testing.T) {
	w := setUp(t)
	f := appoint.Founding{Institution: appoint.Institution{ID: "home", Name: "Home"}, Settings: w.settings()}
	f.Members = append(f.Members, w.appointment("anna", appoint.RoleResponsible), w.appointment("berta", appoint.RoleChair),
		w.appointment("carl", appoint.RoleMember), w.appointment("dora", appoint.RoleAdministrator))
	s := signed(w, appoint.NewHead(uuid.NewString(), appoint.KindFounding, uuid.NewString(), today), f, "anna", "berta", "carl")
	w.founders = appoint.Digest(s.Body)
	w.s.SetFounders(w.founders)
	w.write(KindFounded, "", func(tx *Tx) error {
		return errors.Join(tx.NoteInstallation(), tx.AddStatement(s))
	})
	err := w.s.Read(context.Background(), func(tx *ReadTx) error {
		_, err := tx.Roster()
		return err
	})
	if !errors.Is(err, appoint.ErrFounders) {
		t.Errorf("roster: %v", err)
	}
	if v := w.verify(VerifyOptions{Founders: &w.founders}); v.Damage == nil || v.Damage.Table != "appointment" {
		t.Errorf("verify: %v", v.Damage)
	}
}
