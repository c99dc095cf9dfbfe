package record

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/policy"
)

const (
	theHouse   = "dddddddd-5d9c-4d2e-8a55-1f0f5f8f7a11"
	filedOn    = "2026-11-22"
	answeredOn = "2026-11-24"
)

// keyOf is the key of somebody in these stories.
func keyOf(name string) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	copy(seed, name)
	return ed25519.NewKeyFromSeed(seed)
}

// chapter is an entry and the status that it brings.
type chapter struct {
	entry  audit.Entry
	status *ethics.Status
	by     string                     // whose key signs it
	row    func(*ethics.SignedStatus) // spoils the row that is stored, and that the log has
}

// saga is a case in four entries: the filing, an opening, word of retaliation, and
// another opening. The leaves do not depend on each other, so that each can be seen.
func saga() []*chapter {
	chapters := []*chapter{}
	for n, day := range []ethics.Day{filedOn, "2026-11-23", answeredOn, "2026-11-25"} {
		e := audit.Entry{
			Generation: 1, Index: int64(100 + n), Number: int64(n), Stream: ethics.CaseStream(theCase), Day: day,
		}
		e.Body = audit.Body{ID: day, Kind: "opened", Actor: ethics.ActorReporter}
		chapters = append(chapters, &chapter{entry: e, by: ethics.ActorReporter})
	}
	first := ethics.Status{
		Installation: theHouse, Stream: ethics.CaseStream(theCase), Day: filedOn,
		Policy: ethics.PolicyVersion, Act: ethics.ActFile,
		Institution: "home", State: "received", Track: "anonymous", Category: "bribery",
		Events: []ethics.EventKind{"received"},
	}
	then := first
	then.N, then.Day, then.Act, then.Seen = 1, answeredOn, ethics.ActRetaliation, leafOf(chapters[1])
	then.Events = []ethics.EventKind{ethics.EventRetaliation}
	chapters[0].status, chapters[2].status = &first, &then
	return chapters
}

func leafOf(c *chapter) string {
	leaf := audit.LeafHash(c.entry)
	return payload.Leaf(leaf[:])
}

// tell reads what chapters tell, as more makes the rows that stand there.
func tell(
	t *testing.T, chapters []*chapter, more func(rows []ethics.SignedStatus) []ethics.SignedStatus,
) (*StatusChain, error) {
	t.Helper()
	var rows []ethics.SignedStatus
	var entries []audit.Entry
	for _, c := range chapters {
		if c.status != nil {
			body, err := c.status.Body()
			if err != nil {
				t.Fatal(err)
			}
			row := ethics.SignedStatus{
				Case: theCase, N: c.status.N, Body: body, Author: ethics.ActorReporter, Day: c.status.Day,
			}
			row.Signature = payload.SignStatement(payload.LabelStatus, body, keyOf(c.by))
			if c.row != nil {
				c.row(&row)
			}
			rows = append(rows, row)
			r := Statuses.Row(&row)
			c.entry.Changes = append(c.entry.Changes, audit.Change{Label: r.Label, Op: audit.Added, New: r.Digest})
		}
		entries = append(entries, c.entry)
	}
	if more != nil {
		rows = more(rows)
	}
	s := NewStatusChain(theCase, entries)
	s.rows = rows
	s.rules = statusRules{installation: theHouse, stream: ethics.CaseStream(theCase), institution: "home",
		signs: func(_ ethics.EnvelopeKind, author, _ string, _ ethics.Day) (ed25519.PublicKey, error) {
			if author != ethics.ActorReporter {
				return nil, ethics.ErrUntrusted
			}
			return keyOf(ethics.ActorReporter).Public().(ed25519.PublicKey), nil
		}}
	return s, s.read()
}

