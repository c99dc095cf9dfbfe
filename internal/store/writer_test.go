package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
	"svilpe/internal/verify"
)

// hold keeps the writer busy until released, so that what is submitted
// meanwhile waits and shares the next transaction.
func hold(w *world) (release func()) {
	w.T.Helper()
	busy, free := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	var once sync.Once
	go func() {
		done <- w.S.Scratch(context.Background(), func(*store.ScratchTx) error {
			once.Do(func() { close(busy) })
			<-free
			return nil
		})
	}()
	<-busy
	return func() {
		close(free)
		must(w.T, <-done)
	}
}

// queued waits until n calls wait.
func queued(w *world, n int) {
	w.T.Helper()
	for range 2000 {
		if w.S.Waiting() == n {
			return
		}
		time.Sleep(time.Millisecond)
	}
	w.T.Fatalf("%d calls wait, not %d", w.S.Waiting(), n)
}

// together submits calls that wait behind a held writer, and gives their answers.
func together(w *world, calls ...func() error) []error {
	w.T.Helper()
	release := hold(w)
	answers := make([]error, len(calls))
	var all sync.WaitGroup
	for i, call := range calls {
		all.Go(func() { answers[i] = call() })
		queued(w, i+1)
	}
	release()
	all.Wait()
	return answers
}

// TestGroupCommit: calls that wait together share one transaction. The head
// moves once for all of them.
func TestGroupCommit(t *testing.T) {
	w := founded(t)
	var mu sync.Mutex
	var seen []int64
	calls := make([]func() error, 20)
	for i := range calls {
		calls[i] = func() error {
			id := uuid.NewString()
			return w.S.Write(context.Background(), entry("noted", ofMember(id)), func(tx *store.Tx) error {
				var size int64
				err := tx.One(`select size from tree_head where id = 1`, nil, &size)
				mu.Lock()
				defer mu.Unlock()
				seen = append(seen, size)
				return errors.Join(err, tx.PutMember(testMember(id)))
			})
		}
	}
	before := w.Size()
	for _, err := range together(w, calls...) {
		must(t, err)
	}
	if len(seen) != 20 || slices.Max(seen) != before || slices.Min(seen) != before {
		t.Errorf("heads seen: %v: not one transaction", seen)
	}
	if got := w.Size(); got != before+20 {
		t.Errorf("%d entries, want %d", got, before+20)
	}
	w.Sound()
}

// TestAFailingCallHarmsNobody: its rows and its entry are gone, the others stay.
func TestAFailingCallHarmsNobody(t *testing.T) {
	w := founded(t)
	before, wrong := w.Size(), errors.New("wrong")
	put := func(id string, result error) func() error {
		return func() error {
			return w.S.Write(context.Background(), entry("noted", ofMember(id)), func(tx *store.Tx) error {
				return errors.Join(tx.PutMember(testMember(id)), result)
			})
		}
	}
	scratch := func() error {
		return w.S.Scratch(context.Background(), func(tx *store.ScratchTx) error {
			return errors.Join(tx.AddSecurity(store.SecurityEvent{ID: "lost"}), wrong)
		})
	}
	answers := together(w, put("first", nil), put("second", wrong), scratch, put("third", nil))
	if answers[0] != nil || !errors.Is(answers[1], wrong) || !errors.Is(answers[2], wrong) || answers[3] != nil {
		t.Errorf("answers: %v", answers)
	}
	if w.Count(`select count(*) from member where id in ('first', 'third')`) != 2 ||
		w.Count(`select count(*) from member where id = 'second'`) != 0 {
		t.Error("the wrong rows are there")
	}
	if w.Count(`select count(*) from tmp_security`) != 0 {
		t.Error("half of a failed call was stored")
	}
	if got := w.Size(); got != before+2 {
		t.Errorf("%d entries, want %d", got, before+2)
	}
	w.Sound()
}

// TestACancelledCallerIsDropped before its savepoint; its function never runs.
func TestACancelledCallerIsDropped(t *testing.T) {
	w := founded(t)
	ctx, cancel := context.WithCancel(context.Background())
	ran := false
	put := func(id string) func() error {
		return func() error {
			return w.S.Write(context.Background(), entry("noted", ofMember(id)), func(tx *store.Tx) error {
				return tx.PutMember(testMember(id))
			})
		}
	}
	release := hold(w)
	answers := make([]error, 3)
	var all sync.WaitGroup
	for i, call := range []func() error{put("first"), func() error {
		return w.S.Write(ctx, entry("noted", ofMember("second")), func(tx *store.Tx) error {
			ran = true
			return tx.PutMember(testMember("second"))
		})
	}, put("third")} {
		all.Go(func() { answers[i] = call() })
		queued(w, i+1)
	}
	cancel()
	release()
	all.Wait()
	if answers[0] != nil || !errors.Is(answers[1], context.Canceled) || answers[2] != nil || ran {
		t.Errorf("answers %v, ran %v", answers, ran)
	}
	w.Sound()
}

// TestCancelledInside: once begun a call is not interrupted, whatever its
// caller does; SQLite's interrupt would take the others with it.
func TestCancelledInside(t *testing.T) {
	w := founded(t)
	ctx, cancel := context.WithCancel(context.Background())
	err := w.S.Write(ctx, entry("noted", ofMember("first")), func(tx *store.Tx) error {
		cancel()
		return tx.PutMember(testMember("first"))
	})
	must(t, err)
	if w.Count(`select count(*) from member where id = 'first'`) != 1 {
		t.Error("the write is gone")
	}
	if err := w.S.Write(ctx, entry("noted", ethics.StreamProgram), nothing); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled caller got %v", err)
	}
	w.Sound()
}

