package casework_test

import (
	"errors"
	"slices"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

type said = map[string][]string

// take takes a step in the name of a member.
func (w *world) take(who string, f filed, a casework.Act) error {
	w.t.Helper()
	if a.Reason == "" {
		a.Reason = "reason"
	}
	_, err := w.cw.Take(ctx, w.stated(who, f), f.Number, derive.New(), a)
	return err
}

// does is take, which must be allowed.
func (w *world) does(who string, f filed, a casework.Act) {
	w.t.Helper()
	if err := w.take(who, f, a); err != nil {
		w.t.Fatalf("%s: %s: %v", who, a.Step, err)
	}
}

// decides has a member decide what waits.
func (w *world) decides(who string, f filed, approve bool) error {
	w.t.Helper()
	o := w.look(who, f)
	if o.Open == nil {
		w.t.Fatal("nothing waits")
	}
	_, err := w.cw.Decide(ctx, w.as(who), f.Number, o.Open.ID, derive.New(), approve, "because")
	return err
}

func (w *world) look(who string, f filed) *casework.Opened {
	w.t.Helper()
	o, err := w.cw.Open(ctx, w.stated(who, f), f.Number)
	must(w.t, err)
	return o
}

// examined is a case under examination by both members of the commission.
func (w *world) examined(f filed) filed {
	w.t.Helper()
	if w.people["second"] == (derive.Secret{}) {
		w.appoint("second", "home", appoint.RoleMember, "", "resp", "chair")
	}
	resp := w.stated("resp", f)
	w.does("resp", f, casework.Act{Step: "acknowledge", Message: "hello"})
	w.does("resp", f, casework.Act{
		Step: "accept", Statements: said{"competence": {"disciplinary"}, "also": {"competent_authority", "criminal"}},
	})
	_, err := w.cw.Assign(ctx, resp, f.Number, derive.New(), []string{"member", "second"}, "they know the field")
	must(w.t, err)
	w.stated("member", f)
	w.stated("second", f)
	w.does("resp", f, casework.Act{Step: "start"})
	return f
}

func draft(more ...string) said {
	out := said{"heard": {"heard"}, "draft_text": {"We find that it happened."}, "outcome": {"substantiated"}}
	for i := 0; i+1 < len(more); i += 2 {
		out[more[i]] = []string{more[i+1]}
	}
	return out
}

// drafted is a case with a member's draft.
func (w *world) drafted() filed {
	w.t.Helper()
	f := w.examined(w.file())
	w.does("member", f, casework.Act{Step: "propose_decision", Statements: draft()})
	return f
}

func (w *world) vote(who string, f filed, how, dissent string) error {
	w.t.Helper()
	s := said{"version": {w.look("chair", f).Draft.Step.ID}, "vote": {how}}
	if dissent != "" {
		s["dissent"] = []string{dissent}
	}
	return w.take(who, f, casework.Act{Step: "vote", Statements: s})
}

func (w *world) votes(f filed, by map[string]string) {
	w.t.Helper()
	for who, how := range by {
		must(w.t, w.vote(who, f, how, ""))
	}
}

func approval(o *casework.Opened) casework.Act {
	return casework.Act{Step: "approve_decision", Reason: "proved", Message: "decided", Statements: said{
		"version": {o.Draft.Step.ID}, "outcome": {o.Draft.Value("outcome")},
	}}
}

// TestQuorum: of three who may vote two must have, and more for than against;
// the second person's approval asks again.
func TestQuorum(t *testing.T) {
	w := founded(t)
	f := w.drafted()
	approve := func() error { return w.take("chair", f, approval(w.look("chair", f))) }
	if err := approve(); !errors.Is(err, policy.ErrQuorum) {
		t.Errorf("nobody voted: %v", err)
	}
	must(t, w.vote("member", f, "for", ""))
	if err := approve(); !errors.Is(err, policy.ErrQuorum) {
		t.Errorf("one of three voted: %v", err)
	}
	must(t, w.vote("second", f, "against", "Too hard."))
	if err := approve(); !errors.Is(err, policy.ErrMajority) {
		t.Errorf("one against one: %v", err)
	}
	must(t, w.vote("chair", f, "for", ""))
	must(t, approve())
	must(t, w.decides("second", f, true))
	o := w.look("resp", f)
	if o.State != "decided" || o.Draft == nil || len(o.Draft.Votes) != 3 ||
		o.Facts.Votes != (policy.Tally{Voters: 3, For: 2, Against: 1}) {
		t.Errorf("state %s, %+v", o.State, o.Facts.Votes)
	}
	if i := slices.IndexFunc(o.Draft.Votes, func(v casework.Vote) bool { return v.Dissent == "Too hard." }); i < 0 {
		t.Error("the dissent is not kept with the decision")
	}
	if d := w.damage(); d != nil {
		t.Error(d)
	}
}

// TestVoteTwice: a second vote replaces the first and is no second voice.
func TestVoteTwice(t *testing.T) {
	w := founded(t)
	f := w.drafted()
	for _, how := range []string{"for", "for", "against"} {
		must(t, w.vote("member", f, how, ""))
	}
	o := w.look("chair", f)
	if got := o.Facts.Votes; got != (policy.Tally{Voters: 3, Against: 1}) || len(o.Draft.Votes) != 1 {
		t.Errorf("%+v", got)
	}
}

// TestWhoMayNotVote: a responsible person, a member without a grant (the reporter
// excluded them), and somebody who votes on a version that does not stand.
func TestWhoMayNotVote(t *testing.T) {
	w := founded(t)
	f := w.drafted()
	stale := w.look("chair", f).Draft.Step.ID
	if err := w.vote("resp", f, "for", ""); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("a responsible person: %v", err)
	}
	w.does("second", f, casework.Act{
		Step: "revise_draft", Statements: said{"draft_text": {"Milder."}, "outcome": {"partly_substantiated"}},
	})
	var errs ethics.FieldErrors
	err := w.take("member", f, casework.Act{Step: "vote", Statements: said{"version": {stale}, "vote": {"for"}}})
	if !errors.As(err, &errs) || errs.Of("version") != "option" {
		t.Errorf("on the version before: %v", err)
	}
	if o := w.look("chair", f); len(o.Drafts) != 2 || o.Draft.Version != 2 || o.Facts.DraftAuthor != "second" {
		t.Errorf("%d versions, author %s", len(o.Drafts), o.Facts.DraftAuthor)
	}
	r := w.report()
	r.Excluded = []string{"second"}
	d := derive.New()
	done, err := w.in.File(ctx, d, r)
	must(t, err)
	other := filed{Filed: done, id: d.CaseID(), draft: d}
	w.stated("chair", other)
	_, err = w.cw.Take(ctx, w.as("second"), other.Number, derive.New(),
		casework.Act{Step: "vote", Statements: said{"vote": {"for"}}})
	if !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("an excluded person: %v", err)
	}
}

