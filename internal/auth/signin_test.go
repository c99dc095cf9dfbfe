package auth_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/secret"
	"svilpe/internal/store"
	"svilpe/internal/verify"
)

func TestOneAnswerForEveryWrongSignIn(t *testing.T) {
	w := newWorld(t)
	w.now = w.now.Add(time.Minute)
	for name, x := range map[string][3]string{
		"unknown name":      {"nobody@example.lv", password, w.code(email)},
		"empty name":        {"", password, w.code(email)},
		"wrong password":    {email, "nepareiza parole", w.code(email)},
		"wrong code":        {email, password, "000000x"},
		"no code":           {email, password, ""},
		"someone's code":    {email, password, w.code("berta@example.lv")},
		"someone's account": {"berta@example.lv", password, w.code(email)},
	} {
		session, known, err := w.a.SignIn(ctx, x[0], x[1], x[2], secret.Cookie{})
		if err != auth.ErrWrong { //nolint:errorlint // the very same error, with nothing around it
			t.Errorf("%s: %v", name, err)
		}
		if session != (secret.Cookie{}) || known != (secret.Cookie{}) {
			t.Errorf("%s: a cookie", name)
		}
	}
	if _, _, err := w.a.SignIn(ctx, " ANNA@Example.LV ", password, w.code(email), secret.Cookie{}); err != nil {
		t.Errorf("the name folded: %v", err)
	}
}

// An unknown name costs the same derivation: while another runs, both a known
// and an unknown name wait for their turn and nobody is told sooner.
func TestUnknownNamesWaitLikeKnownOnes(t *testing.T) {
	w := newWorld(t)
	slow := secret.Default()
	slow.Time = 15
	for _, name := range []string{email, "nobody@example.lv"} {
		var done atomic.Bool
		var other sync.WaitGroup
		started := make(chan struct{})
		other.Go(func() {
			close(started)
			_, _ = w.a.Gate.DeriveKEK(ctx, password, slow, w.a.Keys.Pepper)
			done.Store(true)
		})
		<-started
		time.Sleep(20 * time.Millisecond)
		short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
		_, _, err := w.a.SignIn(short, name, "nepareiza parole", "000000", secret.Cookie{})
		cancel()
		if !done.Load() && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s did not wait for its turn: %v", name, err)
		}
		other.Wait()
	}
}

func TestATOTPStepIsUsedOnce(t *testing.T) {
	w := newWorld(t)
	w.now = w.now.Add(time.Minute)
	code := w.code(email)
	if _, _, err := w.a.SignIn(ctx, email, password, code, secret.Cookie{}); err != nil {
		t.Fatal(err)
	}
	for _, later := range []time.Duration{0, 29 * time.Second} {
		w.now = w.now.Add(later)
		if _, _, err := w.a.SignIn(ctx, email, password, code, secret.Cookie{}); !errors.Is(err, auth.ErrWrong) {
			t.Errorf("used again after %v: %v", later, err)
		}
	}
	// Sent sixteen times at once, it opens one session.
	w.now = w.now.Add(time.Minute)
	code = w.code("berta@example.lv")
	var opened atomic.Int32
	var all sync.WaitGroup
	w.a.Limits.Wrong = 100
	for range 16 {
		all.Go(func() {
			if _, _, err := w.a.SignIn(ctx, "berta@example.lv", password, code, secret.Cookie{}); err == nil {
				opened.Add(1)
			}
		})
	}
	all.Wait()
	if opened.Load() != 1 {
		t.Errorf("%d sessions by one code", opened.Load())
	}
}

