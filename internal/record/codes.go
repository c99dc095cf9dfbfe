package record

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"strings"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// A reporter who fears that the card was seen takes a new code (sealing.md §3).
// The keys of a case's reporter are then a chain: those of the filing, and each
// next one named by a statement that the key before it signed. Nobody but who
// holds the code can lengthen it, not even somebody who can write entries.

// ReporterKeys are what a code is to a case. Mark is the SHA-256 of the row's
// locator: a replaced code finds nothing by it, and the chain can be checked.
type ReporterKeys struct {
	Recipient string
	Verifier  []byte
	Mark      []byte
}

// CodeChange is one new code for an old one: number N, from 0. Old are the keys
// that it ended; the envelope of this id holds their secret, sealed to the next.
type CodeChange struct {
	Case      string
	N         int
	Old       ReporterKeys
	Envelope  string
	Signature []byte // by Old, over payload.CodeStatement of what came next
	Day       ethics.Day
}

// KeysOf are the reporter's keys as a case's row has them.
func KeysOf(c ethics.Case, locator []byte) ReporterKeys {
	mark := sha256.Sum256(locator)
	return ReporterKeys{Recipient: c.ReporterRecipient, Verifier: c.ReporterVerifier, Mark: mark[:]}
}

// KeysRow is what a code is to its case: where it finds it, whom to seal to, and
// whose signature it is, and the number that its reporter was told. It stands in the
// filing's entry and in that of each change.
func KeysRow(caseID, number string, k ReporterKeys) Row {
	label := keys.Name + ":" + caseID
	return Row{
		Label: label, Digest: audit.RowDigest(label, []byte(caseID), []byte(number), k.Mark,
			[]byte(k.Recipient), k.Verifier),
	}
}

// chain is a case's reporter's keys, oldest first, and since which entry each
// counts.
type chain struct {
	keys []ReporterKeys
	born map[string]int // by headed: how many changes its entry came after
}

// chainReader learns from a case's entries, in order, which keys they name and
// what they brought. Only the first entry and those of a change may speak of keys.
type chainReader struct {
	digests []audit.Digest
	born    map[string]int
	bad     string
}

func (r *chainReader) entry(e audit.Entry, first bool) {
	if r.born == nil {
		r.born = map[string]int{}
	}
	changed := false
	for _, c := range e.Changes {
		changed = changed || KindOf(c.Label) == Codes.Name
	}
	after := len(r.digests) - 1
	for _, c := range e.Changes {
		if KindOf(c.Label) == keys.Name {
			if first == changed || first && len(r.digests) > 0 {
				r.bad = fmt.Sprintf("entry %d speaks of the reporter's keys, which only the first or a new code may",
					e.Index)
			}
			r.digests = append(r.digests, c.New)
			continue
		}
		row := headerKey(c.Label) // never the id alone: rows of two kinds can have one
		if _, known := r.born[row]; !known {
			r.born[row] = max(after, 0)
		}
	}
	if after < 0 && len(r.digests) == 0 {
		r.bad = "its first entry names no keys of a reporter"
	}
}

// RowID is what a signed header calls the row of a label: the envelope's, grant's
// or vault's id, the epoch's number. Of an id with a slash nothing is cut away: two
// rows would have one.
func RowID(label string) string {
	key := KeyOf(label)
	switch KindOf(label) {
	case Shares.Name:
		return key[:max(strings.LastIndex(key, "/"), 0)]
	case Statuses.Name:
		return Statuses.Name + "/" + afterSlashes(key, 1)
	case Grants.Name, Grants.Info.Again:
		return afterSlashes(key, 2)
	case Epochs.Name, Events.Name, Measures.Name, Codes.Name:
		return afterSlashes(key, 1)
	}
	return key
}

// afterSlashes is what stands behind so many slashes.
func afterSlashes(key string, n int) string {
	for range n {
		_, key, _ = strings.Cut(key, "/")
	}
	return key
}

// check holds the keys of the row and of each change against the entries and
// against each other.
func (r *chainReader) check(installation string, c ethics.Case, locator []byte, changes []CodeChange) (chain, error) {
	wrong := func(why string) (chain, error) {
		return chain{}, fmt.Errorf("%w: case %s: %s", ethics.ErrUntrusted, c.ID, why)
	}
	if r.bad != "" {
		return wrong(r.bad)
	}
	var all []ReporterKeys
	for n, x := range changes {
		if x.N != n {
			return wrong("a change of its code is missing")
		}
		all = append(all, x.Old)
	}
	all = append(all, KeysOf(c, locator))
	if len(all) != len(r.digests) {
		return wrong("the reporter's keys are not those that the log knows")
	}
	for n, k := range all {
		if KeysRow(c.ID, c.Number, k).Digest != r.digests[n] {
			return wrong("the reporter's keys are not those it was filed with, or that a new code brought")
		}
		if n == 0 {
			continue
		}
		x := changes[n-1]
		stated := payload.CodeStatement(installation, c.ID, x.N, x.Envelope, k.Mark, k.Recipient, k.Verifier)
		if err := payload.VerifyStatement(payload.LabelCode, stated, x.Signature,
			ed25519.PublicKey(x.Old.Verifier)); err != nil {
			return wrong("a new code that the old one did not sign")
		}
	}
	return chain{keys: all, born: r.born}, nil
}

// at are the keys that counted when the row of this kind and id came to the case.
func (k chain) at(kind ethics.EnvelopeKind, id string) ReporterKeys {
	if n, known := k.born[headerKind(kind)+":"+id]; known && n < len(k.keys) {
		return k.keys[n]
	}
	if len(k.keys) == 0 {
		return ReporterKeys{} // it could not be read: nobody's signature verifies
	}
	return k.keys[len(k.keys)-1]
}

// ReporterAt is the recipient that an envelope for the reporter was sealed to.
func (f *CaseFile) ReporterAt(envelope string) string { return f.chain.at("", envelope).Recipient }

// KeysAt tells how many changes of the code came before this envelope.
func (f *CaseFile) KeysAt(envelope string) int {
	return min(f.chain.born[Envelopes.Name+":"+envelope], len(f.Codes))
}

// Verifiers are as Verifier, with each of the reporter's keys in turn, newest
// first: for what was signed once and is carried on from row to row.
func (f *CaseFile) Verifiers(roster *appoint.Roster) []Verifier {
	var out []Verifier
	for n := len(f.chain.keys) - 1; n >= 0; n-- {
		out = append(out,
			newVerifier(f.ledger,
				rule(f.ledger, f.Case, f.Installation.SystemVerifier, chain{keys: f.chain.keys[n : n+1]}, roster)))
	}
	return out
}

// Keys are the reporter's keys that count now.
func (f *CaseFile) Keys() ReporterKeys { return f.chain.keys[len(f.chain.keys)-1] }