// TestNewVersionNewVotes: votes on the earlier version do not carry the new one.
func TestNewVersionNewVotes(t *testing.T) {
	w := founded(t)
	f := w.drafted()
	w.votes(f, map[string]string{"member": "for", "second": "for", "chair": "for"})
	w.does("member", f, casework.Act{
		Step: "revise_draft", Statements: said{"draft_text": {"Otherwise."}, "outcome": {"inconclusive"}},
	})
	if err := w.take("chair", f, approval(w.look("chair", f))); !errors.Is(err, policy.ErrQuorum) {
		t.Errorf("with the votes on another text: %v", err)
	}
}

// TestAuthorIsNotTheOnlyApprover, and the outcome is the draft's.
func TestAuthorIsNotTheOnlyApprover(t *testing.T) {
	w := founded(t)
	f := w.drafted()
	w.votes(f, map[string]string{"member": "for", "second": "for"})
	a := approval(w.look("chair", f))
	a.Statements["outcome"] = []string{"not_substantiated"}
	var errs ethics.FieldErrors
	if err := w.take("chair", f, a); !errors.As(err, &errs) || errs.Of("outcome") == "" {
		t.Errorf("another outcome than the draft's: %v", err)
	}
	must(t, w.take("chair", f, approval(w.look("chair", f))))
	if err := w.decides("member", f, true); !errors.Is(err, policy.ErrAuthor) {
		t.Errorf("the author approves: %v", err)
	}
	if err := w.decides("chair", f, true); !errors.Is(err, ethics.ErrSamePerson) {
		t.Errorf("the proposer approves: %v", err)
	}
	must(t, w.decides("second", f, true))
}

// TestVotesAfterTheProposal: once the approval waits, no vote and no version is
// taken; after it was rejected they are again.
func TestVotesAfterTheProposal(t *testing.T) {
	w := founded(t)
	f := w.drafted()
	w.votes(f, map[string]string{"member": "for", "second": "for"})
	must(t, w.take("chair", f, approval(w.look("chair", f))))
	if err := w.vote("second", f, "against", ""); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("a vote while the approval waits: %v", err)
	}
	err := w.take("member", f, casework.Act{
		Step: "revise_draft", Statements: said{"draft_text": {"x"}, "outcome": {"inconclusive"}},
	})
	if !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("a version while the approval waits: %v", err)
	}
	// A member with the log key writes such a vote all the same: it does not count.
	o := w.look("chair", f)
	forged := ethics.Step{
		ID: "vote", From: "decision_draft", To: "decision_draft",
		Statements: said{"version": {o.Draft.Step.ID}, "vote": {"against"}}, At: 1,
	}
	w.put(f, ethics.KindStep, forged, w.by("second"), false)
	if o := w.look("chair", f); o.Facts.Votes.For != 2 || o.Facts.Votes.Against != 0 {
		t.Errorf("%+v", o.Facts.Votes)
	}
	must(t, w.decides("second", f, false))
	must(t, w.vote("second", f, "against", ""))
	if o := w.look("chair", f); o.Facts.Votes.Against != 1 {
		t.Errorf("after the rejection: %+v", o.Facts.Votes)
	}
}

