package store

import (
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// Lessons are those that were released, newest first, each as the log has it.
func (tx *ReadTx) Lessons(limit int) ([]Lesson, error) {
	all, err := rows(tx.c, record.Lessons, `order by day desc, id limit $1`, limit)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	l, err := tx.Ledger(ethics.StreamLessons)
	if err != nil {
		return nil, err
	}
	for n := range all {
		if i := record.Lessons.Row(&all[n]); !l.Holds(i) || !l.On(i.Label, all[n].Day) {
			return nil, notAsLogged(i.Label)
		}
	}
	return all, nil
}
