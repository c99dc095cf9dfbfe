package casework_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
)

func criteria(last string) map[string][]string {
	return map[string][]string{
		"natural_person": {"yes"}, "work_related": {"yes"}, "public_interest": {"yes"},
		"believed_true": {"yes"}, "not_excluded": {last},
	}
}

func identification() dialogue.Identification {
	return dialogue.Identification{
		Answers:   map[string][]string{"identity_name": {secretName}, "identity_contact": {"anna@example.org"}},
		Recognise: true, IfNotRecognised: "ethics",
	}
}

func eventNames(o *casework.Opened) string {
	var out []string
	for _, e := range o.Events {
		out = append(out, string(e.Name))
	}
	return strings.Join(out, " ")
}

func runs(o *casework.Opened, deadline string) (due string) {
	for _, d := range o.Dues {
		if d.ID == deadline && d.Stopped == "" {
			due = string(d.Due)
		}
	}
	return due
}

// TestAnonymousReporterAsksForProtection: with the code the reporter of an
// anonymous case gives a name and asks to be recognised. Number, code, messages
// and dates stay; the track and its deadlines are the whistleblower's from now on;
// two people recognise, all criteria answered, and the reporter is told.
func TestAnonymousReporterAsksForProtection(t *testing.T) {
	w := founded(t)
	f := w.file()
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	_, err := w.cw.Take(ctx, resp, f.Number, derive.New(), casework.Act{Step: "acknowledge"})
	must(t, err)
	if _, err := w.cw.Take(ctx, resp, f.Number, derive.New(),
		casework.Act{Step: "recognise", Reason: "r", Message: "m", Statements: criteria("yes")}); err == nil {
		t.Error("recognised on the anonymous track")
	}
	w.clock = w.clock.AddDate(0, 0, 20)
	before := w.messages(f)
	x, visit, draft := identification(), w.visit(f), derive.New()
	var errs ethics.FieldErrors
	x.Recognise = false
	if _, err := w.dia.Identify(ctx, visit, draft, x); !errors.As(err, &errs) || errs.Of("recognise") != "required" {
		t.Errorf("a name on the anonymous track, without asking: %v", err)
	}
	x = identification()
	x.IfNotRecognised = ""
	if _, err := w.dia.Identify(ctx, visit, draft, x); !errors.As(err, &errs) ||
		errs.Of("if_not_recognised") != "required" {
		t.Errorf("without saying what to do if not: %v", err)
	}
	sent, err := w.dia.Identify(ctx, visit, draft, identification())
	must(t, err)
	again, err := w.dia.Identify(ctx, visit, draft, identification())
	if err != nil || sent.Again || !again.Again {
		t.Errorf("the same form twice: %v", err)
	}
	o := w.open(resp, f)
	if o.Track != "whistleblower" || o.Number != f.Number || o.Received != day ||
		o.State != "triage" || o.Vault == nil {
		t.Fatalf("%s, %s, %s, vault %v", o.Track, o.State, o.Received, o.Vault)
	}
	if due := runs(o, "recognition"); due == "" || due <= day {
		t.Errorf("recognition is due %q", due)
	}
	if !strings.Contains(eventNames(o), "identity_given changed_to_whistleblower") ||
		o.Facts.IfNotRecognised != "ethics" {
		t.Errorf("events %s, if not %q", eventNames(o), o.Facts.IfNotRecognised)
	}
	if now := w.messages(f); len(now) != len(before)+1 || now[len(now)-1].Identified == nil ||
		!now[len(now)-1].Identified.Recognise {
		t.Error("the reporter's page does not say what was asked")
	}

	act := casework.Act{
		Step: "recognise", Reason: "works there", Message: "You are recognised.", Statements: criteria("yes"),
	}
	delete(act.Statements, "believed_true")
	if _, err := w.cw.Take(ctx, resp, f.Number, derive.New(), act); !errors.As(err, &errs) ||
		errs.Of("believed_true") != "required" {
		t.Errorf("a criterion left open: %v", err)
	}
	act.Statements, act.Message = criteria("yes"), ""
	if _, err := w.cw.Take(ctx, resp, f.Number, derive.New(), act); !errors.As(err, &errs) ||
		errs.Of("message") != "required" {
		t.Errorf("without telling the reporter: %v", err)
	}
	act.Message = "You are recognised."
	for _, id := range []string{"natural_person", "work_related", "public_interest", "believed_true", "not_excluded"} {
		act.Statements = criteria("yes")
		act.Statements[id] = []string{"no"}
		if _, err := w.cw.Take(ctx, resp, f.Number, derive.New(), act); !errors.As(err, &errs) || len(errs) != 1 ||
			errs.Of(id) != "criterion_not_met" {
			t.Errorf("recognised although not %s: %v", id, err)
		}
	}
	act.Statements = criteria("yes")
	w.lentOrDone(resp.ID, chair.ID, f, act)
	o = w.open(resp, f)
	if o.State != "recognised" || runs(o, "recognition") != "" || runs(o, "decision_notice") != "" ||
		runs(o, "progress_info") == "" {
		t.Errorf("%s, recognition %q, notice %q", o.State, runs(o, "recognition"), runs(o, "decision_notice"))
	}
	w.mustBeSound()
}

