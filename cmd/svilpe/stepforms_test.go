package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/verify"
)

// act is a step or a sensitive act in a case: who takes it, who approves it where
// it takes two, and what its form says besides the least it asks for.
type act struct {
	step       ethics.Act
	by, second string
	said       map[string][]string
}

// takes takes acts one after the other, each by the form of its page and with
// nothing filled in but what the form demands.
func (w *walk) takes(number string, acts ...act) {
	w.t.Helper()
	for _, a := range acts {
		step, known := w.h.policy.Act(a.step)
		if !known {
			w.t.Fatalf("%s is no act", a.step)
		}
		path := desk(number) + "/steps/" + string(a.step)
		offered := desk(number)
		if slices.Contains([]string(step.While), "identity_sealed") {
			offered += "/identity"
		}
		b := w.as(a.by).open(offered)
		if !b.has(`"` + path + `"`) {
			w.t.Fatalf("%s is not offered %s\n%s", a.by, a.step, words(b.page))
		}
		f := w.demanded(b.open(path).form(path), step, a.said)
		if a.step == "forward" { // its form has two parts
			f = w.demanded(f.answered("", http.StatusOK).form(path), step, a.said)
		}
		f.stored("")
		if step.FourEyes {
			w.approves(a.second, number)
		}
		w.steps[string(a.step)] = true
	}
}

// approves gives the second person's word, with no reason.
func (w *walk) approves(who, number string) {
	w.t.Helper()
	b := w.as(who).open(desk(number))
	waits := b.actions(desk(number) + "/proposals/")
	if len(waits) != 1 {
		w.t.Fatalf("%s has nothing to approve\n%s", who, words(b.page))
	}
	b.form(waits[0]).stored("approve")
}

// demanded fills in what a step's form must have, from the data, and leaves the
// rest as the page shows it.
func (w *walk) demanded(f *filling, step policy.Step, said map[string][]string) *filling {
	w.t.Helper()
	on := f.names()
	for name, values := range said {
		if slices.Contains(on, name) {
			f.set(name, values...)
		}
	}
	fill := func(st policy.Statement, name string) {
		if st.Required && slices.Contains(on, name) && f.empty(name) {
			f.set(name, w.sensible(f, st, name))
		}
	}
	for _, st := range w.h.policy.Statements(step.ID) {
		for _, c := range st.Columns {
			fill(c, c.ID+"_1")
		}
		fill(st, st.ID)
	}
	for _, name := range []string{"reason", "message"} {
		if slices.Contains(on, name) && !f.optional[name] && f.empty(name) {
			f.set(name, "Tā vajag.\nOtrā rinda.")
		}
	}
	return f
}

// sensible is an answer to a question: the first that is offered, a day soon.
func (w *walk) sensible(f *filling, st policy.Statement, name string) string {
	switch st.Kind {
	case policy.Date:
		return ethics.DayOf(w.h.now().AddDate(0, 0, 10))
	case policy.Choice, policy.Choices, policy.Tick:
		for _, c := range f.controls {
			if c.name == name && c.kind != "select" {
				return c.value
			}
			for _, o := range c.options {
				if c.name == name && o != "" {
					return o
				}
			}
		}
	}
	return "Teksts."
}

// assigns gives the case to examiners, who state that they have no conflict.
func (w *walk) assigns(by, number string, members ...string) {
	w.t.Helper()
	f := w.as(by).open(desk(number)).form(desk(number) + "/assign")
	var ids []string
	for _, m := range members {
		ids = append(ids, w.people[m].id)
	}
	f.set("members", ids...).set("assign_reason", "Zina nozari.").stored("")
	for _, m := range members {
		w.states(m, number)
	}
}

// notByForm are the acts that no form of a case's page takes, and where they are
// tried instead. What is offered and in neither table fails.
var notByForm = map[string]string{
	"reporter_replies":  "the reporter's message",
	"withdraw":          "the reporter's own page",
	"erase":             "the page of erasures",
	"exclude_colleague": "the form that excludes somebody",
}

