package store

import (
	"errors"

	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// States of a consultation.
const (
	ConsultationOpen   = record.ConsultationOpen
	ConsultationEnded  = record.ConsultationEnded
	ConsultationErased = record.ConsultationErased
)

// consultation reads a consultation's row, held against the log.
func (tx *ReadTx) consultation(where string, arg any) (Consultation, error) {
	t, err := row(tx.c, record.Consultations, where, arg)
	if err != nil {
		return t, err
	}
	return t, checkHeld(tx, record.Consultations, &t)
}

// Consultation finds one by id; ErrNotFound otherwise.
func (tx *ReadTx) Consultation(id string) (Consultation, error) {
	return tx.consultation(`where id = $1`, id)
}

// ConsultationFor finds one by its number for whom it is for; ErrNotFound for
// everybody else, of whom the log is not asked: see HeldCase.
func (tx *ReadTx) ConsultationFor(number string, mine func(Consultation) bool) (Consultation, error) {
	t, err := row(tx.c, record.Consultations, `where number = $1`, number)
	if mine := mine(t); err == nil && !mine {
		err = ethics.ErrNotFound
	}
	if err != nil {
		return Consultation{}, err
	}
	return t, checkHeld(tx, record.Consultations, &t)
}

// ConsultationByNumber finds one by its number.
func (tx *ReadTx) ConsultationByNumber(number string) (Consultation, error) {
	return tx.consultation(`where number = $1`, number)
}

// LocatedAt is the id of the case or consultation with the SHA-256 of this locator, as
// it stands there: who reads that with the code's secret sees whether it is.
func (tx *ReadTx) LocatedAt(hash []byte) (id string, err error) {
	err = tx.c.one(
		`select id from cases where locator = $1 union all select id from consultation where locator = $1 limit 1`,
		[]any{hash}, &id)
	return id, err
}

// Consultations are those that are not erased, the longest untouched first: a
// list, whose rows nobody has held against the log.
func (tx *ReadTx) Consultations() ([]Consultation, error) {
	return rows(tx.c, record.Consultations, `where state <> 'erased' order by changed, number`)
}

// CountConsultations counts an institution's from one day to another, both
// included, erased ones too.
func (tx *ReadTx) CountConsultations(institution string, from, to ethics.Day) (n int, err error) {
	err = tx.c.one(`select count(*) from consultation where institution = $1 and received >= $2 and received <= $3`,
		[]any{institution, from, to}, &n)
	return n, err
}

// LastAuthor is who wrote the newest text that both read, and whether a trust
// person ever did.
func (tx *ReadTx) LastAuthor(id string) (author string, answered bool, err error) {
	err = tx.c.each(`select author from consultation_text where consultation_id = $1 and kind = $2 order by sequence`,
		[]any{id, ethics.KindConsultation},
		func(scan func(...any) error) error {
			err := scan(&author)
			answered = answered || author != ethics.ActorReporter
			return err
		})
	return author, answered, err
}

func (tx *ReadTx) consultationTexts(id string) ([]ConsultationText, error) {
	return rows(tx.c, record.ConsultationTexts, `where consultation_id = $1 order by sequence`, id)
}

// ConsultationFile reads one; ErrUntrusted when its row is not as the log says.
func (tx *ReadTx) ConsultationFile(id string) (ConsultationFile, error) {
	var f ConsultationFile
	var err error
	if f.Consultation, err = row(tx.c, record.Consultations, `where id = $1`, id); err != nil {
		return f, err
	}
	if f.Installation, err = tx.Installation(); err != nil {
		return f, err
	}
	said, err := tx.stream(ethics.ConsultationStream(id))
	if err == nil {
		err = f.Learn(said.entries, said.ledger)
	}
	if err != nil {
		return f, err
	}
	if f.Texts, err = tx.consultationTexts(id); err != nil {
		return f, err
	}
	if f.Statuses, err = ofCase(tx.c, record.Statuses, id); err != nil {
		return f, err
	}
	roster, err := tx.Roster()
	if err != nil {
		return f, err
	}
	return f, f.Check(roster)
}

// AddConsultation stores a consultation with its first text and status. ErrExists when
// the same form was sent before, ErrBusy when its number is taken.
func (tx *Tx) AddConsultation(t Consultation, locator []byte, first ConsultationText, st ethics.SignedStatus) error {
	if _, err := tx.Consultation(t.ID); !errors.Is(err, ethics.ErrNotFound) {
		return errors.Join(ethics.ErrExists, err)
	}
	if _, err := tx.ConsultationByNumber(t.Number); !errors.Is(err, ethics.ErrNotFound) {
		return errors.Join(ethics.ErrBusy, err)
	}
	t.Locator = locator
	if err := put(tx, record.Consultations, &t); err != nil {
		return err
	}
	tx.fact(institution(t.Institution))
	if err := tx.noteAdded(ethics.ConsultationStream(t.ID), t.Keys()); err != nil {
		return err
	}
	return errors.Join(put(tx, record.ConsultationTexts, &first), put(tx, record.Statuses, &st))
}

// AddConsultationText adds a text. ErrExists when the same form was sent before, ErrSequence when
// somebody wrote meanwhile (seal again), ErrConflict when the consultation has
// ended; a note can still be written until it is erased.
func (tx *Tx) AddConsultationText(s ConsultationText) error {
	t, err := row(tx.c, record.Consultations, `where id = $1`, s.Consultation)
	if err != nil {
		return err
	}
	all, err := tx.consultationTexts(t.ID)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.ID == s.ID {
			return ethics.ErrExists
		}
	}
	switch {
	case t.State == ConsultationErased, t.State != ConsultationOpen && s.Kind == ethics.KindConsultation:
		return ethics.ErrConflict
	case s.Sequence != len(all):
		return ethics.ErrSequence
	}
	if err := put(tx, record.ConsultationTexts, &s); err != nil {
		return err
	}
	now := t
	if t.State == ConsultationOpen {
		now.Changed = s.Day
	}
	return renew(tx, record.Consultations, &t, &now)
}

