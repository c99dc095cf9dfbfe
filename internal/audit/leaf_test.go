package audit

import (
	"encoding/binary"
	"errors"
	"fmt"
)

var errFrame = errors.New("audit: malformed frame")

// parseFrame reads what Entry.Frame wrote, and nothing else: that it can be
// written shows that no two entries have one frame.
func parseFrame(b []byte) (Entry, error) {
	r := reader{rest: b}
	if string(r.bytes()) != labelEntry {
		return Entry{}, fmt.Errorf("%w: unknown version", errFrame)
	}
	var e Entry
	e.Generation = r.length()
	e.Index = number(&r)
	e.Day, e.Stream = string(r.bytes()), string(r.bytes())
	e.Number = number(&r)
	copy(e.Prev[:], r.take(len(e.Prev)))
	copy(e.Sum[:], r.take(len(e.Sum)))
	if r.short || len(r.rest) > 0 || e.Index < 0 || e.Number < 0 {
		return Entry{}, errFrame
	}
	return e, nil
}

func number(r *reader) int64 {
	b := r.take(8)
	if b == nil {
		return 0
	}
	return int64(binary.BigEndian.Uint64(b))
}
