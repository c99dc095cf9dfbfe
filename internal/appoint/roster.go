package appoint

import (
	"crypto/ed25519"
	"slices"
	"strings"

	"svilpe/internal/ethics"
)

// Member finds an appointed member; ErrNotFound otherwise.
func (r *Roster) Member(id string) (Member, error) {
	m := r.members[id]
	if m == nil {
		return Member{}, ethics.ErrNotFound
	}
	return *m, nil
}

// Verifier is a member's Ed25519 key, also after the term has ended: what was
// signed in it stays signed.
func (r *Roster) Verifier(id string) (ed25519.PublicKey, error) {
	m := r.members[id]
	if m == nil {
		return nil, ethics.ErrNotFound
	}
	return m.Verifier, nil
}

// Members are all who were ever appointed, in order of appointment.
func (r *Roster) Members() []Member {
	out := make([]Member, 0, len(r.order))
	for _, id := range r.order {
		out = append(out, *r.members[id])
	}
	return out
}

// Institutions are all institutions, in order of their founding.
func (r *Roster) Institutions() []Institution {
	out := make([]Institution, 0, len(r.places))
	for _, id := range r.places {
		out = append(out, r.institutions[id])
	}
	return out
}

// Institution finds one; ErrNotFound otherwise.
func (r *Roster) Institution(id string) (Institution, error) {
	in, ok := r.institutions[id]
	if !ok {
		return Institution{}, ethics.ErrNotFound
	}
	return in, nil
}

// Roles are a member's roles in an institution on a day: none out of term.
func (r *Roster) Roles(member, institution, day string) []string {
	var out []string
	if m := r.members[member]; m != nil {
		for _, a := range m.Appointments {
			if a.Institution == institution && InTerm(a, day) {
				out = append(out, a.Roles...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// AllRoles are a member's roles anywhere on a day.
func (r *Roster) AllRoles(member, day string) []string {
	var out []string
	for _, in := range r.places {
		out = append(out, r.Roles(member, in, day)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Serving are the members who hold one of the roles in an institution on a day,
// in order of appointment.
func (r *Roster) Serving(institution, day string, roles ...string) []Member {
	var out []Member
	for _, id := range r.order {
		if intersects(r.Roles(id, institution, day), roles) {
			out = append(out, *r.members[id])
		}
	}
	return out
}

// Same tells whether two member ids stand for one person: the same id or, since
// every enrolment makes a new id, the same name. Two people of one name are taken
// for one; what needs two different people then needs a third.
func (r *Roster) Same(a, b string) bool {
	if a == b {
		return true
	}
	x, y := r.members[a], r.members[b]
	return x != nil && y != nil && folded(x.Name) == folded(y.Name)
}

func folded(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// Among tells whether a member is one of these people, see Same.
func (r *Roster) Among(ids []string, member string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return r.Same(id, member) })
}

// Home is the institution of a member's newest appointment.
func (m Member) Home() string {
	if len(m.Appointments) == 0 {
		return ""
	}
	return m.Appointments[len(m.Appointments)-1].Institution
}

// InTerm tells whether an appointment is in force on a day, both ends included.
func InTerm(a Appointment, day string) bool {
	return a.From <= day && (a.Until == "" || day <= a.Until)
}
