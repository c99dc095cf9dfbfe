package secret

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

func TestGateLetsOneRunAndTwentyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate()
		release := make(chan struct{})
		var running, most, done atomic.Int32
		var all sync.WaitGroup
		for range 1 + queueLimit {
			all.Go(func() {
				err := g.pass(t.Context(), func() {
					most.Store(max(most.Load(), running.Add(1)))
					<-release
					running.Add(-1)
				})
				if err != nil {
					t.Errorf("one with a place in the queue: %v", err)
				}
				done.Add(1)
			})
		}
		synctest.Wait()
		if running.Load() != 1 || done.Load() != 0 {
			t.Fatalf("%d run, %d done", running.Load(), done.Load())
		}
		if _, err := g.DeriveKEK(t.Context(), "the 21st waiter", cheap(), Pepper{}); !errors.Is(err, ErrBusy) {
			t.Errorf("the 21st waiter: %v, want ErrBusy", err)
		}
		close(release)
		all.Wait()
		if most.Load() != 1 || done.Load() != 1+queueLimit {
			t.Errorf("%d at a time, %d done", most.Load(), done.Load())
		}
	})
}

func TestWaitersWhoLeaveFreeTheirPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate()
		release := make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			if err := g.pass(t.Context(), func() { <-release }); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		for range queueLimit {
			all.Go(func() {
				err := g.pass(ctx, func() { t.Error("work for somebody who has left") })
				if !errors.Is(err, context.Canceled) {
					t.Errorf("left with %v", err)
				}
			})
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		all.Go(func() {
			if err := g.pass(t.Context(), func() {}); err != nil {
				t.Errorf("after twenty left: %v", err)
			}
		})
		synctest.Wait()
		close(release)
		all.Wait()
	})
}

func TestNobodyWorksForAnEndedRequest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 50 { // both channels are ready: select must not be left to chance
		if err := NewGate().pass(ctx, func() { t.Fatal("worked") }); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
}

func TestGateGivesTheSameKey(t *testing.T) {
	k, err := NewGate().DeriveKEK(t.Context(), "a long enough password", cheap(), testPepper())
	if err != nil || k != DeriveKEK("a long enough password", cheap(), testPepper()) {
		t.Errorf("%v, %v", k, err)
	}
}

// pass is a stranger's way through the gate.
func (g *Gate) pass(ctx context.Context, work func()) error {
	p, err := g.Enter(false)
	if err != nil {
		return err
	}
	defer p.Leave()
	return p.pass(ctx, work)
}

// However many strangers wait, who is known finds a place, and the other way round.
func TestStrangersTakeNoPlaceOfTheKnown(t *testing.T) {
	for _, many := range []bool{false, true} {
		g := NewGate()
		for range 1 + queueLimit {
			if _, err := g.Enter(many); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := g.Enter(many); !errors.Is(err, ErrBusy) {
			t.Errorf("one too many: %v", err)
		}
		p, err := g.Enter(!many)
		if err != nil {
			t.Fatalf("all places are taken by the others: %v", err)
		}
		if _, err := p.DeriveKEK(t.Context(), "a long enough password", cheap(), testPepper()); err != nil {
			t.Error(err)
		}
	}
}
