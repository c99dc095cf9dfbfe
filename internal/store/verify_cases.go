package store

import (
	"errors"
	"fmt"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// caseIDs gives the next cases, in order, after one: every id that any table or
// entry speaks of, so that a row without its case is found too.
const caseIDs = `select id from cases where id > $1 union select case_id from entry where case_id > $1
	union select case_id from erasure where case_id > $1 union select case_id from case_code where case_id > $1
	union select case_id from case_epoch where case_id > $1 union select case_id from case_event where case_id > $1
	union select case_id from case_grant where case_id > $1 union select case_id from envelope where case_id > $1
	union select case_id from vault where case_id > $1 union select case_id from vault_share where case_id > $1
	union select case_id from vault_request where case_id > $1
	union select id from consultation where id > $1 union select consultation_id from consultation_text where consultation_id > $1
	union select case_id from proposal where case_id > $1 union select case_id from measure where case_id > $1 union select case_id from file where case_id > $1
	order by 1 limit $2`

// cases checks case by case; memory is bounded by one case's rows without
// their sealed bytes.
func (v *verification) cases() error {
	page := []string{""} // rows that name no case at all
	for len(page) > 0 {
		for _, id := range page {
			if err := v.foundIn("case", id, v.oneCase(id)); err != nil {
				return err
			}
		}
		after := page[len(page)-1]
		page = page[:0]
		err := v.c.each(caseIDs, []any{after, verifyPage}, func(scan func(...any) error) error {
			var id string
			if err := scan(&id); err != nil {
				return err
			}
			page = append(page, id)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) oneCase(id string) error {
	labels, keys, n := map[string]audit.Digest{}, chainReader{}, 0
	var gone erasedCase
	v.away, v.epochsOfCase, v.chain = departures{}, nil, chain{keys: make([]ReporterKeys, 1)}
	err := v.c.each(entryColumns+`where case_id = $1 and idx >= 0 and idx < $2 order by idx`, []any{id, v.out.Head.Size}, v.every(func(scan func(...any) error) error {
		e, err := scanEntry(scan)
		if errors.Is(err, audit.ErrTampered) {
			n++
			return nil // tree has named it
		}
		blank := errors.Is(err, errBlank)
		if gone.entry(e, blank); blank {
			n++
			return nil
		}
		if err != nil {
			return err
		}
		if !announced(e) {
			_ = v.found(&Damage{"vault", id, whyUnannounced})
		}
		v.away.entry(e)
		keys.entry(e, n == 0)
		for _, i := range e.Items {
			if ofCase(i.Label) && i.Label != keysLabel(id) {
				labels[i.Label] = i.Digest
			}
		}
		n++
		return nil
	}))
	if err != nil {
		return err
	}
	tx := &ReadTx{c: v.c, s: v.s}
	c, err := v.caseItself(tx, id, &gone, keys, labels)
	if err := v.foundIn("case", id, err); err != nil {
		return err
	}
	if !gone.any() {
		if err := v.found(v.approvedErasure(tx, id, labels)); err != nil {
			return err
		}
	}
	for _, rows := range []func(*ReadTx, ethics.Case, map[string]audit.Digest) error{v.epochs, v.removals, v.smallRows, v.measures, v.vaults, v.envelopes, v.files, v.consultation} {
		c.ID = id
		if err := v.foundIn("case", id, rows(tx, c, labels)); err != nil {
			return err
		}
	}
	return v.missing(labels, "")
}

// caseItself checks a case's row, and what its keys or its erasure rest on.
func (v *verification) caseItself(tx *ReadTx, id string, gone *erasedCase, keys chainReader, labels map[string]audit.Digest) (ethics.Case, error) {
	c, locator, err := tx.caseRow(`where id = $1`, id)
	switch {
	case errors.Is(err, ethics.ErrNotFound):
		err = nil
		if len(gone.blanks) > 0 {
			err = v.erased(tx, id, gone, labels)
		}
		if err := v.found(err); err != nil {
			return c, err
		}
		return c, v.missing(labels, "case:")
	case err != nil:
		return c, err
	}
	v.out.Cases++
	if err := v.found(match(labels, caseItem(c, locator))); err != nil {
		return c, err
	}
	if gone.any() {
		return c, v.erased(tx, id, gone, labels)
	}
	return c, v.codes(tx, c, locator, keys, labels)
}

// codes checks the reporter's keys, from the filing's to those of the code that
// opens the case now.
func (v *verification) codes(tx *ReadTx, c ethics.Case, locator []byte, keys chainReader, labels map[string]audit.Digest) error {
	changes, err := tx.CodeChanges(c.ID)
	if err != nil {
		return err
	}
	err = everyOf(v, changes, func(x CodeChange) error { return match(labels, codeItem(x)) })
	if err == nil {
		err = v.missing(labels, "code:") // before the keys that it ended
	}
	if err != nil || v.unsure {
		return err
	}
	known, err := keys.check(v.installation.ID, c, locator, changes)
	if err == nil {
		v.chain = known
	}
	return err
}

// epochs checks rows and signatures: the reporter's key stands in the case, a
// member's in the roster, and the system may open no epoch.
func (v *verification) epochs(tx *ReadTx, c ethics.Case, labels map[string]audit.Digest) error {
	list, err := tx.Epochs(c.ID)
	if err != nil {
		return err
	}
	v.epochsOfCase = list
	err = everyOf(v, list, func(e Epoch) error {
		i := epochItem(e)
		if err := match(labels, i); err != nil || v.unsure {
			return err
		}
		key, err := v.verifier(c)(KindEpoch, e.Signer, rowID(i.Label), e.Day)
		if err == nil && !placedEpoch(e, v.away) {
			err = errPlace
		}
		if err == nil {
			stated := payload.EpochStatement(v.installation.ID, c.ID, e.Number, e.Recipient, e.Signer)
			err = payload.VerifyStatement(payload.LabelEpoch, stated, e.Signature, key)
		}
		if err != nil {
			return damage(i.Label, err.Error())
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.missing(labels, "epoch:") // before the grants that belong to it
}

// verifier is the rule of authors; nobody is an author before the founding.
func (v *verification) verifier(c ethics.Case) Verifier {
	return verifier(c, v.installation.SystemVerifier, v.chain, v.roster)
}

var errPlace = fmt.Errorf("%w: not where one of its kind may stand", ethics.ErrUntrusted)

// signer refuses a row whose author may not have written it. What is sealed bears
// the signature itself, which only a holder can check.
func (v *verification) signer(c ethics.Case, i audit.Item, kind, author string, day ethics.Day, placed bool) error {
	if v.unsure {
		return nil
	}
	_, err := v.verifier(c)(kind, author, rowID(i.Label), day)
	if err == nil && !placed {
		err = errPlace
	}
	if err != nil {
		return damage(i.Label, err.Error())
	}
	return nil
}

func (v *verification) smallRows(tx *ReadTx, c ethics.Case, labels map[string]audit.Digest) error {
	var n int
	err := v.c.each(`select n, name, day from case_event where case_id = $1 order by n`, []any{c.ID}, v.every(func(scan func(...any) error) error {
		var e ethics.Event
		if err := scan(&n, &e.Name, &e.Day); err != nil {
			return err
		}
		return match(labels, eventItem(c.ID, n, e))
	}))
	if err != nil {
		return err
	}
	grants, err := tx.Grants(c.ID)
	if err != nil {
		return err
	}
	err = everyOf(v, grants, func(g Grant) error {
		i := grantItem(g)
		if err := match(labels, i); err != nil {
			return err
		}
		return v.signer(c, i, ethics.KindGrant, g.Giver, g.Day, placedGrant(g, v.epochsOfCase, grants))
	})
	if err != nil {
		return err
	}
	proposals, err := tx.Proposals(c.ID)
	if err != nil {
		return err
	}
	return everyOf(v, proposals, func(p Proposal) error { return match(labels, proposalItem(p)) })
}

func (v *verification) envelopes(_ *ReadTx, c ethics.Case, labels map[string]audit.Digest) error {
	return v.c.each(envelopeColumns+`where case_id = $1 order by sequence`, []any{c.ID}, v.every(func(scan func(...any) error) error {
		var e ethics.Envelope
		if err := scan(envelopeFields(&e)...); err != nil {
			return err
		}
		v.out.Envelopes++
		if err := v.tick(1); err != nil {
			return err
		}
		i := EnvelopeItem(e)
		if err := match(labels, i); err != nil {
			return err
		}
		return v.signer(c, i, e.Kind, e.Author, e.Day, placedEnvelope(e, v.epochsOfCase))
	}))
}
