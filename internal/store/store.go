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
	"time"

	_ "github.com/mattn/go-sqlite3" // the embedded database
	"golang.org/x/mod/sumdb/note"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
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

	signer   note.Signer
	verifier note.Verifier
	head     atomic.Pointer[knownHead]
	leaving  atomic.Bool // sessions were dropped: their rows must leave the disk too
	known    audit.Known
	seen     seen
	days     days
	rosters  rosters
}

// knownHead is the last head this process saw committed, with its signed bytes.
type knownHead struct {
	head   audit.Head
	signed []byte
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
	db, err := sql.Open("sqlite3", "file:"+url.PathEscape(path)+"?_journal_mode=DELETE&_auto_vacuum=none")
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

// Open opens an existing database, brings its tables up to date and starts the
// writer. The log key may be nil: then the log is read and checked, and Write
// refuses.
func Open(ctx context.Context, dir string, key *audit.LogKey, verifier note.Verifier) (*Store, error) {
	path := filepath.Join(dir, File)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	s := &Store{
		path: path, pool: make(chan *conn, readers), queue: make(chan *call, 4*groupSize),
		closed: make(chan struct{}), verifier: verifier,
	}
	if key != nil {
		s.signer = key.Signer()
	}
	if err := s.connect(ctx); err != nil {
		return nil, errors.Join(err, s.closeAll())
	}
	return s, nil
}

func dsn(path, extra string) string {
	return "file:" + url.PathEscape(path) +
		"?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=10000&_foreign_keys=on&_secure_delete=on&_cache_size=-1000" + extra
}

func (s *Store) connect(ctx context.Context) error {
	var err error
	if s.write, err = sql.Open("sqlite3", dsn(s.path, "")); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	s.write.SetMaxOpenConns(1)
	name, err := foreign(ctx, s.write)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	if name != "" {
		return fmt.Errorf("the database has a trigger or view %q, the program makes none: %w", name, audit.ErrTampered)
	}
	if err := migrate(ctx, s.write); err != nil {
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
	if s.db, err = sql.Open("sqlite3", dsn(s.path, "&_query_only=1")); err != nil {
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
	if err := s.loadHead(ctx); err != nil {
		return err
	}
	s.done.Add(2)
	go s.writer(w)
	go s.checkpoints()
	return nil
}

// foreign names a trigger or view, "" when there is none. With one, somebody who
// can write the file makes the program write, and sign for, what it never meant.
func foreign(ctx context.Context, q interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) (string, error) {
	var name string
	err := q.QueryRowContext(ctx, foreignNames).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return name, err
}

// checkPragmas refuses a connection that would lose commits: the driver's own
// default for a WAL database is synchronous=NORMAL.
func checkPragmas(ctx context.Context, c *sql.Conn) error {
	for name, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "page_size": "16384"} {
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

// checkpoints copies the write-ahead log into the database, off the write path.
// After a session was dropped the log is emptied as well, as soon as nobody
// reads: until then it still holds the row. The mark is set inside the dropping
// transaction, and nothing is emptied before that ends.
func (s *Store) checkpoints() {
	defer s.done.Done()
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-s.closed:
			return
		case <-t.C:
			if s.leaving.Swap(false) && !s.Checkpointed(context.Background(), "truncate") {
				s.leaving.Store(true)
			} else {
				s.Checkpointed(context.Background(), "passive")
			}
		}
	}
}

// Checkpointed runs one checkpoint of the write-ahead log in the given mode,
// "passive" or "truncate", and tells whether it was complete. A failure is not an
// error: the next one copies more. Writers wait for a truncating one, so it gives
// up soon where somebody reads.
func (s *Store) Checkpointed(ctx context.Context, mode string) bool {
	db, err := sql.Open("sqlite3", dsn(s.path, ""))
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

// Read calls fn with one consistent state of the database. It never waits for
// the writer. fn must not keep the transaction.
func (s *Store) Read(ctx context.Context, fn func(*ReadTx) error) error {
	select {
	case c := <-s.pool:
		defer func() { s.pool <- c }()
		// Reads are short, so a cancelled request lets its read end: interrupting
		// costs a goroutine a query and frees nothing sooner.
		known := s.head.Load()
		if err := c.run("begin"); err != nil {
			return err
		}
		defer func() { _ = c.run("rollback") }()
		return fn(&ReadTx{c: c, s: s, known: known})
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closed:
		return ethics.ErrUnavailable
	}
}
