package storetest

import (
	"database/sql"
	"errors"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
)

// nodes reads the tree of a database that a test has open.
type nodes struct{ tx *sql.Tx }

// ReadHashes implements tlog.HashReader.
func (r nodes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, id := range indexes {
		var b []byte
		if err := r.tx.QueryRowContext(background, `select hash from node where id = ?`, id).Scan(&b); err != nil {
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
	return appended(t, dir, key, stream, b, asItIs, nothing)
}

// AppendFrame is Append with a frame that the test makes wrong.
func (w *World) AppendFrame(stream string, b audit.Body, wrong func(*audit.Entry)) audit.Entry {
	w.T.Helper()
	return appended(w.T, w.Dir, w.Log, stream, b, wrong, nothing)
}

func asItIs(*audit.Entry) {}

func nothing(*sql.Tx) error { return nil }

// Append is Append in this world.
func (w *World) Append(stream string, b audit.Body) audit.Entry {
	w.T.Helper()
	return Append(w.T, w.Dir, w.Log, stream, b)
}

// Insert stores a row with an entry that adds it, as the operator can.
func Insert[R any](t testing.TB, dir string, key audit.LogKey, k *record.Kind[R], r *R) audit.Entry {
	t.Helper()
	return InsertOn(t, dir, key, "", k, r)
}

// InsertOn is Insert with an entry of a day of the operator's choice.
func InsertOn[R any](t testing.TB, dir string, key audit.LogKey, day ethics.Day, k *record.Kind[R], r *R) audit.Entry {
	t.Helper()
	stroke := Adds(k, r)
	b := audit.Body{Kind: "noted", Actor: ethics.ActorReporter, Changes: []audit.Change{stroke.Change}}
	on := func(e *audit.Entry) {
		if day != "" {
			e.Day = day
		}
	}
	return appended(t, dir, key, k.Stream(r), b, on, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(background, stroke.query, stroke.args...)
		return err
	})
}

func appended(t testing.TB, dir string, key audit.LogKey, stream string, b audit.Body, frame func(*audit.Entry),
	more func(*sql.Tx) error) audit.Entry {
	t.Helper()
	db := Raw(t, dir)
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(background, nil)
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
	Must(t, tx.QueryRowContext(background, `select size from tree_head`).Scan(&e.Index))
	var day sql.NullString
	Must(t, tx.QueryRowContext(background, `select max(day) from entry`).Scan(&day))
	e.Day = max(e.Day, day.String)
	Must(t, follow(tx, &e))
	frame(&e)
	front, err := audit.ReadFrontier(e.Index, nodes{tx})
	Must(t, err)
	exec := func(query string, args ...any) {
		t.Helper()
		_, err := tx.ExecContext(background, query, args...)
		Must(t, err)
	}
	exec(
		`insert into entry (idx, generation, day, stream, number, prev, sum, kind, actor, body, blinding) values
			(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Index, e.Generation, e.Day, e.Stream, e.Number, e.Prev[:], e.Sum[:], e.Kind, e.Actor,
		e.Bytes(), e.Blinding[:])
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
	err := tx.QueryRowContext(background,
		`select idx, generation, day, number, prev, sum from entry where stream = ? order by number desc limit 1`,
		e.Stream).
		Scan(&last.Index, &last.Generation, &last.Day, &last.Number, &prev, &sum)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	copy(last.Prev[:], prev)
	copy(last.Sum[:], sum)
	e.Number, e.Prev = last.Number+1, audit.LeafHash(last)
	return err
}

// Frame is the frame of an entry as it stands there.
func Frame(t testing.TB, dir string, index int64) (e audit.Entry) {
	t.Helper()
	db := Raw(t, dir)
	defer func() { _ = db.Close() }()
	var prev, sum []byte
	Must(t, db.QueryRowContext(background,
		`select idx, generation, day, stream, number, prev, sum from entry where idx = ?`, index).
		Scan(&e.Index, &e.Generation, &e.Day, &e.Stream, &e.Number, &prev, &sum))
	copy(e.Prev[:], prev)
	copy(e.Sum[:], sum)
	return e
}

// Forge changes the body of an entry, with the digest of it in the frame.
func (w *World) Forge(index int64, change func(*audit.Body)) {
	w.T.Helper()
	db := w.Raw()
	defer func() { _ = db.Close() }()
	var body, blinding []byte
	Must(w.T, db.QueryRowContext(background, `select body, blinding from entry where idx = ?`, index).
		Scan(&body, &blinding))
	b, err := audit.ParseBody(body, blinding)
	Must(w.T, err)
	change(&b)
	sum := b.Digest()
	w.Exec(`update entry set kind = ?, actor = ?, body = ?, sum = ? where idx = ?`, b.Kind, b.Actor,
		b.Bytes(), sum[:], index)
}

// Rebuild computes every node anew from the entries, as somebody does who changed
// one, and gives the head that would have to be signed.
func (w *World) Rebuild() audit.Head {
	w.T.Helper()
	db := w.Raw()
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(background, nil)
	Must(w.T, err)
	defer func() { _ = tx.Rollback() }()
	rows, err := tx.QueryContext(background,
		`select idx, generation, day, stream, number, prev, sum from entry order by idx`)
	Must(w.T, err)
	var leaves []tlog.Hash
	for rows.Next() {
		var e audit.Entry
		var prev, sum []byte
		Must(w.T, rows.Scan(&e.Index, &e.Generation, &e.Day, &e.Stream, &e.Number, &prev, &sum))
		copy(e.Prev[:], prev)
		copy(e.Sum[:], sum)
		leaves = append(leaves, audit.LeafHash(e))
	}
	Must(w.T, rows.Err())
	Must(w.T, rows.Close())
	var front audit.Frontier
	id := 0
	for _, leaf := range leaves {
		for _, h := range front.Add(leaf) {
			_, err := tx.ExecContext(background,
				`insert into node (id, hash) values (?, ?) on conflict (id) do update set hash = excluded.hash`,
				id, h[:])
			Must(w.T, err)
			id++
		}
	}
	Must(w.T, tx.Commit())
	return audit.Head{Origin: w.Log.Origin(), Size: front.Size, Root: front.Root()}
}

// SignHead puts a head in place of the signed one, as the operator can.
func (w *World) SignHead(h audit.Head) {
	w.T.Helper()
	signed, err := h.Sign(w.Log.Signer())
	Must(w.T, err)
	w.Exec(`update tree_head set size = ?, note = ?`, h.Size, signed)
}
