package casework_test

import (
	"crypto/ed25519"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
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
	state(w, appoint.KindAppointment, appoint.Appointment{
		Member: id, Name: "N " + id, Institution: institution, Roles: []string{role}, From: day, Until: until,
		Recipient: ident.Recipient().String(), Verifier: w.people[id].MemberSigner().Public().(ed25519.PublicKey),
	}, signers...)
}

// state stores a statement of a day, by who has seen all before it.
func state[T appoint.Content](w *world, kind string, body T, signers ...string) {
	w.t.Helper()
	r, err := w.in.Roster(ctx)
	must(w.t, err)
	st := signed(w, r.Head(kind, uuid.NewString(), w.today()), body, signers...)
	w.write(record.StatedAs[kind], "", func(tx *store.Tx) error { return tx.AddStatement(st) })
}

func signed[T appoint.Content](w *world, h appoint.Head, body T, signers ...string) appoint.Statement {
	w.t.Helper()
	raw, err := appoint.Write(h, body)
	must(w.t, err)
	st := appoint.Statement{ID: h.ID, Kind: h.Kind, Body: raw, Day: h.Prepared}
	for _, id := range signers {
		st.Signatures = append(st.Signatures, appoint.Sign(h.Kind, raw, id, w.people[id].MemberSigner()))
	}
	return st
}

// alternate founds the institution «up», which stands in for «home», with its
// responsible person and chair.
func (w *world) alternate() {
	w.t.Helper()
	state(w, appoint.KindInstitution, appoint.Institution{ID: "up", Name: "County", Alternate: "home"}, "resp", "chair")
	w.appoint("up_resp", "up", appoint.RoleResponsible, "", "resp", "chair")
	w.appoint("up_chair", "up", appoint.RoleChair, "", "resp", "chair")
	state(w, appoint.KindInstitution, appoint.Institution{ID: "home", Name: "Town", Alternate: "up"}, "resp", "chair")
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
