package store

import "svilpe/internal/ethics"

// MeasureDue is a case with its open measure that is due first.
type MeasureDue struct {
	Case ethics.Case // id, number, institution, category and state
	Due  ethics.Day
}

// MeasuresDue are the cases of a member with a measure that is due on or before
// a day, the earliest first.
func (tx *ReadTx) MeasuresDue(member string, before ethics.Day, limit int) ([]MeasureDue, error) {
	var out []MeasureDue
	err := tx.c.each(
		`select c.id, c.number, c.institution, c.category, c.state, min(m.due) from cases c
		join measure m on m.case_id = c.id where m.state = 'open' and m.due <= $1
			and exists (select 1 from case_grant g where g.case_id = c.id and g.member_id = $2)
		group by c.id, c.number, c.institution, c.category, c.state order by min(m.due), c.number limit $3`,
		[]any{before, member, limit},
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
	err = tx.c.one(
		`select count(*), coalesce(sum(case when m.due < $1 then 1 else 0 end), 0) from measure m
		join cases c on c.id = m.case_id
		where m.state = 'open' and c.institution = $2`, []any{day, institution}, &open, &late)
	return open, late, err
}
