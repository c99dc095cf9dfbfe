package store_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// lateRow is a row of yesterday. What got there all the same is named, and no session
// takes it: the case is refused as a whole, or the row alone.
type lateRow struct {
	table  string // as damage names it
	kind   audit.EntryKind
	stream string // where it is not the case's
	whole  bool
	add    func(*world, *store.Tx, *filed) error
	taken  func(*testing.T, *world, *filed) bool // where the row alone is refused
}

// lateRows are one of each kind, but for those of which TestStatesOfAnotherDay tells.
func lateRows() map[string]lateRow {
	return map[string]lateRow{
		"event": {table: "event", whole: true, add: func(_ *world, tx *store.Tx, f *filed) error {
			return tx.AddEvents(f.ID, ethics.Event{Name: "muted", Day: yesterday})
		}},
		"proposal": {table: "proposal", whole: true, add: func(_ *world, tx *store.Tx, f *filed) error {
			p := store.Proposal{ID: "late", Case: f.ID, Step: "mute", Proposer: "anna", State: "open", Day: yesterday}
			return errors.Join(tx.DecideProposal("p"+f.ID, "berta", "rejected"), tx.AddProposal(p))
		}},
		"grant": {table: "grant", whole: true, add: func(w *world, tx *store.Tx, f *filed) error {
			g := store.Grant{
				Case: f.ID, Member: "carl", ID: "late", Via: store.ViaAssigned, Day: yesterday, Sealed: []byte{1},
			}
			return tx.AddGrants(storetest.Signed(g, w.By(*f, "anna")))
		}},
		"envelope": {table: "envelope", add: func(_ *world, tx *store.Tx, f *filed) error {
			c, err := tx.Case(f.ID)
			e := ethics.Envelope{
				ID: "late", Case: f.ID, Sequence: c.Sequence, Kind: ethics.KindNote, Author: "anna",
				Day: yesterday, Sealed: []byte{1},
			}
			return errors.Join(err, tx.AddEnvelope(&c, e))
		}, taken: func(t *testing.T, w *world, f *filed) bool {
			c, err := w.CaseFile(f.ID, false)
			must(t, err)
			return c.Trusted(c.Envelopes[len(c.Envelopes)-1])
		}},
		"vault": {table: "vault", kind: record.KindIdentified, whole: true,
			add: func(_ *world, tx *store.Tx, f *filed) error {
				v, _ := storetest.VaultRows(f.ID, "late")
				v.Day = yesterday
				return tx.PutVault(v, nil)
			}},
		"loan": {table: "vault_request", whole: true, add: func(_ *world, tx *store.Tx, f *filed) error {
			r := storetest.Loan(f.ID, "v"+f.ID, "late")
			r.Day = yesterday
			return tx.LendShare(r)
		}},
		"epoch": {table: "epoch", whole: true, add: func(w *world, tx *store.Tx, f *filed) error {
			e := w.Epoch(f.ID, 1, "anna")
			e.Day = yesterday
			return tx.AddEpoch(e)
		}},
		"status": {table: "status", whole: true, add: func(w *world, tx *store.Tx, f *filed) error {
			s := *w.First(*f)
			s.N, s.Day = 1, yesterday
			return tx.AddStatus(s)
		}},
		"file": {table: "file", add: func(_ *world, tx *store.Tx, f *filed) error {
			return tx.FileFile(f.Stored.ID, f.ID, f.Envelopes[0].ID, f.Draft.DraftHash(), yesterday)
		}, taken: func(t *testing.T, w *world, f *filed) bool {
			c, err := w.CaseFile(f.ID, false)
			must(t, err)
			var row store.StoredFile
			err = w.S.Read(t.Context(), func(tx *store.ReadTx) (err error) {
				row, err = tx.File(f.Stored.ID)
				return err
			})
			return err == nil && c.TrustedFile(row)
		}},
		"code": {table: "code", kind: record.KindNewCode, whole: true,
			add: func(_ *world, tx *store.Tx, f *filed) error {
				c, err := tx.Case(f.ID)
				next := store.ReporterKeys{
					Recipient: "age1pq1", Verifier: []byte{1}, Mark: store.KeysOf(c, []byte{1}).Mark,
				}
				x := store.CodeChange{
					Case: f.ID, Old: store.KeysOf(c, locatorOf(f.ID)), Envelope: "old", Day: yesterday,
				}
				stated := payload.CodeStatement(install, f.ID, 0, x.Envelope, next.Mark, next.Recipient, next.Verifier)
				x.Signature = payload.SignStatement(payload.LabelCode, stated, f.Reporter.ReporterSigner())
				return errors.Join(err, tx.ReplaceCode(&c, x, next, []byte{1}))
			}},
		"gift": {table: "gift", stream: ethics.GiftStream("late"), add: func(_ *world, tx *store.Tx, _ *filed) error {
			return tx.AddGift(store.Gift{
				ID: "late", Institution: "home", Number: "D", Verifier: []byte{1}, Day: yesterday, Sealed: []byte{1},
			})
		}, taken: func(_ *testing.T, w *world, _ *filed) bool {
			known := map[string]bool{}
			err := w.S.Read(w.T.Context(), func(tx *store.ReadTx) error {
				g, err := tx.Gift("late")
				if err == nil {
					known, err = tx.LoggedGifts([]store.Gift{g})
				}
				return err
			})
			return err == nil && known["late"]
		}},
		"lesson": {table: "lesson", stream: ethics.StreamLessons, add: func(_ *world, tx *store.Tx, _ *filed) error {
			return tx.AddLesson(store.Lesson{ID: "late", Day: yesterday, Title: "t", Text: "x"})
		}, taken: func(_ *testing.T, w *world, _ *filed) bool {
			err := w.S.Read(w.T.Context(), func(tx *store.ReadTx) error {
				_, err := tx.Lessons(10)
				return err
			})
			return !errors.Is(err, audit.ErrTampered)
		}},
	}
}

