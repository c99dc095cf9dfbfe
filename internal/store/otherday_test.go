package store

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/seal"
)

// lateRow is a row of yesterday. What got there all the same is named, and no
// session takes it: the case is refused as a whole, or the row alone.
type lateRow struct {
	table string // as damage names it, "" where something else of it is named first
	of    string // whose entry it is, where it is not the case's
	whole bool
	add   func(*world, *Tx, *filed) error
}

func lateRows() map[string]lateRow {
	none := "-"
	return map[string]lateRow{
		"event": {"event", "", true, func(_ *world, tx *Tx, f *filed) error {
			return tx.AddEvents(f.ID, ethics.Event{Name: "muted", Day: yesterday})
		}},
		"proposal": {"proposal", "", true, func(_ *world, tx *Tx, f *filed) error {
			if err := tx.DecideProposal("p"+f.ID, "berta", "rejected"); err != nil {
				return err
			}
			return tx.AddProposal(Proposal{ID: "late", Case: f.ID, Proposer: "anna", State: "open", Day: yesterday})
		}},
		"grant": {"grant", "", true, func(_ *world, tx *Tx, f *filed) error {
			return tx.AddGrant(Grant{Case: f.ID, Member: "carl", ID: "late", Giver: "anna", Via: ViaAssigned, Day: yesterday, Sealed: []byte{1}})
		}},
		"envelope": {"envelope", "", false, func(_ *world, tx *Tx, f *filed) error {
			return tx.AddEnvelope(&f.Case, ethics.Envelope{
				ID: "late", Case: f.ID, Sequence: f.Sequence, Kind: ethics.KindNote, Author: "anna", Day: yesterday, Sealed: []byte{1},
			})
		}},
		"vault": {"vault", "", true, func(_ *world, tx *Tx, f *filed) error {
			v, _ := vaultRows(f.ID, "late")
			v.Day = yesterday
			return tx.PutVault(v, nil)
		}},
		"share": {"vault_share", "", true, func(_ *world, tx *Tx, f *filed) error {
			v, shares := vaultRows(f.ID, "late")
			x := shares[0]
			x.Day = yesterday
			if tx.day == today {
				return tx.PutVault(v, []ethics.VaultShare{x})
			}
			tx.day = today // the operator's
			return errors.Join(tx.PutVault(v, nil), tx.noteNew(f.ID, shareItem(x)),
				tx.c.run(`insert into vault_share (vault_id, case_id, member_id, dealer, digest, day, sealed) values ($1, $2, $3, $4, $5, $6, $7)`,
					x.Vault, x.Case, x.Member, x.Dealer, x.Digest, x.Day, x.Sealed))
		}},
		"loan": {"vault_request", "", true, func(_ *world, tx *Tx, f *filed) error {
			r := loan(f.ID, "v"+f.ID, "late")
			r.Day = yesterday
			return tx.LendShare(r)
		}},
		"epoch": {"epoch", "", true, func(w *world, tx *Tx, f *filed) error {
			c := f.Case
			c.Epoch = 1
			by := seal.Author{ID: "anna", Key: w.people["anna"].MemberSigner()}
			e := Epoch{Case: f.ID, Number: 1, Recipient: f.ReporterRecipient, Signer: by.ID, Day: yesterday}
			e.Signature = seal.Epoch(install, f.ID, 1, e.Recipient, by)
			return errors.Join(tx.AddEpoch(e), tx.PutCase(c))
		}},
		"file": {"file", "", false, func(_ *world, tx *Tx, f *filed) error {
			return tx.FileFile(f.file.ID, f.ID, "e", f.draft.DraftHash(), yesterday)
		}},
		"code": {"code", "", true, func(_ *world, tx *Tx, f *filed) error {
			c := f.Case
			next := ReporterKeys{Recipient: "age1pq1", Verifier: []byte{1}, Mark: KeysOf(c, []byte{1}).Mark}
			x := CodeChange{Case: f.ID, Old: KeysOf(c, locatorOf(f.ID)), Envelope: "old", Day: yesterday}
			stated := payload.CodeStatement(install, f.ID, 0, x.Envelope, next.Mark, next.Recipient, next.Verifier)
			x.Signature = payload.SignStatement(payload.LabelCode, stated, f.reporter.ReporterSigner())
			return errors.Join(tx.ReplaceCode(&c, x, next, []byte{1}), tx.PutCase(c))
		}},
		"case": {"", "", true, func(_ *world, tx *Tx, f *filed) error {
			c := f.Case
			c.Changed = yesterday
			return tx.PutCase(c)
		}},
		"approval of erasing": {"", "", true, func(_ *world, tx *Tx, f *filed) error {
			newest, err := tx.Newest(f.ID)
			return errors.Join(err, tx.ApproveErasure(Erasure{Case: f.ID, Asked: yesterday, Digest: newest, FirstSignature: []byte{1}, SecondSignature: []byte{}}))
		}},
		"gift": {"gift", none, false, func(_ *world, tx *Tx, _ *filed) error {
			return tx.AddGift(Gift{ID: "late", Institution: "home", Number: "D", Verifier: []byte{1}, Day: yesterday, Sealed: []byte{1}})
		}},
		"lesson": {"lesson", none, false, func(_ *world, tx *Tx, _ *filed) error {
			return tx.AddLesson(Lesson{ID: "late", Day: yesterday, Title: "t", Text: "x"})
		}},
		"consultation": {"", "talk", false, func(_ *world, tx *Tx, _ *filed) error {
			c := talk()
			c.Received = yesterday
			return tx.AddConsultation(c, []byte("l"), talked(0, ethics.ActorReporter))
		}},
		"text of a consultation": {"said", "talk", false, func(_ *world, tx *Tx, _ *filed) error {
			c, x := talk(), talked(0, ethics.ActorReporter)
			x.Day = yesterday
			if tx.day == yesterday { // the operator's
				c.Received, c.Changed = yesterday, yesterday
			}
			return tx.AddConsultation(c, []byte("l"), x)
		}},
	}
}

