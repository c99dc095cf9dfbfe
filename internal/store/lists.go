package store

import (
	"svilpe/internal/ethics"
)

// Filter narrows a list of cases. Empty fields do not narrow.
type Filter struct {
	State, Category, Institution string
	DueBefore                    ethics.Day // due on or before this day
	OverdueOn                    ethics.Day // due before this day
	Assigned                     bool       // given by a colleague, not by routing
	Unstated                     bool       // not opened yet: no no-conflict statement
}

// ListedCase is a case in a list: metadata only, nothing is decrypted.
type ListedCase struct {
	ethics.Case
	Stated   bool   // this member has signed the no-conflict statement
	Via      string // routed or assigned
	Proposal string // step of the open proposal, "" when none
	Proposer string
}

// Key is where a page of a list ends. Lists go by due day, then number; cases
// without a running deadline come last.
type Key struct{ Due, Number string }

// last sorts behind every day.
const last = "9999-99-99"

const listed = `select c.id, c.number, c.locator, c.institution, c.category, c.track, c.state, c.previous, c.received, c.changed,
	c.due, c.due_id, c.epoch, c.sequence, '', c.locator,
	coalesce(g.stated, 0), coalesce(g.via, ''), coalesce(p.step, ''), coalesce(p.proposer, '')
	from cases c `

const narrowed = ` and (c.state = $2 or $2 = '') and (c.category = $3 or $3 = '') and (c.institution = $4 or $4 = '')
	and ($5 = '' or (c.due <> '' and c.due <= $5)) and ($6 = '' or (c.due <> '' and c.due < $6))
	and ($7 = 0 or g.via = 'assigned') and ($8 = 0 or g.stated = 0)
	and (coalesce(nullif(c.due, ''), '` + last + `'), c.number) > ($9, $10)
	order by coalesce(nullif(c.due, ''), '` + last + `'), c.number limit $11`

func (f Filter) args(member string, after Key, limit int) []any {
	return []any{member, f.State, f.Category, f.Institution, f.DueBefore, f.OverdueOn, f.Assigned, f.Unstated, after.Due, after.Number, limit}
}

// MemberCases are cases to which a member holds a grant, a page at a time: the
// others cannot be told from cases that do not exist.
func (tx *ReadTx) MemberCases(member string, f Filter, after Key, limit int) ([]ListedCase, error) {
	return tx.list(listed+`join case_grant g on g.case_id = c.id and g.member_id = $1 and g.via <> 'renewed'
		left join proposal p on p.case_id = c.id and p.state = 'open' where 1 = 1`+narrowed, f.args(member, after, limit))
}

// ProposedTo are a member's cases with an act that a colleague proposed and that
// waits for a second person.
func (tx *ReadTx) ProposedTo(member string, limit int) ([]ListedCase, error) {
	return tx.list(listed+`join case_grant g on g.case_id = c.id and g.member_id = $1 and g.via <> 'renewed'
		join proposal p on p.case_id = c.id and p.state = 'open' and p.proposer <> $1 order by p.day, c.number limit $2`, []any{member, limit})
}

// AllCases are all cases as metadata: the auditor's list.
func (tx *ReadTx) AllCases(f Filter, after Key, limit int) ([]ListedCase, error) {
	return tx.list(listed+`left join case_grant g on g.case_id = c.id and g.member_id = $1 and g.via <> 'renewed'
		left join proposal p on p.case_id = c.id and p.state = 'open' where 1 = 1`+narrowed, f.args("", after, limit))
}

func (tx *ReadTx) list(query string, args []any) ([]ListedCase, error) {
	var out []ListedCase
	err := tx.c.each(query, args, func(scan func(...any) error) error {
		var l ListedCase
		var locator []byte
		if err := scan(append(caseFields(&l.Case, &locator), &l.Stated, &l.Via, &l.Proposal, &l.Proposer)...); err != nil {
			return err
		}
		l.ReporterVerifier = nil
		out = append(out, l)
		return nil
	})
	return out, err
}

// After is the key of the page behind these cases.
func After(page []ListedCase) Key {
	if len(page) == 0 {
		return Key{}
	}
	c := page[len(page)-1]
	if c.Due == "" {
		return Key{Due: last, Number: c.Number}
	}
	return Key{Due: c.Due, Number: c.Number}
}

// Counts are how many cases of an institution are open, and overdue on a day.
type Counts struct{ Open, Overdue int }

// Counts counts; states lists the states that count as open.
func (tx *ReadTx) Counts(institution string, day ethics.Day, ended []string) (Counts, error) {
	var n Counts
	err := tx.c.each(`select state, due from cases where institution = $1`, []any{institution}, func(scan func(...any) error) error {
		var state, due string
		if err := scan(&state, &due); err != nil {
			return err
		}
		for _, s := range ended {
			if s == state {
				return nil
			}
		}
		n.Open++
		if due != "" && due < day {
			n.Overdue++
		}
		return nil
	})
	return n, err
}
