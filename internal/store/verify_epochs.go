package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// removals checks who took grants away: a member beside the epoch that this
// member opened, or the program where a term was over. Anything else would leave
// a case whose next text goes to somebody who was removed.
func (v *verification) removals(_ *ReadTx, c ethics.Case, _ map[string]audit.Digest) error {
	return v.c.each(entryColumns+`where case_id = $1 and idx >= 0 and idx < $2 order by idx`, []any{c.ID, v.out.Head.Size}, v.every(func(scan func(...any) error) error {
		e, err := scanEntry(scan)
		if errors.Is(err, errBlank) || errors.Is(err, audit.ErrTampered) {
			return nil // erased has checked it, or tree has named it
		}
		if err != nil {
			return err
		}
		var gone []string
		epoch := ""
		for _, i := range e.Items {
			if member, ok := strings.CutPrefix(i.Label, "grant:"+c.ID+"/"); ok && i.Digest == (audit.Digest{}) {
				member, _, _ = strings.Cut(member, "/")
				gone = append(gone, member)
			}
			if strings.HasPrefix(i.Label, "epoch:") {
				epoch = i.Label
			}
		}
		if len(gone) == 0 || v.mayRemove(c, e, gone, epoch) {
			return nil
		}
		return &Damage{"entry", fmt.Sprint(e.Index), "takes grants away, which its actor may not"}
	}))
}

func (v *verification) mayRemove(c ethics.Case, e audit.Entry, gone []string, epoch string) bool {
	if v.roster == nil {
		return v.unsure
	}
	if e.Actor == ethics.ActorSystem {
		over := func(member string) bool { return !handles(v.roster, member, c.Institution, e.Day) }
		return epoch == "" && !slices.ContainsFunc(gone, func(m string) bool { return !over(m) })
	}
	return slices.ContainsFunc(v.epochsOfCase, func(x Epoch) bool {
		return x.Signer == e.Actor && x.Number > 0 && epochLabel(c.ID, x.Number) == epoch
	})
}
