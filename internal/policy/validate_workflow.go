package policy

import (
	"slices"
	"time"

	"svilpe/internal/ethics"
)

func (c *checker) workflow(roles []string) {
	const file = fileWorkflow
	unique(c, file, "roles", roles)
	unique(c, file, "actors", c.p.Actors)
	unique(c, file, "events", c.p.Events)
	ids(c, file, "outcomes", c.p.Outcomes)
	tracks := ids(c, file, "tracks", c.p.Tracks)
	for _, t := range c.p.Tracks {
		refer(c, file, "tracks "+t.ID+" identity", []string{t.Identity},
			[]string{"required_sealed", "optional_sealed", "none"})
	}
	states := named[ethics.State](ids(c, file, "states", c.p.States))
	for _, e := range c.p.Events {
		if contains(states, ethics.State(e)) {
			c.fail(file, "events: %q is a state too", e)
		}
	}
	t := c.p.TimeRules
	if _, err := time.LoadLocation(t.Timezone); err != nil || t.Timezone == "" {
		c.fail(file, "time_rules timezone: unknown %q", t.Timezone)
	}
	refer(c, file, "time_rules count", []string{t.Count}, []string{"calendar_days"})
	refer(c, file, "time_rules escalate_overdue_to", t.EscalateTo, roles)
	for _, d := range t.Besides {
		if _, err := ParseDay(d); err != nil {
			c.fail(file, "time_rules holidays_besides: %v", err)
		}
	}
	if t.IdleDays < 1 {
		c.fail(file, "time_rules escalate_idle_days: %d", t.IdleDays)
	}
	for _, n := range t.WarnBefore {
		if n < 1 {
			c.fail(file, "time_rules warn_before_days: %d", n)
		}
	}
	c.deadlines(tracks, append(entered(states), c.p.Events...))
	c.states()
	c.steps(states, roles)
	c.acts(roles)
	c.others(states)
}

func (c *checker) deadlines(tracks []string, moments []ethics.EventKind) {
	const file = fileWorkflow
	ids(c, file, "deadlines", c.p.Deadlines)
	for _, d := range c.p.Deadlines {
		at := "deadlines " + d.ID
		if d.Value == (Period{}) || len(d.Starts) == 0 || len(d.Stops) == 0 || len(d.Applies) == 0 {
			c.fail(file, "%s: value, starts, stops and applies are all needed", at)
		}
		refer(c, file, at+" starts", d.Starts, moments)
		refer(c, file, at+" stops", d.Stops, moments)
		if intersects(d.Starts, d.Stops) || contains(d.Stops, d.Fallback.Event) {
			c.fail(file, "%s: starts and stops at the same", at)
		}
		if d.Fallback != (Start{}) {
			refer(c, file, at+" fallback_start", []ethics.EventKind{d.Fallback.Event}, moments)
		}
		refer(c, file, at+" extended_by", d.ExtendedBy, moments)
		if (len(d.ExtendedBy) > 0) != (d.ExtendableTo != Period{}) ||
			intersects(d.ExtendedBy, append(slices.Clone(d.Starts), d.Stops...)) {
			c.fail(file, "%s: extendable_to and extended_by go together, apart from starts and stops", at)
		}
		refer(c, file, at+" applies", d.Applies, tracks)
		refer(c, file, at+" certainty", []string{d.Certainty}, []string{"A", "B", "C", "-"})
	}
}

// tally demands that starts and stops, as said beside a state or step, are just
// what the deadlines themselves say of those moments.
func (c *checker) tally(at string, moments []ethics.EventKind, starts, stops Names) {
	var begun, ended []string
	for _, d := range c.p.Deadlines {
		if intersects(d.Starts, moments) {
			begun = append(begun, d.ID)
		}
		if intersects(d.Stops, moments) {
			ended = append(ended, d.ID)
		}
	}
	if !sameSet(starts, begun) {
		c.fail(fileWorkflow, "%s starts: %v, but the deadlines say %v", at, starts, begun)
	}
	if !sameSet(stops, ended) {
		c.fail(fileWorkflow, "%s stops: %v, but the deadlines say %v", at, stops, ended)
	}
}

func (c *checker) states() {
	const file = fileWorkflow
	initial := 0
	for _, s := range c.p.States {
		at := "states " + string(s.ID)
		refer(c, file, at+" iso37002", []string{s.Phase}, []string{"receive", "assess", "address", "conclude"})
		c.tally(at, []ethics.EventKind{ethics.Entered(s.ID)}, s.Starts, s.Stops)
		if s.Initial {
			initial++
		}
		leaves := slices.ContainsFunc(c.p.Steps, func(x Step) bool { return contains(x.From, s.ID) })
		if leaves == s.Terminal {
			c.fail(file, "%s: terminal is %t, but steps leave it: %t", at, s.Terminal, leaves)
		}
		reached := slices.ContainsFunc(c.p.Steps, func(x Step) bool { return contains(x.To, s.ID) })
		if reached == s.Initial {
			c.fail(file, "%s: initial is %t, but steps lead to it: %t", at, s.Initial, reached)
		}
	}
	if initial != 1 {
		c.fail(file, "states: %d initial ones, want 1", initial)
	}
}

