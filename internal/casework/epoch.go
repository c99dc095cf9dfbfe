package casework

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/routing"
	"svilpe/internal/seal"
	"svilpe/internal/store"
)

// epochChange is a change of who holds a case, as one transaction makes it: who left,
// who came, and the epoch that those who left do not hold.
type epochChange struct {
	removed []string
	granted []store.Grant
	opening store.Opening
}

func (t *epochChange) write(tx *store.Tx, c *ethics.Case) error {
	if t == nil {
		return nil
	}
	for _, m := range t.removed {
		if err := tx.RemoveGrants(c.ID, m); err != nil {
			return err
		}
	}
	if err := tx.AddGrants(t.granted...); err != nil {
		return err
	}
	return tx.Open(c, t.opening)
}

// newEpoch begins the next epoch in o: what is built from o afterwards is sealed to
// it. Nobody's key is needed but this member's signature, except that who comes
// gets the past too, out of this member's own grants. A holder who was barred came
// back by no act of a member's: nothing more is sealed here then.
func (s *Service) newEpoch(
	o *Opened, who *appoint.Acting, leave []string, come []appoint.Member,
) (*epochChange, error) {
	at := s.place(&o.file)
	at.Epoch, at.Sequence = o.file.Epoch+1, 0
	var remain []seal.Holder
	barred := o.barred()
	for _, id := range o.file.Holders() {
		if slices.Contains(leave, id) {
			continue
		}
		if o.roster.Among(barred, id) {
			return nil, untrusted("somebody who stepped aside or was excluded holds the case")
		}
		m, err := o.roster.Member(id)
		if err != nil {
			return nil, err
		}
		remain = append(remain, seal.Holder{ID: m.ID, Recipient: m.Recipient})
	}
	next, err := seal.NewEpoch(at, author(who), remain)
	if err != nil {
		return nil, err
	}
	t := &epochChange{removed: leave}
	t.opening.Epoch = store.Epoch{
		Case: o.ID, Number: at.Epoch, Recipient: next.Recipient, Signer: who.ID, Signature: next.Signature, Day: at.Day,
	}
	for _, g := range next.Grants {
		t.opening.Grants = append(t.opening.Grants, store.Grant{
			Case: o.ID, Member: g.Member, ID: g.ID, Giver: who.ID, Via: store.ViaRenewed, Epoch: at.Epoch, Day: at.Day,
			Sealed: g.Sealed, Signature: g.Signature,
		})
	}
	past := len(o.secrets)
	if o.keys != nil {
		if o.keys[at.Epoch], err = next.Secret.CaseIdentity(o.ID, at.Epoch); err != nil {
			return nil, err
		}
		o.secrets[at.Epoch] = next.Secret[:]
	}
	if len(come) > 0 && past != at.Epoch {
		return nil, untrusted("no key to an earlier epoch")
	}
	for _, m := range come {
		g, err := sealGrant(at, o.secrets, author(who), m)
		if err != nil {
			return nil, err
		}
		t.granted = append(t.granted, g)
	}
	o.file.Epochs = append(o.file.Epochs, t.opening.Epoch)
	o.file.Epoch, o.Epoch, o.file.EpochOwed = at.Epoch, at.Epoch, false
	return t, nil
}

// sealGrant seals everything to a member who comes to the case.
func sealGrant(at seal.Place, secrets map[int][]byte, by seal.Author, m appoint.Member) (store.Grant, error) {
	g := store.Grant{
		Case: ethics.CaseOf(at.Stream), Member: m.ID, ID: uuid.NewString(), Giver: by.ID, Via: store.ViaAssigned,
		Epoch: at.Epoch, Day: at.Day,
	}
	var err error
	g.Signature = seal.SignGrant(at, g.ID, g.Member, g.Via, by)
	g.Sealed, err = seal.Grant(at, g.ID, ethics.Grant{Member: m.ID, Secrets: secrets}, by, m.Recipient)
	return g, err
}

// dueEpoch is the epoch that a member's next text needs before it: somebody's term
// ended, or the reporter, who may write to the last one, opened it. Where fewer
// than two remain this member's session gives the case to successors too, if
// there are any: a text does not wait for them.
func (s *Service) dueEpoch(o *Opened, who *appoint.Acting) (*epochChange, error) {
	if !o.file.EpochOwed && !store.OfReporter(o.file.Epochs, o.file.Epoch) {
		return nil, nil //nolint:nilnil // nothing is due
	}
	var come []appoint.Member
	if o.keys != nil && o.roster.People(o.file.Holders()...) < routing.Least && o.exclusionsKnown() == nil {
		come, _ = s.successors(o, nil, nil, nil)
	}
	return s.newEpoch(o, who, nil, come)
}

// endTerms takes the case from holders whose office ended, and tells whether there were
// any: then the case has to be read again.
func (s *Service) endTerms(ctx context.Context, o *Opened) (bool, error) {
	over := func(id string) bool { return !o.roster.Keeps(id, o.Institution, s.today()) }
	if !slices.ContainsFunc(o.file.Holders(), over) {
		return false, nil
	}
	return true, s.Store.EndTerms(ctx, o.ID, s.today())
}

// successors are whom the program chooses when members leave, under no other id
// one of those; given are those who come in any case.
func (s *Service) successors(o *Opened, members, leave, given []string) ([]appoint.Member, error) {
	stay := slices.DeleteFunc(o.file.Holders(), func(id string) bool { return slices.Contains(leave, id) })
	var keepers []string
	for _, x := range o.file.Shares {
		keepers = append(keepers, x.Member)
	}
	return routing.Successors(o.roster, routing.Leaving{
		Institution: o.Institution, Remain: append(stay, given...), Leaving: leave,
		Barred: slices.Concat(o.barred(), members), Keepers: keepers, Senior: o.senior(),
		Day: s.today(),
	})
}
