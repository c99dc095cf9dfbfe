// Package audit is the installation's append-only log: what an entry is, how it
// is hashed into a Merkle tree, how a head over the tree is signed and checked,
// and how the state of every stream is proven by one root a day.
//
// # What is hashed
//
// An [Entry] has a frame and a body (sealing.md §12.1). The frame says where the
// entry stands: index in the tree, day, stream, number in the stream, the leaf of
// the stream's entry before, and the body's digest. It is never erased, and its
// RFC 6962 hash is the leaf. The [Body] says what happened and holds the digests
// of what was stored, never content; it can be erased, and each of its items can
// be shown alone.
//
// # What is signed
//
// A [Head] is origin, size and root. The same signed note (C2SP signed-note and
// tlog-checkpoint) serves as the head that every transaction stores and as the
// day's published checkpoint.
//
// # What is not here
//
// No SQL and no clock: the store reads and writes nodes through
// [tlog.HashReader] inside its own transaction, and brings the day.
package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Actors that are not members. Any other [Body.Actor] is a member's id.
const (
	ActorReporter = "reporter"
	ActorSystem   = "system"
)

// Labels keep each hashed encoding apart from every other, and say its version.
const (
	labelRow   = "svilpe/1 row"
	labelBody  = "svilpe/1 body"
	labelItem  = "svilpe/1 item"
	labelEntry = "svilpe/1 entry"
)

// Names of items. Every other name is a row's label.
const (
	nameAct        = "act"
	nameCommitment = "commitment"
	prefixFact     = "fact:"
)

// Digest is a SHA-256.
type Digest [32]byte

// Op is what an entry does to a label.
type Op byte

// A label is added once, may be renewed, and ends once. Afterwards nothing bears it.
const (
	Added   Op = '+'
	Renewed Op = '='
	Ended   Op = '-'
)

// Change is what an entry notes of one row: Old is the digest in force before,
// New the one from now on.
type Change struct {
	Label    string
	Op       Op
	Old, New Digest
}

// Fact is something that is told in the clear of the body, for instance who was
// barred from a case.
type Fact struct {
	Name  string
	Value []byte
}

// Item is one named value of a body, as it is hashed.
type Item struct {
	Name  string
	Value []byte
}

// EntryKind is what happened, for instance "filed": package record has the table.
type EntryKind string

// Body is what an entry says. The zero Body is an erased one.
type Body struct {
	ID         string // UUID version 4
	Kind       EntryKind
	Actor      string // member id, ActorReporter or ActorSystem
	Policy     int    // version of the reference data in force
	Facts      []Fact
	Changes    []Change
	Commitment []byte   // HMAC of a report and its files under the reporter's proof key, or nil
	Blinding   [32]byte // random; without it nobody can test a guess at the entry
}

// Entry is one fact in the log. Where the body was erased, Body is empty and Sum
// is what is left of it.
type Entry struct {
	Generation int       // of the log, from 1
	Index      int64     // place in the tree, from 0
	Day        string    // YYYY-MM-DD, never an exact time; days never fall
	Stream     string    // whose history it belongs to, see package ethics
	Number     int64     // within the stream, from 0
	Prev       tlog.Hash // leaf of the stream's entry before, zero in the first
	Sum        Digest    // of the body
	Body
}

// Erased tells whether the body is gone.
func (e Entry) Erased() bool { return e.Kind == "" }

// Whole tells whether the body is there and the one that the frame names.
func (e Entry) Whole() bool { return !e.Erased() && e.Body.Digest() == e.Sum }

// Items are the body's, in the order in which they are hashed: the act, facts,
// changes, commitment.
func (b Body) Items() []Item {
	act := appendString(appendString(appendString(nil, b.ID), string(b.Kind)), b.Actor)
	items := []Item{{nameAct, binary.BigEndian.AppendUint32(act, uint32(b.Policy))}}
	for _, f := range b.Facts {
		items = append(items, Item{prefixFact + f.Name, f.Value})
	}
	for _, c := range b.Changes {
		items = append(items, Item{c.Label, c.value()})
	}
	if len(b.Commitment) > 0 {
		items = append(items, Item{nameCommitment, b.Commitment})
	}
	return items
}

func (c Change) value() []byte {
	v := []byte{byte(c.Op)}
	if c.Op != Added {
		v = append(v, c.Old[:]...)
	}
	if c.Op != Ended {
		v = append(v, c.New[:]...)
	}
	return v
}

