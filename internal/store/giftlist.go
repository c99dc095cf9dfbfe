package store

import (
	"slices"
	"strings"

	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// GiftKey is a place in the gift register, which goes from the newest declaration to
// the oldest: the page behind it is meant or, with Back, the page before it. The zero
// key is the beginning.
type GiftKey struct {
	Day, Number string
	Back        bool
}

// PlaceOf is where a declaration stands.
func PlaceOf(g Gift) GiftKey { return GiftKey{Day: g.Day, Number: g.Number} }

// compareGifts is the register's order: newest first.
func compareGifts(a, b Gift) int {
	if c := strings.Compare(b.Day, a.Day); c != 0 {
		return c
	}
	return strings.Compare(b.Number, a.Number)
}

// Gifts are at most so many declarations of some institutions' registers from a
// place on, of one year ("2026") or of all (""). Whatever a register's length, an
// index gives no more rows than a page of each has.
func (tx *ReadTx) Gifts(institutions []string, year string, at GiftKey, limit int) ([]Gift, error) {
	first, last := span(year)
	if at.Back {
		out, err := tx.giftsOf(giftsAhead, institutions, first, last, at, limit)
		return out[max(len(out)-limit, 0):], err
	}
	if at == (GiftKey{}) {
		at.Day = last + "~"
	}
	out, err := tx.giftsOf(giftsBehind, institutions, first, last, at, limit)
	return out[:min(len(out), limit)], err
}

const (
	giftsBehind = `where institution = $1 and day >= $2 and day <= $3 and (day, number) < ($4, $5)
		order by day desc, number desc limit $6`
	giftsAhead = `where institution = $1 and day >= $2 and day <= $3 and (day, number) > ($4, $5)
		order by day, number limit $6`
)

func (tx *ReadTx) giftsOf(
	query string, institutions []string, first, last ethics.Day, at GiftKey, limit int,
) ([]Gift, error) {
	var out []Gift
	for _, place := range institutions {
		some, err := rows(tx.c, record.Gifts, query, place, first, last, at.Day, at.Number, limit)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	slices.SortFunc(out, compareGifts)
	return out, nil
}

// span is a year's first and last day; without a year, all days.
func span(year string) (first, last ethics.Day) {
	if year == "" {
		return "", "9999-12-31"
	}
	return year + "-01-01", year + "-12-31"
}

// CountGifts counts what Gifts lists: all of it, and what comes before a place.
func (tx *ReadTx) CountGifts(institutions []string, year string, at GiftKey) (total, before int, err error) {
	first, last := span(year)
	for _, place := range institutions {
		var n, ahead int
		err := tx.c.one(`select count(*), coalesce(sum(case when (day, number) > ($1, $2) then 1 else 0 end), 0)
			from gift where institution = $3 and day >= $4 and day <= $5`,
			[]any{at.Day, at.Number, place, first, last}, &n, &ahead)
		if err != nil {
			return 0, 0, err
		}
		total, before = total+n, before+ahead
	}
	return total, before, nil
}

// GiftYears are the years of the first declaration and of the last, "" for none.
func (tx *ReadTx) GiftYears(institutions []string) (from, to string, err error) {
	for _, place := range institutions {
		var first, last string
		err := tx.c.one(`select coalesce(min(day), ''), coalesce(max(day), '') from gift where institution = $1`,
			[]any{place}, &first, &last)
		if err != nil {
			return "", "", err
		}
		if len(first) >= 4 && (from == "" || first[:4] < from) {
			from = first[:4]
		}
		if len(last) >= 4 {
			to = max(to, last[:4])
		}
	}
	return from, to, nil
}

// GiftsOn counts the declarations to an institution on a day.
func (tx *ReadTx) GiftsOn(institution string, day ethics.Day) (n int, err error) {
	err = tx.c.one(`select count(*) from gift where institution = $1 and day = $2`, []any{institution, day}, &n)
	return n, err
}
