package verify

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/record"
)

// oneCase holds a case's rows against its entries, and asks of each whether its
// author might write it there and then.
func (v *run) oneCase(id string, list []audit.Entry, l *record.Ledger) error {
	rows, err := v.rows(ethics.CaseStream(id), l)
	if err != nil {
		return err
	}
	f, err := v.raw.CaseFile(id)
	switch {
	case v.tree.streams[ethics.CaseStream(id)].erased >= 0:
		v.erased(id, rows, l)
		return nil
	case errors.Is(err, ethics.ErrNotFound):
		if label := record.Cases.Name + ":" + id; l.Ended[label] {
			v.damage(ofRows(record.Cases.Name), id, whyUnerased)
		}
		return nil // else its row is missing, and named
	case err != nil:
		v.damage(ofRows(record.Cases.Name), id, unread(err))
		return nil
	}
	v.out.Cases++
	f.Installation = v.installation
	if err := f.Learn(list, l); err != nil {
		v.damage(ofRows(record.Cases.Name), id, because(err))
		return nil
	}
	if err := f.Chain(); err != nil {
		v.damage(ofRows(record.Cases.Name), id, because(err))
		return nil
	}
	if v.roster == nil { // the founding is named: whose signatures count cannot be asked
		return v.files(rows)
	}
	v.systems(&f, list)
	v.signed(id, f.Signed(v.roster))
	v.removals(&f, list)
	v.losses(&f)
	if err := v.copies(&f); err != nil {
		return err
	}
	for _, row := range rows {
		if err := v.authored(&f, row); err != nil {
			return err
		}
	}
	return nil
}

// copies holds the column of a grant that lists are read from against the statements:
// with it turned, a case that nobody has opened stands under no «new».
func (v *run) copies(f *record.CaseFile) error {
	said, err := v.raw.StatedCopies(f.ID)
	if err != nil {
		return err
	}
	for n := range f.Grants {
		grant := &f.Grants[n]
		label := record.Grants.Label(grant)
		if slices.Contains(said, grant.ID) != (grant.Via != record.ViaRenewed && f.HasStated(*grant)) &&
			!v.named[label] {
			v.spoilt(label, whyStatedCopy)
		}
	}
	return nil
}

// signed names what nobody signed: a status, or a copy that says something else.
func (v *run) signed(id string, err error) {
	var d *record.Differs
	switch {
	case err == nil:
	case errors.As(err, &d):
		if !v.named[d.Label] {
			v.spoilt(d.Label, whyf("%s", d.Why))
		}
	default:
		v.damage(ofRows(record.Statuses.Name), id, because(err))
	}
}

// authored asks of a row that is as the log says whether its author might write it.
// What is sealed bears the signature itself, which only a holder can check.
func (v *run) authored(f *record.CaseFile, row any) error {
	switch r := row.(type) {
	case *record.Epoch:
		v.epoch(f, r)
	case *record.Grant:
		err := f.CheckGrant(*r, v.roster)
		if err == nil && !record.PlacedGrant(*r, f.Epochs, f.Grants) {
			err = errPlace
		}
		if err != nil {
			v.spoilt(record.Grants.Label(r), because(err))
		}
	case *ethics.Envelope:
		v.out.Envelopes++
		v.signer(f, record.Envelopes.Label(r), r.Kind, r.Author, r.Day, record.PlacedEnvelope(*r, f.Epochs, f.Ledger()))
		return v.tick(1)
	case *ethics.Vault:
		v.signer(f, record.Vaults.Label(r), ethics.KindVault, r.Dealer, r.Day, true)
	case *ethics.VaultShare:
		placed := f.Vault == nil || f.Vault.ID == r.Vault && f.Vault.Dealer == r.Dealer
		v.signer(f, record.Shares.Label(r), ethics.KindVaultShare, r.Dealer, r.Day, placed)
	case *ethics.VaultRequest:
		placed := v.roster != nil &&
			v.roster.At(f.Ledger().IndexOf(record.Requests.Label(r))).Another(r.Asker, r.Decider) &&
			(r.State == "lent") == (len(r.Sealed) > 0)
		v.signer(f, record.Requests.Label(r), ethics.KindVaultLoan, r.Decider, r.Day, placed)
	case *record.ErasureAsked:
		if !v.asked(f, r) {
			v.spoilt(record.ErasuresAsked.Label(r), whyAsker)
		}
	case *record.File:
		v.out.Files++
		return v.content(r)
	}
	return nil
}

