package store_test

import (
	"context"
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

// talking is a world in which a trust person and the reporter have talked.
func talking(t *testing.T) *world {
	w := setUp(t)
	w.Found()
	w.Write(record.KindAppointed, ethics.StreamRoster, func(tx *store.Tx) error {
		return tx.AddStatement(storetest.Sign(w, appoint.KindAppointment,
			w.Appointment("tija", appoint.RoleTrust), "anna", "berta"))
	})
	w.Write(record.KindConsultation, ofConsultation, func(tx *store.Tx) error {
		return tx.AddConsultation(consultation(), []byte("locator"),
			talked(0, ethics.ActorReporter), storetest.Asked(t))
	})
	w.Write(record.KindConsultation, ofConsultation, func(tx *store.Tx) error {
		return tx.AddConsultationText(talked(1, "tija"))
	})
	return w
}

func consult(w *world, fn func(*store.Tx) error) error {
	return w.Tries(record.KindConsultation, ofConsultation, fn)
}

// TestConsultationIsNoCase: no query about cases finds it.
func TestConsultationIsNoCase(t *testing.T) {
	w := talking(t)
	w.Sound()
	must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) error {
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
		author, answered, err := tx.LastAuthor("talk")
		if author != "tija" || !answered || err != nil {
			t.Error(author, answered, err)
		}
		return nil
	}))
	if w.Count(`select count(*) from cases`) != 0 {
		t.Error("a row in cases")
	}
}

