package store

import (
	"fmt"
	"reflect"
	"strings"

	"svilpe/internal/record"
)

// What follows from a descriptor: its rows are written, read and dropped by it.

// selectRows begins a query of a kind's rows.
func selectRows(i *record.Info) string {
	return `select ` + strings.Join(i.Columns, ", ") + ` from ` + i.Table + ` `
}

// rows reads rows of a kind as they stand there: nothing is checked.
func rows[R any](c *conn, k *record.Kind[R], where string, args ...any) ([]R, error) {
	var out []R
	err := c.each(selectRows(&k.Info)+where, args, func(scan func(...any) error) error {
		var r R
		if err := scan(k.Fields(&r)...); err != nil {
			return err
		}
		out = append(out, r)
		return nil
	})
	return out, err
}

// row reads one; ErrNotFound when there is none.
func row[R any](c *conn, k *record.Kind[R], where string, args ...any) (R, error) {
	var r R
	err := c.one(selectRows(&k.Info)+where, args, k.Fields(&r)...)
	return r, err
}

// ofCase reads a case's rows of a kind, in their order.
func ofCase[R any](c *conn, k *record.Kind[R], caseID string) ([]R, error) {
	where := `where ` + k.Case + ` = $1`
	if k.Where != "" {
		where += ` and ` + k.Where
	}
	return rows(c, k, where+` order by `+k.Order, caseID)
}

// put stores a row that was not there before, of the entry's day.
func put[R any](tx *Tx, k *record.Kind[R], r *R) error {
	if k.Day != nil {
		if err := tx.checkDay(k.Day(r)); err != nil {
			return err
		}
	}
	columns, values := k.Columns, k.Fields(r)
	marks := make([]string, len(columns), len(columns)+len(k.Copies))
	for n := range columns {
		marks[n] = fmt.Sprintf("$%d", n+1)
	}
	for _, c := range k.Copies { // what lists are read from begins empty
		columns, marks = append(columns[:len(columns):len(columns)], c), append(marks, "0")
	}
	err := tx.c.run(`insert into `+k.Table+` (`+strings.Join(columns, ", ")+`) values (`+strings.Join(marks, ", ")+`)`,
		record.Values(values)...)
	if err != nil {
		return err
	}
	return tx.noteAdded(k.Stream(r), k.Row(r))
}

// renew writes what a row is from now on. Its key stays; the old one must be the
// one in force.
func renew[R any](tx *Tx, k *record.Kind[R], old, r *R) error {
	if err := tx.noteRenewed(k.Stream(r), k.Row(old), k.Row(r)); err != nil {
		return err
	}
	var set []string
	values := record.Values(k.Fields(r))
	var args []any
	for n, before := range record.Values(k.Fields(old)) {
		// a column that is set costs its indexes and references, even as it was
		if !reflect.DeepEqual(values[n], before) {
			args = append(args, values[n])
			set = append(set, fmt.Sprintf("%s = $%d", k.Columns[n], len(args)))
		}
	}
	if len(set) == 0 {
		return nil
	}
	return tx.c.run(`update `+k.Table+` set `+strings.Join(set, ", ")+` where `+byKey(&k.Info, len(args)+1),
		append(args, values[:k.Keys]...)...)
}

// drop takes a row away. It must be the one in force.
func drop[R any](tx *Tx, k *record.Kind[R], old *R) error {
	if err := tx.noteEnded(k.Stream(old), k.Row(old)); err != nil {
		return err
	}
	return tx.c.run(`delete from `+k.Table+` where `+byKey(&k.Info, 1), record.Values(k.Fields(old))[:k.Keys]...)
}

// byKey is the condition that finds a row by its primary key, whose columns are
// parameters from n on.
func byKey(i *record.Info, n int) string {
	var by []string
	for k, c := range i.Columns[:i.Keys] {
		by = append(by, fmt.Sprintf("%s = $%d", c, n+k))
	}
	return strings.Join(by, " and ")
}
