package record

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/policy"
)

// MayConfirmErasure tells whether a member may sign second on a day: they see all cases as
// metadata, whatever institution appointed them.
func MayConfirmErasure(by policy.Erasers, roster *appoint.Roster, member string, day ethics.Day) bool {
	return slices.Contains(roster.AllRoles(member, day), by.SecondOffice)
}

// TombstoneOf is what is counted of a case when it is erased; ended is the day on which
// it came to its last state.
func TombstoneOf(c ethics.Case, ended ethics.Day) Tombstone {
	return Tombstone{
		Case: c.ID, Number: c.Number, Institution: c.Institution, Category: c.Category, Track: c.Track,
		First: c.Received, Last: ended,
	}
}

// Since is the day on which a case came to the state that it is in.
func (f *CaseFile) Since() (day ethics.Day) {
	for _, e := range f.Events {
		if e.Name == ethics.Entered(f.State) {
			day = e.Day
		}
	}
	return day
}

// Stated is what both signatures of an erasure cover: that the case is taken away,
// and all that is counted of it afterwards.
func (e Erasure) Stated(installation string, t Tombstone) []byte {
	return payload.ErasureStatement(installation, e.Case, e.Digest, e.Asked, e.Grounds,
		t.Number, t.Institution, t.Category, t.Track, t.First, t.Last)
}

// FirstSigned checks the first signature, by the roster that it was written under.
func (e Erasure) FirstSigned(installation string, t Tombstone, then *appoint.Roster) error {
	p, err := policy.ByVersion(ethics.PolicyVersion)
	if err != nil {
		return err
	}
	if !slices.Contains(then.RolesFor(e.First, t.Institution, e.Asked), p.Erasers().FirstOffice) {
		return fmt.Errorf("%w: its first person had no such office here", ethics.ErrUntrusted)
	}
	return signedBy(then, e.First, e.Stated(installation, t), e.FirstSignature)
}

// AskedID is the id of a first signature's row.
func (e Erasure) AskedID() string { return uuid.NewSHA1(uuid.UUID{}, e.FirstSignature).String() }

// AskedUnder is the roster before the entry that brought the first signature; nobody
// is in it where none did.
func (l *Ledger) AskedUnder(e Erasure, now *appoint.Roster) *appoint.Roster {
	return now.At(l.IndexOf(ErasuresAsked.Label(&ErasureAsked{ID: e.AskedID()})))
}

func signedBy(then *appoint.Roster, member string, stated, signature []byte) error {
	key, err := then.Verifier(member)
	if err == nil {
		err = payload.VerifyStatement(payload.LabelErasure, stated, signature, key)
	}
	if err != nil {
		return fmt.Errorf("%w: signature of %s: %w", ethics.ErrUntrusted, member, err)
	}
	return nil
}

// ErasedBy tells whether two people signed that this case be erased and this be counted
// of it, each with the key and in the office of the entries by which they did: a new
// key changes nothing about what the old one signed. ErrUntrusted otherwise.
func (l *Ledger) ErasedBy(installation string, e Erasure, t Tombstone, now *appoint.Roster) error {
	p, err := policy.ByVersion(ethics.PolicyVersion)
	if err != nil {
		return err
	}
	then := now.At(l.IndexOf(Erasures.Label(&e)))
	switch {
	case e.Case != t.Case, e.Number != t.Number, e.Institution != t.Institution:
		return fmt.Errorf("%w: another case is counted", ethics.ErrUntrusted)
	case !then.Another(e.First, e.Second):
		return fmt.Errorf("%w: not of two people", ethics.ErrUntrusted)
	case !MayConfirmErasure(p.Erasers(), then, e.Second, e.Day):
		return fmt.Errorf("%w: its second person had no such office", ethics.ErrUntrusted)
	}
	return errors.Join(l.checkAsked(installation, e, t, now),
		signedBy(then, e.Second, e.Stated(installation, t), e.SecondSignature))
}

// checkAsked wants the first signature to be of the day of an entry behind the one that it
// names as the newest: with no such entry the day is made up. What the entry was is
// erased, its day is not.
func (l *Ledger) checkAsked(installation string, e Erasure, t Tombstone, now *appoint.Roster) error {
	wrong := fmt.Errorf("%w: asked for on no day of this case", ethics.ErrUntrusted)
	seen := false
	for _, f := range l.frames {
		if seen && f.Day == e.Asked {
			if wrong = e.FirstSigned(installation, t, now.At(f.Index)); wrong == nil {
				return nil
			}
		}
		leaf := audit.LeafHash(f)
		seen = seen || bytes.Equal(leaf[:], e.Digest)
	}
	return wrong
}
