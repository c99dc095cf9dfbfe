package appoint

import (
	"errors"
	"slices"
	"testing"
)

// TestDuties: permissions.yaml, separation_of_duties.
func TestDuties(t *testing.T) {
	for name, x := range map[string]struct {
		member string
		roles  []string
		good   bool
	}{
		"administrator and member":          {"nora", []string{RoleAdministrator, RoleMember}, false},
		"administrator and trust person":    {"nora", []string{RoleAdministrator, RoleTrust}, false},
		"administrator alone":               {"nora", []string{RoleAdministrator}, true},
		"auditor and member":                {"nora", []string{RoleAuditor, RoleMember}, false},
		"chair and responsible person":      {"nora", []string{RoleChair, RoleResponsible}, false},
		"member and contact person":         {"nora", []string{RoleMember, RoleContact}, true},
		"the administrator handles cases":   {"dora", []string{RoleMember}, false},
		"a handler becomes administrator":   {"carl", []string{RoleAdministrator}, false},
		"the auditor handles cases":         {"alma", []string{RoleResponsible}, false},
		"the chair becomes responsible too": {"berta", []string{RoleResponsible}, false},
		"a member becomes chair too":        {"carl", []string{RoleChair}, true},
		"after the term has ended":          {"olaf", []string{RoleAuditor}, true},
	} {
		a := of(x.member, "home", x.roles...)
		_, err := read(append(appointed(),
			written(headOf(KindAppointment, day, 7), a,
				slices.DeleteFunc([]string{"anna", "berta", "carl"}, func(s string) bool {
					return s == x.member
				})...))...)
		if (err == nil) != x.good || err != nil && !errors.Is(err, ErrDuties) {
			t.Errorf("%s: %v", name, err)
		}
	}
	overlapping := written(headOf(KindAppointment, "2026-10-31", 7), of("olaf", "home", RoleAuditor), "anna", "berta")
	if _, err := read(append(appointed(), overlapping)...); !errors.Is(err, ErrDuties) {
		t.Errorf("on the last day of the other term: %v", err)
	}
}

// TestSeparated: the same rule before anybody signs.
func TestSeparated(t *testing.T) {
	for _, x := range []struct {
		good  bool
		roles []string
	}{
		{true, nil},
		{true, []string{RoleAdministrator}},
		{true, []string{RoleAuditor, RoleHead}},
		{true, []string{RoleChair, RoleMember}},
		{true, []string{RoleResponsible, RoleMember, RoleContact}},
		{false, []string{RoleAdministrator, RoleTrust}},
		{false, []string{RoleAuditor, RoleAdministrator}},
		{false, []string{RoleAuditor, RoleMember}},
		{false, []string{RoleResponsible, RoleAuditor}},
		{false, []string{RoleChair, RoleAuditor}},
		{false, []string{RoleChair, RoleResponsible}},
	} {
		if err := Separated(x.roles); (err == nil) != x.good || err != nil && !errors.Is(err, ErrDuties) {
			t.Errorf("%v: %v", x.roles, err)
		}
	}
}