// TestEthicsCitesAClause: a decision on the ethics track names one at least,
// unless it finds no breach of any.
func TestEthicsCitesAClause(t *testing.T) {
	w := founded(t)
	r := w.report()
	r.Track, r.Category = "ethics", "ethics_conduct"
	d := derive.New()
	done, err := w.in.File(ctx, d, r)
	must(t, err)
	f := w.examined(filed{Filed: done, id: d.CaseID(), draft: d})
	propose := func(s said) error { return w.take("member", f, casework.Act{Step: "propose_decision", Statements: s}) }
	var errs ethics.FieldErrors
	if err := propose(draft()); !errors.As(err, &errs) || errs.Of("clauses") != "clause" {
		t.Errorf("without a clause: %v", err)
	}
	if err := propose(draft("clauses", "none_such")); !errors.As(err, &errs) || errs.Of("clauses") != "option" {
		t.Errorf("a clause that is none: %v", err)
	}
	must(t, propose(draft("clauses", "model_2_3")))
	revise := func(outcome string) error {
		return w.take("member", f, casework.Act{
			Step: "revise_draft", Statements: said{"draft_text": {"x"}, "outcome": {outcome}},
		})
	}
	if err := revise("partly_substantiated"); !errors.As(err, &errs) || errs.Of("clauses") != "clause" {
		t.Errorf("part of a breach without a clause: %v", err)
	}
	must(t, revise("not_substantiated"))
}

// TestCategoryChanges with its row: the log has it, the report keeps its own.
func TestCategoryChanges(t *testing.T) {
	w := founded(t)
	f := w.file()
	a := casework.Act{Step: "change_category_or_route", Reason: "it is about a gift", Statements: said{
		"category": {"gifts"}, "competence": {"ethics_commission"},
	}}
	w.does("chair", f, a)
	o := w.look("resp", f)
	if o.Category != "gifts" || o.Competence() != "ethics_commission" ||
		o.Report.Category == "gifts" || o.State != "received" {
		t.Errorf("%s, %s, report %s, state %s", o.Category, o.Competence(), o.Report.Category, o.State)
	}
	if d := w.damage(); d != nil {
		t.Error(d)
	}
	a.Statements["category"] = []string{"none_such"}
	var errs ethics.FieldErrors
	if err := w.take("chair", f, a); !errors.As(err, &errs) || errs.Of("category") != "option" {
		t.Errorf("no category: %v", err)
	}
}

// TestWhoLeftIsNotCounted: a member who stepped aside is neither a voter nor a
// vote, and a vote that somebody writes on an earlier version is none.
func TestWhoLeftIsNotCounted(t *testing.T) {
	w := founded(t)
	f := w.drafted()
	stale := w.look("chair", f).Draft.Step.ID
	w.does("member", f, casework.Act{
		Step: "revise_draft", Statements: said{"draft_text": {"Milder."}, "outcome": {"inconclusive"}},
	})
	w.votes(f, map[string]string{"member": "for", "second": "for"})
	late := ethics.Step{ID: "vote", From: "decision_draft", To: "decision_draft", Statements: said{
		"version": {stale}, "vote": {"against"},
	}, At: 1}
	w.put(f, ethics.KindStep, late, w.by("member"), false)
	if o := w.look("chair", f); o.Facts.Votes != (policy.Tally{Voters: 3, For: 2}) {
		t.Errorf("%+v", o.Facts.Votes)
	}
	_, err := w.cw.Recuse(ctx, w.as("second"), f.Number, derive.New(), "a cousin")
	must(t, err)
	o := w.look("chair", f)
	if o.Facts.Votes != (policy.Tally{Voters: 2, For: 1}) {
		t.Errorf("after stepping aside: %+v", o.Facts.Votes)
	}
	if err := w.take("chair", f, approval(o)); !errors.Is(err, policy.ErrQuorum) {
		t.Errorf("one of two: %v", err)
	}
}

// TestForgedApproval: a proposal that was written around the form, with another
// outcome than the draft's, is not approved.
func TestForgedApproval(t *testing.T) {
	w := founded(t)
	f := w.drafted()
	w.votes(f, map[string]string{"member": "for", "second": "for"})
	body := ethics.Proposal{Step: "approve_decision", From: "decision_draft", To: "decided",
		Reason: "r", Message: "m", At: 1,
		Statements: said{"version": {w.look("chair", f).Draft.Step.ID}, "outcome": {"not_substantiated"}}}
	id := w.put(f, ethics.KindProposal, body, w.by("chair"), false)
	w.write("proposed", f.id, func(tx *store.Tx) error {
		return tx.AddProposal(store.Proposal{
			ID: id, Case: f.id, Step: "approve_decision", Proposer: "chair", State: "open", Day: day,
		})
	})
	if err := w.decides("second", f, true); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("approved: %v", err)
	}
	must(t, w.decides("second", f, false))
}
