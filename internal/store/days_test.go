package store

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/seal"
)

const (
	yesterday = "2026-11-21"
	tomorrow  = "2026-11-23"
)

// operated writes what a program of the operator's own would, who has the log key
// and keeps no rule about days.
func (w *world) operated(kind, caseID string, day ethics.Day, fn func(*Tx) error) int64 {
	w.t.Helper()
	c, err := newConn(context.Background(), w.raw())
	must(w.t, err)
	defer c.close()
	must(w.t, c.run("begin immediate"))
	g := &grouped{s: w.s, c: c}
	must(w.t, g.begin())
	tx := &Tx{ReadTx: ReadTx{c: c, s: w.s, known: w.s.head.Load(), group: g}, day: day}
	must(w.t, fn(tx))
	e := audit.Entry{ID: uuid.NewString(), Day: day, Kind: kind, Actor: ethics.ActorReporter, Case: caseID, Items: tx.items}
	must(w.t, g.append(e))
	_, err = g.grow()
	must(w.t, err)
	must(w.t, c.run("commit"))
	return g.head.Size
}

func nothing(*Tx) error { return nil }

// on writes an entry by a clock that shows this day.
func (w *world) on(day ethics.Day, fn func(*Tx) error) error {
	return w.s.Write(context.Background(), Entry{ID: uuid.NewString(), Day: day, Kind: "noted", Actor: "anna"}, fn)
}

func at(day ethics.Day) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return t.Add(9 * time.Hour)
}

// twice runs a test on the world as it is, and on one that was opened anew.
func twice(t *testing.T, fn func(t *testing.T, again func(*world))) {
	t.Run("running", func(t *testing.T) { fn(t, func(*world) {}) })
	t.Run("reopened", func(t *testing.T) {
		fn(t, func(w *world) {
			must(w.t, w.s.Close())
			w.open()
			w.s.SetFounders(w.founders)
		})
	})
}

// TestAWriteTakesTheLaterDay: a clock that has not turned yet writes on the newest
// entry's day, and what was sealed by it is sealed again. One that is further
// behind writes nothing.
func TestAWriteTakesTheLaterDay(t *testing.T) {
	twice(t, func(t *testing.T, again func(*world)) {
		w := founded(t)
		f := w.file()
		must(t, w.on(tomorrow, nothing)) // another server's midnight
		again(w)
		if _, err := w.caseFile(f.ID, false); err != nil {
			t.Fatal(err)
		}
		must(t, w.on(today, nothing))
		if day := w.text(`select day from entry order by idx desc limit 1`); day != tomorrow {
			t.Errorf("an entry of %s behind one of %s", day, tomorrow)
		}
		event := func(day ethics.Day) error {
			return w.s.Write(context.Background(), entry("noted", f.ID), func(tx *Tx) error { return tx.AddEvents(f.ID, ethics.Event{Name: "muted", Day: day}) })
		}
		if err := event(today); !errors.Is(err, ethics.ErrDay) || !ethics.SealAgain(err) {
			t.Errorf("a row of the day before its entry: %v", err)
		}
		if day := w.s.Day(at(today)); day != tomorrow {
			t.Errorf("is sealed again on %s", day)
		}
		must(t, event(w.s.Day(at(today))))
		if err := w.on(yesterday, nothing); !errors.Is(err, ethics.ErrUnavailable) {
			t.Errorf("a clock two days behind: %v", err)
		}
		if day := w.s.Day(at(yesterday)); day != yesterday {
			t.Errorf("two days behind, and counts as %s", day)
		}
		if err := w.on("tomorrow", nothing); err == nil {
			t.Error("an entry of no day")
		}
		w.sound()
	})
}

// TestAClosingNeverFalls: a day is closed from the next one, on which something may
// have happened already.
func TestAClosingNeverFalls(t *testing.T) {
	w := founded(t)
	must(t, w.on(tomorrow, nothing))
	must(t, w.s.MakeCheckpoint(context.Background(), yesterday)) // by a program that starts at midnight
	must(t, w.s.MakeCheckpoint(context.Background(), today))
	w.sound()
	if n := w.text(`select count(*) from entry where day < ? and idx > 1`, tomorrow); n != "0" {
		t.Errorf("%s entries fall", n)
	}
}

// TestAClockFarAhead: once a day was closed, a jump of more than three days waits
// for somebody who looks at the clock, and that once.
func TestAClockFarAhead(t *testing.T) {
	const far, further = "2026-11-26", "2026-11-30"
	twice(t, func(t *testing.T, again func(*world)) {
		w := founded(t)
		must(t, w.s.MakeCheckpoint(context.Background(), today))
		again(w)
		refused := func(what string, err error) {
			if !errors.Is(err, ethics.ErrUnavailable) {
				t.Errorf("%s: %v", what, err)
			}
		}
		refused("four days ahead", w.on(far, nothing))
		refused("a closing", w.s.MakeCheckpoint(context.Background(), far))
		must(t, w.on("2026-11-25", nothing))
		must(t, w.on(far, nothing))
		refused("four days on", w.on(further, nothing))
		w.s.ClockIsRight(further)
		must(t, w.on(further, nothing))
		refused("once is not for ever", w.on("2026-12-04", nothing))
		w.sound()
	})
	fresh := founded(t)
	must(t, fresh.on("2027-11-22", nothing)) // no day was ever closed
	practice := founded(t)
	must(t, practice.s.MakeCheckpoint(context.Background(), today))
	practice.exec(`update installation set demo = 1`)
	must(t, practice.on("2027-11-22", nothing))
}

// TestAFallenDay: an entry dated back behind a later one is refused by who reads
// its case, and named.
func TestAFallenDay(t *testing.T) {
	twice(t, func(t *testing.T, again func(*world)) {
		w := founded(t)
		f, other := w.file(), w.file()
		must(t, w.on(tomorrow, nothing))
		must(t, w.on(tomorrow, nothing))
		if _, err := w.caseFile(f.ID, false); err != nil {
			t.Fatal(err)
		}
		n := w.operated("noted", f.ID, today, put(f.ID))
		again(w)
		if _, err := w.caseFile(f.ID, false); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("a member's session: %v", err)
		}
		if _, err := w.caseFile(f.ID, true); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("the reporter's: %v", err)
		}
		if _, err := w.caseFile(other.ID, false); err != nil {
			t.Errorf("another case: %v", err)
		}
		w.damaged("entry", strconv.FormatInt(n, 10))
		w.because(whyFell)
	})
}

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

// TestErasedDaysDoNotCount: what is left of an erased entry bears the day of the
// erasure, and stands in front of others.
func TestErasedDaysDoNotCount(t *testing.T) {
	twice(t, func(t *testing.T, again func(*world)) {
		w, cases := withAuditor(t)
		e := w.erasure(cases[0], "anna", "audra")
		must(t, w.approve(e))
		must(t, w.on(tomorrow, nothing))
		e.Day = tomorrow
		must(t, w.s.Write(context.Background(), Entry{ID: "erased", Day: tomorrow, Kind: KindErased, Actor: "audra", Case: e.Case},
			func(tx *Tx) error { return tx.Erase(e, today) }))
		again(w)
		if _, err := w.caseFile(cases[1].ID, false); err != nil {
			t.Errorf("another case: %v", err)
		}
		w.sound()
	})
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
