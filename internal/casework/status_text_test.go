package casework_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/seal"
	"svilpe/internal/store"
)

// TestClosedByOne: one member and the operator, who puts a proposal of somebody
// else beside it, close a case that two must close. The holders see that the
// other proposed nothing.
func TestClosedByOne(t *testing.T) {
	w := founded(t)
	f := w.file()
	w.does("resp", f, casework.Act{Step: "acknowledge", Message: "we have it"})
	w.stated("chair", f)
	id := w.steps(f, "resp", w.by("chair"),
		ethics.Step{ID: "not_examine", From: "triage", To: "returned", Reason: "spam", Proposal: uuid.NewString()}, nil)
	if i := w.thread("chair", f)[id]; !i.Untrusted || i.Step != nil {
		t.Errorf("the step is trusted: %v", i.Step)
	}
}

// TestStepAndStatusAgree: a holder believes a step as far as the status that was
// stored with it goes.
func TestStepAndStatusAgree(t *testing.T) {
	honest := ethics.Step{ID: "acknowledge", From: "received", To: "triage"}
	tells := func(s *ethics.Status) { s.Events = []ethics.EventKind{"acknowledged", "triage"} }
	for name, x := range map[string]struct {
		change func(*ethics.Step)
		good   bool
	}{
		"as signed":                 {func(*ethics.Step) {}, true},
		"from elsewhere":            {func(s *ethics.Step) { s.From = "accepted" }, false},
		"to elsewhere":              {func(s *ethics.Step) { s.To = "accepted" }, false},
		"another status":            {func(s *ethics.Step) { s.Status = make([]byte, 32) }, false},
		"no status":                 {func(s *ethics.Step) { s.Status = []byte{} }, false},
		"the status of another act": {func(s *ethics.Step) { s.ID = "accept" }, false},
	} {
		w := founded(t)
		f := w.file()
		resp := w.stated("resp", f)
		body := honest
		x.change(&body)
		id := w.steps(f, "", w.by("resp"), body, func(s *ethics.Status) {
			s.Act = honest.ID
			if s.State != "triage" {
				s.Enter("triage")
			}
			tells(s)
		})
		o, err := w.cw.Open(ctx, resp, f.Number)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, i := range o.Thread {
			if i.ID == id && i.Untrusted == x.good {
				t.Errorf("%s: trusted %v", name, !i.Untrusted)
			}
		}
	}
}

// TestStepOfAnotherMembersStatus: two members and the operator cannot pass one's
// step off as what the other signed; nor does a step move anything that no status
// was stored with.
func TestStepOfAnotherMembersStatus(t *testing.T) {
	w := founded(t)
	f := w.file()
	w.stated("resp", f)
	w.stated("chair", f)
	alone := w.put(f, ethics.KindStep, ethics.Step{ID: "acknowledge", From: "received", To: "triage"},
		w.by("resp"), false)
	c := w.caseFile(f)
	s := c.Next("acknowledge", day)
	s.Enter("triage")
	s.Events = []ethics.EventKind{"acknowledged", "triage"}
	st, err := seal.Status(s, w.by("resp"))
	must(t, err)
	at := w.place(c)
	var ids []string
	var both []ethics.Envelope
	for _, who := range []string{"chair", "resp"} {
		body := ethics.Step{ID: "acknowledge", From: "received", To: "triage", Status: st.Digest()}
		e, err := seal.Envelope(at, uuid.NewString(), ethics.KindStep, body, w.by(who), c.Recipient(), "")
		must(t, err)
		at.Sequence++
		ids, both = append(ids, e.ID), append(both, e)
	}
	w.forge(f, st, func(tx *store.Tx, c *ethics.Case) error {
		return errors.Join(tx.AddEnvelope(c, both[0]), tx.AddEnvelope(c, both[1]))
	})
	thread := w.thread("chair", f)
	if !thread[alone].Untrusted || !thread[ids[0]].Untrusted || thread[ids[1]].Untrusted {
		t.Errorf("trusted: without a status %v, another's %v, the own %v", !thread[alone].Untrusted,
			!thread[ids[0]].Untrusted, !thread[ids[1]].Untrusted)
	}
}

// TestStatusWithoutAText: a status that no step or message of its write names,
// signed with a member's key, is not what a session of the program writes.
func TestStatusWithoutAText(t *testing.T) {
	w := founded(t)
	f := w.file()
	resp := w.stated("resp", f)
	c := w.caseFile(f)
	s := c.Next("acknowledge", day)
	s.Enter("triage")
	s.Events = []ethics.EventKind{"acknowledged", "triage"}
	row, err := seal.Status(s, w.by("resp"))
	must(t, err)
	w.forge(f, row, nil)
	w.sound() // without a key nothing else can be seen
	if _, err := w.cw.Open(ctx, resp, f.Number); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("opened: %v", err)
	}
}

