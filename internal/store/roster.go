package store

import (
	"fmt"
	"sync"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// Kinds of entries that carry statements.
const (
	KindFounded     = "founded"
	KindAppointed   = "appointed"
	KindInstitution = "institution_stated"
)

// rosters keeps the newest verified roster. Statements are only ever added, so
// their number tells whether it is still the newest.
type rosters struct {
	sync.Mutex
	founders [32]byte
	set      bool
	count    int
	newest   *appoint.Roster
}

// SetFounders gives the digest that keys/founders holds. Until then, and with a
// founding of another digest, there is no roster and nothing is sealed.
func (s *Store) SetFounders(digest [32]byte) {
	s.rosters.Lock()
	defer s.rosters.Unlock()
	s.rosters.founders, s.rosters.set, s.rosters.newest = digest, true, nil
}

// Founders is the digest given to SetFounders, nil before.
func (s *Store) Founders() *[32]byte {
	s.rosters.Lock()
	defer s.rosters.Unlock()
	if !s.rosters.set {
		return nil
	}
	digest := s.rosters.founders
	return &digest
}

// Roster is who has been appointed, verified up to the founders and against the
// log. ErrNotReady before the founding; any other error means: fail closed.
func (tx *ReadTx) Roster() (*appoint.Roster, error) {
	n, err := tx.StatementCount()
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, ethics.ErrNotReady
	}
	r := &tx.s.rosters
	r.Lock()
	defer r.Unlock()
	if r.newest != nil && r.count == n {
		return r.newest, nil
	}
	if !r.set {
		return nil, fmt.Errorf("%w: no digest in keys", appoint.ErrFounders)
	}
	statements, err := tx.Statements()
	if err != nil {
		return nil, err
	}
	if err := tx.stated(statements); err != nil {
		return nil, err
	}
	roster, err := appoint.Read(r.founders, statements)
	if err != nil {
		return nil, err
	}
	r.newest, r.count = roster, n
	return roster, nil
}

// stated checks that each statement's digest stands in an entry of the log.
func (tx *ReadTx) stated(statements []appoint.Statement) error {
	entries, err := tx.entries(`where case_id = '' and kind in ('` + KindFounded + `', '` + KindAppointed + `', '` + KindInstitution + `') order by idx`)
	if err != nil {
		return err
	}
	known := Digests(entries)
	for n, s := range statements {
		i, _, err := statementItem(n, s)
		if err != nil {
			return err
		}
		if known[i.Label] != i.Digest {
			return fmt.Errorf("statement %s: %w", s.ID, audit.ErrTampered)
		}
	}
	return nil
}
