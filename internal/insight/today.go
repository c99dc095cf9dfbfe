package insight

import (
	"context"

	"svilpe/internal/appoint"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

// Pile is a part of a member's work; More tells that it was cut.
type Pile struct {
	Cases []store.ListedCase
	More  bool
}

// Today is what a handler should see first. A case stands in it once: in the
// first pile that it belongs to.
type Today struct {
	Overdue Pile // a deadline is past
	Warned  Pile // a deadline ends within the days of the first warning
	Due     Pile // a deadline ends within a week
	Idle    Pile // nothing was done for as long as policy allows
	Waiting Pile // an act waits for this member's second signature
	Votes   Pile // a draft decision waits for votes, as ToVote
	New     Pile // not opened yet
	Later   Pile // what else has a running deadline

	Asked map[string]bool // ids of the cases of ToVote, in whatever pile they stand
}

// others is how many rows Later has.
const others = 10

// Today gathers the member's work.
func (s *Service) Today(ctx context.Context, who *appoint.Acting) (Today, error) {
	var out Today
	if !handles(who) {
		return out, nil
	}
	day := s.today()
	week := string(policy.Day(day).AddPeriod(policy.Days(s.Policy.Spans.DueSoon)))
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		seen := map[string]bool{}
		mine := func(f store.Filter, from store.Key, into *Pile) error {
			f.Deadlines = true // measures that are due stand apart: Marks
			rows, err := tx.MemberCases(who.ID, f, from, PageSize+1)
			into.add(rows, seen, PageSize)
			return err
		}
		if err := mine(store.Filter{OverdueOn: day}, store.Key{}, &out.Overdue); err != nil {
			return err
		}
		warned := string(policy.Day(day).AddPeriod(policy.Days(s.Policy.FirstWarning())))
		if err := mine(store.Filter{DueBefore: warned}, store.Key{Due: day}, &out.Warned); err != nil {
			return err
		}
		// From today on: many overdue cases must not push the due ones off the page.
		if err := mine(store.Filter{DueBefore: week}, store.Key{Due: day}, &out.Due); err != nil {
			return err
		}
		proposed, err := tx.Proposed(who.ID, s.Policy.Spans.Rows)
		if err != nil {
			return err
		}
		for _, c := range proposed {
			if s.MayApprove(who, c) {
				out.Waiting.add([]store.ListedCase{c}, seen, PageSize)
			}
		}
		votes, err := s.toVote(tx, who)
		if err != nil {
			return err
		}
		out.Asked = map[string]bool{}
		for _, c := range votes {
			out.Asked[c.ID] = true
		}
		out.Votes.add(votes, seen, PageSize)
		if err := mine(s.idle(), store.Key{}, &out.Idle); err != nil {
			return err
		}
		if err := mine(store.Filter{Unstated: true}, store.Key{}, &out.New); err != nil {
			return err
		}
		rest, err := tx.MemberCases(who.ID, store.Filter{Deadlines: true}, store.Key{Due: week, Number: "~"}, PageSize)
		for _, c := range rest {
			if c.Due != "" {
				out.Later.add([]store.ListedCase{c}, seen, others)
			}
		}
		return err
	})
	return out, err
}

// add puts rows that stand nowhere yet into the pile, at most so many.
func (p *Pile) add(rows []store.ListedCase, seen map[string]bool, most int) {
	for _, c := range rows {
		switch {
		case seen[c.ID]:
		case len(p.Cases) == most:
			p.More = true
		default:
			seen[c.ID] = true
			p.Cases = append(p.Cases, c)
		}
	}
}

// Proposals are the acts in a member's cases that wait for others.
type Proposals struct {
	ToVote  []store.ListedCase // a draft decision waits for votes, and perhaps for this member's
	Waiting []store.ListedCase // for this member
	Own     []store.ListedCase // which this member proposed, for somebody else
}

// Proposals lists them, the longest waiting first.
func (s *Service) Proposals(ctx context.Context, who *appoint.Acting) (Proposals, error) {
	var out Proposals
	if !handles(who) {
		return out, nil
	}
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		all, err := tx.Proposed(who.ID, s.Policy.Spans.Rows)
		if err != nil {
			return err
		}
		for _, c := range all {
			switch {
			case who.Roster.Same(c.Proposer, who.ID):
				out.Own = append(out.Own, c)
			case s.MayApprove(who, c):
				out.Waiting = append(out.Waiting, c)
			}
		}
		out.ToVote, err = s.toVote(tx, who)
		return err
	})
	return out, err
}

// MayApprove tells whether what is proposed in a case waits for this member. It
// looks at roles only: the case page asks the whole policy.
func (s *Service) MayApprove(who *appoint.Acting, c store.ListedCase) bool {
	step, ok := s.Policy.Act(c.Proposal)
	return ok && who.Roster != nil && who.Roster.Another(c.Proposer, who.ID) && who.Has(step.Approver...)
}
