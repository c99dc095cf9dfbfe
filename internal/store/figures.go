package store

import "svilpe/internal/ethics"

// Figures are what the head of an institution is told of a quarter, counted once,
// when it had ended. Each is the lowest number of a class, never the number: the
// row tells no more than the page. They are a memory of what was counted, and no
// record.
type Figures struct {
	Institution, Quarter string // "2026-3"
	Open, Overdue        int    // cases, at the quarter's end
	Measures, Late       int    // at its end
	Systemic             int    // cases closed in it with a systemic cause
}

// KeepFigures stores them, unless there are some: a quarter is counted once.
func (tx *ScratchTx) KeepFigures(f Figures) error {
	return tx.c.run(`insert into tmp_figures (institution, quarter, open, overdue, measures, late, systemic)
		values ($1, $2, $3, $4, $5, $6, $7) on conflict (institution, quarter) do nothing`,
		f.Institution, f.Quarter, f.Open, f.Overdue, f.Measures, f.Late, f.Systemic)
}

// Figures reads them; ErrNotFound where the quarter was not counted.
func (tx *ReadTx) Figures(institution, quarter string) (Figures, error) {
	f := Figures{Institution: institution, Quarter: quarter}
	err := tx.c.one(`select open, overdue, measures, late, systemic from tmp_figures
		where institution = $1 and quarter = $2`,
		[]any{institution, quarter}, &f.Open, &f.Overdue, &f.Measures, &f.Late, &f.Systemic)
	return f, err
}

// CountEvents counts, over the cases of an institution, those in which an event
// of this name happened from one day to another, both included.
func (tx *ReadTx) CountEvents(institution string, name ethics.EventKind, from, to ethics.Day) (n int, err error) {
	err = tx.c.one(`select count(distinct e.case_id) from case_event e join cases c on c.id = e.case_id
		where c.institution = $1 and e.name = $2 and e.day >= $3 and e.day <= $4`,
		[]any{institution, name, from, to}, &n)
	return n, err
}
