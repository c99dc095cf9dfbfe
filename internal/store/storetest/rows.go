package storetest

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"

	"github.com/google/uuid"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
)

// Filed is what the test filed in one case.
type Filed struct {
	ethics.Case
	Draft     derive.Secret
	Envelopes []ethics.Envelope
	Stored    store.StoredFile
	Reporter  derive.Secret
}

// File files a case with epoch, events, two grants, two envelopes, a file of three
// chunks, a vault with a share on loan.
func (w *World) File() Filed {
	w.T.Helper()
	secret, reporter := derive.New(), derive.New()
	f := Filed{Draft: derive.New(), Reporter: reporter}
	f.ID = f.Draft.CaseID()
	ident, err := secret.CaseIdentity(f.ID, 0)
	Must(w.T, err)
	ri, err := reporter.ReporterIdentity()
	Must(w.T, err)
	by := seal.Author{ID: ethics.ActorReporter, Key: reporter.ReporterSigner()}
	f.Case = ethics.Case{
		ID: f.ID, Institution: "home", Category: "bribery", Track: "anonymous", State: "received",
		Received: Today, Changed: Today,
		ReporterRecipient: ri.Recipient().String(), ReporterVerifier: by.Key.Public().(ed25519.PublicKey),
	}
	f.Stored = w.Receive(f.Draft)
	f.Stored.Case, f.Stored.Envelope = f.ID, f.Draft.EnvelopeID(f.ID, ethics.KindReport)
	recipient := ident.Recipient().String()
	for i, kind := range []ethics.EnvelopeKind{ethics.KindReport, ethics.KindReceipt} {
		at := seal.Place{
			Installation: Installation, Stream: ethics.CaseStream(f.ID), Sequence: i,
			Day: Today, Policy: policy.Version,
		}
		author := by
		if kind == ethics.KindReceipt {
			author = seal.Author{ID: ethics.ActorSystem, Key: derive.New().MemberSigner()}
		}
		report := ethics.Report{Category: "bribery"}
		e, err := seal.Envelope(at, f.Draft.EnvelopeID(f.ID, kind), kind, report, author,
			recipient, f.ReporterRecipient)
		Must(w.T, err)
		f.Envelopes = append(f.Envelopes, e)
	}
	st := w.First(f, "received", "entered_phone")
	w.Write("filed", ethics.CaseStream(f.ID), func(tx *store.Tx) error { return f.store(tx, recipient, by, st) })
	w.reread(&f)
	return f
}

func (w *World) reread(f *Filed) {
	w.T.Helper()
	w.Read(func(tx *store.ReadTx) (err error) {
		f.Case, err = tx.Case(f.ID)
		return err
	})
}

func (f *Filed) store(tx *store.Tx, recipient string, by seal.Author, st *ethics.SignedStatus) error {
	c, err := tx.AddCase(f.Case, []string{"2026-" + f.ID[:5]}, LocatorOf(f.ID))
	if err != nil {
		return err
	}
	signed := seal.Epoch(Installation, c.ID, 0, recipient, by)
	if err := tx.AddEpoch(store.Epoch{
		Case: c.ID, Recipient: recipient, Signer: by.ID, Day: Today, Signature: signed,
	}); err != nil {
		return err
	}
	for _, m := range []string{"anna", "berta"} {
		if err := tx.AddGrants(f.Grant(m)); err != nil {
			return err
		}
	}
	for _, e := range f.Envelopes {
		if err := tx.AddEnvelope(&c, e); err != nil {
			return err
		}
	}
	if err := tx.FileFile(f.Stored.ID, c.ID, f.Stored.Envelope, f.Draft.DraftHash(), Today); err != nil {
		return err
	}
	p := store.Proposal{ID: "p" + c.ID, Case: c.ID, Step: "close", Proposer: "anna", State: "open", Day: Today}
	if err := tx.AddProposal(p); err != nil {
		return err
	}
	v, shares := VaultRows(c.ID, "v"+c.ID)
	if err := tx.PutVault(v, shares); err != nil {
		return err
	}
	if err := tx.LendShare(Loan(c.ID, v.ID, "r"+c.ID)); err != nil {
		return err
	}
	return tx.Settle(c, st, Today)
}

// Grant is the grant with which a case is filed.
func (f *Filed) Grant(member string) store.Grant {
	by := seal.Author{ID: ethics.ActorReporter, Key: f.Reporter.ReporterSigner()}
	return Signed(store.Grant{
		Case: f.ID, Member: member, ID: f.ID[:8] + member, Via: store.ViaRouted, Day: Today,
		Sealed: []byte("grant " + member),
	}, by)
}

// Signed is a grant as its giver signs it.
func Signed(g store.Grant, by seal.Author) store.Grant {
	g.Giver = by.ID
	at := seal.Place{Installation: Installation, Stream: ethics.CaseStream(g.Case), Epoch: g.Epoch, Day: g.Day}
	g.Signature = seal.SignGrant(at, g.ID, g.Member, g.Via, by)
	return g
}

