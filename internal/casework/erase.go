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

// rowErasure is the row of the matrix that lets somebody approve erasing.
const rowErasure = "approve_erasure"

// Why a case is not erased. All are ErrRefused too.
var (
	ErrKept   = errors.New("casework: the time of keeping is not over")
	ErrHeld   = errors.New("casework: erasing is forbidden")
	ErrUnread = errors.New("casework: something of the reporter's was never opened")
	ErrSpoilt = errors.New("casework: what the case's time of keeping rests on is not as the log says")
)

// Retained is a case whose time of keeping ends soon or has ended.
type Retained struct {
	Number, Institution    string
	Track, Category, State string
	Ended                  ethics.Day // came to its last state
	Last                   ethics.Day // is kept up to this day
	Why                    error      // nil when it may be erased: ErrKept, ErrHeld, ErrUnread
	First                  string     // who approved, "" while nobody has
	Mine                   bool       // the viewer may sign now
}

// Retention is what is to be erased, and what was.
type Retention struct {
	Cases   []Retained
	Details []Expiring
	Erased  []ErasureRecord
}

// ErasureRecord is what stays of an erased case, with names.
type ErasureRecord struct {
	store.Erasure
	FirstName, SecondName string
	Pending               bool // a permitted backup may still hold it
}

// Retained lists cases whose keeping ends within the time of warning: of a
// responsible person those that they hold, of an auditor all. No case is ever
// erased by itself: one with something unread stands here and is not proposed.
// Details are (EraseIdentities), and stand here before.
// ErrNotFound for those who approve no erasing.
func (s *Service) Retained(ctx context.Context, who *appoint.Acting) (Retention, error) {
	var out Retention
	if !s.mayErase(who) {
		return out, ethics.ErrNotFound
	}
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		vaults, err := tx.VaultCases()
		if err != nil {
			return err
		}
		for _, state := range s.Policy.Erasable() {
			cases, err := s.ofErasers(tx, who, state)
			if err != nil {
				return err
			}
			for _, c := range cases {
				r, err := s.retained(tx, who, c.Case)
				if errors.Is(err, ethics.ErrUntrusted) { // named here, and nobody signs for it
					r.Last, r.Why = s.today(), ErrSpoilt
					out.Cases = append(out.Cases, r)
					continue
				}
				if err != nil {
					return err
				}
				if slices.Contains(vaults, c.ID) {
					if err := s.expiring(tx, c.Case, &out); err != nil {
						return err
					}
				}
				if policy.Day(s.today()).DaysUntil(policy.Day(r.Last)) <= policy.WarnErasure {
					out.Cases = append(out.Cases, r)
				}
			}
		}
		slices.SortFunc(out.Cases, func(a, b Retained) int { return compare(a.Last+a.Number, b.Last+b.Number) })
		slices.SortFunc(out.Details, func(a, b Expiring) int { return compare(a.Last+a.Number, b.Last+b.Number) })
		all, _, err := tx.Erasures() // what is not as the log says is left out, and a verification names it
		for _, e := range all {
			if who.Has(appoint.RoleAuditor) || who.Roster.Same(e.First, who.ID) {
				out.Erased = append(out.Erased, ErasureRecord{e, nameIn(who.Roster, e.First), nameIn(who.Roster, e.Second), s.today() <= e.Until})
			}
		}
		return err
	})
	return out, err
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func nameIn(roster *appoint.Roster, id string) string {
	if m, err := roster.Member(id); err == nil {
		return m.Name
	}
	return id
}

// mayErase tells whether a member approves erasing at all.
func (s *Service) mayErase(who *appoint.Acting) bool {
	return who.Roster != nil && s.Policy.Level(policy.Member{ID: who.ID, Roles: who.Roles, HoldsGrant: true}, rowErasure) > policy.No
}

func (s *Service) ofErasers(tx *store.ReadTx, who *appoint.Acting, state string) ([]store.ListedCase, error) {
	const every = 1 << 20
	if who.Has(appoint.RoleAuditor) {
		return tx.AllCases(store.Filter{State: state}, store.Key{}, every)
	}
	return tx.MemberCases(who.ID, store.Filter{State: state}, store.Key{}, every)
}

// retained tells how a case stands. Last is far away where no keeping runs.
func (s *Service) retained(tx *store.ReadTx, who *appoint.Acting, c ethics.Case) (Retained, error) {
	r := Retained{Number: c.Number, Institution: c.Institution, Track: c.Track, Category: c.Category, State: c.State, Last: "9999-12-31"}
	file, err := tx.CaseFile(c.ID, false) // what erasing rests on is as the log says
	if err != nil {
		return r, err
	}
	events := file.Events
	for _, e := range events {
		if e.Name == ethics.Entered(c.State) {
			r.Ended = e.Day
		}
	}
	if due, ok := s.Policy.Retention(c.Track, policy.Events(events)); ok {
		r.Last = string(due.Due)
	}
	unread, err := tx.Unread(c.ID)
	if err != nil {
		return r, err
	}
	switch {
	case !slices.Contains(s.Policy.Erasable(), c.State), s.today() <= r.Last:
		r.Why = ErrKept
	case slices.Contains(s.Policy.Flagged(policy.Events(events)), policy.FlagLegalHold):
		r.Why = ErrHeld
	case unread:
		r.Why = ErrUnread
	}
	e, err := tx.Erasure(c.ID)
	if err != nil && !errors.Is(err, ethics.ErrNotFound) {
		return r, err
	}
	if err == nil {
		newest, err := tx.Newest(c.ID)
		if err != nil {
			return r, err
		}
		if string(newest) == string(e.Digest) { // else it was overtaken
			r.First = nameIn(who.Roster, e.First)
		}
	}
	r.Mine = r.Why == nil && (r.First == "") != who.Has(appoint.RoleAuditor)
	return r, nil
}

