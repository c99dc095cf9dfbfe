package casework_test

import (
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
)

// A keeper of the vault who never held the case, and whose term ends.
func TestKeeperTermEnds(t *testing.T) {
	w := founded(t)
	state(w, appoint.KindInstitution, appoint.Institution{ID: "up", Name: "County", Alternate: "home"}, "resp", "chair")
	w.appoint("up_resp", "up", appoint.RoleResponsible, day, "resp", "chair")
	w.appoint("up_chair", "up", appoint.RoleChair, "", "resp", "chair")
	state(w, appoint.KindInstitution, appoint.Institution{ID: "home", Name: "Town", Alternate: "up"}, "resp", "chair")
	w.fileThis(w.whistleblower())
	if n := w.count(`select count(*) from vault_share where member_id = 'up_resp'`); n != 1 {
		t.Fatalf("%d shares", n)
	}
	w.tomorrow()
	must(t, w.s.EndAllTerms(ctx, ethics.DayOf(w.clock)))
	if n := w.count(`select count(*) from vault_share where member_id = 'up_resp'`); n != 0 {
		t.Errorf("out of office, and keeps %d share of who reported", n)
	}
}

// Passed on because it is about one of the house: the next who comes to office
// there gets a share of who reported.
func TestEscalatedVault(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.fileThis(w.whistleblower())
	w.stated("resp", f)
	w.stated("chair", f)
	must2(t)(w.cw.Escalate(ctx, w.as("resp"), f.Number, derive.New(), []string{"chair", "resp"}, "both are named"))
	must(t, w.decides("up_resp", f, true)) // of the house nobody is left who could
	w.stated("up_resp", f)
	w.stated("up_chair", f)
	w.appoint("chair2", "home", appoint.RoleChair, "", "resp", "member") // serves under whom it is about
	must2(t)(w.dia.Identify(ctx, w.visit(f), derive.New(), identifying()))
	up, upc := w.as("up_resp"), w.as("up_chair")
	o := w.open(up, f)
	if !o.Vault.Openable() {
		t.Fatal("nobody of those who have the case could open it")
	}
	request := w.lent(up, upc, f, casework.Act{Step: "renew_vault", Reason: "x"})
	must(t, w.cw.RenewVault(ctx, up, f.Number, request, derive.New()))
	if n := w.count(`select count(*) from vault_share where member_id = 'chair2'`); n != 0 {
		t.Errorf("dealt to %d of the house that it is about", n)
	}
}

// Without the reporter's part: two of the alternate deal anew.
func TestEscalatedRenewal(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.fileThis(w.whistleblower())
	w.stated("chair", f)
	must2(t)(w.cw.Escalate(ctx, w.stated("resp", f), f.Number, derive.New(), []string{"chair"}, "the chair is named"))
	must(t, w.decides("up_resp", f, true))
	w.appoint("chair2", "home", appoint.RoleChair, "", "resp", "member")
	resp, up := w.as("resp"), w.as("up_resp")
	request := w.lent(resp, up, f, casework.Act{Step: "renew_vault", Reason: "x"})
	must(t, w.cw.RenewVault(ctx, resp, f.Number, request, derive.New()))
	if n := w.count(`select count(*) from vault_share where member_id = 'chair2'`); n != 0 {
		t.Errorf("dealt to %d of the house that it is about", n)
	}
}

func identifying() dialogue.Identification {
	return dialogue.Identification{Answers: map[string][]string{
		"identity_name": {secretName}, "identity_contact": {"x"}, "identity_disclosure_consent": {"authority"},
	}}
}

func TestVaultOverCodes(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.fileThis(w.whistleblower())
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	v := w.visit(f)
	for n := range 3 {
		_, v = w.renew(v, derive.New())
		request := w.lent(resp, chair, f, ask(""))
		d, err := w.cw.OpenIdentity(ctx, resp, f.Number, request, derive.New())
		must(t, err)
		if d.Answers["identity_name"][0] != secretName {
			t.Error("other")
		}
		if n == 1 {
			must2(t)(w.dia.Identify(ctx, v, derive.New(), identifying()))
		}
	}
}

func TestConcurrentDecide(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.file()
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	must2(t)(w.cw.Assign(ctx, resp, f.Number, derive.New(), []string{"up_resp", "up_chair"}, "x"))
	ur, uc := w.stated("up_resp", f), w.stated("up_chair", f)
	must2(t)(w.cw.Take(ctx, resp, f.Number, derive.New(), casework.Act{Step: "mute", Reason: "spam"}))
	p := w.open(chair, f).Open.ID
	errs := make(chan error, 3)
	go func() { _, err := w.cw.Decide(ctx, chair, f.Number, p, derive.New(), true, ""); errs <- err }()
	go func() { _, err := w.cw.Decide(ctx, ur, f.Number, p, derive.New(), true, ""); errs <- err }()
	go func() { _, err := w.cw.Decide(ctx, uc, f.Number, p, derive.New(), false, "no"); errs <- err }()
	ok := 0
	for range 3 {
		if err := <-errs; err == nil {
			ok++
		} else {
			t.Log(err)
		}
	}
	if ok != 1 {
		t.Errorf("%d decided", ok)
	}
	w.mustBeSound()
}
