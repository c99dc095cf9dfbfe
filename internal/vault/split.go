package vault

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"

	"svilpe/internal/derive"
)

// Two of n by pads: for each pair of holders the secret is cut into a random pad
// and the secret xor that pad, and each of the two gets one half. What one holder
// has are independent random bytes, whatever the secret: nothing can be computed
// from them, with any machine (Shannon's one-time pad, once a pair). Any two have
// the two halves of their own pair. ADR 0029 says why not Shamir's scheme.
//
// A share is written as its place (from 0) and the number of places, a byte each,
// then 32 bytes for each other place, in order.

const (
	half      = 32
	mostParts = 64
)

// parts is a share as it is used: its place, and the half for each other place.
type parts struct {
	place, n int
	halves   map[int][]byte
}

// split cuts a secret into n shares.
func split(secret derive.Secret, n int) ([][]byte, error) {
	if n < Least || n > mostParts {
		return nil, fmt.Errorf("%w: %d holders", ErrShare, n)
	}
	all := make([]parts, n)
	for i := range all {
		all[i] = parts{i, n, map[int][]byte{}}
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			pad, rest := make([]byte, half), make([]byte, half)
			_, _ = rand.Read(pad) // never fails since Go 1.24: it ends the program instead
			subtle.XORBytes(rest, secret[:], pad)
			all[i].halves[j], all[j].halves[i] = pad, rest
		}
	}
	out := make([][]byte, n)
	for i, p := range all {
		out[i] = p.write()
	}
	return out, nil
}

// join gives the secret back from two shares of different places. Two shares of
// different secrets give a third one: the caller knows what it must be.
func join(one, other []byte) (derive.Secret, error) {
	a, err := parse(one)
	if err != nil {
		return derive.Secret{}, err
	}
	b, err := parse(other)
	if err != nil {
		return derive.Secret{}, err
	}
	if a.place == b.place || a.n != b.n {
		return derive.Secret{}, fmt.Errorf("%w: places %d and %d of %d and %d", ErrShare, a.place, b.place, a.n, b.n)
	}
	var secret derive.Secret
	subtle.XORBytes(secret[:], a.halves[b.place], b.halves[a.place])
	return secret, nil
}

func (p parts) write() []byte {
	out := []byte{byte(p.place), byte(p.n)}
	for i := range p.n {
		out = append(out, p.halves[i]...) // none for its own place
	}
	return out
}

// parse reads strictly: what it takes, write would have written.
func parse(raw []byte) (parts, error) {
	if len(raw) < 2 {
		return parts{}, fmt.Errorf("%w: %d bytes", ErrShare, len(raw))
	}
	p := parts{int(raw[0]), int(raw[1]), map[int][]byte{}}
	rest := raw[2:]
	if p.n < Least || p.n > mostParts || p.place >= p.n || len(rest) != half*(p.n-1) {
		return parts{}, fmt.Errorf("%w: place %d of %d in %d bytes", ErrShare, p.place, p.n, len(raw))
	}
	for i := range p.n {
		if i != p.place {
			p.halves[i], rest = rest[:half], rest[half:]
		}
	}
	return p, nil
}
