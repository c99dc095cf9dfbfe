// Package store is everything in SQL: one text of queries for SQLite and, later,
// PostgreSQL. It holds rows, it opens nothing: what is sealed stays sealed here.
//
// There are three calls. Write changes the record together with its entry in
// the log, so that forgetting the entry does not compile. Scratch changes what
// is no record: tables named tmp_* and files not yet filed. Read sees one
// consistent state. The transaction types have named methods, never a raw query.
//
// One goroutine with one connection writes. Up to 64 waiting calls share one
// transaction (group commit), a savepoint each; all are answered after the
// commit, which is on the disk by then (synchronous=FULL).
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"golang.org/x/mod/sumdb/note"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// File is the database's name in the data folder.
const File = "svilpe.db"

// readers is how many connections read at once. Each caches up to 1 MiB.
const readers = 4

// Store is an open database. Its methods are safe for many goroutines.
type Store struct {
	path   string
	db     *sql.DB // readers and checkpoints
	write  *sql.DB // the writer's one connection
	pool   chan *conn
	conns  []*conn // all that are open
	queue  chan *call
	closed chan struct{}
	stop   sync.Once
	done   sync.WaitGroup

	signer    note.Signer
	verifier  note.Verifier
	leaving   atomic.Bool // sessions were dropped: their rows must leave the disk too
	pace      pace
	opened    atomic.Pointer[openedHead] // the newest head whose signature was checked
	following sync.Mutex                 // one at a time follows what others wrote
	memory    memory
}

// Create makes the database file with its tables; ErrExists when there is one.
func Create(ctx context.Context, dir string) error {
	path := filepath.Join(dir, File)
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s: %w", path, ethics.ErrExists)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	// page_size is silently ignored once the file is in WAL mode, so the first
	// connection sets it before anything else.
	db, err := openDB("file:" + url.PathEscape(path) + "?_journal_mode=DELETE&_auto_vacuum=none")
	if err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	defer func() { _ = db.Close() }()
	for _, q := range []string{"pragma page_size=16384", "vacuum"} {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("create database: %w", err)
		}
	}
	return os.Chmod(path, 0o600)
}

// Open opens an existing database and starts the writer. The schema must be a
// fresh one's: ErrSchema otherwise. The log key may be nil: then the log is read
// and checked, and Write refuses. What the log says is proven from the newest closed
// day on; where anything differs, nothing is opened.
func Open(ctx context.Context, dir string, key *audit.LogKey, verifier note.Verifier) (*Store, error) {
	return open(ctx, dir, key, verifier, usualPace)
}

func open(ctx context.Context, dir string, key *audit.LogKey, verifier note.Verifier, p pace) (*Store, error) {
	s, err := newStore(dir, verifier)
	if err != nil {
		return nil, err
	}
	s.pace = p
	if key != nil {
		s.signer = key.Signer()
	}
	if err = s.connect(ctx, prepare); err == nil {
		err = s.begin()
	}
	if err != nil {
		return nil, errors.Join(err, s.closeAll())
	}
	s.done.Add(2)
	go s.writer(s.conns[0])
	go s.checkpoints()
	return s, nil
}

// Inspect opens a database as it is, for a verification: whatever is wrong with it,
// nothing is refused, and nothing can be written.
func Inspect(ctx context.Context, dir string, verifier note.Verifier) (*Store, error) {
	s, err := newStore(dir, verifier)
	if err != nil {
		return nil, err
	}
	s.memory.beginEra(0, audit.Frontier{}, audit.Map{}, record.Counters{})
	err = s.connect(ctx, func(context.Context, *sql.DB) error { return nil })
	if err != nil {
		return nil, errors.Join(err, s.closeAll())
	}
	return s, nil
}

func newStore(dir string, verifier note.Verifier) (*Store, error) {
	path := filepath.Join(dir, File)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	return &Store{
		path: path, pool: make(chan *conn, readers), queue: make(chan *call, 4*groupSize),
		closed: make(chan struct{}), verifier: verifier,
	}, nil
}

func dsn(path, extra string) string {
	return "file:" + url.PathEscape(path) +
		"?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=10000&_foreign_keys=on&_secure_delete=on" +
		"&_cache_size=-1000" + extra
}

