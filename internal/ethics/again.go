package ethics

import (
	"errors"
	"slices"
	"time"
)

// tries is how often an act is done before its case counts as busy.
const tries = 8

// SealAgain tells that a text only has to be sealed once more: the case, or the
// day, moved while it was written.
func SealAgain(err error) bool {
	return errors.Is(err, ErrEpoch) || errors.Is(err, ErrSequence) || errors.Is(err, ErrDay)
}

// Again does an act, and once more where what it was built on moved meanwhile:
// SealAgain, or one of these errors too. ErrBusy when it moved every time. Before each
// new try it waits a moment, a longer one each time: many who write at once in one case
// would else meet again.
func Again[T any](act func() (T, error), too ...error) (T, error) {
	for n := range tries {
		out, err := act()
		if !SealAgain(err) && !slices.ContainsFunc(too, func(x error) bool { return errors.Is(err, x) }) {
			return out, err
		}
		longest := time.Duration(n*n+1) * time.Millisecond
		time.Sleep(time.Duration(time.Now().UnixNano()) % longest) // scattered, no secret
	}
	var none T
	return none, ErrBusy
}
