package registry_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/registry"
	"svilpe/internal/store"
)

// atOnce holds the store's one writer until all have read what they decide by
// and wait to write: the moment in which requests overtake each other.
func (w *world) atOnce(all ...func() error) {
	w.t.Helper()
	release := make(chan struct{})
	var held, running sync.WaitGroup
	held.Go(func() {
		_ = w.s.Store.Scratch(ctx, func(*store.ScratchTx) error { <-release; return nil })
	})
	time.Sleep(50 * time.Millisecond)
	for _, one := range all {
		running.Go(func() {
			if err := one(); err != nil {
				w.t.Error(err)
			}
		})
	}
	time.Sleep(200 * time.Millisecond)
	close(release)
	running.Wait()
	held.Wait()
}

func (w *world) pending(id string) store.Pending {
	w.t.Helper()
	var p store.Pending
	must(w.t, w.s.Store.Read(ctx, func(tx *store.ReadTx) (err error) { p, err = tx.Pending(id); return err }))
	return p
}

// Both find no statement and make one each. The second signs the first's.
func TestTwoFoundersSignFirstAtOnce(t *testing.T) {
	w := newWorld(t)
	ids := w.four()
	anna, berta := w.as(ids[0]), w.as(ids[1])
	w.atOnce(
		func() error { return w.signFounding(anna, ids) },
		func() error { return w.signFounding(berta, ids) },
	)
	f, err := w.s.Founding(ctx)
	must(t, err)
	if !f.Candidates[0].Signed || !f.Candidates[1].Signed {
		t.Errorf("a signature is lost: %+v", f.Candidates)
	}
}

// Two requests that both see three signatures write one entry 0.
func TestFoundedOnceByTwoRequests(t *testing.T) {
	w := newWorld(t)
	ids := w.four()
	for _, id := range ids[:2] {
		must(t, w.signFounding(w.as(id), ids))
	}
	karlis, p := w.as(ids[2]), w.pending("founding")
	p.Signatures = withSignature(t, p, karlis)
	must(t, w.s.Store.Scratch(ctx, func(tx *store.ScratchTx) error { return tx.PutPending(p) }))
	found := func() error { return registry.Found(w.s, ctx) }
	w.atOnce(found, found)
	if w.entries() != 1 {
		t.Errorf("%d entries", w.entries())
	}
	w.sound()
}

// Two requests that both see two signatures state the statement once, and
// neither member is told that there is nothing.
func TestStatedOnceByTwoRequests(t *testing.T) {
	w := newWorld(t)
	ids := w.found()
	admin := w.as(ids[3])
	zane := w.join(admin, w.home(admin).ID, "Zane", appoint.RoleTrust)
	must(t, w.s.SignStatement(ctx, w.as(ids[0]), w.waiting(zane).ID, true))
	berta, p := w.as(ids[1]), w.pending("appointment:"+zane)
	p.Signatures = withSignature(t, p, berta)
	must(t, w.s.Store.Scratch(ctx, func(tx *store.ScratchTx) error { return tx.PutPending(p) }))
	before := w.entries()
	state := func() error { return registry.State(w.s, ctx, p.ID) }
	w.atOnce(state, state)
	if w.entries() != before+1 || !w.as(zane).Has(appoint.RoleTrust) {
		t.Errorf("%d entries", w.entries()-before)
	}
	w.sound()
}

// A signature that comes after the statement was stated does not bring it back.
func TestAStatedStatementDoesNotComeBack(t *testing.T) {
	w := newWorld(t)
	ids := w.found()
	admin := w.as(ids[3])
	zane := w.join(admin, w.home(admin).ID, "Zane", appoint.RoleTrust)
	read := w.pending("appointment:" + zane) // by a third member, before the others signed
	for _, id := range ids[:2] {
		must(t, w.s.SignStatement(ctx, w.as(id), w.waiting(zane).ID, true))
	}
	karlis := w.as(ids[2])
	late := appoint.Sign(read.Kind, read.Body, karlis.ID, karlis.Secret.MemberSigner())
	err := w.s.Store.Scratch(ctx, func(tx *store.ScratchTx) error { return registry.AddSignature(tx, read, late) })
	if !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("signed: %v", err)
	}
	if all, err := w.s.Waiting(ctx); err != nil || len(all) != 0 {
		t.Errorf("it waits again: %d, %v", len(all), err)
	}
}
