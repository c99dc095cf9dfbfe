package store_test

import (
	"crypto/ed25519"
	"errors"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// half a year after the test's day nobody has written, and the day before.
const (
	idle, busy = "2027-05-21", "2027-05-20"
	idleUntil  = "2027-06-20"
)

func asker() seal.Author { return seal.Author{ID: ethics.ActorReporter, Key: storetest.Asker()} }

// endsConsultation ends the consultation in somebody's name, by the program's own means.
func endsConsultation(w *world, actor string, day, until ethics.Day, st *ethics.SignedStatus) error {
	e := entry(record.KindConsultation, ofConsultation)
	e.Actor, e.Day = actor, day
	return w.S.Write(w.T.Context(), e, func(tx *store.Tx) error { return tx.EndConsultation("talk", day, until, st) })
}

// endingAs is the reporter's ending, as set makes it.
func endingAs(w *world, set func(*ethics.Status)) *ethics.SignedStatus {
	w.T.Helper()
	f, err := consultationFile(w)
	must(w.T, err)
	s := f.Ending(today)
	set(&s)
	row, err := seal.Status(s, asker())
	must(w.T, err)
	return row
}

// talkBecomes changes the row by the operator's hand, beside other strokes.
func consultationBecomes(w *world, set func(*store.Consultation), more ...storetest.Stroke) {
	w.T.Helper()
	f, err := consultationFile(w)
	must(w.T, err)
	now := f.Consultation
	set(&now)
	strokes := append(more, storetest.Renews(record.Consultations, &f.Consultation, &now))
	w.Operates(ofConsultation, audit.Body{Kind: record.KindConsultation, Actor: ethics.ActorReporter}, strokes...)
}

// TestTalkEndsBySomebodysWord: or by the program when its time is over.
func TestConsultationEndsBySomebodysWord(t *testing.T) {
	for name, end := range map[string]func(w *world) error{
		"the reporter's": func(w *world) error {
			return endsConsultation(w, "reporter", today, "2026-12-22", w.Ending(asker()))
		},
		"a trust person's": func(w *world) error {
			tija := seal.Author{ID: "tija", Key: w.People["tija"].MemberSigner()}
			return endsConsultation(w, "tija", today, "2026-12-22", w.Ending(tija))
		},
		"time's": func(w *world) error { return endsConsultation(w, ethics.ActorSystem, idle, idleUntil, nil) },
		"time's, behind a note of that day": func(w *world) error {
			note := talked(2, "tija")
			note.Kind, note.Day = ethics.KindConsultationNote, idle
			e := entry(record.KindConsultation, ofConsultation)
			e.Actor, e.Day = "tija", idle
			return errors.Join(endsConsultation(w, ethics.ActorSystem, idle, idleUntil, nil),
				w.S.Write(w.T.Context(), e, func(tx *store.Tx) error { return tx.AddConsultationText(note) }))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := talking(t)
			must(t, end(w))
			for range 2 {
				if f, err := consultationFile(w); err != nil || f.State != store.ConsultationEnded {
					t.Errorf("%q, %v", f.State, err)
				}
				w.Sound()
				w.Stop()
				w.Open()
			}
		})
	}
}

// TestTalkEndsByNobodyElse: the same by who may not, too soon, or for too long; and
// rows that the operator makes fit. Nobody believes it.
func TestConsultationEndsByNobodyElse(t *testing.T) {
	for name, end := range map[string]func(w *world) error{
		"time's, a day too soon": func(w *world) error {
			return endsConsultation(w, ethics.ActorSystem, busy, "2027-06-19", nil)
		},
		"time's, kept for longer": func(w *world) error {
			return endsConsultation(w, ethics.ActorSystem, idle, "2099-01-01", nil)
		},
		"time's, by somebody else": func(w *world) error { return endsConsultation(w, "x", idle, idleUntil, nil) },
		"nobody's": func(w *world) error {
			return endsConsultation(w, "reporter", today, "2026-12-22", nil)
		},
		"signed, kept for longer": func(w *world) error {
			return endsConsultation(w, "reporter", today, "2027-12-22", w.Ending(asker()))
		},
		"the system's": func(w *world) error {
			system := seal.Author{ID: ethics.ActorSystem, Key: storetest.Asker()}
			return endsConsultation(w, "x", today, "2026-12-22", w.Ending(system))
		},
		"another's key": func(w *world) error {
			stranger := seal.Author{ID: ethics.ActorReporter, Key: w.People["anna"].MemberSigner()}
			return endsConsultation(w, "x", today, "2026-12-22", w.Ending(stranger))
		},
		"a responsible person's": func(w *world) error {
			anna := seal.Author{ID: "anna", Key: w.People["anna"].MemberSigner()}
			return endsConsultation(w, "anna", today, "2026-12-22", w.Ending(anna))
		},
		"a status that says it is open": func(w *world) error {
			open := endingAs(w, func(s *ethics.Status) { s.State = store.ConsultationOpen })
			return endsConsultation(w, "reporter", today, "2026-12-22", open)
		},
		"a status of another act": func(w *world) error {
			return endsConsultation(w, "reporter", today, "2026-12-22",
				endingAs(w, func(s *ethics.Status) { s.Act = ethics.ActAsk }))
		},
		"a status beside an open row": func(w *world) error {
			consultationBecomes(w, func(*store.Consultation) {}, storetest.Adds(record.Statuses, w.Ending(asker())))
			return nil
		},
		"an end that leaves it open": func(w *world) error {
			open := endingAs(w, func(s *ethics.Status) { s.State = store.ConsultationOpen })
			consultationBecomes(w, func(*store.Consultation) {}, storetest.Adds(record.Statuses, open))
			return nil
		},
		"a row that has ended": func(w *world) error {
			consultationBecomes(w, func(c *store.Consultation) {
				c.State, c.Until = store.ConsultationEnded, "2026-12-22"
			})
			return nil
		},
		"ended twice": func(w *world) error {
			err := endsConsultation(w, "reporter", today, "2026-12-22", w.Ending(asker()))
			again := w.Ending(asker())
			consultationBecomes(w, func(*store.Consultation) {}, storetest.Adds(record.Statuses, again))
			return err
		},
		"a row touched later": func(w *world) error {
			consultationBecomes(w, func(c *store.Consultation) { c.Changed = "2020-01-01" })
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := talking(t)
			must(t, end(w))
			consultationDisbelieved(t, w)
		})
	}
}