func (s *Store) connect(ctx context.Context, prepare func(context.Context, *sql.DB) error) error {
	var err error
	if s.write, err = openDB(dsn(s.path, "")); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	s.write.SetMaxOpenConns(1)
	if err := prepare(ctx, s.write); err != nil {
		return err
	}
	w, err := newConn(ctx, s.write)
	if err != nil {
		return err
	}
	s.conns = append(s.conns, w)
	// The writer never stops for a checkpoint of the write-ahead log; another
	// connection makes it.
	if _, err := w.c.ExecContext(ctx, "pragma wal_autocheckpoint=0"); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	if err := checkPragmas(ctx, w.c); err != nil {
		return err
	}
	if s.db, err = openDB(dsn(s.path, "&_query_only=1")); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	s.db.SetMaxOpenConns(readers + 1)
	for range readers {
		r, err := newConn(ctx, s.db)
		if err != nil {
			return err
		}
		s.conns = append(s.conns, r)
		s.pool <- r
	}
	return nil
}

// checkPragmas refuses a connection that would lose commits: the driver's own
// default for a WAL database is synchronous=NORMAL.
func checkPragmas(ctx context.Context, c *sql.Conn) error {
	for name, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "page_size": "16384",
		"trusted_schema": "0", "cell_size_check": "1",
	} {
		var got string
		if err := c.QueryRowContext(ctx, "pragma "+name).Scan(&got); err != nil {
			return fmt.Errorf("pragma %s: %w", name, err)
		}
		if got != want {
			return fmt.Errorf("pragma %s is %s, must be %s", name, got, want)
		}
	}
	return nil
}

// Checkpointed runs one checkpoint of the write-ahead log in the given mode,
// "passive" or "truncate", and tells whether it was complete. A failure is not an
// error: the next one copies more. Writers wait for a truncating one, so it gives
// up soon where somebody reads.
func (s *Store) Checkpointed(ctx context.Context, mode string) bool {
	db, err := openDB(dsn(s.path, ""))
	if err != nil {
		return false
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, "pragma busy_timeout=20"); err != nil {
		return false
	}
	var busy, frames, copied int
	err = db.QueryRowContext(ctx, "pragma wal_checkpoint("+mode+")").Scan(&busy, &frames, &copied)
	return err == nil && busy == 0
}

// Close waits for the calls and reads in hand, then closes every connection and
// leaves one file: the write-ahead log is copied into it.
func (s *Store) Close() error {
	var err error
	s.stop.Do(func() {
		close(s.closed)
		s.done.Wait()
		for range readers {
			<-s.pool // and nobody puts one back
		}
		err = s.closeAll()
		s.Checkpointed(context.Background(), "truncate")
	})
	return err
}

// closeAll closes connections too: closing a pool of the driver's leaves those
// that are held open, with their locks.
func (s *Store) closeAll() error {
	var errs []error
	for _, c := range s.conns {
		c.close()
	}
	for _, db := range []*sql.DB{s.db, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// Read calls fn with one consistent state of the database, under a head that this
// process has followed. It never waits for the writer. fn must not keep the
// transaction.
func (s *Store) Read(ctx context.Context, fn func(*ReadTx) error) error {
	select {
	case c := <-s.pool:
		defer func() { s.pool <- c }()
		// Reads are short, so a cancelled request lets its read end: interrupting
		// costs a goroutine a query and frees nothing sooner.
		tx, err := s.snapshot(c)
		if err != nil {
			return err
		}
		defer func() { _ = c.run("rollback") }()
		return fn(tx)
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closed:
		return ethics.ErrUnavailable
	}
}

// snapshot begins a read. One that is older than the day which another reader saw
// closed meanwhile is begun again. Before the setup there is no head.
func (s *Store) snapshot(c *conn) (*ReadTx, error) {
	for range 10 {
		tx := &ReadTx{c: c, s: s, known: s.memory.size()}
		if err := c.run("begin"); err != nil {
			return nil, err
		}
		_, _, err := tx.Head()
		if err == nil || errors.Is(err, ethics.ErrNotFound) {
			return tx, nil
		}
		_ = c.run("rollback")
		if !errors.Is(err, errSnapshot) {
			return nil, err
		}
	}
	return nil, ethics.ErrBusy
}
