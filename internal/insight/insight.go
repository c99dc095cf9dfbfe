// Package insight is what can be known of cases without opening one: lists, what
// is due, counts, the log. It holds no key and decrypts nothing.
package insight

import (
	"context"
	"errors"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/store"
	"svilpe/internal/verdict"
)

// PageSize is how many rows a page of a list has.
const PageSize = 25

// Service answers from metadata.
type Service struct {
	Store   *store.Store
	Policy  *policy.Policy
	Verdict *verdict.Board // what this program knows of its own record
	Now     func() time.Time
}

func (s *Service) today() ethics.Day { return ethics.DayOf(s.Now()) }

// List is one page of cases.
type List struct {
	Cases          []store.ListedCase
	Previous, Next *store.Key // of the neighbouring pages, nil at the ends
	Before, Total  int        // how many stand before this page, and how many there are
}

// MayList tells whether a member has a case list at all: handlers see the cases
// they hold a grant to, auditors all of them as metadata.
func (s *Service) MayList(who *appoint.Acting) bool {
	return handles(who) || s.Policy.Level(policy.Member{ID: who.ID, Roles: who.Roles}, "list_new") == policy.Metadata
}

func handles(who *appoint.Acting) bool {
	return who.Has(appoint.RoleResponsible, appoint.RoleChair, appoint.RoleMember)
}

// Cases is the page of the member's list at a key; the zero key is the first. A
// key behind the last case, or one that leaves a page half empty at the front,
// gives the first page. A case without a grant cannot be told from one that does
// not exist: not in rows, and not in counts or how pages break.
func (s *Service) Cases(ctx context.Context, who *appoint.Acting, f store.Filter, at store.Key) (List, error) {
	if !s.MayList(who) {
		return List{}, ethics.ErrNotFound
	}
	var out List
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		list := func(at store.Key) ([]store.ListedCase, error) { return tx.AllCases(f, at, PageSize+1) }
		count := func(at store.Key) (int, int, error) { return tx.CountAllCases(f, at) }
		if handles(who) {
			list = func(at store.Key) ([]store.ListedCase, error) { return tx.MemberCases(who.ID, f, at, PageSize+1) }
			count = func(at store.Key) (int, int, error) { return tx.CountMemberCases(who.ID, f, at) }
		}
		rows, err := list(at)
		if err == nil && (at.Back && len(rows) <= PageSize || len(rows) == 0 && at != store.Key{}) {
			at = store.Key{}
			rows, err = list(at)
		}
		if err != nil || len(rows) == 0 {
			return err
		}
		if len(rows) > PageSize && at.Back {
			rows = rows[1:]
		}
		out.Cases = rows[:min(len(rows), PageSize)]
		first := out.Cases[0].Place()
		if out.Total, out.Before, err = count(first); err != nil {
			return err
		}
		if out.Before > 0 {
			first.Back = true
			out.Previous = &first
		}
		if out.Before+len(out.Cases) < out.Total {
			next := out.Cases[len(out.Cases)-1].Place()
			out.Next = &next
		}
		return nil
	})
	return out, err
}

// Log is a page of the audit log by day, kind and index, and the last verdict.
type Log struct {
	Lines   []store.LogLine
	Next    int64            // index before which the next page begins, 0 on the last
	Verdict *verdict.Verdict // nil before the first
	Damages []string         // all that it found and names
	Signed  *store.Checkpoint
}

// Log answers whom the matrix lets read the log or verify it.
func (s *Service) Log(ctx context.Context, who *appoint.Acting, before int64) (Log, error) {
	level := s.Policy.Level(policy.Member{ID: who.ID, Roles: who.Roles}, "read_log")
	if level == policy.No {
		return Log{}, ethics.ErrNotFound
	}
	var out Log
	if v, _, any := s.Verdict.Newest(); any {
		out.Verdict, out.Damages = &v, s.Verdict.Damages()
	}
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		if level == policy.Yes {
			lines, err := tx.LogPage(before, PageSize+1)
			if err != nil {
				return err
			}
			if len(lines) > PageSize {
				lines = lines[:PageSize]
				out.Next = lines[PageSize-1].First
			}
			out.Lines = lines
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
