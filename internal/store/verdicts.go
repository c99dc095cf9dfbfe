package store

import "svilpe/internal/audit"

// SaveVerdict keeps a copy of a signed verdict for other processes. Nobody has to
// believe what stands there: a reader asks for the log key's signature, and Extends.
func (tx *ScratchTx) SaveVerdict(signed []byte) error {
	return tx.c.run(
		`insert into tmp_verify (id, note) values (1, $1) on conflict (id) do update set note = excluded.note`, signed)
}

// StoredVerdict is that copy as it stands there; ErrNotFound before the first.
func (tx *ReadTx) StoredVerdict() ([]byte, error) {
	var signed []byte
	err := tx.c.one(`select note from tmp_verify where id = 1`, nil, &signed)
	return signed, err
}

// Extends refuses a head that is not of this log: one that the log does not begin
// with. ErrTampered.
func (tx *ReadTx) Extends(older audit.Head) error {
	head, _, err := tx.Head()
	if err != nil {
		return err
	}
	return audit.Extends(older, head, nodeReader{tx.c})
}
