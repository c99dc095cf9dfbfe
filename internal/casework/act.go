package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
)

// Act is what a step's form says.
type Act struct {
	Step       ethics.Act
	To         ethics.State // where the step leads to several states
	Reason     string
	Statements map[string][]string
	Message    string // to the reporter
}

// Format hides what the form says.
func (Act) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// Taken is the answer to a form that acts.
type Taken struct {
	Proposed bool // it waits for a second person
	Again    bool // this form was sent before: nothing more was stored
}

// written is what one act puts into the case, built from the case as it is now.
// It is called again when the case moved between reading and writing.
type written struct {
	envelopes   []ethics.Envelope
	files       []ethics.File
	kind        audit.EntryKind
	epochChange *epochChange                             // the epoch that it is sealed to, where it begins one
	status      *ethics.SignedStatus                     // where the case stands then, nil for as before
	change      func(tx *store.Tx, c *ethics.Case) error // of other rows; nil for none
}

// write opens the case, builds what is to be written, and stores it with its
// entry; sealed again when a colleague or the reporter wrote in between.
func (s *Service) write(
	ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, primary ethics.EnvelopeKind,
	build func(*Opened) (written, error),
) (Taken, error) {
	before := Taken{Again: true, Proposed: primary == ethics.KindProposal}
	return ethics.Again(func() (Taken, error) {
		o, err := s.Open(ctx, who, number)
		if err != nil {
			return Taken{}, err
		}
		id := draft.EnvelopeID(o.ID, primary)
		if slices.ContainsFunc(o.file.Envelopes, func(e ethics.Envelope) bool { return e.ID == id }) {
			return before, nil
		}
		if o.keys[o.Epoch] == nil {
			return Taken{}, untrusted("no key to the epoch that this would be sealed to")
		}
		if ended, err := s.endTerms(ctx, o); err != nil {
			return Taken{}, err
		} else if ended {
			return Taken{}, ethics.ErrSequence
		}
		begun, err := s.dueEpoch(o, who)
		if err != nil {
			return Taken{}, err
		}
		w, err := build(o)
		if err != nil {
			return Taken{}, err
		}
		w.epochChange = begun
		err = s.put(ctx, who, number, draft, o, w)
		switch {
		case errors.Is(err, ethics.ErrExists):
			return before, nil
		case err != nil:
			return Taken{}, err
		}
		return Taken{Proposed: w.kind == record.KindProposed}, nil
	})
}

func (s *Service) put(
	ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, o *Opened, w written,
) error {
	e := store.Entry{ID: uuid.NewString(), Day: s.today(), Kind: w.kind, Actor: who.ID, Stream: ethics.CaseStream(o.ID)}
	return s.Store.Write(ctx, e, func(tx *store.Tx) error {
		// Office, right and grant once more, in the transaction that writes: what stood
		// behind a statement that ended the office would be nobody's word.
		roster, err := tx.Roster()
		if err != nil {
			return err
		}
		now := *who
		now.Roster = roster
		c, _, err := s.find(&tx.ReadTx, &now, number)
		if err != nil {
			return err
		}
		if err := w.epochChange.write(tx, &c); err != nil {
			return err
		}
		if len(w.envelopes) == 0 && (c.Sequence != o.file.Sequence || tx.EpochOwed(c.ID)) {
			return ethics.ErrSequence // nothing sealed here would notice who left meanwhile
		}
		for _, env := range w.envelopes {
			if err := tx.AddEnvelope(&c, env); err != nil {
				return err
			}
		}
		for _, f := range w.files {
			if err := tx.FileFile(f.ID, c.ID, w.envelopes[0].ID, draft.DraftHash(), s.today()); err != nil {
				return err
			}
		}
		if c.State != o.State {
			return ethics.ErrConflict
		}
		if w.change != nil {
			if err := w.change(tx, &c); err != nil {
				return err
			}
		}
		on := s.today()
		if w.kind == record.KindRemoved || w.kind == record.KindGranted {
			on = c.Changed // others hold the case, and nothing was done in it: it lies still as before
		}
		return tx.Settle(c, w.status, on)
	})
}

// sealer is a sealer of consecutive envelopes into one case.
type sealer struct {
	s    *Service
	o    *Opened
	by   seal.Author
	next int
	out  []ethics.Envelope
}

func (s *Service) newSealer(o *Opened, who *appoint.Acting) *sealer {
	return &sealer{s: s, o: o, by: author(who), next: o.file.Sequence}
}

// add seals one more envelope; toReporter adds the reporter's recipient. Nothing
// goes to the reporter of a case whose report cannot be trusted or that lacks
// something: it may have been filed, or be answered, by somebody else.
func (l *sealer) add(id string, kind ethics.EnvelopeKind, body any, toReporter bool) error {
	if toReporter && (l.o.Report == nil || l.o.Missing > 0) {
		return untrusted("the report, or something of the case, is spoilt or gone")
	}
	at := l.s.place(&l.o.file)
	at.Sequence = l.next
	reporter := ""
	if toReporter {
		reporter = l.o.ReporterRecipient
	}
	env, err := seal.Envelope(at, id, kind, body, l.by, l.o.file.Recipient(), reporter)
	l.next++
	l.out = append(l.out, env)
	return err
}

// Take takes a step, or proposes it where four eyes are asked. FieldErrors name
// what the form lacks; ErrRefused wraps why policy does not allow it now.
func (s *Service) Take(
	ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, a Act,
) (Taken, error) {
	step, ok := s.Policy.Act(a.Step)
	if !ok || step.OwnForm {
		return Taken{}, ethics.ErrNotFound
	}
	if acts[step.ID].both && !step.FourEyes {
		return s.link(ctx, who, number, draft, step, a)
	}
	return s.takeIn(ctx, who, number, draft, step, a)
}

// takeIn takes or proposes a step in one case.
func (s *Service) takeIn(
	ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, step policy.Step, a Act,
) (Taken, error) {
	a.Statements = s.Policy.Stated(step.ID, a.Statements) // a field left blank ends here, where forms become acts
	primary := ethics.KindStep
	if step.FourEyes {
		primary = ethics.KindProposal
	}
	return s.write(ctx, who, number, draft, primary, func(o *Opened) (written, error) {
		if err := s.MayNow(o, step); err != nil {
			return written{}, err
		}
		to, err := s.checkAct(step, a, o.Facts)
		if err != nil {
			return written{}, err
		}
		if err := s.checkOther(ctx, who, o, a); err != nil {
			return written{}, err
		}
		a.To, a.Statements = to, s.Policy.Tidy(step.ID, a.Statements)
		if err := s.checkCase(o, a); err != nil {
			return written{}, err
		}
		if step.FourEyes {
			return s.propose(o, who, draft, step, a)
		}
		d := s.newExecution(o, who, draft, ethics.Step{
			ID: step.ID, From: o.State, To: to, Reason: a.Reason, Statements: a.Statements, At: s.Now().UnixMilli(),
		}, a.Message)
		if err := d.finish(step); err != nil {
			return written{}, err
		}
		return written{envelopes: d.sealer.out, kind: record.KindStep, status: d.signed, change: d.applyChanges}, nil
	})
}

// refused keeps policy's reason for the operator and answers not found for what
// a member must not learn.
func refused(err error) error {
	if errors.Is(err, policy.ErrGrant) || errors.Is(err, policy.ErrRole) {
		return errors.Join(ethics.ErrNotFound, err)
	}
	if errors.Is(err, policy.ErrSamePerson) {
		return errors.Join(ethics.ErrSamePerson, err)
	}
	return errors.Join(ethics.ErrRefused, err)
}
