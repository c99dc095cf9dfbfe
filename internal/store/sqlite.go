package store

import (
	"database/sql"
	"errors"
	"fmt"
	"sync"

	sqlite3 "github.com/mattn/go-sqlite3"

	"svilpe/internal/ethics"
)

// What truly differs between the engines stands in this file.

// types fills the type names of the migrations.
var types = map[string]string{"{{int}}": "integer", "{{blob}}": "blob", "{{strict}}": "strict", "{{c}}": ""}

// driver is SQLite with nothing believed of the file that it opens: functions that
// a schema names are not called, and cells are checked as they are read.
const driver = "svilpe-sqlite"

var register = sync.OnceFunc(func() {
	sql.Register(driver, &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		_, err := c.Exec("pragma trusted_schema=off; pragma cell_size_check=on", nil)
		return err
	}})
})

func openDB(dsn string) (*sql.DB, error) {
	register()
	return sql.Open(driver, dsn)
}

// schemaRows are all that the database says it consists of.
const schemaRows = `select type, name, tbl_name, coalesce(sql, '') from sqlite_master order by type, name`

// translate gives the driver's errors our kinds.
func translate(err error) error {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case e.ExtendedCode == sqlite3.ErrConstraintUnique, e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey:
		return fmt.Errorf("%w: %w", ethics.ErrExists, err)
	case e.Code == sqlite3.ErrFull:
		return fmt.Errorf("%w: %w", ethics.ErrUnavailable, err)
	}
	return err
}
