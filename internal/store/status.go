package store

import (
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// Settle ends a write to a case. st is what the write makes of it, nil where the
// case stands as before: the row, its events and its measures are written from
// it, and the deadline that now comes first. day is when somebody last worked on
// the case. ErrSequence when st was made before something that stands there now:
// sign and seal again. ErrUntrusted when nobody would believe it.
func (tx *Tx) Settle(c ethics.Case, st *ethics.SignedStatus, day ethics.Day) error {
	told, err := tx.story(c.ID)
	if err != nil {
		return err
	}
	if st != nil {
		s, err := tx.fits(c, told, *st)
		if err != nil {
			return err
		}
		if err := tx.AddStatus(*st); err != nil {
			return err
		}
		if err := tx.copies(&c, told, s); err != nil {
			return err
		}
		told.Add(s)
	}
	if c.Due, c.DueID, err = told.Nearest(); err != nil {
		return err
	}
	c.Changed = day
	return tx.PutCase(c)
}

// story is what a case's entries and statuses tell, before this transaction.
func (tx *Tx) story(id string) (*record.StatusChain, error) {
	entries, err := tx.Entries(ethics.CaseStream(id))
	if err != nil {
		return nil, err
	}
	told := record.NewStatusChain(id, entries)
	if len(entries) == 0 {
		return told, nil // the case is being filed
	}
	rows, err := ofCase(tx.c, record.Statuses, id)
	if err != nil {
		return nil, err
	}
	return told, told.Trust(rows)
}

func (tx *Tx) fits(c ethics.Case, told *record.StatusChain, row ethics.SignedStatus) (ethics.Status, error) {
	if row.Day != tx.day {
		return ethics.Status{}, ethics.ErrSequence
	}
	in, err := tx.Installation()
	if err != nil {
		return ethics.Status{}, err
	}
	roster, err := tx.Roster()
	if err != nil {
		return ethics.Status{}, err
	}
	var beside []record.Row
	decides := false // a proposal counts in whose decision the status stands
	for _, n := range tx.notes {
		beside = append(beside, record.Row{Label: n.Label, Digest: n.New})
		decides = decides || record.KindOf(n.Label) == record.Proposals.Name
	}
	var proposals []Proposal
	if decides {
		if proposals, err = ofCase(tx.c, record.Proposals, c.ID); err != nil {
			return ethics.Status{}, err
		}
	}
	return told.Fits(c, in, roster, proposals, row, beside)
}

// copies writes what a status says where lists look for it.
func (tx *Tx) copies(c *ethics.Case, told *record.StatusChain, s ethics.Status) error {
	c.State, c.Previous, c.Track, c.Category = s.State, s.Previous, s.Track, s.Category
	var events []ethics.Event
	for _, name := range s.Events {
		events = append(events, ethics.Event{Name: name, Day: s.Day})
	}
	if err := tx.AddEvents(c.ID, events...); err != nil {
		return err
	}
	for _, m := range s.Measures {
		var err error
		if m.N >= told.Measures() {
			err = tx.AddMeasures(c.ID, m.Due)
		} else {
			err = tx.PutMeasure(Measure{Case: c.ID, N: m.N, Due: m.Due, State: m.State})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// AddStatus stores a status. Whether it is the next, and may be, Settle asks.
func (tx *Tx) AddStatus(s ethics.SignedStatus) error { return put(tx, record.Statuses, &s) }