// TestAStatusFitsItsEntry: or nobody believes the case. What stands in its place, on
// its day, on its past, by who may and as the workflow has it is believed.
func TestAStatusFitsItsEntry(t *testing.T) {
	s, err := tell(t, saga(), nil)
	if err != nil || len(s.believed) != 2 || len(s.past.Events) != 2 {
		t.Fatalf("honest: %d told, %v", len(s.believed), err)
	}
	for name, spoil := range map[string]func(c []*chapter){
		"of another policy":       func(c []*chapter) { c[2].status.Policy++ },
		"of another installation": func(c []*chapter) { c[2].status.Installation = theCase },
		"of another case":         func(c []*chapter) { c[2].status.Stream = ethics.CaseStream(theHouse) },
		"of another institution":  func(c []*chapter) { c[2].status.Institution = "other" },
		"under another number":    func(c []*chapter) { c[2].row = func(r *ethics.SignedStatus) { r.N++ } },
		"with a number skipped":   func(c []*chapter) { c[2].status.N++ },
		"a row of another day": func(c []*chapter) {
			c[2].row = func(r *ethics.SignedStatus) { r.Day = "2026-11-23" }
		},
		"signed on another day":   func(c []*chapter) { signedOn(c[2], "2026-11-23") },
		"an entry of another day": func(c []*chapter) { c[2].entry.Day = "2026-11-25" },
		"on a day before": func(c []*chapter) {
			c[2].status.Day, c[2].entry.Day = "2026-11-21", "2026-11-21"
		},
		"the first has seen":       func(c []*chapter) { c[0].status.Seen = leafOf(c[1]) },
		"has seen nothing":         func(c []*chapter) { c[2].status.Seen = "" },
		"has seen what came later": func(c []*chapter) { c[2].status.Seen = leafOf(c[3]) },
		"has seen what is nowhere": func(c []*chapter) { c[2].status.Seen = payload.Leaf(make([]byte, 32)) },
		"signed with another key":  func(c []*chapter) { c[2].by = anna },
		"by who may not": func(c []*chapter) {
			c[2].row = func(r *ethics.SignedStatus) { r.Author = anna }
		},
		"that the workflow has not":  func(c []*chapter) { c[2].status.State = "closed" },
		"of an act that is none":     func(c []*chapter) { c[2].status.Act = "end it" },
		"in another spelling":        func(c []*chapter) { c[2].row = respell },
		"no filing":                  func(c []*chapter) { c[0].status.Act = ethics.ActMessage },
		"details erased too soon":    func(c []*chapter) { actOf(c[3], ethics.ActorSystem) },
		"details erased, then erred": func(c []*chapter) { actOf(c[1], ethics.ActorSystem) },
	} {
		c := saga()
		spoil(c)
		if _, err := tell(t, c, nil); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := saga()
	actOf(c[3], anna) // the program's acts are the program's: in another's name it brings no event
	if s, err := tell(t, c, nil); err != nil || len(s.past.Events) != 2 {
		t.Errorf("by a member: %d events, %v", len(s.past.Events), err)
	}
}

// signedOn signs a status on a day beside that of its row.
func signedOn(c *chapter, day ethics.Day) {
	row := c.status.Day
	c.status.Day = day
	c.row = func(r *ethics.SignedStatus) { r.Day = row }
}

func respell(r *ethics.SignedStatus) {
	r.Body = append([]byte(" "), r.Body...)
	r.Signature = payload.SignStatement(payload.LabelStatus, r.Body, keyOf(ethics.ActorReporter))
}

// actOf makes an entry one by which time erases details.
func actOf(c *chapter, actor string) { c.entry.Kind, c.entry.Actor = KindIdentityErased, actor }

// TestTimeErasesWhenItIsDue: a year behind the end, and no day before.
func TestTimeErasesWhenItIsDue(t *testing.T) {
	for day, good := range map[ethics.Day]bool{"2027-11-24": false, "2027-11-25": true} {
		c := saga()
		c[0].status.Track, c[2].status.Track = "whistleblower", "whistleblower"
		c[2].status.Act, c[2].status.State, c[2].status.Events = "withdraw", "withdrawn", []ethics.EventKind{
			"withdrawn",
		}
		actOf(c[3], ethics.ActorSystem)
		c[3].entry.Day = day
		s, err := tell(t, c, nil)
		if (err == nil) != good || err != nil && !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: %v", day, err)
		}
		if good && s.past.Events[2] != (ethics.Event{Name: ethics.EventIdentityErased, Day: day}) {
			t.Errorf("%v", s.past.Events)
		}
	}
}

