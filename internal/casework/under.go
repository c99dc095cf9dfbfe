package casework

import (
	"slices"

	"svilpe/internal/ethics"
)

// Who leaves a case for good leaves it under every id that the person holds it by:
// a second id would keep what the first one gave up.

// under are the ids by which these people hold the case.
func (o *Opened) under(members []string) []string {
	return slices.DeleteFunc(o.file.Holders(), func(id string) bool { return !o.roster.Among(members, id) })
}

// without are the holders who stay when these ids leave.
func (o *Opened) without(leave []string) []string {
	return slices.DeleteFunc(o.file.Holders(), func(id string) bool { return slices.Contains(leave, id) })
}

// shares are the ids whose shares of the vault go with a removal. Handing over
// takes one id's alone: its person may go on under another.
func (o *Opened) shares(r ethics.Removal) []string {
	out := slices.Clone(r.Members)
	for _, x := range o.file.Shares {
		if r.Bars() && o.roster.Among(r.Members, x.Member) {
			out = append(out, x.Member)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
