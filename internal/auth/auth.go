// Package auth signs members in and out: one form, one answer and one cost for
// an unknown name, a wrong password and a wrong code. A session's row opens
// nothing by itself: the member secret in it is sealed under the cookie.
//
// Start with Service.SignIn and Service.Session. What a session allows is asked
// of the roster again at every request.
package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/keyring"
	"svilpe/internal/secret"
	"svilpe/internal/store"
)

const purposeSession = "session"

// Limits of sessions and sign-ins (decisions: 30 min idle, 10 h, five wrong).
type Limits struct {
	Idle, Absolute, Known time.Duration
	Wrong                 int           // wrong sign-ins before the first delay
	LongestDelay          time.Duration // delays double from a minute up to this
}

// Service signs members in.
type Service struct {
	Store  *store.Store
	Keys   keyring.Keys
	Gate   *secret.Gate
	Limits Limits
	Params func() secret.Params // of new passwords
	Now    func() time.Time
	Log    *slog.Logger
}

// Errors of a sign-in. ErrWrong is every wrong name, password and code alike.
var (
	ErrWrong    = errors.New("auth: name, password and code do not belong together")
	ErrWait     = errors.New("auth: too many wrong sign-ins, wait")
	ErrFounders = errors.New("auth: this member knows other founders")
)

// ErrFounded ends a session that began before the founding: who signs in again
// is bound to the founders from then on. It is an ErrSessionEnded.
var ErrFounded = fmt.Errorf("auth: founded since: %w", ethics.ErrSessionEnded)

// account is who signs in: a member, or a person enrolled and not appointed.
type account struct {
	store.Member
	enrolled bool
	verifier []byte // of the enrolled; a member's stands in the roster
}

func (s *Service) account(tx *store.ReadTx, name string) (account, error) {
	m, err := tx.MemberByEmail(name)
	if errors.Is(err, ethics.ErrNotFound) {
		e, err := tx.EnrolmentByEmail(name)
		return account{Member: e.Member, enrolled: true, verifier: e.Verifier}, err
	}
	return account{Member: m}, err
}

// SignIn opens a session. browser is the cookie of a browser that has signed in
// before, or zero. It answers ErrWrong, ErrWait, secret.ErrBusy or ErrFounders;
// the second cookie, when not zero, is to be kept as the browser's.
func (s *Service) SignIn(
	ctx context.Context, name, password, code string, browser secret.Cookie,
) (session, known secret.Cookie, err error) {
	now := s.Now()
	name = secret.FoldName(name)
	key := s.nameHash(name)
	familiar := false
	err = s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		familiar, err = tx.KnownBrowser(browser.Hash(), name, ethics.DayOf(now))
		return err
	})
	if err != nil {
		return session, known, err
	}
	if familiar {
		// Its own allowance: a stranger cannot shut this member out.
		key = s.nameHash(name + "\x00" + browser.Text())
	}
	// A place first: who is told that too many wait has not tried anything.
	place, err := s.Gate.Enter(familiar)
	if err != nil {
		return session, known, err
	}
	defer place.Leave()
	if err := s.admit(ctx, key, now); err != nil {
		return session, known, err
	}
	// Whether there is such a name is asked of those alone who may try: to be told to
	// wait takes no longer for one than for the other.
	var who account
	err = s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if who, err = s.account(tx, name); errors.Is(err, ethics.ErrNotFound) {
			who, err = account{}, nil
		}
		return err
	})
	if err != nil {
		return session, known, err
	}
	memberSecret, kek, params, err := s.unlock(ctx, place, who, password, code, now)
	if err != nil {
		return session, known, err
	}
	founders, err := s.checkFounders(ctx, &who, memberSecret)
	if err != nil {
		return session, known, err
	}
	if want := s.Params(); !params.SameCost(want) {
		if err := s.renew(ctx, place, &who, password, memberSecret, kek, params, want, nil); err != nil {
			return session, known, err
		}
	}
	return s.openSession(ctx, who, memberSecret, founders, key, familiar, now)
}

