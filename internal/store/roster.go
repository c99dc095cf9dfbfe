package store

import (
	"fmt"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// SetFounders gives the digest that keys/founders holds. Until then, and with a
// founding of another digest, there is no roster and nothing is sealed.
func (s *Store) SetFounders(digest [32]byte) {
	r := &s.memory.rosters
	r.Lock()
	defer r.Unlock()
	r.founders, r.set, r.newest = digest, true, nil
}

// Founders is the digest given to SetFounders, nil before.
func (s *Store) Founders() *[32]byte {
	r := &s.memory.rosters
	r.Lock()
	defer r.Unlock()
	if !r.set {
		return nil
	}
	digest := r.founders
	return &digest
}

// Roster is who has been appointed, verified up to the founders and against the
// log. ErrNotReady before the founding; any other error means: fail closed.
func (tx *ReadTx) Roster() (*appoint.Roster, error) {
	st, err := tx.state(ethics.StreamRoster)
	if err != nil {
		return nil, err
	}
	r := &tx.s.memory.rosters
	r.Lock()
	defer r.Unlock()
	switch {
	case r.newest != nil && r.state == st:
		return r.newest, nil
	case st.Count == 0:
		if n, err := tx.StatementCount(); err != nil || n > 0 {
			return nil, fmt.Errorf("%d statements before the founding: %w", n, audit.ErrTampered)
		}
		return nil, ethics.ErrNotReady
	case !r.set:
		return nil, fmt.Errorf("%w: no digest in keys", appoint.ErrFounders)
	}
	statements, err := tx.Statements()
	if err != nil {
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
	if err := record.FoundedHere(roster, in); err != nil {
		return nil, err
	}
	if r.newest == nil || st.Count > r.state.Count { // else this reader began before the last appointment
		r.newest, r.state = roster, st
	}
	return roster, nil
}

// stated checks statements against the log, and tells each where it stands: each has
// its digest there, each that the log names is here, and the founding stands in
// entry 0.
func (tx *ReadTx) stated(all []record.Stated) ([]appoint.Statement, error) {
	l, err := tx.Ledger(ethics.StreamRoster)
	if err != nil {
		return nil, err
	}
	var out []appoint.Statement
	for n := range all {
		if err := l.Place(&all[n], n); err != nil {
			return nil, err
		}
		out = append(out, all[n].Statement)
	}
	if named := len(l.OfKind(record.Statements.Name)); named != len(all) {
		return nil, fmt.Errorf("%d statements, the log has %d: %w", len(all), named, audit.ErrTampered)
	}
	return out, nil
}

// Installation reads it; ErrNotFound before init. After the founding it is the
// one that entry 0 holds the digest of, or ErrTampered: every locator comes from
// its salt, and every signature names its id.
func (tx *ReadTx) Installation() (Installation, error) {
	tx.s.memory.rosters.Lock()
	defer tx.s.memory.rosters.Unlock()
	return tx.installation()
}

// installation is Installation for who holds the lock.
func (tx *ReadTx) installation() (Installation, error) {
	r := &tx.s.memory.rosters
	if r.installation != nil {
		return *r.installation, nil
	}
	in, err := row(tx.c, record.Installations, `where id = 1`)
	if err != nil {
		return in, err
	}
	st, err := tx.state(ethics.StreamRoster)
	if err != nil || st.Count == 0 {
		return in, err
	}
	l, err := tx.Ledger(ethics.StreamRoster)
	if err != nil {
		return in, err
	}
	i := record.Installations.Row(&in)
	if l.Born[i.Label] != 0 || !l.Holds(i) {
		return Installation{}, fmt.Errorf("installation: %w", audit.ErrTampered)
	}
	if tx.group == nil {
		r.installation = &in
	}
	return in, nil
}
