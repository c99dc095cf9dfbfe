package record

import (
	"encoding/json"
	"fmt"
	"strings"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
)

// Installation is what was made once, at init.
type Installation struct {
	ID             string
	Salt           []byte // of every locator; public, never changes
	SystemVerifier []byte // Ed25519 key of automatic texts
	LogVerifier    string // note verifier of the log key
	Demo           bool
	Institution    string // name given at init, until the founding states it
}

// Stated is a signed statement in its place among all.
type Stated struct {
	N int
	appoint.Statement
}

// Member is an appointed member's credentials. Name, roles and keys are in the
// appointment.
type Member struct {
	ID, Email    string
	Params       string // Argon2id parameters and salt
	Secret, TOTP []byte // sealed under the password's key
	FoundersCopy []byte // the founders' digest, sealed under the member secret
	Confidential ethics.Day
}

// Case is a case's row, with the SHA-256 of its code's locator.
type Case struct {
	ethics.Case
	Locator []byte
}

// Epoch is a case's public key in one epoch.
type Epoch struct {
	Case      string
	Number    int
	Recipient string
	Signer    string
	Signature []byte
	Day       ethics.Day
}

// Event is a case's event in its place.
type Event struct {
	Case string
	N    int
	ethics.Event
}

// Ways by which a member has a grant. The first two are how somebody came to the
// case: one of them a member, the base. Every later epoch gives those who remain
// a renewed one beside it. Guests and recovery come by others.
const (
	ViaRouted   = ethics.ViaRouted
	ViaAssigned = ethics.ViaAssigned
	ViaRenewed  = ethics.ViaRenewed
)

// Grant is one holder's sealed case secrets.
type Grant struct {
	Case, Member, ID string
	Giver            string // "reporter" or the member who gave it
	Via              string // routed, assigned or renewed
	Epoch            int    // current epoch when it was given
	Stated           bool   // the no-conflict statement is signed: a copy, see CaseFile.Stated
	Day              ethics.Day
	Sealed           []byte
	Signature        []byte // the giver's, over payload.GrantStatement
}

// Proposal is an act that waits for a second person. Its content is the
// envelope of the same id.
type Proposal struct {
	ID, Case, Proposer string
	Step               ethics.Act
	State              string // open, approved, rejected
	Decider            string
	Day                ethics.Day
}

// Where a measure stands.
const (
	MeasureOpen       = "open"
	MeasureDone       = "done"
	MeasureHandedOver = "handed_over"
)

// Measure is what stands in the clear of a measure set by a decision: that there
// is one, by when, and whether it is done. What it is, and who is responsible,
// is in the envelope of the step that set it.
type Measure struct {
	Case  string
	N     int // from 0, in the order of the steps that set them
	Due   ethics.Day
	State string
}

// File is a file's row. Its name, type and true length are in the message.
type File struct {
	ID           string
	Draft        []byte // hash of the draft it was received for
	State        string // receiving, received, filed
	Case         string
	Envelope     string // the message that lists it
	Size         int64  // sealed bytes
	Chunks       int
	SHA256       []byte // of the sealed content
	ChunkDigests []byte // 32 bytes a chunk, so that a damaged one can be named
	Day          ethics.Day
}

// Lesson is what others can learn from a case, released by two people: a text
// in which nobody can be recognised. It stands in a stream of its own, and
// outlives its case.
type Lesson struct {
	ID          string
	Day         ethics.Day
	Title, Text string
}

// Gift is a declaration in an institution's gift register as its row holds it.
type Gift struct {
	ID, Institution, Number string
	Verifier                []byte // Ed25519 key of this declaration alone
	Day                     ethics.Day
	Sealed                  []byte // one age file to the responsible persons of the day
}

// Erasure is an approval of two people. Until the second has signed, Second, Day
// and Until are empty.
type Erasure struct {
	Case, Number    string
	Institution     string
	Asked           ethics.Day // the day the first signed on
	Digest          []byte     // leaf of the newest entry that changed the case: nothing came since
	Grounds         string     // which retention is over: a deadline's id and its last day
	First           string     // responsible person
	FirstSignature  []byte     // over Stated
	Second          string     // auditor
	SecondSignature []byte     // over the same
	Day             ethics.Day // erased on
	Until           ethics.Day // the day on which the last permitted backup ends
}

// ErasureAsked is the first of two signatures, while the second is waited for. One
// that was overtaken ends, and another has another id.
type ErasureAsked struct {
	ID string
	Erasure
}

// Tombstone is what statistics count of an erased case.
type Tombstone struct {
	Case, Number    string
	Institution     string
	Category, Track string
	First, Last     ethics.Day // received; came to its last state
}

// Policy is a version of the reference data. Version 1 is what the program ships.
type Policy struct {
	Version int
	Data    []byte // SHA-256 of the shipped data, later the whole of what is in force
	Day     ethics.Day
}

// Checkpoint is a day's published head. No label covers it: it is signed, and the
// next day's closing names its digest.
type Checkpoint struct {
	Day  ethics.Day
	Size int64
	Note []byte
}

// Cosignature is another log's word that it saw a checkpoint (C2SP tlog-cosignature).
type Cosignature struct {
	Size int64
	Key  string // name and hash of the key
	Line string
	Day  ethics.Day
}

// Consultation is a consultation's row. Of an erased one only ID, Number, Institution,
// State, Received and Changed are left.
type Consultation struct {
	ID, Number  string
	Institution string
	Parties     IDs // member ids of the trust persons, as the first text has them
	State       ethics.State
	Received    ethics.Day
	Changed     ethics.Day // of the newest text, or of its end
	Until       ethics.Day // erased on this day; "" while it is open
	Recipient   string     // the reporter's
	Key         []byte     // the reporter's, Ed25519
	Locator     []byte
}

// ConsultationText is one text of a consultation: ethics.KindConsultation, which both read,
// or ethics.KindConsultationNote, which the trust persons alone do.
type ConsultationText struct {
	Consultation string
	Sequence     int
	ID           string
	Kind         ethics.EnvelopeKind
	Author       string
	Readers      IDs // member ids whom it was sealed to, beside the reporter
	Day          ethics.Day
	Sealed       []byte
}

// IDs are ids in one column, with blanks between.
type IDs []string

// Stored is the column's form.
func (i *IDs) Stored() any { return strings.Join(*i, " ") }

// Scan reads the column, which has one spelling: another one would bear the same
// digest, and be missed by lists that look for an id.
func (i *IDs) Scan(v any) error {
	*i = nil
	if text := textOf(v); text != "" {
		*i = strings.Split(text, " ")
	}
	return nil
}

// signatures are a statement's, as JSON.
type signatures struct{ of *[]appoint.Signature }

// Stored is the column's form.
func (s signatures) Stored() any {
	b, err := json.Marshal(*s.of)
	if err != nil {
		panic("record: internal error: a signature that is no JSON")
	}
	return b
}

// Scan reads the column; what cannot be read, or is spelt otherwise, has no signature,
// and so no effect.
func (s signatures) Scan(v any) error {
	text := textOf(v)
	if err := json.Unmarshal([]byte(text), s.of); err != nil || text != string(s.Stored().([]byte)) {
		*s.of = nil
	}
	return nil
}

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return fmt.Sprint(v)
}
