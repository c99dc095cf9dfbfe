package storetest

import (
	"database/sql"
	"strings"

	"svilpe/internal/audit"
	"svilpe/internal/record"
)

// Stroke is a change that the operator makes to one row, with the right words of an
// entry for it.
type Stroke struct {
	Change audit.Change
	query  string
	args   []any
}

// Adds puts a row there.
func Adds[R any](k *record.Kind[R], r *R) Stroke {
	n := k.Row(r)
	columns, values := append(k.Columns[:len(k.Columns):len(k.Columns)], k.Copies...), record.Values(k.Fields(r))
	for range k.Copies {
		values = append(values, 0)
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
	return Stroke{
		audit.Change{Label: n.Label, Op: audit.Added, New: n.Digest},
		`insert into ` + k.Table + ` (` + strings.Join(columns, ", ") + `) values (` + marks + `)`, values,
	}
}

// Renews puts one in place of another.
func Renews[R any](k *record.Kind[R], old, now *R) Stroke {
	was, is := k.Row(old), k.Row(now)
	return Stroke{
		audit.Change{Label: is.Label, Op: audit.Renewed, Old: was.Digest, New: is.Digest},
		`update ` + k.Table + ` set ` + strings.Join(k.Columns, " = ?, ") + ` = ? where ` + byKey(&k.Info),
		append(record.Values(k.Fields(now)), record.Values(k.Fields(old))[:k.Keys]...),
	}
}

// Ends takes one away.
func Ends[R any](k *record.Kind[R], old *R) Stroke {
	n := k.Row(old)
	return Stroke{
		audit.Change{Label: n.Label, Op: audit.Ended, Old: n.Digest},
		`delete from ` + k.Table + ` where ` + byKey(&k.Info), record.Values(k.Fields(old))[:k.Keys],
	}
}

func byKey(i *record.Info) string { return strings.Join(i.Columns[:i.Keys], " = ? and ") + " = ?" }

// Operates makes these changes with one entry that says so, as the operator can. No
// rule is asked.
func (w *World) Operates(stream string, b audit.Body, strokes ...Stroke) audit.Entry {
	w.T.Helper()
	for _, s := range strokes {
		if s.Change.Label != "" {
			b.Changes = append(b.Changes, s.Change)
		}
	}
	return appended(w.T, w.Dir, w.Log, stream, b, asItIs, func(tx *sql.Tx) error {
		for _, s := range strokes {
			if _, err := tx.ExecContext(background, s.query, s.args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Silent is a change of a row that the entry does not speak of.
func Silent(s Stroke) Stroke {
	s.Change = audit.Change{}
	return s
}
