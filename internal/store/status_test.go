package store

import (
	"crypto/ed25519"
	"errors"
	"testing"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/seal"
)

// TestAStatusIsBelieved: what is signed from the filing to the measures is what the
// case file says, and verification finds nothing.
func TestAStatusIsBelieved(t *testing.T) {
	w := founded(t)
	f := w.file()
	w.walk(f)
	w.sound()
	c, err := w.caseFile(f.ID, false)
	must(t, err)
	if c.State != "measures" || len(c.Told) != 7 || len(c.Measures) != 2 || c.Due == "" {
		t.Errorf("%q after %d statuses, %d measures, due %q", c.State, len(c.Told), len(c.Measures), c.Due)
	}
	if n := len(c.Events); n != 9 || c.Events[8] != (ethics.Event{Name: "measures", Day: today}) || c.Told[6].From != "decided" {
		t.Errorf("%+v", c.Events)
	}
	w.newCode(&f) // the code after it signs what comes next, and what it signed stays
	w.acts(f, ethics.ActRetaliation, ethics.ActorReporter, func(s *ethics.Status) { s.Events = []string{ethics.EventRetaliation} })
	w.sound()
	if _, err := w.caseFile(f.ID, true); err != nil {
		t.Error(err)
	}
}

// TestCopiesAreCopies: the operator turns each copy of what was signed, with true
// entries. Neither reporter nor member believes it, and verification names it.
func TestCopiesAreCopies(t *testing.T) {
	from, cases := populated(t)
	id := cases[0].ID
	event := func(tx *Tx, n int, e ethics.Event) {
		tx.note(id, eventItem(id, n, e))
	}
	for name, x := range map[string]struct {
		table string
		fn    func(*Tx, *ethics.Case) error
	}{
		"state":    {"case", func(_ *Tx, c *ethics.Case) error { c.State = "closed"; return nil }},
		"previous": {"case", func(_ *Tx, c *ethics.Case) error { c.Previous = "triage"; return nil }},
		"track":    {"case", func(_ *Tx, c *ethics.Case) error { c.Track = "whistleblower"; return nil }},
		"category": {"case", func(_ *Tx, c *ethics.Case) error { c.Category = "other"; return nil }},
		"due":      {"case", func(_ *Tx, c *ethics.Case) error { c.Due = "2030-01-01"; return nil }},
		"due_id":   {"case", func(_ *Tx, c *ethics.Case) error { c.DueID = "meeting"; return nil }},
		"institution": {"status", func(tx *Tx, c *ethics.Case) error {
			row, locator, err1 := tx.caseRow(`where id = $1`, id)
			_, err := tx.logged(id)
			row.Institution = "other"
			tx.note(id, caseItem(row, locator))
			return errors.Join(err, err1, tx.c.run(`update cases set institution = 'other' where id = $1`, id))
		}},
		"received": {"case", func(tx *Tx, c *ethics.Case) error {
			row, locator, err1 := tx.caseRow(`where id = $1`, id)
			_, err := tx.logged(id)
			row.Received = "2025-01-01"
			tx.digests[id]["case:"+id] = caseItem(row, locator).Digest
			return errors.Join(err, err1, tx.c.run(`update cases set received = '2025-01-01' where id = $1`, id))
		}},
		"an event more": {"event", func(tx *Tx, _ *ethics.Case) error { return tx.AddEvents(id, ethics.Event{Name: "muted", Day: today}) }},
		"an event less": {"event", func(tx *Tx, _ *ethics.Case) error {
			tx.note(id, audit.Item{Label: eventItem(id, 8, ethics.Event{}).Label})
			return tx.c.run(`delete from case_event where case_id = $1 and n = 8`, id)
		}},
		"an event's day": {"event", func(tx *Tx, _ *ethics.Case) error {
			event(tx, 2, ethics.Event{Name: "acknowledged", Day: "2026-11-01"})
			return tx.c.run(`update case_event set day = '2026-11-01' where case_id = $1 and n = 2`, id)
		}},
		"an event's name": {"event", func(tx *Tx, _ *ethics.Case) error {
			event(tx, 1, ethics.Event{Name: "muted", Day: today})
			return tx.c.run(`update case_event set name = 'muted' where case_id = $1 and n = 1`, id)
		}},
		"a measure more": {"measure", func(tx *Tx, _ *ethics.Case) error { return tx.AddMeasures(id, today) }},
		"a measure done": {"measure", func(tx *Tx, _ *ethics.Case) error {
			return tx.PutMeasure(Measure{Case: id, N: 0, Due: today, State: MeasureDone})
		}},
		"a measure's day": {"measure", func(tx *Tx, _ *ethics.Case) error {
			return tx.PutMeasure(Measure{Case: id, N: 1, Due: "2030-01-01", State: MeasureOpen})
		}},
		"a measure less": {"measure", func(tx *Tx, _ *ethics.Case) error {
			tx.note(id, audit.Item{Label: measureItem(Measure{Case: id, N: 1}).Label})
			return tx.c.run(`delete from measure where case_id = $1 and n = 1`, id)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := from.copy(t)
			w.forge(id, x.fn)
			w.disbelieved(id, x.table)
		})
	}
}

