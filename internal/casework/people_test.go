package casework_test

import (
	"crypto/ed25519"
	"encoding/json"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// appoint gives somebody an office, signed by the first two of the others.
func (w *world) appoint(id, institution, role, until string, signers ...string) {
	w.t.Helper()
	if w.people[id] == (derive.Secret{}) {
		w.people[id] = derive.New()
	}
	ident, err := w.people[id].MemberIdentity()
	must(w.t, err)
	w.state(appoint.KindAppointment, appoint.Appointment{
		Member: id, Name: "N " + id, Institution: institution, Roles: []string{role}, From: day, Until: until, Stated: day,
		Recipient: ident.Recipient().String(), Verifier: w.people[id].MemberSigner().Public().(ed25519.PublicKey),
	}, signers...)
}

func (w *world) state(kind string, body any, signers ...string) {
	w.t.Helper()
	raw, err := json.Marshal(body)
	must(w.t, err)
	st := appoint.Statement{ID: uuid.NewString(), Kind: kind, Body: raw, Day: day}
	for _, id := range signers {
		st.Signatures = append(st.Signatures, appoint.Sign(kind, raw, id, w.people[id].MemberSigner()))
	}
	of := store.KindAppointed
	if kind == appoint.KindInstitution {
		of = store.KindInstitution
	}
	w.write(of, "", func(tx *store.Tx) error { return tx.AddStatement(st) })
}

// alternate founds the institution «up», which stands in for «home», with its
// responsible person and chair.
func (w *world) alternate() {
	w.t.Helper()
	w.state(appoint.KindInstitution, appoint.Institution{ID: "up", Name: "County", Alternate: "home", Stated: day}, "resp", "chair")
	w.appoint("up_resp", "up", appoint.RoleResponsible, "", "resp", "chair")
	w.appoint("up_chair", "up", appoint.RoleChair, "", "resp", "chair")
	w.state(appoint.KindInstitution, appoint.Institution{ID: "home", Name: "Town", Alternate: "up", Stated: day}, "resp", "chair")
}

func (w *world) holders(f filed) []string {
	w.t.Helper()
	c := w.caseFile(f)
	return c.Holders()
}

func (w *world) caseFile(f filed) (c store.CaseFile) {
	w.t.Helper()
	must(w.t, w.s.Read(ctx, func(tx *store.ReadTx) (err error) {
		c, err = tx.CaseFile(f.id, false)
		return err
	}))
	return c
}

// sound wants nothing to be damaged.
func (w *world) sound() {
	w.t.Helper()
	if d := w.damage(); d != nil {
		w.t.Fatalf("verify: %v", d)
	}
}

// filedAs files what the report says besides the usual.
func (w *world) filedAs(change func(*ethics.Report)) filed {
	w.t.Helper()
	d, r := derive.New(), w.report()
	change(&r)
	f, err := w.in.File(ctx, d, r)
	must(w.t, err)
	return filed{Filed: f, id: d.CaseID(), draft: d}
}
