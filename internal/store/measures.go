package store

import (
	"fmt"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// Where a measure stands.
const (
	MeasureOpen       = "open"
	MeasureDone       = "done"
	MeasureHandedOver = "handed_over"
)

// Measure is what stands in the clear of a measure set by a decision: that there
// is one, by when, and whether it is done. What it is, and who is responsible,
// is in the envelope of the step that set it.
type Measure struct {
	Case  string
	N     int // from 0, in the order of the steps that set them
	Due   ethics.Day
	State string
}

func measureItem(m Measure) audit.Item {
	return item(fmt.Sprintf("measure:%s/%d", m.Case, m.N), m.Case, m.N, m.Due, m.State)
}

// AddMeasures appends measures to a case, one for each day.
func (tx *Tx) AddMeasures(caseID string, days ...ethics.Day) error {
	have, err := tx.Measures(caseID)
	if err != nil {
		return err
	}
	for i, day := range days {
		m := Measure{Case: caseID, N: len(have) + i, Due: day, State: MeasureOpen}
		if err := tx.c.run(`insert into measure (case_id, n, due, state) values ($1, $2, $3, $4)`, m.Case, m.N, m.Due, m.State); err != nil {
			return err
		}
		if err := tx.noteNew(caseID, measureItem(m)); err != nil {
			return err
		}
	}
	return nil
}

// PutMeasure writes what became of an open measure. ErrConflict when it is not
// open any more, ErrNotFound when there is none.
func (tx *Tx) PutMeasure(m Measure) error {
	have, err := tx.Measures(m.Case)
	if err != nil {
		return err
	}
	if m.N < 0 || m.N >= len(have) {
		return ethics.ErrNotFound
	}
	if have[m.N].State != MeasureOpen {
		return ethics.ErrConflict
	}
	if err := tx.held(m.Case, measureItem(have[m.N])); err != nil {
		return err
	}
	tx.note(m.Case, measureItem(m))
	return tx.c.run(`update measure set due = $1, state = $2 where case_id = $3 and n = $4`, m.Due, m.State, m.Case, m.N)
}

// Measures are a case's, in order.
func (tx *ReadTx) Measures(caseID string) ([]Measure, error) {
	var out []Measure
	err := tx.c.each(`select case_id, n, due, state from measure where case_id = $1 order by n`, []any{caseID}, func(scan func(...any) error) error {
		var m Measure
		err := scan(&m.Case, &m.N, &m.Due, &m.State)
		out = append(out, m)
		return err
	})
	return out, err
}

// MeasureDue is a case with its open measure that is due first.
type MeasureDue struct {
	Case ethics.Case // id, number, institution, category and state
	Due  ethics.Day
}

// MeasuresDue are the cases of a member with a measure that is due on or before
// a day, the earliest first.
func (tx *ReadTx) MeasuresDue(member string, before ethics.Day, limit int) ([]MeasureDue, error) {
	var out []MeasureDue
	err := tx.c.each(`select c.id, c.number, c.institution, c.category, c.state, min(m.due) from cases c join measure m on m.case_id = c.id
		where m.state = 'open' and m.due <= $1 and exists (select 1 from case_grant g where g.case_id = c.id and g.member_id = $2)
		group by c.id, c.number, c.institution, c.category, c.state order by min(m.due), c.number limit $3`, []any{before, member, limit},
		func(scan func(...any) error) error {
			var m MeasureDue
			err := scan(&m.Case.ID, &m.Case.Number, &m.Case.Institution, &m.Case.Category, &m.Case.State, &m.Due)
			out = append(out, m)
			return err
		})
	return out, err
}

// MeasureCounts are how many measures of an institution's cases are open, and
// how many of those are late on a day.
func (tx *ReadTx) MeasureCounts(institution string, day ethics.Day) (open, late int, err error) {
	err = tx.c.one(`select count(*), coalesce(sum(case when m.due < $1 then 1 else 0 end), 0) from measure m join cases c on c.id = m.case_id
		where m.state = 'open' and c.institution = $2`, []any{day, institution}, &open, &late)
	return open, late, err
}

// measures checks the rows of a case's measures.
func (v *verification) measures(tx *ReadTx, c ethics.Case, labels map[string]audit.Digest) error {
	list, err := tx.Measures(c.ID)
	if err != nil {
		return err
	}
	return everyOf(v, list, func(m Measure) error { return match(labels, measureItem(m)) })
}