// TestTalkBeganOnItsDay: the row says no other one.
func TestConsultationBeganOnItsDay(t *testing.T) {
	w := talking(t)
	consultationBecomes(w, func(c *store.Consultation) { c.Received = "2025-01-01" })
	if _, err := consultationFile(w); !errors.Is(err, ethics.ErrUntrusted) {
		t.Error(err)
	}
	w.Names("talk", "talk", "of another day than its entry")
}

// TestNotesDoNotKeepAConsultation: what a trust person notes between the end and the erasing
// moves neither, whoever ended it.
func TestNotesDoNotKeepAConsultation(t *testing.T) {
	for name, x := range map[string]struct {
		end         func(w *world) error
		noted, gone ethics.Day
	}{
		"ended by the reporter": {func(w *world) error {
			return endsConsultation(w, "reporter", today, "2026-12-22", w.Ending(asker()))
		}, "2026-12-21", "2026-12-22"},
		"ended by time": {func(w *world) error {
			return endsConsultation(w, ethics.ActorSystem, idle, idleUntil, nil)
		}, "2027-06-19", idleUntil},
	} {
		t.Run(name, func(t *testing.T) {
			w := talking(t)
			must(t, x.end(w))
			note := talked(2, "tija")
			note.Kind, note.Day = ethics.KindConsultationNote, x.noted
			e := entry(record.KindConsultation, ofConsultation)
			e.Actor, e.Day = "tija", x.noted
			must(t, w.S.Write(t.Context(), e, func(tx *store.Tx) error { return tx.AddConsultationText(note) }))
			if f, err := consultationFile(w); err != nil || f.State != store.ConsultationEnded {
				t.Errorf("%q, %v", f.State, err)
			}
			w.Sound()
			e = entry(record.KindConsultation, ofConsultation)
			e.Actor, e.Day = ethics.ActorSystem, x.gone
			must(t, w.S.Write(t.Context(), e, func(tx *store.Tx) error { return tx.EraseConsultation("talk", x.gone) }))
			w.Sound()
		})
	}
}

// TestTheProgramErasesNoOpenConsultation: nor one that ended a day too late for that, nor
// ends one as early as it may erase one, whoever holds the log key.
func TestTheProgramErasesNoOpenConsultation(t *testing.T) {
	for name, x := range map[string]struct {
		ends  ethics.Day // by the reporter, "" where it stays open
		day   ethics.Day
		do    func(*store.Tx, ethics.Day) error
		sound bool
	}{
		"open, erased":           {"", "2027-01-31", erasesConsultation, false},
		"open and idle, erased":  {"", idle, erasesConsultation, false},
		"ended, erased in time":  {today, "2026-12-22", erasesConsultation, true},
		"ended, erased too soon": {today, "2026-12-21", erasesConsultation, false},
		"ended by time, in time": {"", idle, func(tx *store.Tx, day ethics.Day) error {
			return tx.EndConsultation("talk", day, idleUntil, nil)
		}, true},
		"ended by time, too soon": {"", "2027-01-31", func(tx *store.Tx, day ethics.Day) error {
			return tx.EndConsultation("talk", day, "2027-03-02", nil)
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := talking(t)
			if x.ends != "" {
				must(t, endsConsultation(w, "reporter", x.ends, "2026-12-22", w.Ending(asker())))
			}
			e := entry(record.KindConsultation, ofConsultation)
			e.Actor, e.Day = ethics.ActorSystem, x.day
			must(t, w.S.Write(t.Context(), e, func(tx *store.Tx) error { return x.do(tx, x.day) }))
			if x.sound {
				w.Sound()
				return
			}
			w.Names("entry", "", "before its time")
		})
	}
}

