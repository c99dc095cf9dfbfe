package storetest

import (
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/record"
	"svilpe/internal/store"
)

// Erasure is one of this case, signed by two.
func (w *World) Erasure(f Filed, first, second string) store.Erasure {
	w.T.Helper()
	e := store.Erasure{
		Case: f.ID, Number: f.Number, Institution: f.Institution, Asked: Today, Grounds: "retention_case " + Today, First: first, Until: "2026-12-23",
	}
	w.Read(func(tx *store.ReadTx) (err error) {
		e.Digest, err = tx.Newest(f.ID)
		return err
	})
	stated := payload.ErasureStatement(Installation, f.ID, e.Digest, e.Asked, e.Grounds)
	e.FirstSignature = payload.SignStatement(payload.LabelErasure, stated, w.People[first].MemberSigner())
	if second != "" {
		e.Second, e.Day = second, Today
		e.SecondSignature = payload.SignStatement(payload.LabelErasure, stated, w.People[second].MemberSigner())
	}
	return e
}

// Approve is the first person's part.
func (w *World) Approve(e store.Erasure) error {
	e.Second, e.Day, e.Until, e.SecondSignature = "", "", "", nil
	return w.Tries(record.KindErasureApproved, ethics.CaseStream(e.Case), func(tx *store.Tx) error { return tx.ApproveErasure(e) })
}

// Erase is the second person's.
func (w *World) Erase(e store.Erasure) error {
	return w.Tries(record.KindErased, ethics.CaseStream(e.Case), func(tx *store.Tx) error { return tx.Erase(e, Today) })
}

// WithAuditor is a founded world with an auditor, and two cases.
func WithAuditor(t testing.TB) (*World, [2]Filed) {
	t.Helper()
	w := Founded(t)
	cases := [2]Filed{w.File(), w.File()}
	w.Appoint("audra", appoint.RoleAuditor)
	w.NewCode(&cases[0])
	return w, cases
}
