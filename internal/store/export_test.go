package store

import (
	"context"
	"database/sql"
	"time"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// What tests outside of this package need of its inside.

// Waiting is how many calls wait for the writer.
func (s *Store) Waiting() int { return len(s.queue) }

// Run executes a query on the transaction's own connection.
func (tx *ReadTx) Run(query string, args ...any) error { return tx.c.run(query, args...) }

// One reads one row there.
func (tx *ReadTx) One(query string, args []any, into ...any) error {
	return tx.c.one(query, args, into...)
}

// Run executes a query on the writer's connection.
func (tx *ScratchTx) Run(query string, args ...any) error { return tx.c.run(query, args...) }

// One reads one row there.
func (tx *ScratchTx) One(query string, args []any, into ...any) error {
	return tx.c.one(query, args, into...)
}

// Conn is the transaction's connection.
func (tx *ReadTx) Conn() *sql.Conn { return tx.c.c }

// DSN is how the program opens a database file.
func DSN(path string) string { return dsn(path, "") }

// CheckPragmas refuses a connection that would lose commits.
func CheckPragmas(ctx context.Context, c *sql.Conn) error { return checkPragmas(ctx, c) }

// OpenDB opens a database with the program's driver.
func OpenDB(dsn string) (*sql.DB, error) { return openDB(dsn) }

// Followed is how many entries this process keeps since the newest closed day.
func (s *Store) Followed() int {
	m := &s.memory
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.leaves)
}

// Pace is how often the write-ahead log is looked at, and when it is cut.
type Pace = pace

// PaceOf makes one.
func PaceOf(look, quiet, longest time.Duration) Pace { return pace{look, quiet, longest} }

// OpenAt opens a store whose write-ahead log is cut at a pace of its own.
func OpenAt(ctx context.Context, dir string, key *audit.LogKey, p Pace) (*Store, error) {
	return open(ctx, dir, key, key.Verifier(), p)
}

// Grid is how fine a stored time is.
const Grid = grid

// Minute is how fine the end of a delay is.
const Minute = minute

// OnMinute is where a delay ends.
func OnMinute(end, now int64) int64 { return onMinute(end, now) }

// Added notes a row that is not stored.
func (tx *Tx) Added(stream string, r record.Row) error { return tx.noteAdded(stream, r) }

// GiftQueries are how a page of a gift register is found.
func GiftQueries() []string { return []string{giftsBehind, giftsAhead} }

// CompareGifts is the register's order.
func CompareGifts(a, b Gift) int { return compareGifts(a, b) }

// Pretend gives a transaction's rows another day than its entry will have.
func (tx *Tx) Pretend(day ethics.Day) { tx.day = day }
