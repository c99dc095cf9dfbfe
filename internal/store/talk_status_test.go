package store

import (
	"context"
	"crypto/ed25519"
	"errors"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/seal"
)

// half a year after the test's day nobody has written, and the day before.
const (
	idle, busy = "2027-05-21", "2027-05-20"
	idleUntil  = "2027-06-20"
)

func (w *world) talkFile() (f ConsultationFile, err error) {
	err = w.s.Read(context.Background(), func(tx *ReadTx) error {
		f, err = tx.ConsultationFile("talk")
		return err
	})
	return f, err
}

// TestTalkEndsBySomebodysWord: or by the program when its time is over.
func TestTalkEndsBySomebodysWord(t *testing.T) {
	ends := func(w *world, actor string, day, until ethics.Day, st *ethics.SignedStatus) error {
		e := entry(KindConsultation, "talk")
		e.Actor, e.Day = actor, day
		return w.s.Write(context.Background(), e, func(tx *Tx) error { return tx.EndConsultation("talk", day, until, st) })
	}
	reporter := seal.Author{ID: ethics.ActorReporter, Key: asker()}
	for name, x := range map[string]struct {
		end  func(w *world) error
		good bool
	}{
		"the reporter's": {func(w *world) error { return ends(w, "reporter", today, "2026-12-22", w.ending(reporter)) }, true},
		"a trust person's": {func(w *world) error {
			return ends(w, "tija", today, "2026-12-22", w.ending(seal.Author{ID: "tija", Key: w.people["tija"].MemberSigner()}))
		}, true},
		"time's": {func(w *world) error { return ends(w, ethics.ActorSystem, idle, idleUntil, nil) }, true},
		"time's, behind a note of that day": {func(w *world) error {
			note := talked(2, "tija")
			note.Kind, note.Day = ethics.KindConsultationNote, idle
			e := entry(KindConsultation, "talk")
			e.Actor, e.Day = "tija", idle
			return errors.Join(ends(w, ethics.ActorSystem, idle, idleUntil, nil),
				w.s.Write(context.Background(), e, func(tx *Tx) error { return tx.Say(note) }))
		}, true},
		"time's, a day too soon":   {func(w *world) error { return ends(w, ethics.ActorSystem, busy, "2027-06-19", nil) }, false},
		"time's, kept for longer":  {func(w *world) error { return ends(w, ethics.ActorSystem, idle, "2099-01-01", nil) }, false},
		"time's, by somebody else": {func(w *world) error { return ends(w, "x", idle, idleUntil, nil) }, false},
		"nobody's":                 {func(w *world) error { return ends(w, "reporter", today, "2026-12-22", nil) }, false},
		"signed, kept for longer":  {func(w *world) error { return ends(w, "reporter", today, "2027-12-22", w.ending(reporter)) }, false},
		"the system's": {func(w *world) error {
			return ends(w, "x", today, "2026-12-22", w.ending(seal.Author{ID: ethics.ActorSystem, Key: asker()}))
		}, false},
		"another's key": {func(w *world) error {
			return ends(w, "x", today, "2026-12-22", w.ending(seal.Author{ID: "reporter", Key: w.people["anna"].MemberSigner()}))
		}, false},
		"a responsible person's": {func(w *world) error {
			return ends(w, "anna", today, "2026-12-22", w.ending(seal.Author{ID: "anna", Key: w.people["anna"].MemberSigner()}))
		}, false},
		"a status that says it is open": {func(w *world) error {
			f, err := w.talkFile()
			must(t, err)
			s := f.Ending(today)
			s.State = ConsultationOpen
			row, err := seal.Status(s, reporter)
			return errors.Join(err, ends(w, "reporter", today, "2026-12-22", row))
		}, false},
		"a status of another act": {func(w *world) error {
			f, err := w.talkFile()
			must(t, err)
			s := f.Ending(today)
			s.Act = ethics.ActAsk
			row, err := seal.Status(s, reporter)
			return errors.Join(err, ends(w, "reporter", today, "2026-12-22", row))
		}, false},
		"a status beside an open row": {func(w *world) error {
			st := w.ending(reporter)
			return w.consult(func(tx *Tx) error {
				c, locator, err := tx.heldConsultation("talk")
				return errors.Join(err, tx.AddStatus(*st), tx.putConsultation(c, locator))
			})
		}, false},
		"a row of another day of beginning": {func(w *world) error {
			return w.consult(func(tx *Tx) error {
				c, locator, err := tx.heldConsultation("talk")
				c.Received = "2025-01-01"
				return errors.Join(err, tx.c.run(`update consultation set received = $1`, c.Received), tx.putConsultation(c, locator))
			})
		}, false},
		"an end that leaves it open": {func(w *world) error {
			f, err := w.talkFile()
			must(t, err)
			s := f.Ending(today)
			s.State = ConsultationOpen
			row, err := seal.Status(s, reporter)
			return errors.Join(err, w.consult(func(tx *Tx) error {
				c, locator, err := tx.heldConsultation("talk")
				return errors.Join(err, tx.AddStatus(*row), tx.putConsultation(c, locator))
			}))
		}, false},
		"a row that has ended": {func(w *world) error {
			return w.consult(func(tx *Tx) error {
				c, locator, err := tx.heldConsultation("talk")
				c.State = ConsultationEnded
				return errors.Join(err, tx.putConsultation(c, locator))
			})
		}, false},
		"ended twice": {func(w *world) error {
			return errors.Join(ends(w, "reporter", today, "2026-12-22", w.ending(reporter)), w.consult(func(tx *Tx) error {
				c, locator, err := tx.heldConsultation("talk")
				f, err2 := tx.ConsultationFile("talk")
				row, err3 := seal.Status(f.Ending(today), reporter)
				return errors.Join(err, err2, err3, tx.AddStatus(*row), tx.putConsultation(c, locator))
			}))
		}, false},
		"a row touched later": {func(w *world) error {
			return w.consult(func(tx *Tx) error {
				c, locator, err := tx.heldConsultation("talk")
				c.Changed = "2020-01-01"
				return errors.Join(err, tx.putConsultation(c, locator))
			})
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := talking(t)
			must(t, x.end(w))
			for _, again := range []bool{false, true} {
				if again {
					must(t, w.s.Close())
					w.open()
				}
				f, err := w.talkFile()
				if x.good {
					if err != nil || f.State != ConsultationEnded {
						t.Errorf("%q, %v", f.State, err)
					}
					w.sound()
					continue
				}
				if !errors.Is(err, ethics.ErrUntrusted) {
					t.Errorf("believed to be %q, %v", f.State, err)
				}
				w.damaged("status", "talk")
			}
		})
	}
}

