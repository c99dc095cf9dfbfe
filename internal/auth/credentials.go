package auth

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/secret"
	"svilpe/internal/store"
)

// save replaces a person's credentials, made from the row that was read before, and
// does in the same transaction what goes with it (nil for nothing). ErrWrong when the
// row is another by now: what would be written is made of a password that no longer
// holds.
func (s *Service) save(ctx context.Context, who *account, next store.Member, with func(*store.ScratchTx) error) error {
	if with == nil {
		with = func(*store.ScratchTx) error { return nil }
	}
	var err error
	if who.enrolled {
		err = s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
			if err := who.unchanged(tx); err != nil {
				return err
			}
			return errors.Join(tx.PutEnrolment(next), with(tx))
		})
	} else {
		e := store.Entry{
			ID: uuid.NewString(), Day: ethics.DayOf(s.Now()), Kind: record.KindCredentials, Actor: who.ID,
			Stream: ethics.MemberStream(who.ID),
		}
		err = s.Store.Write(ctx, e, func(tx *store.Tx) error {
			if err := who.unchanged(tx.Scratch()); err != nil {
				return err
			}
			return errors.Join(tx.PutMember(next), with(tx.Scratch()))
		})
	}
	if err == nil {
		who.Member = next
	}
	return err
}

// unchanged compares the account with its row inside a transaction. ErrWrong
// also when who was enrolled has been appointed meanwhile, or is gone.
func (who account) unchanged(tx *store.ScratchTx) error {
	now, err := store.Member{}, error(nil)
	if who.enrolled {
		var e store.Enrolment
		e, err = tx.EnrolmentNow(who.ID)
		now = e.Member
	} else {
		now, err = tx.MemberNow(who.ID)
	}
	if errors.Is(err, ethics.ErrNotFound) {
		return ErrWrong
	}
	if err != nil {
		return err
	}
	if now.Params != who.Params || !bytes.Equal(now.Secret, who.Secret) || !bytes.Equal(now.TOTP, who.TOTP) ||
		!bytes.Equal(now.FoundersCopy, who.FoundersCopy) {
		return ErrWrong
	}
	return nil
}

// renew seals the same secrets under new parameters or a new password.
func (s *Service) renew(
	ctx context.Context, place secret.Place, who *account, password string, memberSecret derive.Secret, old secret.KEK,
	oldParams, want secret.Params, with func(*store.ScratchTx) error,
) error {
	totp, err := old.Open(who.ID, secret.PurposeTOTP, oldParams, who.TOTP)
	if err != nil {
		return fmt.Errorf("renew parameters: %w", err)
	}
	kek, err := place.DeriveKEK(ctx, password, want, s.Keys.Pepper)
	if err != nil {
		return err
	}
	next := who.Member
	next.Params = want.String()
	next.Secret = kek.Seal(who.ID, secret.PurposeMember, want, memberSecret[:])
	next.TOTP = kek.Seal(who.ID, secret.PurposeTOTP, want, totp)
	return s.save(ctx, who, next, with)
}
