package store

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// A consultation is a talk with trust persons, and no case: it has no epoch and
// no case secret. Each text of it is sealed on its own to who may read it, the
// reporter and those trust persons whom the first text names. Entries about it
// bear its id where those of a case bear the case's, and are all of one kind.

// KindConsultation is the kind of every entry about a sound consultation: begun,
// read, written to, ended, erased. The log does not tell which.
const KindConsultation = "consultation"

// States of a consultation.
const (
	ConsultationOpen   = "open"
	ConsultationEnded  = "ended"  // nothing more is said; both can still read it
	ConsultationErased = "erased" // the row alone is left, to be counted
)

// Consultation is a consultation's row. Of an erased one only ID, Number,
// Institution, State, Received and Changed are left.
type Consultation struct {
	ID, Number  string
	Institution string
	Parties     []string // member ids of the trust persons, as the first text has them
	State       string
	Received    ethics.Day
	Changed     ethics.Day // of the newest text, or of its end
	Until       ethics.Day // erased on this day; "" while it is open
	Recipient   string     // the reporter's
	Key         []byte     // the reporter's, Ed25519
}

// Said is one text of a consultation: ethics.KindConsultation, which both read,
// or ethics.KindConsultationNote, which the trust persons alone do.
type Said struct {
	Consultation string
	Sequence     int
	ID, Kind     string
	Author       string
	Readers      []string // member ids whom it was sealed to, beside the reporter
	Day          ethics.Day
	Sealed       []byte
}

func consultationItem(c Consultation, locator []byte) audit.Item {
	return item("consultation:"+c.ID, c.ID, c.Number, locator, c.Institution, strings.Join(c.Parties, " "), c.State,
		c.Received, c.Changed, c.Until, c.Recipient, c.Key)
}

func saidLabel(s Said) string { return "said:" + s.ID }

func saidItem(s Said) audit.Item {
	return item(saidLabel(s), s.Consultation, s.Sequence, s.ID, s.Kind, s.Author, strings.Join(s.Readers, " "), s.Day, s.Sealed)
}

const consultationColumns = `select id, number, locator, institution, parties, state, received, changed, until, recipient, verifier from consultation `

func scanConsultation(scan func(...any) error) (Consultation, []byte, error) {
	var c Consultation
	var locator []byte
	var parties string
	err := scan(&c.ID, &c.Number, &locator, &c.Institution, &parties, &c.State, &c.Received, &c.Changed, &c.Until, &c.Recipient, &c.Key)
	c.Parties = strings.Fields(parties)
	return c, locator, err
}

func (tx *ReadTx) consultation(where string, arg any) (Consultation, []byte, error) {
	c, locator, err := Consultation{}, []byte(nil), ethics.ErrNotFound
	each := tx.c.each(consultationColumns+where, []any{arg}, func(scan func(...any) error) error {
		c, locator, err = scanConsultation(scan)
		return err
	})
	return c, locator, errors.Join(each, err)
}

// Consultation finds one by id; ErrNotFound otherwise.
func (tx *ReadTx) Consultation(id string) (Consultation, error) {
	c, _, err := tx.consultation(`where id = $1`, id)
	return c, err
}

// ConsultationByNumber finds one by its number.
func (tx *ReadTx) ConsultationByNumber(number string) (Consultation, error) {
	c, _, err := tx.consultation(`where number = $1`, number)
	return c, err
}

// ConsultationByLocator finds one by the SHA-256 of its code's locator.
func (tx *ReadTx) ConsultationByLocator(hash []byte) (Consultation, error) {
	c, _, err := tx.consultation(`where locator = $1`, hash)
	return c, err
}

// Consultations are those that are not erased, the longest untouched first.
func (tx *ReadTx) Consultations() ([]Consultation, error) {
	var out []Consultation
	err := tx.c.each(consultationColumns+`where state <> 'erased' order by changed, number`, nil, func(scan func(...any) error) error {
		c, _, err := scanConsultation(scan)
		out = append(out, c)
		return err
	})
	return out, err
}

// CountConsultations counts an institution's from one day to another, both
// included, erased ones too.
func (tx *ReadTx) CountConsultations(institution string, from, to ethics.Day) (n int, err error) {
	err = tx.c.one(`select count(*) from consultation where institution = $1 and received >= $2 and received <= $3`, []any{institution, from, to}, &n)
	return n, err
}

// LastSaid is who wrote the newest text that both read, and whether a trust
// person ever did.
func (tx *ReadTx) LastSaid(id string) (author string, answered bool, err error) {
	err = tx.c.each(`select author from consultation_text where consultation_id = $1 and kind = 'consultation' order by sequence`, []any{id},
		func(scan func(...any) error) error {
			err := scan(&author)
			answered = answered || author != ethics.ActorReporter
			return err
		})
	return author, answered, err
}

