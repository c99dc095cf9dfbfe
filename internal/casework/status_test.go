package casework_test

import (
	"crypto/ed25519"
	"errors"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// steps stores a step with its status as the program does, whoever signs it: with
// a proposer, what stands in the rows is that this one proposed it.
func (w *world) steps(f filed, proposer string, by seal.Author, body ethics.Step, set func(*ethics.Status)) string {
	w.t.Helper()
	if proposer != "" {
		w.write("proposed", f.id, func(tx *store.Tx) error {
			c, err := tx.Case(f.id)
			p := store.Proposal{
				ID: body.Proposal, Case: f.id, Step: body.ID, Proposer: proposer, State: "open", Day: day,
			}
			return errors.Join(err, tx.AddProposal(p), tx.PutCase(c))
		})
	}
	c := w.caseFile(f)
	s := c.Next(body.ID, day)
	if body.To != body.From {
		s.Enter(body.To)
		s.Events = []ethics.EventKind{ethics.Entered(body.To)}
	}
	if set != nil {
		set(&s)
	}
	st, err := seal.Status(s, by)
	must(w.t, err)
	if body.Status == nil {
		body.Status = st.Digest()
	}
	at := w.place(c)
	e, err := seal.Envelope(at, uuid.NewString(), ethics.KindStep, body, by, c.Recipient(), "")
	must(w.t, err)
	w.write("step", f.id, func(tx *store.Tx) error {
		c, err := tx.Case(f.id)
		if proposer != "" {
			err = errors.Join(err, tx.DecideProposal(body.Proposal, by.ID, "approved"))
		}
		return errors.Join(err, tx.AddEnvelope(&c, e), tx.Settle(c, st, day))
	})
	return e.ID
}

// forge stores what the operator can, who has the log key: rows with a correct
// entry, and the copies that belong to them.
func (w *world) forge(f filed, s *ethics.SignedStatus, set func(*store.Tx, *ethics.Case) error) {
	w.t.Helper()
	w.write("step", f.id, func(tx *store.Tx) error {
		c, err := tx.Case(f.id)
		if err != nil {
			return err
		}
		if s != nil {
			st, err := ethics.ReadStatus(s.Body)
			if err != nil {
				return err
			}
			c.State, c.Previous, c.Track, c.Category = st.State, st.Previous, st.Track, st.Category
			err = tx.AddStatus(*s)
			for _, name := range st.Events {
				err = errors.Join(err, tx.AddEvents(f.id, ethics.Event{Name: name, Day: s.Day}))
			}
			if err != nil {
				return err
			}
		}
		if set != nil {
			if err := set(tx, &c); err != nil {
				return err
			}
		}
		events, err := tx.Events(f.id)
		if err == nil && c.DueID != "forged" {
			c.Due, c.DueID, err = w.in.Policy.Nearest(c.Track, events)
		}
		return errors.Join(err, tx.PutCase(c))
	})
}

// operates is forge for a status that the store takes from nobody: the operator writes
// past it, and the case's row and events are what the status says.
func (w *world) operates(f filed, s *ethics.SignedStatus) {
	w.t.Helper()
	st, err := ethics.ReadStatus(s.Body)
	must(w.t, err)
	file := w.caseFile(f)
	old := record.Case{Case: file.Case}
	must(w.t, w.raw().QueryRow(`select locator from cases where id = ?`, f.id).Scan(&old.Locator))
	now, events := old, file.Events
	now.State, now.Previous, now.Track, now.Category = st.State, st.Previous, st.Track, st.Category
	strokes := []storetest.Stroke{storetest.Adds(record.Statuses, s)}
	for _, name := range st.Events {
		e := record.Event{Case: f.id, N: len(events), Event: ethics.Event{Name: name, Day: s.Day}}
		strokes = append(strokes, storetest.Adds(record.Events, &e))
		events = append(events, e.Event)
	}
	now.Due, now.DueID, err = w.in.Policy.Nearest(now.Track, events)
	must(w.t, err)
	operator := storetest.World{T: w.t, Dir: w.dir, Log: w.log}
	operator.Operates(ethics.CaseStream(f.id), audit.Body{Kind: record.KindStep},
		append(strokes, storetest.Renews(record.Cases, &old, &now))...)
}

// restart is another process on the same files.
func (w *world) restart() {
	w.t.Helper()
	system, founders := w.in.System, *w.s.Founders()
	must(w.t, w.s.Close())
	var err error
	w.s, err = store.Open(ctx, w.dir, &w.log, w.log.Verifier())
	must(w.t, err)
	w.t.Cleanup(func() { _ = w.s.Close() })
	w.s.SetFounders(founders)
	w.services(system)
}

// refused wants the reporter's page, the member's and verification to refuse a case, in
// the program that runs, in each beside it and in the next that starts, and nothing to
// be written to it.
func (w *world) refused(f filed) {
	w.t.Helper()
	v := w.visit(f)
	programs := []func(){func() {}}
	for range w.others {
		programs = append(programs, w.next)
	}
	for again, turn := range append(programs, w.restart) {
		turn()
		if view, err := w.dia.View(ctx, v); !errors.Is(err, ethics.ErrUntrusted) {
			w.t.Errorf("program %d: the reporter is shown %q, muted %v, %v", again, view.State, view.Muted, err)
		}
		if o, err := w.cw.Open(ctx, w.as("resp"), f.Number); !errors.Is(err, ethics.ErrUntrusted) {
			w.t.Errorf("program %d: the members are shown %q, %v", again, o.State, err)
		}
		w.untrusted("a message of the reporter", func() error {
			return second(w.dia.Send(ctx, v, derive.New(), "hello", nil))
		})
		if w.damage() == nil {
			w.t.Errorf("program %d: verification calls it sound", again)
		}
	}
	if w.distrusted() == 0 {
		w.t.Error("and the log says nothing of it")
	}
}

// TestTheOperatorsHandIsTrue: what operates writes is refused for what the status says
// and for nothing beside it.
func TestTheOperatorsHandIsTrue(t *testing.T) {
	w := founded(t)
	f := w.file()
	w.stated("resp", f)
	file := w.caseFile(f)
	s := file.Next("acknowledge", day)
	s.Enter("triage")
	s.Events = []ethics.EventKind{"acknowledged", "triage"}
	row, err := seal.Status(s, w.by("resp"))
	must(t, err)
	row.Case, row.N = f.id, 1
	w.operates(f, row)
	if state := w.caseFile(f).State; state != "triage" {
		t.Errorf("it stands in %s", state)
	}
}

// TestNobodySignedIt: the operator, who can write rows with true entries, turns
// each thing that a case's lists are made of. Nobody believes it.
func TestNobodySignedIt(t *testing.T) {
	happens := func(names ...ethics.EventKind) func(*store.Tx, *ethics.Case) error {
		return func(tx *store.Tx, c *ethics.Case) error {
			var all []ethics.Event
			for _, n := range names {
				all = append(all, ethics.Event{Name: n, Day: day})
			}
			return tx.AddEvents(c.ID, all...)
		}
	}
	for name, set := range map[string]func(*store.Tx, *ethics.Case) error{
		"closed":        func(_ *store.Tx, c *ethics.Case) error { c.State = "closed"; return nil },
		"returns to":    func(_ *store.Tx, c *ethics.Case) error { c.Previous = "accepted"; return nil },
		"another track": func(_ *store.Tx, c *ethics.Case) error { c.Track = "ethics"; return nil },
		"another kind":  func(_ *store.Tx, c *ethics.Case) error { c.Category = "other"; return nil },
		"a later due day": func(_ *store.Tx, c *ethics.Case) error {
			c.Due, c.DueID = "2027-11-30", "forged"
			return nil
		},
		"muted":     happens("muted"),
		"told":      happens("feedback_sent"),
		"its end":   happens("accepted", "closed"),
		"a measure": func(tx *store.Tx, c *ethics.Case) error { return tx.AddMeasures(c.ID, "2027-01-04") },
		"closed, with its event": func(tx *store.Tx, c *ethics.Case) error {
			c.State, c.Track = "closed", "whistleblower"
			return happens("muted", "closed")(tx, c)
		},
		"details that time erased": func(tx *store.Tx, c *ethics.Case) error {
			return happens(ethics.EventIdentityErased)(tx, c)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := founded(t)
			w.beside()
			f := w.file()
			w.stated("resp", f)
			w.forge(f, nil, set)
			w.refused(f)
		})
	}
}

