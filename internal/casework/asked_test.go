package casework_test

import (
	"testing"

	"svilpe/internal/casework"
	"svilpe/internal/ethics"
	"svilpe/internal/insight"
	"svilpe/internal/store"
)

// TestWhoIsAskedToVote: a list knows no votes. It names a draft to who may vote and
// did nothing in the case since the draft came: not to others, not while the
// approval waits, and again after a new draft.
func TestWhoIsAskedToVote(t *testing.T) {
	w := founded(t)
	in := &insight.Service{Store: w.s, Policy: w.cw.Policy, Now: w.cw.Now}
	f := w.examined(w.file())
	asked := func(when string, want ...string) {
		t.Helper()
		for _, who := range []string{"resp", "chair", "member", "second"} {
			p, err := in.Proposals(ctx, w.as(who))
			must(t, err)
			today, err := in.Today(ctx, w.as(who))
			must(t, err)
			must := false
			for _, x := range want {
				must = must || x == who
			}
			if len(p.ToVote) == 1 != must || today.Asked[f.id] != must {
				t.Errorf("%s: %s is asked in %d cases, today: %v", when, who, len(p.ToVote), today.Asked[f.id])
			}
		}
	}
	w.stated("chair", f)
	asked("without a draft")
	propose := casework.Act{Step: "propose_decision", Statements: draft()}
	w.does("member", f, propose)
	asked("a draft", "chair", "member", "second")
	must(t, w.vote("second", f, "for", ""))
	asked("one vote", "chair", "member")
	w.later(90) // overdue, and asked all the same
	asked("later", "chair", "member")
	if today, err := in.Today(ctx, w.as("chair")); err != nil || len(today.Overdue.Cases) != 1 ||
		len(today.Votes.Cases) > 0 {
		t.Errorf("overdue stands in front: %v", err)
	}
	w.does("chair", f, casework.Act{Step: "reject_draft"})
	asked("sent back")
	w.does("member", f, propose)
	asked("a new draft", "chair", "member", "second")
	must(t, w.vote("member", f, "for", ""))
	must(t, w.vote("second", f, "for", ""))
	w.does("chair", f, approval(w.look("chair", f)))
	asked("the approval waits")
	must(t, w.decides("second", f, false))
	asked("the approval was refused", "chair")
	w.exec(`update entry set body = x'00' where stream = ?`, ethics.CaseStream(f.id))
	if _, err := in.Today(ctx, w.as("chair")); err != nil {
		t.Errorf("a spoilt case takes the page away: %v", err)
	}
	must(t, w.s.Read(ctx, func(tx *store.ReadTx) error {
		if silent, err := tx.Silent(f.id, "second", "decided"); silent || err != nil {
			t.Errorf("since what never happened: %v, %v", silent, err)
		}
		return nil
	}))
}
