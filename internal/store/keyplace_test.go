package store_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// TestKeysCountFromTheirPlace: other keys that were stated for a member sign what
// comes after them; what stood before stays signed by the old ones. Who came to an
// office later signed nothing that was there before.
func TestKeysCountFromTheirPlace(t *testing.T) {
	w := founded(t)
	f := w.File()
	old := w.People["berta"]
	next := derive.New()
	ident, err := next.MemberIdentity()
	must(t, err)
	stated := storetest.Sign(w, appoint.KindKey, appoint.Key{
		Member: "berta", Recipient: ident.Recipient().String(),
		Verifier: next.MemberSigner().Public().(ed25519.PublicKey),
	}, "anna", "carl")
	w.Write(record.StatedAs[appoint.KindKey], ethics.StreamRoster, func(tx *store.Tx) error {
		return tx.AddStatement(stated)
	})
	w.People["berta"] = next
	w.Appoint("greta", appoint.RoleMember)

	var roster *appoint.Roster
	must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) (err error) {
		roster, err = tx.Roster()
		return err
	}))
	file, err := w.CaseFile(f.ID, false)
	must(t, err)
	rule := file.Rule(roster)
	for name, x := range map[string]struct {
		kind       ethics.EnvelopeKind
		id, author string
		key        derive.Secret
	}{
		"what berta lent before": {ethics.KindVaultLoan, "r" + f.ID, "berta", old},
		"what berta writes now":  {ethics.KindMessage, "new", "berta", next},
		"what greta writes now":  {ethics.KindMessage, "new", "greta", w.People["greta"]},
	} {
		key, err := rule(x.kind, x.author, x.id, today)
		if err != nil || !bytes.Equal(key, x.key.MemberSigner().Public().(ed25519.PublicKey)) {
			t.Errorf("%s: another key, %v", name, err)
		}
	}
	if _, err := rule(ethics.KindVaultLoan, "greta", "r"+f.ID, today); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("greta signed before she was appointed: %v", err)
	}
}
