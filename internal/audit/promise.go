package audit

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrPromise says that bytes are not a promise signed by the expected key.
var ErrPromise = errors.New("audit: not a signed promise of this log")

const promiseHeader = "svilpe/1 promise"

// Promise is what the reporter gets before the day's checkpoint exists: the log
// says that the entry with this leaf hash was committed on this day. It leaves
// only after the commit is durable. From the next checkpoint on a proof
// ([Prove]) replaces it; a promise that no checkpoint keeps is evidence against
// the log.
type Promise struct {
	Origin string
	Day    string // YYYY-MM-DD
	Leaf   tlog.Hash
}

// text has four lines and its own first one, so it can never be read as a head,
// though the same key signs both.
func (p Promise) text() string {
	return promiseHeader + "\n" + p.Origin + "\n" + p.Day + "\n" + p.Leaf.String() + "\n"
}

func (p Promise) check() error {
	if err := (Head{Origin: p.Origin}).check(); err != nil {
		return fmt.Errorf("%w: origin %q", ErrPromise, p.Origin)
	}
	if d, err := time.Parse(time.DateOnly, p.Day); err != nil || d.Format(time.DateOnly) != p.Day {
		return fmt.Errorf("%w: day %q", ErrPromise, p.Day)
	}
	return nil
}

// Sign writes the promise as a signed note. The key's name must be the origin.
func (p Promise) Sign(s note.Signer) ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	if s.Name() != p.Origin {
		return nil, fmt.Errorf("%w: key %q cannot sign for %q", ErrPromise, s.Name(), p.Origin)
	}
	signed, err := note.Sign(&note.Note{Text: p.text()}, s)
	if err != nil {
		return nil, fmt.Errorf("audit: sign promise: %w", err)
	}
	return signed, nil
}

// OpenPromise checks the signature of v and reads the promise. Every refusal is
// [ErrPromise].
func OpenPromise(signed []byte, v note.Verifier) (Promise, error) {
	text, err := openNote(signed, v)
	if err != nil {
		return Promise{}, fmt.Errorf("%w: %w", ErrPromise, err)
	}
	lines := strings.Split(text, "\n")
	if len(lines) != 5 {
		return Promise{}, fmt.Errorf("%w: want four lines", ErrPromise)
	}
	leaf, err := base64.StdEncoding.Strict().DecodeString(lines[3])
	if err != nil || len(leaf) != tlog.HashSize {
		return Promise{}, fmt.Errorf("%w: leaf %q", ErrPromise, lines[3])
	}
	p := Promise{Origin: lines[1], Day: lines[2], Leaf: tlog.Hash(leaf)}
	if err := p.check(); err != nil {
		return Promise{}, err
	}
	if p.Origin != v.Name() || p.text() != text {
		return Promise{}, fmt.Errorf("%w: not in canonical form", ErrPromise)
	}
	return p, nil
}
