package storetest

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/verify"
)

// Raw is a connection as somebody with the file has it: no checks.
func (w *World) Raw() *sql.DB { return Raw(w.T, w.Dir) }

// Raw is a connection to the database of a folder.
func Raw(t testing.TB, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+url.PathEscape(filepath.Join(dir, store.File))+"?_busy_timeout=5000&_foreign_keys=off&_txlock=immediate")
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
	r, err := db.Exec(query, args...) //nolint:noctx // a test's own
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
	if err := db.QueryRow(query, args...).Scan(into); err != nil { //nolint:noctx // a test's own
		w.T.Fatalf("%s: %v", query, err)
	}
}

// Swap exchanges columns between the two rows of a condition.
func (w *World) Swap(table, rows, columns string) {
	w.T.Helper()
	db := w.Raw()
	for _, q := range []string{
		`create table spare as select row_number() over (order by rowid) as at, rowid as place, * from ` + table + ` where ` + rows,
		`update ` + table + ` set (` + columns + `) = (select ` + columns + ` from spare where place <> ` + table + `.rowid) where ` + rows,
	} {
		if _, err := db.Exec(q); err != nil { //nolint:noctx // a test's own
			w.T.Fatalf("%s: %v", q, err)
		}
	}
	if n := w.Count(`select count(*) from spare`); n != 2 {
		w.T.Fatalf("%d rows, not two", n)
	}
	w.Define(`drop table spare`)
}

// nodes reads the tree of a database that a test has open.
type nodes struct{ tx *sql.Tx }

// ReadHashes implements tlog.HashReader.
func (r nodes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, id := range indexes {
		var b []byte
		if err := r.tx.QueryRow(`select hash from node where id = ?`, id).Scan(&b); err != nil { //nolint:noctx // a test's own
			return nil, err
		}
		copy(out[i][:], b)
	}
	return out, nil
}

// Append appends an entry of any content to a stream, as the operator can, who holds
// the log key and needs no program: a right frame, the tree's nodes, a signed head.
// No rule is asked. A body without an id or an actor is given one.
func Append(t testing.TB, dir string, key audit.LogKey, stream string, b audit.Body) audit.Entry {
	t.Helper()
	return appended(t, dir, key, stream, b, func(*sql.Tx) error { return nil })
}

// Append is Append in this world.
func (w *World) Append(stream string, b audit.Body) audit.Entry {
	w.T.Helper()
	return Append(w.T, w.Dir, w.Log, stream, b)
}

// Insert stores a row with an entry that adds it, as the operator can.
func Insert[R any](t testing.TB, dir string, key audit.LogKey, k *record.Kind[R], r *R) audit.Entry {
	t.Helper()
	n := k.Row(r)
	b := audit.Body{Kind: "noted", Changes: []audit.Change{{Label: n.Label, Op: audit.Added, New: n.Digest}}}
	return appended(t, dir, key, k.Stream(r), b, func(tx *sql.Tx) error {
		columns, values := append(k.Columns[:len(k.Columns):len(k.Columns)], k.Copies...), k.Fields(r)
		for range k.Copies {
			values = append(values, 0)
		}
		marks := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
		_, err := tx.Exec(`insert into `+k.Table+` (`+strings.Join(columns, ", ")+`) values (`+marks+`)`, record.Values(values)...) //nolint:noctx // a test's own
		return err
	})
}

func appended(t testing.TB, dir string, key audit.LogKey, stream string, b audit.Body, more func(*sql.Tx) error) audit.Entry {
	t.Helper()
	db := Raw(t, dir)
	defer func() { _ = db.Close() }()
	tx, err := db.Begin() //nolint:noctx // a test's own
	Must(t, err)
	defer func() { _ = tx.Rollback() }()
	if b.ID == "" {
		b.ID = uuid.NewString()
	}
	if b.Actor == "" {
		b.Actor = ethics.ActorSystem
	}
	if b.Policy == 0 {
		b.Policy = policy.Version
	}
	copy(b.Blinding[:], Noise(len(b.Blinding)))
	e := audit.Entry{Generation: 1, Day: Today, Stream: stream, Sum: b.Digest(), Body: b}
	Must(t, tx.QueryRow(`select size from tree_head`).Scan(&e.Index)) //nolint:noctx // a test's own
	var day sql.NullString
	Must(t, tx.QueryRow(`select max(day) from entry`).Scan(&day)) //nolint:noctx // a test's own
	e.Day = max(e.Day, day.String)
	Must(t, follow(tx, &e))
	front, err := audit.ReadFrontier(e.Index, nodes{tx})
	Must(t, err)
	exec := func(query string, args ...any) {
		t.Helper()
		_, err := tx.Exec(query, args...) //nolint:noctx // a test's own
		Must(t, err)
	}
	exec(`insert into entry (idx, generation, day, stream, number, prev, sum, kind, actor, body, blinding) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Index, e.Generation, e.Day, e.Stream, e.Number, e.Prev[:], e.Sum[:], e.Kind, e.Actor, e.Bytes(), e.Blinding[:])
	id := tlog.StoredHashCount(e.Index)
	for _, h := range front.Add(audit.LeafHash(e)) {
		exec(`insert into node (id, hash) values (?, ?)`, id, h[:])
		id++
	}
	signed, err := audit.Head{Origin: key.Origin(), Size: front.Size, Root: front.Root()}.Sign(key.Signer())
	Must(t, err)
	exec(`update tree_head set size = ?, note = ?`, front.Size, signed)
	Must(t, more(tx))
	Must(t, tx.Commit())
	return e
}

// follow places an entry behind the newest of its stream.
func follow(tx *sql.Tx, e *audit.Entry) error {
	last := audit.Entry{Stream: e.Stream}
	var prev, sum []byte
	err := tx.QueryRow(`select idx, generation, day, number, prev, sum from entry where stream = ? order by number desc limit 1`, e.Stream). //nolint:noctx // a test's own
																			Scan(&last.Index, &last.Generation, &last.Day, &last.Number, &prev, &sum)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	copy(last.Prev[:], prev)
	copy(last.Sum[:], sum)
	e.Number, e.Prev = last.Number+1, audit.LeafHash(last)
	return err
}

// Verify verifies.
func (w *World) Verify(o verify.Options) verify.Report {
	w.T.Helper()
	v, err := verify.Run(context.Background(), w.S, o)
	Must(w.T, err)
	return v
}

// Sound wants no damage.
func (w *World) Sound() verify.Report {
	w.T.Helper()
	v := w.Verify(verify.Options{Founders: &w.Founders})
	if d := v.First(); d != nil {
		w.T.Fatalf("damage where there is none: %v", v.Damages)
	}
	return v
}

// Damaged wants damage of this kind named first, and this row where one is given.
func (w *World) Damaged(table, row string) verify.Report {
	w.T.Helper()
	v := w.Verify(verify.Options{Founders: &w.Founders})
	d := v.First()
	if d == nil {
		w.T.Fatal("not found")
	}
	if d.Table != table || row != "" && d.Row != row || d.Row == "" || d.Why == "" {
		w.T.Errorf("named %v, want %s %s first", v.Damages, table, row)
	}
	return v
}

// Names wants damage of this kind, and of this row where one is given, among what is
// named, explained in these words.
func (w *World) Names(table, row, why string) verify.Report {
	w.T.Helper()
	v := w.Verify(verify.Options{Founders: &w.Founders})
	for _, d := range v.Damages {
		if d.Table == table && (row == "" || d.Row == row) && strings.Contains(d.Why, why) {
			return v
		}
	}
	w.T.Errorf("named %v, want %s %s: %s", v.Damages, table, row, why)
	return v
}
