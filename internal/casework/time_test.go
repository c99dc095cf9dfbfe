package casework_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
	"svilpe/internal/token"
	"svilpe/internal/verify"
)

// twice runs a test on a program that runs on, on one that was started anew, and on
// others that ran beside it all the time.
func twice(t *testing.T, fn func(t *testing.T, again func(*world))) {
	t.Run("running", func(t *testing.T) { fn(t, func(*world) {}) })
	t.Run("started anew", func(t *testing.T) { fn(t, (*world).restart) })
	t.Run(besides, func(t *testing.T) { fn(t, (*world).next) })
}

// besides names a test whose worlds have three programs on their database.
const besides = "beside others"

// beside opens two more programs on this world's database.
func (w *world) beside() {
	w.t.Helper()
	for range 2 {
		s, err := store.Open(ctx, w.dir, &w.log, w.log.Verifier())
		must(w.t, err)
		w.t.Cleanup(func() { _ = s.Close() })
		s.SetFounders(*w.s.Founders())
		w.others = append(w.others, s)
	}
}

// next goes on with another of the programs.
func (w *world) next() {
	w.t.Helper()
	system := w.in.System
	w.s, w.others = w.others[0], append(w.others[1:], w.s)
	w.services(system)
}

// operated stores an envelope with an entry of this day, as a program of the
// operator's own would, who has the log key and keeps no rule about days.
func (w *world) operated(e ethics.Envelope, day ethics.Day) (index int64) {
	w.t.Helper()
	return storetest.InsertOn(w.t, w.dir, w.log, day, record.Envelopes, &e).Index
}

// signed is a message to the reporter, sealed where the case stands, but for what
// is changed.
func (w *world) signed(f filed, by seal.Author, text string, change func(*seal.Place)) ethics.Envelope {
	w.t.Helper()
	c := w.caseFile(f)
	at := w.place(c)
	change(&at)
	e, err := seal.Envelope(at, uuid.NewString(), ethics.KindMessage, ethics.Message{Text: text}, by,
		c.Recipient(), c.ReporterRecipient)
	must(w.t, err)
	return e
}

// reads is what reporter and member read of a text: nothing, where it cannot be
// trusted, or the whole case cannot.
func (w *world) reads(f filed, id string) (reporter, member string, distrusted bool) {
	w.t.Helper()
	view, err := w.dia.View(ctx, w.visit(f))
	o, err2 := w.cw.Open(ctx, w.as("resp"), f.Number)
	if errors.Is(err, ethics.ErrUntrusted) && errors.Is(err2, ethics.ErrUntrusted) {
		return "", "", true
	}
	must(w.t, errors.Join(err, err2))
	m := slices.IndexFunc(view.Messages, func(m dialogue.Message) bool { return m.ID == id })
	i := slices.IndexFunc(o.Thread, func(i casework.Item) bool { return i.ID == id })
	if m < 0 || i < 0 {
		w.t.Fatal("the text is not there")
	}
	return view.Messages[m].Text, o.Thread[i].Text, view.Messages[m].Untrusted && o.Thread[i].Untrusted
}

// TestFormerMemberSpeaks: the operator and a member whose term ended 400 days ago
// write to the reporter in the commission's name, dated back to the term. Neither
// the reporter nor a member reads it, and verify names it, however it is dated.
func TestFormerMemberSpeaks(t *testing.T) {
	twice(t, func(t *testing.T, again func(*world)) {
		for name, x := range map[string]struct {
			signed, row, entry ethics.Day // "" is the day of now
			damage             string
		}{
			"all of it dated back":    {day, day, day, "entry"},
			"signature and row":       {day, day, "", "envelope"},
			"the signature alone":     {day, "", "", "envelope"},
			"nothing":                 {"", "", "", "envelope"},
			"the row against both":    {"", day, "", "envelope"},
			"the entry against both":  {"", "", day, "entry"},
			"the signature, unseen":   {"", day, day, "entry"},
			"row and entry of a year": {day, "2027-01-02", "2027-01-02", "entry"},
		} {
			t.Run(name, func(t *testing.T) {
				w := founded(t)
				w.appoint("former", "home", appoint.RoleMember, day, "resp", "chair") // until today
				f := w.file()
				w.stated("resp", f)
				w.later(400)
				must(t, w.s.MakeCheckpoint(ctx, w.today()))
				again(w)
				or := func(d ethics.Day) ethics.Day {
					if d == "" {
						return w.today()
					}
					return d
				}
				e := w.signed(f, w.by("former"), "FORGED: meet me", func(at *seal.Place) { at.Day = or(x.signed) })
				e.Day = or(x.row)
				v := w.visit(f)
				index := w.operated(e, or(x.entry))
				if x.damage == "entry" {
					w.closed(v, index)
					return
				}
				again(w)
				if r, m, bad := w.reads(f, e.ID); !bad || r != "" || m != "" {
					t.Errorf("the reporter reads %q, a member %q", r, m)
				}
				if d := w.damage(); d == nil || string(d.Table) != x.damage || d.Row != e.ID {
					t.Errorf("verify names %v", d)
				}
			})
		}
	})
}

