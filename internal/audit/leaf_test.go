package audit

import (
	"encoding/binary"
	"errors"
	"fmt"
)

var errLeaf = errors.New("audit: malformed leaf")

// parseLeaf reads what Entry.Leaf wrote, and nothing else: that it can be
// written shows that no two entries have one leaf.
func parseLeaf(b []byte) (Entry, error) {
	r := reader{rest: b}
	if string(r.bytes()) != labelEntry {
		return Entry{}, fmt.Errorf("%w: unknown version", errLeaf)
	}
	var e Entry
	if index := r.take(8); index != nil {
		e.Index = int64(binary.BigEndian.Uint64(index))
	}
	for _, s := range []*string{&e.ID, &e.Day, &e.Kind, &e.Actor, &e.Case} {
		*s = string(r.bytes())
	}
	var err error
	if e.Items, e.Commitment, err = ParseDetails(r.bytes()); err != nil {
		return Entry{}, fmt.Errorf("%w: %w", errLeaf, err)
	}
	copy(e.Blinding[:], r.take(len(e.Blinding)))
	if r.short || len(r.rest) > 0 || e.Index < 0 {
		return Entry{}, errLeaf
	}
	return e, nil
}
