package casework

import (
	"slices"

	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/routing"
	"svilpe/internal/store"
)

// exclusionsKnown is nil when this session can tell whom the case must not be
// given: the report and every removal can be read, and nothing is missing.
func (o *Opened) exclusionsKnown() error {
	if o.Report == nil || o.Missing > 0 {
		return untrusted("without the report its exclusions are unknown")
	}
	for _, i := range o.Thread {
		if i.Kind == ethics.KindRemoval && i.Untrusted {
			return untrusted("an exclusion cannot be read")
		}
	}
	return nil
}

// barred are whom the reporter excluded and who was recused or excluded since:
// never given the case, by nobody.
func (o *Opened) barred() []string {
	var out []string
	if o.Report != nil {
		out = slices.Clone(o.Report.Excluded)
	}
	for _, i := range o.Thread {
		if i.Removal != nil && !i.Untrusted && i.Removal.Bars() {
			out = append(out, i.Removal.Members...)
		}
	}
	return append(out, o.file.Barred()...)
}

// senior tells that the case is about the head or a handler of its institution,
// by the report with nobody ticked or by a later passing on: its own people are
// not chosen.
func (o *Opened) senior() bool {
	if o.Report != nil && routing.Of(*o.Report, "").Senior {
		return true
	}
	return slices.ContainsFunc(o.Thread, func(i Item) bool {
		return i.Removal != nil && !i.Untrusted && i.Removal.Why == ethics.WhyEscalated
	})
}

// checkRemoval refuses a record of leaving by somebody who may not say it.
func (o *Opened) checkRemoval(env ethics.Envelope, r ethics.Removal) error {
	leads := o.leads(env.Author, env.Day, env.ID) && !o.removalNeedsTwo(env)
	self := len(r.Members) == 1 && r.Members[0] == env.Author
	switch r.Why {
	case ethics.WhyRecused:
		if self {
			return nil
		}
	case ethics.WhyHanded:
		if self || leads {
			return nil
		}
	case ethics.WhyExcluded, ethics.WhyEscalated:
		if r.Proposal == "" && leads || r.Proposal != "" && o.removalApproved(env, r) {
			return nil
		}
	}
	return untrusted("removal by " + env.Author)
}

// removalNeedsTwo tells whether the entry of a removal took from others what takes two: the
// word of its author is not enough for that.
func (o *Opened) removalNeedsTwo(env ethics.Envelope) bool {
	return slices.ContainsFunc(o.file.Removals, func(t store.RemovalEntry) bool {
		return slices.Contains(t.Envelopes, env.ID) && o.file.NeedsTwo(t, env.Author, o.roster)
	})
}

// checkRemovals refuses a case that somebody lost, or a share of its vault, or is barred from,
// by an entry alone: a member's removal says it, in words that this member signed, or
// the program did it where a term was over. A removal that cannot be read is shown as
// such.
func (o *Opened) checkRemovals() error {
	for _, t := range o.file.Removals {
		keeps := func(id string) bool { return o.roster.At(t.Index).Keeps(id, o.file.Institution, t.Day) }
		if t.Actor == ethics.ActorSystem && len(t.Barred) == 0 {
			if slices.ContainsFunc(slices.Concat(t.Members, t.Shares), keeps) {
				return untrusted("the program took the case from somebody in office")
			}
			continue
		}
		said := slices.ContainsFunc(o.Thread, func(i Item) bool {
			r := i.Removal
			return r != nil && !i.Untrusted && i.Author == t.Actor && slices.Contains(t.Envelopes, i.ID) &&
				within(slices.Concat(t.Members, t.Shares, t.Barred), r.Members) && (len(t.Barred) == 0 || r.Bars())
		})
		if !said && o.readable(t.Envelopes) {
			return untrusted("somebody lost the case, and no removal says so")
		}
	}
	return nil
}

func within(some, all []string) bool {
	return !slices.ContainsFunc(some, func(x string) bool { return !slices.Contains(all, x) })
}

// leads tells whether somebody was chair or responsible person on a day, by what was
// stated before the entry of an envelope.
func (o *Opened) leads(member string, day ethics.Day, envelope string) bool {
	roles := o.file.RosterBefore(o.roster, envelope).RolesFor(member, o.file.Institution, day)
	return slices.Contains(roles, policy.RoleChair) || slices.Contains(roles, policy.RoleResponsible)
}
