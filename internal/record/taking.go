package record

import (
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
)

// ActExclude is proposed by one and approved by another: taking a case from a colleague
// who leads it, votes on its draft, or without whom its vault closes.
const ActExclude = ethics.ActExclude

// RemovalEntry is an entry that took the case, or a share of its vault, from members, or
// barred some.
type RemovalEntry struct {
	Index     int64
	Day       ethics.Day
	Actor     string
	Members   []string // whose grants ended
	Shares    []string // whose shares ended, of a vault that stays
	Keepers   []string // who keeps a share behind it
	Barred    []string
	Envelopes []string // ids of what was stored with it

	rows []Row
}

// RemovalEntryOf reads it from an entry; false where nobody lost anything, or where all of
// the case was erased.
func RemovalEntryOf(e audit.Entry) (RemovalEntry, bool) {
	t := RemovalEntry{Index: e.Index, Day: e.Day, Actor: e.Actor, Barred: barredBy(e), rows: rowsOf(e)}
	for _, c := range e.Changes {
		switch kind := KindOf(c.Label); {
		case kind == Grants.Name && c.Op == audit.Ended:
			t.Members = append(t.Members, MemberOf(c.Label))
		case kind == Shares.Name && c.Op == audit.Ended && !vaultOf(e):
			t.Shares = append(t.Shares, MemberOf(c.Label))
		case kind == Envelopes.Name && c.Op == audit.Added:
			t.Envelopes = append(t.Envelopes, KeyOf(c.Label))
		}
	}
	return t, e.Kind != KindSealedOff && len(t.Members)+len(t.Shares)+len(t.Barred) > 0
}

// vaultOf tells whether an entry ends a vault, or brings one: shares go with it, and
// Announced asks why.
func vaultOf(e audit.Entry) bool {
	return slices.ContainsFunc(e.Changes, func(c audit.Change) bool { return KindOf(c.Label) == Vaults.Name })
}

// By tells whether an envelope is of the one who took it.
func (t RemovalEntry) By(e ethics.Envelope) bool {
	return e.Kind == ethics.KindRemoval && e.Author == t.Actor && slices.Contains(t.Envelopes, e.ID)
}

// Loss is what somebody's word takes from others, in a state of the case.
type Loss struct {
	By, Institution string
	State           ethics.State

	Day     ethics.Day
	Members []string // who lose the case
	Shares  []string // who lose a share of its vault
	Keepers []string // who keep one
}

// NeedsTwo tells whether one person's word is not enough: a chair or responsible
// person loses the case, somebody who votes does while the commission votes, or fewer
// than two people keep the vault. Whoever is suspended for some days is both still,
// and one's own leaving is one's own word.
func (l Loss) NeedsTwo(p *policy.Policy, then *appoint.Roster) bool {
	others := func(ids []string) []string {
		return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return then.Same(id, l.By) })
	}
	for _, id := range others(l.Members) {
		for _, role := range then.RolesKept(id, l.Institution, l.Day) {
			if role == policy.RoleChair || role == policy.RoleResponsible ||
				l.State == ethics.StateDraft && slices.Contains([]string(p.Quorum.Of), role) {
				return true
			}
		}
	}
	return len(others(l.Shares)) > 0 && then.People(l.Keepers...) < ethics.LeastKeepers
}

// NeedsTwo tells the same of what an entry took, by whose word it was taken.
func (f *CaseFile) NeedsTwo(t RemovalEntry, by string, now *appoint.Roster) bool {
	p, err := policy.ByVersion(ethics.PolicyVersion)
	return err != nil || Loss{
		By: by, Institution: f.Institution, State: f.stateBefore(t.Index), Day: t.Day,
		Members: t.Members, Shares: t.Shares, Keepers: t.Keepers,
	}.NeedsTwo(p, now.At(t.Index))
}

// ApprovedByTwo tells whether beside what an entry took stands the approval, by its actor,
// of what another proposed who might. What was proposed only a holder can read.
func (f *CaseFile) ApprovedByTwo(t RemovalEntry, now *appoint.Roster) bool {
	p, err := policy.ByVersion(ethics.PolicyVersion)
	if err != nil {
		return false
	}
	step, known := p.Act(ActExclude)
	j := statusRules{institution: f.Institution, roster: now.At(t.Index), proposals: f.Proposals}
	return known && j.approved(t.Actor, step, t.rows)
}

// stateBefore is where the case stood before an entry, by the statuses that were
// believed.
func (f *CaseFile) stateBefore(index int64) (state ethics.State) {
	for _, t := range f.Believed {
		if t.index < index {
			state = t.State
		}
	}
	return state
}

// shareKeepers reads from a case's entries, in order, who keeps a share of its vault.
type shareKeepers map[string]bool

func (k shareKeepers) entry(e audit.Entry) {
	for _, c := range e.Changes {
		if KindOf(c.Label) == Shares.Name {
			k[c.Label] = c.Op != audit.Ended
		}
	}
}

func (k shareKeepers) members() []string {
	var out []string
	for label, live := range k {
		if live {
			out = append(out, MemberOf(label))
		}
	}
	slices.Sort(out)
	return out
}