// TestSettleTakesNoStatusThatNobodyBelieves: a fault of the program, or a term that
// ended at this moment, is refused before it is stored.
func TestSettleTakesNoStatusThatNobodyBelieves(t *testing.T) {
	w := founded(t)
	f := w.file()
	w.stated("resp", f)
	c := w.caseFile(f)
	for name, x := range map[string]struct {
		by  string
		set func(*ethics.Status)
		err error
	}{
		"by nobody of the case": {"admin", func(*ethics.Status) {}, ethics.ErrUntrusted},
		"to nowhere":            {"resp", func(s *ethics.Status) { s.Enter("closed") }, policy.ErrMove},
		"made before another":   {"resp", func(s *ethics.Status) { s.N = 0 }, ethics.ErrSequence},
		"of another day":        {"resp", func(s *ethics.Status) { s.Day = "2026-11-24" }, ethics.ErrSequence},
		"a number skipped":      {"resp", func(s *ethics.Status) { s.N = 2 }, ethics.ErrSequence},
	} {
		s := c.Next("acknowledge", day)
		s.Enter("triage")
		s.Events = []ethics.EventKind{"acknowledged", "triage"}
		x.set(&s)
		st, err := seal.Status(s, w.by(x.by))
		must(t, err)
		e := store.Entry{ID: uuid.NewString(), Day: day, Kind: "step", Actor: x.by, Stream: ethics.CaseStream(f.id)}
		err = w.s.Write(ctx, e, func(tx *store.Tx) error {
			row, err := tx.Case(f.id)
			return errors.Join(err, tx.Settle(row, st, day))
		})
		if !errors.Is(err, x.err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.sound()
}

// TestEveryTextNamesItsStatus: what messages, notes and the reporter bring is
// believed with the text that brought it.
func TestEveryTextNamesItsStatus(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.file()
	resp := w.stated("resp", f)
	must2(t)(w.cw.Note(ctx, resp, f.Number, derive.New(), "we met", "meeting_held"))
	must2(t)(w.cw.Message(ctx, resp, f.Number, derive.New(), "this is what we did", "feedback_sent", nil))
	r := w.whistleblower()
	must(t,
		second(w.dia.Identify(ctx, w.visit(f), derive.New(),
			dialogue.Identification{Answers: r.Identity, Recognise: true, IfNotRecognised: "ethics"})))
	must2(t)(w.dia.WithdrawIdentity(ctx, w.visit(f), derive.New()))
	o, err := w.cw.Open(ctx, resp, f.Number)
	must(t, err)
	var names []string
	for _, e := range o.Events {
		names = append(names, string(e.Name))
	}
	want := []string{
		"received", "meeting_held", "feedback_sent", "identity_given", "changed_to_whistleblower", "identity_withdrawn",
	}
	if !slices.Equal(names, want) || o.Track != "whistleblower" {
		t.Errorf("%v, track %s", names, o.Track)
	}
	for _, i := range o.Thread {
		if i.Untrusted {
			t.Errorf("an honest %s is not trusted", i.Kind)
		}
	}
	w.sound()
}

// TestWhatTimeDoesIsAskedOfWhatWasSigned: somebody with the file, and no key,
// changes a copy for an hour; the program destroys nothing by it.
func TestWhatTimeDoesIsAskedOfWhatWasSigned(t *testing.T) {
	w := founded(t)
	w.beside()
	ended, open := w.named(), w.fileThis(w.whistleblower())
	for f, change := range map[filed]string{
		ended: `update case_event set day = '2019-01-01' where case_id = ?`,
		open:  `update case_event set name = 'withdrawn', day = '2019-01-01' where n = 0 and case_id = ?`,
	} {
		w.exec(change, f.id)
		for _, turn := range []func(){func() {}, w.next, w.next, w.restart} {
			turn()
			if err := w.cw.EraseIdentities(ctx); !errors.Is(err, ethics.ErrUntrusted) {
				t.Errorf("erased: %v", err)
			}
		}
		if w.vaults(f) == 0 {
			t.Error("the details are gone before their time")
		}
		w.exec(`update case_event set day = ? where case_id = ?`, day, f.id)
	}
	if n := w.count(`select count(*) from entry where kind = 'identity_erased'`); n != 0 {
		t.Errorf("the log says so %d times", n)
	}
}

// TestNothingListedThatNobodyErased: a row put there by hand brings no living case
// into the list from which a restore erases.
func TestNothingListedThatNobodyErased(t *testing.T) {
	w := founded(t)
	k := w.keys()
	f := w.file()
	w.exec(
		`insert into erasure (case_id, number, institution, asked, digest, grounds, first, first_signature,
			second, second_signature, day, until)
		values (?, ?, 'home', '2026-01-01', x'00', 'x', 'resp', x'00', 'chair', x'00', '2026-01-02', '2026-02-02')`,
		f.id, f.Number)
	w.beside()
	for _, turn := range []func(){func() {}, w.next, w.next, w.restart} {
		turn()
		w.cw.Keys = k
		if err := w.cw.FinishErasures(ctx); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("finished: %v", err)
		}
	}
	if list, err := k.Erased(); err != nil || len(list) > 0 {
		t.Errorf("listed: %v %v", list, err)
	}
}
