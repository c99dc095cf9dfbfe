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

// A consultation is a talk with trust persons, and no case: it has no epoch and
// no case secret. Each text of it is sealed on its own to who may read it, the
// reporter and those trust persons whom the first text names. Entries about it
// are all of one kind.

// KindConsultation is the kind of every entry about a sound consultation: begun,
// read, written to, ended, erased. The log does not tell which.

// States of a consultation.
const (
	TalkOpen   ethics.State = "open"
	TalkEnded  ethics.State = "ended"  // nothing more is said; both can still read it
	TalkErased ethics.State = "erased" // the row alone is left, to be counted
)

// TalkFile is a consultation with its texts, held against the log.
type TalkFile struct {
	Talk
	Installation Installation
	Said         []Said
	Statuses     []ethics.SignedStatus
	Missing      int // texts the log names and the database has not
	ledger       *Ledger
	story        *Story
	standing     ethics.Status // the newest status
}

// Learn reads its entries, in order. ErrUntrusted where one speaks of other keys of
// the reporter than the first: nobody takes the reporter's place later, not even
// who can write entries.
func (f *TalkFile) Learn(entries []audit.Entry, l *Ledger) error {
	f.ledger = l
	for _, e := range entries {
		if err := countsFor(e, Talks.Name, f.Institution); err != nil {
			return err
		}
	}
	f.story = NewStory(f.ID, entries)
	return nil
}

// Check holds row, texts and statuses against the entries.
func (f *TalkFile) Check(roster *appoint.Roster) error {
	rows := []Row{Talks.Row(&f.Talk)}
	if f.State != TalkErased {
		rows = append(rows, f.Keys())
	}
	for _, r := range rows {
		if !f.ledger.Holds(r) {
			return fmt.Errorf("%w: %w: %s", ethics.ErrUntrusted, audit.ErrTampered, r.Label)
		}
	}
	for _, label := range f.ledger.OfKind(Texts.Name) {
		if !slices.ContainsFunc(f.Said, func(s Said) bool { return Texts.Label(&s) == label }) {
			f.Missing++
		}
	}
	return f.checkStatus(roster)
}

// Keys is the row of the reporter's keys.
func (t *Talk) Keys() Row {
	return KeysRow(t.ID, t.Number,
		KeysOf(ethics.Case{ReporterRecipient: t.Recipient, ReporterVerifier: t.Key}, t.Locator))
}

// Trusted tells whether a text's row is what the log says.
func (f *TalkFile) Trusted(s Said) bool { return dated(f.ledger, Texts, &s) }

// Seen is the leaf of the newest entry.
func (f *TalkFile) Seen() []byte { return f.ledger.Seen }

// Header is what a text's signed header must say, but for what its author had seen.
// It was sealed to the keys that counted before the entry that brought it.
func (f *TalkFile) Header(s Said, roster *appoint.Roster) (payload.Header, error) {
	h := payload.Header{
		Installation: f.Installation.ID, Stream: ethics.TalkStream(f.ID), ID: s.ID, Kind: string(s.Kind),
		Sequence: s.Sequence, Day: s.Day, Author: s.Author,
	}
	to, err := f.Recipients(s.Kind, s.Readers, f.ledger.then(roster, s.Kind, s.ID))
	for _, r := range to {
		h.Recipients = append(h.Recipients, payload.Fingerprint(r))
	}
	return h, err
}

// Recipients are whom a text of this kind is sealed to: these members and, but
// for a note, the reporter.
func (f *TalkFile) Recipients(kind ethics.EnvelopeKind, readers []string, roster *appoint.Roster) ([]string, error) {
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
func (t Talk) Serving(roster *appoint.Roster, day ethics.Day) []string {
	var out []string
	for _, id := range t.Parties {
		if roster.Advises(id, t.Institution, day) {
			out = append(out, id)
		}
	}
	return out
}

// Verifier is the one rule of whose signatures count in this consultation, and when.
func (f *TalkFile) Verifier(roster *appoint.Roster) Verifier {
	return newVerifier(f.ledger, f.Rule(roster))
}

// Rule is the talk's, by the roster before the entry that brought each text.
func (f *TalkFile) Rule(roster *appoint.Roster) Rule {
	return func(kind ethics.EnvelopeKind, author, id string, day ethics.Day) (ed25519.PublicKey, error) {
		return f.Talk.Rule(f.ledger.then(roster, kind, id))(kind, author, id, day)
	}
}

// Rule gives the reporter's key, but under no note, and those of its own trust
// persons in term.
func (t Talk) Rule(roster *appoint.Roster) Rule {
	return func(kind ethics.EnvelopeKind, author, _ string, day ethics.Day) (ed25519.PublicKey, error) {
		known := kind == ethics.KindConsultation || kind == ethics.KindConsultationNote
		switch {
		case author == ethics.ActorReporter && kind == ethics.KindConsultation:
			return t.Key, nil
		case !known, !slices.Contains(t.Parties, author), roster == nil, !roster.Advises(author, t.Institution, day):
			return nil, fmt.Errorf("%w: %s by %s", ethics.ErrUntrusted, kind, author)
		}
		return roster.Verifier(author)
	}
}