// TestFullDisk: the one that does not fit takes the whole transaction down;
// the others are run again and are stored.
func TestFullDisk(t *testing.T) {
	w := founded(t)
	must(t, w.S.Scratch(context.Background(), func(tx *store.ScratchTx) error {
		var pages int
		if err := tx.One(`pragma page_count`, nil, &pages); err != nil {
			return err
		}
		return tx.One(fmt.Sprintf(`pragma max_page_count = %d`, pages+30), nil, &pages)
	}))
	before := w.Size()
	runs := map[string]int{}
	put := func(id string, size int) func() error {
		return func() error {
			return w.S.Write(context.Background(), entry("noted", ofMember(id)), func(tx *store.Tx) error {
				runs[id]++
				m := testMember(id)
				m.Secret = make([]byte, size)
				return tx.PutMember(m)
			})
		}
	}
	answers := together(w, put("small", 100), put("large", 4<<20), put("other", 100))
	if answers[0] != nil || !errors.Is(answers[1], ethics.ErrUnavailable) || answers[2] != nil {
		t.Errorf("answers: %v", answers)
	}
	if runs["small"] != 2 || runs["large"] != 2 {
		t.Errorf("runs: %v: the transaction was not lost, the test shows nothing", runs)
	}
	if got := w.Size(); got != before+2 {
		t.Errorf("%d entries, want %d", got, before+2)
	}
	if w.Count(`select count(*) from member where id = 'large'`) != 0 {
		t.Error("a refused row is there")
	}
	w.Sound()
}

// TestInterrupted: a transaction that is lost once is run again, each call alone.
func TestInterrupted(t *testing.T) {
	w := founded(t)
	before := w.Size()
	interrupted := 0
	put := func(id string, first func(*store.Tx) error) func() error {
		return func() error {
			return w.S.Write(context.Background(), entry("noted", ofMember(id)), func(tx *store.Tx) error {
				if err := tx.PutMember(testMember(id)); err != nil {
					return err
				}
				return first(tx)
			})
		}
	}
	nothing := nothing
	answers := together(w, put("a", nothing), put("b", func(tx *store.Tx) error {
		interrupted++
		if interrupted > 1 {
			return nil
		}
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
		defer cancel()
		_, err := tx.Conn().ExecContext(ctx,
			`insert into tmp_security with recursive n(i) as (select 1 union all select i + 1 from n) select 'form' `+
				`|| i, '', '', 0 from n`)
		return err
	}), put("c", nothing))
	if answers[0] != nil || answers[1] != nil || answers[2] != nil || interrupted != 2 {
		t.Errorf("answers: %v after %d runs", answers, interrupted)
	}
	if got := w.Size(); got != before+3 {
		t.Errorf("%d entries, want %d", got, before+3)
	}
	w.Sound()
}

// TestConcurrentFilings: 256 at once, none lost, none doubled, and the same
// form sent 16 times at once is one case.
func TestConcurrentFilings(t *testing.T) {
	w := founded(t)
	var all sync.WaitGroup
	answers := make(chan error, 256)
	for range 256 {
		all.Go(func() {
			id := uuid.NewString()
			answers <- w.S.Write(context.Background(), entry("filed", ofCase(id)), storetest.Plain(id))
		})
	}
	all.Wait()
	close(answers)
	for err := range answers {
		must(t, err)
	}
	same := make(chan error, 16)
	id := derive.New().CaseID()
	for range 16 {
		all.Go(func() {
			same <- w.S.Write(context.Background(), entry("filed", ofCase(id)), storetest.Plain(id))
		})
	}
	all.Wait()
	close(same)
	stored := 0
	for err := range same {
		if err == nil {
			stored++
		} else if !errors.Is(err, ethics.ErrExists) {
			t.Errorf("sent twice: %v", err)
		}
	}
	v := w.Sound()
	if stored != 1 || v.Cases != 257 || v.Envelopes != 257 || v.Entries != 257+storetest.FoundedEntries {
		t.Errorf("%d stored of 16; %+v", stored, v)
	}
}

func TestClosedStoreRefuses(t *testing.T) {
	w := founded(t)
	must(t, w.S.Close())
	if err := w.S.Write(context.Background(), entry("noted", ethics.StreamProgram),
		nothing); !errors.Is(err, ethics.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

// TestNoKeyNoWrite: without the log key everything is read and checked, and
// nothing is written.
func TestNoKeyNoWrite(t *testing.T) {
	w := founded(t)
	must(t, w.S.Close())
	s, err := store.Open(context.Background(), w.Dir, nil, w.Log.Verifier())
	must(t, err)
	defer func() { must(t, s.Close()) }()
	if err := s.Write(context.Background(), entry("noted", ethics.StreamProgram),
		nothing); !errors.Is(err, ethics.ErrUnavailable) {
		t.Errorf("Write: %v", err)
	}
	if err := s.MakeCheckpoint(context.Background(), today); !errors.Is(err, ethics.ErrUnavailable) {
		t.Errorf("MakeCheckpoint: %v", err)
	}
	if v, err := verify.Run(context.Background(), s, verify.Options{Founders: &w.Founders}); err != nil ||
		v.First() != nil {
		t.Errorf("Verify: %v %v", v.Damages, err)
	}
}
