package store

import (
	"fmt"
	"slices"
	"strings"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// CaseFile is everything stored of one case, checked against the log: the case
// row, the reporter's keys, epochs, events, grants and proposals bear digests
// that an entry holds, and none that an entry names is gone. Where the case
// stands, its events and its measures are what its statuses say. Envelopes are
// checked one by one with Trusted, since one that was spoilt must not hide the
// others.
type CaseFile struct {
	ethics.Case
	Installation Installation
	Codes        []CodeChange // of the case code, in order
	Epochs       []Epoch      // 0 up to the current one
	Events       []ethics.Event
	Grants       []Grant
	Envelopes    []ethics.Envelope
	Proposals    []Proposal
	Measures     []Measure
	Vault        *ethics.Vault // nil when there is none
	Shares       []ethics.VaultShare
	Requests     []ethics.VaultRequest
	First        audit.Digest // of the case's first entry: what members state they opened
	Parted       bool         // a member left or was barred, by an act of a member
	Left         bool         // the program took a grant away, and no epoch was opened since
	Missing      int          // envelopes that are not there any more, or hidden from the reporter
	Told         []Told       // the statuses: where the case stands, and how it came there

	seen    string // leaf of the newest entry that was read
	digests map[string]audit.Digest
	rows    map[string]bool // labels of rows that were found
	away    departures
	held    holding
	chain   chain
}

// CaseFile reads a case. With reporter only what is sealed to the reporter too
// is among the envelopes, and no grants or proposals. ErrUntrusted when the
// case's own row, an epoch, event, grant or proposal is not what the log says.
func (tx *ReadTx) CaseFile(caseID string, reporter bool) (CaseFile, error) {
	f := CaseFile{rows: map[string]bool{}}
	c, locator, err := tx.caseRow(`where id = $1`, caseID)
	if err != nil {
		return f, err
	}
	f.Case = c
	if c.State == StateErased {
		return f, ethics.ErrNotFound
	}
	entries, err := tx.Entries(caseID)
	if err != nil {
		return f, fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
	}
	if len(entries) == 0 {
		return f, fmt.Errorf("%w: a case without entries", ethics.ErrUntrusted)
	}
	f.digests, f.First = Digests(entries), audit.Digest(audit.LeafHash(entries[0]))
	var keys chainReader
	told := &story{id: caseID}
	for n, e := range entries {
		told.entry(e)
		if !announced(e) {
			return f, fmt.Errorf("%w: the vault ended in entry %d, and nobody says why", ethics.ErrUntrusted, e.Index)
		}
		f.away.entry(e)
		f.held.entry(c.ID, e)
		f.Parted = f.Parted || e.Kind == KindRemoved
		keys.entry(e, n == 0)
	}
	f.Left = f.away.open
	if err := f.must(caseItem(c, locator)); err != nil {
		return f, err
	}
	if f.Installation, err = tx.Installation(); err != nil {
		return f, err
	}
	if err := tx.fillCodes(&f, keys, locator); err != nil {
		return f, err
	}
	if err := tx.fillCase(&f, reporter); err != nil {
		return f, err
	}
	if err := tx.fillStatus(&f, told, reporter); err != nil {
		return f, err
	}
	return f, tx.fillEnvelopes(&f, reporter)
}

// fillCodes reads the reporter's keys. They are those of the filing, or what they
// themselves named, whatever later entries say: whoever can write entries cannot
// exchange them.
func (tx *ReadTx) fillCodes(f *CaseFile, keys chainReader, locator []byte) error {
	var err error
	if f.Codes, err = tx.CodeChanges(f.ID); err != nil {
		return err
	}
	for _, x := range f.Codes {
		if err := f.must(codeItem(x)); err != nil {
			return err
		}
	}
	if f.chain, err = keys.check(f.Installation.ID, f.Case, locator, f.Codes); err != nil {
		return fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
	}
	return nil
}

func (tx *ReadTx) fillCase(f *CaseFile, reporter bool) error {
	var err error
	if f.Epochs, err = tx.Epochs(f.ID); err != nil {
		return err
	}
	if len(f.Epochs) != f.Epoch+1 {
		return fmt.Errorf("%w: %d epochs of %d", ethics.ErrUntrusted, len(f.Epochs), f.Epoch+1)
	}
	for n, e := range f.Epochs {
		if err := f.must(epochItem(e)); err != nil {
			return err
		}
		if e.Number != n || !placedEpoch(e, f.away) {
			return fmt.Errorf("%w: epoch %d of %s", ethics.ErrUntrusted, e.Number, e.Signer)
		}
	}
	if f.Events, err = tx.Events(f.ID); err != nil {
		return err
	}
	for n, e := range f.Events {
		if err := f.must(eventItem(f.ID, n, e)); err != nil {
			return err
		}
	}
	if err := tx.fillVault(f, reporter); err != nil {
		return err
	}
	if reporter {
		return f.complete("epoch:", "event:")
	}
	if f.Grants, err = tx.Grants(f.ID); err != nil {
		return err
	}
	for _, g := range f.Grants {
		if err := f.must(grantItem(g)); err != nil {
			return err
		}
		if !placedGrant(g, f.Epochs, f.Grants) {
			return fmt.Errorf("%w: %s grant by %s", ethics.ErrUntrusted, g.Via, g.Giver)
		}
	}
	return f.complete("epoch:", "event:", "grant:")
}

// fillEnvelopes reads all of them, for the reporter too: a row whose mark says
// that the reporter may not read it must be one that was stored like that.
func (tx *ReadTx) fillEnvelopes(f *CaseFile, reporter bool) error {
	all, err := tx.Envelopes(f.ID, false)
	if err != nil {
		return err
	}
	places := map[int]bool{}
	for _, e := range all {
		places[e.Sequence] = true
		f.rows[EnvelopeLabel(e.ID)] = true
		switch {
		case !reporter || e.Reporter:
			f.Envelopes = append(f.Envelopes, e)
		case !f.Trusted(e):
			f.Missing++
		}
	}
	named, gaps := 0, 0
	for label, d := range f.digests {
		if strings.HasPrefix(label, "envelope:") && d != (audit.Digest{}) && !f.rows[label] {
			named++
		}
	}
	for n := range f.Sequence {
		if !places[n] {
			gaps++
		}
	}
	f.Missing += max(named, gaps)
	return nil
}

// must holds a row against its newest digest in the log.
func (f *CaseFile) must(i audit.Item) error {
	if f.digests[i.Label] != i.Digest {
		return fmt.Errorf("%w: %s", ethics.ErrUntrusted, i.Label)
	}
	f.rows[i.Label] = true
	return nil
}

// complete demands a row for everything of these tables that the log names.
func (f *CaseFile) complete(tables ...string) error {
	for label, d := range f.digests {
		if d == (audit.Digest{}) || f.rows[label] {
			continue
		}
		if slices.ContainsFunc(tables, func(t string) bool { return strings.HasPrefix(label, t) }) {
			return fmt.Errorf("%w: %s is gone", ethics.ErrUntrusted, label)
		}
	}
	return nil
}

// Trusted tells whether an envelope's row is what its entry says, and stands
// where one of its kind may.
func (f *CaseFile) Trusted(e ethics.Envelope) bool {
	i := EnvelopeItem(e)
	return f.digests[i.Label] == i.Digest && placedEnvelope(e, f.Epochs)
}

// TrustedFile tells whether a file's row is what its entry says.
func (f *CaseFile) TrustedFile(s StoredFile) bool {
	i := fileItem(s)
	return s.Case == f.ID && f.digests[i.Label] == i.Digest
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
	return slices.Contains(f.held.stored[EnvelopeLabel(envelope)], member)
}

// GrantsOf are one member's grants.
func (f *CaseFile) GrantsOf(member string) []Grant {
	return slices.DeleteFunc(slices.Clone(f.Grants), func(g Grant) bool { return g.Member != member })
}