// VaultRows are a vault of two holders, as far as the store looks.
func VaultRows(caseID, id string) (ethics.Vault, []ethics.VaultShare) {
	v := ethics.Vault{ID: id, Case: caseID, Dealer: ethics.ActorReporter, Recipient: "age1pq1" +
		id, Day: Today, Sealed: []byte("details " + id)}
	var shares []ethics.VaultShare
	for _, m := range []string{"anna", "berta"} {
		shares = append(shares, ethics.VaultShare{
			Vault: id, Case: caseID, Member: m, Dealer: v.Dealer, Digest: []byte("digest " + id + m), Day: Today,
			Sealed: []byte("share " + id + m),
		})
	}
	return v, shares
}

// Loan is a share that berta lends to anna.
func Loan(caseID, vault, id string) ethics.VaultRequest {
	return ethics.VaultRequest{
		ID: id, Case: caseID, Vault: vault, Purpose: ethics.LoanOpen, Asker: "anna", Decider: "berta",
		State: store.RequestLent,
		Day:   Today, Until: "2026-11-29", Sealed: []byte("lent " + id),
	}
}

// LocatorOf is the locator by which a case is found.
func LocatorOf(id string) []byte {
	h := sha256.Sum256([]byte(id))
	return h[:]
}

// Receive stores a file of three chunks for a draft.
func (w *World) Receive(draft derive.Secret) store.StoredFile {
	w.T.Helper()
	f := store.StoredFile{ID: uuid.NewString(), Draft: draft.DraftHash(), Chunks: 3}
	whole := sha256.New()
	chunks := [][]byte{Noise(4000), Noise(4000), Noise(100)}
	for _, c := range chunks {
		sum := sha256.Sum256(c)
		f.ChunkDigests = append(f.ChunkDigests, sum[:]...)
		f.Size += int64(len(c))
		whole.Write(c)
	}
	f.SHA256 = whole.Sum(nil)
	Must(w.T, w.S.Scratch(context.Background(), func(tx *store.ScratchTx) error {
		if err := tx.BeginFile(f.ID, f.Draft, Today); err != nil {
			return err
		}
		if err := tx.AddChunks(f.ID, 0, chunks); err != nil {
			return err
		}
		return tx.EndFile(f)
	}))
	return f
}

// Plain stores a case with one envelope of 20 KiB, and nothing that opens it.
func Plain(id string) func(*store.Tx) error {
	reporter := derive.New()
	ident, err := reporter.ReporterIdentity()
	if err != nil {
		return func(*store.Tx) error { return err }
	}
	f := Filed{Reporter: reporter, Case: ethics.Case{
		ID: id, Institution: "home", Category: "bribery", Track: "anonymous", State: "received",
		Received: Today, Changed: Today,
		ReporterRecipient: ident.Recipient().String(),
		ReporterVerifier:  reporter.ReporterSigner().Public().(ed25519.PublicKey),
	}}
	st, err := seal.Status(f.first("received", "entered_phone"),
		seal.Author{ID: ethics.ActorReporter, Key: reporter.ReporterSigner()})
	return func(tx *store.Tx) error {
		c, err := f.Case, err
		if err == nil {
			c, err = tx.AddCase(c, []string{"2026-" + id[:13]}, LocatorOf(id))
		}
		if err != nil {
			return err
		}
		e := ethics.Envelope{
			ID: "e" + id, Case: id, Kind: ethics.KindReport, Author: ethics.ActorReporter, Day: Today,
			Sealed: make([]byte, 20<<10),
		}
		if err := tx.AddEnvelope(&c, e); err != nil {
			return err
		}
		return tx.Settle(c, st, Today)
	}
}

// NewCode gives a case another reporter.
func (w *World) NewCode(f *Filed) {
	w.T.Helper()
	next := derive.New()
	id, err := next.ReporterIdentity()
	Must(w.T, err)
	locator := LocatorOf(next.CaseID())
	verifier := next.ReporterSigner().Public().(ed25519.PublicKey)
	keys := store.KeysOf(ethics.Case{ReporterRecipient: id.Recipient().String(), ReporterVerifier: verifier}, locator)
	x := store.CodeChange{Case: f.ID, Old: store.KeysOf(f.Case, LocatorOf(f.ID)), Envelope: "old" + f.ID, Day: Today}
	stated := payload.CodeStatement(Installation, f.ID, x.N, x.Envelope, keys.Mark, keys.Recipient, keys.Verifier)
	x.Signature = payload.SignStatement(payload.LabelCode, stated, f.Reporter.ReporterSigner())
	w.Write(record.KindNewCode, ethics.CaseStream(f.ID), func(tx *store.Tx) error {
		c, err := tx.Case(f.ID)
		if err != nil {
			return err
		}
		return errors.Join(tx.ReplaceCode(&c, x, keys, locator), tx.PutCase(c))
	})
	w.reread(f)
	f.Reporter = next
}

// Gift is a declaration of home.
func Gift() store.Gift {
	return store.Gift{
		ID: "gift", Institution: "home", Number: "D-2026-00000", Verifier: []byte{1}, Day: Today, Sealed: []byte{2},
	}
}