// TestEveryFormIsPostedAsABrowserDoes takes every step and every sensitive act of
// the workflow, and sends every other form there is, as a browser without scripts
// sends it: with what the page demands filled in and everything else as it stands.
// A step, an act or an address without a row here fails.
func TestEveryFormIsPostedAsABrowserDoes(t *testing.T) {
	w := walked(t)
	w.everything()
	for _, route := range w.routes {
		if method, path, _ := strings.Cut(route, " "); method == http.MethodPost && !w.posted(path) &&
			path != "/desk/founding" {
			t.Errorf("no form was sent to %s", path)
		}
	}
	for _, s := range w.h.policy.Steps {
		w.covered(string(s.ID))
	}
	for _, a := range w.h.policy.Actions {
		if s, _ := w.h.policy.Act(a.ID); w.offers(s) {
			w.covered(string(a.ID))
		}
	}
}

// TestEveryFormIsSentTwice: a double click, on every form there is, is one act and one
// good answer, whichever of the two the browser shows.
func TestEveryFormIsSentTwice(t *testing.T) {
	w := walked(t)
	w.again = 15
	w.everything()
	v, err := verify.Run(context.Background(), w.h.store, verify.Options{Founders: w.h.store.Founders()})
	if must(t, err); v.First() != nil {
		t.Error(v.First())
	}
}

func (w *walk) everything() {
	w.t.Helper()
	w.examination()
	w.protectedReport()
	w.otherEnds()
	w.holdings()
	w.papers()
	w.reports()
	w.consultations()
	w.accounts()
}

// offers tells whether an act of the data is one that some member may take by a
// form; the others have pages of their own and stand in the routes.
func (w *walk) offers(s policy.Step) bool {
	for _, state := range w.h.policy.States {
		f := policy.Facts{
			Track: "whistleblower", State: state.ID, Flags: s.While, Drafted: true, OpenMeasures: 1, WatchOver: true,
			Extendable: true, NoticeOpen: true,
		}
		for _, role := range s.Who {
			m := policy.Member{ID: "m", Roles: []string{role}, HoldsGrant: true, Stated: true}
			err := w.h.policy.May(m, s.ID, f)
			if !errors.Is(err, policy.ErrStep) && !errors.Is(err, policy.ErrRole) {
				return true
			}
		}
	}
	return false
}

func (w *walk) covered(id string) {
	if _, elsewhere := notByForm[id]; w.steps[id] == elsewhere {
		w.t.Errorf("%s: taken by its form: %v; tried elsewhere: %q", id, w.steps[id], notByForm[id])
	}
}

// examination is an anonymous report from its receipt over mediation and a
// decision to its closing, reopening, and being left unexamined.
func (w *walk) examination() {
	w.t.Helper()
	number, code := w.files(ethics.Report{Track: "anonymous"}, "anna", "rita", "berta")
	other, _ := w.files(ethics.Report{Track: "anonymous"}, "anna", "rita", "berta")
	w.takes(number,
		act{step: "acknowledge", by: "anna"},
		act{step: "set_retaliation_risk", by: "anna"},
		act{step: "change_category_or_route", by: "berta"},
		act{step: "link_case", by: "anna", said: one("linked_case", other)},
		act{step: "legal_hold_set", by: "anna", second: "berta"},
		act{step: "legal_hold_lift", by: "berta", second: "anna"},
		act{step: "mute", by: "anna", second: "rita"},
		act{step: "unmute", by: "anna", second: "berta"},
		act{step: "ask_reporter", by: "berta"},
		act{step: "resume_without_reply", by: "anna"},
		act{step: "accept", by: "anna"},
	)
	w.assigns("anna", number, "carl", "emma")
	w.takes(number, act{step: "start", by: "berta"}, act{step: "ask_mediation", by: "berta"})
	reporter := w.reporter(code)
	reporter.open("/case").form("/case/mediation").stored("yes")
	w.takes(number,
		act{step: "offer_mediation", by: "berta"},
		act{step: "end_mediation", by: "berta", said: one("to", "investigation")},
		act{step: "defer_notice_to_person_concerned", by: "anna", second: "berta"},
		act{step: "export_case_file", by: "anna", second: "berta"},
	)
	for _, what := range w.as("anna").open(desk(number) + "/export").actions(desk(number) + "/export") {
		w.as("anna").open(desk(number)+"/export").form(what).answered("", http.StatusOK)
	}
	draft := map[string][]string{"outcome": {"not_substantiated"}}
	w.takes(number,
		act{step: "propose_decision", by: "carl", said: draft},
		act{step: "revise_draft", by: "carl"},
		act{step: "reject_draft", by: "berta"},
		act{step: "propose_decision", by: "carl", said: draft},
		act{step: "vote", by: "carl"}, act{step: "vote", by: "emma"}, act{step: "vote", by: "berta"},
		act{step: "approve_decision", by: "berta", second: "emma"},
	)
	w.as("emma").open(desk(number)+"/decision").form(desk(number)+"/decision").answered("", http.StatusOK)
	w.takes(number,
		act{step: "set_measures", by: "anna"},
		act{step: "follow_measure", by: "anna"},
		act{step: "release_lesson", by: "anna", second: "berta"},
		act{step: "close", by: "berta", second: "anna"},
	)
	w.ahead += 40 * 24 * time.Hour
	w.reporter(code).open("/case").form("/case/check-in").stored("fine")
	w.ahead += 800 * 24 * time.Hour
	w.takes(number,
		act{step: "end_watch", by: "anna"},
		act{step: "reopen", by: "anna", second: "rita"},
		act{step: "not_examine", by: "anna", second: "berta", said: one("why", "spam")},
	)
}

