package record

import (
	"fmt"
	"slices"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// Cases are the rows of cases.
var Cases = &Kind[Case]{
	Info: Info{
		EndedBy: []audit.EntryKind{KindSealedOff},
		Name:    "case", Table: "cases", In: ofCase, OwnKey: true, Case: "id", Keys: 1, Order: "id",
		RenewedBy: []audit.EntryKind{Any},
		Columns: words("id number locator institution category track state previous received changed due due_id " +
			"epoch sequence reporter_recipient reporter_verifier"),
	},
	Fields: func(c *Case) []any {
		return []any{
			&c.ID, &c.Number, &c.Locator, &c.Institution, &c.Category, &c.Track, (*string)(&c.State),
			(*string)(&c.Previous), &c.Received,
			&c.Changed, &c.Due, &c.DueID, &c.Epoch, &c.Sequence, &c.ReporterRecipient, &c.ReporterVerifier,
		}
	},
	Day:    func(c *Case) ethics.Day { return c.Received },
	Key:    func(c *Case) string { return c.ID },
	Stream: func(c *Case) string { return ethics.CaseStream(c.ID) },
}

// Codes are changes of a case's code.
var Codes = &Kind[CodeChange]{
	Info: Info{
		EndedBy: []audit.EntryKind{KindSealedOff},
		Name:    "code", Table: "case_code", In: ofCase, OwnKey: true, Case: "case_id", Keys: 2, Order: "n",
		Columns: words("case_id n mark recipient verifier envelope_id signature day"),
	},
	Fields: func(x *CodeChange) []any {
		return []any{&x.Case, &x.N, &x.Old.Mark, &x.Old.Recipient, &x.Old.Verifier, &x.Envelope, &x.Signature, &x.Day}
	},
	Day:    func(x *CodeChange) ethics.Day { return x.Day },
	Key:    func(x *CodeChange) string { return fmt.Sprintf("%s/%d", x.Case, x.N) },
	Stream: func(x *CodeChange) string { return ethics.CaseStream(x.Case) },
}

// Epochs are a case's public keys.
var Epochs = &Kind[Epoch]{
	Info: Info{
		EndedBy: []audit.EntryKind{KindSealedOff},
		Name:    "epoch", Table: "case_epoch", In: ofCase, OwnKey: true, Case: "case_id", Keys: 2, Order: "epoch",
		Columns: words("case_id epoch recipient signer signature day"),
	},
	Fields: func(e *Epoch) []any {
		return []any{&e.Case, &e.Number, &e.Recipient, &e.Signer, &e.Signature, &e.Day}
	},
	Day:    func(e *Epoch) ethics.Day { return e.Day },
	Key:    func(e *Epoch) string { return fmt.Sprintf("%s/%d", e.Case, e.Number) },
	Stream: func(e *Epoch) string { return ethics.CaseStream(e.Case) },
}

// Events are what happened in a case.
var Events = &Kind[Event]{
	Info: Info{
		EndedBy: []audit.EntryKind{KindSealedOff},
		Name:    "event", Table: "case_event", In: ofCase, OwnKey: true, Case: "case_id", Keys: 2, Order: "n",
		Columns: words("case_id n name day"),
	},
	Fields: func(e *Event) []any { return []any{&e.Case, &e.N, (*string)(&e.Name), &e.Day} },
	Day:    func(e *Event) ethics.Day { return e.Day },
	Key:    func(e *Event) string { return fmt.Sprintf("%s/%d", e.Case, e.N) },
	Stream: func(e *Event) string { return ethics.CaseStream(e.Case) },
}

// Statuses are where a case or consultation stands, signed by who acted.
var Statuses = &Kind[ethics.SignedStatus]{
	Info: Info{
		EndedBy: []audit.EntryKind{KindConsultation, KindSealedOff},
		Name:    "status", Table: "case_status", In: slices.Concat(ofCase, ofConsultation), OwnKey: true,
		Case: "case_id", Keys: 2, Order: "n",
		Columns: words("case_id n body author signature day"),
	},
	Fields: func(s *ethics.SignedStatus) []any {
		return []any{&s.Case, &s.N, &s.Body, &s.Author, &s.Signature, &s.Day}
	},
	Day:    func(s *ethics.SignedStatus) ethics.Day { return s.Day },
	Key:    func(s *ethics.SignedStatus) string { return fmt.Sprintf("%s/%d", s.Case, s.N) },
	Stream: statusStream,
}

// statusStream is what the status itself says; one that cannot be read is of a case.
func statusStream(s *ethics.SignedStatus) string {
	if told, err := ethics.ReadStatus(s.Body); err == nil {
		return told.Stream
	}
	return ethics.CaseStream(s.Case)
}

// Grants are who can open a case. A member who comes back has another.
var Grants = &Kind[Grant]{
	Info: Info{
		EndedBy: []audit.EntryKind{KindRemoved, KindTermEnded, KindSealedOff},
		Name:    "grant", Table: "case_grant", In: ofCase, OwnKey: true, Case: "case_id", Keys: 1,
		Order:   "epoch, day, member_id",
		Columns: words("id case_id member_id giver via epoch day sealed signature"),
		Copies:  words("stated"), Again: "renewal",
	},
	Again: func(g *Grant) bool { return g.Via == ViaRenewed },
	Fields: func(g *Grant) []any {
		return []any{&g.ID, &g.Case, &g.Member, &g.Giver, &g.Via, &g.Epoch, &g.Day, &g.Sealed, &g.Signature}
	},
	Day:    func(g *Grant) ethics.Day { return g.Day },
	Key:    func(g *Grant) string { return g.Case + "/" + g.Member + "/" + g.ID },
	Stream: func(g *Grant) string { return ethics.CaseStream(g.Case) },
}

// Envelopes are sealed texts.
var Envelopes = &Kind[ethics.Envelope]{
	Info: Info{
		EndedBy: []audit.EntryKind{KindSealedOff},
		Name:    "envelope", Table: "envelope", In: ofCase, Case: "case_id", Keys: 2, Order: "sequence",
		Columns: words("case_id sequence id kind author epoch reporter day sealed"),
	},
	Fields: func(e *ethics.Envelope) []any {
		return []any{
			&e.Case, &e.Sequence, &e.ID, (*string)(&e.Kind), &e.Author, &e.Epoch, &e.Reporter, &e.Day, &e.Sealed,
		}
	},
	Day:    func(e *ethics.Envelope) ethics.Day { return e.Day },
	Key:    func(e *ethics.Envelope) string { return e.ID },
	Stream: func(e *ethics.Envelope) string { return ethics.CaseStream(e.Case) },
}

// Proposals are acts that wait for a second person, and what became of them.
var Proposals = &Kind[Proposal]{
	Info: Info{
		EndedBy: []audit.EntryKind{KindSealedOff},
		Name:    "proposal", Table: "proposal", In: ofCase, Case: "case_id", Keys: 1, Order: "day, id",
		RenewedBy: []audit.EntryKind{Any},
		Columns:   words("id case_id step proposer state decider day"),
	},
	Fields: func(p *Proposal) []any {
		return []any{&p.ID, &p.Case, (*string)(&p.Step), &p.Proposer, &p.State, &p.Decider, &p.Day}
	},
	Day:    func(p *Proposal) ethics.Day { return p.Day },
	Key:    func(p *Proposal) string { return p.ID },
	Stream: func(p *Proposal) string { return ethics.CaseStream(p.Case) },
}

// Vaults are reporters' personal details, apart from their cases.
var Vaults = &Kind[ethics.Vault]{
	Info: Info{
		EndedBy: []audit.EntryKind{
			KindIdentified, KindUnnamed, KindIdentityOpened, KindVaultDealt, KindIdentityErased, KindSealedOff,
		},
		Name: "vault", Table: "vault", In: ofCase, Case: "case_id", Keys: 1, Order: "id",
		Columns: words("id case_id dealer recipient day sealed"),
	},
	Fields: func(v *ethics.Vault) []any {
		return []any{&v.ID, &v.Case, &v.Dealer, &v.Recipient, &v.Day, &v.Sealed}
	},
	Day:    func(v *ethics.Vault) ethics.Day { return v.Day },
	Key:    func(v *ethics.Vault) string { return v.ID },
	Stream: func(v *ethics.Vault) string { return ethics.CaseStream(v.Case) },
}

// Shares are holders' shares of a vault.
var Shares = &Kind[ethics.VaultShare]{
	Info: Info{
		EndedBy: []audit.EntryKind{
			KindRemoved, KindTermEnded, KindIdentified, KindUnnamed, KindIdentityOpened, KindVaultDealt,
			KindIdentityErased, KindSealedOff,
		},
		Name: "vault_share", Table: "vault_share", In: ofCase, Case: "case_id", Keys: 2, Order: "vault_id, member_id",
		Columns: words("vault_id member_id case_id dealer digest day sealed"),
	},
	Fields: func(s *ethics.VaultShare) []any {
		return []any{&s.Vault, &s.Member, &s.Case, &s.Dealer, &s.Digest, &s.Day, &s.Sealed}
	},
	Day:    func(s *ethics.VaultShare) ethics.Day { return s.Day },
	Key:    func(s *ethics.VaultShare) string { return s.Vault + "/" + s.Member },
	Stream: func(s *ethics.VaultShare) string { return ethics.CaseStream(s.Case) },
}

// Requests are shares on loan.
var Requests = &Kind[ethics.VaultRequest]{
	Info: Info{
		EndedBy: []audit.EntryKind{KindSealedOff},
		Name:    "vault_request", Table: "vault_request", In: ofCase, Case: "case_id", Keys: 1, Order: "day, id",
		RenewedBy: []audit.EntryKind{Any},
		Columns:   words("id case_id vault_id purpose asker decider state day until sealed"),
	},
	Fields: func(r *ethics.VaultRequest) []any {
		return []any{&r.ID, &r.Case, &r.Vault, &r.Purpose, &r.Asker, &r.Decider, &r.State, &r.Day, &r.Until, &r.Sealed}
	},
	Day:    func(r *ethics.VaultRequest) ethics.Day { return r.Day },
	Key:    func(r *ethics.VaultRequest) string { return r.ID },
	Stream: func(r *ethics.VaultRequest) string { return ethics.CaseStream(r.Case) },
}

// Measures are what decisions ordered.
var Measures = &Kind[Measure]{
	Info: Info{
		EndedBy: []audit.EntryKind{KindSealedOff},
		Name:    "measure", Table: "measure", In: ofCase, OwnKey: true, Case: "case_id", Keys: 2, Order: "n",
		RenewedBy: []audit.EntryKind{Any},
		Columns:   words("case_id n due state"),
	},
	Fields: func(m *Measure) []any { return []any{&m.Case, &m.N, &m.Due, &m.State} },
	Key:    func(m *Measure) string { return fmt.Sprintf("%s/%d", m.Case, m.N) },
	Stream: func(m *Measure) string { return ethics.CaseStream(m.Case) },
}

// Files are filed files; what is still received is scratch.
var Files = &Kind[File]{
	Info: Info{
		EndedBy: []audit.EntryKind{KindSealedOff},
		Name:    "file", Table: "file", In: ofCase, Case: "case_id", Keys: 1, Order: "id", Where: "state = 'filed'",
		Columns: words("id draft state case_id envelope_id size chunks sha256 chunk_digests day"),
	},
	Fields: func(f *File) []any {
		return []any{
			&f.ID, &f.Draft, &f.State, &f.Case, &f.Envelope, &f.Size, &f.Chunks, &f.SHA256, &f.ChunkDigests, &f.Day,
		}
	},
	Day:    func(f *File) ethics.Day { return f.Day },
	Key:    func(f *File) string { return f.ID },
	Stream: func(f *File) string { return ethics.CaseStream(f.Case) },
}
