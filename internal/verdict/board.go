package verdict

import (
	"sync"
	"time"

	"svilpe/internal/ethics"
)

// State is what a reader must know of the record before believing it.
type State string

// How the record stands.
const (
	Sound    State = "sound"
	Checking State = "checking" // the first verification since the start is not done yet
	Damaged  State = "damaged"
	Old      State = "old"     // the last verification is two days old
	Missing  State = "missing" // the first one could not be made
)

// fresh is for how many days a verdict counts. The record is verified nightly, so
// one that is so old tells that a night was missed.
const fresh = 2

// Board is where a running program keeps its newest verdict. Looking at it asks no
// table. Without a board nothing is known: Missing.
type Board struct {
	now   func() time.Time
	begun ethics.Day

	mu         sync.Mutex
	newest     Verdict
	signed     []byte
	lines      []string // what newest counts, more of it than a note names
	ownVerdict bool     // newest was found by this program itself
	failed     bool
}

// NewBoard makes an empty one, when a program starts.
func NewBoard(now func() time.Time) *Board {
	return &Board{now: now, begun: ethics.DayOf(now())}
}

// Post keeps what this program's own verification found, damage by damage.
func (b *Board) Post(v Verdict, signed []byte, damages []string) {
	lines := make([]string, len(damages))
	for i, d := range damages {
		lines[i] = Printable(d)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.newest, b.signed, b.lines, b.ownVerdict = v, signed, lines, true
}

// Recall keeps a verdict that was found before the start, and that the caller has
// held against the log. Only an alarm counts, and until the program's own first
// verdict: anybody can put an old signed «sound» back into the database.
func (b *Board) Recall(v Verdict, signed []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.ownVerdict && !v.Sound() {
		b.newest, b.signed, b.lines = v, signed, v.Lines
	}
}

// Failed tells that a verification could not be made.
func (b *Board) Failed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failed = true
}

// Newest is the newest verdict with its note, false while there is none.
func (b *Board) Newest() (Verdict, []byte, bool) {
	if b == nil {
		return Verdict{}, nil, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.newest, b.signed, len(b.signed) > 0
}

// Damages are all that the newest verdict found and that were named.
func (b *Board) Damages() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lines
}

// State is how the record stands now.
func (b *Board) State() State {
	if b == nil {
		return Missing
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch today := ethics.DayOf(b.now()); {
	case !b.newest.Sound():
		return Damaged
	case !b.ownVerdict && !b.failed && !past(b.begun, today):
		return Checking
	case !b.ownVerdict:
		return Missing
	case past(b.newest.Day, today):
		return Old
	}
	return Sound
}

// past tells whether what was said on a day counts no more.
func past(day, today ethics.Day) bool {
	t, err := time.Parse(time.DateOnly, day)
	return err != nil || t.AddDate(0, 0, fresh).Format(time.DateOnly) <= today
}
