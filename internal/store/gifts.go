package store

import "svilpe/internal/record"

// Gift finds a declaration by id; ErrNotFound otherwise.
func (tx *ReadTx) Gift(id string) (Gift, error) { return row(tx.c, record.Gifts, `where id = $1`, id) }

// LoggedGifts tells, by id, which of these rows are what the log says: each has a
// stream of its own, so that nobody's declaration makes another's dearer.
func (tx *ReadTx) LoggedGifts(all []Gift) (map[string]bool, error) {
	out := map[string]bool{}
	for n := range all {
		l, err := tx.Ledger(record.Gifts.Stream(&all[n]))
		if err != nil {
			return nil, err
		}
		out[all[n].ID] = l.Holds(record.Gifts.Row(&all[n])) && l.On(record.Gifts.Label(&all[n]), all[n].Day)
	}
	return out, nil
}
