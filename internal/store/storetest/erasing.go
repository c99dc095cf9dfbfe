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
		Case: f.ID, Number: f.Number, Institution: f.Institution, Asked: Today, Grounds: "retention_case " + Today,
		First: first, Until: "2026-12-23",
	}
	w.Read(func(tx *store.ReadTx) (err error) {
		e.Digest, err = tx.Newest(f.ID)
		return err
	})
	if second != "" {
		e.Second, e.Day = second, Today
	}
	return w.SignErasure(e)
}

// SignErasure is an erasure as its people sign it, with what is counted of the case.
func (w *World) SignErasure(e store.Erasure) store.Erasure {
	w.T.Helper()
	var c ethics.Case
	w.Read(func(tx *store.ReadTx) (err error) {
		c, err = tx.CaseByNumber(w.Text(`select number from cases where id = ?`, e.Case))
		return err
	})
	stated := e.Stated(Installation, record.TombstoneOf(c, Today))
	e.FirstSignature = payload.SignStatement(payload.LabelErasure, stated, w.People[e.First].MemberSigner())
	if e.Second != "" {
		e.SecondSignature = payload.SignStatement(payload.LabelErasure, stated, w.People[e.Second].MemberSigner())
	}
	return e
}

// Approve is the first person's part.
func (w *World) Approve(e store.Erasure) error {
	e.Second, e.Day, e.Until, e.SecondSignature = "", "", "", nil
	return w.Tries(record.KindErasureApproved, ethics.CaseStream(e.Case), func(tx *store.Tx) error {
		return tx.ApproveErasure(e)
	})
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
