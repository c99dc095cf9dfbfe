// Package verdict is what a verification of the record found: a note that the log
// key signs, and the board on which a running program keeps the newest one.
//
// The board is memory: whoever writes the database cannot reach it. A note can be
// kept outside and shown to anybody who has the log's public key; that it speaks of
// this log, whoever reads one from a table has to ask the log first.
package verdict

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// ErrVerdict says that bytes are not a verdict signed by the expected key.
var ErrVerdict = errors.New("verdict: not a signed verdict of this log")

// title is a verdict's first line. No origin has a space, so none can be read as a
// head, nor a head as one.
const title = "svilpe/1 verdict"

// A verdict names this many faults, each in so many characters. The rest is counted.
const (
	mostLines = 20
	longest   = 300
)

// Verdict is what a verification found.
type Verdict struct {
	Head   audit.Head // under which the record was read
	Day    ethics.Day
	Faults int
	Lines  []string // the first faults: «table row: why»
}

// New makes a verdict. Lines may be more than it names, and say what an attacker
// wrote: they are cut and made printable.
func New(head audit.Head, day ethics.Day, faults int, lines []string) Verdict {
	v := Verdict{Head: head, Day: day, Faults: faults}
	for _, l := range lines[:min(len(lines), mostLines)] {
		v.Lines = append(v.Lines, Printable(l))
	}
	return v
}

// Printable is a line of a note: a note has no control characters, and a line break
// would make a second fault of one.
func Printable(line string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToValidUTF8(line, "\uFFFD") {
		if n++; n > longest {
			b.WriteString("…")
			break
		}
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// Sound tells that nothing was found.
func (v Verdict) Sound() bool { return v.Faults == 0 }

func (v Verdict) text() string {
	lines := append([]string{
		title, v.Head.Origin, strconv.FormatInt(v.Head.Size, 10), base64.StdEncoding.EncodeToString(v.Head.Root[:]),
		"day " + v.Day, "faults " + strconv.Itoa(v.Faults),
	}, v.Lines...)
	return strings.Join(lines, "\n") + "\n"
}

// Sign writes the verdict as a note of the log key, whose name is the origin.
func (v Verdict) Sign(s note.Signer) ([]byte, error) {
	if _, err := parse(v.text()); err != nil {
		return nil, err
	}
	if s.Name() != v.Head.Origin {
		return nil, fmt.Errorf("%w: key %q cannot sign for %q", ErrVerdict, s.Name(), v.Head.Origin)
	}
	signed, err := note.Sign(&note.Note{Text: v.text()}, s)
	if err != nil {
		return nil, fmt.Errorf("verdict: sign: %w", err)
	}
	return signed, nil
}

// Open checks the signature and reads the verdict: one that we would write
// ourselves, with one spelling of the signature. Every refusal is [ErrVerdict].
func Open(signed []byte, key note.Verifier) (Verdict, error) {
	n, err := note.Open(signed, note.VerifierList(key))
	if err != nil {
		return Verdict{}, fmt.Errorf("%w: %w", ErrVerdict, err)
	}
	for _, s := range n.Sigs {
		if _, err := base64.StdEncoding.Strict().DecodeString(s.Base64); err != nil {
			return Verdict{}, fmt.Errorf("%w: signature: %w", ErrVerdict, err)
		}
	}
	v, err := parse(n.Text)
	if err == nil && v.Head.Origin != key.Name() {
		err = fmt.Errorf("%w: key %q signed for %q", ErrVerdict, key.Name(), v.Head.Origin)
	}
	return v, err
}

func parse(text string) (Verdict, error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 6 {
		return Verdict{}, fmt.Errorf("%w: want six lines at least", ErrVerdict)
	}
	v := Verdict{Head: audit.Head{Origin: lines[1]}, Day: strings.TrimPrefix(lines[4], "day "), Lines: lines[6:]}
	root, rootErr := base64.StdEncoding.Strict().DecodeString(lines[3])
	if len(root) == tlog.HashSize {
		v.Head.Root = tlog.Hash(root)
	}
	var sizeErr, faultsErr error
	v.Head.Size, sizeErr = strconv.ParseInt(lines[2], 10, 64)
	v.Faults, faultsErr = strconv.Atoi(strings.TrimPrefix(lines[5], "faults "))
	_, dayErr := time.Parse(time.DateOnly, v.Day)
	if err := errors.Join(rootErr, sizeErr, faultsErr, dayErr); err != nil {
		return Verdict{}, fmt.Errorf("%w: %w", ErrVerdict, err)
	}
	if len(v.Lines) == 0 {
		v.Lines = nil
	}
	if v.Head.Size < 0 || len(v.Lines) != min(v.Faults, mostLines) ||
		New(v.Head, v.Day, v.Faults, v.Lines).text() != text {
		return Verdict{}, fmt.Errorf("%w: not as we write it", ErrVerdict)
	}
	return v, nil
}
