package casework_test

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/token"
)

// The alternate institution is another one from today on. What was signed before
// stays signed.
func TestAnotherAlternate(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.filedAs(func(r *ethics.Report) { r.Answers["senior_involved"] = []string{"head"} })
	must2(t)(w.cw.Message(ctx, w.stated("up_resp", f), f.Number, derive.New(), "we read it", "", nil))
	_, err := w.cw.Assign(ctx, w.as("up_resp"), f.Number, derive.New(), []string{"resp"}, "helps")
	must(t, err)
	w.stated("resp", f)
	v := w.visit(f)
	state(w, appoint.KindInstitution, appoint.Institution{ID: "third", Name: "Third", Alternate: "home"},
		"resp", "chair")
	state(w, appoint.KindInstitution, appoint.Institution{ID: "home", Name: "Town", Alternate: "third"},
		"resp", "chair")
	view, err := w.dia.View(ctx, v)
	if err != nil {
		t.Fatalf("the reporter: %v", err)
	}
	for _, m := range view.Messages {
		if m.Untrusted {
			t.Errorf("to the reporter a message of %s cannot be trusted", m.From)
		}
	}
	if _, err := w.cw.Open(ctx, w.as("resp"), f.Number); err != nil {
		t.Errorf("resp: %v", err)
	}
	if d := w.damage(); d != nil {
		t.Errorf("verify: %v", d)
	}
}

// A late message that no member opened, and a colleague who steps aside without
// opening anything.
func TestUnreadErased(t *testing.T) {
	w := founded(t)
	w.appoint("auditor", "home", appoint.RoleAuditor, "", "resp", "chair")
	w.appoint("fourth", "home", appoint.RoleMember, "", "resp", "chair")
	w.keys()
	f := w.file()
	_, err := w.cw.Assign(ctx, w.stated("resp", f), f.Number, derive.New(), []string{"member", "fourth"}, "examine")
	must(t, err)
	v := w.visit(f)
	must2(t)(w.dia.Withdraw(ctx, v, derive.New(), "never mind"))
	must2(t)(w.cw.Open(ctx, w.as("resp"), f.Number))
	must2(t)(w.dia.Send(ctx, v, derive.New(), "they threatened me: this is why I withdrew", nil))
	w.clock = w.clock.AddDate(5, 0, 2)
	if err := w.cw.SignErasure(ctx, w.as("resp"), f.Number); !errors.Is(err, casework.ErrUnread) {
		t.Fatalf("unread: %v", err)
	}
	must2(t)(w.cw.Recuse(ctx, w.as("fourth"), f.Number, derive.New(), "cousin"))
	if err := w.cw.SignErasure(ctx, w.as("resp"), f.Number); !errors.Is(err, casework.ErrUnread) {
		t.Errorf("after somebody stepped aside unseen: %v", err)
	}
	if err := w.cw.SignErasure(ctx, w.as("auditor"), f.Number); err == nil {
		t.Error("erased with a message that nobody ever opened")
	}
}

func TestUnreadErasedByStating(t *testing.T) {
	w := founded(t)
	w.appoint("auditor", "home", appoint.RoleAuditor, "", "resp", "chair")
	w.keys()
	f := w.file()
	w.stated("resp", f)
	v := w.visit(f)
	must2(t)(w.dia.Withdraw(ctx, v, derive.New(), "never mind"))
	must2(t)(w.cw.Open(ctx, w.as("resp"), f.Number))
	must2(t)(w.dia.Send(ctx, v, derive.New(), "they threatened me", nil))
	w.clock = w.clock.AddDate(5, 0, 2)
	must(t, w.cw.State(ctx, w.as("chair"), f.Number, derive.New()))
	if err := w.cw.SignErasure(ctx, w.as("resp"), f.Number); !errors.Is(err, casework.ErrUnread) {
		t.Errorf("after a statement: %v", err)
	}
}

