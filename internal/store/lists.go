package store

import (
	"slices"

	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// Filter narrows a list of cases. Empty fields do not narrow.
type Filter struct {
	State                 ethics.State
	Category, Institution string
	DueBefore             ethics.Day // due on or before this day
	OverdueOn             ethics.Day // due before this day
	Assigned              bool       // given by a colleague, not by routing
	Unstated              bool       // not opened yet: no no-conflict statement
	Untouched             ethics.Day // open, and not written to since that day
	Deadlines             bool       // due by its deadlines alone: a measure that is due earlier does not count
}

// DueMeasure stands for the id of a deadline where an open measure is due before
// every deadline of its case.
const DueMeasure = "measure"

// ListedCase is a case in a list: metadata only, nothing is decrypted. Due and
// DueID are of the deadline or the open measure that comes first.
type ListedCase struct {
	ethics.Case
	Stated   bool       // this member has signed the no-conflict statement
	Via      string     // routed or assigned
	Proposal ethics.Act // step of the open proposal, "" when none
	Proposer string
	Proposed ethics.Day // since when it waits
}

// Key is a place in a list: the page behind it is meant or, with Back, the page
// before it. Lists go by due day, then number; cases without a running deadline
// come last.
type Key struct {
	Due, Number string
	Back        bool
}

// last sorts behind every day.
const last = "9999-99-99"

const listed = `select c.id, c.number, c.locator, c.institution, c.category, c.track, c.state, c.previous,
	c.received, c.changed, coalesce(case when m.due < ` + deadline + ` then m.due end, c.due),
	case when m.due < ` + deadline + ` then '` + DueMeasure + `' else c.due_id end,
	c.epoch, c.sequence, '', c.locator,
	coalesce(g.stated, 0), coalesce(g.via, ''), coalesce(p.step, ''), coalesce(p.proposer, ''), coalesce(p.day, '')
	` + cases

// cases are joined with the day of the first open measure; $1 leaves measures out.
const cases = `from cases c left join (select case_id, min(due) as due from measure where state = 'open'
	group by case_id) m
	on m.case_id = c.id and $1 = 0 `

// Whose cases: a member's by grant, or all of them.
const (
	ofMember = `join case_grant g on g.case_id = c.id and g.member_id = $2 and g.via <> 'renewed'
		left join proposal p on p.case_id = c.id and p.state = 'open' where 1 = 1`
	ofAll = `left join case_grant g on g.case_id = c.id and g.member_id = $2 and g.via <> 'renewed'
		left join proposal p on p.case_id = c.id and p.state = 'open' where 1 = 1`
)

// deadline is the nearest one's day, and place where a case stands in a list:
// there, or at its first open measure if that is earlier.
const (
	deadline = `coalesce(nullif(c.due, ''), '` + last + `')`
	place    = `coalesce(case when m.due < ` + deadline + ` then m.due end, ` + deadline + `)`
)

const narrowed = ` and (c.state = $3 or $3 = '') and (c.category = $4 or $4 = '') and (c.institution = $5 or $5 = '')
	and ($6 = '' or ` + place + ` <= $6) and ($7 = '' or ` + place + ` < $7)
	and ($8 = 0 or g.via = 'assigned') and ($9 = 0 or g.stated = 0)
	and ($10 = '' or (c.changed <= $10 and ` + worked + `))`

// worked tells that somebody has to do something about a case: it has not ended,
// and where another authority or somebody's measure is waited for, a deadline runs.
const worked = `c.state not in ('closed', 'returned', 'withdrawn', 'erased')
	and (c.state not in ('forwarded', 'measures') or c.due <> '')`

const (
	ahead  = ` and (` + place + `, c.number) > ($11, $12) order by ` + place + `, c.number limit $13`
	behind = ` and (` + place + `, c.number) < ($11, $12) order by ` + place + ` desc, c.number desc limit $13`
)

func (f Filter) args(member string, at Key) []any {
	return []any{
		f.Deadlines, member, f.State, f.Category, f.Institution, f.DueBefore, f.OverdueOn, f.Assigned, f.Unstated,
		f.Untouched, at.Due, at.Number,
	}
}

// MemberCases are cases to which a member holds a grant, a page at a time: the
// others cannot be told from cases that do not exist.
func (tx *ReadTx) MemberCases(member string, f Filter, at Key, limit int) ([]ListedCase, error) {
	if at.Back {
		return tx.reversed(listed+ofMember+narrowed+behind, append(f.args(member, at), limit))
	}
	return tx.list(listed+ofMember+narrowed+ahead, append(f.args(member, at), limit))
}

// AllCases are all cases as metadata: the auditor's list.
func (tx *ReadTx) AllCases(f Filter, at Key, limit int) ([]ListedCase, error) {
	if at.Back {
		return tx.reversed(listed+ofAll+narrowed+behind, append(f.args("", at), limit))
	}
	return tx.list(listed+ofAll+narrowed+ahead, append(f.args("", at), limit))
}

// CountMemberCases counts what MemberCases lists: all of it, and what comes
// before a place.
func (tx *ReadTx) CountMemberCases(member string, f Filter, at Key) (total, before int, err error) {
	return tx.counted(`with l as (select `+place+` as due, c.number as number `+cases+ofMember+narrowed+counted,
		f.args(member, at))
}

// CountAllCases counts what AllCases lists.
func (tx *ReadTx) CountAllCases(f Filter, at Key) (total, before int, err error) {
	return tx.counted(`with l as (select `+place+` as due, c.number as number `+cases+ofAll+narrowed+counted,
		f.args("", at))
}

// counted ends a query whose parameters stand in the order of their numbers, as
// the driver binds them.
const counted = `) select count(*), coalesce(sum(case when (due, number) < ($11, $12) then 1 else 0 end), 0) from l`

func (tx *ReadTx) counted(query string, args []any) (total, before int, err error) {
	err = tx.c.each(query, args, func(scan func(...any) error) error { return scan(&total, &before) })
	return total, before, err
}

// Proposed are a member's cases with an act that waits for a second person, the
// longest waiting first.
func (tx *ReadTx) Proposed(member string, limit int) ([]ListedCase, error) {
	return tx.list(listed+`join case_grant g on g.case_id = c.id and g.member_id = $2 and g.via <> 'renewed'
		join proposal p on p.case_id = c.id and p.state = 'open' order by p.day, c.number limit $3`,
		[]any{true, member, limit})
}

// reversed is a list that was read backwards, in its own order.
func (tx *ReadTx) reversed(query string, args []any) ([]ListedCase, error) {
	out, err := tx.list(query, args)
	slices.Reverse(out)
	return out, err
}

func (tx *ReadTx) list(query string, args []any) ([]ListedCase, error) {
	var out []ListedCase
	err := tx.c.each(query, args, func(scan func(...any) error) error {
		var l ListedCase
		r := record.Case{}
		if err := scan(append(record.Cases.Fields(&r), &l.Stated, &l.Via, &l.Proposal, &l.Proposer,
			&l.Proposed)...); err != nil {
			return err
		}
		l.Case, l.ReporterVerifier = r.Case, nil
		out = append(out, l)
		return nil
	})
	return out, err
}

// CountHeld is how many cases a member's lists can show.
func (tx *ReadTx) CountHeld(member string) (n int, err error) {
	err = tx.c.one(
		`select count(*) from case_grant g join cases c on c.id = g.case_id
		where g.member_id = $1 and g.via <> 'renewed'`,
		[]any{member}, &n)
	return n, err
}

// CountCases is how many cases a list of all can show.
func (tx *ReadTx) CountCases() (n int, err error) {
	err = tx.c.one(`select count(*) from cases`, nil, &n)
	return n, err
}

// Place is where a case stands in its list.
func (l ListedCase) Place() Key {
	if l.Due == "" {
		return Key{Due: last, Number: l.Number}
	}
	return Key{Due: l.Due, Number: l.Number}
}

// Counts are how many cases of an institution that came before a day are open, and
// overdue on that day.
type Counts struct{ Open, Overdue int }

// Counts counts the cases that were received before a day: over are the states in which
// one is not open any more.
func (tx *ReadTx) Counts(institution string, day ethics.Day, over []ethics.State) (Counts, error) {
	var n Counts
	err := tx.c.each(
		`select state, count(*), coalesce(sum(case when due <> '' and due < $1 then 1 else 0 end), 0) from cases
		where institution = $2 and received < $1 group by state`,
		[]any{day, institution}, func(scan func(...any) error) error {
			var state ethics.State
			var all, overdue int
			if err := scan(&state, &all, &overdue); err != nil {
				return err
			}
			if !slices.Contains(over, state) {
				n.Open, n.Overdue = n.Open+all, n.Overdue+overdue
			}
			return nil
		})
	return n, err
}
