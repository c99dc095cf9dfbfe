package record

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/policy"
)

// programActs are the acts of the program that bring an event, by the kind of their
// entry, and when each was due: nothing else happens to a case without a signature.
var programActs = map[audit.EntryKind]struct {
	event ethics.EventKind
	due   func(p *policy.Policy, past policy.Past, day ethics.Day) bool
}{
	KindIdentityErased: {ethics.EventIdentityErased, func(p *policy.Policy, past policy.Past, day ethics.Day) bool {
		last, runs := p.IdentityKept(past.Track, policy.Events(past.Events))
		return runs && string(last) < day
	}},
}

// StatusChain reads what a case's entries, in order, and its statuses tell.
type StatusChain struct {
	id       string
	leaves   map[string]int64 // index of each entry, by its leaf
	newest   string           // leaf of the newest
	entries  []statusEntry
	rows     []ethics.SignedStatus
	past     policy.Past
	believed []BelievedStatus
	rules    statusRules
	times    consultationTimes // of a consultation
}

// statusEntry is an entry that brought a status, or an act of the program.
type statusEntry struct {
	index     int64
	day       ethics.Day
	program   audit.EntryKind // kind of the entry; "" for a status
	digest    audit.Digest
	envelopes []string
	rows      []Row // of the same entry
}

// statusRules is what a status is held against. A writer has none for what is stored:
// its session read and believed it.
type statusRules struct {
	installation, stream, institution string

	signs     Rule
	roster    *appoint.Roster
	proposals []Proposal
}

func (t *StatusChain) entry(e audit.Entry) {
	if t.leaves == nil {
		t.leaves = map[string]int64{}
	}
	leaf := audit.LeafHash(e)
	t.newest = base64.StdEncoding.EncodeToString(leaf[:])
	t.leaves[t.newest] = e.Index
	m := statusEntry{index: e.Index, day: e.Day, rows: rowsOf(e)}
	tells := false
	for _, c := range e.Changes {
		t.times.change(c, e)
		switch kind := KindOf(c.Label); {
		case c.Op == audit.Ended:
		case kind == Envelopes.Name:
			m.envelopes = append(m.envelopes, KeyOf(c.Label))
		case kind == ConsultationTexts.Name:
			t.times.spoken = e.Day
		case kind == Statuses.Name:
			m.digest, tells = c.New, true
		}
	}
	if _, known := programActs[e.Kind]; known && e.Actor == ethics.ActorSystem {
		m.program, tells = e.Kind, true
	}
	if tells {
		t.entries = append(t.entries, m)
	}
}

// read takes everything in, in the order of the log. What is not signed by who
// may, or not as the workflow has it, is ErrUntrusted.
func (t *StatusChain) read() error {
	for _, m := range t.entries {
		if m.program != "" {
			if err := t.takeProgramAct(m); err != nil {
				return err
			}
			continue
		}
		at := len(t.believed)
		if at >= len(t.rows) || Statuses.Row(&t.rows[at]).Digest != m.digest {
			return fmt.Errorf("%w: status %d", ethics.ErrUntrusted, at)
		}
		s, err := t.next(t.rules, t.rows[at], m)
		if err != nil {
			return err
		}
		t.believed = append(t.believed, BelievedStatus{
			Status: s, Author: t.rows[at].Author, Digest: t.rows[at].Digest(),
			From: t.past.State, Envelopes: m.envelopes, index: m.index,
		})
		t.past.Add(s)
	}
	if len(t.believed) != len(t.rows) {
		return fmt.Errorf("%w: %d statuses, the log has %d", ethics.ErrUntrusted, len(t.rows), len(t.believed))
	}
	return nil
}

// rowsOf are the rows that an entry leaves in force.
func rowsOf(e audit.Entry) []Row {
	var out []Row
	for _, c := range e.Changes {
		if c.Op != audit.Ended {
			out = append(out, Row{c.Label, c.New})
		}
	}
	return out
}

// takeProgramAct takes an act of the program in: it must have been due.
func (t *StatusChain) takeProgramAct(m statusEntry) error {
	p, err := policy.ByVersion(ethics.PolicyVersion)
	if err != nil {
		return err
	}
	act := programActs[m.program]
	if !act.due(p, t.past, m.day) {
		return fmt.Errorf("%w: entry %d: %s before its time", ethics.ErrUntrusted, m.index, m.program)
	}
	t.past.Events = append(t.past.Events, ethics.Event{Name: act.event, Day: m.day})
	return nil
}

