package casework_test

import (
	"crypto/sha256"
	"slices"
	"testing"

	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/seal"
)

// TestStory: an honest case, against which the forgeries below stand.
func TestStory(t *testing.T) {
	w := founded(t)
	f := w.file()
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	_, err := w.cw.Message(ctx, resp, f.Number, derive.New(), "are you safe?", "", nil)
	must(t, err)
	_, err = w.dia.Send(ctx, w.visit(f), derive.New(), "yes", nil)
	must(t, err)
	view, err := w.dia.View(ctx, w.visit(f))
	must(t, err)
	if len(view.Messages) != 4 || view.Messages[2].Text != "are you safe?" || view.Missing != 0 {
		t.Errorf("the reporter sees %d messages, %d missing", len(view.Messages), view.Missing)
	}
	o, err := w.cw.Open(ctx, chair, f.Number)
	must(t, err)
	for _, i := range o.Thread {
		if i.Untrusted {
			t.Errorf("%s by %s is not trusted", i.Kind, i.Author)
		}
	}
	if o.Report == nil || o.Missing != 0 || w.distrusted() != 0 || w.damage() != nil {
		t.Errorf("missing %d, %d distrusted, %v", o.Missing, w.distrusted(), w.damage())
	}
}

// TestAdministratorIsNoAuthor: who is appointed, but handles no cases, speaks for
// nobody: not to the reporter, and not as the report itself.
func TestAdministratorIsNoAuthor(t *testing.T) {
	w := founded(t)
	f := w.file()
	resp := w.stated("resp", f)
	forged := w.report()
	forged.Answers = map[string][]string{"description": {"FORGED"}}
	for _, x := range []struct {
		kind ethics.EnvelopeKind
		body any
		by   seal.Author
	}{
		{ethics.KindMessage, ethics.Message{Text: "FORGED"}, w.by("admin")},
		{ethics.KindReport, forged, w.by("admin")},
		{ethics.KindReport, forged, w.by("resp")},
		{ethics.KindReceipt, ethics.Receipt{Text: "FORGED"}, w.by("resp")},
		{ethics.KindStep, ethics.Step{ID: "start", Reason: "FORGED"}, w.by("admin")},
	} {
		w.put(f, x.kind, x.body, x.by, x.kind != ethics.KindStep)
	}
	view, err := w.dia.View(ctx, w.visit(f))
	must(t, err)
	o, err := w.cw.Open(ctx, resp, f.Number)
	must(t, err)
	for _, m := range view.Messages {
		if m.Text == "FORGED" || m.Report != nil && slices.Equal(m.Report.Answers["description"], []string{"FORGED"}) {
			t.Error("the reporter reads a forged text")
		}
	}
	for _, i := range o.Thread {
		if i.Text == "FORGED" || i.Step != nil && i.Step.Reason == "FORGED" {
			t.Errorf("a forged %s by %s", i.Kind, i.Author)
		}
	}
	if o.Report == nil || !slices.Equal(o.Report.Answers["description"], []string{"SECRET"}) {
		t.Error("the report is not the reporter's")
	}
	if w.distrusted() != 2 {
		t.Errorf("%d entries of distrust, not the reporter's and the member's", w.distrusted())
	}
	if d := w.damage(); d == nil || d.Table != "envelope" {
		t.Errorf("verify: %v", d)
	}
}

func (w *world) thread(id string, f filed) map[string]casework.Item {
	w.t.Helper()
	o, err := w.cw.Open(ctx, w.as(id), f.Number)
	must(w.t, err)
	out := map[string]casework.Item{}
	for _, i := range o.Thread {
		out[i.ID] = i
	}
	return out
}

func (w *world) sealed(id string) []byte {
	w.t.Helper()
	var b []byte
	must(w.t, w.raw().QueryRow(`select sealed from envelope where id = ?`, id).Scan(&b))
	h := sha256.Sum256(b)
	return h[:]
}