// protectedReport is a whistleblower's: recognised, with a vault that is opened,
// dealt anew and disclosed from, put on hold, forwarded.
func (w *walk) protectedReport() {
	w.t.Helper()
	number, _ := w.files(named(), "anna", "rita", "berta")
	yes := map[string][]string{}
	for _, st := range w.h.policy.Statements("recognise") {
		yes[st.ID] = []string{"yes"}
	}
	w.takes(number, act{step: "acknowledge", by: "anna"},
		act{step: "recognise", by: "anna", second: "berta", said: yes})
	w.assigns("berta", number, "carl", "emma")
	w.takes(number,
		act{step: "start_recognised", by: "berta"},
		act{step: "hold", by: "anna", second: "berta"},
		act{step: "resume", by: "berta"},
		act{step: "unseal_identity", by: "anna", second: "berta"},
	)
	w.as("anna").open(desk(number)+"/identity").form(desk(number)+"/identity").answered("open", http.StatusOK)
	w.takes(number, act{step: "renew_vault", by: "anna", second: "berta"})
	w.as("anna").open(desk(number) + "/identity").form(desk(number) + "/identity").stored("renew")
	w.takes(number,
		act{step: "disclose_identity_outside", by: "anna", second: "berta"},
		act{step: "forward", by: "anna", second: "berta"},
	)
	w.as("anna").open(desk(number)+"/package").form(desk(number)+"/package").answered("", http.StatusOK)
}

// otherEnds are the cases that go another way.
func (w *walk) otherEnds() {
	w.t.Helper()
	number, _ := w.files(named(), "anna", "berta")
	w.takes(number,
		act{step: "acknowledge", by: "anna"},
		act{step: "refuse_recognition", by: "anna", second: "berta", said: one("natural_person", "no")},
		act{step: "change_track", by: "anna"},
	)
	submission, _ := w.files(ethics.Report{Track: "ethics"}, "anna")
	w.takes(submission, act{step: "acknowledge", by: "anna"}, act{step: "extend", by: "anna"})
	older, _ := w.files(ethics.Report{Track: "anonymous"}, "anna", "berta")
	newer, _ := w.files(ethics.Report{Track: "anonymous"}, "anna", "berta")
	w.takes(older, act{step: "merge", by: "anna", second: "berta", said: one("continued_in", newer)})
	own, _ := w.files(ethics.Report{Track: "anonymous", EnteredBy: w.people["anna"].id, Way: ethics.WayAudit},
		"anna", "berta")
	w.takes(own, act{step: "acknowledge", by: "anna"}, act{step: "accept_own", by: "anna", second: "berta"})
}

func one(name, value string) map[string][]string { return map[string][]string{name: {value}} }
