package store

import (
	"errors"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// statuses checks the chain of a case: by whom, on which past, and that each move
// is one that the workflow has; and the copies of what it says. No key is needed.
func (v *verification) statuses(tx *ReadTx, c ethics.Case, labels map[string]audit.Digest) error {
	rows, err := tx.Statuses(c.ID)
	if err != nil {
		return err
	}
	for _, s := range rows {
		if err := match(labels, statusItem(s)); err != nil {
			return err
		}
	}
	if v.told.id == "" {
		return nil // no case, or an erased one: only its own rows may be here
	}
	proposals, err := tx.Proposals(c.ID)
	if err != nil {
		return err
	}
	measures, err := tx.Measures(c.ID)
	if err != nil {
		return err
	}
	events, err := tx.Events(c.ID)
	if err != nil {
		return err
	}
	v.told.rows = rows
	v.told.judge = judge{
		installation: v.installation.ID, stream: ethics.CaseStream(c.ID), institution: c.Institution,
		verifier: v.verifier(c), roster: v.roster, proposals: proposals,
	}
	if err := v.told.tell(); err != nil {
		return statusDamage(c.ID, err)
	}
	if d := v.told.same(c, events, measures); d != nil {
		return d
	}
	return nil
}

// statusDamage names what could not be believed.
func statusDamage(id string, err error) error {
	if errors.Is(err, ethics.ErrUntrusted) {
		return &Damage{"status", id, err.Error()}
	}
	return err
}
