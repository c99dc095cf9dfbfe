package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/audit"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// hold keeps the writer busy until released, so that what is submitted
// meanwhile waits and shares the next transaction.
func (w *world) hold() (release func()) {
	w.t.Helper()
	busy, free := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	var once sync.Once
	go func() {
		done <- w.s.Scratch(context.Background(), func(*ScratchTx) error {
			once.Do(func() { close(busy) })
			<-free
			return nil
		})
	}()
	<-busy
	return func() {
		close(free)
		must(w.t, <-done)
	}
}

// queued waits until n calls wait.
func (w *world) queued(n int) {
	w.t.Helper()
	for range 2000 {
		if len(w.s.queue) == n {
			return
		}
		time.Sleep(time.Millisecond)
	}
	w.t.Fatalf("%d calls wait, not %d", len(w.s.queue), n)
}

func founded(t testing.TB) *world {
	t.Helper()
	w := setUp(t)
	w.found()
	return w
}

// together submits calls that wait behind a held writer, and gives their answers.
func (w *world) together(calls ...func() error) []error {
	w.t.Helper()
	release := w.hold()
	answers := make([]error, len(calls))
	var all sync.WaitGroup
	for i, call := range calls {
		all.Go(func() { answers[i] = call() })
		w.queued(i + 1)
	}
	release()
	all.Wait()
	return answers
}

func (w *world) size() int64 {
	w.t.Helper()
	var head audit.Head
	must(w.t, w.s.Read(context.Background(), func(tx *ReadTx) (err error) {
		head, _, err = tx.Head()
		return err
	}))
	return head.Size
}

func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	must(w.t, w.s.Read(context.Background(), func(tx *ReadTx) error { return tx.c.one(query, args, &n) }))
	return n
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
			return w.s.Write(context.Background(), entry("noted", ""), func(tx *Tx) error {
				var size int64
				err := tx.c.one(`select size from tree_head where id = 1`, nil, &size)
				mu.Lock()
				defer mu.Unlock()
				seen = append(seen, size)
				return errors.Join(err, tx.PutMember(testMember(uuid.NewString())))
			})
		}
	}
	before := w.size()
	for _, err := range w.together(calls...) {
		must(t, err)
	}
	if len(seen) != 20 || slices.Max(seen) != before || slices.Min(seen) != before {
		t.Errorf("heads seen: %v: not one transaction", seen)
	}
	if got := w.size(); got != before+20 {
		t.Errorf("%d entries, want %d", got, before+20)
	}
	w.sound()
}

// TestAFailingCallHarmsNobody: its rows and its entry are gone, the others stay.
func TestAFailingCallHarmsNobody(t *testing.T) {
	w := founded(t)
	before, wrong := w.size(), errors.New("wrong")
	put := func(id string, result error) func() error {
		return func() error {
			return w.s.Write(context.Background(), entry("noted", ""), func(tx *Tx) error {
				return errors.Join(tx.PutMember(testMember(id)), result)
			})
		}
	}
	scratch := func() error {
		return w.s.Scratch(context.Background(), func(tx *ScratchTx) error {
			return errors.Join(tx.AddSecurity(SecurityEvent{ID: "lost"}), wrong)
		})
	}
	answers := w.together(put("first", nil), put("second", wrong), scratch, put("third", nil))
	if answers[0] != nil || !errors.Is(answers[1], wrong) || !errors.Is(answers[2], wrong) || answers[3] != nil {
		t.Errorf("answers: %v", answers)
	}
	if w.count(`select count(*) from member where id in ('first', 'third')`) != 2 || w.count(`select count(*) from member where id = 'second'`) != 0 {
		t.Error("the wrong rows are there")
	}
	if w.count(`select count(*) from tmp_security`) != 0 {
		t.Error("half of a failed call was stored")
	}
	if got := w.size(); got != before+2 {
		t.Errorf("%d entries, want %d", got, before+2)
	}
	w.sound()
}

// TestACancelledCallerIsDropped before its savepoint; its function never runs.
func TestACancelledCallerIsDropped(t *testing.T) {
	w := founded(t)
	ctx, cancel := context.WithCancel(context.Background())
	ran := false
	put := func(id string) func() error {
		return func() error {
			return w.s.Write(context.Background(), entry("noted", ""), func(tx *Tx) error { return tx.PutMember(testMember(id)) })
		}
	}
	release := w.hold()
	answers := make([]error, 3)
	var all sync.WaitGroup
	for i, call := range []func() error{put("first"), func() error {
		return w.s.Write(ctx, entry("noted", ""), func(tx *Tx) error {
			ran = true
			return tx.PutMember(testMember("second"))
		})
	}, put("third")} {
		all.Go(func() { answers[i] = call() })
		w.queued(i + 1)
	}
	cancel()
	release()
	all.Wait()
	if answers[0] != nil || !errors.Is(answers[1], context.Canceled) || answers[2] != nil || ran {
		t.Errorf("answers %v, ran %v", answers, ran)
	}
	w.sound()
}

