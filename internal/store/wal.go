package store

import (
	"context"
	"os"
	"time"
)

// The write-ahead log holds pages in the order in which they were written, old
// versions of rows too: until it is cut it tells what came before what. So it is
// cut to nothing when nobody has written for a while, and while people write all
// the same from time to time.

// pace is how often that is looked at, and when it is done.
type pace struct {
	every   time.Duration
	quiet   time.Duration // after the last write
	longest time.Duration // after the first one since the last cut, where readers allow
}

var usualPace = pace{every: time.Second, quiet: 5 * time.Second, longest: time.Minute}

// cutter follows the write-ahead log from one look to the next.
type cutter struct {
	size     int64
	modified time.Time
	begun    time.Time // when it was first seen to hold something
	wrote    time.Time // when it was last seen to have changed
}

// due tells whether the log holds something, and whether it has to be cut now.
func (c *cutter) due(path string, now time.Time, p pace) (holds, due bool) {
	at, err := os.Stat(path + "-wal")
	if err != nil || at.Size() == 0 {
		*c = cutter{}
		return false, false
	}
	if c.begun.IsZero() {
		c.begun = now
	}
	if at.Size() != c.size || !at.ModTime().Equal(c.modified) {
		c.size, c.modified, c.wrote = at.Size(), at.ModTime(), now
	}
	return true, now.Sub(c.wrote) >= p.quiet || now.Sub(c.begun) >= p.longest
}

// checkpoints copies the write-ahead log into the database, off the write path,
// and cuts it at its pace. After a session was dropped it is cut at once, as soon
// as nobody reads: until then it still holds the row. That mark is set inside the
// dropping transaction, and nothing is cut before that ends.
func (s *Store) checkpoints() {
	defer s.done.Done()
	t := time.NewTicker(s.pace.every)
	defer t.Stop()
	var c cutter
	for {
		select {
		case <-s.closed:
			return
		case now := <-t.C:
			holds, due := c.due(s.path, now, s.pace)
			if !holds {
				continue
			}
			// What is copied here need not be copied while writers wait.
			s.Checkpointed(context.Background(), "passive")
			left := s.leaving.Swap(false)
			if (left || due) && !s.Checkpointed(context.Background(), "truncate") && left {
				s.leaving.Store(true)
			}
		}
	}
}
