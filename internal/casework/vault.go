package casework

import (
	"context"
	"fmt"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/record"
	"svilpe/internal/routing"
	"svilpe/internal/store"
	"svilpe/internal/unseal"
	"svilpe/internal/vault"
)

// What the form of opening the details asks.
const (
	askReporterReason = "reporter_reason"
	askNotice         = "notice"
	askNoticeUntil    = "notice_until"
	noticeDeferred    = "deferred"
)

// ErrShares is the ErrRefused of an act about the vault that no two who hold the
// case have shares for, or the viewer none.
var ErrShares = fmt.Errorf("casework: no two who hold the case have shares of its vault: %w", ethics.ErrRefused)

// Vault is what a holder of the case sees of its vault: never what is in it.
type Vault struct {
	Holders []Keeper
	Mine    bool   // the viewer has one
	Loan    *Lent  // a share that was lent to the viewer
	Waiting string // name of a colleague to whom one was lent

	people int // keepers at hand
}

// Keeper is somebody with a share of a vault.
type Keeper struct {
	Name   string
	AtHand bool // holds the case too: only these can ask and approve
}

// Openable tells whether two of the keepers could open the vault together.
func (v *Vault) Openable() bool { return v.people >= vault.Least }

// Lent is a colleague's share that the viewer may use now.
type Lent struct {
	Request, Purpose string
	From             string // name
	Until            ethics.Day
}

// describeVault fills Opened.Vault; nil where the case has none.
func (s *Service) describeVault(o *Opened) {
	if o.file.Vault == nil {
		return
	}
	o.Vault = &Vault{}
	var atHand []string
	for _, x := range o.file.Shares {
		k := Keeper{o.name(x.Member), slices.Contains(o.file.Holders(), x.Member)}
		if k.AtHand {
			atHand = append(atHand, x.Member)
		}
		o.Vault.Holders = append(o.Vault.Holders, k)
		o.Vault.Mine = o.Vault.Mine || x.Member == o.Me.ID
	}
	o.Vault.people = o.roster.People(atHand...)
	for _, r := range o.file.Requests {
		switch {
		case !s.onLoan(o, r):
		case r.Asker == o.Me.ID:
			o.Vault.Loan = &Lent{Request: r.ID, Purpose: r.Purpose, From: o.name(r.Decider), Until: r.Until}
		default:
			o.Vault.Waiting = o.name(r.Asker)
		}
	}
}

// shareAtHand refuses an act about the vault that this member cannot end: without
// a share there is nothing to combine, and one share on loan is enough.
func shareAtHand(o *Opened) error {
	switch v := o.Vault; {
	case v == nil || !v.Mine || !v.Openable():
		return ErrShares
	case v.Loan != nil || v.Waiting != "":
		return ethics.ErrConflict
	}
	return nil
}

// share opens the member's own share of the case's vault.
func (s *Service) share(o *Opened, who *appoint.Acting) (ethics.Share, error) {
	v := o.file.Vault
	i := slices.IndexFunc(o.file.Shares, func(x ethics.VaultShare) bool { return x.Member == who.ID })
	if v == nil || i < 0 {
		return ethics.Share{}, ethics.ErrRefused
	}
	id, err := who.Secret.MemberIdentity()
	if err != nil {
		return ethics.Share{}, err
	}
	row := o.file.Shares[i]
	want := o.rowHeader(v.ID, ethics.KindVaultShare, row.Dealer, row.Day)
	var share ethics.Share
	if err := unseal.Row(row.Sealed, id, id.Recipient().String(), want, o.verifier, &share); err != nil {
		return share, err
	}
	if share.Member != who.ID {
		return ethics.Share{}, untrusted("another's share")
	}
	return share, nil
}

// rowHeader is what the header of a row beside the thread must say.
func (o *Opened) rowHeader(id string, kind ethics.EnvelopeKind, author string, day ethics.Day) payload.Header {
	return payload.Header{
		Installation: o.file.Installation.ID, Stream: ethics.CaseStream(o.ID), ID: id, Kind: string(kind),
		Day: day, Author: author,
	}
}

// combined is an opened vault, in the memory of one request.
type combined struct {
	signed  []byte // by the reporter
	details ethics.Identity
}

// combine opens the vault with the member's own share and the lent one. The two
// people are told apart by mathematics: without the other's share there is no key.
func (s *Service) combine(o *Opened, who *appoint.Acting, request, purpose string) (combined, error) {
	lent, err := s.borrowed(o, who, request, purpose)
	if err != nil {
		return combined{}, err
	}
	own, err := s.share(o, who)
	if err != nil {
		return combined{}, err
	}
	v := *o.file.Vault
	id, err := vault.Combine(v, o.file.Shares, own, lent)
	if err != nil {
		return combined{}, err
	}
	want := o.rowHeader(v.ID, ethics.KindVault, v.Dealer, v.Day)
	var sealed ethics.SealedIdentity
	if err := unseal.Row(v.Sealed, id, v.Recipient, want, o.verifier, &sealed); err != nil {
		return combined{}, err
	}
	out := combined{signed: sealed.Signed}
	for _, keys := range o.file.Verifiers(o.roster) { // signed once, with the code of that time
		if err = unseal.Signed(out.signed, vault.SignedHeader(want.Installation, o.ID), keys,
			&out.details); err == nil {
			break
		}
	}
	return out, err
}

