package policy

import (
	"svilpe/internal/ethics"
	"testing"
)

// A hold is set while none is, and lifted while one is, from every state but the
// last; it takes two people and moves nothing.
func TestActsFollowTheirFlags(t *testing.T) {
	p, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	chair := Member{ID: "1", Roles: []string{RoleChair}, HoldsGrant: true, Stated: true}
	for _, s := range p.States {
		free := Facts{Track: "anonymous", State: s.ID, Another: another}
		held := free
		held.Flags = p.Flagged([]Event{
			{Name: "received", Day: "2026-01-01"}, {Name: "legal_hold_set", Day: "2026-01-02"},
		})
		lifted := free
		if set, again := p.HeldSince([]Event{
			{"legal_hold_set", "2026-01-02"}, {"received", "2026-01-03"},
		}), p.HeldSince([]Event{
			{"legal_hold_set", "2026-01-02"}, {"legal_hold_lifted", "2026-01-04"}, {"legal_hold_set", "2026-01-06"},
		}); set != "2026-01-02" || again != "2026-01-06" ||
			p.HeldSince([]Event{{"legal_hold_set", "2026-01-02"}, {"legal_hold_lifted", "2026-01-02"}}) != "" {
			t.Errorf("held since %q and %q", set, again)
		}
		lifted.Flags = p.Flagged([]Event{
			{Name: "legal_hold_set", Day: "2026-01-02"}, {Name: "legal_hold_lifted", Day: "2026-01-02"},
		})
		for name, c := range map[string]struct {
			facts Facts
			act   ethics.Act
			may   bool
		}{
			"set while free":   {free, "legal_hold_set", !s.Terminal},
			"set while held":   {held, "legal_hold_set", false},
			"set again":        {lifted, "legal_hold_set", !s.Terminal},
			"lift while held":  {held, "legal_hold_lift", !s.Terminal},
			"lift while free":  {free, "legal_hold_lift", false},
			"an act not taken": {free, "export_case_file_x", false},
		} {
			if err := p.May(chair, c.act, c.facts); (err == nil) != c.may {
				t.Errorf("%s, %s: %v", s.ID, name, err)
			}
		}
		if act, _ := p.Act("legal_hold_set"); p.Target(act, free) != s.ID || p.MessageRequired(act, Facts{}) {
			t.Errorf("%s: an act moves the case to %q", s.ID, p.Target(act, free))
		}
		if p.MayApprove(chair, "legal_hold_set", "1", free) == nil {
			t.Errorf("%s: the proposer approves", s.ID)
		}
	}
}
