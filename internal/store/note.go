package store

import (
	"fmt"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// What a transaction notes for its entry is what it meant to write, never what
// it reads back: a row that something else changes meanwhile then differs from
// its digest, and shows. And before a row is changed, the old one must be the one
// whose digest the log holds: nothing that was changed by hand is ever noted as
// if the program had written it.

// logged gives the newest digest of each label in the entries of a case, or of
// no case, with what this transaction has noted or written itself.
func (tx *Tx) logged(caseID string) (map[string]audit.Digest, error) {
	if known := tx.digests[caseID]; known != nil {
		return known, nil
	}
	var entries []audit.Entry
	var err error
	if caseID == "" {
		entries, err = tx.plainEntries()
	} else {
		entries, err = tx.Entries(caseID)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
	}
	if tx.digests == nil {
		tx.digests = map[string]map[string]audit.Digest{}
	}
	tx.digests[caseID] = Digests(entries)
	var away departures
	told := &story{id: caseID}
	for _, e := range entries {
		away.entry(e)
		told.entry(e)
	}
	if tx.stories == nil {
		tx.stories = map[string]*story{}
	}
	tx.stories[caseID] = told
	tx.left = tx.left || away.open
	return tx.digests[caseID], nil
}

// held refuses to change a row that is not as the log says. ErrUntrusted.
func (tx *Tx) held(caseID string, old audit.Item) error {
	known, err := tx.logged(caseID)
	if err != nil {
		return err
	}
	if known[old.Label] != old.Digest {
		return notAsLogged(old.Label)
	}
	return nil
}

// note adds a digest to the entry: of a new row with noteNew, of one that
// replaces a row that was held with this.
func (tx *Tx) note(caseID string, i audit.Item) {
	if known := tx.digests[caseID]; known != nil {
		known[i.Label] = i.Digest
	}
	tx.items = append(tx.items, i)
	if caseID != "" {
		tx.cases = append(tx.cases, caseID)
	}
}

// noteNew notes a row that was not there before. A label that the log knows is
// refused: its row was taken away by hand, and a second one would hide that.
// The entry must be the case's own: readers and Verify look for its digest there
// and nowhere else.
func (tx *Tx) noteNew(caseID string, i audit.Item) error {
	known, err := tx.logged(caseID)
	if err != nil {
		return err
	}
	if _, twice := known[i.Label]; twice {
		return notAsLogged(i.Label)
	}
	tx.note(caseID, i)
	return nil
}

func notAsLogged(label string) error {
	return fmt.Errorf("%w: %w: %s", ethics.ErrUntrusted, audit.ErrTampered, label)
}
