// Package audit is the installation's append-only log: what an entry is, how
// it is hashed into a Merkle tree, and how a head over the tree is signed and
// checked.
//
// # What is hashed
//
// An [Entry] states one fact and the digests of what was stored or removed
// with it, never content. Its leaf ([Entry.Leaf]) is the canonical encoding
// with 32 random blinding bytes; the tree over the leaves is RFC 6962's, by
// golang.org/x/mod/sumdb/tlog. Where details and blinding were erased, the leaf
// hash stays in the tree and tells nobody what stood there.
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
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"
)

// Actors that are not members. Any other [Entry.Actor] is a member's id.
const (
	ActorReporter = "reporter"
	ActorSystem   = "system"
)

// KindFiller is the kind of the entries that [Fillers] asks for. They state
// nothing; the day's growth with them is one of a few numbers.
const KindFiller = "filler"

// Labels keep each hashed encoding apart from every other, and say its version.
const (
	labelRow     = "svilpe/1 row"
	labelDetails = "svilpe/1 details"
	labelEntry   = "svilpe/1 entry"
)

// Digest is a SHA-256. The zero digest is no digest: in an [Item] it says that
// the thing was removed.
type Digest [32]byte

// Item names one stored thing and its digest, for instance
// {"envelope:<uuid>", SHA-256 of its row}; a zero digest means removed.
type Item struct {
	Label  string
	Digest Digest
}

// Entry is one fact in the log. Everything but Index is chosen by the caller;
// Index is the place in the tree, counted from 0.
type Entry struct {
	Index      int64
	ID         string   // UUID version 4
	Day        string   // YYYY-MM-DD, never an exact time
	Kind       string   // what happened, for instance "filed", "granted"
	Actor      string   // member id, ActorReporter or ActorSystem
	Case       string   // case id, or "" where no case is concerned
	Items      []Item   // what was stored or removed, in the caller's order
	Commitment []byte   // HMAC of a report and its files under the reporter's proof key, or nil
	Blinding   [32]byte // random; without it nobody can test a guess at the entry
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

// Leaf is the record that [LeafHash] hashes: version label, index (64 bits, big
// endian), id, day, kind, actor, case and details, each length-prefixed, then
// the 32 bytes of blinding. It is unambiguous: different entries have
// different leaves.
func (e Entry) Leaf() []byte {
	b := appendString(nil, labelEntry)
	b = appendIndex(b, e.Index)
	for _, s := range []string{e.ID, e.Day, e.Kind, e.Actor, e.Case} {
		b = appendString(b, s)
	}
	b = appendBytes(b, e.Details())
	return append(b, e.Blinding[:]...)
}

// LeafHash is the entry's hash at level 0 of the tree (RFC 6962 §2.1).
func LeafHash(e Entry) tlog.Hash {
	return tlog.RecordHash(e.Leaf())
}
