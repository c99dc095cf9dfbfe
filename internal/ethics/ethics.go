// Package ethics is the field itself: report, case, message, file, state, and
// the errors every floor speaks of. It knows no transport, no database and no
// key; it imports only the standard library. Start with Report (what a reporter
// hands in, in plain words) and Envelope (the same, sealed).
//
// Plain and sealed are two types. Plain ones print as [redacted] and have no
// database form, so a careless log line or query cannot hold what they hold.
package ethics

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Redacted is what every type that holds plain words or secrets prints as.
const Redacted = "[redacted]"

// Day is a civil date in Europe/Riga, "2026-11-22". Rows of a case hold days
// and nothing finer: an exact time beside a reporter's act would date that act.
type Day = string

// DayOf gives the civil day of an instant in Europe/Riga.
func DayOf(t time.Time) Day { return t.In(riga).Format(time.DateOnly) }

var riga = mustRiga()

func mustRiga() *time.Location {
	loc, err := time.LoadLocation("Europe/Riga")
	if err != nil {
		// Without zone data (a bare container) the winter offset is the honest
		// approximation: a day may turn one hour late in summer.
		return time.FixedZone("EET", 2*60*60)
	}
	return loc
}

// Actors that are not members. A member's actor is the member's id.
const (
	ActorReporter = "reporter"
	ActorSystem   = "system"
)

// Report is what a reporter hands in, in plain words. It exists in the memory
// of one request only.
type Report struct {
	Track       string              `json:"track"`
	Institution string              `json:"institution"`
	Unit        string              `json:"unit,omitempty"` // "" is the institution itself
	Category    string              `json:"category"`
	Language    string              `json:"language"` // the language the reporter wants to be answered in
	Answers     map[string][]string `json:"answers"`  // by questionnaire field id, without the fields above
	// who the reporter is: for the vault alone, never in the report's envelope
	Identity  map[string][]string `json:"-"`
	Excluded  []string            `json:"excluded,omitempty"`
	Files     []File              `json:"files,omitempty"`
	EnteredBy string              `json:"entered_by,omitempty"` // the member who wrote it down, "" for the reporter
	Way       string              `json:"way,omitempty"`        // how it came to that member: one of the Way… constants
	Status    []byte              `json:"status,omitempty"`     // digest of the status it was filed with
}