// Guesses sent at once are counted one by one: of thirty, five are looked at.
func TestThrottleCountsConcurrentGuesses(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{email, "nobody@example.lv"} {
		var wrong, wait atomic.Int32
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				switch _, _, err := w.a.SignIn(ctx, name, "nepareiza parole", "000000", secret.Cookie{}); {
				case errors.Is(err, auth.ErrWrong):
					wrong.Add(1)
				case errors.Is(err, auth.ErrWait):
					wait.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if wrong.Load() != 5 || wait.Load() != 15 {
			t.Errorf("%s: %d looked at, %d waiting", name, wrong.Load(), wait.Load())
		}
	}
}

func TestDelaysDoubleUpToTheLongest(t *testing.T) {
	w := newWorld(t)
	try := func() error {
		_, _, err := w.a.SignIn(ctx, email, "nepareiza parole", "000000", secret.Cookie{})
		return err
	}
	for range 5 {
		if err := try(); !errors.Is(err, auth.ErrWrong) {
			t.Fatal(err)
		}
	}
	for _, minutes := range []int{1, 2, 4, 8, 15, 15, 15} {
		w.now = w.now.Add(time.Duration(minutes)*time.Minute - time.Second)
		if err := try(); !errors.Is(err, auth.ErrWait) {
			t.Fatalf("before %d minutes: %v", minutes, err)
		}
		if _, _, err := w.a.SignIn(ctx, email, password, w.code(email),
			secret.Cookie{}); !errors.Is(err, auth.ErrWait) {
			t.Fatalf("the right password was looked at during a delay: %v", err)
		}
		w.now = w.now.Add(time.Second)
		if err := try(); !errors.Is(err, auth.ErrWrong) {
			t.Fatalf("after %d minutes: %v", minutes, err)
		}
	}
	w.now = w.now.Add(15 * time.Minute)
	w.signIn(email) // and a right one forgets them all
	for range 5 {
		if err := try(); !errors.Is(err, auth.ErrWrong) {
			t.Errorf("after a right sign-in: %v", err)
		}
	}
}

// A stranger who keeps guessing shuts the name, not the member's own browser.
func TestKnownBrowserHasItsOwnAllowance(t *testing.T) {
	w := newWorld(t)
	_, known := w.signIn(email)
	_, bertas := w.signIn("berta@example.lv")
	guess := func(browser secret.Cookie) error {
		_, _, err := w.a.SignIn(ctx, email, "nepareiza parole", "000000", browser)
		return err
	}
	for range 5 {
		_ = guess(secret.Cookie{})
	}
	if err := guess(secret.Cookie{}); !errors.Is(err, auth.ErrWait) {
		t.Fatalf("the name is not shut: %v", err)
	}
	for name, browser := range map[string]secret.Cookie{"unknown": {1, 2, 3}, "another member's": bertas} {
		if err := guess(browser); !errors.Is(err, auth.ErrWait) {
			t.Errorf("a browser that is %s has an allowance: %v", name, err)
		}
	}
	w.now = w.now.Add(30 * time.Second)
	_, again, err := w.a.SignIn(ctx, email, password, w.code(email), known)
	if err != nil {
		t.Fatalf("the member is shut out: %v", err)
	}
	if again != (secret.Cookie{}) {
		t.Error("a known browser got another cookie")
	}
	for range 5 {
		if err := guess(known); !errors.Is(err, auth.ErrWrong) {
			t.Error(err)
		}
	}
	if err := guess(known); !errors.Is(err, auth.ErrWait) {
		t.Errorf("a known browser guesses without end: %v", err)
	}
}

// Who is told to wait may ask as often and as fast as a network lets, and looks at a
// clock: of the name nothing is looked up, so what is spoilt there is not seen.
func TestWhoWaitsLearnsOfNoName(t *testing.T) {
	w := newWorld(t)
	_, known := w.signIn(email)
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(w.data, store.File))
	must(t, err)
	defer func() { _ = db.Close() }()
	_, err = db.Exec(`update member set params = params || ' ' where email = ?`, email)
	must(t, err)
	guess := func(name string, browser secret.Cookie) error {
		_, _, err := w.a.SignIn(ctx, name, "nepareiza parole", "000000", browser)
		return err
	}
	for _, name := range []string{email, "nobody@example.lv"} {
		for range 5 {
			if err := guess(name, secret.Cookie{}); err == nil || errors.Is(err, auth.ErrWait) {
				t.Fatal(err)
			}
		}
		for _, browser := range []secret.Cookie{{}, {1, 2, 3}} {
			if err := guess(name, browser); !errors.Is(err, auth.ErrWait) {
				t.Errorf("%s is looked up for who waits: %v", name, err)
			}
		}
	}
	if err := guess(email, known); errors.Is(err, auth.ErrWait) || errors.Is(err, auth.ErrWrong) {
		t.Errorf("this test spoils nothing: %v", err)
	}
}

