package demo

import (
	"sync"
	"time"
)

// Clock is the clock that a practice instance's services read while its past is
// made: it stands where Set put it, and runs again after Real. Safe for
// concurrent use.
type Clock struct {
	mu    sync.Mutex
	wall  func() time.Time
	fixed time.Time // zero: the wall clock
}

// NewClock gives a clock that runs with the wall clock now.
func NewClock(now func() time.Time) *Clock { return &Clock{wall: now} }

// Now is what the services take for the present.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fixed.IsZero() {
		return c.wall()
	}
	return c.fixed
}

// Set stops the clock at t.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fixed = t
}

// Real lets the clock run with the wall clock again.
func (c *Clock) Real() { c.Set(time.Time{}) }
