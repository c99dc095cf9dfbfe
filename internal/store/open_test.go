package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"svilpe/internal/ethics"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// TestPragmas: a connection that would lose commits is refused. The driver's
// own default for a WAL database is synchronous=NORMAL.
func TestPragmas(t *testing.T) {
	w := founded(t)
	must(t, w.S.Close())
	path := filepath.Join(w.Dir, store.File)
	for name, spoil := range map[string]func(string) string{
		"": func(s string) string { return s },
		"synchronous": func(s string) string {
			return strings.Replace(s, "_synchronous=FULL", "_synchronous=NORMAL", 1)
		},
		"foreign_keys": func(s string) string { return strings.Replace(s, "_foreign_keys=on", "_foreign_keys=off", 1) },
		"journal_mode": func(s string) string {
			return strings.Replace(s, "_journal_mode=WAL", "_journal_mode=DELETE", 1)
		},
	} {
		db, err := store.OpenDB(spoil(store.DSN(path)))
		must(t, err)
		c, err := db.Conn(context.Background())
		must(t, err)
		err = store.CheckPragmas(context.Background(), c)
		if name == "" && err != nil || name != "" && (err == nil || !strings.Contains(err.Error(), name)) {
			t.Errorf("%q: %v", name, err)
		}
		_ = c.Close()
		_ = db.Close()
	}
}

// TestOpenRefusesSmallPages: a file that was not made by Create.
func TestOpenRefusesSmallPages(t *testing.T) {
	w := founded(t)
	w.Stop()
	for _, q := range []string{`pragma journal_mode = delete`, `pragma page_size = 4096; vacuum`} {
		w.Define(q)
	}
	if _, err := store.Open(context.Background(), w.Dir, &w.Log, w.Log.Verifier()); err == nil ||
		!strings.Contains(err.Error(), "page_size") {
		t.Errorf("got %v", err)
	}
}

func TestCreateNeverOverwrites(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data # ? ü")
	must(t, store.Create(context.Background(), dir))
	info, err := os.Stat(filepath.Join(dir, store.File))
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if err := store.Create(context.Background(), dir); !errors.Is(err, ethics.ErrExists) {
		t.Errorf("twice: %v", err)
	}
	if _, err := store.Open(context.Background(), t.TempDir(), nil, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an empty folder: %v", err)
	}
}

// TestMigrations: a fresh file gets every table, strict; opened again nothing
// changes and the data is there.
func TestMigrations(t *testing.T) {
	w := founded(t)
	id := w.File().ID
	schema := `select group_concat(sql, ';') from (select sql from sqlite_master order by name)`
	before := w.Text(schema)
	for _, table := range storetest.RecordTables() {
		if w.Text(`select "strict" from pragma_table_list where name = ?`, table) != "1" {
			t.Errorf("%s is not strict", table)
		}
	}
	if strings.Contains(before, "{{") {
		t.Error("a type mark is left in the schema")
	}
	must(t, w.S.Close())
	w.Open()
	if w.Text(schema) != before {
		t.Error("opening again changed the schema")
	}
	must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) error {
		_, err := tx.Case(id)
		return err
	}))
	w.Sound()
}

// TestReadersCannotWrite, whatever query they were given.
func TestReadersCannotWrite(t *testing.T) {
	w := founded(t)
	err := w.S.Read(context.Background(), func(tx *store.ReadTx) error { return tx.Run(`delete from tmp_security`) })
	if err == nil || !strings.Contains(err.Error(), "readonly") {
		t.Errorf("got %v", err)
	}
}

// TestReadSeesOneState while the writer goes on.
func TestReadSeesOneState(t *testing.T) {
	w := founded(t)
	must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) error {
		before, _, err := tx.Head()
		must(t, err)
		w.Write("noted", ethics.StreamProgram, func(tx *store.Tx) error { return tx.PutMember(testMember("new")) })
		after, _, err := tx.Head()
		if err != nil || before != after {
			t.Errorf("head moved inside a read: %v %v %v", before, after, err)
		}
		if _, err := tx.Member("new"); !errors.Is(err, ethics.ErrNotFound) {
			t.Errorf("a later write is seen: %v", err)
		}
		return nil
	}))
}

// TestCloseLeavesOneFile: no connection of ours keeps the database open.
func TestCloseLeavesOneFile(t *testing.T) {
	w := founded(t)
	must(t, w.S.Close())
	must(t, w.S.Close()) // twice does nothing
	for _, suffix := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(filepath.Join(w.Dir, store.File) + suffix); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is left: %v", suffix, err)
		}
	}
	err := w.S.Read(context.Background(), func(*store.ReadTx) error { return nil })
	if !errors.Is(err, ethics.ErrUnavailable) {
		t.Errorf("Read of a closed store: %v", err)
	}
}
