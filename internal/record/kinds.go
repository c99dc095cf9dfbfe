package record

import (
	"fmt"
	"slices"
	"strings"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// The kinds of rows. A test holds them against the schema.

var ofCase, ofTalk = []string{ethics.CaseStream("")}, []string{ethics.TalkStream("")}

func words(text string) []string { return strings.Split(text, " ") }

// Installations is the one row of what was made at init.
var Installations = &Kind[Installation]{
	Info: Info{
		Name: "installation", Table: "installation", In: []string{ethics.StreamRoster}, Keys: 1,
		Columns: words("uuid salt system_verifier log_verifier demo institution"), Copies: words("id"), Order: "uuid",
	},
	Fields: func(i *Installation) []any {
		return []any{&i.ID, &i.Salt, &i.SystemVerifier, &i.LogVerifier, &i.Demo, &i.Institution}
	},
	Key:    func(*Installation) string { return "1" },
	Stream: func(*Installation) string { return ethics.StreamRoster },
}

// Statements are signed: the founding, institutions, appointments.
var Statements = &Kind[Stated]{
	Info: Info{
		Name: "statement", Table: "statement", In: []string{ethics.StreamRoster}, Keys: 1,
		Columns: words("n id kind body signatures day"), Order: "n",
	},
	Fields: func(s *Stated) []any {
		return []any{&s.N, &s.ID, &s.Kind, &s.Body, signatures{&s.Signatures}, &s.Day}
	},
	Day:    func(s *Stated) ethics.Day { return s.Day },
	Key:    func(s *Stated) string { return s.ID },
	Stream: func(*Stated) string { return ethics.StreamRoster },
}

// Policies are versions of the reference data.
var Policies = &Kind[Policy]{
	Info: Info{
		Name: "policy", Table: "policy", In: []string{ethics.StreamPolicy}, Keys: 1,
		Columns: words("version data day"), Order: "version",
	},
	Fields: func(p *Policy) []any { return []any{&p.Version, &p.Data, &p.Day} },
	Day:    func(p *Policy) ethics.Day { return p.Day },
	Key:    func(p *Policy) string { return fmt.Sprint(p.Version) },
	Stream: func(*Policy) string { return ethics.StreamPolicy },
}

// Members are credentials.
var Members = &Kind[Member]{
	Info: Info{
		Name: "member", Table: "member", In: []string{ethics.MemberStream("")}, Own: true, Keys: 1,
		Columns: words("id email params sealed_secret sealed_totp founders_copy confidential_day"), Order: "id",
		Renewed: []audit.EntryKind{KindCredentials},
	},
	Fields: func(m *Member) []any {
		return []any{&m.ID, &m.Email, &m.Params, &m.Secret, &m.TOTP, &m.FoundersCopy, &m.Confidential}
	},
	Key:    func(m *Member) string { return m.ID },
	Stream: func(m *Member) string { return ethics.MemberStream(m.ID) },
}

// Cases are the rows of cases.
var Cases = &Kind[Case]{
	Info: Info{
		Ends: []audit.EntryKind{KindSealedOff},
		Name: "case", Table: "cases", In: ofCase, Own: true, Case: "id", Keys: 1, Order: "id", Renewed: []audit.EntryKind{Any},
		Columns: words("id number locator institution category track state previous received changed due due_id " +
			"epoch sequence reporter_recipient reporter_verifier"),
	},
	Fields: func(c *Case) []any {
		return []any{
			&c.ID, &c.Number, &c.Locator, &c.Institution, &c.Category, &c.Track, &c.State, &c.Previous, &c.Received,
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
		Ends: []audit.EntryKind{KindSealedOff},
		Name: "code", Table: "case_code", In: ofCase, Own: true, Case: "case_id", Keys: 2, Order: "n",
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
		Ends: []audit.EntryKind{KindSealedOff},
		Name: "epoch", Table: "case_epoch", In: ofCase, Own: true, Case: "case_id", Keys: 2, Order: "epoch",
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
		Ends: []audit.EntryKind{KindSealedOff},
		Name: "event", Table: "case_event", In: ofCase, Own: true, Case: "case_id", Keys: 2, Order: "n",
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
		Ends: []audit.EntryKind{KindConsultation, KindSealedOff},
		Name: "status", Table: "case_status", In: slices.Concat(ofCase, ofTalk), Own: true, Case: "case_id", Keys: 2, Order: "n",
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
		Ends: []audit.EntryKind{KindRemoved, KindTermEnded, KindSealedOff},
		Name: "grant", Table: "case_grant", In: ofCase, Own: true, Case: "case_id", Keys: 1, Order: "epoch, day, member_id",
		Columns: words("id case_id member_id giver via epoch day sealed signature"), Copies: words("stated"), Again: "renewal",
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
		Ends: []audit.EntryKind{KindSealedOff},
		Name: "envelope", Table: "envelope", In: ofCase, Case: "case_id", Keys: 2, Order: "sequence",
		Columns: words("case_id sequence id kind author epoch reporter day sealed"),
	},
	Fields: func(e *ethics.Envelope) []any {
		return []any{&e.Case, &e.Sequence, &e.ID, (*string)(&e.Kind), &e.Author, &e.Epoch, &e.Reporter, &e.Day, &e.Sealed}
	},
	Day:    func(e *ethics.Envelope) ethics.Day { return e.Day },
	Key:    func(e *ethics.Envelope) string { return e.ID },
	Stream: func(e *ethics.Envelope) string { return ethics.CaseStream(e.Case) },
}

// Proposals are acts that wait for a second person, and what became of them.
var Proposals = &Kind[Proposal]{
	Info: Info{
		Ends: []audit.EntryKind{KindSealedOff},
		Name: "proposal", Table: "proposal", In: ofCase, Case: "case_id", Keys: 1, Order: "day, id", Renewed: []audit.EntryKind{Any},
		Columns: words("id case_id step proposer state decider day"),
	},
	Fields: func(p *Proposal) []any {
		return []any{&p.ID, &p.Case, &p.Step, &p.Proposer, &p.State, &p.Decider, &p.Day}
	},
	Day:    func(p *Proposal) ethics.Day { return p.Day },
	Key:    func(p *Proposal) string { return p.ID },
	Stream: func(p *Proposal) string { return ethics.CaseStream(p.Case) },
}

// Vaults are reporters' personal details, apart from their cases.
var Vaults = &Kind[ethics.Vault]{
	Info: Info{
		Ends: []audit.EntryKind{KindIdentified, KindUnnamed, KindIdentityOpened, KindVaultDealt, KindIdentityErased, KindSealedOff},
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
		Ends: []audit.EntryKind{KindRemoved, KindTermEnded, KindIdentified, KindUnnamed, KindIdentityOpened, KindVaultDealt, KindIdentityErased, KindSealedOff},
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
		Ends: []audit.EntryKind{KindSealedOff},
		Name: "vault_request", Table: "vault_request", In: ofCase, Case: "case_id", Keys: 1, Order: "day, id", Renewed: []audit.EntryKind{Any},
		Columns: words("id case_id vault_id purpose asker decider state day until sealed"),
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
		Ends: []audit.EntryKind{KindSealedOff},
		Name: "measure", Table: "measure", In: ofCase, Own: true, Case: "case_id", Keys: 2, Order: "n", Renewed: []audit.EntryKind{Any},
		Columns: words("case_id n due state"),
	},
	Fields: func(m *Measure) []any { return []any{&m.Case, &m.N, &m.Due, &m.State} },
	Key:    func(m *Measure) string { return fmt.Sprintf("%s/%d", m.Case, m.N) },
	Stream: func(m *Measure) string { return ethics.CaseStream(m.Case) },
}

// Files are filed files; what is still received is scratch.
var Files = &Kind[File]{
	Info: Info{
		Ends: []audit.EntryKind{KindSealedOff},
		Name: "file", Table: "file", In: ofCase, Case: "case_id", Keys: 1, Order: "id", Only: "state = 'filed'",
		Columns: words("id draft state case_id envelope_id size chunks sha256 chunk_digests day"),
	},
	Fields: func(f *File) []any {
		return []any{&f.ID, &f.Draft, &f.State, &f.Case, &f.Envelope, &f.Size, &f.Chunks, &f.SHA256, &f.ChunkDigests, &f.Day}
	},
	Day:    func(f *File) ethics.Day { return f.Day },
	Key:    func(f *File) string { return f.ID },
	Stream: func(f *File) string { return ethics.CaseStream(f.Case) },
}

// ErasuresAsked wait for the second signature.
var ErasuresAsked = &Kind[ErasureAsked]{
	Info: Info{
		Ends: []audit.EntryKind{KindErasureApproved, KindSealedOff},
		Name: "erasure_asked", Table: "erasure_asked", In: ofCase, Case: "case_id", Keys: 1, Order: "id",
		Columns: words("id case_id number institution asked digest grounds first first_signature"),
	},
	Fields: func(e *ErasureAsked) []any {
		return []any{&e.ID, &e.Case, &e.Number, &e.Institution, &e.Asked, &e.Digest, &e.Grounds, &e.First, &e.FirstSignature}
	},
	Day:    func(e *ErasureAsked) ethics.Day { return e.Asked },
	Key:    func(e *ErasureAsked) string { return e.ID },
	Stream: func(e *ErasureAsked) string { return ethics.CaseStream(e.Case) },
}

// Erasures are what is left of erased cases: who signed, and why.
var Erasures = &Kind[Erasure]{
	Info: Info{
		Begun: []audit.EntryKind{KindErased},
		Name:  "erasure", Table: "erasure", In: ofCase, Own: true, Of: "case_id", Keys: 1, Order: "case_id",
		Columns: words("case_id number institution asked digest grounds first first_signature second second_signature day until"),
	},
	Fields: func(e *Erasure) []any {
		return []any{
			&e.Case, &e.Number, &e.Institution, &e.Asked, &e.Digest, &e.Grounds, &e.First, &e.FirstSignature,
			&e.Second, &e.SecondSignature, &e.Day, &e.Until,
		}
	},
	Day:    func(e *Erasure) ethics.Day { return e.Day },
	Key:    func(e *Erasure) string { return e.Case },
	Stream: func(e *Erasure) string { return ethics.CaseStream(e.Case) },
}

// Tombstones are what is left of erased cases, to be counted.
var Tombstones = &Kind[Tombstone]{
	Info: Info{
		Begun: []audit.EntryKind{KindErased},
		Name:  "tombstone", Table: "tombstone", In: ofCase, Own: true, Of: "case_id", Keys: 1, Order: "case_id",
		Columns: words("case_id number institution category track first last"),
	},
	Fields: func(t *Tombstone) []any {
		return []any{&t.Case, &t.Number, &t.Institution, &t.Category, &t.Track, &t.First, &t.Last}
	},
	Key:    func(t *Tombstone) string { return t.Case },
	Stream: func(t *Tombstone) string { return ethics.CaseStream(t.Case) },
}

// Lessons are released for all institutions.
var Lessons = &Kind[Lesson]{
	Info: Info{
		Name: "lesson", Table: "lesson", In: []string{ethics.StreamLessons}, Keys: 1, Order: "id",
		Columns: words("id day title text"),
	},
	Fields: func(l *Lesson) []any { return []any{&l.ID, &l.Day, &l.Title, &l.Text} },
	Day:    func(l *Lesson) ethics.Day { return l.Day },
	Key:    func(l *Lesson) string { return l.ID },
	Stream: func(*Lesson) string { return ethics.StreamLessons },
}

// Gifts are declarations.
var Gifts = &Kind[Gift]{
	Info: Info{
		Name: "gift", Table: "gift", In: []string{ethics.GiftStream("")}, Own: true, Keys: 1, Of: "id", Order: "id",
		Columns: words("id institution number verifier day sealed"),
	},
	Fields: func(g *Gift) []any { return []any{&g.ID, &g.Institution, &g.Number, &g.Verifier, &g.Day, &g.Sealed} },
	Day:    func(g *Gift) ethics.Day { return g.Day },
	Key:    func(g *Gift) string { return g.ID },
	Stream: func(g *Gift) string { return ethics.GiftStream(g.ID) },
}

// Talks are consultations.
var Talks = &Kind[Talk]{
	Info: Info{
		Name: "talk", Table: "consultation", In: ofTalk, Own: true, Of: "id", Keys: 1, Order: "id", Renewed: []audit.EntryKind{Any},
		Columns: words("id number locator institution parties state received changed until recipient verifier"),
	},
	Fields: func(t *Talk) []any {
		return []any{
			&t.ID, &t.Number, &t.Locator, &t.Institution, &t.Parties, &t.State, &t.Received, &t.Changed, &t.Until,
			&t.Recipient, &t.Key,
		}
	},
	Day:    func(t *Talk) ethics.Day { return t.Received },
	Key:    func(t *Talk) string { return t.ID },
	Stream: func(t *Talk) string { return ethics.TalkStream(t.ID) },
}

// Texts are what was said in a consultation.
var Texts = &Kind[Said]{
	Info: Info{
		Ends: []audit.EntryKind{KindConsultation},
		Name: "said", Table: "consultation_text", In: ofTalk, Of: "consultation_id", Keys: 2, Order: "sequence",
		Columns: words("consultation_id sequence id kind author readers day sealed"),
	},
	Fields: func(s *Said) []any {
		return []any{&s.Consultation, &s.Sequence, &s.ID, (*string)(&s.Kind), &s.Author, &s.Readers, &s.Day, &s.Sealed}
	},
	Day:    func(s *Said) ethics.Day { return s.Day },
	Key:    func(s *Said) string { return s.ID },
	Stream: func(s *Said) string { return ethics.TalkStream(s.Consultation) },
}

// Cosignatures are others' words about a checkpoint.
var Cosignatures = &Kind[Cosignature]{
	Info: Info{
		Name: "cosignature", Table: "cosignature", In: []string{ethics.StreamDays}, Keys: 2, Order: "size, key",
		Columns: words("size key line day"),
	},
	Fields: func(c *Cosignature) []any { return []any{&c.Size, &c.Key, &c.Line, &c.Day} },
	Day:    func(c *Cosignature) ethics.Day { return c.Day },
	Key:    func(c *Cosignature) string { return fmt.Sprintf("%d/%s", c.Size, c.Key) },
	Stream: func(*Cosignature) string { return ethics.StreamDays },
}

// KeysName begins the labels of the reporter's keys, which have no table.
const KeysName = "keys"

// keys are what a code is to its case or consultation: part of that row, noted apart.
var keys = Info{Name: KeysName, In: slices.Concat(ofCase, ofTalk), Own: true, Renewed: []audit.EntryKind{KindNewCode},
	Ends: []audit.EntryKind{KindConsultation, KindSealedOff}}

// All are the kinds that have a table, in an order that keeps references: what
// refers to a row stands behind it.
var All = []Descriptor{
	Installations, Statements, Policies, Members, Cases, Codes, Epochs, Events, Statuses, Grants, Envelopes, Proposals, Vaults,
	Shares, Requests, Measures, Files, ErasuresAsked, Erasures, Tombstones, Lessons, Gifts, Talks, Texts, Cosignatures,
}

var byName = func() map[string]*Info {
	out := map[string]*Info{keys.Name: &keys}
	for _, d := range All {
		out[d.About().Name] = d.About()
		if again := d.About().Again; again != "" {
			out[again] = d.About()
		}
	}
	return out
}()
