package auth

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/secret"
	"svilpe/internal/store"
)

// checkFounders compares the member's own copy of the founders' digest with the
// installation's, and the member's own key with the appointed one. An operator
// who replaced founders or appointments shows here, at every member's sign-in:
// ErrFounders. The digest is for the session, zero before the founding.
func (s *Service) checkFounders(ctx context.Context, who *account, memberSecret derive.Secret) ([32]byte, error) {
	var roster *appoint.Roster
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		roster, err = tx.Roster()
		return err
	})
	if err != nil && !errors.Is(err, ethics.ErrNotReady) {
		return [32]byte{}, err
	}
	verifier := who.verifier
	if roster != nil && !who.enrolled {
		if verifier, err = roster.Verifier(who.ID); err != nil {
			return [32]byte{}, s.alarm(ctx, who.ID, "a row of credentials belongs to nobody who was appointed")
		}
	}
	if !keyMatches(memberSecret, verifier) {
		return [32]byte{}, s.alarm(ctx, who.ID, "a member's key is not the one appointed: the database was changed")
	}
	if roster == nil {
		return [32]byte{}, nil
	}
	return roster.Digest, s.knowsFounders(ctx, who, memberSecret, roster)
}

// knowsFounders opens the member's copy. The founders have it from signing, who
// enrolled later from enrolment; the founding's administrator alone signs
// nothing and gets it now. An empty copy of anybody else was emptied.
func (s *Service) knowsFounders(
	ctx context.Context, who *account, memberSecret derive.Secret, roster *appoint.Roster,
) error {
	if len(who.FoundersCopy) == 0 && !who.enrolled && roster.Administers(who.ID) {
		next := who.Member
		next.FoundersCopy = secret.SealUnder(memberSecret.FoundersKey(), secret.PurposeFounders,
			who.ID, roster.Digest[:])
		return s.save(ctx, who, next, nil)
	}
	own, err := secret.OpenUnder(memberSecret.FoundersKey(), secret.PurposeFounders, who.ID, who.FoundersCopy)
	if err != nil || !bytes.Equal(own, roster.Digest[:]) {
		return s.alarm(ctx, who.ID, "a member knows other founders: the database or keys/founders was replaced")
	}
	return nil
}

// checkSession asks the same of a session at every request: the founders it
// began under, and that its secret is that of the member in its row.
func (s *Service) checkSession(ctx context.Context, who *Session, began [32]byte, verifier []byte) error {
	var founders [32]byte
	if who.Roster != nil {
		founders = who.Roster.Digest
	}
	switch {
	case began != founders && began == [32]byte{}:
		return ErrFounded
	case began != founders:
		return fmt.Errorf("%w: %w", ethics.ErrSessionEnded,
			s.alarm(ctx, who.ID, "the founders were replaced under a session"))
	case !keyMatches(who.Secret, verifier):
		return fmt.Errorf("%w: %w", ethics.ErrSessionEnded,
			s.alarm(ctx, who.ID, "a session's key is not the one appointed"))
	}
	return nil
}

func keyMatches(memberSecret derive.Secret, verifier []byte) bool {
	return bytes.Equal(memberSecret.MemberSigner().Public().(ed25519.PublicKey), verifier)
}

func (s *Service) alarm(ctx context.Context, member, what string) error {
	//nolint:sloglint // what is one of the constants above
	s.Log.LogAttrs(ctx, slog.LevelError, what, slog.String("member", member))
	return ErrFounders
}
