package ethics

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestAgain: an act is done again while its case moves, and no other error or answer is.
func TestAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		other := errors.New("other")
		for name, x := range map[string]struct {
			fails []error
			too   []error
			calls int
			err   error
		}{
			"at once":           {nil, nil, 1, nil},
			"after it moved":    {[]error{ErrEpoch, ErrSequence, ErrDay}, nil, 4, nil},
			"another error":     {[]error{ErrEpoch, ErrConflict, ErrEpoch}, nil, 2, ErrConflict},
			"one that is named": {[]error{ErrConflict, other}, []error{ErrConflict}, 2, other},
			"it moves every time": {
				[]error{ErrDay, ErrDay, ErrDay, ErrDay, ErrDay, ErrDay, ErrDay, ErrDay, ErrDay}, nil, 8, ErrBusy,
			},
		} {
			calls, begun := 0, time.Now()
			out, err := Again(func() (int, error) {
				if calls++; calls <= len(x.fails) {
					return 0, x.fails[calls-1]
				}
				return calls, nil
			}, x.too...)
			if calls != x.calls || !errors.Is(err, x.err) || (err == nil) != (out == calls) {
				t.Errorf("%s: %d calls, %d, %v", name, calls, out, err)
			}
			if time.Since(begun) > time.Second {
				t.Errorf("%s: %v", name, time.Since(begun))
			}
		}
	})
}
