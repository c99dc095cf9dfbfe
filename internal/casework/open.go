package casework

import (
	"context"
	"errors"
	"log/slog"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/unseal"
)

// Cover is what a holder sees before the no-conflict statement: no content.
type Cover struct {
	ethics.Case
	Stated bool
}

// Cover looks at a case without opening it.
func (s *Service) Cover(ctx context.Context, who *appoint.Acting, number string) (Cover, error) {
	var out Cover
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		c, g, err := s.find(tx, who, number)
		out = Cover{Case: c, Stated: g.Stated}
		return err
	})
	if err != nil {
		return Cover{}, s.distrust(ctx, who, out.ID, err)
	}
	return out, nil
}

// distrust writes an entry, and a line in the operator's log, where a case itself
// cannot be trusted. It gives the error back.
func (s *Service) distrust(ctx context.Context, who *appoint.Acting, caseID string, err error) error {
	if caseID == "" || !errors.Is(err, ethics.ErrUntrusted) {
		return err
	}
	s.Log.LogAttrs(ctx, slog.LevelError, "a case cannot be trusted", slog.String("case", caseID), slog.Any("err", err))
	return errors.Join(err, s.enter(ctx, record.KindDistrusted, who.ID, ethics.CaseStream(caseID)))
}

// Open opens a case: right and grant, then the entry, durable, then the key.
// ErrNotFound without a grant, ErrNotStated before the statement, ErrUntrusted
// when the case's own row, an epoch, the grant or the first entry is not what
// the log and this member's statement say.
func (s *Service) Open(ctx context.Context, who *appoint.Acting, number string) (*Opened, error) {
	cover, err := s.Cover(ctx, who, number)
	if err != nil {
		return nil, err
	}
	if !cover.Stated {
		return nil, ErrNotStated
	}
	if err := s.enter(ctx, record.KindOpened, who.ID, ethics.CaseStream(cover.ID)); err != nil {
		return nil, err
	}
	o := &Opened{roster: who.Roster, policy: s.Policy}
	var spoilt int
	err = s.Store.Read(ctx, func(tx *store.ReadTx) error {
		c, g, err := s.find(tx, who, number)
		if err != nil {
			return err
		}
		if o.file, err = tx.CaseFile(c.ID, false); err != nil {
			return err
		}
		if err := s.unlock(o, who); err != nil {
			return err
		}
		spoilt, err = s.read(o, who)
		if err != nil {
			return err
		}
		return s.describe(o, who, g)
	})
	if err != nil {
		return nil, s.distrust(ctx, who, cover.ID, err)
	}
	if spoilt+o.Missing > 0 {
		s.Log.LogAttrs(ctx, slog.LevelError, "a message cannot be trusted", slog.String("case", cover.ID),
			slog.Int("envelopes", spoilt), slog.Int("missing", o.Missing))
		if err := s.enter(ctx, record.KindDistrusted, who.ID, ethics.CaseStream(cover.ID)); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// enter writes an entry that changes nothing else.
func (s *Service) enter(ctx context.Context, kind audit.EntryKind, actor, stream string) error {
	e := store.Entry{ID: uuid.NewString(), Day: s.today(), Kind: kind, Actor: actor, Stream: stream}
	return s.Store.Write(ctx, e, func(*store.Tx) error { return nil })
}

// unlock opens the member's grants: the case's identity for each epoch it holds.
func (s *Service) unlock(o *Opened, who *appoint.Acting) error {
	id, err := who.Secret.MemberIdentity()
	if err != nil {
		return err
	}
	var rows []unseal.GrantRow
	for _, g := range o.file.GrantsOf(who.ID) {
		rows = append(rows, unseal.GrantRow{
			ID: g.ID, Case: g.Case, Member: g.Member, Giver: g.Giver, Epoch: g.Epoch, Day: g.Day, Sealed: g.Sealed,
		})
	}
	o.verifier = o.file.Verifier(o.roster)
	o.keys, o.secrets, err = unseal.Grants(o.file.Installation.ID, rows, id, epochs(&o.file), o.verifier)
	return err
}

func epochs(f *store.CaseFile) []unseal.Epoch {
	var out []unseal.Epoch
	for _, e := range f.Epochs {
		out = append(out, unseal.Epoch{
			Number: e.Number, Recipient: e.Recipient, Signer: e.Signer, Signature: e.Signature, Day: e.Day,
		})
	}
	return out
}