// File describes one attached file. The row in the database holds no name, no
// type and no true length; they travel only inside the sealed message.
type File struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"type"`   // as the browser claimed; never trusted
	Size   int64  `json:"size"`   // true length in bytes; the sealed content is padded
	SHA256 []byte `json:"sha256"` // of the sealed content, so a swapped file is refused
}

// Message is one text of the dialogue.
type Message struct {
	Text     string    `json:"text"`
	Files    []File    `json:"files,omitempty"`
	Event    EventKind `json:"event,omitempty"`    // what it says besides its text
	To       string    `json:"to,omitempty"`       // envelope id of the message that it answers
	At       int64     `json:"at,omitempty"`       // unix ms, members only: inside the envelope it tells nobody else
	Step     Act       `json:"step,omitempty"`     // the step it was sent with
	Language string    `json:"language,omitempty"` // of the text
	Status   []byte    `json:"status,omitempty"`   // digest of the status that it was stored with
}

// Receipt is the automatic first message: a fixed text by id, with its
// parameters, and the text itself in the report's language, so that it can be
// read without this program.
type Receipt struct {
	TextID  string            `json:"text_id"`
	Version int               `json:"version"`
	Params  map[string]string `json:"params"`
	Text    string            `json:"text"`
}

// FileKeys are the one-time secrets that open a message's files, by file id.
type FileKeys struct {
	Message string            `json:"message"` // the envelope that lists the files
	Secrets map[string][]byte `json:"secrets"`
}

// Note is a member's internal note.
type Note struct {
	Text   string    `json:"text"`
	Event  EventKind `json:"event,omitempty"`  // what it records besides its text
	Status []byte    `json:"status,omitempty"` // digest of the status that it was stored with
	At     int64     `json:"at"`
}

// Redaction is a working copy of a text: the report's answers or a message or
// note. The text itself stays as it is, sealed until the case is erased.
type Redaction struct {
	Of     string            `json:"of"`              // the envelope's id
	Digest []byte            `json:"digest"`          // SHA-256 of its sealed bytes
	Texts  map[string]string `json:"texts,omitempty"` // by question; "" for a message or note
	Why    string            `json:"why"`             // see RedactionWhys
	Reason string            `json:"reason"`
	At     int64             `json:"at"`
}

// RedactionWhys are why something of a text is left out (GDPR Art. 5(1)(c) and 9;
// Directive (EU) 2019/1937 Art. 17: data manifestly not relevant).
var RedactionWhys = []string{"irrelevant", "sensitive", "other"}

// Step is a transition as its member signed it.
type Step struct {
	ID         Act                 `json:"id"`
	From       State               `json:"from"`
	To         State               `json:"to"`
	Reason     string              `json:"reason,omitempty"`
	Statements map[string][]string `json:"statements,omitempty"`
	Message    string              `json:"message,omitempty"`  // envelope id of the message sent with it
	Proposal   string              `json:"proposal,omitempty"` // envelope id of the approved proposal
	Members    []string            `json:"members,omitempty"`  // assignment: who received a grant
	Status     []byte              `json:"status,omitempty"`   // digest of the status that it was stored with
	At         int64               `json:"at"`
}

// Proposal is an act that needs a second person: everything the approver must
// see before signing, the reporter's message included.
type Proposal struct {
	Step       Act                 `json:"step"`
	From       State               `json:"from"`
	To         State               `json:"to"`
	Reason     string              `json:"reason"`
	Statements map[string][]string `json:"statements,omitempty"`
	Message    string              `json:"message,omitempty"`
	// whom it takes the case from; Given: who got it in order to approve
	Removal *Removal `json:"removal,omitempty"`
	At      int64    `json:"at"`
}

// Approval is the second person's signed verdict. Digest is the SHA-256 of the
// proposal's sealed bytes: what was approved cannot be exchanged afterwards.
type Approval struct {
	Proposal string `json:"proposal"`
	Digest   []byte `json:"digest"`
	Approved bool   `json:"approved"`
	Reason   string `json:"reason,omitempty"`
	At       int64  `json:"at"`
}

// Statement is a member's no-conflict statement for one case. First is the
// digest of the case's first entry: a case replaced later as a whole shows.
type Statement struct {
	First []byte `json:"first"`
	At    int64  `json:"at"`
}

// Ways by which a member has a grant, see record.Grant.
const (
	ViaRouted   = "routed"
	ViaAssigned = "assigned"
	ViaRenewed  = "renewed"
)

// Grant holds case secrets by epoch for one member.
type Grant struct {
	Member  string         `json:"member"`
	Secrets map[int][]byte `json:"secrets"`
}

// Envelope is a sealed payload as its row holds it.
type Envelope struct {
	ID       string
	Case     string
	Sequence int // within the case, from 0
	Kind     EnvelopeKind
	Author   string // member id, "reporter" or "system"
	Epoch    int
	Reporter bool // also sealed to the reporter
	Day      Day
	Sealed   []byte // one age file
}

// Case is a case's row: nothing in it is written by a person.
type Case struct {
	ID, Number        string
	Institution       string
	Category, Track   string
	State, Previous   State // Previous: the state to return to from awaiting_reporter
	Received, Changed Day
	Due               Day    // the nearest running deadline, "" when none
	DueID             string // which deadline that is
	Epoch             int
	Sequence          int // next free
	ReporterRecipient string
	ReporterVerifier  []byte
}

// Event is a state entered or a thing that happened, by day: what starts and
// stops deadlines.
type Event struct {
	Name EventKind
	Day  Day
}

// Errors by kind. Pages choose their words by kind, in the reader's language.
var (
	ErrNotFound      = errors.New("not found")               // also: not permitted
	ErrExists        = errors.New("exists already")          // the same form sent twice
	ErrEpoch         = errors.New("sealed to a past epoch")  // seal again and retry
	ErrSequence      = errors.New("sequence already taken")  // seal again and retry
	ErrDay           = errors.New("sealed on another day")   // seal again and retry
	ErrConflict      = errors.New("state changed meanwhile") // show the page as it is now
	ErrRefused       = errors.New("refused by policy")
	ErrSamePerson    = errors.New("the proposer cannot approve")
	ErrSameName      = fmt.Errorf("%w, under another id either", ErrSamePerson)
	ErrUntrusted     = errors.New("cannot be trusted") // header, row, signature and entry do not agree
	ErrNobodyToSeal  = errors.New("fewer than two eligible members")
	ErrExcludedAll   = errors.New("exclusions leave fewer than two members")
	ErrNoFiles       = errors.New("files cannot be taken just now")
	ErrTooLarge      = errors.New("too large")
	ErrBusy          = errors.New("busy")
	ErrQuota         = errors.New("no more of this today")  // strangers have sent as much as a day takes
	ErrUnavailable   = errors.New("not available just now") // keys missing, founders do not verify, disk full
	ErrSessionEnded  = errors.New("session ended")
	ErrNotReady      = errors.New("before the founding")
	ErrFileIncorrect = errors.New("file content does not match its message")
)

// The plain types print as [redacted], whatever the verb.

func redact(f fmt.State) { _, _ = f.Write([]byte(Redacted)) }

// Format hides the report.
func (Report) Format(f fmt.State, _ rune) { redact(f) }

// LogValue hides the report.
func (Report) LogValue() slog.Value { return slog.StringValue(Redacted) }

// Format hides the file's name and size.
func (File) Format(f fmt.State, _ rune) { redact(f) }

// LogValue hides the file's name and size.
func (File) LogValue() slog.Value { return slog.StringValue(Redacted) }

// Format hides the message.
func (Message) Format(f fmt.State, _ rune) { redact(f) }

// LogValue hides the message.
func (Message) LogValue() slog.Value { return slog.StringValue(Redacted) }

// Format hides the note.
func (Note) Format(f fmt.State, _ rune) { redact(f) }

// LogValue hides the note.
func (Note) LogValue() slog.Value { return slog.StringValue(Redacted) }

// Format hides the step's reason and statements.
func (Step) Format(f fmt.State, _ rune) { redact(f) }

// LogValue hides the step's reason and statements.
func (Step) LogValue() slog.Value { return slog.StringValue(Redacted) }

// Format hides the proposal.
func (Proposal) Format(f fmt.State, _ rune) { redact(f) }

// LogValue hides the proposal.
func (Proposal) LogValue() slog.Value { return slog.StringValue(Redacted) }

// Format hides the secrets.
func (FileKeys) Format(f fmt.State, _ rune) { redact(f) }

// LogValue hides the secrets.
func (FileKeys) LogValue() slog.Value { return slog.StringValue(Redacted) }

// Format hides the secrets.
func (Grant) Format(f fmt.State, _ rune) { redact(f) }

// LogValue hides the secrets.
func (Grant) LogValue() slog.Value { return slog.StringValue(Redacted) }