// TestStatusOfSomebodyElse: a status counts by who may sign it, on its day, in its
// place, and where the workflow leads; with the operator's help none of these can.
func TestStatusOfSomebodyElse(t *testing.T) {
	to := func(state ethics.State) func(*ethics.Status) {
		return func(s *ethics.Status) { s.Enter(state); s.Events = append(s.Events, ethics.Entered(state)) }
	}
	acknowledged := func(s *ethics.Status) { s.Events = []ethics.EventKind{"acknowledged"}; to("triage")(s) }
	but := func(set func(*ethics.Status)) func(*ethics.Status) {
		return func(s *ethics.Status) { acknowledged(s); set(s) }
	}
	happened := func(name ethics.EventKind) func(*ethics.Status) {
		return func(s *ethics.Status) { s.Events = []ethics.EventKind{name} }
	}
	resp := func(w *world, _ filed) seal.Author { return w.by("resp") }
	system := func(id string) func(*world, filed) seal.Author {
		return func(w *world, _ filed) seal.Author { return seal.Author{ID: id, Key: w.in.System} }
	}
	for name, x := range map[string]struct {
		act ethics.Act
		by  func(w *world, f filed) seal.Author
		set func(*ethics.Status)
	}{
		"the system's": {"acknowledge", system(ethics.ActorSystem), acknowledged},
		"with the system's key in a member's name": {"acknowledge", system("resp"), acknowledged},
		"of a member whose term ended": {"acknowledge", func(w *world, _ filed) seal.Author {
			w.people["former"] = derive.New()
			id, err := w.people["former"].MemberIdentity()
			must(w.t, err)
			state(w, appoint.KindAppointment, appoint.Appointment{
				Member: "former", Name: "N former", Institution: "home", Roles: []string{appoint.RoleResponsible},
				From: "2026-11-01", Until: "2026-11-22", Recipient: id.Recipient().String(),
				Verifier: w.people["former"].MemberSigner().Public().(ed25519.PublicKey),
			}, "resp", "chair")
			return w.by("former")
		}, acknowledged},
		"of a member without that office": {"acknowledge", func(w *world, _ filed) seal.Author {
			return w.by("member")
		}, acknowledged},
		"the reporter's, of a member's step": {"acknowledge", func(w *world, f filed) seal.Author {
			return w.reporter(f)
		}, acknowledged},
		"a member's, of the reporter's step": {"withdraw", resp, to("withdrawn")},
		"a move that no workflow has":        {"close", resp, to("closed")},
		"an act that is none":                {"end it", resp, to("closed")},
		"a step with another's end":          {"acknowledge", resp, to("closed")},
		"a step with an event more": {
			"acknowledge", resp, but(func(s *ethics.Status) { s.Events = append(s.Events, "muted") }),
		},
		"a message that mutes": {ethics.ActMessage, resp, happened("muted")},
		"muted by one alone":   {"mute", resp, happened("muted")},
		"a number skipped":     {"acknowledge", resp, but(func(s *ethics.Status) { s.N++ })},
		"of another case": {
			"acknowledge", resp, but(func(s *ethics.Status) { s.Stream = ethics.CaseStream("x") }),
		},
		"of another institution":  {"acknowledge", resp, but(func(s *ethics.Status) { s.Institution = "up" })},
		"of another installation": {"acknowledge", resp, but(func(s *ethics.Status) { s.Installation = "x" })},
		"of another policy":       {"acknowledge", resp, but(func(s *ethics.Status) { s.Policy = 2 })},
		"of the day before":       {"acknowledge", resp, but(func(s *ethics.Status) { s.Day = "2026-11-22" })},
		"of a day to come":        {"acknowledge", resp, but(func(s *ethics.Status) { s.Day = "2026-11-24" })},
		"of a day to come, with no event": {"set_retaliation_risk", resp, func(s *ethics.Status) {
			s.Day = "2026-11-24"
		}},
		"on a past that never was": {"acknowledge", resp, but(func(s *ethics.Status) { s.Seen = "AAAA" })},
		"on no past":               {"acknowledge", resp, but(func(s *ethics.Status) { s.Seen = "" })},
	} {
		t.Run(name, func(t *testing.T) {
			w := founded(t)
			w.beside()
			f := w.file()
			w.stated("resp", f)
			by := x.by(w, f)
			c := w.caseFile(f)
			s := c.Next(x.act, day)
			x.set(&s)
			row, err := seal.Status(s, by)
			must(t, err)
			row.Case, row.N = f.id, 1
			if s.Stream == ethics.CaseStream(f.id) && s.Day == day {
				w.forge(f, row, nil)
			} else { // the store takes none
				row.Day = day // else the row itself would be of another day than its entry
				w.operates(f, row)
			}
			w.refused(f)
		})
	}
}

// reporter is the reporter's own key.
func (w *world) reporter(f filed) seal.Author {
	w.t.Helper()
	var salt []byte
	must(w.t, w.s.Read(ctx, func(tx *store.ReadTx) error {
		in, err := tx.Installation()
		salt = in.Salt
		return err
	}))
	return seal.Author{ID: ethics.ActorReporter, Key: derive.Secret(f.Code.ReporterSecret(salt)).ReporterSigner()}
}
