package casework

import (
	"context"
	"errors"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

// Retained is a case whose time of keeping ends soon or has ended.
type Retained struct {
	Number, Institution string
	Track, Category     string
	State               ethics.State
	Ended               ethics.Day // came to its last state
	Last                ethics.Day // is kept up to this day
	Why                 error      // nil when it may be erased: ErrKept, ErrHeld, ErrUnread
	First               string     // who approved, "" while nobody has
	Mine                bool       // the viewer may sign now
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

// Retained lists cases whose keeping ends within the time of warning: for who signs
// first those that they hold, for who signs second all. The program never erases a case
// by itself: one with something unread is listed, and nobody can sign for it. It does
// erase reporters' personal details by itself (EraseIdentities); until then they are
// listed too.
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
				if policy.Day(s.today()).DaysUntil(policy.Day(r.Last)) <= s.Policy.Spans.ErasureNear {
					out.Cases = append(out.Cases, r)
				}
			}
		}
		slices.SortFunc(out.Cases, func(a, b Retained) int { return compare(a.Last+a.Number, b.Last+b.Number) })
		slices.SortFunc(out.Details, func(a, b Expiring) int { return compare(a.Last+a.Number, b.Last+b.Number) })
		all, _, err := tx.Erasures() // what is not as the log says is left out, and a verification names it
		for _, e := range all {
			if s.signsSecond(who) || who.Roster.Same(e.First, who.ID) {
				out.Erased = append(out.Erased,
					ErasureRecord{e, nameIn(who.Roster, e.First), nameIn(who.Roster, e.Second), s.today() <= e.Until})
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
	return who.Roster != nil && who.Has(s.Policy.Erasers().Any()...)
}

// signsSecond tells whether a member is one who signs second.
func (s *Service) signsSecond(who *appoint.Acting) bool {
	return who.Has(s.Policy.Erasers().SecondOffice)
}

func (s *Service) ofErasers(tx *store.ReadTx, who *appoint.Acting, state ethics.State) ([]store.ListedCase, error) {
	const every = 1 << 20
	if s.signsSecond(who) {
		return tx.AllCases(store.Filter{State: state}, store.Key{}, every)
	}
	return tx.MemberCases(who.ID, store.Filter{State: state}, store.Key{}, every)
}

// retained tells how a case stands. Last is far away where no keeping runs.
func (s *Service) retained(tx *store.ReadTx, who *appoint.Acting, c ethics.Case) (Retained, error) {
	r := Retained{
		Number: c.Number, Institution: c.Institution, Track: c.Track, Category: c.Category,
		State: c.State, Last: "9999-12-31",
	}
	file, err := tx.CaseFile(c.ID, false) // what erasing rests on is as the log says
	if err != nil {
		return r, err
	}
	events := file.Events
	r.Ended = file.Since()
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
	r.Mine = r.Why == nil && (r.First == "") != s.signsSecond(who)
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
