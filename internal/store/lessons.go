package store

import (
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// Lesson is what others can learn from a case, released by two people: a text
// in which nobody can be recognised. Its row names no case; the entry of its
// release does.
type Lesson struct {
	ID          string
	Day         ethics.Day
	Title, Text string
}

func lessonItem(l Lesson) audit.Item { return item("lesson:"+l.ID, l.ID, l.Day, l.Title, l.Text) }

// AddLesson releases a lesson, in the entry of its case.
func (tx *Tx) AddLesson(l Lesson) error {
	if err := tx.dated(l.Day); err != nil {
		return err
	}
	if err := tx.c.run(`insert into lesson (id, day, title, text) values ($1, $2, $3, $4)`, l.ID, l.Day, l.Title, l.Text); err != nil {
		return err
	}
	tx.note("", lessonItem(l))
	return nil
}

const lessonColumns = `select id, day, title, text from lesson `

// Lessons are all that were released, newest first.
func (tx *ReadTx) Lessons(limit int) ([]Lesson, error) {
	var out []Lesson
	err := tx.c.each(lessonColumns+`order by day desc, id limit $1`, []any{limit}, func(scan func(...any) error) error {
		var l Lesson
		err := scan(&l.ID, &l.Day, &l.Title, &l.Text)
		out = append(out, l)
		return err
	})
	return out, err
}

// lessons checks their rows.
func (v *verification) lessons() error {
	return v.c.each(lessonColumns+`order by id`, nil, func(scan func(...any) error) error {
		var l Lesson
		if err := scan(&l.ID, &l.Day, &l.Title, &l.Text); err != nil {
			return err
		}
		return v.plain(lessonItem(l), l.Day)
	})
}