// TestRowsOfAnotherDay: a row of another day than its entry is not written, not taken
// by any reader, and named, whatever the row is.
func TestRowsOfAnotherDay(t *testing.T) {
	for name, x := range lateRows() {
		t.Run(name, func(t *testing.T) {
			twice(t, func(t *testing.T, again func(*world)) {
				w := founded(t)
				f := w.File()
				f.Stored = w.Receive(f.Draft)
				of := x.stream
				if of == "" {
					of = ofCase(f.ID)
				}
				kind := x.kind
				if kind == "" {
					kind = "noted"
				}
				add := func(tx *store.Tx) error { return x.add(w, tx, &f) }
				if err := w.Tries(kind, of, add); !errors.Is(err, ethics.ErrDay) {
					t.Fatalf("written: %v", err)
				}
				w.Sound()
				w.Write(kind, of, func(tx *store.Tx) error { // as a program of somebody's own would
					tx.Pretend(yesterday)
					err := add(tx)
					tx.Pretend(today)
					return err
				})
				again(w)
				w.Names(x.table, "", "another day")
				if _, err := w.CaseFile(f.ID, false); x.whole != errors.Is(err, ethics.ErrUntrusted) {
					t.Errorf("the case: %v", err)
				}
				if x.taken != nil && x.taken(t, w, &f) {
					t.Error("it is taken")
				}
			})
		})
	}
}

// TestStatesOfAnotherDay: what only says of itself when it began or ended is of its
// entry's day too.
func TestStatesOfAnotherDay(t *testing.T) {
	w := talking(t)
	f := w.File()
	filing := func(received, changed ethics.Day) error {
		c := f.Case
		c.ID, c.Received, c.Changed = uuid.NewString(), received, changed
		return w.Tries("filed", ofCase(c.ID), func(tx *store.Tx) error {
			_, err := tx.AddCase(c, []string{"2026-" + c.ID[:13]}, []byte(c.ID))
			return err
		})
	}
	consultations := 0
	begins := func(change func(*store.Consultation, *store.ConsultationText)) error {
		other, text := consultation(), talked(0, ethics.ActorReporter)
		consultations++
		other.ID = fmt.Sprint("other", consultations)
		other.Number, text.Consultation, text.ID = "K-"+other.ID, other.ID, "text of "+other.ID
		change(&other, &text)
		return w.Tries(record.KindConsultation, ethics.ConsultationStream(other.ID), func(tx *store.Tx) error {
			return tx.AddConsultation(other, []byte(other.ID), text, storetest.AskedIn(t, other.ID))
		})
	}
	x, cases := storetest.WithAuditor(t)
	asked := x.Erasure(cases[1], "anna", "")
	asked.Asked = yesterday
	e := x.Erasure(cases[0], "anna", "audra")
	must(t, x.Approve(e))
	e.Day = yesterday
	for name, err := range map[string]error{
		"received":           filing(yesterday, today),
		"worked on":          filing(today, yesterday),
		"put back":           w.Tries("noted", ofCase(f.ID), func(tx *store.Tx) error { return pastCase(tx, f.ID) }),
		"a talk's beginning": begins(func(c *store.Consultation, _ *store.ConsultationText) { c.Received = yesterday }),
		"a word of a talk":   begins(func(_ *store.Consultation, s *store.ConsultationText) { s.Day = yesterday }),
		"a talk's end": consult(w, func(tx *store.Tx) error {
			return tx.EndConsultation("talk", yesterday, tomorrow, nil)
		}),
		"a talk's erasing":     consult(w, func(tx *store.Tx) error { return tx.EraseConsultation("talk", yesterday) }),
		"an erasing's asking":  x.Approve(asked),
		"a case's erasing":     x.Erase(e),
		"a share of the vault": w.Tries("noted", ofCase(f.ID), func(tx *store.Tx) error { return lateShare(tx, f.ID) }),
	} {
		if !errors.Is(err, ethics.ErrDay) {
			t.Errorf("%s on another day: %v", name, err)
		}
	}
	w.Sound()
	x.Sound()
}

func pastCase(tx *store.Tx, id string) error {
	c, err := tx.Case(id)
	c.Changed = yesterday
	return errors.Join(err, tx.PutCase(c))
}

func lateShare(tx *store.Tx, id string) error {
	v, shares := storetest.VaultRows(id, "late")
	shares[0].Day = yesterday
	return tx.PutVault(v, shares[:1])
}