// TestRefusalNeedsAnUnmetCriterion: whoever answers that all criteria are met
// cannot refuse; one that is not met is enough.
func TestRefusalNeedsAnUnmetCriterion(t *testing.T) {
	w := founded(t)
	f := w.fileThis(w.whistleblower())
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	must(t, w.take("resp", f, casework.Act{Step: "acknowledge"}))
	act := casework.Act{
		Step: "refuse_recognition", Reason: "r", Message: "It is not a whistleblower's report.",
		Statements: criteria("yes"),
	}
	var errs ethics.FieldErrors
	if _, err := w.cw.Take(ctx, resp, f.Number, derive.New(), act); !errors.As(err, &errs) ||
		errs.Of("natural_person") != "criteria_met" {
		t.Errorf("refused with all criteria met: %v", err)
	}
	act.Statements = criteria("no")
	w.lentOrDone(resp.ID, chair.ID, f, act)
	if o := w.open(resp, f); o.State != "not_recognised" {
		t.Errorf("it is %s", o.State)
	}
	w.mustBeSound()
}

// lentOrDone proposes as one and approves as another.
func (w *world) lentOrDone(proposer, approver string, f filed, a casework.Act) {
	w.t.Helper()
	taken, err := w.cw.Take(ctx, w.as(proposer), f.Number, derive.New(), a)
	must(w.t, err)
	if !taken.Proposed {
		w.t.Fatal("one person was enough")
	}
	_, err = w.cw.Decide(ctx, w.as(approver), f.Number, w.open(w.as(approver), f).Open.ID, derive.New(), true, "")
	must(w.t, err)
}

// TestDetailsAreReplacedAndWithdrawn: new details are a new vault, withdrawn ones
// are erased with every share and loan; neither shows in the page's thread.
func TestDetailsAreReplacedAndWithdrawn(t *testing.T) {
	w := founded(t)
	f := w.fileThis(w.whistleblower())
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	first := w.vaultID(f)
	request := w.lent(resp, chair, f, ask(""))
	x := identification()
	x.Recognise, x.IfNotRecognised = false, ""
	x.Answers["identity_name"] = []string{"OTHER NAME"}
	_, err := w.dia.Identify(ctx, w.visit(f), derive.New(), x)
	must(t, err)
	if w.vaultID(f) == first || w.count(`select count(*) from vault`) != 1 {
		t.Error("not a new vault")
	}
	if _, err := w.cw.OpenIdentity(ctx, resp, f.Number, request, derive.New()); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("a share lent for the old details: %v", err)
	}
	request = w.lent(resp, chair, f, ask(""))
	details, err := w.cw.OpenIdentity(ctx, resp, f.Number, request, derive.New())
	must(t, err)
	if details.Answers["identity_name"][0] != "OTHER NAME" {
		t.Errorf("not the new details")
	}
	w.lent(resp, chair, f, ask(""))
	_, err = w.dia.WithdrawIdentity(ctx, w.visit(f), derive.New())
	must(t, err)
	if n := w.count(`select count(*) from vault`) + w.count(`select count(*) from vault_share`) +
		w.count(`select count(*) from vault_request where length(sealed) > 0`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	o := w.open(resp, f)
	if o.Vault != nil || slices.Contains(o.Facts.Flags, "identity_sealed") || o.Track != "whistleblower" {
		t.Errorf("vault %v, flags %v, track %s", o.Vault, o.Facts.Flags, o.Track)
	}
	if _, err := w.dia.WithdrawIdentity(ctx, w.visit(f), derive.New()); !errors.Is(err, ethics.ErrRefused) {
		t.Errorf("withdrawn twice: %v", err)
	}
	w.mustBeSound()
}

