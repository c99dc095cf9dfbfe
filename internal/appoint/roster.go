package appoint

import (
	"crypto/ed25519"
	"slices"

	"svilpe/internal/ethics"
)

func (r *Roster) knows(id string) bool {
	m := r.members[id]
	return m != nil && m.index < r.at
}

// Member finds an appointed member; ErrNotFound otherwise.
func (r *Roster) Member(id string) (Member, error) {
	if !r.knows(id) {
		return Member{}, ethics.ErrNotFound
	}
	m := r.members[id]
	out := Member{ID: id}
	for _, n := range m.names {
		if n.index < r.at {
			out.Name = n.text
		}
	}
	for _, k := range m.keys {
		if k.index < r.at {
			out.Recipient, out.Verifier = k.recipient, k.verifier
		}
	}
	for _, o := range m.offices {
		if o.index >= r.at {
			continue
		}
		a := o.Appointment
		if o.ended >= r.at {
			a.Ended = ""
		}
		if o.suspended >= r.at {
			a.Away = [2]string{}
		}
		out.Appointments = append(out.Appointments, a)
	}
	return out, nil
}

// Verifier is a member's newest Ed25519 key, also after the term has ended: what
// was signed in it stays signed.
func (r *Roster) Verifier(id string) (ed25519.PublicKey, error) {
	m, err := r.Member(id)
	return m.Verifier, err
}

// VerifierAt is the key of a member that counts for what the entry with this
// index stored: the newest whose statement lies before it.
func (r *Roster) VerifierAt(id string, index int64) (ed25519.PublicKey, error) {
	return r.At(index).Verifier(id)
}

// Members are all who were ever appointed, in order of appointment.
func (r *Roster) Members() []Member {
	out := make([]Member, 0, len(r.order))
	for _, id := range r.order {
		if m, err := r.Member(id); err == nil {
			out = append(out, m)
		}
	}
	return out
}

// Institutions are all institutions, in order of their founding.
func (r *Roster) Institutions() []Institution {
	out := make([]Institution, 0, len(r.places))
	for _, id := range r.places {
		if in, err := r.Institution(id); err == nil {
			out = append(out, in)
		}
	}
	return out
}

// Institution finds one; ErrNotFound otherwise.
func (r *Roster) Institution(id string) (Institution, error) {
	all := r.history(id)
	if len(all) == 0 {
		return Institution{}, ethics.ErrNotFound
	}
	return all[len(all)-1].Institution, nil
}

// history are the versions of an institution up to this roster's place.
func (r *Roster) history(institution string) []version {
	all := r.versions[institution]
	n := slices.IndexFunc(all, func(v version) bool { return v.index >= r.at })
	if n < 0 {
		return all
	}
	return all[:n]
}

// Roles are a member's roles in an institution on a day: none out of term.
func (r *Roster) Roles(member, institution, day string) []string {
	return r.roles(member, institution, day, InTerm)
}

func (r *Roster) roles(member, institution, day string, in func(Appointment, string) bool) []string {
	var out []string
	m, _ := r.Member(member)
	for _, a := range m.Appointments {
		if a.Institution == institution && in(a, day) {
			out = append(out, a.Roles...)
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
			m, _ := r.Member(id)
			out = append(out, m)
		}
	}
	return out
}

// IsTrustPerson tells whether a member is a trust person of this institution or of its
// alternate on that day.
func (r *Roster) IsTrustPerson(member, institution, day string) bool {
	at, err := r.Institution(institution)
	for _, in := range []string{institution, at.Alternate} {
		if err == nil && in != "" && slices.Contains(r.Roles(member, in, day), RoleTrust) {
			return true
		}
	}
	return false
}

// Handles tells whether a member may have a part in a case of this institution on
// that day: serving in it, or in an institution that is or was its alternate. A
// case that went to an alternate stays with it when another one takes its place.
func (r *Roster) Handles(member, institution, day string) bool {
	return intersects(r.RolesFor(member, institution, day), handling)
}

// Keeps tells whether a member keeps what cases of this institution were sealed
// to: Handles, and also while suspended, for that is only a few days.
func (r *Roster) Keeps(member, institution, day string) bool {
	return intersects(r.RolesKept(member, institution, day), handling)
}

// RolesKept are RolesFor, and those from which a member is suspended: one signature
// suspends, and does for these days not take what takes two.
func (r *Roster) RolesKept(member, institution, day string) []string {
	return r.rolesFor(member, institution, day, inOffice)
}

// RolesFor are a member's roles for a case of this institution, sorted: those in it
// and in whatever was its alternate up to that day.
func (r *Roster) RolesFor(member, institution, day string) []string {
	return r.rolesFor(member, institution, day, InTerm)
}

func (r *Roster) rolesFor(member, institution, day string, inTerm func(Appointment, string) bool) []string {
	var out []string
	for _, in := range append(r.EverAlternates(institution, day), institution) {
		out = append(out, r.roles(member, in, day, inTerm)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// EverAlternates are the institutions that were this one's alternate up to a day.
func (r *Roster) EverAlternates(institution, day string) []string {
	var out []string
	for n, v := range r.history(institution) {
		if (n == 0 || v.day <= day) && v.Alternate != "" && !slices.Contains(out, v.Alternate) {
			out = append(out, v.Alternate)
		}
	}
	return out
}

// alternates are those in force on a day: two on the day on which one took the
// other's place. What was signed under one stays signed.
func (r *Roster) alternates(institution, day string) []string {
	var out []string
	all := r.history(institution)
	for n, v := range all {
		if (n == 0 || v.day <= day) && (n == len(all)-1 || day <= all[n+1].day) && v.Alternate != "" {
			out = append(out, v.Alternate)
		}
	}
	return out
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
	return inOffice(a, day) && (a.Away[0] == "" || day < a.Away[0] || a.Away[1] < day)
}

// inOffice is InTerm for who may be suspended.
func inOffice(a Appointment, day string) bool {
	return a.From <= day && (a.Until == "" || day <= a.Until) && (a.Ended == "" || day < a.Ended)
}
