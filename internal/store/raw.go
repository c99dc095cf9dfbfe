package store

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
	"svilpe/internal/record"
)

// Raw reads what stands in the database, held against nothing. Package verify
// alone may name it: everybody else reads through ReadTx.
type Raw struct {
	c *conn
	s *Store
}

// Raw calls fn with one consistent state, on a connection of its own: nobody waits
// for it.
func (s *Store) Raw(ctx context.Context, fn func(*Raw) error) error {
	c, err := newConn(ctx, s.db)
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.run("begin"); err != nil {
		return err
	}
	defer func() { _ = c.run("rollback") }()
	return fn(&Raw{c: c, s: s})
}

// Known is the head that this process has followed, with its size.
func (s *Store) Known() (int64, tlog.Hash) {
	m := &s.memory
	m.mu.RLock()
	defer m.mu.RUnlock()
	front := m.front.Clone()
	return front.Size, front.Root()
}

// Verifier checks the log key's signatures, nil where none was given.
func (s *Store) Verifier() note.Verifier { return s.verifier }

// Schema names what of the schema is not as in a fresh database, "" when nothing is.
func (r *Raw) Schema(ctx context.Context) (string, error) {
	have, err := schemaOf(ctx, r.c.c)
	if err != nil {
		return "", err
	}
	return schemaDiffers(have)
}

// Integrity is what SQLite finds wrong with its own structure, indexes included.
func (r *Raw) Integrity() (out []string, err error) {
	err = r.c.each(`pragma integrity_check`, nil, func(scan func(...any) error) error {
		var line string
		err := scan(&line)
		if line != "ok" {
			out = append(out, line)
		}
		return err
	})
	return out, err
}

// Tables are the names of all tables.
func (r *Raw) Tables() ([]string, error) {
	return (&ReadTx{c: r.c}).ids(`select name from sqlite_master where type = 'table' order by name`)
}

// Head is the stored head, its signature checked.
func (r *Raw) Head() (audit.Head, error) {
	head, _, err := r.s.signedHead(r.c)
	return head, err
}

// Entries reads entries by their place, from an index on, at most so many. An entry
// that cannot be read has an error beside it.
func (r *Raw) Entries(from int64, limit int) (out []audit.Entry, bad map[int64]error, err error) {
	bad = map[int64]error{}
	err = r.c.each(entryColumns+`where idx >= $1 order by idx limit $2`, []any{from, limit},
		func(scan func(...any) error) error {
			e, err := scanEntry(scan)
			if err != nil {
				bad[e.Index] = err
			}
			out = append(out, e)
			return nil
		})
	return out, bad, err
}

// Stream reads the entries of a stream. Who knows the stream's state knows whether
// these are all.
func (r *Raw) Stream(stream string) (out []audit.Entry, err error) {
	err = r.c.each(entryColumns+
		`where stream = $1 order by number`, []any{stream}, func(scan func(...any) error) error {
		e, err := scanEntry(scan)
		out = append(out, e)
		return err
	})
	return out, err
}

// Nodes calls fn with the stored nodes from an id up to another.
func (r *Raw) Nodes(from, to int64, fn func(id int64, hash []byte)) error {
	return r.c.each(`select id, hash from node where id >= $1 and id < $2 order by id`, []any{from, to},
		func(scan func(...any) error) error {
			var id int64
			var hash []byte
			if err := scan(&id, &hash); err != nil {
				return err
			}
			fn(id, hash)
			return nil
		})
}

// Outlying is a node's id outside of 0 to count, -1 where there is none.
func (r *Raw) Outlying(count int64) (int64, bool, error) {
	var n, id int64
	err := r.c.one(`select count(*), coalesce(min(id), 0) from node where id < 0 or id >= $1`, []any{count}, &n, &id)
	return id, n > 0, err
}

// Checkpoints are all, by day.
func (r *Raw) Checkpoints() (out []Checkpoint, err error) {
	err = r.c.each(`select day, size, note from checkpoint order by day`, nil, func(scan func(...any) error) error {
		var c Checkpoint
		err := scan(&c.Day, &c.Size, &c.Note)
		out = append(out, c)
		return err
	})
	return out, err
}

