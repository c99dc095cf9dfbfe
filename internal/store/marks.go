package store

import (
	"errors"

	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// retaliating is what tells a case in which the reporter wrote that somebody
// retaliates and nobody has answered since.
const retaliating = `c.id in (select e.case_id from case_event e where e.name = '` +
	string(ethics.EventRetaliation) + `' and not exists
	(select 1 from case_event a where a.case_id = e.case_id and a.n > e.n and a.name = '` +
	string(ethics.EventRetaliationAnswered) + `'))`

// Retaliating are a member's cases in which the reporter waits for an answer
// about retaliation, the longest unchanged first.
func (tx *ReadTx) Retaliating(member string, limit int) ([]ListedCase, error) {
	return tx.list(listed+ofMember+` and `+retaliating+` order by c.changed, c.number limit $3`,
		[]any{true, member, limit})
}

// Silent tells whether a member wrote no step in a case since the newest event of
// this name; false when there was none. What a step says is sealed: the entries
// tell which envelopes came together with the event, or later.
func (tx *ReadTx) Silent(caseID, member string, event ethics.EventKind) (bool, error) {
	events, err := tx.Events(caseID)
	if errors.Is(err, ethics.ErrUntrusted) {
		return false, nil // opening the case says so: a list goes on
	}
	if err != nil {
		return false, err
	}
	l, err := tx.Ledger(ethics.CaseStream(caseID))
	if err != nil {
		return false, err
	}
	since := int64(-1)
	for n, e := range events {
		if e.Name == event {
			since = l.Born[record.Events.Label(&record.Event{Case: caseID, N: n})]
		}
	}
	if since < 0 {
		return false, nil
	}
	steps, err := tx.ids(`select id from envelope where case_id = $1 and author = $2 and kind = $3`,
		caseID, member, ethics.KindStep)
	silent := true
	for _, id := range steps {
		silent = silent && l.Born[record.Envelopes.Name+":"+id] <= since
	}
	return silent, err
}
