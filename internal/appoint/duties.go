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

// separated asks the same of an appointment together with the member's others
// whose terms overlap it.
func (r *Roster) separated(a Appointment) error {
	roles := slices.Clone(a.Roles)
	if m := r.members[a.Member]; m != nil {
		for _, old := range m.Appointments {
			if a.Until != "" && a.Until < old.From || old.Until != "" && old.Until < a.From {
				continue
			}
			roles = append(roles, old.Roles...)
		}
	}
	return Separated(roles)
}
