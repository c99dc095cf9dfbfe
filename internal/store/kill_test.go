package store

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/seal"
)

// child opens the database and writes from eight goroutines; each write that
// was answered is a line on standard output.
func child(dir string) {
	text, err := os.ReadFile(filepath.Join(dir, "log.key"))
	if err != nil {
		panic(err)
	}
	key, err := audit.ParseLogKey(string(text))
	if err != nil {
		panic(err)
	}
	s, err := Open(context.Background(), dir, &key, key.Verifier())
	if err != nil {
		panic(err)
	}
	var out sync.Mutex
	for range 8 {
		go func() {
			for {
				e := entry("filed", uuid.NewString())
				if err := s.Write(context.Background(), e, func(tx *Tx) error { return addPlainCase(tx, e.Case) }); err != nil {
					panic(err)
				}
				out.Lock()
				_, _ = fmt.Fprintln(os.Stdout, e.ID, e.Case)
				out.Unlock()
			}
		}()
	}
	select {}
}

// addPlainCase stores a case with one envelope of noise.
func addPlainCase(tx *Tx, id string) error {
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	c := ethics.Case{
		ID: id, Institution: "home", Category: "bribery", Track: "anonymous", State: "received", Received: today, Due: "2026-11-30", DueID: "ack",
		ReporterVerifier: key.Public().(ed25519.PublicKey),
	}
	st, err := seal.Status(ethics.Status{
		Installation: install, Stream: ethics.CaseStream(id), Day: today, Policy: ethics.PolicyVersion, Act: ethics.ActFile,
		Institution: c.Institution, State: c.State, Track: c.Track, Category: c.Category, Events: []string{c.State},
	}, seal.Author{ID: ethics.ActorReporter, Key: key})
	if err != nil {
		return err
	}
	c, err = tx.AddCase(c, []string{"2026-" + id[:13]}, locatorOf(id))
	if err != nil {
		return err
	}
	e := ethics.Envelope{ID: "e" + id, Case: id, Kind: ethics.KindReport, Author: ethics.ActorReporter, Day: today, Sealed: make([]byte, 20<<10)}
	if err := tx.AddEnvelope(&c, e); err != nil {
		return err
	}
	return errors.Join(tx.AddStatus(*st), tx.AddEvents(id, ethics.Event{Name: c.State, Day: today}), tx.PutCase(c))
}

// TestKilledHalfWay kills a writing process five times. Every write that was
// answered is there, none is there by half, and the record is sound.
func TestKilledHalfWay(t *testing.T) {
	text, _, err := audit.NewLogKey(origin)
	must(t, err)
	key, err := audit.ParseLogKey(text)
	must(t, err)
	w := setUpWith(t, key)
	w.found()
	must(t, w.s.Close())
	must(t, os.WriteFile(filepath.Join(w.dir, "log.key"), []byte(text), 0o600))
	acknowledged := map[string]string{}
	for round := range 5 {
		before := len(acknowledged)
		killed(t, w.dir, time.Duration(60+70*round)*time.Millisecond, acknowledged)
		if len(acknowledged) == before {
			t.Fatalf("round %d: nothing was written", round)
		}
		w.open()
		v := w.sound()
		must(t, w.s.Read(context.Background(), func(tx *ReadTx) error {
			for e, c := range acknowledged {
				if _, err := tx.Case(c); err != nil {
					t.Errorf("round %d: case of entry %s: %v", round, e, err)
				}
				var n int
				if err := tx.c.one(`select count(*) from entry where id = $1`, []any{e}, &n); err != nil || n != 1 {
					t.Errorf("round %d: entry %s: %d, %v", round, e, n, err)
				}
			}
			return nil
		}))
		if v.Cases != v.Envelopes || v.Entries != v.Cases+1 || v.Cases < int64(len(acknowledged)) {
			t.Errorf("round %d: %d entries, %d cases, %d envelopes, %d answered", round, v.Entries, v.Cases, v.Envelopes, len(acknowledged))
		}
		must(t, w.s.Close())
	}
	t.Logf("%d writes were answered", len(acknowledged))
}

func killed(t *testing.T, dir string, after time.Duration, acknowledged map[string]string) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	cmd := exec.Command(self, "-test.run=^$")
	cmd.Env = append(os.Environ(), "SVILPE_STORE_CHILD="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	lines := bufio.NewScanner(out)
	var once sync.Once
	for lines.Scan() {
		// Killed some time after its first answer; what was written to the pipe
		// before that still arrives.
		once.Do(func() { time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) })
		if id, c, ok := strings.Cut(lines.Text(), " "); ok && len(c) == 36 {
			acknowledged[id] = c
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Errorf("the child ended with %v, it was to be killed", err)
	}
}
