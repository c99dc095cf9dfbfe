package record

import (
	"crypto/ed25519"
	"fmt"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// A consultation is a confidential talk with trust persons, and no case: it has no epoch and
// no case secret. Each text of it is sealed on its own to who may read it, the
// reporter and those trust persons whom the first text names. Entries about it
// are all of one kind.

// KindConsultation is the kind of every entry about a sound consultation: begun,
// read, written to, ended, erased. The log does not tell which.

// States of a consultation.
const (
	ConsultationOpen   ethics.State = "open"
	ConsultationEnded  ethics.State = "ended"  // nothing more is said; both can still read it
	ConsultationErased ethics.State = "erased" // the row alone is left, to be counted
)

// ConsultationFile is a consultation with its texts, held against the log.
type ConsultationFile struct {
	Consultation
	Installation Installation
	Texts        []ConsultationText
	Statuses     []ethics.SignedStatus
	Missing      int // texts the log names and the database has not
	ledger       *Ledger
	statuses     *StatusChain
	current      ethics.Status // the newest status
}

// Learn reads its entries, in order. ErrUntrusted where one speaks of other keys of
// the reporter than the first: nobody takes the reporter's place later, not even
// who can write entries.
func (f *ConsultationFile) Learn(entries []audit.Entry, l *Ledger) error {
	f.ledger = l
	for _, e := range entries {
		if err := countsFor(e, Consultations.Name, f.Institution); err != nil {
			return err
		}
	}
	f.statuses = NewStatusChain(f.ID, entries)
	return nil
}

// Check holds row, texts and statuses against the entries.
func (f *ConsultationFile) Check(roster *appoint.Roster) error {
	rows := []Row{Consultations.Row(&f.Consultation)}
	if f.State != ConsultationErased {
		rows = append(rows, f.Keys())
	}
	for _, r := range rows {
		if !f.ledger.Holds(r) {
			return fmt.Errorf("%w: %w: %s", ethics.ErrUntrusted, audit.ErrTampered, r.Label)
		}
	}
	for _, label := range f.ledger.OfKind(ConsultationTexts.Name) {
		if !slices.ContainsFunc(f.Texts, func(s ConsultationText) bool {
			return ConsultationTexts.Label(&s) == label
		}) {
			f.Missing++
		}
	}
	return f.checkStatus(roster)
}

// Keys is the row of the reporter's keys.
func (t *Consultation) Keys() Row {
	return KeysRow(t.ID, t.Number,
		KeysOf(ethics.Case{ReporterRecipient: t.Recipient, ReporterVerifier: t.Key}, t.Locator))
}

// Trusted tells whether a text's row is what the log says.
func (f *ConsultationFile) Trusted(s ConsultationText) bool {
	return rowMatches(f.ledger, ConsultationTexts, &s)
}

// Seen is the leaf of the newest entry.
func (f *ConsultationFile) Seen() []byte { return f.ledger.Seen }

// Header is what a text's signed header must say, but for what its author had seen.
// It was sealed to the keys that counted before the entry that brought it.
func (f *ConsultationFile) Header(s ConsultationText, roster *appoint.Roster) (payload.Header, error) {
	h := payload.Header{
		Installation: f.Installation.ID, Stream: ethics.ConsultationStream(f.ID), ID: s.ID, Kind: string(s.Kind),
		Sequence: s.Sequence, Day: s.Day, Author: s.Author,
	}
	to, err := f.Recipients(s.Kind, s.Readers, f.ledger.rosterBefore(roster, s.Kind, s.ID))
	for _, r := range to {
		h.Recipients = append(h.Recipients, payload.Fingerprint(r))
	}
	return h, err
}

// Recipients are whom a text of this kind is sealed to: these members and, but
// for a note, the reporter.
func (f *ConsultationFile) Recipients(
	kind ethics.EnvelopeKind, readers []string, roster *appoint.Roster,
) ([]string, error) {
	var out []string
	for _, id := range readers {
		m, err := roster.Member(id)
		if err != nil || !slices.Contains(f.Parties, id) {
			return nil, fmt.Errorf("%w: sealed to %s", ethics.ErrUntrusted, id)
		}
		out = append(out, m.Recipient)
	}
	if kind == ethics.KindConsultation {
		out = append(out, f.Recipient)
	}
	return out, nil
}

// Serving are its parties who are trust persons there on a day: who gets what is
// written now.
func (t Consultation) Serving(roster *appoint.Roster, day ethics.Day) []string {
	var out []string
	for _, id := range t.Parties {
		if roster.IsTrustPerson(id, t.Institution, day) {
			out = append(out, id)
		}
	}
	return out
}

// Verifier is the one rule of whose signatures count in this consultation, and when.
func (f *ConsultationFile) Verifier(roster *appoint.Roster) Verifier {
	return newVerifier(f.ledger, f.Rule(roster))
}

// Rule is the consultation's, by the roster before the entry that brought each text.
func (f *ConsultationFile) Rule(roster *appoint.Roster) Rule {
	return func(kind ethics.EnvelopeKind, author, id string, day ethics.Day) (ed25519.PublicKey, error) {
		return f.Consultation.Rule(f.ledger.rosterBefore(roster, kind, id))(kind, author, id, day)
	}
}

// Rule gives the reporter's key, but under no note, and those of its own trust
// persons in term.
func (t Consultation) Rule(roster *appoint.Roster) Rule {
	return func(kind ethics.EnvelopeKind, author, _ string, day ethics.Day) (ed25519.PublicKey, error) {
		known := kind == ethics.KindConsultation || kind == ethics.KindConsultationNote
		switch {
		case author == ethics.ActorReporter && kind == ethics.KindConsultation:
			return t.Key, nil
		case !known, !slices.Contains(t.Parties, author), roster == nil,
			!roster.IsTrustPerson(author, t.Institution, day):
			return nil, fmt.Errorf("%w: %s by %s", ethics.ErrUntrusted, kind, author)
		}
		return roster.Verifier(author)
	}
}
