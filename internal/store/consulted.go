package store

import (
	"errors"
	"strings"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// AddConsultation stores a consultation with its first text and status. ErrExists when the
// same form was sent before, ErrBusy when its number is taken.
func (tx *Tx) AddConsultation(c Consultation, locator []byte, first Said, st ethics.SignedStatus) error {
	if _, err := tx.Consultation(c.ID); !errors.Is(err, ethics.ErrNotFound) {
		return errors.Join(ethics.ErrExists, err)
	}
	if _, err := tx.ConsultationByNumber(c.Number); !errors.Is(err, ethics.ErrNotFound) {
		return errors.Join(ethics.ErrBusy, err)
	}
	err := tx.c.run(`insert into consultation (id, number, locator, institution, parties, state, received, changed, until, recipient, verifier)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		c.ID, c.Number, locator, c.Institution, strings.Join(c.Parties, " "), c.State, c.Received, c.Changed, c.Until, c.Recipient, c.Key)
	if err != nil {
		return err
	}
	for _, i := range []audit.Item{consultationItem(c, locator), c.keys(locator)} {
		if err := tx.noteNew(c.ID, i); err != nil {
			return err
		}
	}
	if err := tx.addSaid(first); err != nil {
		return err
	}
	return tx.AddStatus(st)
}

func (tx *Tx) addSaid(s Said) error {
	err := tx.c.run(`insert into consultation_text (consultation_id, sequence, id, kind, author, readers, day, sealed) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		s.Consultation, s.Sequence, s.ID, s.Kind, s.Author, strings.Join(s.Readers, " "), s.Day, s.Sealed)
	if err != nil {
		return err
	}
	return tx.noteNew(s.Consultation, saidItem(s))
}

// Say adds a text. ErrExists when the same form was sent before, ErrSequence when
// somebody wrote meanwhile (seal again), ErrConflict when the consultation has
// ended; a note can still be written until it is erased.
func (tx *Tx) Say(s Said) error {
	c, locator, err := tx.heldConsultation(s.Consultation)
	if err != nil {
		return err
	}
	all, err := tx.said(c.ID)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.ID == s.ID {
			return ethics.ErrExists
		}
	}
	switch {
	case c.State == ConsultationErased, c.State != ConsultationOpen && s.Kind == ethics.KindConsultation:
		return ethics.ErrConflict
	case s.Sequence != len(all):
		return ethics.ErrSequence
	}
	if err := tx.addSaid(s); err != nil {
		return err
	}
	if c.State == ConsultationOpen {
		c.Changed = s.Day
	}
	return tx.putConsultation(c, locator)
}

// EndConsultation closes it for both sides on a day, to be erased on another.
// st is signed by who ends it, nil where time does. ErrConflict when it is not
// open, ErrSequence when it was signed on another day.
func (tx *Tx) EndConsultation(id string, day, until ethics.Day, st *ethics.SignedStatus) error {
	c, locator, err := tx.heldConsultation(id)
	if err != nil {
		return err
	}
	if c.State != ConsultationOpen {
		return ethics.ErrConflict
	}
	if st != nil {
		if st.Day != tx.day {
			return ethics.ErrSequence
		}
		if err := tx.AddStatus(*st); err != nil {
			return err
		}
	}
	c.State, c.Changed, c.Until = ConsultationEnded, day, until
	return tx.putConsultation(c, locator)
}

// EraseConsultation takes every text away, the keys, and who took part. What is
// left is counted. No code finds it any more. ErrConflict when it is done.
func (tx *Tx) EraseConsultation(id string, day ethics.Day) error {
	c, _, err := tx.heldConsultation(id)
	if err != nil {
		return err
	}
	if c.State == ConsultationErased {
		return ethics.ErrConflict
	}
	all, err := tx.said(id)
	if err != nil {
		return err
	}
	for _, s := range all {
		if err := tx.held(id, saidItem(s)); err != nil {
			return err
		}
		tx.note(id, audit.Item{Label: saidLabel(s)})
	}
	if err := tx.dropStatuses(id); err != nil {
		return err
	}
	tx.s.leaving.Store(true) // the write-ahead log holds it too
	if err := tx.c.run(`delete from consultation_text where consultation_id = $1`, id); err != nil {
		return err
	}
	if err := tx.c.run(`delete from tmp_case_session where case_id = $1`, id); err != nil {
		return err
	}
	return tx.putConsultation(Consultation{
		ID: c.ID, Number: c.Number, Institution: c.Institution, State: ConsultationErased, Received: c.Received, Changed: day, Key: []byte{},
	}, gone(id))
}

// heldConsultation is a consultation's row that is to be changed, held against the log.
func (tx *Tx) heldConsultation(id string) (Consultation, []byte, error) {
	c, locator, err := tx.consultation(`where id = $1`, id)
	if err == nil {
		err = tx.held(id, consultationItem(c, locator))
	}
	return c, locator, err
}

func (tx *Tx) putConsultation(c Consultation, locator []byte) error {
	tx.note(c.ID, consultationItem(c, locator))
	return tx.c.run(`update consultation set locator = $1, parties = $2, state = $3, changed = $4, until = $5, recipient = $6, verifier = $7 where id = $8`,
		locator, strings.Join(c.Parties, " "), c.State, c.Changed, c.Until, c.Recipient, c.Key, c.ID)
}

// consultation checks the rows of one, and that each text is of somebody who may
// have written it.
func (v *verification) consultation(tx *ReadTx, about ethics.Case, labels map[string]audit.Digest) error {
	c, locator, err := tx.consultation(`where id = $1`, about.ID)
	switch {
	case errors.Is(err, ethics.ErrNotFound):
	case err != nil:
		return err
	default:
		if err := match(labels, consultationItem(c, locator)); err != nil {
			return err
		}
		entries, err := tx.Entries(c.ID)
		if err != nil {
			return err
		}
		if c.begunWith(entries, locator) != nil {
			return &Damage{"consultation", c.ID, "other keys of the reporter than it was begun with"}
		}
	}
	all, err := tx.said(about.ID)
	if err != nil {
		return err
	}
	for _, s := range all {
		i := saidItem(s)
		if err := match(labels, i); err != nil {
			return err
		}
		if _, err := c.Verifier(v.roster)(s.Kind, s.Author, s.ID, s.Day); err != nil {
			return damage(i.Label, err.Error())
		}
	}
	return v.talkStatus(tx, c)
}
