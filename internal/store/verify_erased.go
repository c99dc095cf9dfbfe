package store

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// An entry may be blank only where a later intact entry «erased» of its case, with
// the signatures of two people in the erasure's row, names its index.

// errBlank comes with an entry whose details and blinding were erased.
var errBlank = errors.New("store: a blank entry")

// erasedCase is what verification learns of a case that has blank entries, or an
// entry that names some.
type erasedCase struct {
	blanks map[int64]audit.Entry
	named  map[int64]audit.Digest
	by     int64 // index of the entry that names them
	kind   string
	intact []int64 // entries that are not blank
}

func (x *erasedCase) entry(e audit.Entry, blank bool) {
	if blank {
		if x.blanks == nil {
			x.blanks = map[int64]audit.Entry{}
		}
		x.blanks[e.Index] = e
		return
	}
	x.intact = append(x.intact, e.Index)
	for _, i := range e.Items {
		text, is := strings.CutPrefix(i.Label, "blank:")
		if !is {
			continue
		}
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			if x.named == nil {
				x.named = map[int64]audit.Digest{}
			}
			x.named[n], x.by, x.kind = i.Digest, e.Index, e.Kind
		}
	}
}

// any tells whether the case was erased, or claims to be.
func (x *erasedCase) any() bool { return len(x.blanks) > 0 || len(x.named) > 0 }

// erased checks blanks against the erasure: each named, by a later entry, with the
// leaf that the tree has; none named that is not blank; nothing of the case left.
func (v *verification) erased(tx *ReadTx, id string, x *erasedCase, labels map[string]audit.Digest) error {
	at := func(n int64, why string) error { return &Damage{"entry", strconv.FormatInt(n, 10), why} }
	e, err := tx.Erasure(id)
	if errors.Is(err, ethics.ErrNotFound) {
		e, err = Erasure{}, nil
	}
	if err != nil {
		return err
	}
	for n, blank := range x.blanks {
		leaf, err := leafAt(v.c, n)
		if err != nil {
			return err
		}
		switch {
		case x.kind != KindErased || x.by <= n || x.named[n] != audit.Digest(leaf):
			return at(n, "blank, and no later entry «erased» names it")
		case blank.ID != blankID(n) || blank.Actor != "" || blank.Day != e.Day:
			return at(n, "says more than a blank entry may")
		}
	}
	for n := range x.named {
		if _, is := x.blanks[n]; !is {
			return at(n, "named by an erasure, and not blank")
		}
		delete(labels, blankLabel(n))
	}
	for _, n := range x.intact {
		if n < x.by {
			return at(n, "older than the erasure of its case, which does not name it")
		}
	}
	if err := match(labels, erasureItem(e)); err != nil {
		return &Damage{"erasure", id, "not as its entry says"}
	}
	return v.signedErasure(id, e, x.by)
}

// signedErasure checks the two signatures, and that both might: two people by what
// was stated when they erased it.
func (v *verification) signedErasure(id string, e Erasure, by int64) error {
	wrong := func(why string) error { return &Damage{"erasure", id, why} }
	if e.Case != id || v.roster == nil || !v.roster.At(by).Another(e.First, e.Second) {
		return wrong("not of two people")
	}
	if !v.roster.Handles(e.First, e.Institution, e.Asked) {
		return wrong("its first person handled no cases here")
	}
	if !MayConfirmErasure(v.roster, e.Second, e.Day) {
		return wrong("its second person was no auditor")
	}
	stated := payload.ErasureStatement(v.installation.ID, e.Case, e.Digest, e.Asked, e.Grounds)
	for _, s := range []struct {
		member    string
		signature []byte
	}{{e.First, e.FirstSignature}, {e.Second, e.SecondSignature}} {
		key, err := v.roster.Verifier(s.member)
		if err == nil {
			err = payload.VerifyStatement(payload.LabelErasure, stated, s.signature, key)
		}
		if err != nil {
			return wrong(fmt.Sprintf("signature of %s: %v", s.member, err))
		}
	}
	return nil
}

// MayConfirmErasure tells whether a member is an auditor on a day: auditors see all
// cases as metadata, whatever institution appointed them.
func MayConfirmErasure(roster *appoint.Roster, member string, day ethics.Day) bool {
	return slices.Contains(roster.AllRoles(member, day), appoint.RoleAuditor)
}

// approvedErasure holds an erasure that waits for its second signature against its
// entry.
func (v *verification) approvedErasure(tx *ReadTx, id string, labels map[string]audit.Digest) error {
	e, err := tx.Erasure(id)
	if errors.Is(err, ethics.ErrNotFound) {
		return nil // missing: rest names it
	}
	if err != nil {
		return err
	}
	return match(labels, erasureItem(e))
}