func (c *checker) steps(states []ethics.State, roles []string) {
	const file = fileWorkflow
	ids(c, file, "transitions", c.p.Steps)
	for _, s := range c.p.Steps {
		at := "transitions " + string(s.ID)
		if len(s.From) == 0 || len(s.To) == 0 {
			c.fail(file, "%s: from and to are both needed", at)
		}
		refer(c, file, at+" from", s.From, states)
		if len(s.To) != 1 || s.To[0] != Previous {
			refer(c, file, at+" to", s.To, states)
		}
		c.who(at, s.Who, s.Approver, s.FourEyes, roles)
		refer(c, file, at+" needs", s.Needs, knownNeeds())
		for _, id := range s.Needs {
			if needs[id].refuses != nil && !s.FourEyes {
				c.fail(file, "%s needs: %s without four_eyes", at, id)
			}
		}
		if s.ID == ethics.ActErase && len(s.Approver) != 2 {
			c.fail(file, "%s approver: want two offices, in the order in which they sign", at)
		}
		c.brings(at, s)
		var moments []ethics.EventKind
		if s.Event != "" {
			moments = []ethics.EventKind{s.Event}
			refer(c, file, at+" event", moments, c.p.Events)
		}
		// Some steps repeat what their event stops; none may claim more.
		c.tally(at, moments, s.Starts, s.Stops)
	}
}

func (c *checker) who(at string, who, approver []string, fourEyes bool, roles []string) {
	if len(who) == 0 {
		c.fail(fileWorkflow, "%s: nobody in who", at)
	}
	refer(c, fileWorkflow, at+" who", who, append(slices.Clone(roles), c.p.Actors...))
	refer(c, fileWorkflow, at+" approver", approver, roles)
	if fourEyes != (len(approver) > 0) {
		c.fail(fileWorkflow, "%s: four_eyes is %t with %d approver roles", at, fourEyes, len(approver))
	}
}

func (c *checker) acts(roles []string) {
	const file = fileWorkflow
	ids(c, file, "sensitive_actions", c.p.Actions)
	for _, a := range c.p.Actions {
		at := "sensitive_actions " + string(a.ID)
		c.who(at, a.Who, a.Approver, a.FourEyes, roles)
		for _, state := range a.From {
			if _, ok := c.p.State(state); !ok {
				c.fail(file, "%s from: %s", at, state)
			}
		}
		if a.Event != "" {
			refer(c, file, at+" event", []ethics.EventKind{a.Event}, c.p.Events)
		}
		if contains(c.p.offer.Acts, a.ID) && len(a.From) == 0 {
			c.fail(file, "%s: offered as an act, from no state", at)
		}
		c.flagged(at, a.While, a.Unless)
		refer(c, file, at+" needs", a.Needs, knownNeeds())
		c.brings(at, a.step())
	}
	for _, d := range c.p.Deadlines {
		c.flagged("deadlines "+d.ID, d.Unless)
	}
	for _, s := range c.p.Steps {
		c.flagged("transitions "+string(s.ID), s.While, s.Unless)
	}
	ids(c, file, "protection_flags", c.p.Flags)
	for _, f := range c.p.Flags {
		refer(c, file, "protection_flags "+f.ID+" set", f.Set, c.p.Events)
		refer(c, file, "protection_flags "+f.ID+" lift", f.Lift, c.p.Events)
		refer(c, file, "protection_flags "+f.ID+" set_by", f.SetBy, roles)
		if len(f.Values) > 0 {
			unique(c, file, "protection_flags "+f.ID+" values", f.Values)
		}
	}
}

// flagged demands flags that exist and can be on.
func (c *checker) flagged(at string, lists ...Names) {
	for _, list := range lists {
		for _, id := range list {
			if f, ok := find(c.p.Flags, id); !ok || len(f.Set) == 0 {
				c.fail(fileWorkflow, "%s: no flag %s that an event sets", at, id)
			}
		}
	}
}

// brings checks what an act changes besides the state, and whom it leads where.
func (c *checker) brings(at string, s Step) {
	refer(c, fileWorkflow, at+" also", s.Also, c.p.Events)
	refer(c, fileWorkflow, at+" changes", []string{s.Changes},
		[]string{"", ChangesTrack, ChangesCategory, ChangesMeasures, ChangesMeasure})
	if s.ReporterTo != "" && (!contains(s.To, s.ReporterTo) || !contains(s.Who, RoleReporter)) {
		c.fail(fileWorkflow, "%s reporter_to: no state to which the reporter could take it", at)
	}
	if len(s.To) > 1 && s.ReporterTo == "" && contains(s.Who, RoleReporter) {
		c.fail(fileWorkflow, "%s: the reporter's step leads to several states, and no reporter_to", at)
	}
}

func (c *checker) others(states []ethics.State) {
	const file = fileWorkflow
	ids(c, file, "other_acts", c.p.Others)
	for _, a := range c.p.Others {
		at := "other_acts " + string(a.ID)
		refer(c, file, at+" by", []string{a.By}, []string{byMember, RoleReporter})
		refer(c, file, at+" from", a.From, states)
		refer(c, file, at+" events", a.Events, c.p.Events)
		if _, too := c.p.Act(a.ID); too || len(a.Events) == 0 {
			c.fail(file, "%s: a step too, or without an event", at)
		}
	}
}

// byMember is who takes an act that is no step, where the reporter does not.
const byMember = "member"

// named gives ids another type.
func named[T, F ~string](ids []F) []T {
	out := make([]T, len(ids))
	for n, id := range ids {
		out[n] = T(id)
	}
	return out
}
