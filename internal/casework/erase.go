package casework

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/store"
)

// Why a case is not erased. All are ErrRefused too.
var (
	ErrKept   = errors.New("casework: the time of keeping is not over")
	ErrHeld   = errors.New("casework: erasing is forbidden")
	ErrUnread = errors.New("casework: something of the reporter's was never opened")
	ErrSpoilt = errors.New("casework: what the case's time of keeping rests on is not as the log says")
)

// eraserCase is a case that this member may have a part in erasing: who signs first
// holds a grant, who signs second needs none.
func (s *Service) eraserCase(tx *store.ReadTx, who *appoint.Acting, number string) (ethics.Case, error) {
	if !s.mayErase(who) {
		return ethics.Case{}, ethics.ErrNotFound
	}
	find, second := tx.HeldCase, s.signsSecond(who)
	if second {
		find = func(number, _ string) (ethics.Case, error) { return tx.CaseByNumber(number) }
	}
	c, err := find(number, who.ID)
	if err == nil && !slices.Contains(s.Policy.Erasable(), c.State) {
		err = ethics.ErrNotFound
	}
	if err != nil || second {
		return c, err
	}
	g, err := tx.Grant(c.ID, who.ID)
	if err != nil {
		return c, err
	}
	if !slices.Contains(s.member(who, c, g).Roles, s.Policy.Erasers().FirstOffice) {
		return c, ethics.ErrNotFound
	}
	return c, nil
}

// SignErasure is one person's part (Policy.Erasers): the first signature by one who
// holds the case, the second with which the case is erased.
// Refused with the reason while the case is kept, held or unread, with
// ErrSamePerson for one person twice, with ErrConflict for the second before the
// first, or when anything came in between.
func (s *Service) SignErasure(ctx context.Context, who *appoint.Acting, number string) error {
	var e store.Erasure
	var r Retained
	second := s.signsSecond(who)
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		c, err := s.eraserCase(tx, who, number)
		if err != nil {
			return err
		}
		if r, err = s.retained(tx, who, c); err != nil {
			return err
		}
		if r.Why != nil {
			return fmt.Errorf("%w: %w", ethics.ErrRefused, r.Why)
		}
		e, err = s.toSign(tx, who, c, r, second)
		return err
	})
	if err != nil {
		return err
	}
	kind, day, act := record.KindErasureApproved, e.Asked, func(tx *store.Tx) error { return tx.ApproveErasure(e) }
	if second {
		kind, day, act = record.KindErased, e.Day, func(tx *store.Tx) error { return tx.Erase(e, r.Ended) }
	}
	err = s.Store.Write(ctx, store.Entry{
		ID: uuid.NewString(), Day: day, Kind: kind, Actor: who.ID, Stream: ethics.CaseStream(e.Case),
	}, act)
	if errors.Is(err, ethics.ErrExists) {
		return nil // the same form sent twice
	}
	if err != nil || !second {
		return err
	}
	if err := s.FinishErasures(ctx); err != nil {
		// It is erased; what the disk and the list still lack the next round brings.
		s.Log.LogAttrs(ctx, slog.LevelError, "an erasure is not finished yet", slog.Any("err", err))
	}
	return nil
}

// toSign is the erasure with this member's signature.
func (s *Service) toSign(
	tx *store.ReadTx, who *appoint.Acting, c ethics.Case, r Retained, second bool,
) (store.Erasure, error) {
	in, err := tx.Installation()
	if err != nil {
		return store.Erasure{}, err
	}
	newest, err := tx.Newest(c.ID)
	if err != nil {
		return store.Erasure{}, err
	}
	key, counted := who.Secret.MemberSigner(), record.TombstoneOf(c, r.Ended)
	if !second {
		e := store.Erasure{
			Case: c.ID, Number: c.Number, Institution: c.Institution, Asked: s.today(), Digest: newest,
			Grounds: "kept until " + r.Last, First: who.ID,
		}
		e.FirstSignature = payload.SignStatement(payload.LabelErasure, e.Stated(in.ID, counted), key)
		return e, nil
	}
	e, err := tx.Erasure(c.ID)
	switch {
	case errors.Is(err, ethics.ErrNotFound), err == nil && string(e.Digest) != string(newest):
		return e, ethics.ErrConflict
	case err != nil:
		return e, err
	case who.Roster.ByName(e.First, who.ID):
		return e, ethics.ErrSameName
	case !who.Roster.Another(e.First, who.ID):
		return e, ethics.ErrSamePerson
	case !store.MayConfirmErasure(s.Policy.Erasers(), who.Roster, who.ID, s.today()):
		return e, ethics.ErrNotFound
	}
	l, err := tx.Ledger(ethics.CaseStream(c.ID))
	if err != nil {
		return e, err
	}
	if err := e.FirstSigned(in.ID, counted, l.AskedUnder(e, who.Roster)); err != nil {
		return e, err
	}
	e.Second, e.Day = who.ID, s.today()
	e.Until = string(policy.Day(e.Day).AddPeriod(policy.Days(s.Policy.Spans.Backups)))
	e.SecondSignature = payload.SignStatement(payload.LabelErasure, e.Stated(in.ID, counted), key)
	return e, nil
}

// FinishErasures brings to the disk, and then to the list in keys/, what was
// erased: the write-ahead log is cut, and the case's id joins the list. It does
// what a crash left undone, and nothing where all is done.
func (s *Service) FinishErasures(ctx context.Context) error {
	listed, err := s.Keys.Erased()
	if err != nil {
		return err
	}
	var missing []string
	err = s.Store.Read(ctx, func(tx *store.ReadTx) error {
		all, bad, err := tx.Erasures()
		if err != nil {
			return err
		}
		for _, e := range all {
			if !slices.Contains(listed, e.Case) {
				missing = append(missing, e.Case)
			}
		}
		return bad
	})
	if len(missing) == 0 {
		return err
	}
	if err := s.Store.Shred(ctx); err != nil {
		return err
	}
	for _, id := range missing {
		if err := s.Keys.AddErased(id); err != nil {
			return err
		}
	}
	return err // of others, which are not listed
}
