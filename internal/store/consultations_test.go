package store

import (
	"context"
	"errors"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
)

// talk is a consultation's row, talked one of its texts; what is sealed in them
// is no matter here.
func talk() Consultation {
	return Consultation{
		ID: "talk", Number: "K-2026-00000", Institution: "home", Parties: []string{"tija"}, State: ConsultationOpen,
		Received: today, Changed: today, Recipient: "age1pq1", Key: []byte{1},
	}
}

func talked(n int, author string) Said {
	return Said{
		Consultation: "talk", Sequence: n, ID: "said" + string(rune('0'+n)), Kind: ethics.KindConsultation, Author: author,
		Readers: []string{"tija"}, Day: today, Sealed: []byte("sealed words"),
	}
}

// talking is a world in which a trust person and the reporter have talked.
func talking(t *testing.T) *world {
	w := setUp(t)
	w.found()
	s := w.sign(appoint.KindAppointment, w.appointment("tija", appoint.RoleTrust), "anna", "berta")
	w.write("appointed", "", func(tx *Tx) error { return tx.AddStatement(s) })
	w.write(KindConsultation, "talk", func(tx *Tx) error {
		return tx.AddConsultation(talk(), []byte("locator"), talked(0, ethics.ActorReporter))
	})
	w.write(KindConsultation, "talk", func(tx *Tx) error { return tx.Say(talked(1, "tija")) })
	return w
}

func (w *world) consult(fn func(*Tx) error) error {
	return w.s.Write(context.Background(), entry(KindConsultation, "talk"), fn)
}

// TestConsultationIsNoCase: no query about cases finds it.
func TestConsultationIsNoCase(t *testing.T) {
	w := talking(t)
	w.sound()
	must(t, w.s.Read(context.Background(), func(tx *ReadTx) error {
		if _, err := tx.Case("talk"); !errors.Is(err, ethics.ErrNotFound) {
			t.Errorf("a case: %v", err)
		}
		if _, err := tx.CaseByLocator([]byte("locator")); !errors.Is(err, ethics.ErrNotFound) {
			t.Errorf("found as a case: %v", err)
		}
		if _, err := tx.CaseByNumber("K-2026-00000"); !errors.Is(err, ethics.ErrNotFound) {
			t.Errorf("a register number: %v", err)
		}
		n, err := tx.CountConsultations("home", today, today)
		if other, _ := tx.CountConsultations("home", "2026-11-23", "2026-12-31"); err != nil || n != 1 || other != 0 {
			t.Errorf("counted %d and %d, %v", n, other, err)
		}
		author, answered, err := tx.LastSaid("talk")
		if author != "tija" || !answered || err != nil {
			t.Error(author, answered, err)
		}
		return nil
	}))
	if w.count(`select count(*) from cases`) != 0 {
		t.Error("a row in cases")
	}
}

