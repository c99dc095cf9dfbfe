package record

import (
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// ErasuresAsked wait for the second signature.
var ErasuresAsked = &Kind[ErasureAsked]{
	Info: Info{
		EndedBy: []audit.EntryKind{KindErasureApproved, KindSealedOff},
		Name:    "erasure_asked", Table: "erasure_asked", In: ofCase, Case: "case_id", Keys: 1, Order: "id",
		Columns: words("id case_id number institution asked digest grounds first first_signature"),
	},
	Fields: func(e *ErasureAsked) []any {
		return []any{
			&e.ID, &e.Case, &e.Number, &e.Institution, &e.Asked, &e.Digest, &e.Grounds, &e.First, &e.FirstSignature,
		}
	},
	Day:    func(e *ErasureAsked) ethics.Day { return e.Asked },
	Key:    func(e *ErasureAsked) string { return e.ID },
	Stream: func(e *ErasureAsked) string { return ethics.CaseStream(e.Case) },
}

// Erasures are what is left of erased cases: who signed, and why.
var Erasures = &Kind[Erasure]{
	Info: Info{
		AddedBy: []audit.EntryKind{KindErased},
		Name:    "erasure", Table: "erasure", In: ofCase, OwnKey: true, Object: "case_id", Keys: 1, Order: "case_id",
		Columns: words(
			"case_id number institution asked digest grounds first first_signature second second_signature day until"),
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
		AddedBy: []audit.EntryKind{KindErased},
		Name:    "tombstone", Table: "tombstone", In: ofCase, OwnKey: true, Object: "case_id",
		Keys: 1, Order: "case_id",
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
		Name: "gift", Table: "gift", In: []string{ethics.GiftStream("")}, OwnKey: true, Keys: 1,
		Object: "id", Order: "id",
		Columns: words("id institution number verifier day sealed"),
	},
	Fields: func(g *Gift) []any { return []any{&g.ID, &g.Institution, &g.Number, &g.Verifier, &g.Day, &g.Sealed} },
	Day:    func(g *Gift) ethics.Day { return g.Day },
	Key:    func(g *Gift) string { return g.ID },
	Stream: func(g *Gift) string { return ethics.GiftStream(g.ID) },
}

// Consultations are consultations.
var Consultations = &Kind[Consultation]{
	Info: Info{
		Name: "talk", Table: "consultation", In: ofConsultation, OwnKey: true, Object: "id", Keys: 1, Order: "id",
		RenewedBy: []audit.EntryKind{Any},
		Columns:   words("id number locator institution parties state received changed until recipient verifier"),
	},
	Fields: func(t *Consultation) []any {
		return []any{
			&t.ID, &t.Number, &t.Locator, &t.Institution, &t.Parties, (*string)(&t.State),
			&t.Received, &t.Changed, &t.Until,
			&t.Recipient, &t.Key,
		}
	},
	Day:    func(t *Consultation) ethics.Day { return t.Received },
	Key:    func(t *Consultation) string { return t.ID },
	Stream: func(t *Consultation) string { return ethics.ConsultationStream(t.ID) },
}

// ConsultationTexts are what was said in a consultation.
var ConsultationTexts = &Kind[ConsultationText]{
	Info: Info{
		EndedBy: []audit.EntryKind{KindConsultation},
		Name:    "said", Table: "consultation_text", In: ofConsultation, Object: "consultation_id",
		Keys: 2, Order: "sequence",
		Columns: words("consultation_id sequence id kind author readers day sealed"),
	},
	Fields: func(s *ConsultationText) []any {
		return []any{&s.Consultation, &s.Sequence, &s.ID, (*string)(&s.Kind), &s.Author, &s.Readers, &s.Day, &s.Sealed}
	},
	Day:    func(s *ConsultationText) ethics.Day { return s.Day },
	Key:    func(s *ConsultationText) string { return s.ID },
	Stream: func(s *ConsultationText) string { return ethics.ConsultationStream(s.Consultation) },
}
