package store

import (
	"fmt"
	"slices"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// Where a case stands, and every event and measure of it, is told by statuses
// (sealing.md §12.4): a chain of clear statements, each signed by who acted. The
// columns state, previous, track, category, due of a case, its events and its
// measures are copies for lists. story.go reads the chain.

// KindStatus is the kind under which a Verifier is asked for a status's signer.
const KindStatus = payload.LabelStatus

func statusLabel(id string, n int) string { return fmt.Sprintf("status:%s/%d", id, n) }

// statusID is what a Verifier calls a status: epochs are numbered too.
func statusID(n int) string { return fmt.Sprintf("status/%d", n) }

func statusItem(s ethics.SignedStatus) audit.Item {
	return item(statusLabel(s.Case, s.N), s.Case, s.N, s.Body, s.Author, s.Signature, s.Day)
}

// Statuses are those of a case or consultation, in order.
func (tx *ReadTx) Statuses(id string) ([]ethics.SignedStatus, error) {
	return all(tx, `select case_id, n, body, author, signature, day from case_status where case_id = $1 order by n`, id,
		func(s *ethics.SignedStatus) []any {
			return []any{&s.Case, &s.N, &s.Body, &s.Author, &s.Signature, &s.Day}
		})
}

// AddStatus stores a status. Whether it is the next, and may be, Settle asks.
func (tx *Tx) AddStatus(s ethics.SignedStatus) error {
	err := tx.c.run(`insert into case_status (case_id, n, body, author, signature, day) values ($1, $2, $3, $4, $5, $6)`,
		s.Case, s.N, s.Body, s.Author, s.Signature, s.Day)
	if err != nil {
		return err
	}
	return tx.noteNew(s.Case, statusItem(s))
}

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
		told.past.Add(s)
	}
	if c.Due, c.DueID, err = told.nearest(); err != nil {
		return err
	}
	c.Changed = day
	return tx.PutCase(c)
}

// story is what a case's entries and statuses tell, before this transaction.
func (tx *Tx) story(id string) (*story, error) {
	if _, err := tx.logged(id); err != nil {
		return nil, err
	}
	told := tx.stories[id]
	var err error
	if told.rows, err = tx.Statuses(id); err != nil {
		return nil, err
	}
	return told, told.tell()
}

// fits refuses a status that a reader would refuse afterwards: a fault of the
// program, or a member whose term ended at this moment, must spoil no case.
func (tx *Tx) fits(c ethics.Case, told *story, row ethics.SignedStatus) (ethics.Status, error) {
	if row.N != len(told.rows) || row.Day != tx.day {
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
	proposals, err := tx.Proposals(c.ID)
	if err != nil {
		return ethics.Status{}, err
	}
	j := judge{
		installation: in.ID, stream: ethics.CaseStream(c.ID), institution: c.Institution, roster: roster, proposals: proposals,
		verifier: verifier(c, in.SystemVerifier, chain{keys: []ReporterKeys{KeysOf(c, nil)}}, roster),
	}
	return told.next(j, row, brought{day: row.Day, items: tx.items})
}

// copies writes what a status says where lists look for it.
func (tx *Tx) copies(c *ethics.Case, told *story, s ethics.Status) error {
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
		if m.N >= len(told.past.Measures) {
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

// Told is one status of a case as its readers believe it.
type Told struct {
	ethics.Status
	Author    string
	Digest    []byte
	From      string   // the state before it
	Envelopes []string // ids of those that were stored with it
}

// fillStatus reads the chain, and refuses rows that say something else.
func (tx *ReadTx) fillStatus(f *CaseFile, told *story, reporter bool) error {
	roster, err := tx.Roster()
	if err != nil {
		return err
	}
	proposals, err := tx.Proposals(f.ID)
	if err != nil {
		return err
	}
	for _, p := range proposals {
		if err := f.must(proposalItem(p)); err != nil {
			return err
		}
	}
	measures, err := tx.Measures(f.ID)
	if err != nil {
		return err
	}
	for _, m := range measures {
		if err := f.must(measureItem(m)); err != nil {
			return err
		}
	}
	if told.rows, err = tx.Statuses(f.ID); err != nil {
		return err
	}
	told.judge = judge{
		installation: f.Installation.ID, stream: ethics.CaseStream(f.ID), institution: f.Institution,
		verifier: f.Verifier(roster), roster: roster, proposals: proposals,
	}
	if err := told.tell(); err != nil {
		return err
	}
	if d := told.same(f.Case, f.Events, measures); d != nil {
		return fmt.Errorf("%w: %w", ethics.ErrUntrusted, d)
	}
	if !reporter {
		f.Proposals, f.Measures = proposals, measures
	}
	f.Events, f.Told, f.seen = told.past.Events, told.told, told.newest
	return f.complete("proposal:", "measure:")
}

// Beside is the status that was stored with an envelope; false where the case
// stood as before.
func (f *CaseFile) Beside(envelope string) (Told, bool) {
	n := slices.IndexFunc(f.Told, func(t Told) bool { return slices.Contains(t.Envelopes, envelope) })
	if n < 0 {
		return Told{}, false
	}
	return f.Told[n], true
}

// Next is the status that an act on a day begins from: as the case stands, one
// number on, on the past that was read.
func (f *CaseFile) Next(act string, day ethics.Day) ethics.Status {
	s := f.Standing()
	s.N, s.Day, s.Act, s.Seen, s.Policy = len(f.Told), day, act, f.seen, ethics.PolicyVersion
	s.Events, s.Measures = nil, nil
	return s
}

// Standing is the newest status. A CaseFile that was read has one.
func (f *CaseFile) Standing() ethics.Status { return f.Told[len(f.Told)-1].Status }
