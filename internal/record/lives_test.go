package record

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// model is a second, plainer telling of what a label may go through: "" before,
// "-" after, else the digest in force.
type model map[string]string

func (m model) take(act audit.EntryKind, changes []audit.Change) bool {
	for _, c := range changes {
		now, old := m[c.Label], string(c.Old[:])
		switch {
		case c.Op == audit.Added && now == "":
			m[c.Label] = string(c.New[:])
		case c.Op == audit.Renewed && now == old && mayRenew(KindOf(c.Label), act):
			m[c.Label] = string(c.New[:])
		case c.Op == audit.Ended && now == old && slices.Contains(endable[KindOf(c.Label)], act):
			m[c.Label] = "-"
		default:
			return false
		}
	}
	return true
}

func mayRenew(kind string, act audit.EntryKind) bool {
	by, may := renewable[kind]
	return may && (by == "" || by == act)
}

var everyOp = []audit.Op{audit.Added, audit.Renewed, audit.Ended}

// TestNoLabelLivesTwice: whatever is tried, in whatever entries, the Ledger takes
// what the rules say and nothing else; and in what it took no label was ever added
// twice, or borne after its end.
func TestNoLabelLivesTwice(t *testing.T) {
	labels := []string{"case:1", "envelope:1", "envelope:2", "keys:1", "proposal:1", "grant:1/" + anna + "/1"}
	rapid.Check(t, func(t *rapid.T) {
		stream := ethics.CaseStream("1")
		ledger, told := NewLedger(stream), model{}
		var taken []audit.Entry
		for n := range rapid.IntRange(1, 40).Draw(t, "entries") {
			e := audit.Entry{Index: int64(n), Number: int64(len(taken)), Stream: stream, Day: "2026-11-22"}
			e.Kind = rapid.SampledFrom([]audit.EntryKind{"step", KindNewCode, KindRemoved, KindSealedOff}).
				Draw(t, "act")
			for range rapid.IntRange(1, 3).Draw(t, "changes") {
				e.Changes = append(e.Changes, audit.Change{
					Label: rapid.SampledFrom(labels).Draw(t, "label"), Op: rapid.SampledFrom(everyOp).Draw(t, "op"),
					Old: digest(rapid.IntRange(0, 2).Draw(t, "old")), New: digest(rapid.IntRange(0, 2).Draw(t, "new")),
				})
			}
			next := maps.Clone(told)
			allowed := next.take(e.Kind, e.Changes)
			if err := ledger.Take(e); (err == nil) != allowed {
				t.Fatalf("entry %d, allowed: %v, the Ledger says: %v", n, allowed, err)
			}
			if allowed {
				told, taken = next, append(taken, e)
			} else {
				ledger = replay(t, stream, taken)
			}
		}
		oneLife(t, taken)
		holds(t, ledger, told)
	})
}

// replay is what another reader makes of the entries that were taken.
func replay(t *rapid.T, stream string, taken []audit.Entry) *Ledger {
	l := NewLedger(stream)
	for _, e := range taken {
		if err := l.Take(e); err != nil {
			t.Fatalf("taken before, and refused now: %v", err)
		}
	}
	return l
}

func oneLife(t *rapid.T, taken []audit.Entry) {
	ops := map[string][]audit.Op{}
	for _, e := range taken {
		for _, c := range e.Changes {
			ops[c.Label] = append(ops[c.Label], c.Op)
		}
	}
	for label, all := range ops {
		if all[0] != audit.Added || slices.Contains(all[1:], audit.Added) {
			t.Fatalf("%s had two lives: %s", label, all)
		}
		if end := slices.Index(all, audit.Ended); end >= 0 && end != len(all)-1 {
			t.Fatalf("%s went on after its end: %s", label, all)
		}
	}
}

// holds: what is in force is what the model says, and nothing else.
func holds(t *rapid.T, l *Ledger, told model) {
	live := 0
	for label, now := range told {
		if len(now) > 1 {
			live++
			if !l.Holds(Row{label, audit.Digest([]byte(now))}) {
				t.Fatalf("%s is not in force", label)
			}
		} else if !l.Ended[label] {
			t.Fatalf("%s has not ended", label)
		}
	}
	if len(l.Live) != live {
		t.Fatalf("%d labels in force, want %d", len(l.Live), live)
	}
}