// TestCancelledInside: once begun a call is not interrupted, whatever its
// caller does; SQLite's interrupt would take the others with it.
func TestCancelledInside(t *testing.T) {
	w := founded(t)
	ctx, cancel := context.WithCancel(context.Background())
	err := w.s.Write(ctx, entry("noted", ""), func(tx *Tx) error {
		cancel()
		return tx.PutMember(testMember("first"))
	})
	must(t, err)
	if w.count(`select count(*) from member where id = 'first'`) != 1 {
		t.Error("the write is gone")
	}
	if err := w.s.Write(ctx, entry("noted", ""), func(*Tx) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled caller got %v", err)
	}
	w.sound()
}

// TestFullDisk: the one that does not fit takes the whole transaction down;
// the others are run again and are stored.
func TestFullDisk(t *testing.T) {
	w := founded(t)
	must(t, w.s.Scratch(context.Background(), func(tx *ScratchTx) error {
		var pages int
		if err := tx.c.one(`pragma page_count`, nil, &pages); err != nil {
			return err
		}
		return tx.c.one(fmt.Sprintf(`pragma max_page_count = %d`, pages+30), nil, &pages)
	}))
	before := w.size()
	runs := map[string]int{}
	put := func(id string, size int) func() error {
		return func() error {
			return w.s.Write(context.Background(), entry("noted", ""), func(tx *Tx) error {
				runs[id]++
				m := testMember(id)
				m.Secret = make([]byte, size)
				return tx.PutMember(m)
			})
		}
	}
	answers := w.together(put("small", 100), put("large", 4<<20), put("other", 100))
	if answers[0] != nil || !errors.Is(answers[1], ethics.ErrUnavailable) || answers[2] != nil {
		t.Errorf("answers: %v", answers)
	}
	if runs["small"] != 2 || runs["large"] != 2 {
		t.Errorf("runs: %v: the transaction was not lost, the test shows nothing", runs)
	}
	if got := w.size(); got != before+2 {
		t.Errorf("%d entries, want %d", got, before+2)
	}
	if w.count(`select count(*) from member where id = 'large'`) != 0 {
		t.Error("a refused row is there")
	}
	w.sound()
}

// TestInterrupted: a transaction that is lost once is run again, each call alone.
func TestInterrupted(t *testing.T) {
	w := founded(t)
	before := w.size()
	interrupted := 0
	put := func(id string, first func(*Tx) error) func() error {
		return func() error {
			return w.s.Write(context.Background(), entry("noted", ""), func(tx *Tx) error {
				if err := tx.PutMember(testMember(id)); err != nil {
					return err
				}
				return first(tx)
			})
		}
	}
	nothing := func(*Tx) error { return nil }
	answers := w.together(put("a", nothing), put("b", func(tx *Tx) error {
		interrupted++
		if interrupted > 1 {
			return nil
		}
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
		defer cancel()
		_, err := tx.c.c.ExecContext(ctx, `insert into tmp_security with recursive n(i) as (select 1 union all select i + 1 from n) select 'form' || i, '', '', 0 from n`)
		return err
	}), put("c", nothing))
	if answers[0] != nil || answers[1] != nil || answers[2] != nil || interrupted != 2 {
		t.Errorf("answers: %v after %d runs", answers, interrupted)
	}
	if got := w.size(); got != before+3 {
		t.Errorf("%d entries, want %d", got, before+3)
	}
	w.sound()
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
			answers <- w.s.Write(context.Background(), entry("filed", id), func(tx *Tx) error { return addPlainCase(tx, id) })
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
			same <- w.s.Write(context.Background(), entry("filed", id), func(tx *Tx) error { return addPlainCase(tx, id) })
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
	v := w.sound()
	if stored != 1 || v.Cases != 257 || v.Envelopes != 257 || v.Entries != 258 {
		t.Errorf("%d stored of 16; %+v", stored, v)
	}
}

func TestClosedStoreRefuses(t *testing.T) {
	w := founded(t)
	must(t, w.s.Close())
	if err := w.s.Write(context.Background(), entry("noted", ""), func(*Tx) error { return nil }); !errors.Is(err, ethics.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

// TestNoKeyNoWrite: without the log key everything is read and checked, and
// nothing is written.
func TestNoKeyNoWrite(t *testing.T) {
	w := founded(t)
	must(t, w.s.Close())
	s, err := Open(context.Background(), w.dir, nil, w.log.Verifier())
	must(t, err)
	defer func() { must(t, s.Close()) }()
	if err := s.Write(context.Background(), entry("noted", ""), func(*Tx) error { return nil }); !errors.Is(err, ethics.ErrUnavailable) {
		t.Errorf("Write: %v", err)
	}
	if err := s.MakeCheckpoint(context.Background(), today); !errors.Is(err, ethics.ErrUnavailable) {
		t.Errorf("MakeCheckpoint: %v", err)
	}
	if v, err := s.Verify(context.Background(), VerifyOptions{Founders: &w.founders}); err != nil || v.Damage() != nil {
		t.Errorf("Verify: %v %v", v.Damage(), err)
	}
}
