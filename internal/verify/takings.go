package verify

import (
	"slices"
	"strconv"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// removals checks who took grants away: a member beside the epoch that this member
// opened, or the program where a term was over. Anything else would leave a case
// whose next text goes to somebody who was removed.
func (v *run) removals(f *record.CaseFile, list []audit.Entry) {
	for _, e := range list {
		var gone []string
		epoch := ""
		for _, c := range e.Changes {
			switch kind := record.KindOf(c.Label); {
			case (kind == record.Grants.Name || kind == record.Grants.Info.Again) && c.Op == audit.Ended:
				gone = append(gone, record.MemberOf(c.Label))
			case kind == record.Epochs.Name:
				epoch = c.Label
			}
		}
		if len(gone) > 0 && e.Kind != record.KindSealedOff && !v.mayRemove(f, e, gone, epoch) {
			v.damage(PartEntry, strconv.FormatInt(e.Index, 10), whyTakes)
		}
	}
}

// losses checks what somebody's word took from others: a removal says it, and where
// that takes two another person proposed it.
func (v *run) losses(f *record.CaseFile) {
	for _, t := range f.Removals {
		row := strconv.FormatInt(t.Index, 10)
		if t.Actor == ethics.ActorSystem && len(t.Barred) == 0 {
			continue // systems asks when it was due
		}
		if len(t.Barred)+len(t.Shares) > 0 && !slices.ContainsFunc(f.Envelopes, t.By) {
			v.damage(PartEntry, row, whyBars)
		}
		if f.NeedsTwo(t, t.Actor, v.roster) && !f.ApprovedByTwo(t, v.roster) {
			v.damage(PartEntry, row, whyAlone)
		}
	}
}

func (v *run) mayRemove(f *record.CaseFile, e audit.Entry, gone []string, epoch string) bool {
	if v.roster == nil {
		return false
	}
	if e.Actor == ethics.ActorSystem {
		return epoch == "" && !slices.ContainsFunc(gone, func(member string) bool { return v.keeps(f, member, e) })
	}
	return slices.ContainsFunc(f.Epochs, func(x record.Epoch) bool {
		return x.Signer == e.Actor && x.Number > 0 && record.Epochs.Label(&x) == epoch
	})
}

// keeps tells whether a member keeps what was sealed to them when an entry was
// written: in office, suspended or not, by what was stated before it.
func (v *run) keeps(f *record.CaseFile, member string, e audit.Entry) bool {
	return v.roster == nil || v.roster.At(e.Index).Keeps(member, f.Institution, e.Day)
}
