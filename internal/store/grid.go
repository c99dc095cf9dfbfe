package store

import "time"

// Rows hold no time of a person that is finer than these. An exact one beside a
// reporter's act would date that act: pages of the database and its write-ahead
// log are written in order.
const (
	grid   = 5 * time.Minute // of visits and invitations
	minute = time.Minute     // of delays at signing in, which are counted in minutes
)

// OnGrid is the first time on the grid that is not before this one (unix ms). A
// limit counted from it ends no visit early, and none later than the grid.
func OnGrid(ms int64) int64 { return upTo(ms, grid) }

func upTo(ms int64, step time.Duration) int64 {
	n := step.Milliseconds()
	return (ms + n - 1) / n * n
}

// onMinute is where a delay ends: no sooner than it should, and a delay that is
// none stays none.
func onMinute(end, now int64) int64 {
	if end > now {
		return upTo(end, minute)
	}
	return end / minute.Milliseconds() * minute.Milliseconds()
}
