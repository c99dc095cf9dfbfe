package storetest

import (
	"context"
	"errors"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
)

// Populated is a closed database to copy from, with a row in every table of the
// record: three cases of which the last is erased, two closed days and an entry
// since, scratch rows.
func Populated(t testing.TB) (*World, [2]Filed) {
	t.Helper()
	w := Founded(t)
	cases := [2]Filed{w.File(), w.File()}
	gone := w.File()
	w.Appoint("emma", appoint.RoleMember)
	w.Appoint("audra", appoint.RoleAuditor)
	w.Write("gift_declared", ethics.GiftStream("gift"), func(tx *store.Tx) error { return tx.AddGift(Gift()) })
	w.Write(record.KindConsultation, ethics.ConsultationStream("talk"), func(tx *store.Tx) error {
		return tx.AddConsultation(Consultation(), []byte("talk"), ConsultationText(0, ethics.ActorReporter), Asked(t))
	})
	w.Walk(cases[0])
	w.Write("step", ethics.CaseStream(cases[0].ID), func(tx *store.Tx) error {
		c, err := tx.Case(cases[0].ID)
		lesson := store.Lesson{ID: "lesson", Day: Today, Title: "t", Text: "x"}
		p := store.Proposal{ID: "p" + c.ID +
			"again", Case: c.ID, Step: "close", Proposer: "anna", State: "open", Day: Today}
		return errors.Join(err, tx.AddProposal(p), tx.AddLesson(lesson), tx.PutCase(c))
	})
	w.NewCode(&cases[1])
	Must(t, w.Approve(w.Erasure(cases[1], "anna", "")))
	erased := w.Erasure(gone, "anna", "audra")
	Must(t, w.Approve(erased))
	Must(t, w.Erase(erased))
	w.Close("2026-11-21")
	Insert(t, w.Dir, w.Log, record.Cosignatures,
		&record.Cosignature{Size: 64, Key: "other.example/log+01234567", Line: "— other", Day: Today})
	w.Close(Today)
	w.Write("opened", ethics.CaseStream(cases[0].ID), Nothing)
	w.Receive(derive.New())
	Must(t, w.S.Scratch(context.Background(), func(tx *store.ScratchTx) error {
		return tx.AddSecurity(store.SecurityEvent{ID: "form"})
	}))
	w.Sound()
	w.Stop()
	return w, cases
}

// Epoch is the next epoch of a case as a member opens it.
func (w *World) Epoch(caseID string, n int, member string) store.Epoch {
	w.T.Helper()
	ident, err := derive.New().CaseIdentity(caseID, n)
	Must(w.T, err)
	recipient := ident.Recipient().String()
	by := seal.Author{ID: member, Key: w.People[member].MemberSigner()}
	return store.Epoch{
		Case: caseID, Number: n, Recipient: recipient, Signer: member,
		Signature: seal.Epoch(Installation, caseID, n, recipient, by), Day: Today,
	}
}
