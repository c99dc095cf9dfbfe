package store

import (
	"errors"
	"fmt"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// AddCase files a new case, with its reporter's keys noted:
// whatever the row says later, these are the keys it was filed with, and only
// they can name others (ReplaceCode). numbers are candidates for the register number, in
// order; the first free one is taken. ErrExists when this draft was filed.
func (tx *Tx) AddCase(c ethics.Case, numbers []string, locator []byte) (ethics.Case, error) {
	var taken int
	err := tx.c.one(
		`select (select count(*) from cases where id = $1) + (select count(*) from tombstone where case_id = $1)`,
		[]any{c.ID}, &taken)
	if err != nil {
		return c, err
	}
	if taken > 0 {
		return c, ethics.ErrExists // before its number is missed
	}
	if st, err := tx.state(ethics.CaseStream(c.ID)); err != nil || st.Count > 0 {
		return c, errors.Join(err, notAsLogged(record.Cases.Name+":"+c.ID)) // what tells it was taken away
	}
	for _, number := range numbers {
		free, err := tx.NumberFree(number)
		if err != nil {
			return c, err
		}
		if free {
			c.Number = number
			break
		}
	}
	if c.Number == "" {
		return c, fmt.Errorf("register number: %w", ethics.ErrBusy)
	}
	r := record.Case{Case: c, Locator: locator}
	if err := errors.Join(tx.checkDay(c.Changed), put(tx, record.Cases, &r)); err != nil {
		return c, err
	}
	tx.fact(institution(c.Institution))
	return c, tx.noteAdded(ethics.CaseStream(c.ID), record.KeysRow(c.ID, c.Number, KeysOf(c, locator)))
}

// institution is the fact by which counters know whose a row is.
func institution(id string) audit.Fact {
	return audit.Fact{Name: record.FactInstitution, Value: []byte(id)}
}

// NumberFree tells whether no case has or had this register number.
func (tx *ReadTx) NumberFree(number string) (bool, error) {
	var taken int
	err := tx.c.one(
		`select (select count(*) from cases where number = $1) + (select count(*) from tombstone where number = $1)`,
		[]any{number}, &taken)
	return taken == 0, err
}

// PutCase writes what changed in a case. It is the last call of every transaction
// that touches a case. ErrUntrusted when the row before it is not the one that the
// log knows.
func (tx *Tx) PutCase(c ethics.Case) error {
	old, err := row(tx.c, record.Cases, `where id = $1`, c.ID)
	if err != nil {
		return err
	}
	if c.Changed != old.Changed {
		if err := tx.checkDay(c.Changed); err != nil {
			return err
		}
	}
	now := old
	now.Category, now.Track, now.State, now.Previous, now.Changed = c.Category, c.Track, c.State, c.Previous, c.Changed
	now.Due, now.DueID, now.Epoch, now.Sequence = c.Due, c.DueID, c.Epoch, c.Sequence
	return renew(tx, record.Cases, &old, &now)
}

// AddEpoch opens an epoch.
func (tx *Tx) AddEpoch(e Epoch) error { return put(tx, record.Epochs, &e) }

// AddEvents appends events to a case, in order. ErrUntrusted when the log has an
// event of that number: one was taken away.
func (tx *Tx) AddEvents(caseID string, events ...ethics.Event) error {
	var n int
	if err := tx.c.one(`select count(*) from case_event where case_id = $1`, []any{caseID}, &n); err != nil {
		return err
	}
	for i, e := range events {
		if err := put(tx, record.Events, &record.Event{Case: caseID, N: n + i, Event: e}); err != nil {
			return err
		}
	}
	return nil
}

// AddGrants gives members keys to one case. ErrExists when one has a key and this
// is not renewed; ErrUntrusted for somebody who stepped aside or was excluded.
func (tx *Tx) AddGrants(grants ...Grant) error {
	if len(grants) == 0 {
		return nil
	}
	all, err := tx.grants(grants[0].Case)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if err := tx.mayGrant(g, all); err != nil {
			return err
		}
		if err := put(tx, record.Grants, &g); err != nil {
			return err
		}
		all = append(all, g)
	}
	return nil
}

// StateGrant records that the holder signed the no-conflict statement: a copy of
// what the statement's envelope says, for lists.
func (tx *Tx) StateGrant(caseID, member string) error {
	g, err := tx.Grant(caseID, member)
	if err != nil {
		return err
	}
	return tx.c.run(`update case_grant set stated = 1 where id = $1`, g.ID)
}

