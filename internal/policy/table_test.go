package policy

import (
	"os"
	"slices"
	"strings"
	"testing"

	"svilpe/internal/ethics"
)

// The table that a lawyer would check stands in testdata/table.txt and is kept by
// hand: it is never written by the program. For each state it says which acts
// there are, who takes them, with whom, where they lead and which deadlines they
// start and stop on some track. What it does not name nobody may do.
func TestTheWholeTable(t *testing.T) {
	b, err := os.ReadFile("testdata/table.txt")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]map[string]string{} // state, act: the rest of the line
	state := ""
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasSuffix(line, ":"):
			state = strings.TrimSuffix(line, ":")
			said[state] = map[string]string{}
		default:
			act, rest, _ := strings.Cut(line, " ")
			said[state][act] = strings.TrimSpace(rest)
		}
	}
	p, tried := shipped(t), 0
	acts := slices.Clone(p.Steps)
	for _, a := range p.Actions {
		acts = append(acts, a.step())
	}
	for _, s := range p.States {
		for _, act := range acts {
			want, got := said[string(s.ID)][string(act.ID)], strings.TrimSpace(p.line(t, act, s.ID))
			if want != got {
				t.Errorf("in %s, %s\nthe table says  %q\nthe program does %q", s.ID, act.ID, want, got)
			}
			delete(said[string(s.ID)], string(act.ID))
			tried++
		}
		for act := range said[string(s.ID)] {
			t.Errorf("in %s, the table names %s, which is no act", s.ID, act)
		}
		delete(said, string(s.ID))
	}
	for state := range said {
		t.Errorf("the table names %s, which is no state", state)
	}
	if tried != len(p.States)*len(acts) || tried < 700 {
		t.Errorf("%d tried", tried)
	}
}

// possible are facts under which an act lacks nothing but the right person.
func possible(s Step, state ethics.State) Facts {
	f := ready(state)
	f.Flags, f.IfNotRecognised, f.Extendable, f.NoticeOpen, f.WatchOver = s.While, "ethics", true, true, true
	if contains(s.Needs, "recognition") {
		f.Track, f.Recognition = "whistleblower", true
	}
	if contains(s.Needs, "open_measure") {
		f.OpenMeasures = 1
	}
	return f
}

// line says of one act in one state what the table says; "" when nobody may.
func (p *Policy) line(t *testing.T, s Step, state ethics.State) string {
	t.Helper()
	f := possible(s, state)
	var who, second []string
	for _, role := range p.Roles {
		m := holder("m", role.ID)
		may, approve := p.May(m, s.ID, f) == nil, p.MayApprove(m, s.ID, "other", f) == nil
		for name, less := range map[string]Member{
			"without a grant":     {ID: "m", Roles: m.Roles, Stated: true},
			"without a statement": {ID: "m", Roles: m.Roles, HoldsGrant: true},
		} {
			if p.May(less, s.ID, f) == nil || p.MayApprove(less, s.ID, "other", f) == nil {
				t.Errorf("in %s, %s takes or approves %s %s", state, role.ID, s.ID, name)
			}
		}
		if p.MayApprove(m, s.ID, "m", f) == nil {
			t.Errorf("in %s, %s approves the own %s", state, role.ID, s.ID)
		}
		if role.ID == RoleReporter {
			if may || approve {
				t.Errorf("in %s, a member with the role of a reporter takes %s", state, s.ID)
			}
			may = p.MayReporter(s.ID, f) == nil
		}
		if may {
			who = append(who, role.ID)
		}
		if approve {
			second = append(second, role.ID)
		}
	}
	if len(who)+len(second) == 0 {
		return ""
	}
	out := strings.Join(who, ", ")
	if len(second) > 0 {
		out += " with " + strings.Join(second, " or ")
	}
	to := strings.Join(named[string](s.To), " or ")
	moments := []ethics.EventKind{s.Event}
	switch {
	case contains(s.To, Previous):
		to = "where it was"
	case len(s.To) > 0:
		moments = append(moments, entered(s.To)...)
	}
	if to != "" {
		out += "; to " + to
	}
	var starts, stops []string
	for _, d := range p.Deadlines {
		if intersects(d.Starts, moments) {
			starts = append(starts, d.ID)
		}
		if intersects(d.Stops, moments) {
			stops = append(stops, d.ID)
		}
	}
	if len(starts) > 0 {
		out += "; starts " + strings.Join(starts, " ")
	}
	if len(stops) > 0 {
		out += "; stops " + strings.Join(stops, " ")
	}
	return out
}
