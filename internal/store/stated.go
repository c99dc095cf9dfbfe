package store

import (
	"bytes"
	"fmt"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// placed tells where in the log a statement stands: its signers are judged by that
// day, and what was stated before it by that place. ErrTampered where the row says
// another day.
func placed(s *appoint.Statement, e audit.Entry) error {
	if s.Day != e.Day {
		return fmt.Errorf("statement %s: of %s, stored on %s: %w", s.ID, s.Day, e.Day, audit.ErrTampered)
	}
	leaf := audit.LeafHash(e)
	s.Index, s.Leaf = e.Index, leaf[:]
	return nil
}

// storing finds the entry that stored each statement, by its label.
func storing(entries []audit.Entry) map[string]audit.Entry {
	out := map[string]audit.Entry{}
	for _, e := range entries {
		stores(out, e)
	}
	return out
}

func stores(out map[string]audit.Entry, e audit.Entry) {
	for _, i := range e.Items {
		if _, known := out[i.Label]; !known && isStatement(i.Label) {
			out[i.Label] = e
		}
	}
}

// foundedHere holds what the founders signed against the installation's row: every
// locator comes from its salt, the log and the automatic message count by its keys.
func foundedHere(r *appoint.Roster, in Installation) error {
	f := r.Founding
	if r.Installation != in.ID || !bytes.Equal(f.Salt, in.Salt) || f.Log != in.LogVerifier || !bytes.Equal(f.System, in.SystemVerifier) {
		return fmt.Errorf("%w: of another installation, salt or keys", appoint.ErrFounders)
	}
	return nil
}

// another refuses an act of two that one person takes under whatever ids, below
// every policy. ErrSamePerson.
func (tx *ReadTx) another(a, b string) error {
	roster, err := tx.Roster()
	if err != nil {
		return err
	}
	if !roster.Another(a, b) {
		return ethics.ErrSamePerson
	}
	return nil
}

// StatedAs is the kind of the entry that stores a statement of a kind.
var StatedAs = map[string]string{
	appoint.KindFounding: KindFounded, appoint.KindAppointment: KindAppointed, appoint.KindInstitution: KindInstitution,
	appoint.KindSuspend: "suspended", appoint.KindEnd: "office_ended", appoint.KindKey: "keys_changed",
	appoint.KindSame: "same_person", appoint.KindDistinct: "two_people",
}

// EnrolmentsNow are all who wait for an appointment, inside this transaction.
func (tx *ScratchTx) EnrolmentsNow() ([]Enrolment, error) {
	return (&ReadTx{c: tx.c, s: tx.s}).Enrolments()
}