// TestWhereACaseBelongs: the institution is signed with the filing, and by the
// reporter alone: whoever handles cases elsewhere does not speak for it.
func TestWhereACaseBelongs(t *testing.T) {
	w := founded(t)
	f := w.file()
	w.forge(f.ID, func(tx *Tx, c *ethics.Case) error {
		row, locator, err1 := tx.caseRow(`where id = $1`, f.ID)
		_, err := tx.logged(f.ID)
		row.Institution = "other"
		tx.note(f.ID, caseItem(row, locator))
		return errors.Join(err, err1, tx.c.run(`update cases set institution = 'other' where id = $1`, f.ID))
	})
	w.disbelieved(f.ID, "status")
}

// TestStatusRowsAreTheLogs: the writer, who has no key, puts a status there that
// nobody stored, though somebody may have signed it.
func TestStatusRowsAreTheLogs(t *testing.T) {
	from, cases := populated(t)
	f := cases[0]
	for name, spoil := range map[string]func(*world, *ethics.SignedStatus){
		"one more": func(w *world, s *ethics.SignedStatus) {
			w.exec(`insert into case_status values (?, 7, ?, ?, ?, ?)`, f.ID, s.Body, s.Author, s.Signature, s.Day)
		},
		"another for the last": func(w *world, s *ethics.SignedStatus) {
			w.exec(`update case_status set body = ?, signature = ? where case_id = ? and n = 6`, s.Body, s.Signature, f.ID)
		},
	} {
		w := from.copy(t)
		c, err := w.caseFile(f.ID, false)
		must(t, err)
		s := c.Told[6].Status
		s.Seen = c.Told[5].Seen
		signed, err := seal.Status(s, w.by(f, "berta"))
		must(t, err)
		spoil(w, signed)
		if _, err := w.caseFile(f.ID, true); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: %v", name, err)
		}
		w.damaged("status", "")
	}
}

// TestDetailsErasedTooSoon: the operator, in the program's name, erases details of
// a case that is open, and says so.
func TestDetailsErasedTooSoon(t *testing.T) {
	w, f := vaultedOn(t, "ethics")
	e := entry(ethics.EventIdentityErased, f.ID)
	e.Actor = ethics.ActorSystem
	must(t, w.s.Write(t.Context(), e, func(tx *Tx) error {
		return errors.Join(tx.DropVault(f.ID), tx.AddEvents(f.ID, ethics.Event{Name: ethics.EventIdentityErased, Day: today}))
	}))
	w.disbelieved(f.ID, "status")
}