// ToErase is one case of the list; ErrNotFound for whoever may not see it there.
func (s *Service) ToErase(ctx context.Context, who *appoint.Acting, number string) (Retained, error) {
	var r Retained
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		c, err := s.eraserCase(tx, who, number)
		if err == nil {
			r, err = s.retained(tx, who, c)
		}
		return err
	})
	return r, err
}

// eraserCase is a case that this member may have a part in erasing: a responsible
// person holds a grant, an auditor needs none.
func (s *Service) eraserCase(tx *store.ReadTx, who *appoint.Acting, number string) (ethics.Case, error) {
	if !s.mayErase(who) {
		return ethics.Case{}, ethics.ErrNotFound
	}
	find := tx.HeldCase
	if who.Has(appoint.RoleAuditor) {
		find = func(number, _ string) (ethics.Case, error) { return tx.CaseByNumber(number) }
	}
	c, err := find(number, who.ID)
	if err == nil && !slices.Contains(s.Policy.Erasable(), c.State) {
		err = ethics.ErrNotFound
	}
	if err != nil || who.Has(appoint.RoleAuditor) {
		return c, err
	}
	g, err := tx.Grant(c.ID, who.ID)
	if err != nil {
		return c, err
	}
	if !slices.Contains(s.member(who, c, g).Roles, appoint.RoleResponsible) {
		return c, ethics.ErrNotFound
	}
	return c, nil
}

// SignErasure is one person's part: the first signature by a responsible person
// who holds the case, the second by an auditor, with which the case is erased.
// Refused with the reason while the case is kept, held or unread, with
// ErrSamePerson for one person twice, with ErrConflict for the second before the
// first, or when anything came in between.
func (s *Service) SignErasure(ctx context.Context, who *appoint.Acting, number string) error {
	var e store.Erasure
	var r Retained
	second := who.Has(appoint.RoleAuditor)
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
	err = s.Store.Write(ctx, store.Entry{ID: uuid.NewString(), Day: day, Kind: kind, Actor: who.ID, Stream: ethics.CaseStream(e.Case)}, act)
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
func (s *Service) toSign(tx *store.ReadTx, who *appoint.Acting, c ethics.Case, r Retained, second bool) (store.Erasure, error) {
	in, err := tx.Installation()
	if err != nil {
		return store.Erasure{}, err
	}
	newest, err := tx.Newest(c.ID)
	if err != nil {
		return store.Erasure{}, err
	}
	key := who.Secret.MemberSigner()
	if !second {
		e := store.Erasure{Case: c.ID, Number: c.Number, Institution: c.Institution, Asked: s.today(), Digest: newest, Grounds: "kept until " + r.Last, First: who.ID}
		stated := payload.ErasureStatement(in.ID, e.Case, e.Digest, e.Asked, e.Grounds)
		e.FirstSignature = payload.SignStatement(payload.LabelErasure, stated, key)
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
	case !who.Roster.Handles(e.First, c.Institution, e.Asked):
		return e, ethics.ErrUntrusted
	case !store.MayConfirmErasure(who.Roster, who.ID, s.today()):
		return e, ethics.ErrNotFound
	}
	stated := payload.ErasureStatement(in.ID, e.Case, e.Digest, e.Asked, e.Grounds)
	first, err := who.Roster.Verifier(e.First)
	if err == nil {
		err = payload.VerifyStatement(payload.LabelErasure, stated, e.FirstSignature, first)
	}
	if err != nil {
		return e, fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
	}
	e.Second, e.Day = who.ID, s.today()
	e.Until = string(policy.Day(e.Day).AddPeriod(policy.Period{N: store.BackupDays, Unit: 'D'}))
	e.SecondSignature = payload.SignStatement(payload.LabelErasure, stated, key)
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
		if err != nil || len(all) == 0 && bad == nil {
			return err
		}
		roster, err := tx.Roster()
		if err != nil {
			return err
		}
		in, err := tx.Installation()
		for _, e := range all {
			if slices.Contains(listed, e.Case) {
				continue
			}
			if wrong := record.ErasureSigned(in.ID, e, roster); wrong != nil {
				bad = errors.Join(bad, wrong)
				continue
			}
			missing = append(missing, e.Case)
		}
		return errors.Join(err, bad)
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