// epoch checks an epoch's signature: the reporter's key stands in the case, a
// member's in the roster, and the system may open none.
func (v *run) epoch(f *record.CaseFile, e *record.Epoch) {
	label := record.Epochs.Label(e)
	key, err := f.Rule(v.roster)(ethics.KindEpoch, e.Signer, record.RowID(label), e.Day)
	if err == nil && !f.PlacedEpoch(*e) {
		err = errPlace
	}
	if err == nil {
		stated := payload.EpochStatement(v.installation.ID, f.ID, e.Number, e.Recipient, e.Signer)
		err = payload.VerifyStatement(payload.LabelEpoch, stated, e.Signature, key)
	}
	if err != nil {
		v.spoilt(label, because(err))
	}
}

var errPlace = fmt.Errorf("%w: not where one of its kind may stand", ethics.ErrUntrusted)

func (v *run) signer(
	f *record.CaseFile, label string, kind ethics.EnvelopeKind, author string, day ethics.Day, placed bool,
) {
	_, err := f.Rule(v.roster)(kind, author, record.RowID(label), day)
	if err == nil && !placed {
		err = errPlace
	}
	if err != nil {
		v.spoilt(label, because(err))
	}
}

// files reads the content of all files among rows.
func (v *run) files(rows []any) error {
	for _, row := range rows {
		if f, ok := row.(*record.File); ok {
			v.out.Files++
			if err := v.content(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// content reads a file's chunks, one at a time.
func (v *run) content(f *record.File) error {
	whole, size, next := sha256.New(), int64(0), 0
	at := func(n int, why Why) { v.damage(PartChunk, fmt.Sprintf("%s/%d", f.ID, n), why) }
	before := len(v.out.Damages)
	err := v.raw.Chunks(f.ID, func(n int, data []byte) error {
		sum := sha256.Sum256(data)
		for ; next < n && next < f.Chunks; next++ {
			at(next, WhyMissing)
		}
		switch {
		case n < next || n >= f.Chunks:
			at(n, whyNoChunk)
			return nil
		case len(f.ChunkDigests) < 32*(n+1) || string(f.ChunkDigests[32*n:32*(n+1)]) != string(sum[:]):
			at(n, WhyChanged)
		}
		whole.Write(data)
		size += int64(len(data))
		next = n + 1
		return v.tick(1)
	})
	for ; err == nil && next < f.Chunks; next++ {
		at(next, WhyMissing)
	}
	if len(v.out.Damages) == before && (size != f.Size || string(whole.Sum(nil)) != string(f.SHA256)) {
		v.damage(ofRows(record.Files.Name), f.ID, whyContent)
	}
	return err
}

// asked checks the first signature under an erasure, while the second is waited for.
func (v *run) asked(f *record.CaseFile, e *record.ErasureAsked) bool {
	if v.roster == nil {
		return false
	}
	then := v.roster.At(f.Ledger().IndexOf(record.ErasuresAsked.Label(e)))
	return e.FirstSigned(v.installation.ID, record.TombstoneOf(f.Case, f.Since()), then) == nil
}

// erased demands what is left of an erased case: what is counted of it, and the word
// of two people.
func (v *run) erased(id string, rows []any, l *record.Ledger) {
	for _, name := range []string{record.Erasures.Name, record.Tombstones.Name} {
		if len(l.OfKind(name)) == 0 {
			v.damage(ofRows(name), id, whyHalfErased)
		}
	}
	var e *record.Erasure
	var t record.Tombstone
	for _, row := range rows {
		switch r := row.(type) {
		case *record.Erasure:
			e = r
		case *record.Tombstone:
			t = *r
		}
	}
	switch {
	case e == nil, v.roster == nil:
	default:
		if err := l.ErasedBy(v.installation.ID, *e, t, v.roster); err != nil {
			v.damage(ofRows(record.Erasures.Name), id, because(err))
		}
	}
}
