package store

import (
	"errors"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// Gift is a declaration in an institution's gift register as its row holds it.
type Gift struct {
	ID, Institution, Number string
	Verifier                []byte // Ed25519 key of this declaration alone
	Day                     ethics.Day
	Sealed                  []byte // one age file to the responsible persons of the day
}

func giftItem(g Gift) audit.Item {
	return item("gift:"+g.ID, g.ID, g.Institution, g.Number, g.Verifier, g.Day, g.Sealed)
}

const giftColumns = `select id, institution, number, verifier, day, sealed from gift `

func giftFields(g *Gift) []any {
	return []any{&g.ID, &g.Institution, &g.Number, &g.Verifier, &g.Day, &g.Sealed}
}

// AddGift stores a declaration. ErrExists when the same form was sent before,
// ErrBusy when its register number is taken.
func (tx *Tx) AddGift(g Gift) error {
	if _, err := tx.Gift(g.ID); !errors.Is(err, ethics.ErrNotFound) {
		return errors.Join(ethics.ErrExists, err)
	}
	var taken int
	if err := tx.c.one(`select count(*) from gift where number = $1`, []any{g.Number}, &taken); err != nil {
		return err
	}
	if taken > 0 {
		return ethics.ErrBusy
	}
	if err := tx.dated(g.Day); err != nil {
		return err
	}
	err := tx.c.run(`insert into gift (id, institution, number, verifier, day, sealed) values ($1, $2, $3, $4, $5, $6)`,
		g.ID, g.Institution, g.Number, g.Verifier, g.Day, g.Sealed)
	if err != nil {
		return err
	}
	return tx.noteNew("", giftItem(g))
}

// Gift finds a declaration by id; ErrNotFound otherwise.
func (tx *ReadTx) Gift(id string) (Gift, error) {
	var g Gift
	return g, tx.c.one(giftColumns+`where id = $1`, []any{id}, giftFields(&g)...)
}

// Gifts are an institution's declarations, newest first.
func (tx *ReadTx) Gifts(institution string, limit int) ([]Gift, error) {
	var out []Gift
	err := tx.c.each(giftColumns+`where institution = $1 order by day desc, number limit $2`, []any{institution, limit}, func(scan func(...any) error) error {
		var g Gift
		err := scan(giftFields(&g)...)
		out = append(out, g)
		return err
	})
	return out, err
}

// LoggedGifts tells, by id, which of these rows are what the log says, and of the
// day on which it says so.
func (tx *ReadTx) LoggedGifts(rows []Gift) (map[string]bool, error) {
	entries, err := tx.plainEntries()
	if err != nil {
		return nil, err
	}
	digests, out := Digests(entries), map[string]bool{}
	var past past
	for _, e := range entries {
		past.entry(e)
	}
	for _, g := range rows {
		i := giftItem(g)
		out[g.ID] = digests[i.Label] == i.Digest && past.on(i.Label, g.Day)
	}
	return out, nil
}

// CountGifts counts an institution's declarations of a year, "2026".
func (tx *ReadTx) CountGifts(institution, year string) (n int, err error) {
	err = tx.c.one(`select count(*) from gift where institution = $1 and substr(day, 1, 4) = $2`, []any{institution, year}, &n)
	return n, err
}

// gifts checks the rows of the gift register.
func (v *verification) gifts() error {
	return v.c.each(giftColumns+`order by id`, nil, func(scan func(...any) error) error {
		var g Gift
		if err := scan(giftFields(&g)...); err != nil {
			return err
		}
		return v.plain(giftItem(g), g.Day)
	})
}