// TestTrackIsChangedByAMember: without refiling, never to the whistleblower's,
// never to the anonymous one while details are kept, and not without telling.
func TestTrackIsChangedByAMember(t *testing.T) {
	w := founded(t)
	f := w.fileThis(w.whistleblower())
	resp := w.stated("resp", f)
	change := func(to, message string) error {
		_, err := w.cw.Take(ctx, resp, f.Number, derive.New(), casework.Act{
			Step: "change_track", Reason: "not about work", Message: message,
			Statements: map[string][]string{"track": {to}},
		})
		return err
	}
	for to, kind := range map[string]ethics.FaultKind{
		"whistleblower": "same_track", "anonymous": "has_identity", "consultation": "option",
	} {
		var errs ethics.FieldErrors
		if err := change(to, "m"); !errors.As(err, &errs) || errs.Of("track") != kind && errs.Of("track") != "option" {
			t.Errorf("to %s: %v", to, err)
		}
	}
	if err := change("ethics", ""); err == nil {
		t.Error("the reporter was not told")
	}
	must(t, change("ethics", "From now on it is a submission."))
	o := w.open(resp, f)
	if o.Track != "ethics" || o.Number != f.Number || o.Received != day || o.State != "received" ||
		runs(o, "recognition") != "" {
		t.Errorf("%s %s, recognition %q", o.Track, o.State, runs(o, "recognition"))
	}
	if err := change("whistleblower", "m"); err == nil {
		t.Error("a member made it a whistleblower's report")
	}
	if m := w.messages(f); m[len(m)-1].Text != "From now on it is a submission." {
		t.Error("the reporter was not told")
	}
	w.mustBeSound()
}

// TestDisclosureTakesTwoAndAGround: recorded by two people with whom and why, and
// the reporter told; it shows nobody the details.
func TestDisclosureTakesTwoAndAGround(t *testing.T) {
	w := founded(t)
	f := w.fileThis(w.whistleblower())
	w.stated("resp", f)
	w.stated("chair", f)
	act := casework.Act{Step: "disclose_identity_outside", Reason: "the prosecutor demands it",
		Message: "We had to name you to the prosecutor.", Statements: map[string][]string{
			"disclosed_to": {"the prosecutor"}, "disclosure_ground": {"law"}, "disclosure_law": {"Article 1"},
		}}
	for _, missing := range []string{"disclosed_to", "disclosure_ground", "disclosure_law"} {
		bad := act
		bad.Statements = map[string][]string{}
		for k, v := range act.Statements {
			if k != missing {
				bad.Statements[k] = v
			}
		}
		var errs ethics.FieldErrors
		if _, err := w.cw.Take(ctx, w.as("resp"), f.Number, derive.New(), bad); !errors.As(err, &errs) ||
			errs.Of(missing) != "required" {
			t.Errorf("without %s: %v", missing, err)
		}
	}
	w.lentOrDone("resp", "chair", f, act)
	if m := w.messages(f); m[len(m)-1].Text != act.Message {
		t.Error("the reporter was not told")
	}
	if n := w.count(`select count(*) from vault_request`); n != 0 {
		t.Error("disclosing lent a share")
	}
	w.mustBeSound()
}

// TestLeaversShareIsGone: who is removed from a case has no share of its vault,
// and the log agrees.
func TestLeaversShareIsGone(t *testing.T) {
	w := founded(t)
	f := w.fileThis(w.whistleblower())
	w.stated("resp", f)
	w.write(record.KindRemoved, f.id, func(tx *store.Tx) error {
		c, err := tx.Case(f.id)
		return errors.Join(err, tx.RemoveGrants(f.id, "chair"), tx.PutCase(c))
	})
	if n := w.count(`select count(*) from vault_share where member_id = 'chair'`); n != 0 {
		t.Error("the leaver still has a share")
	}
	if n := w.count(`select count(*) from vault_share`); n != 1 {
		t.Errorf("%d shares are left", n)
	}
}

// TestDetailsOutliveANewCode: what was signed with the keys of the old code is
// still the reporter's, and what is given with the new one is too.
func TestDetailsOutliveANewCode(t *testing.T) {
	w := founded(t)
	f := w.fileThis(w.whistleblower())
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	next, err := w.dia.NewCode(ctx, w.visit(f), derive.New())
	must(t, err)
	f.Code = next.Code
	for _, want := range []string{secretName, "NEW NAME"} {
		request := w.lent(resp, chair, f, ask(""))
		details, err := w.cw.OpenIdentity(ctx, resp, f.Number, request, derive.New())
		must(t, err)
		if details.Answers["identity_name"][0] != want {
			t.Errorf("not %s", want)
		}
		x := identification()
		x.Recognise, x.IfNotRecognised = false, ""
		x.Answers["identity_name"] = []string{"NEW NAME"}
		_, err = w.dia.Identify(ctx, w.visit(f), derive.New(), x)
		must(t, err)
	}
	w.mustBeSound()
}
