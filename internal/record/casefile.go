package record

import (
	"fmt"
	"slices"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// CaseFile is everything stored of one case, held against the log: the case row,
// the reporter's keys, epochs, events, grants and proposals bear digests that the
// log has in force, and none that it names is gone. Envelopes are checked one by
// one with Trusted, since one that was spoilt must not hide the others.
type CaseFile struct {
	ethics.Case
	Locator       []byte // SHA-256 of the locator of the code
	Installation  Installation
	Codes         []CodeChange // of the case code, in order
	Epochs        []Epoch      // 0 up to the current one
	Events        []ethics.Event
	Grants        []Grant
	Envelopes     []ethics.Envelope // as read; Check leaves those that the reader may see
	Proposals     []Proposal
	Measures      []Measure
	Statuses      []ethics.SignedStatus
	Believed      []BelievedStatus // the statuses: where the case stands, and how it came there
	Vault         *ethics.Vault    // nil when there is none
	Shares        []ethics.VaultShare
	Requests      []ethics.VaultRequest
	First         audit.Digest   // leaf of the case's first entry: what members state they opened
	HolderRemoved bool           // a member left or was barred, by an act of a member
	EpochOwed     bool           // the program took a grant away, and no epoch was opened since
	Removals      []RemovalEntry // from whom the case was taken
	Missing       int            // envelopes that are not there any more, or hidden from the reporter

	ledger       *Ledger
	rows         map[string]bool // labels of rows that were found
	openRemovals OpenRemovals
	heldAt       heldAt
	keys         chainReader
	chain        chain
	statuses     *StatusChain
}

// Learn reads the case's entries, in order, with what they say about its rows.
// ErrUntrusted where one of them is not what the rules allow.
func (f *CaseFile) Learn(entries []audit.Entry, l *Ledger) error {
	f.ledger, f.rows = l, map[string]bool{}
	if len(entries) == 0 {
		return fmt.Errorf("%w: a case without entries", ethics.ErrUntrusted)
	}
	f.First = audit.Digest(audit.LeafHash(entries[0]))
	keep := shareKeepers{}
	for n, e := range entries {
		if !Announced(e) {
			return fmt.Errorf("%w: the vault ended in entry %d, and nobody says why", ethics.ErrUntrusted, e.Index)
		}
		if e.Kind == KindSealedOff {
			return fmt.Errorf("%w: entry %d takes rows of it away, and it was not erased", ethics.ErrUntrusted, e.Index)
		}
		if err := countsFor(e, Cases.Name, f.Institution); err != nil {
			return err
		}
		f.openRemovals.Take(e)
		f.heldAt.entry(e)
		keep.entry(e)
		if t, took := RemovalEntryOf(e); took {
			t.Keepers = keep.members()
			f.Removals = append(f.Removals, t)
		}
		f.HolderRemoved = f.HolderRemoved || e.Kind == KindRemoved
		f.keys.entry(e, n == 0)
	}
	f.EpochOwed = f.openRemovals.Open
	f.statuses = NewStatusChain(f.ID, entries)
	return nil
}

// Trusted tells whether an envelope's row is what its entry says, and stands
// where one of its kind may.
func (f *CaseFile) Trusted(e ethics.Envelope) bool {
	return rowMatches(f.ledger, Envelopes, &e) && PlacedEnvelope(e, f.Epochs, f.ledger)
}

// TrustedFile tells whether a file's row is what its entry says.
func (f *CaseFile) TrustedFile(s File) bool {
	return s.Case == f.ID && rowMatches(f.ledger, Files, &s)
}

// Recipient is the case's public key in its current epoch. A CaseFile that was
// read has one.
func (f *CaseFile) Recipient() string { return f.RecipientOf(f.Epoch) }

// RecipientOf is the case's public key in an epoch, "" when there is none.
func (f *CaseFile) RecipientOf(epoch int) string {
	for _, e := range f.Epochs {
		if e.Number == epoch {
			return e.Recipient
		}
	}
	return ""
}

// Holders are the members who can open the case, each once.
func (f *CaseFile) Holders() []string { return holders(f.Grants) }

// HeldWhenStored tells whether a member held the case, as the log has it, when an
// envelope was stored: who left since did, who came since did not.
func (f *CaseFile) HeldWhenStored(member, envelope string) bool {
	return slices.Contains(f.heldAt.stored[Envelopes.Name+":"+envelope], member)
}

// GrantsOf are one member's grants.
func (f *CaseFile) GrantsOf(member string) []Grant {
	return slices.DeleteFunc(slices.Clone(f.Grants), func(g Grant) bool { return g.Member != member })
}

// Barred are the members who stepped aside from the case or were excluded since
// it was filed, as the log says: never given it again, whatever an entry says.
func (f *CaseFile) Barred() []string {
	out := make([]string, 0, len(f.ledger.Barred))
	for id := range f.ledger.Barred {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// Seen is the leaf of the newest entry: what a text that is sealed now has seen.
func (f *CaseFile) Seen() []byte { return f.ledger.Seen }

// FormerHolders are the members who once held the case and hold it no more, as the
// log says: no share is dealt to them.
func (f *CaseFile) FormerHolders() []string {
	var out []string
	still := map[string]bool{}
	for label := range f.ledger.Born {
		if k := KindOf(label); k != Grants.Name && k != Grants.Info.Again {
			continue
		}
		if _, live := f.ledger.Live[label]; live {
			still[MemberOf(label)] = true
		}
		out = append(out, MemberOf(label))
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(m string) bool { return still[m] })
}

// Chain reads the reporter's keys, from the filing's to those of the code that opens
// the case now. Check does it too.
func (f *CaseFile) Chain() (err error) {
	f.chain, err = f.keys.check(f.Installation.ID, f.Case, f.Locator, f.Codes)
	return err
}

// PlacedEpoch tells whether an epoch's signer might open it where it stands.
func (f *CaseFile) PlacedEpoch(e Epoch) bool { return PlacedEpoch(e, f.openRemovals) }

// Ledger is what the case's entries say about its rows.
func (f *CaseFile) Ledger() *Ledger { return f.ledger }
