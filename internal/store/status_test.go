package store_test

import (
	"errors"
	"testing"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// disbelieved wants every reader to refuse a case, running, beside others and reopened,
// and a verification to name a row of this kind.
func disbelieved(t *testing.T, w *world, id, kind string, others ...*store.Store) {
	t.Helper()
	for n, again := range append(make([]bool, 1+len(others)), true) {
		if again {
			w.Stop()
			w.Open()
		} else if n > 0 {
			w.S = others[n-1]
		}
		for _, reporter := range []bool{false, true} {
			if f, err := w.CaseFile(id, reporter); !errors.Is(err, ethics.ErrUntrusted) {
				t.Errorf("reporter %v, reopened %v: believed to be %q, %v", reporter, again, f.State, err)
			}
		}
		w.Names(kind, "", "")
	}
}

// besides starts two more programs: one that reads a case, and one that reads nothing.
func besides(t *testing.T, w *world, id string) []*store.Store {
	t.Helper()
	others := []*store.Store{w.Another(), w.Another()}
	_, err := caseFile(others[0], id)
	must(t, err)
	return others
}

// rowOf is a case's row as it stands.
func rowOf(t *testing.T, w *world, id string) record.Case {
	t.Helper()
	f, err := w.CaseFile(id, false)
	must(t, err)
	return record.Case{Case: f.Case, Locator: f.Locator}
}

// TestAStatusIsBelieved: what is signed from the filing to the measures is what the
// case file says, and verification finds nothing.
func TestAStatusIsBelieved(t *testing.T) {
	w := founded(t)
	f := w.File()
	w.Walk(f)
	w.Sound()
	c, err := w.CaseFile(f.ID, false)
	must(t, err)
	if c.State != "measures" || len(c.Believed) != 7 || len(c.Measures) != 2 || c.Due == "" {
		t.Errorf("%q after %d statuses, %d measures, due %q", c.State, len(c.Believed), len(c.Measures), c.Due)
	}
	if n := len(c.Events); n != 9 || c.Events[8] != (ethics.Event{Name: "measures", Day: today}) ||
		c.Believed[6].From != "decided" {
		t.Errorf("%+v", c.Events)
	}
	w.NewCode(&f) // the code after it signs what comes next, and what it signed stays
	w.Acts(f, ethics.ActRetaliation, ethics.ActorReporter, func(s *ethics.Status) {
		s.Events = []ethics.EventKind{ethics.EventRetaliation}
	})
	w.Sound()
	if _, err := w.CaseFile(f.ID, true); err != nil {
		t.Error(err)
	}
}

// TestCopiesAreCopies: the operator turns each copy of what was signed, with true
// entries. Neither reporter nor member believes it, and verification names it.
func TestCopiesAreCopies(t *testing.T) {
	from, cases := populated(t)
	id := cases[0].ID
	caseIs := func(set func(*record.Case)) func(record.Case) []storetest.Stroke {
		return func(c record.Case) []storetest.Stroke {
			now := c
			set(&now)
			return []storetest.Stroke{storetest.Renews(record.Cases, &c, &now)}
		}
	}
	does := func(s ...storetest.Stroke) func(record.Case) []storetest.Stroke {
		return func(record.Case) []storetest.Stroke { return s }
	}
	event := func(n int, name ethics.EventKind) *record.Event {
		return &record.Event{Case: id, N: n, Event: ethics.Event{Name: name, Day: today}}
	}
	measure := func(n int, due ethics.Day, state string) *store.Measure {
		return &store.Measure{Case: id, N: n, Due: due, State: state}
	}
	for name, x := range map[string]struct {
		kind string
		do   func(record.Case) []storetest.Stroke
	}{
		"state":          {"case", caseIs(func(c *record.Case) { c.State = "closed" })},
		"previous":       {"case", caseIs(func(c *record.Case) { c.Previous = "triage" })},
		"track":          {"case", caseIs(func(c *record.Case) { c.Track = "whistleblower" })},
		"category":       {"case", caseIs(func(c *record.Case) { c.Category = "other" })},
		"due":            {"case", caseIs(func(c *record.Case) { c.Due = "2030-01-01" })},
		"due_id":         {"case", caseIs(func(c *record.Case) { c.DueID = "meeting" })},
		"institution":    {"case", caseIs(func(c *record.Case) { c.Institution = "other" })},
		"received":       {"case", caseIs(func(c *record.Case) { c.Received = "2025-01-01" })},
		"an event more":  {"event", does(storetest.Adds(record.Events, event(9, "muted")))},
		"an event less":  {"event", does(storetest.Ends(record.Events, event(8, "measures")))},
		"a measure more": {"measure", does(storetest.Adds(record.Measures, measure(2, today, record.MeasureOpen)))},
		"a measure less": {"measure", does(storetest.Ends(record.Measures, measure(1, today, record.MeasureOpen)))},
		"a measure done": {
			"measure",
			does(storetest.Renews(record.Measures, measure(0, today, record.MeasureOpen),
				measure(0, today, record.MeasureDone))),
		},
		"a measure's day": {
			"measure",
			does(storetest.Renews(record.Measures, measure(1, today, record.MeasureOpen),
				measure(1, "2030-01-01", record.MeasureOpen))),
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := from.Copy(t)
			others := besides(t, w, id)
			w.Operates(ofCase(id), audit.Body{Kind: "step", Actor: "anna"}, x.do(rowOf(t, w, id))...)
			disbelieved(t, w, id, x.kind, others...)
		})
	}
}