// A flood of strangers' guesses takes no member's place, and who is told that too
// many wait has used up nothing of what a name or a browser may try.
func TestAFloodCountsForNobody(t *testing.T) {
	w := newWorld(t)
	session, known := w.signIn(email)
	var flood []secret.Place
	for range 21 {
		place, err := w.a.Gate.Enter(false)
		must(t, err)
		flood = append(flood, place)
	}
	w.now = w.now.Add(time.Minute)
	enter := func(browser secret.Cookie) error {
		_, _, err := w.a.SignIn(ctx, email, password, w.code(email), browser)
		return err
	}
	for range 10 {
		if err := enter(secret.Cookie{}); !errors.Is(err, secret.ErrBusy) {
			t.Fatalf("nobody waits: %v", err)
		}
	}
	if err := enter(known); err != nil {
		t.Errorf("the member's own browser: %v", err)
	}
	who, err := w.a.Session(ctx, session)
	must(t, err)
	if err := w.a.ChangePassword(ctx, who, "nepareiza parole",
		"jauna parole, gara un laba"); !errors.Is(err, auth.ErrWrong) {
		t.Errorf("who is signed in: %v", err)
	}
	for _, place := range flood {
		place.Leave()
	}
	w.now = w.now.Add(time.Minute)
	if err := enter(secret.Cookie{}); err != nil {
		t.Errorf("what was not tried was counted: %v", err)
	}
}

func TestParametersAreRenewedAtSignIn(t *testing.T) {
	w := newWorld(t)
	before := w.row(w.ids[0])
	w.params.Time = 2
	w.signIn(email)
	after := w.row(w.ids[0])
	if before.Params == after.Params || string(before.Secret) == string(after.Secret) ||
		string(before.TOTP) == string(after.TOTP) {
		t.Error("not renewed")
	}
	if p, err := secret.ParseParams(after.Params); err != nil || p.Time != 2 {
		t.Errorf("parameters: %+v, %v", p.Time, err)
	}
	w.signIn(email) // and they open
	if w.row(w.ids[0]).Params != after.Params {
		t.Error("renewed without a reason")
	}
	found, err := verify.Run(ctx, w.a.Store, verify.Options{})
	must(t, err)
	if found.First() != nil {
		t.Error(found.First())
	}
}

// The row of the founders' copy exchanged, as an operator could who founds anew.
func TestMemberWhoKnowsOtherFoundersIsRefused(t *testing.T) {
	w := newWorld(t)
	anna := w.in(email)
	other := w.row(w.ids[0])
	other.FoundersCopy = secret.SealUnder(anna.Secret.FoundersKey(), secret.PurposeFounders, anna.ID, make([]byte, 32))
	w.write(anna.ID, func(tx *store.Tx) error { return tx.PutMember(other) })
	w.now = w.now.Add(time.Minute)
	if _, _, err := w.a.SignIn(ctx, email, password, w.code(email),
		secret.Cookie{}); !errors.Is(err, auth.ErrFounders) {
		t.Errorf("signed in: %v", err)
	}
	other.FoundersCopy = []byte("short")
	w.write(anna.ID, func(tx *store.Tx) error { return tx.PutMember(other) })
	w.now = w.now.Add(time.Minute)
	if _, _, err := w.a.SignIn(ctx, email, password, w.code(email),
		secret.Cookie{}); !errors.Is(err, auth.ErrFounders) {
		t.Errorf("signed in with a damaged copy: %v", err)
	}
}

// Who enrolled before the founding and did not sign gets the copy at the first
// sign-in after it.
func TestAdministratorGetsTheFoundersCopy(t *testing.T) {
	w := newWorld(t)
	if len(w.row(w.ids[3]).FoundersCopy) != 0 {
		t.Fatal("there already")
	}
	w.signIn("dora@example.lv")
	if len(w.row(w.ids[3]).FoundersCopy) == 0 {
		t.Error("not given")
	}
	w.signIn("dora@example.lv")
	if who := w.in("dora@example.lv"); !who.Has(appoint.RoleAdministrator) {
		t.Errorf("roles %v", who.Roles)
	}
}
