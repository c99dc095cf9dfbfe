package store

// Retaliating are the cases, by id, in which the reporter wrote that somebody
// retaliates and nobody has answered yet.
func (tx *ReadTx) Retaliating() (map[string]bool, error) {
	out := map[string]bool{}
	err := tx.c.each(`select distinct e.case_id from case_event e where e.name = 'retaliation_reported' and not exists
		(select 1 from case_event a where a.case_id = e.case_id and a.name = 'retaliation_answered' and a.n > e.n)`, nil,
		func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			out[id] = true
			return err
		})
	return out, err
}

// CountEvents counts, over the cases of an institution, those in which an event
// of this name happened in a year, "2026".
func (tx *ReadTx) CountEvents(institution, name, year string) (n int, err error) {
	err = tx.c.one(`select count(distinct e.case_id) from case_event e join cases c on c.id = e.case_id
		where c.institution = $1 and e.name = $2 and substr(e.day, 1, 4) = $3`, []any{institution, name, year}, &n)
	return n, err
}