// TestWhereACaseBelongs: the institution is signed with the filing. A filing that the
// operator puts elsewhere, the first entry and all, is the case of nobody there.
func TestWhereACaseBelongs(t *testing.T) {
	w := founded(t)
	f := w.File()
	c := rowOf(t, w, f.ID)
	c.Institution = "other"
	s, err := ethics.ReadStatus(w.First(f, "received", "entered_phone").Body)
	must(t, err)
	file := func(name, institution string) {
		t.Helper()
		c, s := c, s
		c.ID, c.Number, c.Locator, s.Stream = name, "2026-"+name, []byte(name), ofCase(name)
		s.Institution = institution
		row, err := seal.Status(s, w.By(f, ethics.ActorReporter))
		must(t, err)
		w.Write("filed", ofCase(c.ID), func(tx *store.Tx) error {
			stored, err := tx.AddCase(c.Case, []string{c.Number}, c.Locator)
			stored.Due, stored.DueID, stored.Sequence = c.Due, c.DueID, 0
			var events []ethics.Event
			for _, name := range s.Events {
				events = append(events, ethics.Event{Name: name, Day: today})
			}
			signer := w.By(f, ethics.ActorReporter)
			e := store.Epoch{Case: c.ID, Recipient: "age1pq1", Signer: signer.ID, Day: today}
			e.Signature = seal.Epoch(install, c.ID, 0, e.Recipient, signer)
			return errors.Join(err, tx.AddEpoch(e), tx.AddStatus(*row),
				tx.AddEvents(c.ID, events...), tx.PutCase(stored))
		})
	}
	file("there", "other") // as it would be signed
	if _, err := w.CaseFile("there", true); err != nil {
		t.Fatalf("the test shows nothing: %v", err)
	}
	file("moved", "home")
	disbelieved(t, w, "moved", "status")
}

// TestStatusRowsAreTheLogs: somebody with the file puts a status there that nobody
// stored, though somebody may have signed it.
func TestStatusRowsAreTheLogs(t *testing.T) {
	from, cases := populated(t)
	f := cases[0]
	for name, spoil := range map[string]func(*world, *ethics.SignedStatus){
		"one more": func(w *world, s *ethics.SignedStatus) {
			w.Exec(`insert into case_status values (?, 7, ?, ?, ?, ?)`, f.ID, s.Body, s.Author, s.Signature, s.Day)
		},
		"another for the last": func(w *world, s *ethics.SignedStatus) {
			w.Exec(`update case_status set body = ?, signature = ? where case_id = ? and n = 6`,
				s.Body, s.Signature, f.ID)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := from.Copy(t)
			c, err := w.CaseFile(f.ID, false)
			must(t, err)
			s := c.Believed[6].Status
			s.Seen = c.Believed[5].Seen
			signed, err := seal.Status(s, w.By(f, "berta"))
			must(t, err)
			spoil(w, signed)
			disbelieved(t, w, f.ID, "status")
		})
	}
}
