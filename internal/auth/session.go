package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/secret"
	"svilpe/internal/store"
)

// Session is a signed-in member, as of this request.
type Session struct {
	appoint.Acting
	Email     string
	Appointed bool // false: enrolled and waiting for an appointment
	hash      []byte
}

// Session finds who a cookie belongs to and what they may be today. Every
// request asks: ErrSessionEnded when signed out, idle, too old, or when the last
// appointment's term has ended; ErrFounded when it began before the founding. A
// session under other founders, or with another's key, ends with an alarm.
func (s *Service) Session(ctx context.Context, cookie secret.Cookie) (*Session, error) {
	now := s.Now()
	var row store.Session
	var verifier []byte
	out := &Session{hash: cookie.Hash()}
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if row, err = tx.Session(out.hash); err != nil {
			return err
		}
		verifier, err = s.identify(tx, out, row.Member, now)
		return err
	})
	if errors.Is(err, ethics.ErrNotFound) {
		return nil, ethics.ErrSessionEnded
	}
	if err != nil {
		return nil, err
	}
	ms := now.UnixMilli()
	if ms-row.Seen > s.Limits.Idle.Milliseconds() || ms-row.Started > s.Limits.Absolute.Milliseconds() {
		return nil, ethics.ErrSessionEnded
	}
	raw, err := secret.OpenUnder(cookie, purposeSession, out.ID, row.Sealed)
	if err != nil || len(raw) != len(out.Secret)+32 {
		return nil, ethics.ErrSessionEnded
	}
	if out.Secret, err = derive.FromBytes(raw[:len(out.Secret)]); err != nil {
		return nil, err
	}
	if err := s.checkSession(ctx, out, [32]byte(raw[len(out.Secret):]), verifier); err != nil {
		return nil, err
	}
	// The row knows five minutes, no more; that spares a write a request too.
	if store.OnGrid(ms) > row.Seen {
		if err := s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
			return tx.TouchSession(out.hash, ms)
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// identify fills in who a member is today and gives the verifier key that is
// appointed, or enrolled, for that member.
func (s *Service) identify(tx *store.ReadTx, out *Session, member string, now time.Time) ([]byte, error) {
	roster, err := tx.Roster()
	if err != nil && !errors.Is(err, ethics.ErrNotReady) {
		return nil, err
	}
	if roster != nil {
		out.Roster = roster
		if m, err := roster.Member(member); err == nil {
			creds, err := tx.Member(member)
			if err != nil {
				return nil, err
			}
			out.ID, out.Name, out.Email, out.Institution = m.ID, m.Name, creds.Email, m.Home()
			out.Roles, out.Appointed = roster.AllRoles(member, ethics.DayOf(now)), true
			if len(out.Roles) == 0 {
				return nil, ethics.ErrNotFound // the term has ended, at midnight
			}
			return m.Verifier, nil
		}
	}
	e, err := tx.Enrolment(member)
	if err != nil {
		return nil, err
	}
	out.ID, out.Name, out.Email, out.Institution = e.ID, e.Name, e.Email, e.Institution
	return e.Verifier, nil
}

// SignOut ends a session, also for somebody who does not wait for the answer.
func (s *Service) SignOut(ctx context.Context, cookie secret.Cookie) error {
	ctx = context.WithoutCancel(ctx)
	return s.Store.Scratch(ctx, func(tx *store.ScratchTx) error { return tx.DropSession(cookie.Hash()) })
}

// EndOthers ends the member's other sessions and tells how many there were.
func (s *Service) EndOthers(ctx context.Context, who *Session) (int, error) {
	ctx = context.WithoutCancel(ctx)
	var n int
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		n, err = tx.SessionCount(who.ID)
		return err
	})
	if err != nil {
		return 0, err
	}
	return max(n-1, 0), s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		return tx.DropSessions(who.ID, who.hash)
	})
}

// ChangePassword seals the same secrets under a new password and ends the other
// sessions. ErrWrong when the old one is wrong, also by a change at the same
// moment; secret.ErrShort, ErrCommon or
// ErrLong for the new.
func (s *Service) ChangePassword(ctx context.Context, who *Session, oldPassword, newPassword string) error {
	if err := secret.CheckPassword(newPassword); err != nil {
		return err
	}
	var a account
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		a, err = s.account(tx, who.Email)
		return err
	})
	if err != nil {
		return err
	}
	key := s.nameHash("change\x00" + who.ID)
	place, err := s.Gate.Enter(true)
	if err != nil {
		return err
	}
	defer place.Leave()
	if err := s.admit(ctx, key, s.Now()); err != nil {
		return err
	}
	params, err := secret.ParseParams(a.Params)
	if err != nil {
		return fmt.Errorf("parameters of %s: %w", a.ID, err)
	}
	old, err := place.DeriveKEK(ctx, oldPassword, params, s.Keys.Pepper)
	if err != nil {
		return err
	}
	raw, err := old.Open(a.ID, secret.PurposeMember, params, a.Secret)
	if err != nil {
		return ErrWrong
	}
	memberSecret, err := derive.FromBytes(raw)
	if err != nil {
		return err
	}
	changed := store.SecurityEvent{
		ID: uuid.NewString(), Member: a.ID, Kind: "password_changed", Day: ethics.DayOf(s.Now()),
	}
	// In one transaction: a password that was changed leaves nobody signed in under
	// the old one, whatever is cut off here.
	return s.renew(ctx, place, &a, newPassword, memberSecret, old, params, s.Params(), func(tx *store.ScratchTx) error {
		return errors.Join(tx.AddSecurity(changed), tx.DropThrottle(key), tx.DropSessions(who.ID, who.hash))
	})
}
