package store

import (
	"fmt"
	"strings"
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

// rosters keeps the newest verified roster, and the installation as entry 0 has
// it. Statements are only ever added, so their number tells whether the roster is
// still the newest.
type rosters struct {
	sync.Mutex
	founders     [32]byte
	set          bool
	count        int   // statements of the newest
	size         int64 // of the log when it was read
	newest       *appoint.Roster
	installation *Installation
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
	r := &tx.s.rosters
	r.Lock()
	defer r.Unlock()
	if r.newest != nil && r.count == n {
		return r.newest, nil
	}
	head, _, err := tx.Head()
	switch {
	case err != nil:
		return nil, err
	case head.Size == 0 && n == 0:
		return nil, ethics.ErrNotReady
	case r.newest != nil && n < r.count && head.Size < r.size:
		return r.newest, nil // this reader began before the last appointment
	case n < r.count, n == 0:
		return nil, fmt.Errorf("%d statements, %d were here: %w", n, r.count, audit.ErrTampered)
	case !r.set:
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
	in, err := tx.installation()
	if err != nil {
		return nil, err
	}
	if err := foundedHere(roster, in); err != nil {
		return nil, err
	}
	r.newest, r.count, r.size = roster, n, head.Size
	return roster, nil
}

func isStatement(label string) bool { return strings.HasPrefix(label, "statement:") }

// stated checks statements against the log: each has its digest there, each
// that the log names is here, and the founding stands in entry 0. It fills in
// where each stands.
func (tx *ReadTx) stated(statements []appoint.Statement) error {
	entries, err := tx.plainEntries()
	if err != nil {
		return err
	}
	if len(entries) == 0 || entries[0].Index != 0 {
		return fmt.Errorf("no entry 0: %w", audit.ErrTampered)
	}
	left, first := Digests(entries), Digests(entries[:1])
	by := storing(entries)
	for n, s := range statements {
		i, _, err := statementItem(n, s)
		if err != nil {
			return err
		}
		if left[i.Label] != i.Digest || n == 0 && first[i.Label] != i.Digest {
			return fmt.Errorf("statement %s: %w", s.ID, audit.ErrTampered)
		}
		if err := placed(&statements[n], by[i.Label]); err != nil {
			return err
		}
		delete(left, i.Label)
	}
	for label, d := range left {
		if isStatement(label) && d != (audit.Digest{}) {
			return fmt.Errorf("%s has no row: %w", label, audit.ErrTampered)
		}
	}
	return nil
}

// Installation reads it; ErrNotFound before init. After the founding it is the
// one that entry 0 holds the digest of, or ErrTampered: every locator comes from
// its salt, and every signature names its id.
func (tx *ReadTx) Installation() (Installation, error) {
	tx.s.rosters.Lock()
	defer tx.s.rosters.Unlock()
	return tx.installation()
}

// installation is Installation for who holds the lock.
func (tx *ReadTx) installation() (Installation, error) {
	r := &tx.s.rosters
	if r.installation != nil {
		return *r.installation, nil
	}
	in, err := tx.installationRow()
	if err != nil {
		return in, err
	}
	first, head, err := tx.entries(`where idx = 0`)
	if err != nil || head.Size == 0 {
		return in, err
	}
	i := installationItem(in)
	if Digests(first)[i.Label] != i.Digest {
		return Installation{}, fmt.Errorf("installation: %w", audit.ErrTampered)
	}
	r.installation = &in
	return in, nil
}
