package auth_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/secret"
)

func (w *world) ended(cookie secret.Cookie) bool {
	w.t.Helper()
	_, err := w.a.Session(ctx, cookie)
	if err != nil && !errors.Is(err, ethics.ErrSessionEnded) {
		w.t.Error(err)
	}
	return err != nil
}

func TestBeforeTheFoundingNobodyHasARole(t *testing.T) {
	w := enrolled(t)
	anna := w.in(email)
	if anna.Appointed || len(anna.Roles) != 0 || anna.Roster != nil || anna.Name != "anna" {
		t.Errorf("enrolled: appointed %v, roles %v", anna.Appointed, anna.Roles)
	}
}

// grid is the grid of times on which visits stand.
const grid = 5 * time.Minute

func TestIdleEnd(t *testing.T) {
	w := newWorld(t)
	cookie, _ := w.signIn(email)
	for range 5 {
		w.now = w.now.Add(30 * time.Minute)
		if w.ended(cookie) {
			t.Fatal("ended while in use")
		}
	}
	w.now = w.now.Add(30*time.Minute + grid)
	if !w.ended(cookie) {
		t.Error("idle and not ended")
	}
}

func TestAbsoluteEnd(t *testing.T) {
	w := newWorld(t)
	cookie, _ := w.signIn(email)
	for range 40 {
		w.now = w.now.Add(15 * time.Minute)
		if w.ended(cookie) {
			t.Fatal("ended early")
		}
	}
	w.now = w.now.Add(grid)
	if !w.ended(cookie) {
		t.Error("lasts longer than ten hours and the grid")
	}
}

// The row of a visit knows five minutes: whenever in them somebody came, nobody
// is put out before the limit, and nobody stays longer than the grid after it.
func TestAVisitLastsItsLimitAndNeverMoreThanTheGrid(t *testing.T) {
	w := newWorld(t)
	for _, odd := range []time.Duration{
		0, time.Millisecond, 61 * time.Second, 150 * time.Second, 5*time.Minute - time.Millisecond,
	} {
		for after, want := range map[time.Duration]bool{30 * time.Minute: false, 30*time.Minute + grid: true} {
			w.now = w.now.Truncate(time.Hour).Add(time.Hour + odd)
			cookie, _ := w.signIn(email)
			w.now = w.now.Add(after)
			if want {
				w.now = w.now.Add(time.Millisecond)
			}
			if got := w.ended(cookie); got != want {
				t.Errorf("came %v behind the hour, ended after %v: %v", odd, after, got)
			}
		}
	}
}

func TestSessionSurvivesARestartAndEndsAtSignOut(t *testing.T) {
	w := newWorld(t)
	cookie, _ := w.signIn(email)
	must(t, w.a.Store.Close())
	w.open()
	session, err := w.a.Session(ctx, cookie)
	must(t, err)
	if !session.Has(appoint.RoleResponsible) || session.Email != email {
		t.Errorf("session of %s with %v", session.Email, session.Roles)
	}
	if w.ended(cookie) || !w.ended(secret.Cookie{9}) {
		t.Error("another cookie opens a session")
	}
	must(t, w.a.SignOut(ctx, cookie))
	if !w.ended(cookie) {
		t.Error("signed out and not ended")
	}
}

// Who presses the button and shuts the browser is signed out.
func TestSignedOutWithoutWaitingForTheAnswer(t *testing.T) {
	w := newWorld(t)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	for range 8 { // what is asked of somebody who left would be taken or not by chance
		other, _ := w.signIn(email)
		mine, _ := w.signIn(email)
		who, err := w.a.Session(ctx, mine)
		must(t, err)
		_, err = w.a.EndOthers(gone, who)
		must(t, err)
		must(t, w.a.SignOut(gone, mine))
		if !w.ended(other) || !w.ended(mine) {
			t.Fatal("a session goes on")
		}
	}
}

func TestEndOthersEndsAllButThisOne(t *testing.T) {
	w := newWorld(t)
	first, _ := w.signIn(email)
	second, _ := w.signIn(email)
	bertas, _ := w.signIn("berta@example.lv")
	mine, _ := w.signIn(email)
	who, err := w.a.Session(ctx, mine)
	must(t, err)
	n, err := w.a.EndOthers(ctx, who)
	must(t, err)
	if n < 2 || !w.ended(first) || !w.ended(second) || w.ended(mine) || w.ended(bertas) {
		t.Errorf("%d ended", n)
	}
	if n, err := w.a.EndOthers(ctx, who); err != nil || n != 0 {
		t.Errorf("a second time: %d, %v", n, err)
	}
}

func TestChangePassword(t *testing.T) {
	w := newWorld(t)
	other, _ := w.signIn(email)
	mine, _ := w.signIn(email)
	who, err := w.a.Session(ctx, mine)
	must(t, err)
	const next = "jauna parole, gara un laba"
	for want, pair := range map[error][2]string{
		auth.ErrWrong: {"nepareiza parole", next}, secret.ErrShort: {password, "short"},
		secret.ErrCommon: {password, "password1234"}, secret.ErrLong: {password, strings.Repeat("x ", 600)},
	} {
		if err := w.a.ChangePassword(ctx, who, pair[0], pair[1]); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	if w.ended(other) {
		t.Error("a refused change ended a session")
	}
	must(t, w.a.ChangePassword(ctx, who, password, next))
	if !w.ended(other) || w.ended(mine) {
		t.Error("the others must end, this one stays")
	}
	w.now = w.now.Add(time.Minute)
	if _, _, err := w.a.SignIn(ctx, email, password, w.code(email), secret.Cookie{}); !errors.Is(err, auth.ErrWrong) {
		t.Errorf("the old password: %v", err)
	}
	w.now = w.now.Add(time.Minute)
	cookie, _, err := w.a.SignIn(ctx, email, next, w.code(email), secret.Cookie{})
	must(t, err)
	again, err := w.a.Session(ctx, cookie)
	must(t, err)
	if again.Secret != who.Secret {
		t.Error("another member secret: every grant would be lost")
	}
	for range 5 {
		_ = w.a.ChangePassword(ctx, again, "nepareiza parole", next)
	}
	if err := w.a.ChangePassword(ctx, again, next, password); !errors.Is(err, auth.ErrWait) {
		t.Errorf("guesses behind a stolen cookie are not counted: %v", err)
	}
}

func TestTermOverEndsTheSessionAtMidnight(t *testing.T) {
	w := newWorld(t)
	dora := w.in("dora@example.lv")
	code, err := w.r.Invite(ctx, &dora.Acting, dora.Institution, []string{appoint.RoleMember})
	must(t, err)
	zane := w.enrol(code, "zane")
	must(t, w.r.PrepareAppointment(ctx, &dora.Acting, zane, "2026-11-22"))
	for _, name := range []string{email, "berta@example.lv"} {
		waits, err := w.r.Waiting(ctx)
		must(t, err)
		must(t, w.r.SignStatement(ctx, &w.in(name).Acting, waits[0].ID, true))
	}
	cookie, _ := w.signIn("zane@example.lv")
	w.now = time.Date(2026, 11, 22, 21, 59, 0, 0, time.UTC) // 23:59 in Riga
	w.a.Limits.Idle, w.a.Limits.Absolute = 24*time.Hour, 24*time.Hour
	session, err := w.a.Session(ctx, cookie)
	must(t, err)
	if !session.Has(appoint.RoleMember) {
		t.Errorf("on the last day: %v", session.Roles)
	}
	w.now = w.now.Add(time.Minute)
	if !w.ended(cookie) {
		t.Error("the term is over and the session is not")
	}
}
