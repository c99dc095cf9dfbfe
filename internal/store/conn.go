package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"svilpe/internal/ethics"
)

// conn is one connection with its prepared statements. One goroutine uses it at
// a time.
type conn struct {
	c     *sql.Conn
	stmts map[string]*sql.Stmt
}

func newConn(ctx context.Context, db *sql.DB) (*conn, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return &conn{c: c, stmts: map[string]*sql.Stmt{}}, nil
}

// close gives the connection back, without what was prepared on it.
func (c *conn) close() {
	for _, s := range c.stmts {
		_ = s.Close()
	}
	_ = c.c.Close()
}

func (c *conn) stmt(query string) (*sql.Stmt, error) {
	if s := c.stmts[query]; s != nil {
		return s, nil
	}
	s, err := c.c.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	c.stmts[query] = s
	return s, nil
}

// run executes a query. A broken unique key is ErrExists.
func (c *conn) run(query string, args ...any) error {
	_, err := c.count(query, args...)
	return err
}

// count is run, and tells how many rows changed.
func (c *conn) count(query string, args ...any) (int64, error) {
	s, err := c.stmt(query) //nolint:sqlclosecheck // kept for the connection's life
	if err != nil {
		return 0, err
	}
	for i, a := range args {
		if b, ok := a.([]byte); ok && b == nil {
			args[i] = []byte{} // nil would be NULL, which no column takes; digests hold the two alike
		}
	}
	r, err := s.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, translate(err)
	}
	return r.RowsAffected()
}

// one scans one row; ErrNotFound when there is none.
func (c *conn) one(query string, args []any, into ...any) error {
	s, err := c.stmt(query) //nolint:sqlclosecheck // kept for the connection's life
	if err != nil {
		return err
	}
	err = s.QueryRowContext(context.Background(), args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return ethics.ErrNotFound
	}
	return err
}

// each calls fn for every row, which scans it.
func (c *conn) each(query string, args []any, fn func(scan func(...any) error) error) error {
	s, err := c.stmt(query) //nolint:sqlclosecheck // kept for the connection's life
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(context.Background(), args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
