package store

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

func readRoster(w *world) (*appoint.Roster, error) {
	var r *appoint.Roster
	err := w.s.Read(context.Background(), func(tx *ReadTx) (err error) { r, err = tx.Roster(); return err })
	return r, err
}

// TestStatementsAreOfTheirEntry: a statement's row says the day of the entry that
// stored it, or nothing opens: signers are judged by that day.
func TestStatementsAreOfTheirEntry(t *testing.T) {
	w := founded(t)
	s := w.sign(appoint.KindAppointment, w.appointment("greta", appoint.RoleMember), "anna", "carl")
	w.write(KindAppointed, "", func(tx *Tx) error { return tx.AddStatement(s) })
	r, err := readRoster(w)
	must(t, err)
	if key, err := r.VerifierAt("greta", 1); err == nil {
		t.Errorf("a key before its entry: %x", key)
	}
	if _, err := r.VerifierAt("greta", 2); err != nil {
		t.Errorf("no key behind its entry: %v", err)
	}
	late := w.sign(appoint.KindAppointment, w.appointment("hilda", appoint.RoleMember), "anna", "carl")
	w.writeOn("2026-11-23", KindAppointed, "", func(tx *Tx) error { return tx.AddStatement(late) })
	if _, err := readRoster(w); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("a statement of another day than its entry: %v", err)
	}
	w.damaged("appointment", late.ID)
}

// TestFoundersSignedTheSettings: salt, log key and system key of the installation
// are those that the founders signed; the installation's row alone is nobody's word.
func TestFoundersSignedTheSettings(t *testing.T) {
	for name, change := range map[string]func(*appoint.Settings){
		"salt":       func(s *appoint.Settings) { s.Salt = bytes.Repeat([]byte{9}, 32) },
		"log key":    func(s *appoint.Settings) { s.Log += "x" },
		"system key": func(s *appoint.Settings) { s.System = bytes.Repeat([]byte{9}, 32) },
		"nothing":    func(*appoint.Settings) {},
	} {
		w := setUp(t)
		f, _ := w.founding()
		change(&f.Settings)
		s := signed(w, appoint.NewHead(install, appoint.KindFounding, uuid.NewString(), today), f, "anna", "berta", "carl")
		w.founders = appoint.Digest(s.Body)
		w.s.SetFounders(w.founders)
		w.write(KindFounded, "", func(tx *Tx) error { return errors.Join(tx.NoteInstallation(), tx.AddStatement(s)) })
		_, err := readRoster(w)
		if good := name == "nothing"; good != (err == nil) || !good && !errors.Is(err, appoint.ErrFounders) {
			t.Errorf("another %s: %v", name, err)
		}
		if v := w.verify(VerifyOptions{Founders: &w.founders}); (name == "nothing") != (v.Damage == nil) {
			t.Errorf("another %s: verify %v", name, v.Damage)
		}
	}
}

// TestOnePersonIsNotTwoInTheStore: below every policy, whoever proposes, asks or
// signs first is not the second person under another id.
func TestOnePersonIsNotTwoInTheStore(t *testing.T) {
	w := founded(t)
	again := w.appointment("anna2", appoint.RoleMember)
	again.Name = "n  ANNA"
	s := w.sign(appoint.KindAppointment, again, "berta", "carl")
	w.write(KindAppointed, "", func(tx *Tx) error { return tx.AddStatement(s) })
	must(t, w.s.Read(context.Background(), func(tx *ReadTx) error {
		for _, x := range []struct {
			a, b string
			want error
		}{
			{"anna", "berta", nil}, {"anna2", "berta", nil},
			{"anna", "anna", ethics.ErrSamePerson}, {"anna", "anna2", ethics.ErrSamePerson}, {"anna2", "anna", ethics.ErrSamePerson},
			{"anna", "", ethics.ErrSamePerson}, {"anna", "nobody", ethics.ErrSamePerson},
		} {
			if err := tx.another(x.a, x.b); !errors.Is(err, x.want) {
				t.Errorf("%s and %s: %v", x.a, x.b, err)
			}
		}
		return nil
	}))
}
