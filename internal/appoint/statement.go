package appoint

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"svilpe/internal/payload"
)

// Kinds of statements. Each signature covers its kind.
const (
	KindFounding    = payload.LabelFounding
	KindInstitution = payload.LabelInstitution
	KindAppointment = payload.LabelAppointment
	KindSuspend     = payload.LabelSuspend
	KindEnd         = payload.LabelEnd
	KindKey         = payload.LabelKey
	KindSame        = payload.LabelSame
	KindDistinct    = payload.LabelDistinct
)

// LongestWait is how many days a prepared statement can wait for its signatures. An
// old signature is worth nothing afterwards, whoever kept it.
const LongestWait = 31

// Head is how the body of every statement begins: what it is, in which days it
// may be stated, and which past its preparer had seen.
type Head struct {
	Installation string `json:"installation"`
	Kind         string `json:"kind"`
	ID           string `json:"id"`
	Prepared     string `json:"prepared"` // first day on which it may be stated
	By           string `json:"by"`       // last day, at most LongestWait after
	Seen         string `json:"seen"`     // newest leaf of the roster's stream in base64, "" in the founding
}

// Content is what a statement says behind its head.
type Content interface {
	// subjects are what it is about: nothing about them may lie between what the
	// preparer had seen and the entry.
	subjects() []string
	// rule says who must sign it; an error where it cannot be stated at all.
	rule(r *Roster, day string) (rule, error)
	// apply makes it part of the roster, which is thrown away on an error.
	apply(r *Roster, s Statement) error
}

type body[T any] struct {
	Head
	Content T `json:"content"`
}

// Write is the one spelling of a statement's body: what is signed.
func Write[T Content](h Head, content T) ([]byte, error) {
	raw, err := json.Marshal(body[T]{h, content})
	if err != nil {
		return nil, fmt.Errorf("statement: %w", err)
	}
	return raw, nil
}

// Open reads a body. It takes what Write would have written, byte for byte.
func Open(kind string, raw []byte) (Head, Content, error) {
	switch kind {
	case KindFounding:
		return open[Founding](kind, raw)
	case KindInstitution:
		return open[Institution](kind, raw)
	case KindAppointment:
		return open[Appointment](kind, raw)
	case KindSuspend:
		return open[Suspension](kind, raw)
	case KindEnd:
		return open[Ending](kind, raw)
	case KindKey:
		return open[Key](kind, raw)
	case KindSame:
		return open[Same](kind, raw)
	case KindDistinct:
		return open[Distinct](kind, raw)
	}
	return Head{}, nil, fmt.Errorf("%w: kind %q", ErrSignatures, kind)
}

func open[T Content](kind string, raw []byte) (Head, Content, error) {
	var b body[T]
	if err := json.Unmarshal(raw, &b); err != nil {
		return Head{}, nil, fmt.Errorf("%w: %w", ErrSignatures, err)
	}
	if again, err := Write(b.Head, b.Content); err != nil || !bytes.Equal(again, raw) {
		return Head{}, nil, fmt.Errorf("%w: another spelling of its body", ErrSignatures)
	}
	if b.Kind != kind || b.ID == "" || b.Installation == "" {
		return Head{}, nil, fmt.Errorf("%w: body of kind %q", ErrSignatures, b.Kind)
	}
	return b.Head, b.Content, nil
}

// Signature is one member's signature under a statement.
type Signature struct {
	Member string `json:"member"`
	Bytes  []byte `json:"signature"`
}

// Statement is a signed body as the log holds it. The store fills in where: who
// signs must serve on that day, by the roster as it was before that entry.
type Statement struct {
	ID         string // in the body too
	Kind       string
	Body       []byte // made by Write
	Signatures []Signature
	Day        string // of the entry that stored it
	Index      int64  // of that entry
	Leaf       []byte // its hash in the tree; nil before it is stored
}

// Sign signs a statement's body with a member's key.
func Sign(kind string, body []byte, member string, key ed25519.PrivateKey) Signature {
	return Signature{Member: member, Bytes: payload.SignStatement(kind, body, key)}
}

// Valid tells whether this key signed this body.
func (s Signature) Valid(kind string, body []byte, key ed25519.PublicKey) bool {
	return payload.VerifyStatement(kind, body, s.Bytes, key) == nil
}

// Digest names a founding: what keys/founders holds and every member keeps.
func Digest(body []byte) [32]byte { return sha256.Sum256(body) }

// Why a statement that waits can no longer be stated. It is prepared anew.
var (
	ErrLate      = errors.New("appoint: not stated within its days")
	ErrOvertaken = errors.New("appoint: something about the same was stated since it was prepared")
)

// Head begins a statement that is prepared on this day by who has seen this
// roster.
func (r *Roster) Head(kind, id, day string) Head {
	h := NewHead(r.Installation, kind, id, day)
	h.Seen = leafText(r.stated[len(r.stated)-1].Leaf)
	return h
}

// NewHead begins a statement before which nothing was stated.
func NewHead(installation, kind, id, day string) Head {
	by := ""
	if on, err := time.Parse(time.DateOnly, day); err == nil {
		by = on.AddDate(0, 0, LongestWait).Format(time.DateOnly)
	}
	return Head{Installation: installation, Kind: kind, ID: id, Prepared: day, By: by}
}

func leafText(leaf []byte) string { return base64.StdEncoding.EncodeToString(leaf) }

// checkDay refuses a statement outside its days.
func (h Head) checkDay(day string) error {
	if h.By != "" && day > h.By {
		return fmt.Errorf("%w: by %s", ErrLate, h.By)
	}
	first, err := time.Parse(time.DateOnly, h.Prepared)
	last, err2 := time.Parse(time.DateOnly, h.By)
	_, err3 := time.Parse(time.DateOnly, day)
	if errors.Join(err, err2, err3) != nil || last.Before(first) || last.After(first.AddDate(0, 0, LongestWait)) {
		return fmt.Errorf("%w: days of a statement: %q to %q", ErrSignatures, h.Prepared, h.By)
	}
	if day < h.Prepared {
		return fmt.Errorf("%w: stated on %s, before it was prepared", ErrSignatures, day)
	}
	return nil
}

// checkSeen refuses what was prepared on a past that is unknown here, or before
// something else was stated about the same.
func (r *Roster) checkSeen(h Head, subjects []string) error {
	at := slices.IndexFunc(r.stated, func(s stated) bool { return len(s.Leaf) > 0 && leafText(s.Leaf) == h.Seen })
	if at < 0 {
		return fmt.Errorf("%w: its preparer saw another past", ErrSignatures)
	}
	for _, s := range r.stated[at+1:] {
		if intersects(s.subjects, subjects) {
			return fmt.Errorf("%w: %s", ErrOvertaken, s.ID)
		}
	}
	return nil
}

// CanBeStated tells whether what waits could still be stated on this day: nil,
// ErrLate, ErrOvertaken, ErrDuties where its person came to another office since,
// or another error where it never could.
func (r *Roster) CanBeStated(kind string, raw []byte, day string) error {
	h, c, err := Open(kind, raw)
	if err != nil {
		return err
	}
	if h.Installation != r.Installation {
		return fmt.Errorf("%w: of another installation", ErrSignatures)
	}
	if err := h.checkDay(day); err != nil {
		return err
	}
	if a, is := c.(Appointment); is {
		if err := r.Separated(a); err != nil {
			return err
		}
	}
	return r.checkSeen(h, c.subjects())
}
