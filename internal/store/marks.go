package store

// retaliating is what tells a case in which the reporter wrote that somebody
// retaliates and nobody has answered since.
const retaliating = `exists (select 1 from case_event e where e.case_id = c.id and e.name = 'retaliation_reported' and not exists
	(select 1 from case_event a where a.case_id = e.case_id and a.name = 'retaliation_answered' and a.n > e.n))`

// Retaliating are a member's cases in which the reporter waits for an answer
// about retaliation, the longest unchanged first.
func (tx *ReadTx) Retaliating(member string, limit int) ([]ListedCase, error) {
	return tx.list(listed+ofMember+` and `+retaliating+` order by c.changed, c.number limit $3`, []any{true, member, limit})
}

// CountEvents counts, over the cases of an institution, those in which an event
// of this name happened in a year, "2026".
func (tx *ReadTx) CountEvents(institution, name, year string) (n int, err error) {
	err = tx.c.one(`select count(distinct e.case_id) from case_event e join cases c on c.id = e.case_id
		where c.institution = $1 and e.name = $2 and substr(e.day, 1, 4) = $3`, []any{institution, name, year}, &n)
	return n, err
}
