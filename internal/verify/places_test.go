package verify_test

import (
	"errors"
	"strconv"
	"testing"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
	"svilpe/internal/verify"
)

// TestWhatCanStandNowhere: the operator signs entries that can be nothing: no program
// that runs or starts goes over them, and the verification names each. Bodies that they
// seem to have erased are missed.
func TestWhatCanStandNowhere(t *testing.T) {
	from, _ := populated(t)
	blank := `update entry set kind = '', actor = '', body = x'', blinding = x'' where stream = ?1 and number < ` +
		`(select max(number) from entry where stream = ?1)`
	asItIs := func(*audit.Entry) {}
	for name, x := range map[string]struct {
		stream string
		body   audit.Body
		frame  func(*audit.Entry)
		rows   string
	}{
		"lessons erased": {ethics.StreamLessons, audit.Body{Kind: record.KindErased}, asItIs, `delete from lesson`},
		"a gift erased": {
			ethics.GiftStream("gift"), audit.Body{Kind: record.KindErased}, asItIs, `delete from gift`,
		},
		"policy erased": {ethics.StreamPolicy, audit.Body{Kind: record.KindErased}, asItIs, `delete from policy`},
		"a member erased": {
			ethics.MemberStream("anna"), audit.Body{Kind: record.KindErased}, asItIs,
			`delete from member where id = 'anna'`,
		},
		"closings erased": {
			ethics.StreamDays, audit.Body{Kind: record.KindErased}, asItIs,
			`delete from checkpoint where day < '2026-11-22'`,
		},
		"no day": {ethics.StreamPolicy, audit.Body{Kind: "opened"}, func(e *audit.Entry) {
			e.Day = ":"
		}, ``},
		"another generation": {ethics.StreamPolicy, audit.Body{Kind: "opened"}, func(e *audit.Entry) {
			e.Generation = 2
		}, ``},
		"no stream":         {"nowhere", audit.Body{Kind: "opened"}, asItIs, ``},
		"a case of nothing": {ethics.CaseStream("ghost"), audit.Body{Kind: "filed"}, asItIs, ``},
		"a case of nobody's": {
			ethics.CaseStream("ghost"),
			audit.Body{
				Kind: "noted", Actor: "anna", Changes: []audit.Change{{Label: "measure:ghost/0", Op: audit.Added}},
			}, asItIs, ``,
		},
		"a talk of nobody's": {
			ethics.ConsultationStream("ghost"),
			audit.Body{Kind: "noted", Changes: []audit.Change{{Label: "status:ghost/0", Op: audit.Added}}}, asItIs, ``,
		},
		"a talk on no day": {
			ethics.ConsultationStream("talk"),
			audit.Body{Kind: "noted", Changes: []audit.Change{{Label: "status:talk/9", Op: audit.Added}}},
			func(e *audit.Entry) { e.Day = ":" }, ``,
		},
		"a filler that says": {
			ethics.StreamFiller,
			audit.Body{Kind: audit.KindFiller, Changes: []audit.Change{{Label: "grant:x/anna/y", Op: audit.Ended}}},
			asItIs, ``,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := from.Copy(t)
			e := w.AppendFrame(x.stream, x.body, x.frame)
			if x.rows != "" {
				w.Exec(blank, x.stream)
				w.Exec(x.rows)
			}
			err := w.S.Read(t.Context(), func(tx *store.ReadTx) error { _, err := tx.Roster(); return err })
			if !errors.Is(err, audit.ErrTampered) {
				t.Errorf("read: %v", err)
			}
			if err := w.S.MakeCheckpoint(t.Context(), "2026-11-23"); !errors.Is(err, audit.ErrTampered) {
				t.Errorf("closed: %v", err)
			}
			v := w.Verify(verify.Options{Founders: &w.Founders})
			named := false
			for _, d := range v.Damages {
				named = named || d.Table == "entry" && d.Row == strconv.FormatInt(e.Index, 10)
			}
			if !named {
				t.Errorf("named %v", v.Damages)
			}
			must(t, w.S.Close())
			s, err := store.Open(t.Context(), w.Dir, &w.Log, w.Log.Verifier())
			if !errors.Is(err, audit.ErrTampered) {
				t.Errorf("opened: %v", err)
			}
			if err == nil {
				must(t, s.Close())
			}
		})
	}
}

// TestATalkInWhichNobodySpoke: the operator makes a consultation without a text, and
// has the program act in it. Verification names that, and comes to its end.
func TestAConsultationInWhichNobodySpoke(t *testing.T) {
	from, _ := populated(t)
	w := from.Copy(t)
	x := storetest.Consultation()
	x.ID, x.Number, x.Locator = "silent", "K-2026-11111", []byte("silent")
	w.Operates(ethics.ConsultationStream(x.ID), audit.Body{Kind: record.KindConsultation, Actor: "tija"},
		storetest.Adds(record.Consultations, &x))
	e := w.Operates(ethics.ConsultationStream(x.ID), audit.Body{Kind: record.KindConsultation},
		storetest.Renews(record.Consultations, &x, &x))
	w.Names("entry", strconv.FormatInt(e.Index, 10), "ends or erases a consultation before its time")
}
