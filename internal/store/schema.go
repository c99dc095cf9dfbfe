package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"

	"svilpe/internal/audit"
)

// ErrSchema says that the database was not made by this version of the program, or
// that somebody changed what it consists of.
var ErrSchema = errors.New("store: the database's schema is not this program's")

// prepare makes the tables of an empty database. Any other must consist of exactly
// what a fresh one does: an index that leaves rows out, a trigger or a view would
// let somebody who can write the file decide what is read and written.
func prepare(ctx context.Context, db *sql.DB) error {
	have, err := schemaOf(ctx, db)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	if len(have) == 0 {
		return migrate(ctx, db)
	}
	why, err := schemaDiffers(have)
	if err != nil || why == "" {
		return err
	}
	if !slices.ContainsFunc(have, func(o object) bool { return o.name == "bucket" }) {
		return fmt.Errorf("%w: it was made by an earlier version; there is no way to bring it up: "+
			"make practice data anew", ErrSchema)
	}
	return fmt.Errorf("%w: %w: %s", ErrSchema, audit.ErrTampered, why)
}

// object is a table or an index as the database describes it.
type object struct{ kind, name, table, sql string }

type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}

func schemaOf(ctx context.Context, db querier) ([]object, error) {
	rows, err := db.QueryContext(ctx, schemaRows)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []object
	for rows.Next() {
		var o object
		if err := rows.Scan(&o.kind, &o.name, &o.table, &o.sql); err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, rows.Err()
}

// schemaDiffers names what is not as in a fresh database, "" when nothing is.
func schemaDiffers(have []object) (string, error) {
	want, err := fresh()
	if err != nil {
		return "", err
	}
	for _, o := range want {
		if !slices.Contains(have, o) {
			return o.kind + " " + o.name + " is missing, or another", nil
		}
	}
	for _, o := range have {
		if !slices.Contains(want, o) {
			return o.kind + " " + o.name + " does not belong to the program", nil
		}
	}
	return "", nil
}

// fresh is the schema that this program's migrations make.
var fresh = sync.OnceValues(func() ([]object, error) {
	db, err := openDB(":memory:")
	if err != nil {
		return nil, fmt.Errorf("fresh schema: %w", err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	ctx := context.Background()
	if err := migrate(ctx, db); err != nil {
		return nil, err
	}
	return schemaOf(ctx, db)
})
