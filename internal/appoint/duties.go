package appoint

import (
	"fmt"
	"slices"
)

// Separated keeps the separation of duties of permissions.yaml among the roles
// of one person: an administrator holds no other, an auditor handles no case,
// chair and responsible person are two people. ErrDuties otherwise.
func Separated(roles []string) error {
	has := func(role string) bool { return slices.Contains(roles, role) }
	others := slices.ContainsFunc(roles, func(x string) bool { return x != RoleAdministrator })
	switch {
	case has(RoleAdministrator) && others:
		return fmt.Errorf("%w: administrator holds no other role", ErrDuties)
	case has(RoleAuditor) && intersects(roles, handling):
		return fmt.Errorf("%w: auditor handles no cases", ErrDuties)
	case has(RoleChair) && has(RoleResponsible):
		return fmt.Errorf("%w: chair and responsible person are two people", ErrDuties)
	}
	return nil
}

// Separated asks the same of an appointment together with all others of that
// person whose terms overlap it, under whatever id.
func (r *Roster) Separated(a Appointment) error {
	roles := slices.Clone(a.Roles)
	var ids []string
	for _, id := range append(r.Alike(a.Member, a.Name), a.Member) {
		ids = append(ids, r.IDs(id)...)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		m, err := r.Member(id)
		if err != nil {
			continue
		}
		for _, old := range m.Appointments {
			if a.Until != "" && a.Until < old.From || old.Until != "" && old.Until < a.From ||
				old.Ended != "" && old.Ended <= a.From {
				continue
			}
			roles = append(roles, old.Roles...)
		}
	}
	return Separated(roles)
}