// closed wants nothing to be answered behind an entry of an earlier day, nothing to be
// opened by a program that starts, and verification to name the entry.
func (w *world) closed(v dialogue.Visit, entry int64) {
	w.t.Helper()
	if _, err := w.dia.View(ctx, v); !errors.Is(err, audit.ErrTampered) {
		w.t.Errorf("the reporter's page: %v", err)
	}
	must(w.t, w.s.Close())
	if _, err := store.Open(ctx, w.dir, &w.log, w.log.Verifier()); !errors.Is(err, audit.ErrTampered) {
		w.t.Errorf("started anew: %v", err)
	}
	s, err := store.Inspect(ctx, w.dir, w.log.Verifier())
	must(w.t, err)
	w.t.Cleanup(func() { _ = s.Close() })
	found, err := verify.Run(ctx, s, verify.Options{})
	must(w.t, err)
	if d := found.First(); d == nil || d.Table != "entry" || d.Row != strconv.FormatInt(entry, 10) {
		w.t.Errorf("verify names %v", d)
	}
}

// TestSignedOnceStoredLater: a text that a member signed and never sent is stored
// on another day, or is said to have seen what it had not. One that was only
// overtaken, by entries of the same day, is honest.
func TestSignedOnceStoredLater(t *testing.T) {
	twice(t, func(t *testing.T, again func(*world)) {
		for name, x := range map[string]struct {
			change func(w *world, other filed, at *seal.Place)
			good   bool
		}{
			"overtaken":            {func(*world, filed, *seal.Place) {}, true},
			"signed yesterday":     {func(_ *world, _ filed, at *seal.Place) { at.Day = day }, false},
			"signed tomorrow":      {func(_ *world, _ filed, at *seal.Place) { at.Day = "2026-11-25" }, false},
			"seen nothing":         {func(_ *world, _ filed, at *seal.Place) { at.Seen = nil }, false},
			"seen what is nowhere": {func(_ *world, _ filed, at *seal.Place) { at.Seen = make([]byte, 32) }, false},
			"seen of another case": {func(w *world, other filed, at *seal.Place) {
				c := w.caseFile(other)
				at.Seen = c.Seen()
			}, false},
			"signed in another case": {func(_ *world, other filed, at *seal.Place) {
				at.Stream = ethics.CaseStream(other.id)
			}, false},
			"under no policy": {func(_ *world, _ filed, at *seal.Place) { at.Policy = 0 }, false},
		} {
			t.Run(name, func(t *testing.T) {
				w := founded(t)
				f, other := w.file(), w.file()
				w.stated("resp", f)
				w.later(1)
				e := w.signed(f, w.by("resp"), "WORDS", func(at *seal.Place) { x.change(w, other, at) })
				e.Case, e.Day = f.id, w.today()
				w.open(w.as("resp"), f) // an entry between signing and storing
				w.operated(e, w.today())
				again(w)
				r, m, bad := w.reads(f, e.ID)
				if words := map[bool]string{true: "WORDS"}[x.good]; bad == x.good || r != words || m != words {
					t.Errorf("the reporter reads %q, a member %q, distrusted %v", r, m, bad)
				}
			})
		}
	})
}

