package policy

import "testing"

func TestUnseenStatement(t *testing.T) {
	p, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range p.statements {
		for _, s := range st.Ask {
			if s.Kind != Rows {
				continue
			}
			values := map[string][]string{s.ID: {"signed, and shown to nobody"}}
			for _, e := range p.CheckStatements(st.Step, values, "2026-11-23", DefaultLimits) {
				if e.Field == s.ID {
					return
				}
			}
			t.Errorf("%s takes a value under the table's own name %q", st.Step, s.ID)
		}
	}
}