// TestBrokenChain: what the operator makes of the chain itself.
func TestBrokenChain(t *testing.T) {
	from, cases := populated(t)
	f := cases[0]
	row := func(tx *Tx, s ethics.SignedStatus) error {
		tx.note(f.ID, statusItem(s))
		return tx.c.run(`insert into case_status (case_id, n, body, author, signature, day) values ($1, $2, $3, $4, $5, $6)`,
			s.Case, s.N, s.Body, s.Author, s.Signature, s.Day)
	}
	follows := func(w *world, set func(*ethics.Status)) *ethics.SignedStatus {
		return w.next(f, "follow_measure", "berta", func(s *ethics.Status) {
			s.Measures = []ethics.MeasureStatus{{N: 0, Due: today, State: MeasureDone}}
			if set != nil {
				set(s)
			}
		})
	}
	done := func(tx *Tx) error { return tx.PutMeasure(Measure{Case: f.ID, N: 0, Due: today, State: MeasureDone}) }
	for name, x := range map[string]struct {
		make func(w *world) func(*Tx, *ethics.Case) error
	}{
		"a number skipped": {func(w *world) func(*Tx, *ethics.Case) error {
			s := follows(w, func(s *ethics.Status) { s.N++ })
			return func(tx *Tx, _ *ethics.Case) error { return errors.Join(row(tx, *s), done(tx)) }
		}},
		"a row's number skipped": {func(w *world) func(*Tx, *ethics.Case) error {
			s := *follows(w, nil)
			s.N++
			return func(tx *Tx, _ *ethics.Case) error { return errors.Join(row(tx, s), done(tx)) }
		}},
		"a row of another day": {func(w *world) func(*Tx, *ethics.Case) error {
			s := *follows(w, nil)
			s.Day = "2026-11-01"
			return func(tx *Tx, _ *ethics.Case) error { return errors.Join(row(tx, s), done(tx)) }
		}},
		"two in one entry": {func(w *world) func(*Tx, *ethics.Case) error {
			s, more := follows(w, nil), follows(w, func(s *ethics.Status) { s.N++; s.Measures[0].N = 1 })
			return func(tx *Tx, _ *ethics.Case) error {
				return errors.Join(row(tx, *s), row(tx, *more), done(tx), tx.PutMeasure(Measure{Case: f.ID, N: 1, Due: today, State: MeasureDone}))
			}
		}},
		"one signed anew": {func(w *world) func(*Tx, *ethics.Case) error {
			c, err := w.caseFile(f.ID, false)
			must(t, err)
			s := c.Told[6].Status
			s.Measures[0].Due = "2030-01-01"
			signed, err := seal.Status(s, w.by(f, "berta"))
			must(t, err)
			return func(tx *Tx, _ *ethics.Case) error {
				return errors.Join(tx.c.run(`delete from case_status where case_id = $1 and n = 6`, f.ID), row(tx, *signed),
					tx.PutMeasure(Measure{Case: f.ID, N: 0, Due: "2030-01-01", State: MeasureOpen}))
			}
		}},
		"the last taken back": {func(*world) func(*Tx, *ethics.Case) error {
			return func(tx *Tx, c *ethics.Case) error {
				tx.note(f.ID, audit.Item{Label: statusLabel(f.ID, 6)})
				tx.note(f.ID, audit.Item{Label: eventItem(f.ID, 8, ethics.Event{}).Label})
				c.State = "decided"
				err := errors.Join(tx.c.run(`delete from case_status where case_id = $1 and n = 6`, f.ID),
					tx.c.run(`delete from case_event where case_id = $1 and n = 8`, f.ID))
				for n := range 2 {
					tx.note(f.ID, audit.Item{Label: measureItem(Measure{Case: f.ID, N: n}).Label})
				}
				return errors.Join(err, tx.c.run(`delete from measure where case_id = $1`, f.ID))
			}
		}},
		"another spelling": {func(w *world) func(*Tx, *ethics.Case) error {
			s := *follows(w, nil)
			s.Body = append([]byte(" "), s.Body...)
			s.Signature = payload.SignStatement(payload.LabelStatus, s.Body, w.by(f, "berta").Key)
			return func(tx *Tx, _ *ethics.Case) error { return errors.Join(row(tx, s), done(tx)) }
		}},
		"on what came with it": {func(w *world) func(*Tx, *ethics.Case) error {
			s := follows(w, func(s *ethics.Status) { s.Seen = "" })
			return func(tx *Tx, _ *ethics.Case) error { return errors.Join(row(tx, *s), done(tx)) }
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := from.copy(t)
			w.forge(f.ID, x.make(w))
			w.disbelieved(f.ID, "status")
		})
	}
}

// TestDaysDoNotFall: an entry of a day before carries no status behind that day.
func TestDaysDoNotFall(t *testing.T) {
	w := founded(t)
	f := w.file()
	st := w.next(f, ethics.ActRetaliation, ethics.ActorReporter, func(s *ethics.Status) {
		s.Day, s.Events = "2026-11-21", []string{ethics.EventRetaliation}
	})
	e := entry("message", f.ID)
	e.Day = st.Day
	must(t, w.s.Write(t.Context(), e, func(tx *Tx) error {
		c, err := tx.Case(f.ID)
		return errors.Join(err, tx.AddStatus(*st), tx.AddEvents(f.ID, ethics.Event{Name: ethics.EventRetaliation, Day: st.Day}), tx.PutCase(c))
	}))
	w.disbelieved(f.ID, "status")
}

// TestSeenStandsBefore: the entry that a status's author had read is one of the
// case, before the status's own; the first has read none.
func TestSeenStandsBefore(t *testing.T) {
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	j := judge{installation: install, stream: ethics.CaseStream("c"), institution: "home",
		verifier: func(string, string, string, ethics.Day) (ed25519.PublicKey, error) {
			return key.Public().(ed25519.PublicKey), nil
		}}
	told := story{id: "c", leaves: map[string]int64{"early": 3, "own": 5, "late": 7}}
	for n, seen := range map[string]map[string]bool{
		"0": {"": true, "early": false}, "1": {"": false, "early": true, "own": false, "late": false, "unknown": false},
	} {
		told.told = make([]Told, int(n[0]-'0'))
		for leaf, good := range seen {
			s := ethics.Status{Installation: install, Stream: j.stream, N: len(told.told), Day: today, Policy: 1, Seen: leaf, Institution: "home"}
			row, err := seal.Status(s, seal.Author{ID: ethics.ActorReporter, Key: key})
			must(t, err)
			if _, err := told.signed(j, *row, brought{index: 5, day: today}); (err == nil) != good {
				t.Errorf("status %s on %q: %v", n, leaf, err)
			}
		}
	}
}
