package store_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// readRoster is who serves, as a program sees it that has not read it before.
func readRoster(w *world) (r *appoint.Roster, err error) {
	w.S.SetFounders(w.Founders)
	err = w.S.Read(w.T.Context(), func(tx *store.ReadTx) error {
		r, err = tx.Roster()
		return err
	})
	return r, err
}

// TestStatementsAreOfTheirEntry: a statement is stored on the day that it says, or
// nothing opens: signers are judged by that day.
func TestStatementsAreOfTheirEntry(t *testing.T) {
	w := founded(t)
	s := storetest.Sign(w, appoint.KindAppointment, w.Appointment("greta", appoint.RoleMember), "anna", "carl")
	states := func(w *world, day ethics.Day, s appoint.Statement, fn func(*store.Tx) error) error {
		e := entry(record.KindAppointed, ethics.StreamRoster)
		e.Day = day
		return w.S.Write(t.Context(), e, func(tx *store.Tx) error { return errors.Join(fn(tx), tx.AddStatement(s)) })
	}
	if err := states(w, tomorrow, s, nothing); !errors.Is(err, ethics.ErrDay) {
		t.Errorf("a statement of another day is stored: %v", err)
	}
	must(t, states(w, today, s, nothing))
	_, err := readRoster(w)
	must(t, err)
	w.Sound()

	late := storetest.Sign(w, appoint.KindAppointment, w.Appointment("hilda", appoint.RoleMember), "anna", "carl")
	w.Stop()
	row := record.Stated{N: 2, Statement: late}
	storetest.InsertOn(t, w.Dir, w.Log, tomorrow, record.Statements, &row)
	w.Open()
	if _, err := readRoster(w); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("a statement of another day than its entry: %v", err)
	}
	w.Names("statement", late.ID, "")
}

// TestAStatementIsStoredOnce: what two signed once appoints nobody a second time,
// under the same id or another.
func TestAStatementIsStoredOnce(t *testing.T) {
	w := founded(t)
	s := storetest.Sign(w, appoint.KindAppointment, w.Appointment("greta", appoint.RoleMember), "anna", "carl")
	add := func(tx *store.Tx) error { return tx.AddStatement(s) }
	w.Write(record.KindAppointed, ethics.StreamRoster, add)
	if err := w.Tries(record.KindAppointed, ethics.StreamRoster, add); err == nil {
		t.Error("stored twice by the program")
	}
	w.Sound()
	s.ID = uuid.NewString()
	row := record.Stated{N: 2, Statement: s}
	storetest.Insert(t, w.Dir, w.Log, record.Statements, &row)
	if _, err := readRoster(w); !errors.Is(err, appoint.ErrSignatures) {
		t.Errorf("stored twice by the operator: %v", err)
	}
	w.Names("statement", "", "")
}

// TestFoundersSignedTheSettings: salt, log key and system key of the installation are
// those that the founders signed; the installation's row alone is nobody's word.
func TestFoundersSignedTheSettings(t *testing.T) {
	for name, change := range map[string]func(*appoint.Settings){
		"salt":       func(s *appoint.Settings) { s.Salt = bytes.Repeat([]byte{9}, 32) },
		"log key":    func(s *appoint.Settings) { s.Log += "x" },
		"system key": func(s *appoint.Settings) { s.System = bytes.Repeat([]byte{9}, 32) },
		"nothing":    func(*appoint.Settings) {},
	} {
		w := setUp(t)
		f, _ := w.Founding()
		change(&f.Settings)
		h := appoint.NewHead(install, appoint.KindFounding, uuid.NewString(), today)
		s := storetest.SignUnder(w, h, f, "anna", "berta", "carl")
		w.Founders = appoint.Digest(s.Body)
		w.Write(record.KindFounded, ethics.StreamRoster, func(tx *store.Tx) error {
			return errors.Join(tx.NoteInstallation(), tx.AddStatement(s))
		})
		_, err := readRoster(w)
		if good := name == "nothing"; good != (err == nil) || !good && !errors.Is(err, appoint.ErrFounders) {
			t.Errorf("another %s: %v", name, err)
		}
		if name == "nothing" {
			w.Sound()
		} else {
			w.Names("statement", s.ID, "another installation, salt or keys")
		}
	}
}

