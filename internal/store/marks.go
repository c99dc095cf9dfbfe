package store

import (
	"errors"
	"slices"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// retaliating is what tells a case in which the reporter wrote that somebody
// retaliates and nobody has answered since.
const retaliating = `exists (select 1 from case_event e where e.case_id = c.id and e.name = 'retaliation_reported' and not exists
	(select 1 from case_event a where a.case_id = e.case_id and a.name = 'retaliation_answered' and a.n > e.n))`

// Retaliating are a member's cases in which the reporter waits for an answer
// about retaliation, the longest unchanged first.
func (tx *ReadTx) Retaliating(member string, limit int) ([]ListedCase, error) {
	return tx.list(listed+ofMember+` and `+retaliating+` order by c.changed, c.number limit $3`, []any{true, member, limit})
}

// Silent tells whether a member wrote no step in a case since the newest event of
// this name; false when there was none. What a step says is sealed: the entries
// tell which envelopes came together with the event, or later.
func (tx *ReadTx) Silent(caseID, member, name string) (bool, error) {
	events, err := tx.Events(caseID)
	if err != nil {
		return false, err
	}
	label := ""
	for n, e := range events {
		if e.Name == name {
			label = eventItem(caseID, n, e).Label
		}
	}
	if label == "" {
		return false, nil
	}
	later, since, silent := map[string]bool{}, false, true
	err = tx.c.each(entryColumns+`where case_id = $1 order by idx`, []any{caseID}, func(scan func(...any) error) error {
		e, err := scanEntry(scan)
		if errors.Is(err, errBlank) || errors.Is(err, audit.ErrTampered) {
			return nil // opening the case says so: a list goes on
		}
		for _, i := range e.Items {
			later[i.Label] = since
		}
		since = since || slices.ContainsFunc(e.Items, func(i audit.Item) bool { return i.Label == label })
		return err
	})
	if err != nil {
		return false, err
	}
	err = tx.c.each(`select id from envelope where case_id = $1 and author = $2 and kind = $3`, []any{caseID, member, ethics.KindStep}, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		silent = silent && !later[EnvelopeLabel(id)]
		return err
	})
	return silent, err
}