// dealAnew deals the same signed details to those who may hold a share today,
// under a fresh identity.
func (s *Service) dealAnew(o *Opened, who *appoint.Acting, signed []byte) (vault.Dealt, error) {
	if err := o.exclusionsKnown(); err != nil {
		return vault.Dealt{}, err
	}
	q := routing.Of(*o.Report, s.today())
	q.Excluded, q.Escalated = slices.Concat(o.barred(), o.file.FormerHolders()), o.senior()
	members, err := routing.VaultHolders(o.roster, q)
	if err != nil {
		return vault.Dealt{}, err
	}
	var holders []vault.Holder
	for _, m := range members {
		holders = append(holders, vault.Holder{ID: m.ID, Recipient: m.Recipient})
	}
	return vault.Deal(s.place(&o.file), signed, holders, author(who))
}

// OpenIdentity combines the viewer's share with the lent one and gives the
// reporter's details, once: they are shown and not kept. In the same transaction
// the request is used up, the vault is dealt anew, and the reporter is told, at
// once or from the day that two people set. ErrConflict when nothing is on loan.
func (s *Service) OpenIdentity(
	ctx context.Context, who *appoint.Acting, number, request string, draft derive.Secret,
) (ethics.Identity, error) {
	var details ethics.Identity
	taken, err := s.write(ctx, who, number, draft, ethics.KindRevealed, func(o *Opened) (written, error) {
		if !s.Policy.Allowed(o.Me, string(ethics.ActUnseal)) || !o.Me.Stated {
			return written{}, ethics.ErrNotFound
		}
		c, err := s.combine(o, who, request, ethics.LoanOpen)
		if err != nil {
			return written{}, err
		}
		notice, err := o.notice(request)
		if err != nil {
			return written{}, err
		}
		dealt, err := s.dealAnew(o, who, c.signed)
		if err != nil {
			return written{}, err
		}
		notice.At = s.Now().UnixMilli()
		l := s.newSealer(o, who)
		if err := l.add(draft.EnvelopeID(o.ID, ethics.KindRevealed), ethics.KindRevealed, notice, true); err != nil {
			return written{}, err
		}
		details = c.details
		return written{envelopes: l.out, kind: record.KindIdentityOpened, change: renewed(request, dealt)}, nil
	})
	if err == nil && taken.Again {
		err = ethics.ErrConflict // shown once
	}
	if err != nil {
		return ethics.Identity{}, err
	}
	return details, nil
}

// RenewVault deals the vault anew with the viewer's share and the lent one, and
// shows nothing: after a holder left, or a password became known.
func (s *Service) RenewVault(
	ctx context.Context, who *appoint.Acting, number, request string, draft derive.Secret,
) error {
	_, err := s.write(ctx, who, number, draft, ethics.KindVault, func(o *Opened) (written, error) {
		c, err := s.combine(o, who, request, ethics.LoanRenew)
		if err != nil {
			return written{}, err
		}
		dealt, err := s.dealAnew(o, who, c.signed)
		if err != nil {
			return written{}, err
		}
		return written{kind: record.KindVaultDealt, change: renewed(request, dealt)}, nil
	})
	return err
}

// renewed uses a request up and puts the vault that was dealt in its place.
func renewed(request string, dealt vault.Dealt) func(*store.Tx, *ethics.Case) error {
	return func(tx *store.Tx, _ *ethics.Case) error {
		if err := tx.EndRequest(request, store.RequestUsed); err != nil {
			return err
		}
		return tx.PutVault(dealt.Vault, dealt.Shares)
	}
}

// notice is what two people agreed to tell the reporter, from the step that the
// second of them took.
func (o *Opened) notice(request string) (ethics.Revealed, error) {
	for _, i := range o.Thread {
		if i.Step == nil || i.Untrusted || i.Step.ID != ethics.ActUnseal || i.Step.Proposal != request {
			continue
		}
		n := ethics.Revealed{Reason: firstValue(i.Step.Statements, askReporterReason)}
		if firstValue(i.Step.Statements, askNotice) == noticeDeferred {
			n.Until = firstValue(i.Step.Statements, askNoticeUntil)
		}
		return n, nil
	}
	return ethics.Revealed{}, untrusted("the step that two people took")
}
