package casework

// PageSize is how many rows a page has of a list that strangers lengthen.
const PageSize = 20

// Page is a page of such a list. Newer and Older lead to its neighbours, nil at the
// ends; Before is how many rows stand before it, Total how many there are.
type Page[T, K any] struct {
	Rows          []T
	Newer, Older  *K
	Before, Total int
}

// lister reads a list by keys. Each page is one reading of a row more than it
// shows, and one of the counts.
type lister[T any, K comparable] struct {
	rows  func(at K, limit int) ([]T, error)
	count func(at K) (total, before int, err error)
	place func(T) K
	back  func(*K) *bool
}

// page is the page at a key; the zero key is the first. A key behind the last row,
// or one that leaves a page half empty at the front, gives the first page.
func (l lister[T, K]) page(at K) (Page[T, K], error) {
	var out Page[T, K]
	var first K
	rows, err := l.rows(at, PageSize+1)
	if err == nil && (*l.back(&at) && len(rows) <= PageSize || len(rows) == 0 && at != first) {
		at = first
		rows, err = l.rows(at, PageSize+1)
	}
	if err != nil || len(rows) == 0 {
		return out, err
	}
	if len(rows) > PageSize && *l.back(&at) {
		rows = rows[1:]
	}
	out.Rows = rows[:min(len(rows), PageSize)]
	newer, older := l.place(out.Rows[0]), l.place(out.Rows[len(out.Rows)-1])
	if out.Total, out.Before, err = l.count(newer); err != nil {
		return out, err
	}
	if out.Before > 0 {
		*l.back(&newer) = true
		out.Newer = &newer
	}
	if out.Before+len(out.Rows) < out.Total {
		out.Older = &older
	}
	return out, nil
}

// Influx is how many strangers came on this day, where that is more than usual.
// Full tells that one institution takes no more of them today.
type Influx struct {
	Count int // 0 for no more than usual
	Full  bool
}

// usual is how many a day need no explaining.
const usual = 10

// influx looks at the counts of a day, one an institution.
func (s *Service) influx(counts []int) Influx {
	var out Influx
	for _, n := range counts {
		if n > usual {
			out.Count += n
		}
		out.Full = out.Full || n >= s.Limits.NewADay
	}
	return out
}