// TestTalkBeginsByTheReportersWord: a talk that the operator begins in somebody's
// name, or without a status, is none.
func TestTalkBeginsByTheReportersWord(t *testing.T) {
	for name, change := range map[string]func(*world, *ethics.Status) seal.Author{
		"another key": func(*world, *ethics.Status) seal.Author {
			return seal.Author{ID: "reporter", Key: ed25519.NewKeyFromSeed(noise(32))}
		},
		"a trust person": func(w *world, _ *ethics.Status) seal.Author {
			return seal.Author{ID: "tija", Key: w.people["tija"].MemberSigner()}
		},
		"of another talk": func(_ *world, s *ethics.Status) seal.Author {
			s.Stream = ethics.TalkStream("x")
			return seal.Author{ID: "reporter", Key: asker()}
		},
	} {
		w := setUp(t)
		w.found()
		w.write("appointed", "", func(tx *Tx) error {
			return tx.AddStatement(w.sign(appoint.KindAppointment, w.appointment("tija", appoint.RoleTrust), "anna", "berta"))
		})
		first := asked(t)
		s, err := ethics.ReadStatus(first.Body)
		must(t, err)
		row, err := seal.Status(s, change(w, &s))
		must(t, err)
		if s.Stream != ethics.TalkStream("talk") {
			row, err = seal.Status(s, seal.Author{ID: "reporter", Key: asker()})
			must(t, err)
		}
		row.Case = "talk"
		w.write(KindConsultation, "talk", func(tx *Tx) error {
			return tx.AddConsultation(talk(), []byte("locator"), talked(0, ethics.ActorReporter), *row)
		})
		if _, err := w.talkFile(); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: %v", name, err)
		}
		w.damaged("status", "talk")
	}
}

