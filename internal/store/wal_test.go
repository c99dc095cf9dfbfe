package store_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"svilpe/internal/store"
)

// paced opens the store anew, its write-ahead log cut at this pace.
func paced(w *world, p store.Pace) {
	w.T.Helper()
	must(w.T, w.S.Close())
	s, err := store.OpenAt(context.Background(), w.Dir, &w.Log, p)
	must(w.T, err)
	s.SetFounders(w.Founders)
	w.S = s
	w.T.Cleanup(func() { _ = s.Close() })
}

func wal(w *world) []byte {
	w.T.Helper()
	b, err := os.ReadFile(filepath.Join(w.Dir, store.File+"-wal"))
	must(w.T, err)
	return b
}

// within waits for something that has to come about by itself.
func within(d time.Duration, fn func() bool) bool {
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if fn() {
			return true
		}
	}
	return fn()
}

// TestWALDatesNobody: a copy of the folder in the middle of the day holds, in the
// write-ahead log, a member's visit before and after what a reporter sent. None of
// these rows tells a time finer than five minutes, and once nobody has written for
// a while the order is gone too.
func TestWALDatesNobody(t *testing.T) {
	w := founded(t)
	paced(w, store.PaceOf(10*time.Millisecond, time.Second, time.Hour))
	touch := func(ms int64, first bool) {
		must(t, w.S.Scratch(context.Background(), func(tx *store.ScratchTx) error {
			if first {
				return tx.AddSession(store.Session{
					Hash: bytes.Repeat([]byte{7}, 32), Member: "resp", Sealed: []byte("x"), Started: ms, Seen: ms,
				})
			}
			return tx.TouchSession(bytes.Repeat([]byte{7}, 32), ms)
		}))
	}
	came, went := int64(1795420800123), int64(1795421160456)
	touch(came, true)
	f := w.File()
	touch(went, false)
	held := wal(w)
	// The envelope's row is there: this is the log that an attacker would read.
	if !bytes.Contains(held, []byte(f.Envelopes[0].ID)) {
		t.Fatal("the log does not hold what was just written")
	}
	for _, ms := range []int64{came, went} {
		if b := binary.BigEndian.AppendUint64(nil, uint64(ms)); bytes.Contains(held, b[2:]) {
			t.Errorf("the log holds the exact time %d beside what a reporter sent", ms)
		}
	}
	if !within(30*time.Second, func() bool { return len(wal(w)) == 0 }) {
		t.Errorf("nobody writes, and the log still holds %d bytes in their order", len(wal(w)))
	}
	w.Sound()
}

// TestWALIsCutAgain: after each quiet time, not once, and without a dropped session.
func TestWALIsCutAgain(t *testing.T) {
	w := founded(t)
	paced(w, store.PaceOf(5*time.Millisecond, 50*time.Millisecond, time.Hour))
	for range 3 {
		w.File()
		if !within(30*time.Second, func() bool { return len(wal(w)) == 0 }) {
			t.Fatal("the log is not cut")
		}
	}
	w.Sound()
}

// TestWALIsCutWhileOthersWrite: where somebody always writes, quiet never comes;
// the log is cut all the same, and no write fails.
func TestWALIsCutWhileOthersWrite(t *testing.T) {
	w := founded(t)
	paced(w, store.PaceOf(20*time.Millisecond, time.Hour, 200*time.Millisecond))
	stop := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			if err := w.S.Scratch(context.Background(), func(tx *store.ScratchTx) error {
				return tx.AddInvitation(store.Invitation{CodeHash: noise(32), Institution: "home"})
			}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	largest := 0
	cut := within(30*time.Second, func() bool {
		n := len(wal(w))
		if n > largest {
			largest = n
		}
		return n < largest/2
	})
	close(stop)
	writing.Wait()
	if !cut {
		t.Errorf("the log was never cut and has grown to %d bytes", largest)
	}
}

// TestWALWaitsForReaders: a long read holds the log; nobody waits for it but the
// cutting, which comes when it has ended.
func TestWALWaitsForReaders(t *testing.T) {
	w := founded(t)
	// Each try keeps writers out for 20 ms: once a second in earnest, so not all the time here.
	paced(w, store.PaceOf(100*time.Millisecond, 100*time.Millisecond, time.Hour))
	must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) error {
		if _, err := tx.Installation(); err != nil { // the read begins here
			return err
		}
		w.File()
		time.Sleep(300 * time.Millisecond)
		if len(wal(w)) == 0 {
			t.Error("the log was cut under a reader")
		}
		began := time.Now()
		w.File()
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("a writer waited %v for a reader", took)
		}
		return nil
	}))
	if !within(30*time.Second, func() bool { return len(wal(w)) == 0 }) {
		t.Error("the reader has gone, and the log is not cut")
	}
	w.Sound()
}
