package store

import (
	"errors"
	"sort"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// memory is everything that a process remembers of the record: the head it has
// followed, how far each stream came since the last closed day, the roots of the
// map under that closing, the counters, the roster. All of it was proven from the
// signed head, and can be proven again, so another process on the same database
// needs to be told nothing.
//
// What happened since the closing is kept by place in the tree, so that a reader
// whose snapshot is a little older asks for the state as of its own size.
type memory struct {
	mu     sync.RWMutex
	signed []byte // the newest head; nil where it has to be followed anew
	front  audit.Frontier
	day    ethics.Day // of the newest entry; days never fall
	right  ethics.Day // on which somebody looked at the clock
	*era
	rosters rosters
}

// era is what follows one closing. A reader keeps the one that it began in: when
// the next day is closed meanwhile, its snapshot still has the old map.
type era struct {
	base      int64 // index of the closing's entry: its map holds what stands before
	baseFront audit.Frontier
	buckets   audit.Map
	counters  record.Counters    // at base
	leaves    []tlog.Hash        // from base on
	grown     map[string]*growth // streams that grew since
	counted   map[string][]count // changes of counters since
	erased    map[string]int64   // streams erased since: number of the entry «erased»

	proven map[string]audit.State // of streams that did not grow, each proven by its bucket's root
}

// provenMost bounds era.proven: some 2 MB.
const provenMost = 1 << 14

// growth is a stream since the closing: its state then, and the places of what
// came since.
type growth struct {
	before audit.State
	places []int64
}

type count struct{ index, by int64 }

// errSnapshot says that a reader's snapshot is older than the closing that this
// process follows: it begins again.
var errSnapshot = errors.New("store: a snapshot from before the last closed day")

// size is how many entries were followed.
func (m *memory) size() int64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.front.Size
}

// edge is where the process stands: the tree's frontier, the newest day, the era.
type edge struct {
	front audit.Frontier
	day   ethics.Day
	era   *era
}

func (m *memory) edge() edge {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return edge{m.front.Clone(), m.day, m.era}
}

// grownAt are the streams that grew in an era: how far each had come under the first
// size entries, and at the era's closing.
func (m *memory) grownAt(e *era, size int64) map[string]reach {
	m.mu.RLock()
	defer m.mu.RUnlock()
	out := map[string]reach{}
	for stream, g := range e.grown {
		if n := sort.Search(len(g.places), func(i int) bool { return g.places[i] >= size }); n > 0 {
			out[stream] = reach{
				before: g.before,
				now:    audit.State{Count: g.before.Count + int64(n), Last: e.leaves[g.places[n-1]-e.base]},
			}
		}
	}
	return out
}

// lastDay is the newest entry's, "" before the first.
func (m *memory) lastDay() ethics.Day {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.day
}

// of is the era of a state of size entries: errSnapshot where it is older than the
// one that the process follows.
func (m *memory) of(size int64) (*era, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if !m.covers(size) {
		return nil, errSnapshot
	}
	return m.era, nil
}

// covers tells whether a state of size entries belongs to this era. The closing's own
// entry is its first, and its map is stored beside it.
func (e *era) covers(size int64) bool {
	return size > e.base && size <= e.base+int64(len(e.leaves)) || e.base == 0 && size == 0
}

// state is how far a stream had come under the first size entries of an era. What did
// not grow since its closing is read from the table, and proven by its bucket's root,
// once in an era: the map of a closing never changes.
func (m *memory) state(c *conn, e *era, stream string, size int64) (audit.State, error) {
	m.mu.RLock()
	if g := e.grown[stream]; g != nil {
		defer m.mu.RUnlock()
		n := sort.Search(len(g.places), func(i int) bool { return g.places[i] >= size })
		if n == 0 {
			return g.before, nil
		}
		return audit.State{Count: g.before.Count + int64(n), Last: e.leaves[g.places[n-1]-e.base]}, nil
	}
	st, proven := e.proven[stream]
	root := e.buckets.Of(audit.Bucket(stream))
	m.mu.RUnlock()
	if proven {
		return st, nil
	}
	st, err := closedState(c, stream, root)
	if err == nil && st.Count > 0 { // one may ask for any number of those that are not there
		m.mu.Lock()
		defer m.mu.Unlock()
		if len(e.proven) == provenMost {
			clear(e.proven)
		}
		e.proven[stream] = st
	}
	return st, err
}

// present is the era now.
func (m *memory) present() *era {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.era
}

// counter is a counter's value under the first size entries of an era.
func (m *memory) counter(e *era, name string, size int64) int64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	n := e.counters[name]
	for _, c := range e.counted[name] {
		if c.index < size {
			n += c.by
		}
	}
	return n
}

// countersAt are all of them under the first size entries of an era.
func (m *memory) countersAt(e *era, size int64) record.Counters {
	m.mu.RLock()
	defer m.mu.RUnlock()
	all := record.Counters{}
	all.Add(e.counters)
	for name, changes := range e.counted {
		for _, c := range changes {
			if c.index < size {
				all.Add(record.Counters{name: c.by})
			}
		}
	}
	return all
}

// takeAll remembers entries that were proven to stand behind what is known, with
// the head over them. What a reader was faster to follow is passed over.
func (m *memory) takeAll(entries []audit.Entry, before map[string]audit.State, signed []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range entries {
		if e.Index != m.front.Size {
			continue
		}
		m.take(e, before)
	}
	if n := len(entries); n > 0 && entries[n-1].Index+1 == m.front.Size {
		m.signed = signed
	}
}

func (m *memory) take(e audit.Entry, before map[string]audit.State) {
	leaf := audit.LeafHash(e)
	m.front.Add(leaf)
	m.leaves, m.day = append(m.leaves, leaf), e.Day
	g := m.grown[e.Stream]
	if g == nil {
		g = &growth{before: before[e.Stream]}
		m.grown[e.Stream] = g
	}
	g.places = append(g.places, e.Index)
	for name, by := range record.Counted(e) {
		m.counted[name] = append(m.counted[name], count{e.Index, by})
	}
	if record.Erases(e) {
		m.erased[e.Stream] = e.Number
	}
}

// beginEra begins with a closing: what stands before it is in the map.
func (m *memory) beginEra(base int64, front audit.Frontier, buckets audit.Map, counters record.Counters) {
	m.signed, m.front = nil, front.Clone()
	m.era = &era{
		base: base, baseFront: front.Clone(), buckets: buckets, counters: counters,
		grown: map[string]*growth{}, counted: map[string][]count{}, erased: map[string]int64{},
		proven: map[string]audit.State{},
	}
}

// rosters keeps the newest verified roster, and the installation as entry 0 has
// it. The state of the stream tells whether the roster is still the newest.
type rosters struct {
	sync.Mutex
	founders     [32]byte
	set          bool
	state        audit.State // of the stream that newest was read from
	newest       *appoint.Roster
	installation *Installation
}