// TestStatusesAreTheLogs: each that an entry brought stands there, as it was, and no
// other one.
func TestStatusesAreTheLogs(t *testing.T) {
	for name, more := range map[string]func([]ethics.SignedStatus) []ethics.SignedStatus{
		"the last gone":  func(rows []ethics.SignedStatus) []ethics.SignedStatus { return rows[:1] },
		"the first gone": func(rows []ethics.SignedStatus) []ethics.SignedStatus { return rows[1:] },
		"all gone":       func([]ethics.SignedStatus) []ethics.SignedStatus { return nil },
		"one more":       func(rows []ethics.SignedStatus) []ethics.SignedStatus { return append(rows, rows[1]) },
		"exchanged": func(rows []ethics.SignedStatus) []ethics.SignedStatus {
			return []ethics.SignedStatus{rows[1], rows[0]}
		},
		"another": func(rows []ethics.SignedStatus) []ethics.SignedStatus {
			s, err := ethics.ReadStatus(rows[1].Body)
			if err != nil {
				t.Fatal(err)
			}
			s.Act, s.Events = ethics.ActCheckIn, []ethics.EventKind{ethics.EventRetaliation}
			rows[1].Body, err = s.Body()
			rows[1].Signature = payload.SignStatement(payload.LabelStatus, rows[1].Body, keyOf(ethics.ActorReporter))
			if err != nil {
				t.Fatal(err)
			}
			return rows
		},
	} {
		if _, err := tell(t, saga(), more); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCopiesSayWhatWasSigned: each column, event and measure that lists are made of.
func TestCopiesSayWhatWasSigned(t *testing.T) {
	s, err := tell(t, saga(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.past.Measures = []ethics.MeasureStatus{{N: 0, Due: "2027-01-04", State: MeasureOpen}}
	p, err := policy.ByVersion(ethics.PolicyVersion)
	if err != nil {
		t.Fatal(err)
	}
	due, id, err := p.Nearest("anonymous", s.past.Events)
	if err != nil {
		t.Fatal(err)
	}
	theEvents := s.past.Events
	for name, x := range map[string]struct {
		label string
		spoil func(c *ethics.Case, events *[]ethics.Event, measures *[]Measure)
	}{
		"":          {"", func(*ethics.Case, *[]ethics.Event, *[]Measure) {}},
		"state":     {"case", func(c *ethics.Case, _ *[]ethics.Event, _ *[]Measure) { c.State = "closed" }},
		"previous":  {"case", func(c *ethics.Case, _ *[]ethics.Event, _ *[]Measure) { c.Previous = "accepted" }},
		"track":     {"case", func(c *ethics.Case, _ *[]ethics.Event, _ *[]Measure) { c.Track = "ethics" }},
		"category":  {"case", func(c *ethics.Case, _ *[]ethics.Event, _ *[]Measure) { c.Category = "other" }},
		"received":  {"case", func(c *ethics.Case, _ *[]ethics.Event, _ *[]Measure) { c.Received = "2026-11-23" }},
		"due":       {"case", func(c *ethics.Case, _ *[]ethics.Event, _ *[]Measure) { c.Due = "2030-01-01" }},
		"due id":    {"case", func(c *ethics.Case, _ *[]ethics.Event, _ *[]Measure) { c.DueID = "other" }},
		"an event":  {"event", func(_ *ethics.Case, e *[]ethics.Event, _ *[]Measure) { (*e)[1].Name = "muted" }},
		"its day":   {"event", func(_ *ethics.Case, e *[]ethics.Event, _ *[]Measure) { (*e)[1].Day = "2019-01-01" }},
		"one less":  {"event", func(_ *ethics.Case, e *[]ethics.Event, _ *[]Measure) { *e = (*e)[:1] }},
		"one more":  {"event", func(_ *ethics.Case, e *[]ethics.Event, _ *[]Measure) { *e = append(*e, (*e)[0]) }},
		"its state": {"measure", func(_ *ethics.Case, _ *[]ethics.Event, m *[]Measure) { (*m)[0].State = MeasureDone }},
		"its time":  {"measure", func(_ *ethics.Case, _ *[]ethics.Event, m *[]Measure) { (*m)[0].Due = "2030-01-01" }},
		"its place": {"measure", func(_ *ethics.Case, _ *[]ethics.Event, m *[]Measure) { (*m)[0].N = 1 }},
		"none":      {"measure", func(_ *ethics.Case, _ *[]ethics.Event, m *[]Measure) { *m = nil }},
		"two":       {"measure", func(_ *ethics.Case, _ *[]ethics.Event, m *[]Measure) { *m = append(*m, (*m)[0]) }},
	} {
		c := ethics.Case{
			ID: theCase, State: "received", Track: "anonymous", Category: "bribery",
			Received: filedOn, Due: due, DueID: id,
		}
		events := slices.Clone(theEvents)
		measures := []Measure{{Case: theCase, Due: "2027-01-04", State: MeasureOpen}}
		x.spoil(&c, &events, &measures)
		d := s.compareCopies(c, events, measures)
		if (d == nil) != (x.label == "") || d != nil &&
			(KindOf(d.Label) != x.label || !errors.Is(d, ethics.ErrUntrusted)) {
			t.Errorf("%s: %v", name, d)
		}
	}
	if d := (&StatusChain{}).compareCopies(ethics.Case{ID: theCase}, nil, nil); d == nil {
		t.Error("a case of which nobody said anything")
	}
}