// EndConsultation closes it for both sides on a day, to be erased on another.
// st is signed by who ends it, nil where time does. ErrConflict when it is not open,
// ErrSequence when it was signed on another day.
func (tx *Tx) EndConsultation(id string, day, until ethics.Day, st *ethics.SignedStatus) error {
	t, err := row(tx.c, record.Consultations, `where id = $1`, id)
	if err != nil {
		return err
	}
	if t.State != ConsultationOpen {
		return ethics.ErrConflict
	}
	if err := tx.checkDay(day); err != nil {
		return err
	}
	if st != nil {
		if st.Day != tx.day {
			return ethics.ErrSequence
		}
		if err := tx.AddStatus(*st); err != nil {
			return err
		}
	}
	now := t
	now.State, now.Changed, now.Until = ConsultationEnded, day, until
	return renew(tx, record.Consultations, &t, &now)
}

// EraseConsultation takes every text away, the keys, and who took part. What is
// left is counted. No code finds it any more. ErrConflict when it is done.
func (tx *Tx) EraseConsultation(id string, day ethics.Day) error {
	t, err := row(tx.c, record.Consultations, `where id = $1`, id)
	if err != nil {
		return err
	}
	if t.State == ConsultationErased {
		return ethics.ErrConflict
	}
	if err := tx.checkDay(day); err != nil {
		return err
	}
	all, err := tx.consultationTexts(id)
	if err != nil {
		return err
	}
	for n := range all {
		if err := drop(tx, record.ConsultationTexts, &all[n]); err != nil {
			return err
		}
	}
	// A signature that stayed would tell, to who finds the code, which consultation it was.
	statuses, err := ofCase(tx.c, record.Statuses, id)
	if err != nil {
		return err
	}
	for n := range statuses {
		if err := drop(tx, record.Statuses, &statuses[n]); err != nil {
			return err
		}
	}
	if err := tx.noteEnded(ethics.ConsultationStream(id), t.Keys()); err != nil {
		return err
	}
	tx.s.leaving.Store(true) // the write-ahead log holds it too
	if err := tx.c.run(`delete from tmp_case_session where case_id = $1`, id); err != nil {
		return err
	}
	left := Consultation{
		ID: t.ID, Number: t.Number, Institution: t.Institution, State: ConsultationErased,
		Received: t.Received, Changed: day,
		Locator: erasedLocator(id), Key: []byte{},
	}
	return renew(tx, record.Consultations, &t, &left)
}