// Barred without ever holding the case: the share of the vault stays.
func TestExcludedKeeper(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.fileThis(w.whistleblower())
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	if n := w.count(`select count(*) from vault_share where member_id = 'up_resp'`); n != 1 {
		t.Fatalf("%d shares of up_resp", n)
	}
	must2(t)(w.cw.Exclude(ctx, chair, f.Number, derive.New(), "up_resp", "named in the report"))
	if n := w.count(`select count(*) from vault_share where member_id = 'up_resp'`); n != 0 {
		t.Errorf("barred from the case, and keeps %d share of who reported", n)
	}
	request := w.lent(resp, chair, f, casework.Act{Step: "renew_vault", Reason: "somebody was barred"})
	must(t, w.cw.RenewVault(ctx, resp, f.Number, request, derive.New()))
	if n := w.count(`select count(*) from vault_share where member_id = 'up_resp'`); n != 0 {
		t.Errorf("dealt anew, and barred, and given %d share", n)
	}
}

// A third holder leaves between reading and writing.
func TestRenewalRace(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.fileThis(w.whistleblower())
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	must2(t)(w.cw.Assign(ctx, resp, f.Number, derive.New(), []string{"up_resp"}, "helps"))
	up := w.stated("up_resp", f)
	request := w.lent(resp, chair, f, casework.Act{Step: "renew_vault", Reason: "x"})
	other, done := *w.cw, false
	w.cw.Now = func() time.Time { // asked for the entry's day, after everything was read and dealt
		if calledFrom("casework.(*Service).put") && !done {
			done = true
			must2(t)(other.Recuse(ctx, up, f.Number, derive.New(), "cousin"))
		}
		return w.clock
	}
	err := w.cw.RenewVault(ctx, resp, f.Number, request, derive.New())
	if !done {
		t.Fatal("nobody left meanwhile")
	}
	if slices.Contains(w.holders(f), "up_resp") {
		t.Fatal("did not leave")
	}
	if n := w.count(`select count(*) from vault_share where member_id = 'up_resp'`); n != 0 {
		t.Errorf("left the case, and was dealt %d share (%v)", n, err)
	}
}

// A commission member who never opened a case hands it over, unseen.
func TestHandOverUnseen(t *testing.T) {
	w := founded(t)
	w.appoint("fourth", "home", appoint.RoleMember, "", "resp", "chair")
	f := w.file()
	_, err := w.cw.Assign(ctx, w.stated("resp", f), f.Number, derive.New(), []string{"member"}, "examines")
	must(t, err)
	done, err := w.cw.HandOver(ctx, w.as("member"), "member", "fourth", derive.New())
	if err != nil || done.Given != 1 {
		t.Errorf("%+v %v", done, err)
	}
}

// The member who began a case for the institution has its code, and ends it alone.
func TestOwnInitiativeWithdrawn(t *testing.T) {
	w := founded(t)
	f := w.filedAs(func(r *ethics.Report) { r.EnteredBy, r.Way = "resp", ethics.WayAudit })
	e, err := w.dia.Enter(ctx, token.FromDraft(f.draft).Text()) // the draft stands in the member's own form
	if err != nil {
		return
	}
	v, err := w.dia.Visit(ctx, e.Cookie)
	must(t, err)
	if _, err := w.dia.Withdraw(ctx, v, derive.New(), ""); err == nil {
		t.Errorf("one person ended the institution's own case: %s", w.caseFile(f).State)
	}
}

// One approval, a step twice: by the approver and who writes entries.
func TestApprovalReplayed(t *testing.T) {
	w := founded(t)
	f := w.file()
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	act := casework.Act{Step: "export_case_file", Reason: "the court asks"}
	must2(t)(w.cw.Take(ctx, resp, f.Number, derive.New(), act))
	p := w.open(chair, f).Open.ID
	must2(t)(w.cw.Decide(ctx, chair, f.Number, p, derive.New(), true, ""))
	w.clock = w.clock.AddDate(0, 0, 20)
	if _, ok := w.cw.ExportUntil(w.open(resp, f)); ok {
		t.Fatal("for ever")
	}
	w.put(f, ethics.KindStep, ethics.Step{
		ID: "export_case_file", From: "received", To: "received", Reason: "the court asks",
		Proposal: p, At: w.clock.UnixMilli(),
	}, w.by("chair"), false)
	if _, ok := w.cw.ExportUntil(w.open(resp, f)); ok {
		t.Error("approved again by one person")
	}
}

func calledFrom(name string) bool {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		f, more := frames.Next()
		if strings.HasSuffix(f.Function, name) {
			return true
		}
		if !more {
			return false
		}
	}
}