// TestOnePersonIsNotTwoInTheStore: below every policy, whoever proposes, asks or signs
// first is not the second person under another id.
func TestOnePersonIsNotTwoInTheStore(t *testing.T) {
	w := founded(t)
	again := w.Appointment("anna2", appoint.RoleMember)
	again.Name = "n  ANNA"
	s := storetest.Sign(w, appoint.KindAppointment, again, "berta", "carl")
	w.Write(record.KindAppointed, ethics.StreamRoster, func(tx *store.Tx) error { return tx.AddStatement(s) })
	f := w.File() // anna proposes there
	must(t, w.Approve(w.Erasure(f, "anna", "")))
	erasure := w.Erasure(f, "anna", "berta")
	for decider, want := range map[string]error{
		"anna": ethics.ErrSamePerson, "anna2": ethics.ErrSamePerson, "": ethics.ErrSamePerson,
		"nobody": ethics.ErrSamePerson, "berta": nil,
	} {
		loan := storetest.Loan(f.ID, "v"+f.ID, uuid.NewString())
		loan.Decider, erasure.Second = decider, decider
		for what, act := range map[string]func(*store.Tx) error{
			"decided": func(tx *store.Tx) error { return tx.DecideProposal("p"+f.ID, decider, "approved") },
			"lent":    func(tx *store.Tx) error { return tx.LendShare(loan) },
			"erased":  func(tx *store.Tx) error { return tx.Erase(erasure, today) },
		} {
			err := w.Tries("step", ofCase(f.ID), func(tx *store.Tx) error {
				if err := act(tx); !errors.Is(err, want) {
					t.Errorf("%s by %q: %v", what, decider, err)
				}
				return errLeft
			})
			if !errors.Is(err, errLeft) {
				t.Error(err)
			}
		}
	}
}

// errLeft leaves everything as it was.
var errLeft = errors.New("left as it was")

// TestTermsEndWhereTheCaseIs: whose term is over is asked of the institution that was
// signed, not of a row that says another for an hour.
func TestTermsEndWhereTheCaseIs(t *testing.T) {
	w := founded(t)
	states := func(s appoint.Statement) {
		w.Write(record.StatedAs[s.Kind], ethics.StreamRoster, func(tx *store.Tx) error { return tx.AddStatement(s) })
	}
	states(storetest.Sign(w, appoint.KindInstitution,
		appoint.Institution{ID: "middle", Name: "Middle", Alternate: "home"}, "anna", "carl"))
	for member, signers := range map[string][]string{"anna": {"berta", "carl"}, "carl": {"anna", "berta"}} {
		id, err := w.People[member].MemberIdentity()
		must(t, err)
		a := appoint.Appointment{
			Member: member, Name: "N " + member, Institution: "middle",
			Roles: []string{appoint.RoleMember}, From: "2026-01-01",
			Recipient: id.Recipient().String(), Verifier: w.People[member].MemberSigner().Public().(ed25519.PublicKey),
		}
		states(storetest.Sign(w, appoint.KindAppointment, a, signers...))
	}
	// There anna handles cases, and berta none.
	states(storetest.Sign(w, appoint.KindInstitution,
		appoint.Institution{ID: "other", Name: "Other", Alternate: "middle"}, "anna", "carl"))
	f := w.File()
	must(t, w.S.EndAllTerms(t.Context(), today))
	grants := w.Count(`select count(*) from case_grant where case_id = ?`, f.ID)
	w.Exec(`update cases set institution = 'other' where id = ?`, f.ID)
	if err := w.S.EndAllTerms(t.Context(), today); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("ended terms: %v", err)
	}
	if n := w.Count(`select count(*) from case_grant where case_id = ?`, f.ID); n != grants || n != 2 {
		t.Errorf("%d grants of %d are left", n, grants)
	}
}