// unlock opens the member secret and checks the second factor. An unknown name
// costs the same derivation and gets the same answer.
func (s *Service) unlock(
	ctx context.Context, place secret.Place, who account, password, code string, now time.Time,
) (derive.Secret, secret.KEK, secret.Params, error) {
	params := s.Params()
	if who.ID != "" {
		p, err := secret.ParseParams(who.Params)
		if err != nil {
			return derive.Secret{}, secret.KEK{}, params, fmt.Errorf("parameters of %s: %w", who.ID, err)
		}
		params = p
	}
	kek, err := place.DeriveKEK(ctx, password, params, s.Keys.Pepper)
	if err != nil {
		return derive.Secret{}, kek, params, err
	}
	raw, err := kek.Open(who.ID, secret.PurposeMember, params, who.Secret)
	if err != nil {
		return derive.Secret{}, kek, params, ErrWrong
	}
	totp, err := kek.Open(who.ID, secret.PurposeTOTP, params, who.TOTP)
	if err != nil {
		return derive.Secret{}, kek, params, ErrWrong
	}
	step, ok := secret.Match(string(totp), code, now)
	if !ok {
		return derive.Secret{}, kek, params, ErrWrong
	}
	err = s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		return tx.UseTOTP(s.stepHash(who.ID, step), now.Add(codeKept).UnixMilli())
	})
	if errors.Is(err, ethics.ErrExists) {
		return derive.Secret{}, kek, params, ErrWrong
	}
	if err != nil {
		return derive.Secret{}, kek, params, err
	}
	memberSecret, err := derive.FromBytes(raw)
	return memberSecret, kek, params, err
}

// admit counts this try; ErrWait while a delay runs. Limits.Wrong tries in a row
// are free, then each begins a delay of 1, 2, 4 … minutes.
func (s *Service) admit(ctx context.Context, key []byte, now time.Time) error {
	admitted := false
	err := s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		var err error
		admitted, err = tx.Admit(key, now.UnixMilli(), func(n int) int64 {
			over := n - s.Limits.Wrong
			if over < 0 {
				return now.UnixMilli()
			}
			return now.Add(min(time.Minute<<min(over, 10), s.Limits.LongestDelay)).UnixMilli()
		})
		return err
	})
	if err == nil && !admitted {
		return ErrWait
	}
	return err
}

// nameHash is what throttles keep of a name: without the pepper it cannot be
// tested against a list of names.
func (s *Service) nameHash(name string) []byte { return s.keyed("svilpe/1 sign-in name\n" + name) }

// stepHash is what stays of a used code. Its step is half a minute of a member's
// day; without the pepper nobody can try steps against the hash.
func (s *Service) stepHash(member string, step int64) []byte {
	return s.keyed(fmt.Sprintf("svilpe/1 code step\n%s\n%d", member, step))
}

func (s *Service) keyed(text string) []byte {
	m := hmac.New(sha256.New, s.Keys.Pepper[:])
	m.Write([]byte(text))
	return m.Sum(nil)
}

// codeKept is how long a used code is remembered: longer than any clock's code
// is taken (secret.Match).
const codeKept = 5 * time.Minute

// openSession opens a session under the founders that the member was found to know.
// ErrWrong when a password was changed meanwhile: that ended all sessions, and
// this one would outlive it.
func (s *Service) openSession(
	ctx context.Context, who account, memberSecret derive.Secret, founders [32]byte, key []byte,
	familiar bool, now time.Time,
) (session, known secret.Cookie, err error) {
	session = secret.NewCookie()
	if !familiar {
		known = secret.NewCookie()
	}
	sealed := secret.SealUnder(session, purposeSession, who.ID, append(memberSecret[:], founders[:]...))
	err = s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		if err := who.unchanged(tx); err != nil {
			return err
		}
		if err := tx.DropThrottle(key); err != nil {
			return err
		}
		if !familiar {
			if err := tx.AddKnownBrowser(known.Hash(), who.ID, ethics.DayOf(now.Add(s.Limits.Known))); err != nil {
				return err
			}
		}
		if err := tx.AddSecurity(store.SecurityEvent{
			ID: uuid.NewString(), Member: who.ID, Kind: "signed_in", Day: ethics.DayOf(now),
		}); err != nil {
			return err
		}
		return tx.AddSession(store.Session{
			Hash: session.Hash(), Member: who.ID, Sealed: sealed, Started: now.UnixMilli(), Seen: now.UnixMilli(),
		})
	})
	if err != nil {
		return secret.Cookie{}, secret.Cookie{}, err
	}
	return session, known, nil
}
