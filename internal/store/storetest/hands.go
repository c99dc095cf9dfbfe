package storetest

import (
	"context"
	"database/sql"
	"net/url"
	"path/filepath"
	"slices"
	"testing"

	"svilpe/internal/record"
	"svilpe/internal/store"
)

var background = context.Background()

// Raw is a connection as somebody with the file has it: no checks.
func (w *World) Raw() *sql.DB { return Raw(w.T, w.Dir) }

// Raw is a connection to the database of a folder.
func Raw(t testing.TB, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+url.PathEscape(filepath.Join(dir, store.File))+
		"?_busy_timeout=5000&_foreign_keys=off&_txlock=immediate")
	Must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Exec changes a row by hand.
func (w *World) Exec(query string, args ...any) {
	w.T.Helper()
	r := w.Define(query, args...)
	if n, _ := r.RowsAffected(); n == 0 {
		w.T.Fatalf("%s: changed nothing", query)
	}
}

// Define runs what need not change a row: a trigger, say.
func (w *World) Define(query string, args ...any) sql.Result {
	w.T.Helper()
	db := w.Raw()
	defer func() { _ = db.Close() }()
	r, err := db.ExecContext(background, query, args...)
	if err != nil {
		w.T.Fatalf("%s: %v", query, err)
	}
	return r
}

// Text reads one value.
func (w *World) Text(query string, args ...any) string {
	w.T.Helper()
	var out string
	w.scan(&out, query, args)
	return out
}

// Count reads one number.
func (w *World) Count(query string, args ...any) int {
	w.T.Helper()
	var n int
	w.scan(&n, query, args)
	return n
}

func (w *World) scan(into any, query string, args []any) {
	w.T.Helper()
	db := w.Raw()
	defer func() { _ = db.Close() }()
	if err := db.QueryRowContext(background, query, args...).Scan(into); err != nil {
		w.T.Fatalf("%s: %v", query, err)
	}
}

// Swap exchanges columns between the two rows of a condition.
func (w *World) Swap(table, rows, columns string) {
	w.T.Helper()
	db := w.Raw()
	for _, q := range []string{
		`create table spare as select row_number() over (order by rowid) as at, rowid as place, * from ` +
			table + ` where ` + rows,
		`update ` + table + ` set (` + columns + `) = (select ` + columns + ` from spare where place <> ` +
			table + `.rowid) where ` + rows,
	} {
		if _, err := db.ExecContext(background, q); err != nil {
			w.T.Fatalf("%s: %v", q, err)
		}
	}
	if n := w.Count(`select count(*) from spare`); n != 2 {
		w.T.Fatalf("%d rows, not two", n)
	}
	w.Define(`drop table spare`)
}

// PutBack puts the rows of an older file of this database in place of those that a
// running program stands on.
func (w *World) PutBack(path string) {
	w.T.Helper()
	db := w.Raw()
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	queries := []string{`attach '` + path + `' as old`, `begin immediate`}
	for _, table := range w.Column(`select name from sqlite_master where type = 'table'`) {
		queries = append(queries, `delete from main.`+table, `insert into main.`+table+` select * from old.`+table)
	}
	for _, q := range append(queries, `commit`) {
		if _, err := db.ExecContext(background, q); err != nil {
			w.T.Fatalf("%s: %v", q, err)
		}
	}
}

// RecordTables are those whose every row stands under the log. Of file and chunk
// only what is filed.
func RecordTables() []string {
	out := []string{"chunk", "entry", "node", "tree_head", "checkpoint", "stream", "bucket"}
	for _, d := range record.All {
		out = append(out, d.About().Table)
	}
	slices.Sort(out)
	return out
}

// Column reads one column.
func (w *World) Column(query string, args ...any) (out []string) {
	w.T.Helper()
	db := w.Raw()
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(background, query, args...)
	Must(w.T, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s string
		Must(w.T, rows.Scan(&s))
		out = append(out, s)
	}
	Must(w.T, rows.Err())
	return out
}