// take reads items back. Whatever it takes, Items gives again.
func (b *Body) take(items []Item) error {
	if len(items) == 0 || items[0].Name != nameAct {
		return fmt.Errorf("%w: no act", ErrBody)
	}
	r := reader{rest: items[0].Value}
	b.ID, b.Kind, b.Actor = string(r.bytes()), EntryKind(r.bytes()), string(r.bytes())
	b.Policy = r.length()
	if r.short || len(r.rest) > 0 || b.Kind == "" {
		return fmt.Errorf("%w: act", ErrBody)
	}
	place := 0 // facts, then changes, then the commitment
	for _, i := range items[1:] {
		name, fact := strings.CutPrefix(i.Name, prefixFact)
		switch {
		case fact && place == 0:
			b.Facts = append(b.Facts, Fact{name, i.Value})
		case i.Name == nameCommitment && place < 2 && len(i.Value) > 0:
			b.Commitment, place = i.Value, 2
		case !fact && i.Name != nameAct && i.Name != nameCommitment && place < 2:
			c, err := change(i)
			if err != nil {
				return err
			}
			b.Changes, place = append(b.Changes, c), 1
		default:
			return fmt.Errorf("%w: item %q out of place", ErrBody, i.Name)
		}
	}
	return nil
}

func change(i Item) (Change, error) {
	c := Change{Label: i.Name}
	r := reader{rest: i.Value}
	op := r.take(1)
	if len(op) == 1 {
		c.Op = Op(op[0])
	}
	if c.Op == Renewed || c.Op == Ended {
		copy(c.Old[:], r.take(len(c.Old)))
	}
	if c.Op == Renewed || c.Op == Added {
		copy(c.New[:], r.take(len(c.New)))
	}
	known := c.Op == Added || c.Op == Renewed || c.Op == Ended
	if !known || r.short || len(r.rest) > 0 || c.Label == "" {
		return c, fmt.Errorf("%w: change of %q", ErrBody, i.Name)
	}
	return c, nil
}

// FactOf is the value of a fact, nil when the body has none of this name.
func (b Body) FactOf(name string) []byte {
	for _, f := range b.Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return nil
}

// Digest is the body's: SHA-256 over a version label, the number of items and the
// digest of each. Every item is hashed with a salt of its own from the blinding,
// so that one can be shown without the others.
func (b Body) Digest() Digest {
	h := sha256.New()
	items := b.Items()
	h.Write(appendLength(appendString(nil, labelBody), len(items)))
	for k, i := range items {
		d := ItemDigest(i, b.Salt(k))
		h.Write(d[:])
	}
	return Digest(h.Sum(nil))
}

// Salt is item k's: HMAC-SHA-256 of its place under the blinding.
func (b Body) Salt(k int) []byte {
	m := hmac.New(sha256.New, b.Blinding[:])
	m.Write(appendLength(nil, k))
	return m.Sum(nil)
}

// ItemDigest hashes one item with its salt.
func ItemDigest(i Item, salt []byte) Digest {
	h := sha256.New()
	h.Write(append(appendBytes(appendString(appendString(nil, labelItem), i.Name), i.Value), salt...))
	return Digest(h.Sum(nil))
}

// Frame is the record that [LeafHash] hashes: version label, generation (32
// bits), index (64), day, stream, number in the stream (64), the 32 bytes of
// the leaf before and of the body's digest. Different entries have different
// frames.
func (e Entry) Frame() []byte {
	b := appendString(nil, labelEntry)
	b = appendLength(b, e.Generation)
	b = appendIndex(b, e.Index)
	b = appendString(appendString(b, e.Day), e.Stream)
	b = appendIndex(b, e.Number)
	b = append(b, e.Prev[:]...)
	return append(b, e.Sum[:]...)
}

// LeafHash is the entry's hash at level 0 of the tree (RFC 6962 §2.1).
func LeafHash(e Entry) tlog.Hash {
	return tlog.RecordHash(e.Frame())
}

// RowDigest hashes one row of a table: SHA-256 over a version label, the row's
// label and each column, all length-prefixed, so that no two different rows
// have the same input. A nil and an empty column hash alike; a caller to whom
// NULL means something else than "" says so in a column of its own.
func RowDigest(label string, columns ...[]byte) Digest {
	h := sha256.New()
	h.Write(appendString(appendString(nil, labelRow), label))
	for _, c := range columns {
		h.Write(appendLength(nil, len(c)))
		h.Write(c)
	}
	return Digest(h.Sum(nil))
}
