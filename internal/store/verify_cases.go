package store

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

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
	union select case_id from vault_request where case_id > $1 union select case_id from case_status where case_id > $1
	union select id from consultation where id > $1 union select consultation_id from consultation_text where consultation_id > $1
	union select case_id from proposal where case_id > $1 union select case_id from measure where case_id > $1 union select case_id from file where case_id > $1
	order by 1 limit $2`

// cases checks case by case; memory is bounded by one case's rows without
// their sealed bytes.
func (v *verification) cases() error {
	page := []string{""} // rows that name no case at all
	for len(page) > 0 {
		for _, id := range page {
			if err := v.oneCase(id); err != nil {
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
	v.told = &story{}
	told := &story{id: id}
	v.talk = told // where it is one
	err := v.c.each(entryColumns+`where case_id = $1 order by idx`, []any{id}, func(scan func(...any) error) error {
		e, err := scanEntry(scan)
		blank := errors.Is(err, errBlank)
		if gone.entry(e, blank); blank {
			n++
			return nil
		}
		if err == nil && !announced(e) {
			return &Damage{"vault", id, whyUnannounced}
		}
		v.away.entry(e)
		told.entry(e)
		keys.entry(e, n == 0)
		for _, i := range e.Items {
			if ofCase(i.Label) && i.Label != keysLabel(id) {
				labels[i.Label] = i.Digest
			}
		}
		n++
		return err
	})
	if err != nil {
		return err
	}
	tx := &ReadTx{c: v.c, s: v.s}
	c, locator, err := tx.caseRow(`where id = $1`, id)
	if err == nil {
		v.out.Cases++
		err = match(labels, caseItem(c, locator))
		switch {
		case err == nil && gone.any():
			err = v.erased(tx, id, &gone, labels)
		case err == nil:
			v.told = told
			err = v.codes(tx, c, locator, keys, labels)
		}
	} else if errors.Is(err, ethics.ErrNotFound) {
		err = nil
		if len(gone.blanks) > 0 {
			if err := v.erased(tx, id, &gone, labels); err != nil {
				return err
			}
		}
		if d := labels["case:"+id]; d != (audit.Digest{}) {
			err = &Damage{"case", id, whyMissing}
		}
	}
	if err != nil {
		return err
	}
	if !gone.any() {
		if err := v.approvedErasure(tx, id, labels); err != nil {
			return err
		}
	}
	for _, rows := range []func(*ReadTx, ethics.Case, map[string]audit.Digest) error{v.epochs, v.removals, v.smallRows, v.measures, v.statuses, v.vaults, v.envelopes, v.files, v.consultation} {
		c.ID = id
		if err := rows(tx, c, labels); err != nil {
			return err
		}
	}
	return rest(labels)
}

// codes checks the reporter's keys, from the filing's to those of the code that
// opens the case now.
func (v *verification) codes(tx *ReadTx, c ethics.Case, locator []byte, keys chainReader, labels map[string]audit.Digest) error {
	changes, err := tx.CodeChanges(c.ID)
	if err != nil {
		return err
	}
	for _, x := range changes {
		if err := match(labels, codeItem(x)); err != nil {
			return err
		}
	}
	for label, d := range labels {
		if strings.HasPrefix(label, "code:") && d != (audit.Digest{}) {
			return damage(label, whyMissing) // before the keys that it ended
		}
	}
	v.chain, err = keys.check(v.installation.ID, c, locator, changes)
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
	for _, e := range list {
		i := epochItem(e)
		if err := match(labels, i); err != nil {
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
	}
	for label, d := range labels {
		if strings.HasPrefix(label, "epoch:") && d != (audit.Digest{}) {
			return damage(label, whyMissing) // before the grants that belong to it
		}
	}
	return nil
}

// verifier is the rule of authors; nobody is an author before the founding.
func (v *verification) verifier(c ethics.Case) Verifier {
	return verifier(c, v.installation.SystemVerifier, v.chain, v.roster)
}

var errPlace = fmt.Errorf("%w: not where one of its kind may stand", ethics.ErrUntrusted)

// signer refuses a row whose author may not have written it. What is sealed bears
// the signature itself, which only a holder can check.
func (v *verification) signer(c ethics.Case, i audit.Item, kind, author string, day ethics.Day, placed bool) error {
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
	err := v.c.each(`select n, name, day from case_event where case_id = $1 order by n`, []any{c.ID}, func(scan func(...any) error) error {
		var e ethics.Event
		if err := scan(&n, &e.Name, &e.Day); err != nil {
			return err
		}
		return match(labels, eventItem(c.ID, n, e))
	})
	if err != nil {
		return err
	}
	grants, err := tx.Grants(c.ID)
	if err != nil {
		return err
	}
	for _, g := range grants {
		i := grantItem(g)
		if err := match(labels, i); err != nil {
			return err
		}
		if err := v.signer(c, i, ethics.KindGrant, g.Giver, g.Day, placedGrant(g, v.epochsOfCase, grants)); err != nil {
			return err
		}
	}
	proposals, err := tx.Proposals(c.ID)
	if err != nil {
		return err
	}
	for _, p := range proposals {
		if err := match(labels, proposalItem(p)); err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) envelopes(_ *ReadTx, c ethics.Case, labels map[string]audit.Digest) error {
	return v.c.each(envelopeColumns+`where case_id = $1 order by sequence`, []any{c.ID}, func(scan func(...any) error) error {
		var e ethics.Envelope
		if err := scan(envelopeFields(&e)...); err != nil {
			return err
		}
		v.out.Envelopes++
		i := EnvelopeItem(e)
		if err := match(labels, i); err != nil {
			return err
		}
		if err := v.signer(c, i, e.Kind, e.Author, e.Day, placedEnvelope(e, v.epochsOfCase)); err != nil {
			return err
		}
		return v.tick(1)
	})
}

// files checks the rows of filed files, then their contents.
func (v *verification) files(_ *ReadTx, c ethics.Case, labels map[string]audit.Digest) error {
	var list []StoredFile
	err := v.c.each(fileColumns+`where case_id = $1 and state = 'filed' order by id`, []any{c.ID}, func(scan func(...any) error) error {
		var f StoredFile
		if err := scan(fileFields(&f)...); err != nil {
			return err
		}
		list = append(list, f)
		return match(labels, fileItem(f))
	})
	if err != nil {
		return err
	}
	for _, f := range list {
		v.out.Files++
		if err := v.content(f); err != nil {
			return err
		}
	}
	return nil
}

// content reads a file's chunks, one at a time.
func (v *verification) content(f StoredFile) error {
	whole, size, next := sha256.New(), int64(0), 0
	at := func(n int, why string) error { return &Damage{"chunk", fmt.Sprintf("%s/%d", f.ID, n), why} }
	err := v.c.each(`select n, data from chunk where file_id = $1 order by n`, []any{f.ID}, func(scan func(...any) error) error {
		var n int
		var data []byte
		if err := scan(&n, &data); err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		switch {
		case n < next || n >= f.Chunks:
			return at(n, "the file has no chunk of this number")
		case n > next:
			return at(next, whyMissing)
		case len(f.ChunkDigests) < 32*(n+1) || string(f.ChunkDigests[32*n:32*(n+1)]) != string(sum[:]):
			return at(n, whyChanged)
		}
		whole.Write(data)
		size += int64(len(data))
		next++
		return v.tick(1)
	})
	switch {
	case err != nil:
		return err
	case next < f.Chunks:
		return at(next, whyMissing)
	case size != f.Size || string(whole.Sum(nil)) != string(f.SHA256):
		return &Damage{"file", f.ID, "its chunks give another size or SHA-256"}
	}
	return nil
}

// orphans finds chunks of no file: neither record nor scratch.
func (v *verification) orphans() error {
	var file string
	var n int
	err := v.c.one(`select c.file_id, c.n from chunk c left join file f on f.id = c.file_id where f.id is null order by c.file_id, c.n limit 1`, nil, &file, &n)
	if errors.Is(err, ethics.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return &Damage{"chunk", fmt.Sprintf("%s/%d", file, n), "belongs to no file"}
}