func TestConsultationEnds(t *testing.T) {
	w := talking(t)
	end := w.Ending(seal.Author{ID: ethics.ActorReporter, Key: storetest.Asker()})
	must(t, consult(w, func(tx *store.Tx) error { return tx.EndConsultation("talk", today, "2026-12-22", end) }))
	for name, x := range map[string]struct {
		fn   func(*store.Tx) error
		want error
	}{
		"a text after the end": {func(tx *store.Tx) error {
			return tx.AddConsultationText(talked(2, "tija"))
		}, ethics.ErrConflict},
		"ended twice": {func(tx *store.Tx) error {
			return tx.EndConsultation("talk", today, today, end)
		}, ethics.ErrConflict},
		"the same form twice": {func(tx *store.Tx) error {
			return tx.AddConsultationText(talked(1, "tija"))
		}, ethics.ErrExists},
		"filed twice": {func(tx *store.Tx) error {
			return tx.AddConsultation(consultation(), []byte("other"),
				talked(0, ethics.ActorReporter), storetest.Asked(t))
		}, ethics.ErrExists},
	} {
		if err := consult(w, x.fn); !errors.Is(err, x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	note := talked(2, "tija")
	note.Kind = ethics.KindConsultationNote
	must(t, consult(w, func(tx *store.Tx) error { return tx.AddConsultationText(note) }))
	w.Sound()

	must(t, w.S.Scratch(context.Background(), func(tx *store.ScratchTx) error {
		return tx.AddCaseSession(store.CaseSession{Hash: []byte("visit"), Case: "talk", Sealed: []byte{1}})
	}))
	must(t, consult(w, func(tx *store.Tx) error { return tx.EraseConsultation("talk", today) }))
	w.Sound()
	for _, table := range []string{"consultation_text", "tmp_case_session"} {
		if w.Count(`select count(*) from `+table) != 0 {
			t.Errorf("%s: something is left", table)
		}
	}
	if w.Count(
		`select count(*) from consultation where parties <> '' or recipient <> '' or length(verifier) > 0 or `+
			`locator = x'6c6f6361746f72'`) != 0 {
		t.Error("the row says more than is counted")
	}
	if err := consult(w, func(tx *store.Tx) error {
		return tx.AddConsultationText(talked(3, "tija"))
	}); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("a text after the erasure: %v", err)
	}
	if n := w.Count(`select count(*) from consultation where institution = 'home' and received = '` +
		today + `'`); n != 1 {
		t.Error("it is counted no more")
	}
}

// TestConsultationIsVerified: what is changed, added or taken away by hand shows.
func TestConsultationIsVerified(t *testing.T) {
	for name, x := range map[string]struct{ query, table string }{
		"a text is changed":       {`update consultation_text set sealed = x'00' where sequence = 1`, "said"},
		"its readers are changed": {`update consultation_text set readers = 'anna' where sequence = 1`, "said"},
		"a text is taken away":    {`delete from consultation_text where sequence = 1`, "said"},
		"a text is added": {
			`insert into consultation_text values ('talk', 2, 'new', 'consultation', 'reporter', 'tija', ` +
				`'2026-11-22', x'00')`, "said",
		},
		"a party is added":        {`update consultation set parties = 'tija anna'`, "talk"},
		"it is opened again":      {`update consultation set state = 'ended'`, "talk"},
		"the whole is taken away": {`delete from consultation_text`, "said"},
		"one nobody began": {
			`insert into consultation values ('x', 'K', x'01', 'home', '', 'open', '', '', '', '', x'')`, "talk",
		},
	} {
		w := talking(t)
		w.Exec(x.query)
		w.Damaged(x.table, "")
		if name == "the whole is taken away" || name == "one nobody began" {
			continue
		}
		err := w.S.Read(context.Background(), func(tx *store.ReadTx) error {
			f, err := tx.ConsultationFile("talk")
			for _, s := range f.Texts {
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
	exchange := func(also ...audit.Change) {
		t.Helper()
		var old store.Consultation
		w.Read(func(tx *store.ReadTx) (err error) {
			old, err = tx.Consultation("talk")
			return err
		})
		now := old
		now.Recipient, now.Key = "age1pq1mallory", []byte{2}
		for n, c := range also {
			if c.Op == audit.Renewed {
				also[n].Old, also[n].New = old.Keys().Digest, now.Keys().Digest
			}
		}
		was, is := record.Consultations.Row(&old), record.Consultations.Row(&now)
		changes := append([]audit.Change{{Label: is.Label, Op: audit.Renewed, Old: was.Digest, New: is.Digest}},
			also...)
		w.Append(ofConsultation,
			audit.Body{Kind: record.KindConsultation, Actor: ethics.ActorReporter, Changes: changes})
		w.Exec(`update consultation set recipient = ?, verifier = ?`, now.Recipient, now.Key)
	}
	exchange()
	err := w.S.Read(context.Background(), func(tx *store.ReadTx) error {
		_, err := tx.ConsultationFile("talk")
		return err
	})
	if !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("written to: %v", err)
	}
	w.Damaged("talk", "talk")
	w = talking(t) // and with the keys noted anew
	exchange(audit.Change{Label: record.KeysName + ":talk", Op: audit.Renewed})
	err = w.S.Read(context.Background(), func(tx *store.ReadTx) error {
		_, err := tx.ConsultationFile("talk")
		return err
	})
	if !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("written to: %v", err)
	}
	w.Damaged("entry", "")
}

// TestWhoMayWriteInAConsultation: signatures of others do not count, whatever
// the log says.
func TestWhoMayWriteInAConsultation(t *testing.T) {
	w := talking(t)
	stranger := talked(2, "anna") // a responsible person
	must(t, consult(w, func(tx *store.Tx) error { return tx.AddConsultationText(stranger) }))
	w.Damaged("said", "said2")

	w = talking(t)
	w.Write(record.KindAppointed, ethics.StreamRoster, func(tx *store.Tx) error {
		return tx.AddStatement(storetest.Sign(w, appoint.KindAppointment,
			w.Appointment("uldis", appoint.RoleTrust), "anna", "berta"))
	})
	// a trust person, but none of this
	must(t, consult(w, func(tx *store.Tx) error { return tx.AddConsultationText(talked(2, "uldis")) }))
	w.Damaged("said", "said2")

	w = talking(t)
	early := talked(2, "tija") // before the term
	early.Day = "2025-12-31"
	if err := consult(w, func(tx *store.Tx) error {
		return tx.AddConsultationText(early)
	}); !errors.Is(err, ethics.ErrDay) {
		t.Errorf("dated back: %v", err)
	}
	storetest.Insert(t, w.Dir, w.Log, record.ConsultationTexts, &early)
	w.Names("said", "said2", "")

	w = talking(t)
	note := talked(2, ethics.ActorReporter) // the reporter writes none
	note.Kind = ethics.KindConsultationNote
	must(t, consult(w, func(tx *store.Tx) error { return tx.AddConsultationText(note) }))
	w.Damaged("said", "said2")
}