// TestAnotherServersMidnight: while this clock still shows yesterday, another server
// turns the day, at any moment of a write. What is written is sealed for the new one.
func TestAnotherServersMidnight(t *testing.T) {
	w := founded(t)
	f := w.file()
	w.stated("resp", f)
	w.appoint("tija", "home", appoint.RoleTrust, "", "resp", "chair")
	consultation, _ := w.asked(asks())
	gift := ethics.Gift{Who: "A", What: "B", Value: "C", From: "D", When: day, Done: "kept"}
	other, err := store.Open(ctx, w.dir, &w.log, w.log.Verifier())
	must(t, err)
	defer func() { must(t, other.Close()) }()
	calls, at, turned := 0, 0, make(chan error, 1)
	now := func() time.Time {
		if calls++; calls == at {
			next := ethics.DayOf(w.clock.AddDate(0, 0, 1))
			e := store.Entry{ID: uuid.NewString(), Day: next, Kind: "noted", Actor: "x", Stream: ethics.StreamProgram}
			go func() { turned <- other.Write(ctx, e, func(*store.Tx) error { return nil }) }()
			select {
			case err := <-turned:
				turned <- err
			case <-time.After(100 * time.Millisecond): // it waits for a transaction of ours
			}
		}
		return w.clock
	}
	w.in.Now, w.dia.Now, w.cw.Now = now, now, now
	for name, write := range map[string]func() error{
		"a report":      func() error { _, err := w.in.File(ctx, derive.New(), w.report()); return err },
		"a question":    func() error { _, err := w.in.Consult(ctx, derive.New(), asks()); return err },
		"a declaration": func() error { _, err := w.in.DeclareGift(ctx, derive.New(), "home", gift); return err },
		"a message":     func() error { _, err := w.dia.Send(ctx, w.visit(f), derive.New(), "x", nil); return err },
		"a new code":    func() error { f.Code = w.newCodeOf(f); return nil },
		"a word of a talk": func() error {
			_, err := w.dia.Say(ctx, w.visit(filed{Filed: consultation}), derive.New(), "x")
			return err
		},
		"an answer in one": func() error {
			_, err := w.cw.WriteConsultation(ctx, w.as("tija"), consultation.Number, derive.New(), "x", false)
			return err
		},
		"a note": func() error { _, err := w.cw.Note(ctx, w.as("resp"), f.Number, derive.New(), "x", ""); return err },
	} {
		for at = 1; ; at++ {
			calls = 0
			if err := write(); err != nil {
				t.Errorf("%s, when the day turned at the %d. look at the clock: %v", name, at, err)
			}
			if calls < at {
				break // nobody looked any more
			}
			must(t, <-turned)
			w.later(1)
		}
	}
	w.sound()
}

// newCodeOf takes a new code for a case.
func (w *world) newCodeOf(f filed) token.Code {
	w.t.Helper()
	n, err := w.dia.NewCode(ctx, w.visit(f), derive.New())
	must(w.t, err)
	return n.Code
}

// TestSeenOfItsOwnFuture: a text can only have seen what stood before it.
func TestSeenOfItsOwnFuture(t *testing.T) {
	w := founded(t)
	f := w.file()
	w.stated("resp", f)
	w.open(w.as("resp"), f)
	c := w.caseFile(f)
	h := payload.Header{Kind: string(ethics.KindStatement), Author: "resp", Day: day, Seen: payload.Leaf(c.Seen())}
	for _, x := range c.Envelopes {
		if x.Kind == ethics.KindStatement {
			h.ID = x.ID
		}
	}
	if _, err := c.Verifier(w.as("resp").Roster)(h); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("a statement that had seen its own future: %v", err)
	}
	must(t, w.s.Read(ctx, func(tx *store.ReadTx) error {
		entries, err := tx.Entries(ethics.CaseStream(f.id))
		first := audit.LeafHash(entries[0])
		h.Seen = payload.Leaf(first[:])
		return err
	}))
	_, err := c.Verifier(w.as("resp").Roster)(h)
	must(t, err)
}
