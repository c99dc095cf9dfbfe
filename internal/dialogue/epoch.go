package dialogue

import (
	"context"
	"fmt"

	"svilpe/internal/ethics"
	"svilpe/internal/seal"
	"svilpe/internal/store"
)

// nextEpoch opens the case's next epoch in f where somebody's term ended and nobody
// has written since: the reporter's text must not go to a key that this member
// still has. Else it gives nil.
//
// The new secret lives in this request alone; no page shows it and no row but the
// grants of those who remain holds it. Who has the reporter's code and alters the
// program can know it, though, so nobody but the reporter ever writes to such an
// epoch: a member opens another one first, and a reader refuses everything else
// that stands in it (store.OfReporter). A stolen code so shows what it shows
// anyway: the reporter's own words.
func (s *Service) nextEpoch(ctx context.Context, f *ownCase) (*store.Opening, error) {
	if !f.EpochOwed {
		return nil, nil //nolint:nilnil // nothing is due
	}
	var all store.CaseFile
	var remain []seal.Holder
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if all, err = tx.CaseFile(f.ID, false); err != nil {
			return err
		}
		roster, err := tx.Roster()
		if err != nil {
			return err
		}
		for _, id := range all.Holders() {
			if roster.Among(all.Barred(), id) {
				return fmt.Errorf("%w: held by somebody who stepped aside or was excluded", ethics.ErrUntrusted)
			}
			m, err := roster.Member(id)
			if err != nil {
				return fmt.Errorf("%w: held by nobody: %w", ethics.ErrUntrusted, err)
			}
			remain = append(remain, seal.Holder{ID: m.ID, Recipient: m.Recipient})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	at := s.place(f)
	at.Epoch, at.Sequence = f.Epoch+1, 0
	next, err := seal.NewEpoch(at, f.by, remain)
	if err != nil {
		return nil, err
	}
	o := store.Opening{Epoch: store.Epoch{
		Case: f.ID, Number: at.Epoch, Recipient: next.Recipient, Signer: f.by.ID,
		Signature: next.Signature, Day: at.Day,
	}}
	for _, g := range next.Grants {
		o.Grants = append(o.Grants, store.Grant{
			Case: f.ID, Member: g.Member, ID: g.ID, Giver: f.by.ID, Via: store.ViaRenewed, Epoch: at.Epoch, Day: at.Day,
			Sealed: g.Sealed, Signature: g.Signature,
		})
	}
	f.Epochs, f.Epoch = append(f.Epochs, o.Epoch), at.Epoch
	return &o, nil
}
