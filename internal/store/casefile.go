package store

import (
	"fmt"
	"strings"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// CaseFile is everything stored of one case, checked against the log: the case
// row, epochs and grants bear digests that an entry holds. Envelopes are
// checked one by one with Trusted, since one that was spoilt must not hide the
// others.
type CaseFile struct {
	ethics.Case
	Installation Installation
	Epochs       []Epoch
	Events       []ethics.Event
	Grants       []Grant
	Envelopes    []ethics.Envelope
	Proposals    []Proposal
	First        audit.Digest // of the case's first entry: what members state they opened
	Missing      int          // envelopes that an entry names and no row holds

	digests map[string]audit.Digest
}

// CaseFile reads a case. With reporter only what is sealed to the reporter too
// is among the envelopes, and no grants. ErrUntrusted when the case's own row,
// an epoch or a grant is not what the log says.
func (tx *ReadTx) CaseFile(caseID string, reporter bool) (CaseFile, error) {
	f := CaseFile{}
	c, locator, err := tx.caseRow(`where id = $1`, caseID)
	if err != nil {
		return f, err
	}
	f.Case = c
	entries, err := tx.Entries(caseID)
	if err != nil {
		return f, fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
	}
	if len(entries) == 0 {
		return f, fmt.Errorf("%w: a case without entries", ethics.ErrUntrusted)
	}
	f.digests, f.First = Digests(entries), audit.Digest(audit.LeafHash(entries[0]))
	if err := f.must(caseItem(c, locator)); err != nil {
		return f, err
	}
	if err := tx.fillCase(&f, reporter); err != nil {
		return f, err
	}
	return f, nil
}

func (tx *ReadTx) fillCase(f *CaseFile, reporter bool) error {
	var err error
	if f.Installation, err = tx.Installation(); err != nil {
		return err
	}
	if f.Epochs, err = tx.Epochs(f.ID); err != nil {
		return err
	}
	for _, e := range f.Epochs {
		if err := f.must(epochItem(e)); err != nil {
			return err
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
	if !reporter {
		if f.Grants, err = tx.Grants(f.ID); err != nil {
			return err
		}
		for _, g := range f.Grants {
			if err := f.must(grantItem(g)); err != nil {
				return err
			}
		}
		if f.Proposals, err = tx.Proposals(f.ID); err != nil {
			return err
		}
		for _, p := range f.Proposals {
			if err := f.must(proposalItem(p)); err != nil {
				return err
			}
		}
	}
	if f.Envelopes, err = tx.Envelopes(f.ID, reporter); err != nil {
		return err
	}
	return tx.missing(f)
}

// missing counts envelopes that the log names and the table has not.
func (tx *ReadTx) missing(f *CaseFile) error {
	here := map[string]bool{}
	err := tx.c.each(`select id from envelope where case_id = $1`, []any{f.ID}, func(scan func(...any) error) error {
		var id string
		if err := scan(&id); err != nil {
			return err
		}
		here[EnvelopeLabel(id)] = true
		return nil
	})
	if err != nil {
		return err
	}
	for label, d := range f.digests {
		if strings.HasPrefix(label, "envelope:") && d != (audit.Digest{}) && !here[label] {
			f.Missing++
		}
	}
	return nil
}

func (f *CaseFile) must(i audit.Item) error {
	if f.digests[i.Label] != i.Digest {
		return fmt.Errorf("%w: %s", ethics.ErrUntrusted, i.Label)
	}
	return nil
}

// Trusted tells whether an envelope's row is what its entry says.
func (f *CaseFile) Trusted(e ethics.Envelope) bool {
	i := EnvelopeItem(e)
	return f.digests[i.Label] == i.Digest
}

// TrustedFile tells whether a file's row is what its entry says.
func (f *CaseFile) TrustedFile(s StoredFile) bool {
	i := fileItem(s)
	return s.Case == f.ID && f.digests[i.Label] == i.Digest
}

// Recipient is the case's public key in its current epoch.
func (f *CaseFile) Recipient() string {
	if len(f.Epochs) == 0 {
		return ""
	}
	return f.Epochs[len(f.Epochs)-1].Recipient
}

// RecipientOf is the case's public key in an epoch, "" when there is none.
func (f *CaseFile) RecipientOf(epoch int) string {
	for _, e := range f.Epochs {
		if e.Number == epoch {
			return e.Recipient
		}
	}
	return ""
}

// Holders are the members who can open the case.
func (f *CaseFile) Holders() []string {
	out := make([]string, len(f.Grants))
	for i, g := range f.Grants {
		out[i] = g.Member
	}
	return out
}
