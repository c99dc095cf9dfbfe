package casework_test

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/record"
	"svilpe/internal/store"
)

// A new code, then a term that ends, then the reporter writes first.
func TestReportersEpochAfterNewCode(t *testing.T) {
	w, f := brief(t)
	// Any event after the filing: its number is 1, as the next epoch's will be.
	must2(t)(w.cw.Note(ctx, w.as("resp"), f.Number, derive.New(), "asks to be heard", "meeting_requested"))
	_, v := w.renew(w.visit(f), derive.New())
	w.tomorrow()
	if _, err := w.dia.Send(ctx, v, derive.New(), "SECRET of the reporter", nil); err != nil {
		t.Fatalf("send: %v", err)
	}
	if _, err := w.dia.View(ctx, v); err != nil {
		t.Errorf("the reporter: %v", err)
	}
	if _, err := w.cw.Open(ctx, w.as("resp"), f.Number); err != nil {
		t.Errorf("a member: %v", err)
	}
	w.mustBeSound()
}

// Somebody with the file takes the hold's row away; two honest people sign.
func TestHoldTakenAway(t *testing.T) {
	w := founded(t)
	w.appoint("auditor", "home", appoint.RoleAuditor, "", "resp", "chair")
	w.keys()
	f := w.old()
	resp, chair := w.as("resp"), w.stated("chair", f)
	must2(t)(w.cw.Take(ctx, resp, f.Number, derive.New(), casework.Act{Step: "legal_hold_set", Reason: "a court asks"}))
	must2(t)(w.cw.Decide(ctx, chair, f.Number, w.open(chair, f).Open.ID, derive.New(), true, ""))
	w.clock = w.clock.AddDate(5, 0, 2)
	if err := w.cw.SignErasure(ctx, w.as("resp"), f.Number); !errors.Is(err, casework.ErrHeld) {
		t.Fatalf("held: %v", err)
	}
	w.exec(`delete from case_event where name = 'legal_hold_set' and case_id = ?`, f.id)
	if err := w.cw.SignErasure(ctx, w.as("resp"), f.Number); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("the first signature: %v", err)
	}
	if err := w.cw.SignErasure(ctx, w.as("auditor"), f.Number); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("the second: %v", err)
	}
	if d := w.damage(); d == nil {
		t.Error("erased under a hold, and nothing is left to find it by")
	}
}

// Or makes a case older than it is.
func TestAgedCase(t *testing.T) {
	w := founded(t)
	w.appoint("auditor", "home", appoint.RoleAuditor, "", "resp", "chair")
	w.keys()
	f := w.old()
	w.exec(`update case_event set day = '2019-01-01' where case_id = ?`, f.id)
	if err := w.cw.SignErasure(ctx, w.as("resp"), f.Number); err == nil {
		t.Error("signed on the day of its end")
	}
	if err := w.cw.SignErasure(ctx, w.as("auditor"), f.Number); err == nil {
		t.Errorf("erased on the day of its end; verify: %v", w.damage())
	}
}

// Who was barred comes back under a new appointment: every enrolment is a new id.
func TestBarredComesBack(t *testing.T) {
	twice(t, barredComesBack)
}

func barredComesBack(t *testing.T, again func(*world)) {
	w := founded(t)
	w.appoint("temp", "home", appoint.RoleMember, day, "resp", "chair")
	f := w.file()
	resp := w.stated("resp", f)
	must2(t)(w.cw.Exclude(ctx, resp, f.Number, derive.New(), "temp", "named in the report"))
	again(w)
	w.tomorrow()
	w.appointNamed("temp-again", "N temp", "home", appoint.RoleMember, "resp", "chair")
	again(w)
	o := w.open(w.as("resp"), f)
	if slices.ContainsFunc(w.cw.Assignable(o), func(m appoint.Member) bool { return m.Name == "N temp" }) {
		t.Error("the same person is offered the case again")
	}
}

// One person in two offices has two ids: the second pair of eyes is the first.
func TestTwoAccounts(t *testing.T) {
	w := founded(t)
	w.appointNamed("resp-two", "N other", "home", appoint.RoleResponsible, "resp", "chair")
	f := w.file()
	w.stated("resp", f)
	w.stated("resp-two", f)
	// Married, say: now both accounts have one name.
	w.rename("resp-two", "N  RESP", "home", appoint.RoleResponsible, "member", "chair")
	one, two := w.as("resp"), w.as("resp-two")
	must2(t)(w.cw.Take(ctx, one, f.Number, derive.New(), casework.Act{Step: "mute", Reason: "spam"}))
	if _, err := w.cw.Decide(ctx, two, f.Number, w.open(two, f).Open.ID, derive.New(), true,
		""); !errors.Is(err, ethics.ErrSamePerson) {
		t.Errorf("approved by the same person: %v", err)
	}
	// And a second account gets no key at all to what the first one holds.
	if got := w.holders(w.file()); len(got) != 2 || !slices.Contains(got, "chair") {
		t.Errorf("a new case is sealed to %v", got)
	}
}

func TestAlternateLosesCase(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.filedAs(func(r *ethics.Report) { r.Answers["senior_involved"] = []string{"head"} })
	w.stated("up_resp", f)
	state(w, appoint.KindInstitution, appoint.Institution{ID: "third", Name: "Third", Alternate: "home"},
		"resp", "chair")
	state(w, appoint.KindInstitution, appoint.Institution{ID: "home", Name: "Town", Alternate: "third"},
		"resp", "chair")
	for _, id := range w.holders(f) {
		if _, err := w.cw.Cover(ctx, w.as(id), f.Number); err != nil {
			t.Errorf("%s, who holds it: %v", id, err)
		}
	}
}

func (w *world) appointNamed(id, name, institution, role string, signers ...string) {
	w.t.Helper()
	w.people[id] = derive.New()
	w.rename(id, name, institution, role, signers...)
}

func (w *world) rename(id, name, institution, role string, signers ...string) {
	w.t.Helper()
	ident, err := w.people[id].MemberIdentity()
	must(w.t, err)
	state(w, appoint.KindAppointment, appoint.Appointment{
		Member: id, Name: name, Institution: institution, Roles: []string{role}, From: day,
		Recipient: ident.Recipient().String(), Verifier: w.people[id].MemberSigner().Public().(ed25519.PublicKey),
	}, signers...)
}

// The operator, who is the administrator, signs first; the auditor sees a name.
func TestErasureByAdministrator(t *testing.T) {
	w := founded(t)
	w.appoint("auditor", "home", appoint.RoleAuditor, "", "resp", "chair")
	w.keys()
	f := w.old()
	w.clock = w.clock.AddDate(5, 0, 2)
	today := w.clock.Format("2006-01-02")
	var e store.Erasure
	var c ethics.Case
	must(t, w.s.Read(ctx, func(tx *store.ReadTx) (err error) {
		if c, err = tx.CaseByNumber(f.Number); err != nil {
			return err
		}
		newest, err := tx.Newest(f.id)
		e = store.Erasure{
			Case: f.id, Number: f.Number, Institution: "home", Asked: today, Digest: newest,
			Grounds: "kept until 2031-11-23", First: "admin",
		}
		return err
	}))
	e.FirstSignature = payload.SignStatement(payload.LabelErasure, e.Stated(install, record.TombstoneOf(c, c.Changed)),
		w.people["admin"].MemberSigner())
	w.write(record.KindErasureApproved, f.id, func(tx *store.Tx) error { return tx.ApproveErasure(e) })
	if err := w.cw.SignErasure(ctx, w.as("auditor"), f.Number); err == nil {
		t.Error("erased without a responsible person")
	}
}