func erasesConsultation(tx *store.Tx, day ethics.Day) error { return tx.EraseConsultation("talk", day) }

// talkDisbelieved wants nobody to believe the consultation, running and reopened, and a
// verification to say that nobody signed it so.
func consultationDisbelieved(t *testing.T, w *world) {
	t.Helper()
	for range 2 {
		if f, err := consultationFile(w); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("believed to be %q, %v", f.State, err)
		}
		w.Names("status", "talk", "")
		w.Stop()
		w.Open()
	}
}

// beginning is a world with a trust person, in which nobody has talked.
func beginning(t *testing.T) *world {
	t.Helper()
	w := founded(t)
	w.Appoint("tija", appoint.RoleTrust)
	return w
}

// TestTalkBeginsByTheReportersWord: a consultation that the operator begins in somebody's
// name, with the status of another, or without one, is none.
func TestConsultationBeginsByTheReportersWord(t *testing.T) {
	for name, x := range map[string]struct {
		by  func(*world) seal.Author
		set func(*ethics.Status)
	}{
		"another key": {by: func(*world) seal.Author {
			return seal.Author{ID: "reporter", Key: ed25519.NewKeyFromSeed(noise(32))}
		}},
		"a trust person": {by: func(w *world) seal.Author {
			return seal.Author{ID: "tija", Key: w.People["tija"].MemberSigner()}
		}},
		"of another talk":     {set: func(s *ethics.Status) { s.Stream = ethics.ConsultationStream("x") }},
		"of a case":           {set: func(s *ethics.Status) { s.Stream = ofCase("talk") }},
		"elsewhere":           {set: func(s *ethics.Status) { s.Institution = "other" }},
		"that has seen a lot": {set: func(s *ethics.Status) { s.Seen = "AAAA" }},
		"without a status":    {},
	} {
		t.Run(name, func(t *testing.T) {
			w := beginning(t)
			c, text := consultation(), talked(0, ethics.ActorReporter)
			c.Locator = []byte("locator")
			strokes := []storetest.Stroke{
				storetest.Adds(record.Consultations, &c), storetest.Adds(record.ConsultationTexts, &text),
			}
			if name != "without a status" {
				s, err := ethics.ReadStatus(storetest.Asked(t).Body)
				must(t, err)
				by := asker()
				if x.by != nil {
					by = x.by(w)
				}
				if x.set != nil {
					x.set(&s)
				}
				row, err := seal.Status(s, by)
				must(t, err)
				row.Case = c.ID
				strokes = append(strokes, storetest.Adds(record.Statuses, row))
			}
			keys := c.Keys()
			w.Operates(ofConsultation, audit.Body{
				Kind: record.KindConsultation, Actor: ethics.ActorReporter,
				Changes: []audit.Change{{Label: keys.Label, Op: audit.Added, New: keys.Digest}},
				Facts:   []audit.Fact{{Name: record.FactInstitution, Value: []byte("home")}},
			}, strokes...)
			consultationDisbelieved(t, w)
		})
	}
}

// TestAnotherStatusOfAConsultation: one that the reporter signed, and that nobody stored, is
// put in place of what was.
func TestAnotherStatusOfAConsultation(t *testing.T) {
	w := talking(t)
	other := endingAs(w, func(s *ethics.Status) { s.Category = "x" })
	must(t, endsConsultation(w, "reporter", today, "2026-12-22", w.Ending(asker())))
	w.Exec(`update case_status set body = ?, signature = ? where n = 1`, other.Body, other.Signature)
	consultationDisbelieved(t, w)
}

// TestTalkEndsOnItsDay: signed before midnight, stored behind it: it is signed again.
func TestConsultationEndsOnItsDay(t *testing.T) {
	w := talking(t)
	st := w.Ending(asker())
	e := entry(record.KindConsultation, ofConsultation)
	e.Day = "2026-11-23"
	for _, day := range []ethics.Day{today, e.Day} {
		err := w.S.Write(t.Context(), e, func(tx *store.Tx) error {
			return tx.EndConsultation("talk", day, "2026-12-22", st)
		})
		if !ethics.SealAgain(err) {
			t.Errorf("%s: %v", day, err)
		}
	}
	w.Sound()
}

// TestErasedTalkLeavesNoSignature: what verifies with the key of a code would tell
// who finds the code which consultation it was.
func TestErasedConsultationLeavesNoSignature(t *testing.T) {
	w := talking(t)
	must(t, consult(w, func(tx *store.Tx) error { return tx.EraseConsultation("talk", today) }))
	if n := w.Count(`select count(*) from case_status`); n != 0 {
		t.Errorf("%d statuses are left", n)
	}
	w.Sound()
	w = talking(t)
	w.Exec(`update case_status set day = '2020-01-01'`)
	if err := consult(w, func(tx *store.Tx) error {
		return tx.EraseConsultation("talk", today)
	}); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("a row that was changed is taken away as if the log knew it: %v", err)
	}
}
