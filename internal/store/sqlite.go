package store

import (
	"errors"
	"fmt"

	sqlite3 "github.com/mattn/go-sqlite3"

	"svilpe/internal/ethics"
)

// What truly differs between the engines stands in this file.

// types fills the type names of the migrations.
var types = map[string]string{"{{int}}": "integer", "{{blob}}": "blob", "{{strict}}": "strict", "{{c}}": ""}

// tableNames lists every table there is.
const tableNames = `select name from sqlite_master where type = 'table' order by name`

// foreignNames lists what the program's own migrations never make.
const foreignNames = `select name from sqlite_master where type in ('trigger', 'view') order by name`

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
