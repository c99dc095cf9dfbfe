package casework

import (
	"fmt"
	"slices"
	"strconv"

	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// Measure is one thing that a decision ordered.
type Measure struct {
	store.Measure
	Text, Post string // "" when the step that set it cannot be trusted
	Followed   []Item // the steps that said what became of it
}

// Format hides what was ordered.
func (Measure) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// ID is the measure's number as forms name it, from 1.
func (m Measure) ID() string { return strconv.Itoa(m.N + 1) }

// Open tells whether it is neither done nor handed over.
func (m Measure) Open() bool { return m.State == store.MeasureOpen }

// measures joins the clear rows with what the sealed steps say of them.
func (o *Opened) measures() {
	o.Measures, o.Facts.OpenMeasures = nil, 0
	for _, m := range o.file.Measures {
		o.Measures = append(o.Measures, Measure{Measure: m})
		if m.State == store.MeasureOpen {
			o.Facts.OpenMeasures++
		}
	}
	at := 0
	for _, i := range o.Thread {
		if i.Step == nil || i.Untrusted {
			continue
		}
		switch i.Step.ID {
		case ethics.ActMeasures:
			posts := i.Step.Statements["measure_post"]
			for n, text := range i.Step.Statements["measure"] {
				if at < len(o.Measures) && n < len(posts) {
					o.Measures[at].Text, o.Measures[at].Post = text, posts[n]
				}
				at++
			}
		case ethics.ActFollow:
			if n, ok := o.measure(i.Step.Statements); ok {
				o.Measures[n].Followed = append(o.Measures[n].Followed, i)
			}
		}
	}
}

// measure is the place of the measure that a follow-up names.
func (o *Opened) measure(statements map[string][]string) (int, bool) {
	id := firstValue(statements, "measure")
	n := slices.IndexFunc(o.Measures, func(m Measure) bool { return m.ID() == id })
	return n, n >= 0
}

// setMeasures tells of each measure that there is one, and by when.
func setMeasures(d *execution) error {
	for n, day := range d.body.Statements["measure_day"] {
		d.status.Measures = append(d.status.Measures,
			ethics.MeasureStatus{N: len(d.o.Measures) + n, Due: day, State: store.MeasureOpen})
	}
	return nil
}

// followMeasure tells what became of one.
func followMeasure(d *execution) error {
	n, ok := d.o.measure(d.body.Statements)
	if !ok {
		return ethics.ErrConflict
	}
	m := d.o.Measures[n].Measure
	if m.State != store.MeasureOpen {
		return ethics.ErrConflict
	}
	switch firstValue(d.body.Statements, "became") {
	case "moved":
		m.Due = firstValue(d.body.Statements, "moved_to")
	case "done":
		m.State = store.MeasureDone
	case "handed_over":
		m.State = store.MeasureHandedOver
	}
	d.status.Measures = []ethics.MeasureStatus{{N: m.N, Due: m.Due, State: m.State}}
	return nil
}

// closeCase counts systemic causes: that there is one is an event, the reasons
// are sealed.
func closeCase(d *execution) error {
	if firstValue(d.body.Statements, "systemic_cause") == "yes" {
		d.eventsBefore = append(d.eventsBefore, ethics.EventSystemicCause)
	}
	return nil
}

// releaseLesson makes a text public that two people have checked.
func releaseLesson(d *execution) error {
	l := store.Lesson{
		ID: d.draft.EnvelopeID(d.o.ID, ethics.KindLesson), Day: d.today(),
		Title: firstValue(d.body.Statements, "lesson_title"), Text: firstValue(d.body.Statements, "lesson"),
	}
	d.changes = append(d.changes, func(tx *store.Tx, _ *ethics.Case) error { return tx.AddLesson(l) })
	return nil
}
