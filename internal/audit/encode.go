package audit

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ErrBody says that bytes are not the body of an entry as [Body.Bytes] writes it.
var ErrBody = errors.New("audit: malformed body")

// Bytes is the stored form of a body: version label, number of items (32 bits),
// then name and value of each. Strings are length-prefixed (32 bits), all numbers
// are big endian. It is never empty, so an erased body cannot be taken for one.
// The blinding is kept beside it.
func (b Body) Bytes() []byte {
	items := b.Items()
	out := appendString(nil, labelBody)
	out = appendLength(out, len(items))
	for _, i := range items {
		out = appendString(out, i.Name)
		out = appendBytes(out, i.Value)
	}
	return out
}

// ParseBody reads what [Body.Bytes] wrote, and nothing else: whatever it accepts
// encodes to the same bytes again. Its error is [ErrBody].
func ParseBody(stored, blinding []byte) (Body, error) {
	var b Body
	if len(blinding) != len(b.Blinding) {
		return b, fmt.Errorf("%w: blinding of %d bytes", ErrBody, len(blinding))
	}
	r := reader{rest: stored}
	if string(r.bytes()) != labelBody {
		return b, fmt.Errorf("%w: unknown version", ErrBody)
	}
	var items []Item
	for n := r.length(); n > 0 && !r.short; n-- {
		items = append(items, Item{Name: string(r.bytes()), Value: r.bytes()})
	}
	switch {
	case r.short:
		return b, fmt.Errorf("%w: cut short", ErrBody)
	case len(r.rest) > 0:
		return b, fmt.Errorf("%w: %d bytes behind the end", ErrBody, len(r.rest))
	}
	if err := b.take(items); err != nil {
		return Body{}, err
	}
	copy(b.Blinding[:], blinding)
	return b, nil
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
