// Package routing says who reads a report first: pure rules over a roster, no
// I/O and no key. Exclusions are used here, in memory, and kept nowhere but
// inside the sealed report; what remains of them is a grant not given.
package routing

import (
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
)

// Least is how many people must be able to open a case (sealing, epochs).
const Least = 2

// Request is what routing needs of a report.
type Request struct {
	Institution string
	Excluded    []string // member ids the reporter ticked
	Senior      bool     // it is about the head or a handler: the institution's own are not chosen
	Day         ethics.Day
	Hold        []string // a share goes to leaders among these alone: what was barred since is not known
	Escalated   bool     // passed on: the institution's own who do not hold it are not chosen
}

// Of is what a report asks. That it is about the head or a handler counts only where
// nobody was ticked: who ticked somebody has said whom it concerns.
func Of(r ethics.Report, day ethics.Day) Request {
	about := r.Answers["senior_involved"]
	return Request{
		Institution: r.Institution, Excluded: r.Excluded, Day: day,
		Senior: len(r.Excluded) == 0 && (slices.Contains(about, "head") || slices.Contains(about, "handler")),
	}
}

// Readers are the members who get the first grants: the institution's
// responsible persons and chair who are not excluded and in term; with fewer
// than two, filled up from the alternate institution. A report about the head
// or a handler with nobody ticked goes to the alternate institution alone.
//
// ErrExcludedAll when the exclusions are the reason that fewer than two remain,
// ErrNobodyToSeal when the institution is not ready even without them.
func Readers(r *appoint.Roster, q Request) ([]appoint.Member, error) {
	in, err := r.Institution(q.Institution)
	if err != nil {
		return nil, err
	}
	readers := pick(r, in, q)
	if len(readers) >= Least {
		return readers, nil
	}
	if len(q.Excluded) > 0 {
		q.Excluded, q.Senior = nil, false
		if len(pick(r, in, q)) >= Least {
			return nil, ethics.ErrExcludedAll
		}
	}
	return nil, ethics.ErrNobodyToSeal
}

func pick(r *appoint.Roster, in appoint.Institution, q Request) []appoint.Member {
	var out []appoint.Member
	if !q.Senior {
		out = first(r, in.ID, q)
	}
	if q.Senior || len(out) < Least {
		for _, m := range first(r, in.Alternate, q) {
			if q.Senior && len(r.Roles(m.ID, in.ID, q.Day)) > 0 {
				continue // serves in both: may be the one it is about, or works under them
			}
			known := slices.ContainsFunc(out, func(x appoint.Member) bool { return r.Same(x.ID, m.ID) })
			// Filling up stops at two: each further reader is one more person who
			// could recognise the writer.
			if !known && (q.Senior || len(out) < Least) {
				out = append(out, m)
			}
		}
	}
	return out
}

func first(r *appoint.Roster, institution string, q Request) []appoint.Member {
	return serving(r, institution, q, appoint.RoleResponsible, appoint.RoleChair)
}

// serving are those in one of these roles whom the reporter did not exclude.
func serving(r *appoint.Roster, institution string, q Request, roles ...string) []appoint.Member {
	var out []appoint.Member
	for _, m := range r.Serving(institution, q.Day, roles...) {
		twice := slices.ContainsFunc(out, func(x appoint.Member) bool { return r.Same(x.ID, m.ID) })
		if !twice && !r.Among(q.Excluded, m.ID) {
			out = append(out, m)
		}
	}
	return out
}

// Ready tells, before anything is typed, whether an institution's channel could
// take a report at all.
func Ready(r *appoint.Roster, institution string, day ethics.Day) bool {
	_, err := Readers(r, Request{Institution: institution, Day: day})
	return err == nil
}

// Handlers are whom a reporter may exclude: responsible persons, chair and
// commission members in term, of the institution and of its alternate.
func Handlers(r *appoint.Roster, institution string, day ethics.Day) []appoint.Member {
	return both(r, institution, day, appoint.RoleResponsible, appoint.RoleChair, appoint.RoleMember)
}

// both are those in one of these roles, of the institution and of its alternate.
func both(r *appoint.Roster, institution string, day ethics.Day, roles ...string) []appoint.Member {
	in, err := r.Institution(institution)
	if err != nil {
		return nil
	}
	out := r.Serving(in.ID, day, roles...)
	for _, m := range r.Serving(in.Alternate, day, roles...) {
		if !slices.ContainsFunc(out, func(x appoint.Member) bool { return x.ID == m.ID }) {
			out = append(out, m)
		}
	}
	return out
}

