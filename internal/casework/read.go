package casework

import (
	"bytes"
	"errors"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/store"
	"svilpe/internal/unseal"
)

// read opens every envelope of the case and tells how many cannot be trusted.
// One that was spoilt does not hide the others.
func (s *Service) read(o *Opened, who *appoint.Acting) (spoilt int, err error) {
	o.fileKey, o.opened = map[string][]byte{}, map[string]bool{}
	stated := false
	for _, env := range o.file.Envelopes {
		item := Item{ID: env.ID, Kind: env.Kind, Author: env.Author, Name: o.name(env.Author), Day: env.Day}
		var known bool
		if known, err = o.item(&item, env); err != nil {
			item = Item{ID: env.ID, Kind: env.Kind, Author: env.Author, Name: item.Name, Day: env.Day, Untrusted: true}
			spoilt++
		}
		o.opened[env.ID] = err == nil
		if env.Kind == ethics.KindStatement && env.Author == who.ID && !item.Untrusted {
			var st ethics.Statement
			if err := o.open(env, &st); err != nil || !bytes.Equal(st.First, o.file.First[:]) {
				return spoilt, untrusted("not the case this member stated to have opened")
			}
			stated = true
		}
		if known || item.Untrusted && isShown(env.Kind) {
			o.Thread = append(o.Thread, item)
		}
	}
	if !stated {
		return spoilt, untrusted("the member's own statement is missing")
	}
	return spoilt + s.distrustUnapproved(o), errors.Join(o.checkStatusesNamed(), o.checkRemovals())
}

func isShown(kind ethics.EnvelopeKind) bool {
	return kind != ethics.KindFileKeys && kind != ethics.KindOldSecret && kind != ethics.KindStatement
}

// open decodes one envelope's body after row, header, signature and entry agree.
func (o *Opened) open(env ethics.Envelope, body any) error {
	if !o.file.Trusted(env) {
		return untrusted("row and entry differ")
	}
	id, held := o.keys[env.Epoch]
	if !held {
		return untrusted("no key for this epoch")
	}
	return unseal.Envelope(o.file.Installation.ID, env, id, o.file.RecipientOf(env.Epoch),
		o.file.ReporterAt(env.ID), o.verifier, body)
}

// item fills an item from its envelope; known is false for kinds that are no
// part of the thread.
func (o *Opened) item(i *Item, env ethics.Envelope) (known bool, err error) {
	switch env.Kind {
	case ethics.KindReport:
		var r ethics.Report
		if err = o.open(env, &r); err == nil {
			err = o.checkNamedStatus(env, r.Status)
		}
		if err == nil {
			o.Report, o.ReportID, i.Files = &r, env.ID, r.Files
		}
	case ethics.KindReceipt:
		i.Receipt, err = o.receipt(env)
		return true, err
	case ethics.KindMessage:
		var m ethics.Message
		if err = o.open(env, &m); err == nil {
			err = o.checkNamedStatus(env, m.Status)
		}
		i.Text, i.Files, i.Event, i.With, i.To, i.At = m.Text, m.Files, m.Event, m.Step, m.To, m.At
		return true, err
	case ethics.KindNote:
		var n ethics.Note
		if err = o.open(env, &n); err == nil {
			err = o.checkNamedStatus(env, n.Status)
		}
		i.Text, i.Event, i.At = n.Text, n.Event, n.At
		return true, err
	case ethics.KindStep:
		var st ethics.Step
		if err = o.open(env, &st); err == nil {
			err = o.checkStep(env, st)
		}
		i.Step, i.At = &st, st.At
		return true, err
	case ethics.KindProposal:
		var p ethics.Proposal
		err = o.open(env, &p)
		i.Proposal, i.At = &p, p.At
		return true, err
	case ethics.KindApproval:
		var a ethics.Approval
		err = o.open(env, &a)
		i.Approval, i.At = &a, a.At
		return true, err
	case ethics.KindIdentified:
		var x ethics.Identified
		if err = o.open(env, &x); err == nil {
			err = o.checkNamedStatus(env, x.Status)
		}
		i.Identified = &x
		return true, err
	case ethics.KindRevealed:
		var x ethics.Revealed
		err = o.open(env, &x)
		i.Revealed, i.At = &x, x.At
		return true, err
	case ethics.KindExported:
		var x ethics.Exported
		err = o.open(env, &x)
		i.Exported, i.At = &x, x.At
		return true, err
	case ethics.KindRedaction:
		var r ethics.Redaction
		if err = o.open(env, &r); err == nil {
			err = o.redact(env, r)
		}
		i.Redaction, i.At = &r, r.At
		return true, err
	case ethics.KindFileKeys:
		var k ethics.FileKeys
		if err = o.open(env, &k); err == nil {
			for id, secret := range k.Secrets {
				o.fileKey[id] = secret
			}
		}
	case ethics.KindRemoval:
		var r ethics.Removal
		if err = o.open(env, &r); err == nil {
			err = o.checkRemoval(env, r)
		}
		i.Removal, i.At = &r, r.At
		return true, err
	case ethics.KindOldSecret: // for the reporter's new code alone
		if !o.file.Trusted(env) {
			err = untrusted("row and entry differ")
		}
	case ethics.KindStatement:
		err = o.open(env, &ethics.Statement{})
	default:
		err = untrusted("unknown kind")
	}
	return false, err
}