// States are the states of all streams as of the last closing.
func (r *Raw) States() (out []audit.StreamState, err error) {
	err = r.c.each(`select bucket, stream, count, last from stream not indexed`, nil,
		func(scan func(...any) error) error {
			var s audit.StreamState
			var bucket int
			var last []byte
			err := scan(&bucket, &s.Stream, &s.Count, &last)
			copy(s.Last[:], last)
			if len(last) != len(s.Last) || bucket != audit.Bucket(s.Stream) {
				s.Count = -1 // not a state that anything had
			}
			out = append(out, s)
			return err
		})
	return out, err
}

// Buckets are the stored bucket roots.
func (r *Raw) Buckets() (audit.Map, error) { return readBuckets(r.c) }

// Rows calls fn with each row of a kind that belongs to an object (a case, a
// consultation, a declaration), or with all rows when object is "". The row is one
// of the descriptor's New.
func (r *Raw) Rows(d record.Descriptor, object string, fn func(row any) error) error {
	i := d.About()
	var where []string
	var args []any
	if object != "" {
		where, args = append(where, i.Case+i.Object+` = $1`), append(args, object)
	}
	if i.Where != "" {
		where = append(where, i.Where)
	}
	query := selectRows(i)
	if object == "" {
		query += `not indexed `
	}
	if len(where) > 0 {
		query += `where ` + strings.Join(where, ` and `)
	}
	return r.c.each(query+` order by `+i.Order, args, func(scan func(...any) error) error {
		row := d.New()
		if err := scan(d.Scan(row)...); err != nil {
			return fmt.Errorf("%s: %w", i.Table, err)
		}
		return fn(row)
	})
}

// Count counts the rows of a kind without an index.
func (r *Raw) Count(d record.Descriptor) (n int64, err error) {
	i := d.About()
	query := `select count(*) from ` + i.Table + ` not indexed`
	if i.Where != "" {
		query += ` where ` + i.Where
	}
	err = r.c.one(query, nil, &n)
	return n, err
}

// Chunks calls fn with the chunks of a file.
func (r *Raw) Chunks(file string, fn func(n int, data []byte) error) error {
	return r.c.each(`select n, data from chunk where file_id = $1 order by n`, []any{file},
		func(scan func(...any) error) error {
			var n int
			var data []byte
			if err := scan(&n, &data); err != nil {
				return err
			}
			return fn(n, data)
		})
}

// Orphans are chunks of no file: neither record nor scratch.
func (r *Raw) Orphans() (out []string, err error) {
	return (&ReadTx{c: r.c}).ids(`select c.file_id || '/' || c.n from chunk c not indexed
		left join file f on f.id = c.file_id where f.id is null order by 1 limit 100`)
}

// Work is how much a verification reads: envelopes and chunks.
func (r *Raw) Work() (n int64, err error) {
	err = r.c.one(`select (select count(*) from envelope) +
		(select coalesce(sum(chunks), 0) from file where state = 'filed')`, nil, &n)
	return n, err
}

// CaseFile fills a case's file with its rows, held against nothing.
func (r *Raw) CaseFile(id string) (record.CaseFile, error) {
	var f record.CaseFile
	c, err := row(r.c, record.Cases, `where id = $1`, id)
	if err != nil {
		return f, err
	}
	f.Case, f.Locator = c.Case, c.Locator
	_, err = (&ReadTx{c: r.c, s: r.s}).fill(&f, false)
	return f, err
}

// StatedCopies are the ids of a case's grants whose column for lists says that their
// holder signed the no-conflict statement.
func (r *Raw) StatedCopies(id string) ([]string, error) {
	return (&ReadTx{c: r.c}).ids(`select id from case_grant where case_id = $1 and stated <> 0`, id)
}

// Installation is the row of the installation; ErrNotFound before init.
func (r *Raw) Installation() (Installation, error) {
	return row(r.c, record.Installations, `where id = 1`)
}
