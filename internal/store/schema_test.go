package store_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"svilpe/internal/audit"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
	"svilpe/internal/verify"
)

// TestSchemaMustBeFresh: whatever a database consists of beyond what this program
// makes, or otherwise than it does, decides what is read and written. It is not
// opened, and named where it is only looked at.
func TestSchemaMustBeFresh(t *testing.T) {
	from, _ := populated(t)
	edit := func(change string) []string {
		return []string{`pragma writable_schema = on`, `update sqlite_master set ` + change}
	}
	for name, queries := range map[string][]string{
		"a trigger": {
			`create trigger x after insert on envelope begin delete from envelope where id = new.id; end`,
		},
		"a view":      {`create view v as select * from cases`},
		"a temporary": {`create table x (y)`},
		"an index":    {`create index x on cases (track)`},
		"a partial one": {
			`drop index case_grant_member`,
			`create index case_grant_member on case_grant (member_id, case_id) where member_id <> 'berta'`,
		},
		"one that sorts": {`drop index cases_state`, `create index cases_state on cases (state collate nocase)`},
		"an index gone":  {`drop index entry_stream`},
		"a table gone":   {`drop table tmp_verify`},
		"a column":       {`alter table cases add column more text`},
		"a name":         {`alter table lesson rename column title to name`},
		"no check":       edit(`sql = replace(sql, ' check (reporter in (0, 1))', '') where name = 'envelope'`),
		"not unique":     edit(`sql = replace(sql, 'UNIQUE INDEX', 'INDEX') where name = 'entry_stream'`),
		"one blank more": edit(`sql = replace(sql, 'CREATE TABLE', 'CREATE  TABLE') where name = 'entry'`),
	} {
		t.Run(name, func(t *testing.T) {
			w := from.Stopped(t)
			db := w.Raw()
			db.SetMaxOpenConns(1)
			before := w.Text(`select group_concat(name || coalesce(sql, '')) from sqlite_master`)
			for _, q := range append(queries,
				fmt.Sprintf(`pragma schema_version = %d`, w.Count(`pragma schema_version`)+10)) {
				if _, err := db.Exec(q); err != nil {
					t.Fatalf("%s: %v", q, err)
				}
			}
			must(t, db.Close())
			if w.Text(`select group_concat(name || coalesce(sql, '')) from sqlite_master`) == before {
				t.Fatal("the schema is as it was: the test shows nothing")
			}
			_, err := store.Open(context.Background(), w.Dir, &w.Log, w.Log.Verifier())
			if !errors.Is(err, store.ErrSchema) || !errors.Is(err, audit.ErrTampered) {
				t.Errorf("opened: %v", err)
			}
			s, err := store.Inspect(context.Background(), w.Dir, w.Log.Verifier())
			must(t, err)
			defer func() { must(t, s.Close()) }()
			v, err := verify.Run(context.Background(), s, verify.Options{Founders: &w.Founders})
			if d := v.First(); d == nil && err == nil || d != nil && d.Table != "schema" {
				t.Errorf("looked at: %v %v", v.Damages, err)
			}
		})
	}
}

// TestSchemaChangedBesideUs: the same under a running program is named by the next
// verification, of this program and of each beside it.
func TestSchemaChangedBesideUs(t *testing.T) {
	w := founded(t)
	w.Sound()
	programs := []*store.Store{w.S, w.Another(), w.Another()}
	w.Define(`create trigger x after insert on envelope begin delete from envelope where id = new.id; end`)
	for _, w.S = range programs {
		w.Damaged("schema", "1")
	}
	w.Define(`drop trigger x`)
	for _, w.S = range programs {
		w.Sound()
	}
}

// earlier is how a database of the version before streams began.
const earlier = `create table installation (id integer primary key check (id = 1), uuid text not null,
	salt blob not null, system_verifier blob not null, log_verifier text not null, demo integer not null,
	institution text not null) strict;
create table entry (idx integer primary key, id text not null unique, day text not null,
	kind text not null, actor text not null, case_id text not null, details blob not null,
	blinding blob not null) strict;
create index entry_case on entry (case_id, idx);
create table node (id integer primary key, hash blob not null) strict;`

// TestAnEarlierFormatIsRefused, in words that say what to do.
func TestAnEarlierFormatIsRefused(t *testing.T) {
	dir := t.TempDir()
	must(t, store.Create(context.Background(), dir))
	db, err := store.OpenDB("file:" + url.PathEscape(filepath.Join(dir, store.File)))
	must(t, err)
	_, err = db.Exec(earlier)
	must(t, err)
	must(t, db.Close())
	key := storetest.NewLogKey(t)
	_, err = store.Open(context.Background(), dir, &key, key.Verifier())
	if !errors.Is(err, store.ErrSchema) || errors.Is(err, audit.ErrTampered) ||
		!strings.Contains(err.Error(),
			"made by an earlier version; there is no way to bring it up: make practice data anew") {
		t.Errorf("opened: %v", err)
	}
}

// TestNothingOfTheFileIsBelieved: the pragmas that keep a schema from calling
// functions and cells from being read unchecked hold on every connection.
func TestNothingOfTheFileIsBelieved(t *testing.T) {
	w := founded(t)
	for range 8 {
		w.Read(func(tx *store.ReadTx) error {
			var trusted, checked int
			err := errors.Join(tx.One(`pragma trusted_schema`, nil, &trusted),
				tx.One(`pragma cell_size_check`, nil, &checked))
			if trusted != 0 || checked != 1 {
				t.Errorf("trusted_schema %d, cell_size_check %d", trusted, checked)
			}
			return err
		})
	}
}