// receipt opens the automatic first message. Of the system nothing is taken but
// that this very case was received: no page shows its own text.
func (o *Opened) receipt(env ethics.Envelope) (*ethics.Receipt, error) {
	var r ethics.Receipt
	if err := o.open(env, &r); err != nil {
		return nil, err
	}
	track := o.file.Track
	if o.Report != nil {
		track = o.Report.Track // it may have been changed since
	}
	if !o.policy.IsReceipt(r, o.file.Number, track, o.file.Received, o.file.FirstEvents()) {
		return nil, untrusted("not the receipt of this case")
	}
	r.Text = ""
	return &r, nil
}

func (o *Opened) name(author string) string {
	if m, err := o.roster.Member(author); err == nil {
		return m.Name
	}
	return author
}

// describe fills facts, holders, deadlines and what waits for a second person.
func (s *Service) describe(o *Opened, who *appoint.Acting, g store.Grant) error {
	o.Case, o.Events, o.Missing = o.file.Case, o.file.Events, o.file.Missing
	o.Me = s.member(who, o.Case, g)
	for _, x := range o.file.Grants {
		if x.Via == store.ViaRenewed {
			continue
		}
		h := Holder{
			Member: x.Member, Name: o.name(x.Member), Giver: x.Giver, Via: x.Via, Day: x.Day, Stated: x.Stated,
			Roles: o.roster.AllRoles(x.Member, s.today()),
		}
		if x.Giver != ethics.ActorReporter {
			h.Giver = o.name(x.Giver)
		}
		o.Holders = append(o.Holders, h)
	}
	var err error
	if o.Dues, err = s.Policy.Due(o.Track, policy.Events(o.Events)); err != nil {
		return err
	}
	o.Facts = policy.Facts{
		Track: o.Track, State: o.State, Previous: o.Previous,
		FeedbackSent: s.Policy.FeedbackSent(policy.Events(o.Events)),
		Flags:        s.Policy.Flagged(policy.Events(o.Events)),
	}
	o.Facts.Extendable, o.Facts.NoticeOpen = s.Policy.Extendable(o.Dues,
		policy.Day(s.today())), policy.NoticeOpen(o.Dues)
	var examiners []string
	for _, x := range o.file.Grants {
		if x.Via == "assigned" && x.Stated {
			examiners = append(examiners, x.Member)
		}
	}
	o.Facts.Examiners, o.Facts.Another = o.roster.People(examiners...), o.roster.Another
	if o.Report != nil {
		if a := o.Report.Answers["if_not_recognised"]; len(a) > 0 {
			o.Facts.IfNotRecognised = a[0]
		}
	}
	for _, i := range o.Thread {
		if i.Identified != nil && !i.Untrusted && i.Identified.IfNotRecognised != "" {
			o.Facts.IfNotRecognised = i.Identified.IfNotRecognised
		}
	}
	for _, d := range o.Dues {
		o.Facts.Recognition = o.Facts.Recognition || d.ID == "recognition" && d.Stopped == ""
	}
	s.describeVault(o)
	o.Facts.WatchOver = s.Policy.WatchOver(o.Track, policy.Events(o.Events), policy.Day(s.today()))
	o.measures()
	s.mediation(o)
	s.readDecision(o)
	o.Links = o.links()
	o.conceal()
	s.waiting(o)
	return nil
}

// waiting finds the open proposal and whether the viewer may decide on it.
func (s *Service) waiting(o *Opened) {
	for _, p := range o.file.Proposals {
		if p.State != "open" {
			continue
		}
		step, _ := s.Policy.Act(p.Step)
		o.Open = &OpenProposal{
			ID: p.ID, Proposer: o.name(p.Proposer), Step: step, Mine: o.roster.Same(p.Proposer, o.Me.ID),
			May: s.Policy.MayApprove(o.Me, p.Step, p.Proposer, o.Facts),
		}
		for _, i := range o.Thread {
			takes := i.Proposal != nil && (i.Proposal.Removal != nil || i.Concealed)
			if i.ID == p.ID && !i.Untrusted && i.Author == p.Proposer && takes == acts[p.Step].takes {
				o.Open.Content, o.Open.Concerns = i.Proposal, i.Concealed
			}
		}
		o.Open.SameName = o.roster.ByName(p.Proposer, o.Me.ID) ||
			errors.Is(o.Open.May, policy.ErrAuthor) && o.roster.ByName(o.Facts.DraftAuthor, o.Me.ID)
		if o.Open.SameName {
			o.Open.May = errors.Join(ethics.ErrSameName, o.Open.May)
		}
		if o.Open.Content == nil {
			o.Open.May = untrusted("proposal")
		}
		if o.hasUntrustedStep() {
			// Who wrote the draft, and what was decided so far, is in the steps; who
			// should have a say still, in the removals.
			o.Open.May = untrusted("a step, or a removal")
		}
		if !slices.Contains(o.file.Holders(), p.Proposer) {
			o.Open.May = untrusted("proposed by somebody who left the case")
		}
		if r := o.Open.Content; r != nil && r.Removal != nil && o.overtaken(*r.Removal) {
			o.Open.May = ethics.ErrConflict
		}
		second := slices.ContainsFunc([]string(step.Approver), func(r string) bool {
			return slices.Contains(o.Me.Roles, r)
		})
		o.Open.MayReject = !o.Open.Mine && second && o.Me.Stated && !o.Open.Concerns
		if o.Open.Concerns {
			o.Open.May = ErrConcerned
		}
	}
}
