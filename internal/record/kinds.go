package record

import (
	"fmt"
	"slices"
	"strings"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// The kinds of rows. A test holds them against the schema.

var ofCase, ofConsultation = []string{ethics.CaseStream("")}, []string{ethics.ConsultationStream("")}

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
		Name: "member", Table: "member", In: []string{ethics.MemberStream("")}, OwnKey: true, Keys: 1,
		Columns: words("id email params sealed_secret sealed_totp founders_copy confidential_day"), Order: "id",
		RenewedBy: []audit.EntryKind{KindCredentials},
	},
	Fields: func(m *Member) []any {
		return []any{&m.ID, &m.Email, &m.Params, &m.Secret, &m.TOTP, &m.FoundersCopy, &m.Confidential}
	},
	Key:    func(m *Member) string { return m.ID },
	Stream: func(m *Member) string { return ethics.MemberStream(m.ID) },
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
var keys = Info{Name: KeysName, In: slices.Concat(ofCase, ofConsultation), OwnKey: true,
	RenewedBy: []audit.EntryKind{KindNewCode},
	EndedBy:   []audit.EntryKind{KindConsultation, KindSealedOff}}

// All are the kinds that have a table, in an order that keeps references: what
// refers to a row stands behind it.
var All = []Descriptor{
	Installations, Statements, Policies, Members, Cases, Codes, Epochs, Events, Statuses, Grants,
	Envelopes, Proposals, Vaults,
	Shares, Requests, Measures, Files, ErasuresAsked, Erasures, Tombstones, Lessons, Gifts, Consultations,
	ConsultationTexts, Cosignatures,
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
