package store

import (
	"maps"
	"slices"
	"strings"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// Ways by which a member has a grant. The first two are how somebody came to the
// case: one of them a member, the base. Every later epoch gives those who remain
// a renewed one beside it.
const (
	ViaRouted   = "routed"
	ViaAssigned = "assigned"
	ViaRenewed  = "renewed"
)

// Kinds of entries that take grants away.
const (
	KindRemoved   = "removed"    // by a member, with the epoch that follows
	KindTermEnded = "term_ended" // by the program, deletion only
)

// Opening is a new epoch of a case: its key, and a grant of it to each who
// remains. Who comes with it holds it in a grant of all epochs.
type Opening struct {
	Epoch  Epoch
	Grants []Grant
}

// Open begins an epoch. It stands behind the removals and grants of its
// transaction and in front of its envelopes. ErrEpoch when somebody opened one
// meanwhile, or when those who hold the case are not those whom it was sealed to.
func (tx *Tx) Open(c *ethics.Case, o Opening) error {
	if o.Epoch.Number != c.Epoch+1 {
		return ethics.ErrEpoch
	}
	c.Epoch++
	if err := tx.AddEpoch(o.Epoch); err != nil {
		return err
	}
	tx.left = false
	for _, g := range o.Grants {
		if err := tx.AddGrant(g); err != nil {
			return err
		}
	}
	all, err := tx.Grants(c.ID)
	if err != nil {
		return err
	}
	for _, member := range holders(all) {
		if !slices.ContainsFunc(all, func(g Grant) bool { return g.Member == member && g.Epoch == c.Epoch }) {
			return ethics.ErrEpoch
		}
	}
	return nil
}

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

// mayGrant refuses a second base for one member, ErrExists, and a renewed grant
// for somebody who has none, ErrEpoch: that member was removed meanwhile.
func (tx *Tx) mayGrant(g Grant) error {
	var bases int
	err := tx.c.one(`select count(*) from case_grant where case_id = $1 and member_id = $2 and via <> 'renewed'`, []any{g.Case, g.Member}, &bases)
	switch {
	case err != nil:
		return err
	case g.Via != ViaRenewed && bases > 0:
		return ethics.ErrExists
	case g.Via == ViaRenewed && bases == 0:
		return ethics.ErrEpoch
	}
	return tx.noneDropped(g)
}

// noneDropped refuses a grant for somebody whose row was taken away by hand: a
// second one would hide that.
func (tx *Tx) noneDropped(g Grant) error {
	known, err := tx.logged(g.Case)
	if err != nil {
		return err
	}
	all, err := tx.Grants(g.Case)
	if err != nil {
		return err
	}
	here := map[string]bool{}
	for _, x := range all {
		here[grantLabel(x)] = true
	}
	for label, d := range known {
		if strings.HasPrefix(label, "grant:"+g.Case+"/"+g.Member+"/") && d != (audit.Digest{}) && !here[label] {
			return notAsLogged(label)
		}
	}
	return nil
}

// RemoveGrants takes every grant of a member to a case away; the entry keeps a
// zero digest for each. A share of the case's vault goes with them. ErrEpoch when there is none: somebody removed that member
// meanwhile, and an epoch opened with it.
func (tx *Tx) RemoveGrants(caseID, member string) error {
	all, err := tx.Grants(caseID)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(g Grant) bool { return g.Member != member })
	if len(all) == 0 {
		return ethics.ErrEpoch
	}
	for _, g := range all {
		if err := tx.held(caseID, grantItem(g)); err != nil {
			return err
		}
		tx.note(caseID, audit.Item{Label: grantLabel(g)})
	}
	if err := tx.DropShares(caseID, member); err != nil {
		return err
	}
	tx.left = true
	return tx.c.run(`delete from case_grant where case_id = $1 and member_id = $2`, caseID, member)
}

// ours refuses what would be sealed to somebody who left the case, or a member's
// text in an epoch that the reporter opened: ErrEpoch, another one must be opened.
func (tx *Tx) ours(c ethics.Case, e ethics.Envelope) error {
	if _, err := tx.logged(c.ID); err != nil {
		return err
	}
	if tx.left {
		return ethics.ErrEpoch
	}
	if c.Epoch == 0 || e.Author == ethics.ActorReporter {
		return nil
	}
	epochs, err := tx.Epochs(c.ID)
	if err != nil {
		return err
	}
	if OfReporter(epochs, c.Epoch) {
		return ethics.ErrEpoch
	}
	return nil
}

// Left tells whether somebody left the case and its current epoch is still that
// member's.
func (tx *Tx) Left(caseID string) bool {
	_, err := tx.logged(caseID)
	return err != nil || tx.left
}

// departures reads from a case's entries, in order, where the program took
// grants away and nobody opened an epoch since.
type departures struct {
	open  bool            // so it is now
	owing map[string]bool // labels of the epochs that were opened because of it
}

func (d *departures) entry(e audit.Entry) {
	for _, i := range e.Items {
		if strings.HasPrefix(i.Label, "epoch:") {
			if d.open {
				if d.owing == nil {
					d.owing = map[string]bool{}
				}
				d.owing[i.Label] = true
			}
			d.open = false
			return // who is removed beside a new epoch does not hold it
		}
	}
	for _, i := range e.Items {
		if strings.HasPrefix(i.Label, "grant:") && i.Digest == (audit.Digest{}) {
			d.open = true
		}
	}
}

// holding reads from a case's entries, in order, who held it when each envelope
// was stored.
type holding struct {
	grants map[string]string   // labels of grants that stand, to their members
	stored map[string][]string // by envelope's label
}

func (h *holding) entry(caseID string, e audit.Entry) {
	if h.grants == nil {
		h.grants, h.stored = map[string]string{}, map[string][]string{}
	}
	for _, i := range e.Items {
		rest, ours := strings.CutPrefix(i.Label, "grant:"+caseID+"/")
		member, _, _ := strings.Cut(rest, "/")
		switch {
		case ours && i.Digest == (audit.Digest{}):
			delete(h.grants, i.Label)
		case ours:
			h.grants[i.Label] = member
		}
	}
	for _, i := range e.Items {
		if strings.HasPrefix(i.Label, "envelope:") {
			h.stored[i.Label] = slices.Collect(maps.Values(h.grants))
		}
	}
}

// HeldBy are the register numbers of the cases that a member holds, without those
// in the given states.
func (tx *ReadTx) HeldBy(member string, without []string) ([]string, error) {
	var out []string
	err := tx.c.each(`select c.number, c.state from case_grant g join cases c on c.id = g.case_id where g.member_id = $1 and g.via <> 'renewed' order by c.number`,
		[]any{member}, func(scan func(...any) error) error {
			var number, state string
			if err := scan(&number, &state); err != nil {
				return err
			}
			if !slices.Contains(without, state) {
				out = append(out, number)
			}
			return nil
		})
	return out, err
}
