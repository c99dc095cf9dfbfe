package policy

import (
	"slices"
	"testing"
)

func TestRightsOfACase(t *testing.T) {
	p := shipped(t)
	granted := func(role string) Member { return Member{ID: "m", Roles: []string{role}, HoldsGrant: true} }
	without := func(role string) Member { return Member{ID: "m", Roles: []string{role}} }
	for _, x := range []struct {
		name  string
		m     Member
		row   string
		level Level
		may   bool
	}{
		{"a holder reads", granted(RoleResponsible), "read_content", Assigned, true},
		{"nobody reads without a grant", without(RoleResponsible), "read_content", No, false},
		{"nor the chair", without(RoleChair), "read_content", No, false},
		{"the administrator never, grant or not", granted(RoleAdministrator), "read_content", No, false},
		{"the auditor never", granted(RoleAuditor), "read_content", No, false},
		{"the head never", granted("institution_head"), "read_content", No, false},
		{"new reports: granted ones", granted(RoleResponsible), "list_new", Yes, true},
		{"new reports: no others", without(RoleResponsible), "list_new", No, false},
		{"new reports: metadata for the auditor", without(RoleAuditor), "list_new", Metadata, false},
		{"files as received", granted(RoleCommission), "read_files_clean", Assigned, true},
		{"no originals beside them", granted(RoleChair), "read_files_original", No, false},
		{"the identity takes two", granted(RoleResponsible), "unseal_identity", FourEyes, true},
		{"deciding takes two", granted(RoleChair), "decide_close_reopen", FourEyes, true},
		{"deciding takes a grant", without(RoleChair), "decide_close_reopen", No, false},
		{"stepping aside takes a case to leave", granted(RoleCommission), "recuse", Yes, true},
		{"and no case is told of otherwise", without(RoleCommission), "recuse", No, false},
		{"the head sees of measures that they are", without("institution_head"), "measures", Metadata, false},
		{"appointments need no grant", without(RoleAdministrator), "manage_users", FourEyes, true},
		{"notes of a consultation are its trust persons'", Member{
			Roles: []string{"trust_person"}, Own: true,
		}, "consultation_notes", Own, true},
		{"and no other trust person's", without("trust_person"), "consultation_notes", No, false},
		{"nor the responsible person's", Member{
			Roles: []string{RoleResponsible}, Own: true,
		}, "consultation_notes", No, false},
		{"the log is the auditor's", without(RoleAuditor), "read_log", Yes, true},
		{"the administrator sees of the log that it is", without(RoleAdministrator), "read_log", Metadata, false},
		{"counts", without(RoleCommission), "statistics", Aggregated, false},
		{"of two roles the higher", Member{
			ID: "m", Roles: []string{"trust_person", RoleResponsible},
		}, "statistics", Yes, true},
		{"and when it comes first", Member{
			ID: "m", Roles: []string{RoleResponsible, "institution_head"},
		}, "statistics", Yes, true},
		{"the reporter's own", Member{Roles: []string{RoleReporter}, Own: true}, "own_report", Own, true},
		{"not another's", Member{Roles: []string{RoleReporter}}, "own_report", No, false},
		{"the reporter reads the own report", Member{
			Roles: []string{RoleReporter}, Own: true,
		}, "read_content", Own, true},
		{"a member is not the reporter", Member{Roles: []string{RoleChair}, Own: true}, "own_report", No, false},
		{"an unknown row", granted(RoleChair), "read_everything", No, false},
		{"an unknown role", granted("root"), "read_content", No, false},
		{"no role", Member{HoldsGrant: true, Own: true}, "read_content", No, false},
	} {
		if got := p.Level(x.m, x.row); got != x.level {
			t.Errorf("%s: %s is %s, want %s", x.name, x.row, got, x.level)
		}
		if got := p.Allowed(x.m, x.row); got != x.may {
			t.Errorf("%s: %s allowed: %t", x.name, x.row, got)
		}
	}
}

// Without a grant, no row about a case gives a member more than metadata.
func TestNoRowAboutACaseWorksWithoutAGrant(t *testing.T) {
	p, rows := shipped(t), 0
	for _, row := range p.Matrix {
		for i, role := range p.Roles {
			m := Member{ID: "m", Roles: []string{role.ID}}
			if row.Case && p.Allowed(m, row.ID) {
				t.Errorf("%s: %s without a grant", row.ID, role.ID)
			}
			if got := p.Level(m, row.ID); got > row.Levels[i] {
				t.Errorf("%s: %s gets %s, the matrix says %s", row.ID, role.ID, got, row.Levels[i])
			}
		}
		if row.Case {
			rows++
		}
		// A value that speaks of a case stands in a row that says so.
		if !row.Case && slices.Contains(row.Levels, Assigned) {
			t.Errorf("%s: asg", row.ID)
		}
	}
	if rows != 17 {
		t.Errorf("%d rows about a case", rows)
	}
}

func TestLevelsInWords(t *testing.T) {
	for l := No; l <= Yes; l++ {
		var back Level
		if err := back.UnmarshalText([]byte(l.String())); err != nil || back != l {
			t.Errorf("%s: %v, %v", l, back, err)
		}
	}
	if Level(99).String() != "Level(99)" || Level(-1).String() != "Level(-1)" {
		t.Error(Level(99), Level(-1))
	}
}
