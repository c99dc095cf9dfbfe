package casework_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"filippo.io/age"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/unseal"
)

// TestOneHolderWithEverythingOpensNothing: a member with the whole database, the
// log key and every key that follows from the own secret, from the case secrets
// that the own grant holds, and from the own share. Then the control: two can.
func TestOneHolderWithEverythingOpensNothing(t *testing.T) {
	w := founded(t)
	f := w.fileThis(w.whistleblower())
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	// A request that was asked for and one that was rejected have released nothing.
	_, err := w.cw.Take(ctx, resp, f.Number, derive.New(), ask(""))
	must(t, err)
	_, err = w.cw.Decide(ctx, chair, f.Number, w.open(chair, f).Open.ID, derive.New(), false, "not needed")
	must(t, err)
	_, err = w.cw.Take(ctx, resp, f.Number, derive.New(), ask(""))
	must(t, err)
	for _, member := range []string{"resp", "chair"} {
		keys := w.everyKey(f, w.people[member])
		sealed := w.sealedRows()
		opened := 0
		for _, id := range keys {
			for name, b := range sealed {
				plain, err := unseal.Bytes(b, id)
				if err != nil {
					continue
				}
				opened++
				if strings.HasPrefix(name, "vault ") || bytes.Contains(plain, []byte("BERZINA")) {
					t.Errorf("%s alone opened %s", member, name)
				}
			}
		}
		if opened < 4 {
			t.Errorf("%s opened %d rows: the test tries too little", member, opened)
		}
	}
	if w.count(`select count(*) from vault_request`) != 0 {
		t.Error("asking or rejecting stored a share")
	}
	_, err = w.cw.Decide(ctx, chair, f.Number, w.open(chair, f).Open.ID, derive.New(), true, "")
	must(t, err)
	o := w.open(resp, f)
	if _, err := w.cw.OpenIdentity(ctx, resp, f.Number, o.Vault.Loan.Request, derive.New()); err != nil {
		t.Errorf("and two: %v", err)
	}
}

// everyKey gives each identity that one member's secret leads to: the own, those
// of the case's epochs, and a vault's from each 32 bytes of the own share, alone
// and xored with each other, and from other secrets at hand.
func (w *world) everyKey(f filed, member derive.Secret) []*age.HybridIdentity {
	w.t.Helper()
	own, err := member.MemberIdentity()
	must(w.t, err)
	keys := []*age.HybridIdentity{own}
	secrets := []derive.Secret{member}
	for _, b := range w.sealedRows() {
		plain, err := unseal.Bytes(b, own)
		if err != nil {
			continue
		}
		_, body, _ := bytes.Cut(plain, []byte("}\n"))
		_, body, _ = bytes.Cut(body, []byte("\n"))
		var grant ethics.Grant
		var share ethics.Share
		dec := json.NewDecoder(bytes.NewReader(body))
		if dec.Decode(&grant) == nil {
			for _, raw := range grant.Secrets {
				secrets = append(secrets, derive.Secret(raw))
			}
		}
		if json.NewDecoder(bytes.NewReader(body)).Decode(&share) == nil && len(share.Value) > 2 {
			for at := 2; at+32 <= len(share.Value); at += 32 {
				secrets = append(secrets, derive.Secret(share.Value[at:at+32]))
			}
			for _, d := range share.Dealt {
				secrets = append(secrets, derive.Secret(d))
			}
		}
	}
	if len(secrets) < 4 {
		w.t.Fatalf("%d secrets: the grant or the share was not read", len(secrets))
	}
	n := len(secrets)
	for i := range n {
		for j := range i {
			x := secrets[i]
			for k := range x {
				x[k] ^= secrets[j][k]
			}
			secrets = append(secrets, x)
		}
	}
	for _, s := range secrets {
		for _, make := range []func() (*age.HybridIdentity, error){
			func() (*age.HybridIdentity, error) { return s.VaultIdentity(f.id, w.vaultID(f)) },
			func() (*age.HybridIdentity, error) { return s.CaseIdentity(f.id, 0) },
			s.MemberIdentity, s.ReporterIdentity, s.FileIdentity,
		} {
			id, err := make()
			must(w.t, err)
			keys = append(keys, id)
		}
	}
	return keys
}

// sealedRows is every sealed byte of the database, by table and row.
func (w *world) sealedRows() map[string][]byte {
	w.t.Helper()
	out := map[string][]byte{}
	for table, query := range map[string]string{
		"vault": `select id, sealed from vault`, "vault_share": `select member_id, sealed from vault_share`,
		"vault_request": `select id, sealed from vault_request`, "grant": `select id, sealed from case_grant`,
		"envelope": `select id, sealed from envelope`,
	} {
		rows, err := w.raw().Query(query)
		must(w.t, err)
		for rows.Next() {
			var id string
			var b []byte
			must(w.t, rows.Scan(&id, &b))
			out[table+" "+id] = b
		}
		must(w.t, rows.Close())
	}
	return out
}
