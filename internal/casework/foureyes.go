package casework

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"maps"
	"slices"
	"strings"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/store"
)

// propose seals an act for a second person to see whole: reason, statements and
// the message that the reporter would read.
func (s *Service) propose(
	o *Opened, who *appoint.Acting, draft derive.Secret, step policy.Step, a Act,
) (written, error) {
	l := s.newSealer(o, who)
	id := draft.EnvelopeID(o.ID, ethics.KindProposal)
	body := ethics.Proposal{
		Step: step.ID, From: o.State, To: a.To, Reason: a.Reason, Statements: a.Statements,
		Message: a.Message, At: s.Now().UnixMilli(),
	}
	if err := l.add(id, ethics.KindProposal, body, false); err != nil {
		return written{}, err
	}
	return written{envelopes: l.out, kind: record.KindProposed, change: func(tx *store.Tx, c *ethics.Case) error {
		return tx.AddProposal(store.Proposal{
			ID: id, Case: c.ID, Step: step.ID, Proposer: who.ID, State: "open", Day: s.today(),
		})
	}}, nil
}

// Decide approves or rejects the open proposal. The proposer is refused by
// policy here, and by the store again. Approved, the act happens in the same
// transaction; rejected, nothing but the verdict is stored. A proposal that the
// case has overtaken can only be rejected, else it would stand in the way for ever.
func (s *Service) Decide(
	ctx context.Context, who *appoint.Acting, number, proposal string, draft derive.Secret, approve bool, reason string,
) (Taken, error) {
	if takes, err := s.isRemoval(ctx, proposal); err == nil && takes && approve {
		return s.approveRemoval(ctx, who, number, proposal, draft, reason)
	}
	links := false
	taken, err := s.write(ctx, who, number, draft, ethics.KindApproval, func(o *Opened) (written, error) {
		if err := s.mayDecide(o, proposal, approve, reason); err != nil {
			return written{}, err
		}
		if approve {
			if err := s.checkLinked(ctx, who, o); err != nil {
				return written{}, err
			}
		}
		links = approve && acts[o.Open.Step.ID].both
		return s.decide(o, who, draft, approve, reason)
	})
	if err == nil && (links || taken.Again) {
		err = s.linkBack(ctx, who, number, proposal, draft)
	}
	return taken, err
}

// mayDecide refuses a verdict that is not this member's to give, or lacks a reason.
func (s *Service) mayDecide(o *Opened, proposal string, approve bool, reason string) error {
	if o.Open == nil || o.Open.ID != proposal {
		return ethics.ErrConflict
	}
	if o.Open.Mine {
		return errors.Join(ethics.ErrSamePerson, o.Open.May)
	}
	if o.Open.May != nil && (approve || !o.Open.MayReject) {
		return refused(o.Open.May)
	}
	if kind := s.wrongText(reason, !approve); kind != "" {
		return ethics.FieldErrors{{Field: "reason", Kind: kind}}
	}
	return nil
}

func (s *Service) decide(
	o *Opened, who *appoint.Acting, draft derive.Secret, approve bool, reason string,
) (written, error) {
	d := s.newExecution(o, who, draft, ethics.Step{}, "")
	verdict, err := s.verdict(o, approve, reason)
	if err != nil {
		return written{}, err
	}
	if err := d.sealer.add(draft.EnvelopeID(o.ID, ethics.KindApproval), ethics.KindApproval,
		verdict, false); err != nil {
		return written{}, err
	}
	state := "rejected"
	if approve {
		state = "approved"
		p := o.Open.Content
		d.body = ethics.Step{
			ID: p.Step, From: p.From, To: p.To, Reason: p.Reason, Statements: p.Statements,
			Proposal: o.Open.ID, At: verdict.At,
		}
		d.message = p.Message
		if err := d.finish(o.Open.Step); err != nil {
			return written{}, err
		}
	}
	id := o.Open.ID
	return written{envelopes: d.sealer.out, kind: record.KindDecided, status: d.signed,
		change: func(tx *store.Tx, c *ethics.Case) error {
			if err := tx.DecideProposal(id, who.ID, state); err != nil {
				return err
			}
			return d.applyChanges(tx, c)
		}}, nil
}

// distrustUnapproved marks as untrusted every step that takes two people and that only
// one person took. Two took it where another member proposed the same, and the member who
// took it approved the bytes of that proposal. It returns how many it marked.
func (s *Service) distrustUnapproved(o *Opened) (spoilt int) {
	used := map[string]bool{}
	for n, i := range o.Thread {
		if i.Step == nil || i.Untrusted {
			continue
		}
		if act, known := s.Policy.Act(i.Step.ID); known && !act.FourEyes ||
			!used[i.Step.Proposal] && o.stepApproved(i) {
			used[i.Step.Proposal] = true // one approval, one step
			continue
		}
		o.Thread[n] = Item{ID: i.ID, Kind: i.Kind, Author: i.Author, Name: i.Name, Day: i.Day, Untrusted: true}
		spoilt++
	}
	return spoilt
}

// stepApproved tells whether what stands in a step was proposed by one member and
// approved by the one who took it.
func (o *Opened) stepApproved(step Item) bool {
	p, ok := o.trusted(step.Step.Proposal)
	if !ok || p.Proposal == nil || !o.roster.Another(p.Author, step.Author) || !o.matchesProposal(step, *p.Proposal) {
		return false
	}
	return o.approvedBytes(p.ID, step.Author)
}

// approvedBytes tells whether this member approved the very bytes of a proposal.
func (o *Opened) approvedBytes(proposal, approver string) bool {
	n := slices.IndexFunc(o.file.Envelopes, func(e ethics.Envelope) bool { return e.ID == proposal })
	if n < 0 {
		return false
	}
	digest := sha256.Sum256(o.file.Envelopes[n].Sealed)
	return slices.ContainsFunc(o.Thread, func(i Item) bool {
		a := i.Approval
		return a != nil && !i.Untrusted && i.Author == approver && a.Approved && a.Proposal == proposal &&
			bytes.Equal(a.Digest, digest[:])
	})
}

// matchesProposal tells whether a step and the message sent with it are what was proposed.
func (o *Opened) matchesProposal(step Item, p ethics.Proposal) bool {
	st := step.Step
	if st.ID != p.Step || st.From != p.From || st.To != p.To || st.Reason != p.Reason ||
		!maps.EqualFunc(st.Statements, p.Statements, slices.Equal) {
		return false
	}
	if strings.TrimSpace(p.Message) == "" {
		return st.Message == ""
	}
	m, ok := o.trusted(st.Message)
	return ok && m.Kind == ethics.KindMessage && m.Author == step.Author && m.Text == p.Message
}

func (o *Opened) trusted(id string) (Item, bool) {
	n := slices.IndexFunc(o.Thread, func(i Item) bool { return i.ID == id && !i.Untrusted })
	if id == "" || n < 0 {
		return Item{}, false
	}
	return o.Thread[n], true
}

// hasUntrustedStep tells whether some step of the case, or the removal of somebody, cannot be
// trusted.
func (o *Opened) hasUntrustedStep() bool {
	return slices.ContainsFunc(o.Thread, func(i Item) bool {
		return (i.Kind == ethics.KindStep || i.Kind == ethics.KindRemoval) && i.Untrusted
	})
}
