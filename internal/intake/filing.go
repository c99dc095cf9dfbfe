package intake

import (
	"context"
	"crypto/ed25519"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/token"
	"svilpe/internal/vault"
)

// filing is everything that one transaction writes.
type filing struct {
	number     string
	row        ethics.Case
	locator    [32]byte
	epoch      store.Epoch
	grants     []store.Grant
	vault      *vault.Dealt // nil: no personal details were given
	status     *ethics.SignedStatus
	envelopes  []ethics.Envelope
	events     []ethics.Event
	files      []ethics.File
	draft      []byte
	commitment []byte
	actor      string // of the entry: the reporter, or the member who entered the report
}

// prepare makes keys, grants and envelopes. The case secret is random and made
// here: the reporter cannot derive it.
func (s *Service) prepare(
	ctx context.Context, draft derive.Secret, code token.Code, r ethics.Report, to recipients,
) (filing, error) {
	var f filing
	var in store.Installation
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if in, err = tx.Installation(); err != nil {
			return err
		}
		f.number, err = freeNumber(tx, s.Today())
		return err
	})
	if err != nil {
		return f, err
	}
	reporter := derive.Secret(code.ReporterSecret(in.Salt))
	by := seal.Author{ID: ethics.ActorReporter, Key: reporter.ReporterSigner()}
	reporterID, err := reporter.ReporterIdentity()
	if err != nil {
		return f, err
	}
	caseSecret, caseID := derive.New(), draft.CaseID()
	caseIdentity, err := caseSecret.CaseIdentity(caseID, 0)
	if err != nil {
		return f, err
	}
	day := s.Today()
	f.locator = token.LocatorHash(code.Locator(in.Salt))
	f.events, f.actor = []ethics.Event{{Name: ethics.Entered(ethics.StateReceived), Day: day}}, ethics.ActorReporter
	if r.EnteredBy != "" {
		f.actor = r.EnteredBy
		f.events = append(f.events, ethics.Event{Name: ethics.CameBy(r.Way), Day: day})
	}
	f.row = ethics.Case{
		ID: caseID, Institution: r.Institution, Category: r.Category, Track: r.Track, State: ethics.StateReceived,
		Received: day, Changed: day, ReporterRecipient: seal.Remember(reporterID.Recipient()),
		ReporterVerifier: by.Key.Public().(ed25519.PublicKey),
	}
	at := seal.Place{Installation: in.ID, Stream: ethics.CaseStream(caseID), Day: day, Policy: policy.Version}
	if f.vault, err = deal(at, r, to.keepers, by); err != nil {
		return f, err
	}
	if f.vault != nil {
		f.events = append(f.events, ethics.Event{Name: ethics.EventIdentityGiven, Day: day})
	}
	if f.row.Due, f.row.DueID, err = s.Policy.Nearest(r.Track, f.events); err != nil {
		return f, err
	}
	if f.status, err = seal.Status(firstStatus(in.ID, f.row, f.events), by); err != nil {
		return f, err
	}
	f.draft, f.files = draft.DraftHash(), r.Files
	if f.commitment, err = commitment(code, in.Salt, r); err != nil {
		return f, err
	}
	recipient := seal.Remember(caseIdentity.Recipient())
	f.epoch = store.Epoch{
		Case: caseID, Recipient: recipient, Signer: by.ID, Day: day,
		Signature: seal.Epoch(in.ID, caseID, 0, recipient, by),
	}
	if f.grants, err = grants(at, caseSecret, by, to.readers); err != nil {
		return f, err
	}
	f.envelopes, err = s.envelopes(at, draft, r, f, by, recipient)
	return f, err
}

// firstStatus is where a case stands when it is filed.
func firstStatus(installation string, c ethics.Case, events []ethics.Event) ethics.Status {
	s := ethics.Status{
		Installation: installation, Stream: ethics.CaseStream(c.ID), Day: c.Received,
		Policy: ethics.PolicyVersion, Act: ethics.ActFile,
		Institution: c.Institution, State: c.State, Track: c.Track, Category: c.Category,
	}
	for _, e := range events {
		s.Events = append(s.Events, e.Name)
	}
	return s
}

