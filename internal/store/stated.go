package store

import "svilpe/internal/ethics"

// checkAnother refuses an act of two that one person takes under whatever ids, below
// every policy. ErrSamePerson.
func (tx *ReadTx) checkAnother(a, b string) error {
	roster, err := tx.Roster()
	if err != nil {
		return err
	}
	if !roster.Another(a, b) {
		return ethics.ErrSamePerson
	}
	return nil
}

// EnrolmentsNow are all who wait for an appointment, inside this transaction.
func (tx *ScratchTx) EnrolmentsNow() ([]Enrolment, error) {
	return (&ReadTx{c: tx.c, s: tx.s}).Enrolments()
}