// TestRowsOfAnotherDay: a row of another day than its entry is not written, not
// read, and named, whatever the row is.
func TestRowsOfAnotherDay(t *testing.T) {
	for name, x := range lateRows() {
		t.Run(name, func(t *testing.T) {
			w := founded(t)
			f := w.file()
			f.file = w.receive(f.draft)
			of := f.ID
			if x.of != "" {
				of, _, _ = strings.Cut(x.of, "-")
			}
			if err := w.tries("noted", of, func(tx *Tx) error { return x.add(w, tx, &f) }); !errors.Is(err, ethics.ErrDay) {
				t.Fatalf("written: %v", err)
			}
			w.sound()
			if x.table == "" {
				return
			}
			w.operated("noted", of, today, func(tx *Tx) error {
				tx.day = yesterday
				return x.add(w, tx, &f)
			})
			w.damaged(x.table, "")
			w.because(whyOtherDay)
			file, err := w.caseFile(f.ID, false)
			if x.whole != errors.Is(err, ethics.ErrUntrusted) {
				t.Errorf("the case: %v", err)
			}
			must(t, w.s.Read(context.Background(), func(tx *ReadTx) error { return lateIsNotTaken(t, tx, name, file, f) }))
		})
	}
}

func lateIsNotTaken(t *testing.T, tx *ReadTx, name string, file CaseFile, f filed) error {
	t.Helper()
	taken := false
	var err error
	switch name {
	case "envelope":
		taken = file.Trusted(file.Envelopes[len(file.Envelopes)-1])
	case "file":
		var row StoredFile
		row, err = tx.File(f.file.ID)
		taken = file.TrustedFile(row)
	case "gift":
		var g Gift
		var known map[string]bool
		if g, err = tx.Gift("late"); err == nil {
			known, err = tx.LoggedGifts([]Gift{g})
		}
		taken = known["late"]
	case "text of a consultation":
		var c ConsultationFile
		c, err = tx.ConsultationFile("talk")
		taken = err == nil && c.Trusted(c.Said[0])
	}
	if taken {
		t.Errorf("%s is trusted", name)
	}
	return err
}

// TestStatesOfAnotherDay: what only says of itself when it began or ended is of its
// entry's day too.
func TestStatesOfAnotherDay(t *testing.T) {
	w := talking(t)
	filing := func(received, changed ethics.Day) error {
		c := ethics.Case{ID: uuid.NewString(), Institution: "home", State: "received", Received: received, Changed: changed, ReporterVerifier: []byte{}}
		return w.tries("filed", c.ID, func(tx *Tx) error {
			_, err := tx.AddCase(c, []string{"2026-" + c.ID[:5]}, []byte(c.ID))
			return err
		})
	}
	other := talk()
	other.ID, other.Number, other.Changed = "other", "K-2026-11111", yesterday
	text := talked(0, ethics.ActorReporter)
	text.Consultation, text.ID = "other", "text"
	x, cases := withAuditor(t)
	e := x.erasure(cases[1], "anna", "audra")
	must(t, x.approve(e))
	e.Day = yesterday
	for name, err := range map[string]error{
		"received":             filing(yesterday, today),
		"worked on":            filing(today, yesterday),
		"a consultation":       w.tries(KindConsultation, "other", func(tx *Tx) error { return tx.AddConsultation(other, []byte("o"), text) }),
		"a consultation's end": w.consult(func(tx *Tx) error { return tx.EndConsultation("talk", yesterday, tomorrow) }),
		"its erasing":          w.consult(func(tx *Tx) error { return tx.EraseConsultation("talk", yesterday) }),
		"a case's erasing":     x.erase(e),
	} {
		if !errors.Is(err, ethics.ErrDay) {
			t.Errorf("%s on another day: %v", name, err)
		}
	}
	w.sound()
}