// signed holds a status against its place, its entry and its signature.
func (t *StatusChain) signed(j statusRules, row ethics.SignedStatus, m statusEntry) (ethics.Status, error) {
	wrong := func(why string) (ethics.Status, error) {
		return ethics.Status{}, fmt.Errorf("%w: status %d: %s", ethics.ErrUntrusted, row.N, why)
	}
	s, err := ethics.ReadStatus(row.Body)
	if err != nil {
		return wrong(err.Error())
	}
	index, known := t.leaves[s.Seen]
	switch {
	case s.Policy != ethics.PolicyVersion:
		return wrong("of another policy")
	case s.Installation != j.installation || s.Stream != j.stream || s.Institution != j.institution ||
		s.N != row.N || s.N != len(t.believed):
		return wrong("of another place")
	case s.Day != row.Day || s.Day != m.day || s.Day < t.past.Day:
		return wrong("of another day")
	case s.N == 0 && s.Seen != "", s.N > 0 && (!known || m.index > 0 && index >= m.index):
		return wrong("stands on a past that was not")
	}
	key, err := j.signs(ethics.KindStatus, row.Author, StatusID(row.N), s.Day)
	if err == nil {
		err = payload.VerifyStatement(payload.LabelStatus, row.Body, row.Signature, key)
	}
	if err != nil {
		return wrong(err.Error())
	}
	return s, nil
}

// next is a case's next status: signed, and permitted on what was told before.
func (t *StatusChain) next(j statusRules, row ethics.SignedStatus, m statusEntry) (ethics.Status, error) {
	if j.signs == nil {
		return ethics.ReadStatus(row.Body) // stored, and believed before
	}
	s, err := t.signed(j, row, m)
	if err != nil {
		return s, err
	}
	p, err := policy.ByVersion(s.Policy)
	if err != nil {
		return s, err
	}
	j.roster = rosterAt(j.roster, m.index)
	roles := []string{policy.RoleReporter}
	if row.Author != ethics.ActorReporter {
		roles = j.roster.RolesFor(row.Author, j.institution, s.Day)
	}
	if err := p.Permits(t.past, s, roles); err != nil {
		return s, fmt.Errorf("%w: status %d: %w", ethics.ErrUntrusted, row.N, err)
	}
	if step, _ := p.Act(s.Act); step.FourEyes && !j.approved(row.Author, step, m.rows) {
		return s, fmt.Errorf("%w: status %d: %s without a second person", ethics.ErrUntrusted, row.N, s.Act)
	}
	return s, nil
}

// approved tells whether beside a status stands the approval, by its author, of
// what another person proposed who might.
func (j statusRules) approved(author string, step policy.Step, beside []Row) bool {
	return slices.ContainsFunc(j.proposals, func(p Proposal) bool {
		roles := j.roster.RolesFor(p.Proposer, j.institution, p.Day)
		might := slices.ContainsFunc(roles, func(r string) bool { return slices.Contains([]string(step.Who), r) })
		return might && p.Step == step.ID && p.State == "approved" && p.Decider == author &&
			j.roster.Another(p.Proposer, author) &&
			slices.Contains(beside, Proposals.Row(&p))
	})
}

// nearest is the deadline that comes first by what was told.
func (t *StatusChain) nearest() (day, id string, err error) {
	p, err := policy.ByVersion(ethics.PolicyVersion)
	if err != nil {
		return "", "", err
	}
	return p.Nearest(t.past.Track, t.past.Events)
}

// Differs names a row that is not what was signed, by its label.
type Differs struct{ Label, Why string }

// Error says which it is.
func (d *Differs) Error() string { return d.Label + ": " + d.Why }

// Unwrap is ethics.ErrUntrusted.
func (d *Differs) Unwrap() error { return ethics.ErrUntrusted }

// compareCopies holds the copies in a case's rows against what was told, and names the
// first that differs by its table and row.
func (t *StatusChain) compareCopies(c ethics.Case, events []ethics.Event, measures []Measure) *Differs {
	if len(t.believed) == 0 {
		return &Differs{"case:" + c.ID, "nobody signed where it stands"}
	}
	due, id, err := t.nearest()
	if err != nil {
		return &Differs{"case:" + c.ID, err.Error()}
	}
	for _, x := range []struct{ column, row, signed string }{
		{"state", string(c.State), string(t.past.State)}, {"previous", string(c.Previous), string(t.past.Previous)},
		{"track", c.Track, t.past.Track},
		{"category", c.Category, t.past.Category}, {"received", c.Received, t.believed[0].Day},
		{"due", c.Due, due}, {"due_id", c.DueID, id},
	} {
		if x.row != x.signed {
			return &Differs{"case:" + c.ID, fmt.Sprintf("%s is %q, what was signed says %q", x.column, x.row, x.signed)}
		}
	}
	at := func(table string, n int) *Differs {
		return &Differs{table + ":" + c.ID + "/" + strconv.Itoa(n), "is not what was signed"}
	}
	for n := range max(len(events), len(t.past.Events)) {
		if n >= len(events) || n >= len(t.past.Events) || events[n] != t.past.Events[n] {
			return at("event", n)
		}
	}
	for n := range max(len(measures), len(t.past.Measures)) {
		if n >= len(measures) || n >= len(t.past.Measures) {
			return at("measure", n)
		}
		if m := measures[n]; (ethics.MeasureStatus{N: m.N, Due: m.Due, State: m.State}) != t.past.Measures[n] {
			return at("measure", n)
		}
	}
	return nil
}
