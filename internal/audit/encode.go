package audit

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ErrDetails says that bytes are not the details of an entry as
// [Entry.Details] writes them.
var ErrDetails = errors.New("audit: malformed details")

// Details is the part of an entry that an erasure may blank: items and
// commitment, encoded as version label, number of items (32 bits), for each
// label and 32 bytes of digest, then the commitment. Strings are
// length-prefixed (32 bits), all numbers are big endian. It is never empty, so
// blank details cannot be taken for an entry without items.
func (e Entry) Details() []byte {
	b := appendString(nil, labelDetails)
	b = appendLength(b, len(e.Items))
	for _, it := range e.Items {
		b = appendString(b, it.Label)
		b = append(b, it.Digest[:]...)
	}
	return appendBytes(b, e.Commitment)
}

// ParseDetails reads what [Entry.Details] wrote, and nothing else: whatever it
// accepts encodes to the same bytes again. Its error is [ErrDetails].
func ParseDetails(b []byte) (items []Item, commitment []byte, err error) {
	r := reader{rest: b}
	if string(r.bytes()) != labelDetails {
		return nil, nil, fmt.Errorf("%w: unknown version", ErrDetails)
	}
	for n := r.length(); n > 0 && !r.short; n-- {
		it := Item{Label: string(r.bytes())}
		copy(it.Digest[:], r.take(len(it.Digest)))
		items = append(items, it)
	}
	if c := r.bytes(); len(c) > 0 {
		commitment = append([]byte(nil), c...)
	}
	switch {
	case r.short:
		return nil, nil, fmt.Errorf("%w: cut short", ErrDetails)
	case len(r.rest) > 0:
		return nil, nil, fmt.Errorf("%w: %d bytes behind the end", ErrDetails, len(r.rest))
	}
	return items, commitment, nil
}

func appendLength(b []byte, n int) []byte {
	if n > math.MaxUint32 {
		panic("audit: a field of more than 4 GiB")
	}
	return binary.BigEndian.AppendUint32(b, uint32(n))
}

func appendIndex(b []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(n))
}

func appendBytes(b, field []byte) []byte {
	return append(appendLength(b, len(field)), field...)
}

func appendString(b []byte, field string) []byte {
	return append(appendLength(b, len(field)), field...)
}

// reader takes length-prefixed fields off the front of rest. After the first
// field that is not there, short stays true and every field is empty; nothing
// is allocated from a length that was only claimed.
type reader struct {
	rest  []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if r.short || n > len(r.rest) {
		r.short = true
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) length() int {
	b := r.take(4)
	if b == nil {
		return 0
	}
	return int(binary.BigEndian.Uint32(b))
}

func (r *reader) bytes() []byte {
	return r.take(r.length())
}
