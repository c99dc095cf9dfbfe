package dialogue

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"

	"filippo.io/age"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/secret"
	"svilpe/internal/store"
	"svilpe/internal/token"
	"svilpe/internal/unseal"
)

// NewCode is a new case code for the old one, to be shown once, and the visit
// that goes on with it.
type NewCode struct {
	Code     token.Code
	Number   string
	Received ethics.Day
	Cookie   secret.Cookie
}

// NewCode gives the visit's case a new code, derived from the form's draft. The
// old one opens nothing from here on; the new one opens everything, the old
// secret being sealed to it. One transaction: a crash leaves the one code or the
// other, and the form sent again shows the same new one (Again).
func (s *Service) NewCode(ctx context.Context, v Visit, draft derive.Secret) (NewCode, error) {
	return ethics.Again(func() (NewCode, error) {
		out, err := s.newCode(ctx, v, draft)
		// this form was faster than itself
		if errors.Is(err, ethics.ErrExists) || errors.Is(err, ethics.ErrSessionEnded) {
			if out, again := s.Again(ctx, draft); !errors.Is(again, ethics.ErrNotFound) {
				return out, again
			}
		}
		return out, err
	}, ethics.ErrConflict)
}

// Again gives the code that this draft has become, ErrNotFound when it has become
// none: whoever has the draft has the code.
func (s *Service) Again(ctx context.Context, draft derive.Secret) (NewCode, error) {
	code := token.FromDraft(draft)
	var c ethics.Case
	var salt []byte
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		in, err := tx.Installation()
		if err != nil {
			return err
		}
		salt = in.Salt
		locator := token.LocatorHash(code.Locator(salt))
		c, err = tx.CaseByLocator(locator[:])
		return err
	})
	if err != nil {
		return NewCode{}, err
	}
	cookie, err := s.begin(ctx, c.ID, code.ReporterSecret(salt))
	return NewCode{Code: code, Number: c.Number, Received: c.Received, Cookie: cookie}, err
}

func (s *Service) newCode(ctx context.Context, v Visit, draft derive.Secret) (NewCode, error) {
	if err := s.distrust(ctx, ethics.CaseStream(v.Case), 0, s.Store.EndTerms(ctx, v.Case, s.today())); err != nil {
		return NewCode{}, err
	}
	var m *ownCase
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		m, err = s.ownCase(tx, v)
		return err
	})
	if err = s.distrust(ctx, ethics.CaseStream(v.Case), 0, err); err != nil {
		return NewCode{}, err
	}
	begun, err := s.nextEpoch(ctx, m)
	if err != nil {
		return NewCode{}, err
	}
	at := s.place(m)
	n, err := m.replaced(v, draft, at)
	if err != nil {
		return NewCode{}, err
	}
	e := store.Entry{
		ID: newID(), Day: at.Day, Kind: record.KindNewCode, Actor: ethics.ActorReporter,
		Stream: ethics.CaseStream(m.ID),
	}
	err = s.Store.Write(ctx, e, func(tx *store.Tx) error {
		c, err := tx.Case(m.ID)
		if err != nil {
			return err
		}
		if begun != nil {
			if err := tx.Open(&c, *begun); err != nil {
				return err
			}
		}
		if err := tx.AddEnvelope(&c, n.old); err != nil {
			return err
		}
		if err := tx.ReplaceCode(&c, n.change, n.keys, n.locator[:]); err != nil {
			return err
		}
		return tx.PutCase(c) // not Settle: when a code was changed is not the case's
	})
	if err != nil {
		return NewCode{}, err
	}
	cookie, err := s.begin(ctx, m.ID, n.secret)
	return NewCode{Code: n.code, Number: m.Number, Received: m.Received, Cookie: cookie}, err
}

// replacement is everything that a new code brings.
type replacement struct {
	code    token.Code
	secret  derive.Secret
	locator [32]byte
	keys    store.ReporterKeys
	old     ethics.Envelope // the secret before, for the new recipient alone
	change  store.CodeChange
}

func (m *ownCase) replaced(v Visit, draft derive.Secret, at seal.Place) (replacement, error) {
	n := replacement{code: token.FromDraft(draft)}
	n.secret = derive.Secret(n.code.ReporterSecret(m.Installation.Salt))
	n.locator = token.LocatorHash(n.code.Locator(m.Installation.Salt))
	id, err := n.secret.ReporterIdentity()
	if err != nil {
		return n, err
	}
	n.keys = store.KeysOf(ethics.Case{
		ReporterRecipient: seal.Remember(id.Recipient()),
		ReporterVerifier:  n.secret.ReporterSigner().Public().(ed25519.PublicKey),
	}, n.locator[:])
	n.old = ethics.Envelope{
		ID: draft.EnvelopeID(m.ID, ethics.KindOldSecret), Case: m.ID, Sequence: m.Sequence, Kind: ethics.KindOldSecret,
		Author: ethics.ActorReporter, Epoch: m.Epoch, Reporter: true, Day: at.Day,
	}
	if n.old.Sealed, err = seal.Row(at, n.old.ID, ethics.KindOldSecret, ethics.OldSecret{Secret: v.secret[:]}, m.by,
		n.keys.Recipient); err != nil {
		return n, err
	}
	x := store.CodeChange{Case: m.ID, N: len(m.Codes), Old: m.Keys(), Envelope: n.old.ID, Day: at.Day}
	stated := payload.CodeStatement(at.Installation, m.ID, x.N, x.Envelope, n.keys.Mark,
		n.keys.Recipient, n.keys.Verifier)
	x.Signature = payload.SignStatement(payload.LabelCode, stated, m.by.Key)
	n.change = x
	return n, nil
}

// earlier opens the secrets of the codes before, from the newest back: each lies
// in the envelope that its change names, sealed to the code after it.
func (m *ownCase) earlier() ([]*age.HybridIdentity, error) {
	ids := make([]*age.HybridIdentity, len(m.Codes)+1)
	ids[len(m.Codes)] = m.id
	for n := len(m.Codes) - 1; n >= 0; n-- {
		secret, err := m.oldSecret(m.Codes[n], ids[n+1])
		if err != nil {
			return nil, err
		}
		if ids[n], err = secret.ReporterIdentity(); err != nil {
			return nil, err
		}
		if ids[n].Recipient().String() != m.Codes[n].Old.Recipient {
			return nil, fmt.Errorf("%w: the secret of another code", ethics.ErrUntrusted)
		}
	}
	return ids, nil
}

func (m *ownCase) oldSecret(x store.CodeChange, next *age.HybridIdentity) (derive.Secret, error) {
	i := slices.IndexFunc(m.Envelopes, func(e ethics.Envelope) bool { return e.ID == x.Envelope })
	if i < 0 || !m.Trusted(m.Envelopes[i]) {
		return derive.Secret{}, fmt.Errorf("%w: the secret of the code before is gone", ethics.ErrUntrusted)
	}
	env := m.Envelopes[i]
	want := payload.Header{
		Installation: m.Installation.ID, Stream: ethics.CaseStream(m.ID), ID: env.ID,
		Kind: string(ethics.KindOldSecret), Day: env.Day, Author: env.Author,
	}
	var old ethics.OldSecret
	if err := unseal.Row(env.Sealed, next, next.Recipient().String(), want, m.verifier, &old); err != nil {
		return derive.Secret{}, err
	}
	return derive.FromBytes(old.Secret)
}