func TestConsultationEnds(t *testing.T) {
	w := talking(t)
	must(t, w.consult(func(tx *Tx) error { return tx.EndConsultation("talk", today, "2026-12-22") }))
	for name, x := range map[string]struct {
		fn   func(*Tx) error
		want error
	}{
		"a text after the end": {func(tx *Tx) error { return tx.Say(talked(2, "tija")) }, ethics.ErrConflict},
		"ended twice":          {func(tx *Tx) error { return tx.EndConsultation("talk", today, today) }, ethics.ErrConflict},
		"the same form twice":  {func(tx *Tx) error { return tx.Say(talked(1, "tija")) }, ethics.ErrExists},
		"filed twice": {func(tx *Tx) error {
			return tx.AddConsultation(talk(), []byte("other"), talked(0, ethics.ActorReporter))
		}, ethics.ErrExists},
	} {
		if err := w.consult(x.fn); !errors.Is(err, x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	note := talked(2, "tija")
	note.Kind = ethics.KindConsultationNote
	must(t, w.consult(func(tx *Tx) error { return tx.Say(note) }))
	w.sound()

	must(t, w.s.Scratch(context.Background(), func(tx *ScratchTx) error {
		return tx.AddCaseSession(CaseSession{Hash: []byte("visit"), Case: "talk", Sealed: []byte{1}})
	}))
	must(t, w.consult(func(tx *Tx) error { return tx.EraseConsultation("talk", today) }))
	w.sound()
	for _, table := range []string{"consultation_text", "tmp_case_session"} {
		if w.count(`select count(*) from `+table) != 0 {
			t.Errorf("%s: something is left", table)
		}
	}
	if w.count(`select count(*) from consultation where parties <> '' or recipient <> '' or length(verifier) > 0 or locator = x'6c6f6361746f72'`) != 0 {
		t.Error("the row says more than is counted")
	}
	if err := w.consult(func(tx *Tx) error { return tx.Say(talked(3, "tija")) }); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("a text after the erasure: %v", err)
	}
	if n := w.count(`select count(*) from consultation where institution = 'home' and received = '` + today + `'`); n != 1 {
		t.Error("it is counted no more")
	}
}

// TestConsultationIsVerified: what is changed, added or taken away by hand shows.
func TestConsultationIsVerified(t *testing.T) {
	for name, x := range map[string]struct{ query, table string }{
		"a text is changed":       {`update consultation_text set sealed = x'00' where sequence = 1`, "said"},
		"its readers are changed": {`update consultation_text set readers = 'anna' where sequence = 1`, "said"},
		"a text is taken away":    {`delete from consultation_text where sequence = 1`, "said"},
		"a text is added":         {`insert into consultation_text values ('talk', 2, 'new', 'consultation', 'reporter', 'tija', '2026-11-22', x'00')`, "said"},
		"a party is added":        {`update consultation set parties = 'tija anna'`, "consultation"},
		"it is opened again":      {`update consultation set state = 'ended'`, "consultation"},
		"the whole is taken away": {`delete from consultation_text`, "said"},
		"one nobody began":        {`insert into consultation values ('x', 'K', x'01', 'home', '', 'open', '', '', '', '', x'')`, "consultation"},
	} {
		w := talking(t)
		w.exec(x.query)
		if v := w.verify(VerifyOptions{Founders: &w.founders}); v.Damage == nil || v.Damage.Table != x.table {
			t.Errorf("%s: %v", name, v.Damage)
		}
		if name == "the whole is taken away" || name == "one nobody began" {
			continue
		}
		err := w.s.Read(context.Background(), func(tx *ReadTx) error {
			f, err := tx.ConsultationFile("talk")
			for _, s := range f.Said {
				if !f.Trusted(s) {
					return ethics.ErrUntrusted
				}
			}
			if f.Missing > 0 {
				return ethics.ErrUntrusted
			}
			return err
		})
		if !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: read as if nothing were: %v", name, err)
		}
	}
}

// TestTheReporterIsNotReplaced: who can write entries cannot put own keys in
// place of the reporter's, to be written to.
func TestTheReporterIsNotReplaced(t *testing.T) {
	w := talking(t)
	other := talk()
	other.Recipient, other.Key = "age1pq1mallory", []byte{2}
	must(t, w.consult(func(tx *Tx) error { return tx.putConsultation(other, []byte("locator")) }))
	w.damaged("consultation", "talk")
	err := w.s.Read(context.Background(), func(tx *ReadTx) error {
		_, err := tx.ConsultationFile("talk")
		return err
	})
	if !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("written to: %v", err)
	}
	w = talking(t) // and with the keys noted anew
	must(t, w.consult(func(tx *Tx) error {
		tx.note("talk", other.keys([]byte("locator")))
		return tx.putConsultation(other, []byte("locator"))
	}))
	w.damaged("consultation", "talk")
}

// TestWhoMayWriteInAConsultation: signatures of others do not count, whatever
// the log says.
func TestWhoMayWriteInAConsultation(t *testing.T) {
	w := talking(t)
	stranger := talked(2, "anna") // a responsible person
	must(t, w.consult(func(tx *Tx) error { return tx.Say(stranger) }))
	w.damaged("said", "said2")

	w = talking(t)
	s := w.sign(appoint.KindAppointment, w.appointment("uldis", appoint.RoleTrust), "anna", "berta")
	w.write("appointed", "", func(tx *Tx) error { return tx.AddStatement(s) })
	must(t, w.consult(func(tx *Tx) error { return tx.Say(talked(2, "uldis")) })) // a trust person, but none of this
	w.damaged("said", "said2")

	w = talking(t)
	early := talked(2, "tija") // before the term
	early.Day = "2025-12-31"
	must(t, w.consult(func(tx *Tx) error { return tx.Say(early) }))
	w.damaged("said", "said2")

	w = talking(t)
	note := talked(2, ethics.ActorReporter) // the reporter writes none
	note.Kind = ethics.KindConsultationNote
	must(t, w.consult(func(tx *Tx) error { return tx.Say(note) }))
	w.damaged("said", "said2")
}
