package registry

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
)

// Waiting is a statement that gathers signatures.
type Waiting struct {
	ID          string               // names the statement and its body: see SignStatement
	Appointment *appoint.Appointment // one of the three is set
	Institution *appoint.Institution
	Distinct    *appoint.Distinct
	Words       []string // check words of an appointment's keys
	Signers     []string // member ids
	Day         ethics.Day
	By          ethics.Day // last day on which it can be signed
	Stale       error      // why it can be signed no more: appoint.ErrLate, ErrOvertaken or ErrDuties

	kind string
	body []byte
}

// Waiting lists them, oldest first.
func (s *Service) Waiting(ctx context.Context) ([]Waiting, error) {
	var out []Waiting
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		all, err := tx.AllPending()
		if err != nil {
			return err
		}
		for _, p := range all {
			if p.Kind == appoint.KindFounding {
				continue
			}
			roster, err := tx.Roster()
			if err != nil {
				return err
			}
			w, err := waiting(p, roster, s.today())
			if err != nil {
				return err
			}
			out = append(out, w)
		}
		return nil
	})
	return out, err
}

func waiting(p store.Pending, roster *appoint.Roster, today ethics.Day) (Waiting, error) {
	w := Waiting{ID: p.ID + seen + bodyHash(p.Body), Day: p.Day, kind: p.Kind, body: p.Body}
	var sigs []appoint.Signature
	if err := json.Unmarshal(p.Signatures, &sigs); err != nil {
		return w, fmt.Errorf("statement %s: %w", p.ID, err)
	}
	for _, x := range sigs {
		w.Signers = append(w.Signers, x.Member)
	}
	head, content, err := appoint.Open(p.Kind, p.Body)
	if err != nil {
		return w, fmt.Errorf("statement %s: %w", p.ID, err)
	}
	switch x := content.(type) {
	case appoint.Institution:
		w.Institution = &x
	case appoint.Distinct:
		w.Distinct = &x
	case appoint.Appointment:
		w.Appointment, w.Words = &x, appoint.CheckWords(x.Recipient, x.Verifier)
	}
	w.By, w.Stale = head.By, roster.CanBeStated(p.Kind, p.Body, today)
	return w, nil
}

// MaySign tells whether a member may sign what waits today.
func (s *Service) MaySign(who *appoint.Acting, w Waiting) bool {
	return who.Roster != nil && w.Stale == nil && !who.Roster.Among(w.Signers, who.ID) &&
		who.Roster.MaySign(who.ID, w.kind, w.body, s.today())
}

// OtherID tells that a member may not sign what waits because another id of the
// same person signed it, or is whom it is about.
func (s *Service) OtherID(who *appoint.Acting, w Waiting) bool {
	return who.Roster != nil && w.Stale == nil && who.Roster.Signs(who.ID, s.today()) &&
		who.Roster.OtherID(who.ID, w.kind, w.body, w.Signers)
}

// propose replaces an earlier version that waits: its signatures were for
// another body.
func (s *Service) propose(ctx context.Context, by *appoint.Acting, p store.Pending) error {
	p.Signatures = []byte("[]")
	return s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		if err := s.security(tx, by.ID, "prepared_"+p.Kind); err != nil {
			return err
		}
		return tx.PutPending(p)
	})
}

// SignStatement adds a member's signature to what waits. id is Waiting.ID: it
// binds the signature to the body that the member was shown, so that nobody can
// exchange it under the signer's hand (ErrConflict, as for what can be signed no
// more). compared says that the member ticked the comparison: of check words, or
// that two of one name are known to be two (not asked for an institution). The
// last signature's transaction makes the statement record.
func (s *Service) SignStatement(ctx context.Context, who *appoint.Acting, id string, compared bool) error {
	id, digest, _ := strings.Cut(id, seen)
	var p store.Pending
	var w Waiting
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if p, err = tx.Pending(id); err != nil {
			return err
		}
		if p.Kind == appoint.KindFounding {
			return ErrMaySign
		}
		roster, err := tx.Roster()
		if err != nil {
			return err
		}
		w, err = waiting(p, roster, s.today())
		return err
	})
	switch {
	case err != nil:
		return err
	case digest != bodyHash(p.Body), w.Stale != nil:
		return errors.Join(ethics.ErrConflict, w.Stale)
	case !s.MaySign(who, w):
		return ErrMaySign
	case w.Institution == nil && !compared:
		return ErrTicks
	}
	sig := appoint.Sign(p.Kind, p.Body, who.ID, who.Secret.MemberSigner())
	if err := s.Store.Scratch(ctx, func(tx *store.ScratchTx) error { return addSignature(tx, p, sig) }); err != nil {
		return err
	}
	return s.state(ctx, id)
}

