package appoint

import (
	"fmt"
	"slices"
)

// FoundingRoles are the offices of a founding, one person each, in the order of
// the statement: three found and sign, the last administers and signs nothing.
var FoundingRoles = [4]string{RoleResponsible, RoleChair, RoleMember, RoleAdministrator}

// check refuses a founding of anybody but these four: the founders compare the
// check words of four people, so a fifth would be appointed unseen. ErrFounders.
func (f Founding) check() error {
	if f.Installation == "" || f.Institution.ID == "" || len(f.Members) != len(FoundingRoles) {
		return fmt.Errorf("%w: %d members", ErrFounders, len(f.Members))
	}
	for i, a := range f.Members {
		if !slices.Equal(a.Roles, FoundingRoles[i:i+1]) || a.Institution != f.Institution.ID {
			return fmt.Errorf("%w: member %d in another office", ErrFounders, i)
		}
		for _, b := range f.Members[:i] {
			if a.Member == b.Member || a.Recipient == b.Recipient || slices.Equal(a.Verifier, b.Verifier) {
				return fmt.Errorf("%w: one person in two offices", ErrFounders)
			}
		}
	}
	return nil
}

// Administers tells whether a member was appointed by the founding as its
// administrator and has held nothing else since: the one who knows the founders
// without having signed for them.
func (r *Roster) Administers(member string) bool {
	m := r.members[member]
	last := r.Founding.Members[len(r.Founding.Members)-1]
	return m != nil && last.Member == member && !slices.ContainsFunc(m.Appointments, func(a Appointment) bool {
		return !slices.Equal(a.Roles, []string{RoleAdministrator})
	})
}