// AddEnvelope appends to a case. It refuses what is sealed to a past epoch or
// does not carry the case's next sequence: the caller seals again and retries.
func (tx *Tx) AddEnvelope(c *ethics.Case, e ethics.Envelope) error {
	if e.Epoch != c.Epoch {
		return ethics.ErrEpoch
	}
	if err := tx.checkEpoch(*c, e); err != nil {
		return err
	}
	if e.Sequence != c.Sequence {
		// The same form sent twice: its envelope is here already.
		var n int
		if err := tx.c.one(`select count(*) from envelope where id = $1`, []any{e.ID}, &n); err != nil {
			return err
		}
		if n > 0 {
			return ethics.ErrExists
		}
		return ethics.ErrSequence
	}
	c.Sequence++
	return put(tx, record.Envelopes, &e)
}

// AddProposal opens a proposal; ErrConflict when one is open on this case.
func (tx *Tx) AddProposal(p Proposal) error {
	var open int
	if err := tx.c.one(`select count(*) from proposal where case_id = $1 and state = 'open'`,
		[]any{p.Case}, &open); err != nil {
		return err
	}
	if open > 0 {
		return ethics.ErrConflict
	}
	return put(tx, record.Proposals, &p)
}

// DecideProposal ends an open proposal; ErrConflict when it is not open, and
// ErrSamePerson when the decider proposed it: here too, below every policy.
func (tx *Tx) DecideProposal(id, decider, state string) error {
	old, err := row(tx.c, record.Proposals, `where id = $1`, id)
	if err != nil {
		return err
	}
	if old.State != "open" {
		return ethics.ErrConflict
	}
	if err := tx.checkAnother(old.Proposer, decider); err != nil {
		return err
	}
	now := old
	now.State, now.Decider = state, decider
	return renew(tx, record.Proposals, &old, &now)
}

// FileFile makes a received file part of a case. It must come from this draft.
func (tx *Tx) FileFile(id, caseID, envelopeID string, draft []byte, day ethics.Day) error {
	f, err := tx.DraftFile(id, draft)
	if err == nil && f.State != "received" {
		err = ethics.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("file %s: %w", id, err)
	}
	if err := tx.checkDay(day); err != nil {
		return err
	}
	err = tx.c.run(`update file set state = 'filed', case_id = $1, envelope_id = $2, day = $3 where id = $4`,
		caseID, envelopeID, day, id)
	if err != nil {
		return err
	}
	f.State, f.Case, f.Envelope, f.Day = "filed", caseID, envelopeID, day
	return tx.noteAdded(ethics.CaseStream(caseID), record.Files.Row(&f))
}

// AddMeasures appends measures to a case, one for each day.
func (tx *Tx) AddMeasures(caseID string, days ...ethics.Day) error {
	have, err := ofCase(tx.c, record.Measures, caseID)
	if err != nil {
		return err
	}
	for i, day := range days {
		if err := put(tx, record.Measures,
			&Measure{Case: caseID, N: len(have) + i, Due: day, State: MeasureOpen}); err != nil {
			return err
		}
	}
	return nil
}

// PutMeasure writes what became of an open measure. ErrConflict when it is not
// open any more, ErrNotFound when there is none.
func (tx *Tx) PutMeasure(m Measure) error {
	have, err := ofCase(tx.c, record.Measures, m.Case)
	if err != nil {
		return err
	}
	if m.N < 0 || m.N >= len(have) {
		return ethics.ErrNotFound
	}
	if have[m.N].State != MeasureOpen {
		return ethics.ErrConflict
	}
	return renew(tx, record.Measures, &have[m.N], &m)
}

// AddLesson releases a lesson. It outlives its case, in a stream of its own.
func (tx *Tx) AddLesson(l Lesson) error { return put(tx, record.Lessons, &l) }

// AddGift stores a declaration. ErrExists when the same form was sent before,
// ErrBusy when its register number is taken.
func (tx *Tx) AddGift(g Gift) error {
	if _, err := tx.Gift(g.ID); !errors.Is(err, ethics.ErrNotFound) {
		return errors.Join(ethics.ErrExists, err)
	}
	var taken int
	if err := tx.c.one(`select count(*) from gift where number = $1`, []any{g.Number}, &taken); err != nil {
		return err
	}
	if taken > 0 {
		return ethics.ErrBusy
	}
	tx.fact(institution(g.Institution))
	return put(tx, record.Gifts, &g)
}