func (tx *ReadTx) said(id string) ([]Said, error) {
	var out []Said
	err := tx.c.each(`select consultation_id, sequence, id, kind, author, readers, day, sealed from consultation_text where consultation_id = $1 order by sequence`,
		[]any{id}, func(scan func(...any) error) error {
			var s Said
			var readers string
			err := scan(&s.Consultation, &s.Sequence, &s.ID, &s.Kind, &s.Author, &readers, &s.Day, &s.Sealed)
			s.Readers = strings.Fields(readers)
			out = append(out, s)
			return err
		})
	return out, err
}

// ConsultationFile is a consultation with its texts, held against the log.
type ConsultationFile struct {
	Consultation
	Installation Installation
	Said         []Said
	Missing      int // texts the log names and the database has not
	digests      map[string]audit.Digest
	standing     ethics.Status // its newest
	seen         string        // leaf of the newest entry that was read
}

// ConsultationFile reads one; ErrUntrusted when its row is not as the log says.
func (tx *ReadTx) ConsultationFile(id string) (ConsultationFile, error) {
	var f ConsultationFile
	var locator []byte
	var err error
	if f.Consultation, locator, err = tx.consultation(`where id = $1`, id); err != nil {
		return f, err
	}
	if f.Installation, err = tx.Installation(); err != nil {
		return f, err
	}
	entries, err := tx.Entries(id)
	if err != nil {
		return f, fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
	}
	f.digests = Digests(entries)
	if i := consultationItem(f.Consultation, locator); f.digests[i.Label] != i.Digest {
		return f, notAsLogged(i.Label)
	}
	if err := f.begunWith(entries, locator); err != nil {
		return f, err
	}
	if f.Said, err = tx.said(id); err != nil {
		return f, err
	}
	for label, d := range f.digests {
		there := slices.ContainsFunc(f.Said, func(s Said) bool { return saidLabel(s) == label })
		if strings.HasPrefix(label, "said:") && d != (audit.Digest{}) && !there {
			f.Missing++
		}
	}
	return f, tx.fillTalk(&f, entries)
}

// begunWith refuses other keys of the reporter than those of the first entry:
// nobody takes the reporter's place later, not even who can write entries.
func (c Consultation) begunWith(entries []audit.Entry, locator []byte) error {
	if c.State == ConsultationErased {
		return nil
	}
	i := c.keys(locator)
	for _, e := range entries {
		for _, x := range e.Items {
			if x.Label == i.Label && x.Digest != i.Digest {
				return notAsLogged(i.Label)
			}
		}
	}
	if Digests(entries)[i.Label] != i.Digest {
		return notAsLogged(i.Label)
	}
	return nil
}

func (c Consultation) keys(locator []byte) audit.Item {
	return keysItem(c.ID, KeysOf(ethics.Case{ReporterRecipient: c.Recipient, ReporterVerifier: c.Key}, locator))
}

// Trusted tells whether a text's row is what the log says.
func (f *ConsultationFile) Trusted(s Said) bool {
	i := saidItem(s)
	return f.digests[i.Label] == i.Digest
}

// Header is what a text's signed header must say.
func (f *ConsultationFile) Header(s Said, roster *appoint.Roster) (payload.Header, error) {
	h := payload.Header{Installation: f.Installation.ID, Case: f.ID, ID: s.ID, Kind: s.Kind, Sequence: s.Sequence, Author: s.Author}
	to, err := f.Recipients(s.Kind, s.Readers, roster)
	for _, r := range to {
		h.Recipients = append(h.Recipients, payload.Fingerprint(r))
	}
	return h, err
}

// Recipients are whom a text of this kind is sealed to: these members and, but
// for a note, the reporter.
func (f *ConsultationFile) Recipients(kind string, readers []string, roster *appoint.Roster) ([]string, error) {
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
func (c Consultation) Serving(roster *appoint.Roster, day ethics.Day) []string {
	var out []string
	for _, id := range c.Parties {
		if roster.Advises(id, c.Institution, day) {
			out = append(out, id)
		}
	}
	return out
}

// Verifier is the one rule of whose signatures count in a consultation: the
// reporter's, but under no note, and those of its own trust persons in term.
func (c Consultation) Verifier(roster *appoint.Roster) Verifier {
	return func(kind, author, _ string, day ethics.Day) (ed25519.PublicKey, error) {
		known := kind == ethics.KindConsultation || kind == ethics.KindConsultationNote
		switch {
		case author == ethics.ActorReporter && kind == ethics.KindConsultation:
			return c.Key, nil
		case !known, !slices.Contains(c.Parties, author), roster == nil, !roster.Advises(author, c.Institution, day):
			return nil, fmt.Errorf("%w: %s by %s", ethics.ErrUntrusted, kind, author)
		}
		return roster.Verifier(author)
	}
}
