package casework

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/routing"
	"svilpe/internal/store"
)

// ErrConcerned is the ErrRefused of whom a proposal is about: they neither decide
// on it nor read it.
var ErrConcerned = fmt.Errorf("casework: the proposal is about this member: %w", ethics.ErrRefused)

// everyID is a member under all ids that hold the case or keep a share of its
// vault: whom a case is taken from keeps nothing under another one.
func (o *Opened) everyID(member string) []string {
	out := []string{member}
	for _, x := range o.file.Shares {
		out = append(out, x.Member)
	}
	out = append(out, o.file.Holders()...)
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(id string) bool { return !o.roster.Same(id, member) })
}

// otherPeople are the members whom somebody else's word takes the case from: stepping
// aside is always one's own.
func (o *Opened) otherPeople(members []string) []string {
	return slices.DeleteFunc(slices.Clone(members), func(id string) bool { return o.roster.Same(id, o.Me.ID) })
}

// needsTwo tells whether one person's word is not enough to take the case from
// these members.
func (s *Service) needsTwo(o *Opened, members []string) bool {
	l := record.Loss{By: o.Me.ID, Institution: o.Institution, State: o.State, Day: s.today()}
	for _, id := range o.file.Holders() {
		if o.roster.Among(members, id) {
			l.Members = append(l.Members, id)
		}
	}
	for _, x := range o.file.Shares {
		if o.roster.Among(members, x.Member) {
			l.Shares = append(l.Shares, x.Member)
		} else {
			l.Keepers = append(l.Keepers, x.Member)
		}
	}
	return l.NeedsTwo(s.Policy, o.roster)
}

// approvers are the holders who could approve taking the case from these members:
// never one of them, nor who proposes it.
func (s *Service) approvers(o *Opened, members []string) []appoint.Member {
	step, _ := s.Policy.Act(record.ActExclude)
	var out []appoint.Member
	for _, id := range o.file.Holders() {
		if o.roster.Same(id, o.Me.ID) || o.roster.Among(members, id) || among(out, id) {
			continue
		}
		roles := o.roster.RolesFor(id, o.Institution, s.today())
		may := slices.ContainsFunc(roles, func(r string) bool { return slices.Contains([]string(step.Approver), r) })
		if m, err := o.roster.Member(id); err == nil && may {
			out = append(out, m)
		}
	}
	return out
}

// newApprover is who is given the case with a proposal that no holder could approve.
func (s *Service) newApprover(o *Opened, r ethics.Removal) ([]appoint.Member, error) {
	if len(s.approvers(o, r.Members)) > 0 {
		return nil, nil
	}
	if err := o.exclusionsKnown(); err != nil {
		return nil, err
	}
	m, err := routing.Second(o.roster, routing.Leaving{
		Institution: o.Institution, Remain: o.file.Holders(),
		Barred: slices.Concat(o.barred(), r.Members, []string{o.Me.ID}),
		Senior: o.senior() || r.Why == ethics.WhyEscalated, Day: s.today(),
	})
	if err != nil {
		return nil, err
	}
	return []appoint.Member{m}, nil
}

// removeOrPropose writes a departure, or the proposal of one that takes two. While such a
// proposal waits nobody takes others away: else who is to lose the case could bar
// those who may approve it.
func (s *Service) removeOrPropose(o *Opened, who *appoint.Acting, draft derive.Secret, d removalPlan) (written, error) {
	if d.verdict != nil || len(o.otherPeople(d.Members)) == 0 {
		return s.writeRemoval(o, who, draft, d)
	}
	two := s.needsTwo(o, d.Members)
	if o.Open != nil && (two || acts[o.Open.Step.ID].takes) {
		return written{}, ErrWaits
	}
	if two {
		return s.proposeRemoval(o, who, draft, d)
	}
	return s.writeRemoval(o, who, draft, d)
}

// proposeRemoval seals a removal for a second person to see whole. Proposer and
// approver are two who remain, so that it can be carried out.
func (s *Service) proposeRemoval(o *Opened, who *appoint.Acting, draft derive.Secret, d removalPlan) (written, error) {
	second, err := s.newApprover(o, d.Removal)
	if err != nil {
		return written{}, err
	}
	t, err := s.dueEpoch(o, who)
	if err != nil {
		return written{}, err
	}
	if o.keys[o.Epoch] == nil {
		return written{}, untrusted("no key to the epoch that this would be sealed to")
	}
	var grants []store.Grant
	at := s.place(&o.file)
	at.Sequence = 0
	for _, m := range second {
		g, err := sealGrant(at, o.secrets, author(who), m)
		if err != nil {
			return written{}, err
		}
		grants, d.Given = append(grants, g), append(d.Given, m.ID)
	}
	l, id := s.newSealer(o, who), draft.EnvelopeID(o.ID, ethics.KindProposal)
	body := ethics.Proposal{
		Step: record.ActExclude, From: o.State, To: o.State, Reason: d.Reason, At: s.Now().UnixMilli(),
	}
	body.Removal = &ethics.Removal{Why: d.Why, Members: d.Members, Given: d.Given}
	if err := l.add(id, ethics.KindProposal, body, false); err != nil {
		return written{}, err
	}
	row := store.Proposal{ID: id, Case: o.ID, Step: record.ActExclude, Proposer: who.ID, State: "open", Day: s.today()}
	change := func(tx *store.Tx, _ *ethics.Case) error {
		if err := tx.AddGrants(grants...); err != nil {
			return err
		}
		return tx.AddProposal(row)
	}
	return written{envelopes: l.out, kind: record.KindProposed, epochChange: t, change: change}, nil
}

