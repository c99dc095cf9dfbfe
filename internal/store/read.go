package store

import (
	"errors"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// ReadTx reads one consistent state. Rows of the record that it gives are held
// against the log; what is not says so (lists).
type ReadTx struct {
	c      *conn
	s      *Store
	known  int64      // how far this process had followed when the transaction began
	head   audit.Head // this state stands under, when signed is set
	signed []byte
	era    *era     // that it belongs to
	group  *grouped // of a Write: what its group has appended and not signed yet
	reads  map[string]*read
	own    func(record.Row) bool // of a Write: is this a row that it wrote itself
}

// Case finds a case by id.
func (tx *ReadTx) Case(id string) (ethics.Case, error) { return tx.caseBy(`where id = $1`, id) }

// CaseByNumber finds a case by register number.
func (tx *ReadTx) CaseByNumber(number string) (ethics.Case, error) {
	return tx.caseBy(`where number = $1`, number)
}

// HeldCase finds a case by register number for a member with a grant of it;
// ErrNotFound for everybody else. The log is asked for a holder only, and where no
// case has the number the same is looked up: how long an answer takes must not tell
// a case that is not given from none.
func (tx *ReadTx) HeldCase(number, member string) (ethics.Case, error) {
	id, err := tx.numbered(number)
	if err != nil {
		return ethics.Case{}, err
	}
	var grants int
	err = tx.c.one(`select count(*) from case_grant where case_id = $1 and member_id = $2`, []any{id, member}, &grants)
	if err != nil {
		return ethics.Case{}, err
	}
	if grants == 0 {
		return ethics.Case{}, ethics.ErrNotFound
	}
	return tx.CaseByNumber(number)
}

// numbered is the id beside a register number, "" where there is none. It is held
// against nothing.
func (tx *ReadTx) numbered(number string) (string, error) {
	var id string
	err := tx.c.one(`select coalesce(max(id), '') from cases where number = $1`, []any{number}, &id)
	return id, err
}

// CaseByLocator finds a case by the SHA-256 of its locator.
func (tx *ReadTx) CaseByLocator(hash []byte) (ethics.Case, error) {
	return tx.caseBy(`where locator = $1`, hash)
}

func (tx *ReadTx) caseBy(where string, arg any) (ethics.Case, error) {
	c, err := row(tx.c, record.Cases, where, arg)
	if err != nil {
		return c.Case, err
	}
	return c.Case, tx.checkHeldNow(record.Cases.Stream(&c), record.Cases.Row(&c))
}

// checkHeldNow refuses a row that is not in force, or that this transaction has not
// written itself.
func (tx *ReadTx) checkHeldNow(stream string, r record.Row) error {
	l, err := tx.Ledger(stream)
	if err != nil {
		return err
	}
	if !l.Holds(r) && !tx.wrote(r) {
		return notAsLogged(r.Label)
	}
	return nil
}

func (tx *ReadTx) wrote(r record.Row) bool { return tx.own != nil && tx.own(r) }

// Events are a case's events, in order, none missing.
func (tx *ReadTx) Events(caseID string) ([]ethics.Event, error) {
	all, err := ofCase(tx.c, record.Events, caseID)
	if err != nil {
		return nil, err
	}
	var out []ethics.Event
	for n := range all {
		if err := tx.checkHeldNow(ethics.CaseStream(caseID), record.Events.Row(&all[n])); err != nil {
			return nil, err
		}
		out = append(out, all[n].Event)
	}
	return out, nil
}

// Grant is how a member came to a case: the grant that is not renewed.
// ErrNotFound when there is none.
func (tx *ReadTx) Grant(caseID, member string) (Grant, error) {
	g, err := row(tx.c, record.Grants, `where case_id = $1 and member_id = $2 and via <> 'renewed'`, caseID, member)
	if err != nil {
		return g, err
	}
	stream := ethics.CaseStream(caseID)
	if err := tx.checkHeldNow(stream, record.Grants.Row(&g)); err != nil {
		return g, err
	}
	stated, err := rows(tx.c, record.Envelopes, `where case_id = $1 and author = $2 and kind = $3`, caseID,
		member, ethics.KindStatement)
	if err != nil {
		return g, err
	}
	l, err := tx.Ledger(stream)
	for n := range stated {
		e := record.Envelopes.Row(&stated[n])
		g.Stated = g.Stated || l.Holds(e) && l.Follows(e.Label, record.Grants.Label(&g))
	}
	return g, err
}

// CaseFile reads a case. With reporter only what is sealed to the reporter too
// is among the envelopes, and no grants or proposals. ErrUntrusted when the
// case's own row, an epoch, event, grant or proposal is not what the log says.
func (tx *ReadTx) CaseFile(caseID string, reporter bool) (CaseFile, error) {
	var f CaseFile
	c, err := row(tx.c, record.Cases, `where id = $1`, caseID)
	if err != nil {
		return f, err
	}
	f.Case, f.Locator = c.Case, c.Locator
	said, err := tx.stream(ethics.CaseStream(caseID))
	if err == nil {
		err = f.Learn(said.entries, said.ledger)
	}
	if err != nil {
		return f, err
	}
	if f.Installation, err = tx.Installation(); err != nil {
		return f, err
	}
	events, err := tx.fill(&f, reporter)
	if err != nil {
		return f, err
	}
	for n := range events {
		if events[n].N != n {
			return f, notAsLogged(record.Events.Label(&events[n]))
		}
	}
	roster, err := tx.Roster()
	if err != nil {
		return f, err
	}
	return f, f.Check(roster, reporter)
}

// fill reads a case's rows, and gives its events with their places.
func (tx *ReadTx) fill(f *CaseFile, reporter bool) (events []record.Event, err error) {
	var vaults []ethics.Vault
	errs := []error{
		of(tx, record.Codes, f.ID, &f.Codes), of(tx, record.Epochs, f.ID, &f.Epochs),
		of(tx, record.Events, f.ID, &events),
		of(tx, record.Vaults, f.ID, &vaults), of(tx, record.Measures, f.ID, &f.Measures),
		of(tx, record.Envelopes, f.ID, &f.Envelopes),
		of(tx, record.Proposals, f.ID, &f.Proposals), of(tx, record.Statuses, f.ID, &f.Statuses),
	}
	for _, e := range events {
		f.Events = append(f.Events, e.Event)
	}
	if len(vaults) > 0 {
		f.Vault = &vaults[0]
	}
	if !reporter {
		errs = append(errs, of(tx, record.Grants, f.ID, &f.Grants),
			of(tx, record.Shares, f.ID, &f.Shares), of(tx, record.Requests, f.ID, &f.Requests))
	}
	return events, errors.Join(errs...)
}

func of[R any](tx *ReadTx, k *record.Kind[R], caseID string, into *[]R) (err error) {
	*into, err = ofCase(tx.c, k, caseID)
	return err
}

// Vault is a case's vault; ErrNotFound when it has none.
func (tx *ReadTx) Vault(caseID string) (ethics.Vault, error) {
	v, err := row(tx.c, record.Vaults, `where case_id = $1`, caseID)
	if err != nil {
		return v, err
	}
	return v, tx.checkHeldNow(ethics.CaseStream(caseID), record.Vaults.Row(&v))
}

// HasEnvelope tells whether the case of a number has an envelope by this author,
// whose id comes from the case's. As in HeldCase, nothing more is looked up where
// there is such a case than where there is none.
func (tx *ReadTx) HasEnvelope(number, author string, envelope func(caseID string) string) (bool, error) {
	caseID, err := tx.numbered(number)
	if err != nil {
		return false, err
	}
	var n int
	err = tx.c.one(`select count(*) from envelope where case_id = $1 and id = $2 and author = $3`,
		[]any{caseID, envelope(caseID), author}, &n)
	return n > 0, err
}

// Proposal finds a proposal by id.
func (tx *ReadTx) Proposal(id string) (Proposal, error) {
	p, err := row(tx.c, record.Proposals, `where id = $1`, id)
	if err != nil {
		return p, err
	}
	return p, tx.checkHeldNow(ethics.CaseStream(p.Case), record.Proposals.Row(&p))
}
