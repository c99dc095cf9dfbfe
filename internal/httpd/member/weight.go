package member

import (
	"slices"
	"strings"

	"svilpe/internal/ethics"
	"svilpe/internal/policy"
)

// changes are what a step changes, who must approve it, and what the
// reporter will read, in the words that the reporter will see.
func (s *Site) changes(b builder, step policy.Step) (facts, reads []fact) {
	from, to := b.o.State, s.targets(step, b.o.Facts)
	var names []string
	for _, id := range to {
		names = append(names, b.state(id))
		if text := b.reads(from, id); text != "" {
			reads = append(reads, fact{b.state(id), text})
		}
	}
	change := b.T("desk.step.stays", "State", b.state(from))
	if !slices.Equal(to, []ethics.State{from}) && len(to) > 0 {
		change = b.state(from) + " → " + strings.Join(names, " / ")
	}
	facts = append(facts, fact{b.T("desk.step.change"), change})
	facts = append(facts, s.movedDays(b, step)...)
	if step.FourEyes {
		facts = append(facts, fact{b.T("desk.step.approves"), b.approvers(step, b.o.Me.ID)})
	}
	return facts, reads
}

// consequences is what stands before the button: whether it happens at once, and what
// cannot be taken back.
func (s *Site) consequences(b builder, step policy.Step) []string {
	first := b.T("desk.step.at_once")
	if step.FourEyes {
		first = b.T("desk.step.second")
	}
	out := []string{first, b.T("desk.step.forever")}
	if s.Policy.MessageRequired(step, b.o.Facts) || s.writes(b, step) {
		out = append(out, b.T("desk.step.no_recall"))
	}
	to := s.targets(step, b.o.Facts)
	if !slices.ContainsFunc(to, s.leadsOn) && len(step.To) > 0 {
		out = append(out, b.T("desk.step.ends"))
	}
	return out
}

// leadsOn tells whether some step leads on from a state.
func (s *Site) leadsOn(state ethics.State) bool {
	return slices.ContainsFunc(s.Policy.Steps, func(x policy.Step) bool {
		return slices.Contains(x.From, state)
	})
}

// targets are the states a step may lead to now.
func (s *Site) targets(step policy.Step, f policy.Facts) []ethics.State {
	if to := s.Policy.Target(step, f); to != "" {
		return []ethics.State{to}
	}
	return step.To
}
