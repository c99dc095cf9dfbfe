// Package routing says who reads a report first: pure rules over a roster, no
// I/O and no key. Exclusions are used here, in memory, and kept nowhere but
// inside the sealed report; what remains of them is a grant not given.
package routing

import (
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
)

// Least is how many members must be able to open a case (sealing, epochs).
const Least = 2

// Request is what routing needs of a report.
type Request struct {
	Institution string
	Excluded    []string // member ids the reporter ticked
	Senior      string   // answer to senior_involved: "", no, head, handler, unknown
	Day         ethics.Day
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
		q.Excluded, q.Senior = nil, ""
		if len(pick(r, in, q)) >= Least {
			return nil, ethics.ErrExcludedAll
		}
	}
	return nil, ethics.ErrNobodyToSeal
}

func pick(r *appoint.Roster, in appoint.Institution, q Request) []appoint.Member {
	var out []appoint.Member
	senior := (q.Senior == "head" || q.Senior == "handler") && len(q.Excluded) == 0
	if !senior {
		out = first(r, in.ID, q)
	}
	if senior || len(out) < Least {
		for _, m := range first(r, in.Alternate, q) {
			if senior && len(r.Roles(m.ID, in.ID, q.Day)) > 0 {
				continue // serves in both: may be the one it is about, or works under them
			}
			known := slices.ContainsFunc(out, func(x appoint.Member) bool { return x.ID == m.ID })
			// Filling up stops at two: each further reader is one more person who
			// could recognise the writer.
			if !known && (senior || len(out) < Least) {
				out = append(out, m)
			}
		}
	}
	return out
}

func first(r *appoint.Roster, institution string, q Request) []appoint.Member {
	var out []appoint.Member
	for _, m := range r.Serving(institution, q.Day, appoint.RoleResponsible, appoint.RoleChair) {
		if !slices.Contains(q.Excluded, m.ID) {
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
	in, err := r.Institution(institution)
	if err != nil {
		return nil
	}
	roles := []string{appoint.RoleResponsible, appoint.RoleChair, appoint.RoleMember}
	out := r.Serving(in.ID, day, roles...)
	for _, m := range r.Serving(in.Alternate, day, roles...) {
		if !slices.ContainsFunc(out, func(x appoint.Member) bool { return x.ID == m.ID }) {
			out = append(out, m)
		}
	}
	return out
}

// Assignable are the members a holder may give a case to: handlers of the
// institution or its alternate who hold no grant yet and are not excluded.
func Assignable(r *appoint.Roster, institution string, holders, excluded []string, day ethics.Day) []appoint.Member {
	var out []appoint.Member
	for _, m := range Handlers(r, institution, day) {
		if !slices.Contains(holders, m.ID) && !slices.Contains(excluded, m.ID) {
			out = append(out, m)
		}
	}
	return out
}