// Assignable are the members a holder may give a case to: handlers of the
// institution or its alternate who hold no grant yet and are not excluded. Who
// lost a password comes back under another id and is given the case again, so ids
// count here; how many hold it, People says.
func Assignable(r *appoint.Roster, institution string, holders, excluded []string, day ethics.Day) []appoint.Member {
	var out []appoint.Member
	for _, m := range Handlers(r, institution, day) {
		if !slices.Contains(holders, m.ID) && !r.Among(excluded, m.ID) {
			out = append(out, m)
		}
	}
	return out
}

// Leaving is what choosing successors needs to know of a case that members leave.
type Leaving struct {
	Institution string
	Remain      []string // holders who stay, and those who come in any case
	Leaving     []string
	Barred      []string // excluded by the reporter or since, recused
	// hold a share of the case's identity vault: preferred, for two of those who open the case must
	Keepers []string
	Senior  bool // it is about the head or a handler: only the alternate institution's
	Day     ethics.Day
}

// Successors are the members to whom a case goes when others leave it: somebody
// in the office of a chair or responsible person who leaves and whom nobody
// remaining replaces, where there is one, and as many as two holders need; of the
// institution, then of its alternate; responsible persons and chairs before
// members of the commission. ErrNobodyToSeal when two cannot be had.
func Successors(r *appoint.Roster, l Leaving) ([]appoint.Member, error) {
	in, err := r.Institution(l.Institution)
	if err != nil {
		return nil, err
	}
	s := succession{r: r, Leaving: l, in: in, have: slices.Clone(l.Remain)}
	for _, role := range []string{appoint.RoleResponsible, appoint.RoleChair} {
		if s.holdsOffice(l.Leaving, role) && !s.holdsOffice(s.have, role) {
			s.take(role)
		}
	}
	for r.People(s.have...) < Least {
		if !s.take(appoint.RoleResponsible, appoint.RoleChair) && !s.take(appoint.RoleMember) {
			return nil, ethics.ErrNobodyToSeal
		}
	}
	return s.out, nil
}

type succession struct {
	Leaving
	r    *appoint.Roster
	in   appoint.Institution
	have []string
	out  []appoint.Member
}

// holdsOffice tells whether one of these has the office, here or in the alternate.
func (s *succession) holdsOffice(ids []string, role string) bool {
	return slices.ContainsFunc(ids, func(id string) bool {
		return slices.Contains(s.r.Roles(id, s.in.ID, s.Day), role) ||
			slices.Contains(s.r.Roles(id, s.in.Alternate, s.Day), role)
	})
}

// take adds the first who serves in one of the roles and may, a keeper of the
// vault before others of the same institution.
func (s *succession) take(roles ...string) bool {
	for _, place := range []string{s.in.ID, s.in.Alternate} {
		may := slices.DeleteFunc(s.r.Serving(place, s.Day, roles...), func(m appoint.Member) bool {
			return !s.may(m.ID)
		})
		if len(may) == 0 {
			continue
		}
		i := max(0, slices.IndexFunc(may, func(m appoint.Member) bool { return slices.Contains(s.Keepers, m.ID) }))
		s.out, s.have = append(s.out, may[i]), append(s.have, may[i].ID)
		return true
	}
	return false
}

func (s *succession) may(id string) bool {
	if s.Senior && len(s.r.Roles(id, s.in.ID, s.Day)) > 0 {
		return false // may be the one it is about, or works under them
	}
	return !s.r.Among(s.have, id) && !s.r.Among(s.Leaving.Leaving, id) && !s.r.Among(s.Barred, id)
}

// Second is to whom a case is given so that somebody can approve what one holder
// proposes about another: of the institution, then of its alternate, a chair or
// responsible person before a member of the commission. ErrNobodyToSeal when
// nobody can be had.
func Second(r *appoint.Roster, l Leaving) (appoint.Member, error) {
	in, err := r.Institution(l.Institution)
	if err != nil {
		return appoint.Member{}, err
	}
	s := succession{r: r, Leaving: l, in: in, have: l.Remain}
	for _, place := range []string{in.ID, in.Alternate} {
		for _, roles := range [][]string{{appoint.RoleResponsible, appoint.RoleChair}, {appoint.RoleMember}} {
			for _, m := range r.Serving(place, l.Day, roles...) {
				if s.may(m.ID) {
					return m, nil
				}
			}
		}
	}
	return appoint.Member{}, ethics.ErrNobodyToSeal
}
