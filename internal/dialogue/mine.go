package dialogue

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"slices"

	"filippo.io/age"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/unseal"
)

// ownCase is a case as its reporter's own session may use it, for one request.
type ownCase struct {
	store.CaseFile
	id        *age.HybridIdentity
	ids       []*age.HybridIdentity // of every code the case had, the newest last
	recipient string                // the reporter's recipient, computed here
	by        seal.Author
	verifier  unseal.Verifier
	roster    *appoint.Roster
	holders   []string // who holds the case, where a member parted from it
}

// ownCase reads the visit's case. ErrUntrusted when it is not as the log says, when
// an epoch was not opened by somebody who may, or when the row names other keys
// of the reporter than those that follow from the code: who holds the code need
// not believe anybody about them.
func (s *Service) ownCase(tx *store.ReadTx, v Visit) (*ownCase, error) {
	f, err := tx.CaseFile(v.Case, true)
	if err != nil {
		return nil, err
	}
	m := &ownCase{CaseFile: f, by: seal.Author{ID: ethics.ActorReporter, Key: v.secret.ReporterSigner()}}
	if m.id, err = v.secret.ReporterIdentity(); err != nil {
		return nil, err
	}
	m.recipient = m.id.Recipient().String()
	if f.ReporterRecipient != m.recipient || !bytes.Equal(f.ReporterVerifier, m.by.Key.Public().(ed25519.PublicKey)) {
		if slices.ContainsFunc(f.Codes, func(x store.CodeChange) bool { return x.Old.Recipient == m.recipient }) {
			return nil, ethics.ErrSessionEnded // a new code ended this one at this moment
		}
		return nil, errors.Join(ethics.ErrUntrusted, errors.New("dialogue: other keys than the code's"))
	}
	roster, err := tx.Roster()
	if err != nil {
		return nil, err
	}
	m.verifier, m.roster = f.Verifier(roster), roster
	var epochs []unseal.Epoch
	for _, e := range f.Epochs {
		epochs = append(epochs, unseal.Epoch{
			Number: e.Number, Recipient: e.Recipient, Signer: e.Signer, Signature: e.Signature, Day: e.Day,
		})
	}
	if err := unseal.CheckEpochs(f.Installation.ID, f.ID, epochs, m.verifier); err != nil {
		return nil, err
	}
	if f.HolderRemoved {
		all, err := tx.CaseFile(f.ID, false)
		if err != nil {
			return nil, err
		}
		m.holders = all.Holders()
	}
	m.ids, err = m.earlier()
	return m, err
}

// open opens an envelope after row, entry, header and signature agree.
func (m *ownCase) open(env ethics.Envelope, body any) error {
	if !m.Trusted(env) {
		return ethics.ErrUntrusted
	}
	return unseal.Envelope(m.Installation.ID, env, m.ids[m.KeysAt(env.ID)], m.RecipientOf(env.Epoch),
		m.ReporterAt(env.ID), m.verifier, body)
}

// sign signs where the case stands after what the reporter does; nil where it
// stands as before.
func (m *ownCase) sign(st ethics.Status) (*ethics.SignedStatus, error) {
	if !st.Changes(m.CurrentStatus()) {
		return nil, nil //nolint:nilnil // nothing is due
	}
	return seal.Status(st, m.by)
}

// distrust writes an entry when the reporter met something that could not be
// trusted: the case itself, or some of its envelopes, changed, hidden or gone.
func (s *Service) distrust(ctx context.Context, stream string, envelopes int, err error) error {
	whole := errors.Is(err, ethics.ErrUntrusted)
	if !whole && (err != nil || envelopes == 0) {
		return err
	}
	s.Log.LogAttrs(ctx, slog.LevelError, "a case or message cannot be trusted", slog.Bool("whole", whole),
		slog.Int("envelopes", envelopes))
	e := store.Entry{
		ID: newID(), Day: s.today(), Kind: record.KindDistrusted, Actor: ethics.ActorReporter, Stream: stream,
	}
	if written := s.Store.Write(ctx, e, func(*store.Tx) error { return nil }); written != nil {
		return errors.Join(err, written)
	}
	return err
}