// isRemoval tells whether approving a proposal takes the case from somebody; the step of
// one is in the clear.
func (s *Service) isRemoval(ctx context.Context, proposal string) (bool, error) {
	var p store.Proposal
	err := s.Store.Read(ctx, func(tx *store.ReadTx) (err error) {
		p, err = tx.Proposal(proposal)
		return err
	})
	return acts[p.Step].takes, err
}

// approveRemoval carries a proposed removal out, in the approver's session.
func (s *Service) approveRemoval(
	ctx context.Context, who *appoint.Acting, number, proposal string, draft derive.Secret, reason string,
) (Taken, error) {
	return s.remove(ctx, who, number, draft, false, false, func(o *Opened) (removalPlan, error) {
		if err := s.mayDecide(o, proposal, true, reason); err != nil {
			return removalPlan{}, err
		}
		verdict, err := s.verdict(o, true, reason)
		if err != nil {
			return removalPlan{}, err
		}
		p := o.Open.Content
		r := ethics.Removal{Why: p.Removal.Why, Members: p.Removal.Members, Reason: p.Reason, Proposal: proposal}
		d := removalPlan{Removal: r, verdict: &verdict}
		if d.Why == ethics.WhyEscalated {
			d.chosen = s.alternates(o)
		}
		return d, nil
	})
}

// verdict is this member's word on the open proposal, on its very bytes.
func (s *Service) verdict(o *Opened, approve bool, reason string) (ethics.Approval, error) {
	i := slices.IndexFunc(o.file.Envelopes, func(e ethics.Envelope) bool { return e.ID == o.Open.ID })
	if i < 0 {
		return ethics.Approval{}, untrusted("proposal")
	}
	digest, now := sha256.Sum256(o.file.Envelopes[i].Sealed), s.Now().UnixMilli()
	return ethics.Approval{Proposal: o.Open.ID, Digest: digest[:], Approved: approve, Reason: reason, At: now}, nil
}

// removalApproved tells whether a removal is what a chair or responsible person proposed
// and the one who took it approved.
func (o *Opened) removalApproved(env ethics.Envelope, r ethics.Removal) bool {
	p, ok := o.trusted(r.Proposal)
	if !ok || p.Proposal == nil || p.Proposal.Removal == nil {
		return false
	}
	said, another := p.Proposal.Removal, o.roster.Another(p.Author, env.Author) &&
		!o.roster.Among(r.Members, env.Author)
	return another && o.leads(p.Author, p.Day, p.ID) &&
		said.Why == r.Why && slices.Equal(said.Members, r.Members) && p.Proposal.Reason == r.Reason &&
		o.approvedBytes(p.ID, env.Author)
}

// conceal takes the words out of what is proposed about the viewer, and out of the
// verdict on it: who may lose the case does not read why, and by whose word.
func (o *Opened) conceal() {
	about := map[string]bool{}
	for n := range o.Thread {
		i := &o.Thread[n]
		p := i.Proposal
		if p != nil && p.Removal != nil && !o.roster.Same(i.Author, o.Me.ID) &&
			o.roster.Among(p.Removal.Members, o.Me.ID) {
			about[i.ID], i.Concealed = true, true
			i.Proposal = &ethics.Proposal{Step: p.Step, From: p.From, To: p.To, At: p.At}
		}
		if a := i.Approval; a != nil && about[a.Proposal] {
			i.Concealed = true
			i.Approval = &ethics.Approval{Proposal: a.Proposal, Digest: a.Digest, Approved: a.Approved, At: a.At}
		}
	}
}

// overtaken tells that there is nothing left to take: every one of these has left
// the case meanwhile, for good.
func (o *Opened) overtaken(r ethics.Removal) bool {
	barred := o.barred()
	return !slices.ContainsFunc(r.Members, func(id string) bool {
		return slices.Contains(o.file.Holders(), id) || !o.roster.Among(barred, id)
	})
}

// holdersAmong are those of these members who hold the case.
func (o *Opened) holdersAmong(members []string) []string {
	holders := o.file.Holders()
	return slices.DeleteFunc(slices.Clone(members), func(id string) bool { return !slices.Contains(holders, id) })
}

// holdersWithout are the holders who stay when these ids leave.
func (o *Opened) holdersWithout(leave []string) []string {
	return slices.DeleteFunc(o.file.Holders(), func(id string) bool { return slices.Contains(leave, id) })
}