// TestStepOfTwoTakenByOne: with one member's key a step that takes two people is
// not trusted, whatever stands around it.
func TestStepOfTwoTakenByOne(t *testing.T) {
	w := founded(t)
	f := w.file()
	w.stated("resp", f)
	w.stated("chair", f)
	body := ethics.Proposal{
		Step: "disclose_identity_outside", From: "received", To: "received", Reason: "a court asks", Message: "no",
	}
	step := ethics.Step{ID: body.Step, From: body.From, To: body.To, Reason: body.Reason}
	proposed := func(by string, p ethics.Proposal) string {
		return w.put(f, ethics.KindProposal, p, w.by(by), false)
	}
	verdict := func(by, proposal string, digest []byte, approved bool) {
		w.put(f, ethics.KindApproval, ethics.Approval{Proposal: proposal, Digest: digest, Approved: approved},
			w.by(by), false)
	}
	message := func(by, text string) string {
		return w.put(f, ethics.KindMessage, ethics.Message{Text: text}, w.by(by), true)
	}
	taken := func(by, proposal, message string, change func(*ethics.Step)) string {
		s := step
		s.Proposal, s.Message = proposal, message
		if change != nil {
			change(&s)
		}
		return w.put(f, ethics.KindStep, s, w.by(by), false)
	}
	good := proposed("resp", body)
	verdict("chair", good, w.sealed(good), true)
	sent := message("chair", "no")
	own := proposed("chair", body)
	verdict("chair", own, w.sealed(own), true)
	refused := proposed("resp", body)
	verdict("chair", refused, w.sealed(refused), false)
	changed := proposed("resp", body)
	verdict("chair", changed, w.sealed(good), true)

	want := map[string]bool{
		taken("chair", good, sent, nil): true,
		// nobody proposed it
		taken("chair", "", sent, nil): false,
		// the proposer alone
		taken("resp", good, sent, nil): false,
		// approved by another
		taken("member", good, message("member", "no"), nil): false,
		// proposed and approved by one
		taken("chair", own, sent, nil):     false,
		taken("chair", refused, sent, nil): false,
		// another proposal's bytes
		taken("chair", changed, sent, nil): false,
		// without what was to be sent
		taken("chair", good, "", nil):                                                                       false,
		taken("chair", good, message("chair", "NO"), nil):                                                   false,
		taken("chair", good, message("resp", "no"), nil):                                                    false,
		taken("chair", good, sent, func(s *ethics.Step) { s.To = "forwarded" }):                             false,
		taken("chair", good, sent, func(s *ethics.Step) { s.Reason = "other" }):                             false,
		taken("chair", good, sent, func(s *ethics.Step) { s.ID = "close" }):                                 false,
		taken("chair", good, sent, func(s *ethics.Step) { s.ID = "no such step" }):                          false,
		taken("chair", good, sent, func(s *ethics.Step) { s.Statements = map[string][]string{"a": {"b"}} }): false,
		// takes one
		taken("resp", "", "", func(s *ethics.Step) { s.ID = "start" }):                     true,
		taken("resp", "", "", func(s *ethics.Step) { s.ID = "assign_or_remove_examiner" }): true,
	}
	thread := w.thread("resp", f)
	for id, trusted := range want {
		i, there := thread[id]
		if !there || i.Untrusted == trusted || !trusted && i.Step != nil {
			t.Errorf("%+v: shown %v, untrusted %v, want trusted %v", i.Name, there, i.Untrusted, trusted)
		}
	}
	if n := len(want); n != 17 {
		t.Fatalf("%d steps", n)
	}
}

// TestNoApprovalOverASpoiltStep: who wrote the draft is known from the steps, so
// none may be missing from sight when a second person decides.
func TestNoApprovalOverASpoiltStep(t *testing.T) {
	for _, spoil := range []bool{false, true} {
		w := founded(t)
		f := w.file()
		resp, chair := w.stated("resp", f), w.stated("chair", f)
		draft := derive.New()
		must2(t)(w.cw.Take(ctx, resp, f.Number, draft, casework.Act{Step: "acknowledge", Message: "we have it"}))
		first := draft.EnvelopeID(f.id, ethics.KindStep)
		_, err := w.cw.Take(ctx, resp, f.Number, derive.New(),
			casework.Act{
				Step: "not_examine", Reason: "spam", Statements: map[string][]string{"why": {"spam"}},
				Message: "we do not examine it",
			})
		must(t, err)
		if spoil {
			w.exec(`update envelope set sealed = x'00' where id = ?`, first)
		}
		o, err := w.cw.Open(ctx, chair, f.Number)
		must(t, err)
		if o.Open == nil || (o.Open.May == nil) == spoil {
			t.Fatalf("spoilt %v: may %v", spoil, o.Open)
		}
		_, err = w.cw.Decide(ctx, chair, f.Number, o.Open.ID, derive.New(), true, "")
		if (err == nil) == spoil {
			t.Errorf("spoilt %v: decided %v", spoil, err)
		}
		if !spoil {
			for _, i := range w.thread("resp", f) {
				if i.Untrusted {
					t.Errorf("an honest %s is not trusted", i.Kind)
				}
			}
		}
	}
}
