package store_test

import (
	"errors"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// chained is a case of the populated world whose first measure somebody says is done.
type chained struct {
	*world
	f filed
}

// follows is the status that says so, berta's, as set spoils it.
func (x chained) follows(set func(*ethics.Status)) *ethics.SignedStatus {
	x.T.Helper()
	return x.Next(x.f, "follow_measure", "berta", func(s *ethics.Status) {
		s.Measures = []ethics.MeasureStatus{{N: 0, Due: today, State: record.MeasureDone}}
		if set != nil {
			set(s)
		}
	})
}

// is makes a measure what a status says.
func (x chained) is(n int, due ethics.Day, state string) storetest.Stroke {
	old := store.Measure{Case: x.f.ID, N: n, Due: today, State: record.MeasureOpen}
	now := old
	now.Due, now.State = due, state
	return storetest.Renews(record.Measures, &old, &now)
}

// last is the newest status, and its row.
func (x chained) last() (store.CaseFile, *ethics.SignedStatus) {
	x.T.Helper()
	c, err := x.CaseFile(x.f.ID, false)
	must(x.T, err)
	return c, &c.Statuses[len(c.Statuses)-1]
}

// TestBrokenChain: what the operator makes of the chain itself, with statuses that
// somebody signed. The right one is believed.
func TestBrokenChain(t *testing.T) {
	from, cases := populated(t)
	adds := func(s *ethics.SignedStatus) storetest.Stroke { return storetest.Adds(record.Statuses, s) }
	for name, do := range map[string]func(x chained) []storetest.Stroke{
		"nothing": func(x chained) []storetest.Stroke {
			return []storetest.Stroke{adds(x.follows(nil)), x.is(0, today, record.MeasureDone)}
		},
		"a number skipped": func(x chained) []storetest.Stroke {
			return []storetest.Stroke{
				adds(x.follows(func(s *ethics.Status) { s.N++ })), x.is(0, today, record.MeasureDone),
			}
		},
		"a row's number skipped": func(x chained) []storetest.Stroke {
			s := x.follows(nil)
			s.N++
			return []storetest.Stroke{adds(s), x.is(0, today, record.MeasureDone)}
		},
		"a row of another day": func(x chained) []storetest.Stroke {
			s := x.follows(nil)
			s.Day = "2026-11-01"
			return []storetest.Stroke{adds(s), x.is(0, today, record.MeasureDone)}
		},
		"signed for another day": func(x chained) []storetest.Stroke {
			s := x.follows(func(s *ethics.Status) { s.Day = "2026-11-23" })
			s.Day = today
			return []storetest.Stroke{adds(s), x.is(0, today, record.MeasureDone)}
		},
		"two in one entry": func(x chained) []storetest.Stroke {
			more := x.follows(func(s *ethics.Status) { s.N++; s.Measures[0].N = 1 })
			return []storetest.Stroke{
				adds(x.follows(nil)), adds(more), x.is(0, today, record.MeasureDone),
				x.is(1, today, record.MeasureDone),
			}
		},
		"one signed anew": func(x chained) []storetest.Stroke {
			c, old := x.last()
			s := c.Believed[len(c.Believed)-1].Status
			s.Measures[0].Due = "2030-01-01"
			signed, err := seal.Status(s, x.By(x.f, "berta"))
			must(t, err)
			return []storetest.Stroke{
				storetest.Renews(record.Statuses, old, signed), x.is(0, "2030-01-01", record.MeasureOpen),
			}
		},
		"the last taken back": func(x chained) []storetest.Stroke {
			c, old := x.last()
			was := record.Case{Case: c.Case, Locator: c.Locator}
			now := was
			now.State = "decided"
			return []storetest.Stroke{
				storetest.Ends(record.Statuses, old), storetest.Renews(record.Cases, &was, &now),
				storetest.Ends(record.Events, &record.Event{Case: x.f.ID, N: 8, Event: c.Events[8]}),
				storetest.Ends(record.Measures, &c.Measures[0]), storetest.Ends(record.Measures, &c.Measures[1]),
			}
		},
		"another spelling": func(x chained) []storetest.Stroke {
			s := x.follows(nil)
			s.Body = append([]byte(" "), s.Body...)
			s.Signature = payload.SignStatement(payload.LabelStatus, s.Body, x.By(x.f, "berta").Key)
			return []storetest.Stroke{adds(s), x.is(0, today, record.MeasureDone)}
		},
		"on nothing": func(x chained) []storetest.Stroke {
			s := x.follows(func(s *ethics.Status) { s.Seen = "" })
			return []storetest.Stroke{adds(s), x.is(0, today, record.MeasureDone)}
		},
		"for another installation": func(x chained) []storetest.Stroke {
			s := x.follows(func(s *ethics.Status) { s.Installation = "5c3c2f0a-0000-4000-8000-000000000002" })
			return []storetest.Stroke{adds(s), x.is(0, today, record.MeasureDone)}
		},
		"in the name of another": func(x chained) []storetest.Stroke {
			s := x.follows(nil)
			s.Author = "anna"
			return []storetest.Stroke{adds(s), x.is(0, today, record.MeasureDone)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := chained{from.Copy(t), cases[0]}
			others := besides(t, x.world, x.f.ID)
			x.Operates(ofCase(x.f.ID), audit.Body{Kind: "step", Actor: "berta"}, do(x)...)
			if name != "nothing" {
				disbelieved(t, x.world, x.f.ID, "status", others...)
				return
			}
			x.Sound()
			if c, err := x.CaseFile(x.f.ID, true); err != nil || c.Believed[7].Measures[0].State != record.MeasureDone {
				t.Errorf("the test shows nothing: %v", err)
			}
		})
	}
}

// TestAStatusOfAnotherCase: what somebody signed in one case is replayed by the
// operator in another, the row made to fit.
func TestAStatusOfAnotherCase(t *testing.T) {
	w := founded(t)
	f, other := w.File(), w.File()
	w.Acts(other, "acknowledge", "anna", storetest.To("triage", "acknowledged"))
	c, err := w.CaseFile(other.ID, false)
	must(t, err)
	acknowledged(t, w, f, c.Statuses[1])
	disbelieved(t, w, f.ID, "status")
	if _, err := w.CaseFile(other.ID, false); err != nil {
		t.Errorf("the case that it is of: %v", err)
	}
}

// acknowledged stores anna's signed «acknowledge» in a case, and what it says in the rows.
func acknowledged(t *testing.T, w *world, f filed, s ethics.SignedStatus, before ...storetest.Stroke) {
	t.Helper()
	c, err := w.CaseFile(f.ID, false)
	must(t, err)
	s.Case = f.ID
	was, events := record.Case{Case: c.Case, Locator: c.Locator}, c.Events
	now := was
	now.State = "triage"
	strokes := append(before, storetest.Adds(record.Statuses, &s))
	for _, name := range []ethics.EventKind{"acknowledged", "triage"} {
		e := record.Event{Case: f.ID, N: len(events), Event: ethics.Event{Name: name, Day: s.Day}}
		strokes, events = append(strokes, storetest.Adds(record.Events, &e)), append(events, e.Event)
	}
	p, err := policy.Default()
	must(t, err)
	now.Due, now.DueID, err = p.Nearest(now.Track, events)
	must(t, err)
	strokes = append(strokes, storetest.Renews(record.Cases, &was, &now))
	w.Operates(ofCase(f.ID), audit.Body{Kind: "step", Actor: "anna"}, strokes...)
}

// TestAStatusInsertedLate: a member signed a step that was never stored. The operator,
// who kept it, stores it when another one was stored, or on another day.
func TestAStatusInsertedLate(t *testing.T) {
	for name, x := range map[string]struct {
		kind  string
		store func(*testing.T, *world, filed, ethics.SignedStatus)
	}{
		"at a place that is taken": {"entry", func(t *testing.T, w *world, f filed, kept ethics.SignedStatus) {
			c, err := w.CaseFile(f.ID, false)
			must(t, err)
			acknowledged(t, w, f, kept, storetest.Silent(storetest.Ends(record.Statuses, &c.Statuses[1])))
		}},
		"under the next number": {"status", func(t *testing.T, w *world, f filed, kept ethics.SignedStatus) {
			kept.N++
			acknowledged(t, w, f, kept)
		}},
		"in place of what was stored": {"entry", func(t *testing.T, w *world, f filed, kept ethics.SignedStatus) {
			c, err := w.CaseFile(f.ID, false)
			must(t, err)
			acknowledged(t, w, f, kept, storetest.Ends(record.Statuses, &c.Statuses[1]))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := founded(t)
			f := w.File()
			kept := *w.Next(f, "acknowledge", "anna", storetest.To("triage", "acknowledged"))
			w.Acts(f, ethics.ActRetaliation, ethics.ActorReporter, func(s *ethics.Status) {
				s.Events = []ethics.EventKind{ethics.EventRetaliation}
			})
			settled := w.Tries("step", ofCase(f.ID), func(tx *store.Tx) error {
				c, err := tx.Case(f.ID)
				return errors.Join(err, tx.Settle(c, &kept, today))
			})
			if !errors.Is(settled, ethics.ErrSequence) {
				t.Errorf("the program stores it: %v", settled)
			}
			w.Sound()
			x.store(t, w, f, kept)
			disbelieved(t, w, f.ID, x.kind)
		})
	}
	t.Run("on another day", func(t *testing.T) {
		w := founded(t)
		f := w.File()
		kept := *w.Next(f, "acknowledge", "anna", storetest.To("triage", "acknowledged"))
		e := entry("noted", ethics.StreamProgram)
		e.Day = "2026-11-23"
		must(t, w.S.Write(t.Context(), e, nothing))
		acknowledged(t, w, f, kept)
		disbelieved(t, w, f.ID, "status")
	})
}

// TestTwoDecideOrNobodyDid: what takes two people counts with the proposal of
// another who might, approved in the very entry of the status.
func TestTwoDecideOrNobodyDid(t *testing.T) {
	for name, x := range map[string]struct {
		proposer          string
		step              ethics.Act
		approver, verdict string

		apart, good bool
	}{
		"two people":               {"anna", "not_examine", "berta", "approved", false, true},
		"nobody proposed":          {"", "", "", "", false, false},
		"one whose office may not": {"carl", "not_examine", "berta", "approved", false, false},
		"one person, by two ids":   {"twin", "not_examine", "anna", "approved", false, false},
		"one of two namesakes":     {"twin", "not_examine", "berta", "approved", false, true},
		"approved before":          {"anna", "not_examine", "berta", "approved", true, false},
		"another act":              {"anna", "recognise", "berta", "approved", false, false},
		"rejected":                 {"anna", "not_examine", "berta", "rejected", false, false},
		"approved by a third":      {"anna", "not_examine", "carl", "approved", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := founded(t)
			twin := w.Appointment("twin", appoint.RoleResponsible)
			twin.Name = "N anna"
			stated := storetest.Sign(w, appoint.KindAppointment, twin, "berta", "carl")
			w.Write(record.KindAppointed, ethics.StreamRoster, func(tx *store.Tx) error {
				return tx.AddStatement(stated)
			})
			f := w.File()
			w.Acts(f, "acknowledge", "anna", storetest.To("triage", "acknowledged"))
			signer := "berta"
			if x.approver == "anna" {
				signer = x.approver
			}
			st := w.Next(f, "not_examine", signer, storetest.To("returned"))
			operated := func(s ...storetest.Stroke) {
				w.Operates(ofCase(f.ID), audit.Body{Kind: "step", Actor: "berta"}, s...)
			}
			open := store.Proposal{
				ID: "second", Case: f.ID, Step: x.step, Proposer: x.proposer, State: "open", Day: today,
			}
			decided := open
			decided.Decider, decided.State = x.approver, x.verdict
			verdict := storetest.Renews(record.Proposals, &open, &decided)
			if x.proposer != "" {
				operated(storetest.Adds(record.Proposals, &open))
			}
			if x.apart {
				operated(verdict)
			}
			c, err := w.CaseFile(f.ID, false)
			must(t, err)
			was := record.Case{Case: c.Case, Locator: c.Locator}
			now := was
			now.State, now.Due, now.DueID = "returned", "", ""
			returned := record.Event{Case: f.ID, N: len(c.Events), Event: ethics.Event{Name: "returned", Day: today}}
			strokes := []storetest.Stroke{
				storetest.Adds(record.Statuses, st), storetest.Renews(record.Cases, &was, &now),
				storetest.Adds(record.Events, &returned),
			}
			if x.proposer != "" && !x.apart {
				strokes = append(strokes, verdict)
			}
			operated(strokes...)
			if !x.good {
				disbelieved(t, w, f.ID, "status")
				return
			}
			w.Sound()
			if c, err := w.CaseFile(f.ID, true); err != nil || c.State != "returned" {
				t.Error(c.State, err)
			}
		})
	}
}