// grants seals the case secret to each first reader, signed with the reporter's
// key, which is at hand from the draft.
func grants(at seal.Place, caseSecret derive.Secret, by seal.Author, readers []appoint.Member) ([]store.Grant, error) {
	var out []store.Grant
	for _, m := range readers {
		g := store.Grant{
			Case: ethics.CaseOf(at.Stream), Member: m.ID, ID: uuid.NewString(), Giver: by.ID,
			Via: store.ViaRouted, Day: at.Day,
		}
		var err error
		g.Signature = seal.SignGrant(at, g.ID, g.Member, g.Via, by)
		g.Sealed, err = seal.Grant(at, g.ID, ethics.Grant{Member: m.ID, Secrets: map[int][]byte{0: caseSecret[:]}},
			by, m.Recipient)
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, nil
}

func (s *Service) envelopes(
	at seal.Place, draft derive.Secret, r ethics.Report, f filing, by seal.Author, recipient string,
) ([]ethics.Envelope, error) {
	receipt, err := s.Policy.Receipt(f.number, r.Track, f.row.Received, f.events)
	if err != nil {
		return nil, err
	}
	receipt.Text = s.ReceiptText(r.Language, receipt.Params)
	system := seal.Author{ID: ethics.ActorSystem, Key: s.System}

	r.Status = f.status.Digest() // here alone: the commitment is to what the reporter wrote
	report, err := seal.Envelope(at, draft.EnvelopeID(f.row.ID, ethics.KindReport), ethics.KindReport, r, by,
		recipient, f.row.ReporterRecipient)
	if err != nil {
		return nil, err
	}
	at.Sequence++
	first, err := seal.Envelope(at, draft.EnvelopeID(f.row.ID, ethics.KindReceipt), ethics.KindReceipt, receipt, system,
		recipient, f.row.ReporterRecipient)
	if err != nil {
		return nil, err
	}
	out := []ethics.Envelope{report, first}
	if len(r.Files) == 0 {
		return out, nil
	}
	keys := seal.FileKeys(report.ID, r.Files, draft)
	at.Sequence++
	// To the case alone: a seized code shows the report's text, not its files.
	sealed, err := seal.Envelope(at, draft.EnvelopeID(f.row.ID, ethics.KindFileKeys),
		ethics.KindFileKeys, keys, by, recipient, "")
	return append(out, sealed), err
}

// store writes it all, or nothing. A crash before the commit leaves the draft's
// files as they were; after it the report is filed and the page shows the same
// code again.
func (s *Service) store(ctx context.Context, f filing) error {
	e := store.Entry{
		ID: uuid.NewString(), Day: f.row.Received, Kind: record.KindFiled, Actor: f.actor,
		Stream: ethics.CaseStream(f.row.ID), Commitment: f.commitment,
	}
	return s.Store.Write(ctx, e, func(tx *store.Tx) error {
		c, err := tx.AddCase(f.row, []string{f.number}, f.locator[:])
		if err != nil {
			return err
		}
		if err := tx.AddEpoch(f.epoch); err != nil {
			return err
		}
		if err := tx.AddGrants(f.grants...); err != nil {
			return err
		}
		if f.vault != nil {
			if err := tx.PutVault(f.vault.Vault, f.vault.Shares); err != nil {
				return err
			}
		}
		for _, env := range f.envelopes {
			if err := tx.AddEnvelope(&c, env); err != nil {
				return err
			}
		}
		for _, file := range f.files {
			if err := tx.FileFile(file.ID, c.ID, f.envelopes[0].ID, f.draft, c.Received); err != nil {
				return err
			}
		}
		return tx.Settle(c, f.status, c.Received)
	})
}
