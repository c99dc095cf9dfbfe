package store

import (
	"bytes"
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

func keysLabel(caseID string) string { return "keys:" + caseID }

// keysItem is what a code is to its case: where it finds it, whom to seal to, and
// whose signature it is. It stands in the filing's entry and in that of each change.
func keysItem(caseID string, k ReporterKeys) audit.Item {
	return item(keysLabel(caseID), caseID, k.Mark, k.Recipient, k.Verifier)
}

func codeLabel(caseID string, n int) string { return fmt.Sprintf("code:%s/%d", caseID, n) }

func codeItem(x CodeChange) audit.Item {
	return item(codeLabel(x.Case, x.N), x.Case, x.N, x.Old.Mark, x.Old.Recipient, x.Old.Verifier, x.Envelope, x.Signature, x.Day)
}

// CodeChanges are the changes of a case's code, in order.
func (tx *ReadTx) CodeChanges(caseID string) ([]CodeChange, error) {
	return all(tx, `select case_id, n, mark, recipient, verifier, envelope_id, signature, day from case_code where case_id = $1 order by n`, caseID,
		func(x *CodeChange) []any {
			return []any{&x.Case, &x.N, &x.Old.Mark, &x.Old.Recipient, &x.Old.Verifier, &x.Envelope, &x.Signature, &x.Day}
		})
}

// ReplaceCode ends the reporter's keys in favour of next, which locator finds.
// Visits with the old code end with it. PutCase stands behind it, the envelope
// with the old secret in front. ErrConflict when x is not the next change.
func (tx *Tx) ReplaceCode(c *ethics.Case, x CodeChange, next ReporterKeys, locator []byte) error {
	row, old, err := tx.caseRow(`where id = $1`, c.ID)
	if err != nil {
		return err
	}
	have := KeysOf(row, old)
	for _, i := range []audit.Item{caseItem(row, old), keysItem(c.ID, have)} {
		if err := tx.held(c.ID, i); err != nil {
			return err
		}
	}
	changes, err := tx.CodeChanges(c.ID)
	if err != nil {
		return err
	}
	if x.N != len(changes) || !bytes.Equal(x.Old.Mark, have.Mark) || !bytes.Equal(x.Old.Verifier, have.Verifier) {
		return ethics.ErrConflict
	}
	err = tx.c.run(`insert into case_code (case_id, n, mark, recipient, verifier, envelope_id, signature, day) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		x.Case, x.N, x.Old.Mark, x.Old.Recipient, x.Old.Verifier, x.Envelope, x.Signature, x.Day)
	if err != nil {
		return err
	}
	if err := tx.noteNew(c.ID, codeItem(x)); err != nil {
		return err
	}
	tx.note(c.ID, keysItem(c.ID, next))
	c.ReporterRecipient, c.ReporterVerifier = next.Recipient, next.Verifier
	row.ReporterRecipient, row.ReporterVerifier = next.Recipient, next.Verifier
	written := caseItem(row, locator)
	tx.digests[c.ID][written.Label] = written.Digest // PutCase notes it
	err = tx.c.run(`update cases set locator = $1, reporter_recipient = $2, reporter_verifier = $3 where id = $4`,
		locator, next.Recipient, next.Verifier, c.ID)
	if err != nil {
		return err
	}
	return tx.c.run(`delete from tmp_case_session where case_id = $1`, c.ID)
}

// chain is a case's reporter's keys, oldest first, and since which entry each
// counts.
type chain struct {
	keys []ReporterKeys
	born map[string]int // by id of a row: how many changes its entry came after
}

// reads learns from a case's entries, in order, which keys they name and what
// they brought. Only the first entry and those of a change may speak of keys.
type chainReader struct {
	digests []audit.Digest
	born    map[string]int
	bad     error
}

func (r *chainReader) entry(e audit.Entry, first bool) {
	if r.born == nil {
		r.born = map[string]int{}
	}
	changed := false
	for _, i := range e.Items {
		if strings.HasPrefix(i.Label, "code:") {
			changed = true
		}
	}
	after := len(r.digests) - 1
	for _, i := range e.Items {
		if i.Label == keysLabel(e.Case) {
			if first == changed || first && len(r.digests) > 0 {
				r.bad = &Damage{"case", e.Case, fmt.Sprintf("entry %d speaks of the reporter's keys, which only the first or a new code may", e.Index)}
			}
			r.digests = append(r.digests, i.Digest)
			continue
		}
		switch table, _, _ := strings.Cut(i.Label, ":"); table {
		case "event", "measure", "code":
			continue // numbered from 0 as epochs are, and signed by nobody; statuses: see rowID
		}
		id := rowID(i.Label)
		if _, known := r.born[id]; !known {
			r.born[id] = max(after, 0)
		}
	}
	if after < 0 && len(r.digests) == 0 {
		r.bad = &Damage{"case", e.Case, "its first entry names no keys of a reporter"}
	}
}

// rowID is what a signed header calls the row of a label: the envelope's, grant's
// or vault's id, the epoch's number.
func rowID(label string) string {
	table, rest, _ := strings.Cut(label, ":")
	parts := strings.Split(rest, "/")
	switch table {
	case "vault_share":
		return parts[0]
	case "status":
		return "status/" + parts[len(parts)-1]
	}
	return parts[len(parts)-1]
}

// check holds the keys of the row and of each change against the entries and
// against each other.
func (r *chainReader) check(installation string, c ethics.Case, locator []byte, changes []CodeChange) (chain, error) {
	wrong := func(why string) (chain, error) { return chain{}, &Damage{"case", c.ID, why} }
	if r.bad != nil {
		return chain{}, r.bad
	}
	var keys []ReporterKeys
	for n, x := range changes {
		if x.N != n {
			return wrong("a change of its code is missing")
		}
		keys = append(keys, x.Old)
	}
	keys = append(keys, KeysOf(c, locator))
	if len(keys) != len(r.digests) {
		return wrong("the reporter's keys are not those that the log knows")
	}
	for n, k := range keys {
		if keysItem(c.ID, k).Digest != r.digests[n] {
			return wrong("the reporter's keys are not those it was filed with, or that a new code brought")
		}
		if n == 0 {
			continue
		}
		x := changes[n-1]
		stated := payload.CodeStatement(installation, c.ID, x.N, x.Envelope, k.Mark, k.Recipient, k.Verifier)
		if err := payload.VerifyStatement(payload.LabelCode, stated, x.Signature, ed25519.PublicKey(x.Old.Verifier)); err != nil {
			return wrong("a new code that the old one did not sign")
		}
	}
	return chain{keys: keys, born: r.born}, nil
}

// at are the keys that counted when the row of this id came to the case.
func (k chain) at(id string) ReporterKeys {
	if n, known := k.born[id]; known && n < len(k.keys) {
		return k.keys[n]
	}
	return k.keys[len(k.keys)-1]
}

// ReporterAt is the recipient that an envelope for the reporter was sealed to.
func (f *CaseFile) ReporterAt(envelope string) string { return f.chain.at(envelope).Recipient }

// KeysAt tells how many changes of the code came before this row.
func (f *CaseFile) KeysAt(id string) int { return min(f.chain.born[id], len(f.Codes)) }

// Verifiers are as Verifier, with each of the reporter's keys in turn, newest
// first: for what was signed once and is carried on from row to row.
func (f *CaseFile) Verifiers(roster *appoint.Roster) []Verifier {
	var out []Verifier
	for n := len(f.chain.keys) - 1; n >= 0; n-- {
		out = append(out, verifier(f.Case, f.Installation.SystemVerifier, chain{keys: f.chain.keys[n : n+1]}, roster))
	}
	return out
}

// Keys are the reporter's keys that count now.
func (f *CaseFile) Keys() ReporterKeys { return f.chain.keys[len(f.chain.keys)-1] }
