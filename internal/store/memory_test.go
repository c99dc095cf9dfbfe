package store

import (
	"errors"
	"testing"

	"svilpe/internal/audit"
	"svilpe/internal/record"
)

// TestAnEraHoldsWhatCameBehindItsClosing: a state as long as what stands before the
// closing is older than its map, though the tree is the same. Before the first
// closing the empty log is a state too.
func TestAnEraHoldsWhatCameBehindItsClosing(t *testing.T) {
	var m memory
	m.beginEra(0, audit.Frontier{}, audit.Map{}, record.Counters{})
	if _, err := m.of(0); err != nil {
		t.Errorf("the empty log: %v", err)
	}
	var front audit.Frontier
	var entries []audit.Entry
	for n := range int64(64) {
		entries = append(entries, audit.Entry{Index: n, Stream: "filler", Number: n})
		front.Add(audit.LeafHash(entries[n]))
	}
	m.takeAll(entries, map[string]audit.State{}, []byte("head"))
	old, err := m.of(64)
	if err != nil {
		t.Fatal(err)
	}
	m.beginEra(64, front, audit.Map{}, record.Counters{})
	if m.signed != nil {
		t.Error("another head's signature stands for this state")
	}
	m.takeAll([]audit.Entry{{Index: 64, Stream: "days"}}, map[string]audit.State{}, []byte("next"))
	for size, good := range map[int64]bool{0: false, 63: false, 64: false, 65: true, 66: false} {
		e, err := m.of(size)
		if (err == nil) != good || err != nil && !errors.Is(err, errSnapshot) || good && e == old {
			t.Errorf("%d entries: %v", size, err)
		}
		if _, err := m.rootAt(size); (err == nil) != good {
			t.Errorf("root of %d entries: %v", size, err)
		}
	}
	st, err := m.state(nil, old, "filler", 64) // who began before goes on
	if err != nil || st.Count != 64 {
		t.Errorf("%+v %v", st, err)
	}
}
