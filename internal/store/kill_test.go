package store_test

import (
	"bufio"
	"context"
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
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
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
	s, err := store.Open(context.Background(), dir, &key, key.Verifier())
	if err != nil {
		panic(err)
	}
	founders, err := os.ReadFile(filepath.Join(dir, "founders"))
	if err != nil {
		panic(err)
	}
	s.SetFounders([32]byte(founders))
	var out sync.Mutex
	go closeDays(s)
	for range 8 {
		go func() {
			for {
				id := uuid.NewString()
				e := entry("filed", ofCase(id))
				if err := s.Write(context.Background(), e, storetest.Plain(id)); err != nil {
					panic(err)
				}
				out.Lock()
				_, _ = fmt.Fprintln(os.Stdout, e.ID, id)
				out.Unlock()
			}
		}()
	}
	select {}
}

// closeDays closes one day after another.
func closeDays(s *store.Store) {
	day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	_ = s.Read(context.Background(), func(tx *store.ReadTx) error {
		c, err := tx.LastCheckpoint()
		if err == nil {
			day, err = time.Parse(time.DateOnly, c.Day)
		}
		return err
	})
	for {
		day = day.AddDate(0, 0, 1)
		if err := s.MakeCheckpoint(context.Background(), day.Format(time.DateOnly)); err != nil {
			panic(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// TestKilledHalfWay kills five times a process that writes and closes days. Every
// write that was answered is there, none is there by half, no closing is either, and
// the record is sound.
func TestKilledHalfWay(t *testing.T) {
	text, _, err := audit.NewLogKey(origin)
	must(t, err)
	key, err := audit.ParseLogKey(text)
	must(t, err)
	w := storetest.SetUpWith(t, key)
	w.Found()
	w.Write("noted", ethics.StreamProgram, nothing) // of today: days are closed from here on
	must(t, w.S.Close())
	must(t, os.WriteFile(filepath.Join(w.Dir, "log.key"), []byte(text), 0o600))
	must(t, os.WriteFile(filepath.Join(w.Dir, "founders"), w.Founders[:], 0o600))
	acknowledged, days := map[string]string{}, 0
	for round := range 5 {
		before := len(acknowledged)
		killed(t, w.Dir, time.Duration(60+70*round)*time.Millisecond, acknowledged)
		if len(acknowledged) == before {
			t.Fatalf("round %d: nothing was written", round)
		}
		w.Open()
		v := w.Sound()
		must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) error {
			for e, c := range acknowledged {
				if _, err := tx.Case(c); err != nil {
					t.Errorf("round %d: case of entry %s: %v", round, e, err)
				}
				entries, err := tx.Entries(ofCase(c))
				if err != nil || len(entries) != 1 || entries[0].ID != e {
					t.Errorf("round %d: entry %s: %v, %v", round, e, entries, err)
				}
			}
			return nil
		}))
		closed := w.Count(`select count(*) from entry where kind = 'day_closed'`)
		if n := w.Count(`select count(*) from checkpoint`); n != closed || n < days {
			t.Errorf("round %d: %d checkpoints of %d closings, %d before: one went, or half of one came",
				round, n, closed, days)
		}
		days = closed
		entries := int64(w.Count(`select count(*) from entry where stream not in ('filler', 'days')`))
		if v.Cases != v.Envelopes || entries != v.Cases+storetest.FoundedEntries+1 ||
			v.Cases < int64(len(acknowledged)) {
			t.Errorf("round %d: %d entries, %d cases, %d envelopes, %d answered", round, entries, v.Cases,
				v.Envelopes, len(acknowledged))
		}
		must(t, w.S.Close())
	}
	if days == 0 {
		t.Error("no day was closed in any round")
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
