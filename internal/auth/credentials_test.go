package auth_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"svilpe/internal/auth"
	"svilpe/internal/secret"
	"svilpe/internal/store"
)

// stopped holds the store's writer while fn begins, and then lets both go on:
// what fn read before is old when its turn comes.
func (w *world) stopped(fn func() error, meanwhile func(*store.ScratchTx) error) error {
	w.t.Helper()
	began, release := make(chan struct{}), make(chan struct{})
	var held sync.WaitGroup
	held.Go(func() {
		if err := w.a.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
			close(began)
			<-release
			return meanwhile(tx)
		}); err != nil {
			w.t.Error(err)
		}
	})
	<-began
	done := make(chan error, 1)
	go func() { done <- fn() }()
	time.Sleep(200 * time.Millisecond)
	close(release)
	held.Wait()
	return <-done
}

// Two changes at once: the later one is made of a password that no longer
// holds, and must not put it back.
func TestCredentialsChangedMeanwhile(t *testing.T) {
	w := enrolled(t)
	anna := w.in(email)
	change := func(tx *store.ScratchTx) error {
		e, err := tx.EnrolmentNow(anna.ID)
		if err != nil {
			return err
		}
		e.Params += " " // another row, as a change on another server leaves it
		return tx.PutEnrolment(e.Member)
	}
	// The throttle's count is stored first, so the row changes between reading and saving.
	err := w.stopped(func() error {
		return w.a.ChangePassword(ctx, anna, password, "jauna parole, gara un laba")
	}, change)
	if !errors.Is(err, auth.ErrWrong) {
		t.Errorf("an older password was put back: %v", err)
	}
	must(t, w.a.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		e, err := tx.EnrolmentNow(anna.ID)
		must(t, err)
		e.Params = e.Params[:len(e.Params)-1]
		return tx.PutEnrolment(e.Member)
	}))
	// A sign-in that a change overtakes opens no session that would outlive it. The
	// parameters are asked for when the row has been read.
	w.now = w.now.Add(time.Minute)
	overtaken := false
	w.a.Params = func() secret.Params {
		if !overtaken {
			overtaken = true
			must(t, w.a.Store.Scratch(ctx, change))
		}
		return w.fresh()
	}
	session, _, err := w.a.SignIn(ctx, email, password, w.code(email), secret.Cookie{})
	if err != nil && session != (secret.Cookie{}) {
		t.Error("a cookie beside an error")
	}
	if !errors.Is(err, auth.ErrWrong) {
		t.Errorf("a session of the old password: %v", err)
	}
}

// Whoever changes a password and loses the connection in that moment has signed out
// everybody who came in with the old one.
func TestAPasswordChangeThatIsCutOff(t *testing.T) {
	w := newWorld(t)
	thief, _ := w.signIn(email)
	anna := w.in(email)
	before := w.row(anna.ID)
	began, release := make(chan struct{}), make(chan struct{})
	var others sync.WaitGroup
	w.a.Params = func() secret.Params { // asked for between the two passwords: from here on the writer is held
		others.Go(func() {
			if err := w.a.Store.Scratch(ctx, func(*store.ScratchTx) error {
				close(began)
				<-release
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
		<-began
		return w.fresh()
	}
	leaves, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- w.a.ChangePassword(leaves, anna, password, "jauna parole, gara un laba") }()
	<-began
	time.Sleep(300 * time.Millisecond) // the change waits behind the writer, and behind it:
	others.Go(func() {
		if err := w.a.Store.Scratch(ctx, func(*store.ScratchTx) error { cancel(); return nil }); err != nil {
			t.Error(err)
		}
	})
	time.Sleep(50 * time.Millisecond)
	close(release)
	err := <-done
	others.Wait()
	if now := w.row(anna.ID); now.Params == before.Params {
		t.Fatalf("it was cut off too early for this test: %v", err)
	}
	if !w.ended(thief) {
		t.Errorf("the password was changed and the other session goes on: %v", err)
	}
}

// Many changes at once from one old password: one wins, and it is the one that
// opens afterwards.
func TestOnePasswordChangeWins(t *testing.T) {
	w := newWorld(t)
	w.a.Limits.Wrong = 100
	anna := w.in(email)
	next := []string{"pirmā jaunā parole 1", "otrā jaunā parole 22", "trešā jaunā parole 3", "ceturtā jaunā parole"}
	won := make(chan string, len(next))
	var all sync.WaitGroup
	for _, p := range next {
		all.Go(func() {
			switch err := w.a.ChangePassword(ctx, anna, password, p); {
			case err == nil:
				won <- p
			case !errors.Is(err, auth.ErrWrong):
				t.Error(err)
			}
		})
	}
	all.Wait()
	close(won)
	winner, more := <-won, <-won
	if winner == "" || more != "" {
		t.Fatalf("changed to %q and %q", winner, more)
	}
	w.now = w.now.Add(time.Minute)
	if _, _, err := w.a.SignIn(ctx, email, winner, w.code(email), secret.Cookie{}); err != nil {
		t.Errorf("the changed password: %v", err)
	}
}
