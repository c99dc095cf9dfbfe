package dialogue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"svilpe/internal/audit"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
)

// Sent is the answer to a message: Again when this form was sent before.
type Sent struct{ Again bool }

// ReceiveFile seals one file of a message as it streams in.
func (s *Service) ReceiveFile(
	ctx context.Context, draft derive.Secret, name, kind string, r io.Reader, left int64,
) (ethics.File, error) {
	id := uuid.NewString()
	stored, size, err := s.Store.Receive(ctx, id, draft.DraftHash(), s.today(), func(w io.Writer) (int64, error) {
		return seal.Stream(w, r, draft.FileSecret(id), min(left, s.Limits.FileBytes))
	})
	return ethics.File{ID: id, Name: name, Type: kind, Size: size, SHA256: stored.SHA256}, err
}

// Kept checks the files that a form says it keeps: each must have been received
// for this very draft (ErrNotFound), and be as long as it says
// (ErrFileIncorrect). Digests come from the rows.
func (s *Service) Kept(ctx context.Context, draft derive.Secret, claimed []ethics.File) ([]ethics.File, error) {
	var out []ethics.File
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		out, err = tx.Kept(draft.DraftHash(), claimed)
		return err
	})
	return out, err
}

// DropFiles removes received files of a message that was not sent.
func (s *Service) DropFiles(ctx context.Context, draft derive.Secret, files []ethics.File) error {
	return s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		for _, f := range files {
			if err := tx.DropFile(f.ID, draft.DraftHash()); err != nil {
				return err
			}
		}
		return nil
	})
}

// CheckText finds what is wrong with a text that is to be sent.
func (s *Service) CheckText(text string, files int) ethics.FieldErrors {
	switch {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return ethics.FieldErrors{{Field: "text", Kind: ethics.FaultUTF8}}
	case utf8.RuneCountInString(text) > s.Limits.TextChars:
		return ethics.FieldErrors{{Field: "text", Kind: ethics.FaultTooLong}}
	case strings.TrimSpace(text) == "" && files == 0:
		return ethics.FieldErrors{{Field: "text", Kind: ethics.FaultRequired}}
	}
	return nil
}

// Send adds a message of the reporter. Where the commission waits for an answer
// the case goes back to where it was. ErrRefused while the reporter's messages
// are not taken.
func (s *Service) Send(
	ctx context.Context, v Visit, draft derive.Secret, text string, files []ethics.File,
) (Sent, error) {
	if errs := s.CheckText(text, len(files)); errs != nil {
		return Sent{}, errs
	}
	m := ethics.Message{Text: text, Files: files}
	return s.write(ctx, v, draft, m, func(m *ownCase, st *ethics.Status) error {
		if s.Policy.MayReporter(ethics.ActReply, s.facts(m)) != nil {
			return nil // nobody waits for an answer: the case stays where it is
		}
		return s.takes(ethics.ActReply)(m, st)
	}, record.KindMessage)
}

// Withdraw ends the case on the reporter's word. ErrConflict where the workflow
// no longer lets them.
func (s *Service) Withdraw(ctx context.Context, v Visit, draft derive.Secret, text string) (Sent, error) {
	if errs := s.CheckText(text, 1); errs != nil {
		return Sent{}, errs
	}
	m := ethics.Message{Text: text, Step: ethics.ActWithdraw}
	return s.write(ctx, v, draft, m, s.takes(ethics.ActWithdraw), record.KindWithdrawn)
}

// change is what a message makes of its case besides being added, of which it is given
// the next status.
type change func(*ownCase, *ethics.Status) error

// facts are what the reporter's own steps are held against.
func (s *Service) facts(m *ownCase) policy.Facts {
	return policy.Facts{
		Track: m.Track, State: m.State, Previous: m.Previous, Flags: s.Policy.Flagged(policy.Events(m.Events)),
	}
}

// takes is a step of the reporter's, with further events. ErrConflict where the workflow
// does not let them now.
func (s *Service) takes(act ethics.Act, also ...ethics.EventKind) change {
	return func(m *ownCase, st *ethics.Status) error {
		step, to, err := s.Policy.ReporterStep(act, s.facts(m))
		if err != nil {
			return errors.Join(ethics.ErrConflict, err)
		}
		step.Take(st, to, also, nil)
		return nil
	}
}

