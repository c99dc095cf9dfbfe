package record

import (
	"errors"
	"fmt"
	"testing"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// Ids of the stories.
const (
	theCase  = "0b9d7a52-5d9c-4d2e-8a55-1f0f5f8f7a11"
	anna     = "aaaaaaaa-5d9c-4d2e-8a55-1f0f5f8f7a11"
	berta    = "bbbbbbbb-5d9c-4d2e-8a55-1f0f5f8f7a11"
	theVault = "cccccccc-5d9c-4d2e-8a55-1f0f5f8f7a11"
)

// digest is one of many.
func digest(n int) audit.Digest { return audit.Digest{byte(n), byte(n >> 8), 1} }

func plus(label string, n int) audit.Change {
	return audit.Change{Label: label, Op: audit.Added, New: digest(n)}
}

func anew(label string, from, to int) audit.Change {
	return audit.Change{Label: label, Op: audit.Renewed, Old: digest(from), New: digest(to)}
}

func minus(label string, n int) audit.Change {
	return audit.Change{Label: label, Op: audit.Ended, Old: digest(n)}
}

// story is a stream that is written entry by entry.
type story struct {
	*Ledger
	t testing.TB
	n int64
}

func begin(t testing.TB, stream string) *story { return &story{Ledger: NewLedger(stream), t: t} }

// entry is the stream's next: each on a day of its own.
func (s *story) entry(kind audit.EntryKind, changes ...audit.Change) audit.Entry {
	return audit.Entry{
		Generation: 1, Index: 100 + s.n, Number: s.n, Stream: s.Stream, Day: fmt.Sprintf("2026-11-%02d", s.n+1),
		Body: audit.Body{ID: fmt.Sprint(s.n), Kind: kind, Actor: ethics.ActorReporter, Changes: changes},
	}
}

// told is an entry that every reader accepts.
func (s *story) told(kind audit.EntryKind, changes ...audit.Change) []byte {
	s.t.Helper()
	return s.take(s.entry(kind, changes...))
}

func (s *story) take(e audit.Entry) []byte {
	s.t.Helper()
	if err := s.Take(e); err != nil {
		s.t.Fatalf("entry %d: %v", s.n, err)
	}
	s.n++
	leaf := audit.LeafHash(e)
	return leaf[:]
}

// refused is an entry that no reader accepts.
func (s *story) refused(name string, kind audit.EntryKind, changes ...audit.Change) {
	s.t.Helper()
	refused(s.t, name, s.Take(s.entry(kind, changes...)))
}

func refused(t testing.TB, name string, err error) {
	t.Helper()
	if !errors.Is(err, audit.ErrTampered) || !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("%s: %v", name, err)
	}
}