// TestTalkWithoutStatus: and one whose status another was put in place of.
func TestTalkWithoutStatus(t *testing.T) {
	w := setUp(t)
	w.found()
	w.write("appointed", "", func(tx *Tx) error {
		return tx.AddStatement(w.sign(appoint.KindAppointment, w.appointment("tija", appoint.RoleTrust), "anna", "berta"))
	})
	w.write(KindConsultation, "talk", func(tx *Tx) error {
		c, locator := talk(), []byte("locator")
		return errors.Join(tx.c.run(`insert into consultation (id, number, locator, institution, parties, state, received, changed, until, recipient, verifier)
			values ($1, $2, $3, $4, 'tija', $5, $6, $7, '', $8, $9)`, c.ID, c.Number, locator, c.Institution, c.State, c.Received, c.Changed, c.Recipient, c.Key),
			tx.noteNew("talk", consultationItem(c, locator)), tx.noteNew("talk", c.keys(locator)), tx.addSaid(talked(0, ethics.ActorReporter)))
	})
	if _, err := w.talkFile(); !errors.Is(err, ethics.ErrUntrusted) {
		t.Error(err)
	}
	w.damaged("status", "talk")

	if err := (&story{id: "talk"}).talk(Consultation{ID: "talk"}, install, nil); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("a row of nothing: %v", err)
	}

	w = talking(t)
	reporter := seal.Author{ID: ethics.ActorReporter, Key: asker()}
	f, err := w.talkFile()
	must(t, err)
	must(t, w.consult(func(tx *Tx) error { return tx.EndConsultation("talk", today, "2026-12-22", w.ending(reporter)) }))
	s := f.Ending(today)
	s.Category = "x" // signed, and never stored
	other, err := seal.Status(s, reporter)
	must(t, err)
	w.exec(`update case_status set body = ?, signature = ? where n = 1`, other.Body, other.Signature)
	if _, err := w.talkFile(); !errors.Is(err, ethics.ErrUntrusted) {
		t.Error(err)
	}
	w.damaged("status", "")
}

// TestTalkEndsOnItsDay: signed before midnight, stored behind it: it is signed again.
func TestTalkEndsOnItsDay(t *testing.T) {
	w := talking(t)
	st := w.ending(seal.Author{ID: ethics.ActorReporter, Key: asker()})
	e := entry(KindConsultation, "talk")
	e.Day = "2026-11-23"
	for _, day := range []ethics.Day{today, e.Day} {
		err := w.s.Write(context.Background(), e, func(tx *Tx) error { return tx.EndConsultation("talk", day, "2026-12-22", st) })
		if !errors.Is(err, ethics.ErrSequence) {
			t.Errorf("%s: %v", day, err)
		}
	}
}

// TestErasedTalkLeavesNoSignature: what verifies with the key of a code would tell
// who finds the code which talk it was.
func TestErasedTalkLeavesNoSignature(t *testing.T) {
	w := talking(t)
	must(t, w.consult(func(tx *Tx) error { return tx.EraseConsultation("talk", today) }))
	if n := w.count(`select count(*) from case_status`); n != 0 {
		t.Errorf("%d statuses are left", n)
	}
	w.sound()
	w = talking(t)
	w.exec(`update case_status set day = '2020-01-01'`)
	if err := w.consult(func(tx *Tx) error { return tx.EraseConsultation("talk", today) }); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("a row that was changed is taken away as if the log knew it: %v", err)
	}
}
