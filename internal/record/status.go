package record

import (
	"slices"
	"strconv"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// Where a case stands, and every event and measure of it, is told by statuses
// (sealing.md §12.4): a chain of clear statements, each signed by who acted. The
// columns state, previous, track, category, due of a case, its events and its
// measures are copies for lists. story.go reads the chain.

// StatusID is what a Rule calls a status: epochs are numbered too.
func StatusID(n int) string { return Statuses.Name + "/" + strconv.Itoa(n) }

// BelievedStatus is one status of a case as its readers believe it.
type BelievedStatus struct {
	ethics.Status
	Author    string
	Digest    []byte
	From      ethics.State // the state before it
	Envelopes []string     // ids of those that were stored with it

	index int64 // of its entry
}

// NewStatusChain is what the entries of a case or consultation tell, without its statuses.
func NewStatusChain(id string, entries []audit.Entry) *StatusChain {
	t := &StatusChain{id: id}
	for _, e := range entries {
		t.entry(e)
	}
	return t
}

// Trust takes statuses in that were believed when they were read: a writer's own
// session read them.
func (t *StatusChain) Trust(rows []ethics.SignedStatus) error {
	t.rows = rows
	return t.read()
}

// Measures is how many there are by what was told.
func (t *StatusChain) Measures() int { return len(t.past.Measures) }

// Nearest is the deadline that comes first by what was told.
func (t *StatusChain) Nearest() (day, id string, err error) { return t.nearest() }

// Add takes one more status in.
func (t *StatusChain) Add(s ethics.Status) { t.past.Add(s) }

// Fits refuses a status that a reader would refuse afterwards: a fault of the
// program, or a member whose term ended at this moment, must spoil no case. beside
// are the rows that its entry brings.
func (t *StatusChain) Fits(
	c ethics.Case, in Installation, roster *appoint.Roster, proposals []Proposal, row ethics.SignedStatus, beside []Row,
) (ethics.Status, error) {
	if row.N != len(t.rows) {
		return ethics.Status{}, ethics.ErrSequence
	}
	j := statusRules{
		installation: in.ID, stream: ethics.CaseStream(c.ID), institution: c.Institution,
		roster: roster, proposals: proposals,
		signs: rule(NewLedger(ethics.CaseStream(c.ID)), c, in.SystemVerifier,
			chain{keys: []ReporterKeys{KeysOf(c, nil)}}, roster),
	}
	return t.next(j, row, statusEntry{day: row.Day, rows: beside})
}

// checkStatus reads the chain, and refuses rows that say something else.
func (f *CaseFile) checkStatus(roster *appoint.Roster) error {
	f.statuses.rows = f.Statuses
	f.statuses.rules = statusRules{
		installation: f.Installation.ID, stream: ethics.CaseStream(f.ID), institution: f.Institution,
		signs: f.Rule(roster), roster: roster, proposals: f.Proposals,
	}
	if err := f.statuses.read(); err != nil {
		return err
	}
	if d := f.statuses.compareCopies(f.Case, f.Events, f.Measures); d != nil {
		return d
	}
	f.Events, f.Believed = f.statuses.past.Events, f.statuses.believed
	return nil
}

// Signed checks the chain of statuses and the copies of what it says: for who
// verifies, and has checked the rows.
func (f *CaseFile) Signed(roster *appoint.Roster) error { return f.checkStatus(roster) }

// Signed is the same of a consultation.
func (f *ConsultationFile) Signed(roster *appoint.Roster) error { return f.checkStatus(roster) }

// StatusOf is the status that was stored with an envelope; false where the case
// stood as before.
func (f *CaseFile) StatusOf(envelope string) (BelievedStatus, bool) {
	n := slices.IndexFunc(f.Believed, func(t BelievedStatus) bool { return slices.Contains(t.Envelopes, envelope) })
	if n < 0 {
		return BelievedStatus{}, false
	}
	return f.Believed[n], true
}

// Next is the status that an act on a day begins from: as the case stands, one
// number on, on the past that was read.
func (f *CaseFile) Next(act ethics.Act, day ethics.Day) ethics.Status {
	s := f.CurrentStatus()
	s.N, s.Day, s.Act, s.Seen, s.Policy = len(f.Believed), day, act, payload.Leaf(f.ledger.Seen), ethics.PolicyVersion
	s.Events, s.Measures = nil, nil
	return s
}

// CurrentStatus is the newest status. A CaseFile that was read has one.
func (f *CaseFile) CurrentStatus() ethics.Status { return f.Believed[len(f.Believed)-1].Status }