// says is an act of the reporter's that is no step. ErrConflict where it is not taken.
func (s *Service) says(act ethics.Act, events ...ethics.EventKind) change {
	return func(m *ownCase, st *ethics.Status) error {
		if other, ok := s.Policy.Other(act); !ok || !other.In(m.State) {
			return ethics.ErrConflict
		}
		st.Act, st.Events = act, events
		return nil
	}
}

// write seals a message to the current epoch and stores it with what it changes.
// A text sealed to a past epoch or place is sealed again: it is still at hand.
func (s *Service) write(
	ctx context.Context, v Visit, draft derive.Secret, m ethics.Message, act change, kind audit.EntryKind,
) (Sent, error) {
	return ethics.Again(func() (Sent, error) {
		err := s.attempt(ctx, v, draft, m, act, kind)
		if errors.Is(err, ethics.ErrExists) {
			return Sent{Again: true}, nil
		}
		return Sent{}, err
	})
}

func (s *Service) attempt(
	ctx context.Context, v Visit, draft derive.Secret, m ethics.Message, act change, kind audit.EntryKind,
) error {
	err := s.distrust(ctx, ethics.CaseStream(v.Case), 0, s.Store.EndTerms(ctx, v.Case, s.today()))
	if err != nil {
		return err
	}
	var f *ownCase
	err = s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		f, err = s.ownCase(tx, v)
		return err
	})
	if err = s.distrust(ctx, ethics.CaseStream(v.Case), 0, err); err != nil {
		return err
	}
	if m.Step == "" && s.muted(f.Events) {
		return ethics.ErrRefused
	}
	id := draft.EnvelopeID(f.ID, ethics.KindMessage)
	if slices.ContainsFunc(f.Envelopes, func(e ethics.Envelope) bool { return e.ID == id }) {
		return ethics.ErrExists
	}
	next := f.Next("", s.today())
	if err := act(f, &next); err != nil {
		return err
	}
	st, err := f.sign(next)
	if err != nil {
		return err
	}
	if st != nil {
		m.Status = st.Digest()
	}
	begun, err := s.nextEpoch(ctx, f)
	if err != nil {
		return err
	}
	at := s.place(f)
	env, err := seal.Envelope(at, id, ethics.KindMessage, m, f.by, f.Recipient(), f.recipient)
	if err != nil {
		return err
	}
	envelopes := []ethics.Envelope{env}
	if len(m.Files) > 0 {
		keys := seal.FileKeys(env.ID, m.Files, draft)
		at.Sequence++
		sealed, err := seal.Envelope(at, draft.EnvelopeID(f.ID, ethics.KindFileKeys), ethics.KindFileKeys,
			keys, f.by, f.Recipient(), "")
		if err != nil {
			return err
		}
		envelopes = append(envelopes, sealed)
	}
	e := store.Entry{ID: newID(), Day: at.Day, Kind: kind, Actor: ethics.ActorReporter, Stream: ethics.CaseStream(f.ID)}
	return s.Store.Write(ctx, e, func(tx *store.Tx) error { return s.put(tx, v, draft, begun, envelopes, m.Files, st) })
}

// put stores what was sealed and signed. ErrEpoch or ErrSequence when somebody
// wrote meanwhile.
func (s *Service) put(
	tx *store.Tx, v Visit, draft derive.Secret, begun *store.Opening, envelopes []ethics.Envelope,
	files []ethics.File, st *ethics.SignedStatus,
) error {
	c, err := tx.Case(v.Case)
	if err != nil {
		return err
	}
	if begun != nil {
		if err := tx.Open(&c, *begun); err != nil {
			return err
		}
	}
	for _, env := range envelopes {
		if err := tx.AddEnvelope(&c, env); err != nil {
			return err
		}
	}
	for _, file := range files {
		if err := tx.FileFile(file.ID, c.ID, envelopes[0].ID, draft.DraftHash(), s.today()); err != nil {
			return fmt.Errorf("file: %w", err)
		}
	}
	return tx.Settle(c, st, s.today())
}