// today is the day of what is stated now.
func (s *Service) today() ethics.Day { return s.Store.Day(s.Now()) }

// state makes a statement record once enough have signed it.
func (s *Service) state(ctx context.Context, id string) error {
	_, err := ethics.Again(func() (struct{}, error) { return struct{}{}, s.stateOnce(ctx, id) }, errOther)
	return err
}

// errOther means that another statement was stored between reading and writing.
// Two that verify alone need not verify together, and a roster that does not
// verify closes the installation: so it is read again with the other in it.
var errOther = errors.New("registry: another statement came first")

func (s *Service) stateOnce(ctx context.Context, id string) error {
	var p store.Pending
	var e store.Enrolment
	var before int
	st := appoint.Statement{Day: s.today()}
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if p, err = tx.Pending(id); err != nil {
			return err
		}
		if e, err = signedBody(tx, p, &st); err != nil {
			return err
		}
		if before, err = tx.StatementCount(); err != nil {
			return err
		}
		roster, err := tx.Roster()
		if err != nil {
			return err
		}
		// Read once more as every start will: what would not verify is not stored.
		_, err = roster.With(st)
		return err
	})
	switch {
	case errors.Is(err, appoint.ErrTooFew), errors.Is(err, ethics.ErrNotFound):
		return nil
	case errors.Is(err, appoint.ErrLate), errors.Is(err, appoint.ErrOvertaken), errors.Is(err, appoint.ErrDuties):
		return errors.Join(ethics.ErrConflict, err) // the page says so, and it is prepared anew
	case err != nil:
		return err
	}
	entry := store.Entry{
		ID: uuid.NewString(), Day: st.Day, Kind: record.StatedAs[p.Kind],
		Actor: st.Signatures[len(st.Signatures)-1].Member, Stream: ethics.StreamRoster,
	}
	err = s.Store.Write(ctx, entry, func(tx *store.Tx) error {
		if _, err := tx.Pending(id); err != nil {
			return err
		}
		if n, err := tx.StatementCount(); err != nil || n != before {
			return cmp.Or(err, errOther)
		}
		if err := tx.AddStatement(st); err != nil {
			return err
		}
		if p.Kind == appoint.KindAppointment {
			now, err := tx.Enrolment(e.ID) // a password changed meanwhile stays changed
			if err != nil {
				return err
			}
			if err := tx.PutMember(now.Member); err != nil {
				return err
			}
			if err := tx.Scratch().DropEnrolment(e.ID); err != nil {
				return err
			}
		}
		return tx.Scratch().DropPending(id)
	})
	if errors.Is(err, ethics.ErrNotFound) {
		return nil // another's signature came at the same moment and stated it
	}
	return err
}

// signedBody fills in what was signed and by whom; of an appointment also the
// person it is about, who must still be enrolled with the keys in it.
func signedBody(tx *store.ReadTx, p store.Pending, st *appoint.Statement) (e store.Enrolment, err error) {
	head, content, err := appoint.Open(p.Kind, p.Body)
	if err != nil {
		return e, err
	}
	st.ID, st.Kind, st.Body = head.ID, p.Kind, p.Body
	if err := json.Unmarshal(p.Signatures, &st.Signatures); err != nil {
		return e, fmt.Errorf("statement %s: %w", p.ID, err)
	}
	a, is := content.(appoint.Appointment)
	if !is {
		return e, nil
	}
	if e, err = tx.Enrolment(p.Member); err != nil {
		return e, err
	}
	if a.Member != e.ID || a.Recipient != e.Recipient || !bytes.Equal(a.Verifier, e.Verifier) {
		return e, ErrChanged
	}
	return e, nil
}
