package record

import (
	"fmt"
	"maps"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// holders are the members of these grants, each once, in order.
func holders(all []Grant) []string {
	var out []string
	for _, g := range all {
		if g.Via != ViaRenewed {
			out = append(out, g.Member)
		}
	}
	return out
}

// CheckGrant holds a grant's row against the signature of who gave it: who holds a case is
// given each next epoch by whoever opens that, so nobody may come to it by a row.
func (f *CaseFile) CheckGrant(g Grant, roster *appoint.Roster) error {
	key, err := f.Rule(roster)(ethics.KindGrant, g.Giver, g.ID, g.Day)
	if err == nil {
		stated := payload.GrantStatement(f.Installation.ID, f.ID, g.ID, g.Member, g.Giver, g.Via, g.Epoch, g.Day)
		err = payload.VerifyStatement(payload.LabelGrant, stated, g.Signature, key)
	}
	if err != nil {
		return fmt.Errorf("%w: grant of %s: %w", ethics.ErrUntrusted, g.Member, err)
	}
	return nil
}

// OpenRemovals reads from a case's entries, in order, where the program took
// grants away and nobody opened an epoch since.
type OpenRemovals struct {
	Open  bool            // so it is now
	owing map[string]bool // labels of the epochs that were opened because of it
}

// Take reads the next entry.
func (d *OpenRemovals) Take(e audit.Entry) {
	for _, c := range e.Changes {
		if KindOf(c.Label) == Epochs.Name {
			if d.Open {
				if d.owing == nil {
					d.owing = map[string]bool{}
				}
				d.owing[c.Label] = true
			}
			d.Open = false
			return // who is removed beside a new epoch does not hold it
		}
	}
	for _, c := range e.Changes {
		if c.Op == audit.Ended && KindOf(c.Label) == Grants.Name {
			d.Open = true
		}
	}
}

// heldAt reads from a case's entries, in order, who held it when each envelope
// was stored.
type heldAt struct {
	grants map[string]string   // labels of grants that stand, to their members
	stored map[string][]string // by envelope's label
}

func (h *heldAt) entry(e audit.Entry) {
	if h.grants == nil {
		h.grants, h.stored = map[string]string{}, map[string][]string{}
	}
	for _, c := range e.Changes {
		if k := KindOf(c.Label); k != Grants.Name && k != Grants.Info.Again {
			continue
		}
		if c.Op == audit.Ended {
			delete(h.grants, c.Label)
		} else {
			h.grants[c.Label] = MemberOf(c.Label)
		}
	}
	for _, c := range e.Changes {
		if KindOf(c.Label) == Envelopes.Name {
			h.stored[c.Label] = slices.Collect(maps.Values(h.grants))
		}
	}
}
