package store

import (
	"slices"

	"svilpe/internal/ethics"
	"svilpe/internal/record"
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
	tx.owed, tx.owedKnown = false, true
	if err := tx.AddGrants(o.Grants...); err != nil {
		return err
	}
	all, err := tx.grants(c.ID)
	if err != nil {
		return err
	}
	for _, g := range all {
		has := func(x Grant) bool { return x.Member == g.Member && x.Epoch == c.Epoch }
		if !slices.ContainsFunc(all, has) {
			return ethics.ErrEpoch
		}
	}
	return nil
}

func (tx *ReadTx) grants(caseID string) ([]Grant, error) {
	return ofCase(tx.c, record.Grants, caseID)
}

// mayGrant refuses beside a case's grants a second base for one member, ErrExists,
// and a renewed grant for somebody who has none, ErrEpoch: that member was removed
// meanwhile. And a grant for somebody whose row was taken away by hand: a second one
// would hide that.
func (tx *Tx) mayGrant(g Grant, all []Grant) error {
	base, here := false, map[string]bool{}
	for _, x := range all {
		base = base || x.Member == g.Member && x.Via != ViaRenewed
		here[record.Grants.Label(&x)] = true
	}
	switch {
	case g.Via != ViaRenewed && base:
		return ethics.ErrExists
	case g.Via == ViaRenewed && !base:
		return ethics.ErrEpoch
	}
	l, err := tx.Ledger(ethics.CaseStream(g.Case))
	if err != nil {
		return err
	}
	for label := range l.Live {
		if record.KindOf(label) == record.Grants.Name && record.MemberOf(label) == g.Member &&
			!here[label] && tx.noted(label) < 0 {
			return notAsLogged(label)
		}
	}
	return nil
}

// RemoveGrants takes every grant of a member to a case away, and a share of the
// case's vault with them. ErrEpoch when there is none: somebody removed that
// member meanwhile, and an epoch opened with it.
func (tx *Tx) RemoveGrants(caseID, member string) error {
	all, err := tx.grants(caseID)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(g Grant) bool { return g.Member != member })
	if len(all) == 0 {
		return ethics.ErrEpoch
	}
	for n := range all {
		if err := drop(tx, record.Grants, &all[n]); err != nil {
			return err
		}
	}
	tx.owed, tx.owedKnown = true, true
	return tx.DropShares(caseID, member)
}

// Bar states that a member stepped aside from the case or was excluded: no grant
// and no share is ever given to this member again, whoever can write entries.
func (tx *Tx) Bar(member string) { tx.fact(record.Bar(member)) }

// checkEpoch refuses what would be sealed to somebody who left the case, or a member's
// text in an epoch that the reporter opened: ErrEpoch, another one must be opened.
func (tx *Tx) checkEpoch(c ethics.Case, e ethics.Envelope) error {
	left, err := tx.epochOwed(c.ID)
	if err != nil {
		return err
	}
	if left {
		return ethics.ErrEpoch
	}
	if c.Epoch == 0 || e.Author == ethics.ActorReporter {
		return nil
	}
	epochs, err := ofCase(tx.c, record.Epochs, c.ID)
	if err != nil {
		return err
	}
	if record.OfReporter(epochs, c.Epoch) {
		return ethics.ErrEpoch
	}
	return nil
}

// EpochOwed tells whether somebody left the case and its current epoch is still that
// member's.
func (tx *Tx) EpochOwed(caseID string) bool {
	left, err := tx.epochOwed(caseID)
	return err != nil || left
}

func (tx *Tx) epochOwed(caseID string) (bool, error) {
	if tx.owedKnown {
		return tx.owed, nil
	}
	entries, err := tx.Entries(ethics.CaseStream(caseID))
	if err != nil {
		return false, err
	}
	var away record.OpenRemovals
	for _, e := range entries {
		away.Take(e)
	}
	tx.owed, tx.owedKnown = away.Open, true
	return tx.owed, nil
}

// OfReporter tells whether the reporter opened this epoch, behind the first:
// members do not write to it.
func OfReporter(epochs []Epoch, number int) bool { return record.OfReporter(epochs, number) }

// HeldBy are the register numbers of the cases that a member holds, without those
// in the given states.
func (tx *ReadTx) HeldBy(member string, without []ethics.State) ([]string, error) {
	var out []string
	err := tx.c.each(
		`select c.number, c.state from case_grant g join cases c on c.id = g.case_id
		where g.member_id = $1 and g.via <> 'renewed' order by c.number`,
		[]any{member}, func(scan func(...any) error) error {
			var number string
			var state ethics.State
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
