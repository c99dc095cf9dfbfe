package casework

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/unseal"
)

// A share on loan: lent by the approval of a request, used by the asker within some
// days, and taken away by the program when they are over.

// onLoan tells whether a request's share may be used today.
func (s *Service) onLoan(o *Opened, r ethics.VaultRequest) bool {
	return r.State == store.RequestLent && o.file.Vault != nil && r.Vault == o.file.Vault.ID && r.Until >= s.today()
}

// lendFor is what approving a request does: the approver's own share, opened in this
// session, is sealed to the asker for some days (Spans.ShareLent). Asking has carried none.
func lendFor(purpose string) func(*execution) error {
	return func(d *execution) error { return d.lend(purpose) }
}

func (d *execution) lend(purpose string) error {
	o := d.o
	asker := ""
	if p, ok := o.trusted(o.Open.ID); ok {
		asker = p.Author
	}
	if err := shareAtHand(o); err != nil {
		return err
	}
	if !slices.ContainsFunc(o.file.Shares, func(x ethics.VaultShare) bool { return x.Member == asker }) ||
		!o.roster.Another(asker, d.who.ID) {
		return errors.Join(ethics.ErrRefused, errors.New("casework: the asker holds no other share"))
	}
	if proposed := o.proposedOn(); proposed == "" || d.within(proposed) < d.today() {
		return errors.Join(ethics.ErrRefused, errors.New("casework: the request has lapsed"))
	}
	to, err := o.roster.Member(asker)
	if err != nil {
		return err
	}
	share, err := d.share(o, d.who)
	if err != nil {
		return err
	}
	at := d.place(&o.file)
	loan := ethics.Loan{Request: o.Open.ID, Purpose: purpose, Asker: asker, Share: share}
	row := ethics.VaultRequest{
		ID: loan.Request, Case: o.ID, Vault: o.file.Vault.ID, Purpose: loan.Purpose, Asker: asker, Decider: d.who.ID,
		State: store.RequestLent, Day: at.Day, Until: d.within(at.Day),
	}
	if row.Sealed, err = seal.Row(at, row.ID, ethics.KindVaultLoan, loan, author(d.who), to.Recipient); err != nil {
		return err
	}
	d.changes = append(d.changes, func(tx *store.Tx, _ *ethics.Case) error { return tx.LendShare(row) })
	return nil
}

// within is the last day of a request or loan that began on this day.
func (s *Service) within(day ethics.Day) ethics.Day {
	return string(policy.Day(day).AddPeriod(policy.Days(s.Policy.Spans.ShareLent)))
}

// proposedOn is the day on which the open proposal was made.
func (o *Opened) proposedOn() ethics.Day {
	for _, p := range o.file.Proposals {
		if p.ID == o.Open.ID {
			return p.Day
		}
	}
	return ""
}

// borrowed opens the share that a colleague lent for this purpose.
func (s *Service) borrowed(o *Opened, who *appoint.Acting, request, purpose string) (ethics.Share, error) {
	i := slices.IndexFunc(o.file.Requests, func(r ethics.VaultRequest) bool {
		return r.ID == request && r.Asker == who.ID && r.Purpose == purpose && s.onLoan(o, r)
	})
	if i < 0 {
		return ethics.Share{}, ethics.ErrConflict
	}
	row := o.file.Requests[i]
	id, err := who.Secret.MemberIdentity()
	if err != nil {
		return ethics.Share{}, err
	}
	want := o.rowHeader(row.ID, ethics.KindVaultLoan, row.Decider, row.Day)
	var loan ethics.Loan
	if err := unseal.Row(row.Sealed, id, id.Recipient().String(), want, o.verifier, &loan); err != nil {
		return ethics.Share{}, err
	}
	if loan.Request != request || loan.Purpose != purpose || loan.Asker != who.ID || loan.Share.Member != row.Decider ||
		!o.roster.Another(who.ID, row.Decider) {
		return ethics.Share{}, untrusted("a share lent for something else")
	}
	return loan.Share, nil
}

// EndLapsedLoans takes lent shares away whose days are over. It needs no key; the
// program calls it nightly, and what it finds cannot be used before either.
func (s *Service) EndLapsedLoans(ctx context.Context) error {
	var cases []string
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		cases, err = tx.LapsedLoans(s.today())
		return err
	})
	for _, id := range cases {
		if err == nil {
			err = s.endLapsed(ctx, id)
		}
	}
	return err
}

func (s *Service) endLapsed(ctx context.Context, caseID string) error {
	e := store.Entry{
		ID: uuid.NewString(), Day: s.today(), Kind: record.KindLoanLapsed, Actor: ethics.ActorSystem,
		Stream: ethics.CaseStream(caseID),
	}
	return s.Store.Write(ctx, e, func(tx *store.Tx) error { return tx.EndLapsed(caseID, s.today()) })
}
