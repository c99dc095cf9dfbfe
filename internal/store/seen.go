package store

import (
	"fmt"
	"sync"

	"svilpe/internal/audit"
)

// maxSeen bounds what a process remembers of cases to about 2 MiB. One that is
// forgotten is only checked a little less until it is seen again.
const maxSeen = 1 << 14

// seen remembers how far each case had come, as this process saw it committed:
// an entry that is taken away with its rows leaves nothing else to miss it by,
// until the whole tree is read again.
type seen struct {
	mu    sync.Mutex
	cases map[string]progress
}

// progress is a case's newest entry, and how many there were up to it, at least.
type progress struct{ last, count int64 }

// check holds a case's entries, in order, against what was seen, and learns from
// them. size is that of the head they stand under: what came later than that is
// no concern of a reader who began earlier.
func (s *seen) check(caseID string, entries []audit.Entry, size int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	had, known := s.cases[caseID]
	now, upTo, there := progress{last: -1}, int64(0), false
	for _, e := range entries {
		if e.Index >= size {
			break // this transaction's own
		}
		now.last, now.count = e.Index, now.count+1
		if e.Index <= had.last {
			upTo++
		}
		there = there || e.Index == had.last
	}
	if known && had.last < size && (!there || upTo < had.count) {
		return fmt.Errorf("entries of a case are gone: %w", audit.ErrTampered)
	}
	if now.last >= 0 && (!known || now.last >= had.last) {
		s.put(caseID, now)
	}
	return nil
}

// wrote learns of an entry that was just committed.
func (s *seen) wrote(caseID string, index int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	had := s.cases[caseID]
	if had.count > 0 && index <= had.last {
		return // a reader was faster
	}
	s.put(caseID, progress{last: index, count: had.count + 1})
}

func (s *seen) put(caseID string, p progress) {
	if s.cases == nil {
		s.cases = map[string]progress{}
	}
	if _, known := s.cases[caseID]; !known && len(s.cases) >= maxSeen {
		for id := range s.cases {
			delete(s.cases, id)
			break
		}
	}
	s.cases[caseID] = p
}
