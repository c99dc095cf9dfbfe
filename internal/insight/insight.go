// Package insight is what can be known of cases without opening one: lists, what
// is due, counts, the log. It holds no key and decrypts nothing.
package insight

import (
	"context"
	"errors"
	"slices"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

// PageSize is how many rows a page of a list has.
const PageSize = 25

// Service answers from metadata.
type Service struct {
	Store  *store.Store
	Policy *policy.Policy
	Now    func() time.Time
}

func (s *Service) today() ethics.Day { return ethics.DayOf(s.Now()) }

// List is one page of cases.
type List struct {
	Cases []store.ListedCase
	Next  *store.Key // where the next page begins, nil on the last
}

// MayList tells whether a member has a case list at all: handlers see the cases
// they hold a grant to, auditors all of them as metadata.
func (s *Service) MayList(who *appoint.Acting) bool {
	return handles(who) || s.Policy.Level(policy.Member{ID: who.ID, Roles: who.Roles}, "list_new") == policy.Metadata
}

func handles(who *appoint.Acting) bool {
	return who.Has(appoint.RoleResponsible, appoint.RoleChair, appoint.RoleMember)
}

// Cases is a page of the member's list. A case without a grant cannot be told
// from one that does not exist: not in rows, and not in how pages break.
func (s *Service) Cases(ctx context.Context, who *appoint.Acting, f store.Filter, after store.Key) (List, error) {
	if !s.MayList(who) {
		return List{}, ethics.ErrNotFound
	}
	var out List
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		list := func() ([]store.ListedCase, error) { return tx.AllCases(f, after, PageSize+1) }
		if handles(who) {
			list = func() ([]store.ListedCase, error) { return tx.MemberCases(who.ID, f, after, PageSize+1) }
		}
		var err error
		out.Cases, err = list()
		return err
	})
	if len(out.Cases) > PageSize {
		out.Cases = out.Cases[:PageSize]
		key := store.After(out.Cases)
		out.Next = &key
	}
	return out, err
}

// Today is what a handler should see first.
type Today struct {
	Overdue, Due, New, Waiting []store.ListedCase
	ToSign                     int // statements are listed by registry; this is filled by the page
}

// soon is how many days ahead a deadline counts as due.
const soon = 7

// mostProposed bounds the proposals looked through for those of this member's
// roles.
const mostProposed = 500

// Today gathers overdue, due within a week, not opened yet, and acts that wait
// for this member's second signature.
func (s *Service) Today(ctx context.Context, who *appoint.Acting) (Today, error) {
	var out Today
	if !handles(who) {
		return out, nil
	}
	day := s.today()
	week := string(policy.Day(day).AddPeriod(policy.Period{N: soon, Unit: 'D'}))
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		mine := func(f store.Filter, from store.Key, into *[]store.ListedCase) error {
			rows, err := tx.MemberCases(who.ID, f, from, PageSize)
			*into = append(*into, rows...)
			return err
		}
		if err := mine(store.Filter{OverdueOn: day}, store.Key{}, &out.Overdue); err != nil {
			return err
		}
		// From today on: many overdue cases must not push the due ones off the page.
		if err := mine(store.Filter{DueBefore: week}, store.Key{Due: day}, &out.Due); err != nil {
			return err
		}
		if err := mine(store.Filter{Unstated: true}, store.Key{}, &out.New); err != nil {
			return err
		}
		proposed, err := tx.ProposedTo(who.ID, mostProposed)
		if err != nil {
			return err
		}
		for _, c := range proposed {
			if s.mayApprove(who, c) {
				out.Waiting = append(out.Waiting, c)
			}
		}
		return nil
	})
	return out, err
}

// mayApprove looks at roles only: the case page asks the whole policy.
func (s *Service) mayApprove(who *appoint.Acting, c store.ListedCase) bool {
	step, ok := s.Policy.Act(c.Proposal)
	return ok && c.Proposer != who.ID && who.Has(step.Approver...)
}

// smallest is the smallest count that is shown as a number to those who see
// aggregates only.
const smallest = 5

// Counts are what the head of an institution sees. Small numbers are hidden:
// nil means «fewer than five».
type Counts struct {
	Institution   string
	Open, Overdue *int
}

// ended are the states in which nobody works on a case any more.
var ended = []string{"closed", "returned", "withdrawn", "erased"}

// Counts answers for the institutions the member heads.
func (s *Service) Counts(ctx context.Context, who *appoint.Acting) ([]Counts, error) {
	var out []Counts
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		for _, in := range who.Roster.Institutions() {
			if !slices.Contains(who.Roster.Roles(who.ID, in.ID, s.today()), appoint.RoleHead) {
				continue
			}
			n, err := tx.Counts(in.ID, s.today(), ended)
			if err != nil {
				return err
			}
			out = append(out, Counts{Institution: in.Name, Open: hide(n.Open), Overdue: hide(n.Overdue)})
		}
		return nil
	})
	return out, err
}

func hide(n int) *int {
	if n > 0 && n < smallest {
		return nil
	}
	return &n
}

// Log is a page of the audit log by day, kind and index, and the last verify.
type Log struct {
	Lines  []store.LogLine
	Next   int64 // index before which the next page begins, 0 on the last
	Last   *store.LastVerify
	Signed *store.Checkpoint
}

// Log answers whom the matrix lets read the log or verify it.
func (s *Service) Log(ctx context.Context, who *appoint.Acting, before int64) (Log, error) {
	level := s.Policy.Level(policy.Member{ID: who.ID, Roles: who.Roles}, "read_log")
	if level == policy.No {
		return Log{}, ethics.ErrNotFound
	}
	var out Log
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		if level == policy.Yes {
			lines, err := tx.LogPage(before, PageSize+1)
			if err != nil {
				return err
			}
			if len(lines) > PageSize {
				lines = lines[:PageSize]
				out.Next = lines[PageSize-1].Index
			}
			out.Lines = lines
		}
		if v, err := tx.LastVerify(); err == nil {
			out.Last = &v
		} else if !errors.Is(err, ethics.ErrNotFound) {
			return err
		}
		c, err := tx.LastCheckpoint()
		if errors.Is(err, ethics.ErrNotFound) {
			return nil
		}
		out.Signed = &c
		return err
	})
	return out, err
}
