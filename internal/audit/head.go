package audit

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrHead says that bytes are not a head signed by the expected key.
var ErrHead = errors.New("audit: not a signed head of this log")

// Head is the state of the log: Origin, "<host or installation id>/svilpe/log/1",
// names log and generation, Size counts its entries, Root is the root of their
// tree.
type Head struct {
	Origin string
	Size   int64
	Root   tlog.Hash
}

// text is the body of a C2SP tlog-checkpoint without extension lines.
func (h Head) text() string {
	return h.Origin + "\n" + strconv.FormatInt(h.Size, 10) + "\n" + base64.StdEncoding.EncodeToString(h.Root[:]) + "\n"
}

func (h Head) check() error {
	bad := func(r rune) bool { return r == '+' || unicode.IsSpace(r) || unicode.IsControl(r) }
	if h.Origin == "" || !utf8.ValidString(h.Origin) || strings.ContainsFunc(h.Origin, bad) {
		return fmt.Errorf("%w: origin %q", ErrHead, h.Origin)
	}
	if h.Size < 0 {
		return fmt.Errorf("%w: size %d", ErrHead, h.Size)
	}
	return nil
}

// Sign writes the head as a signed note: the C2SP tlog-checkpoint. The name of
// each key must be the origin. There is one signer, except for the checkpoint
// that hands the log over to a new key, which both sign.
func (h Head) Sign(signers ...note.Signer) ([]byte, error) {
	if err := h.check(); err != nil {
		return nil, err
	}
	if len(signers) == 0 {
		return nil, fmt.Errorf("%w: no signer", ErrHead)
	}
	for _, s := range signers {
		if s.Name() != h.Origin {
			return nil, fmt.Errorf("%w: key %q cannot sign for %q", ErrHead, s.Name(), h.Origin)
		}
	}
	signed, err := note.Sign(&note.Note{Text: h.text()}, signers...)
	if err != nil {
		return nil, fmt.Errorf("audit: sign head: %w", err)
	}
	return signed, nil
}

// OpenHead checks the signature of v, whose name must be the origin, and reads
// the head. Signatures of other keys (cosignatures, the successor of v) may
// stand beside it and are not looked at. Extension lines are refused: this log
// writes none. Every refusal is [ErrHead].
func OpenHead(signed []byte, v note.Verifier) (Head, error) {
	text, err := openNote(signed, v)
	if err != nil {
		return Head{}, fmt.Errorf("%w: %w", ErrHead, err)
	}
	h, err := parseHead(text)
	if err != nil {
		return Head{}, err
	}
	if h.Origin != v.Name() {
		return Head{}, fmt.Errorf("%w: key %q signed for %q", ErrHead, v.Name(), h.Origin)
	}
	return h, nil
}

// openNote gives the text that v signed. The note package reads a signature's
// base64 leniently; here one signature has one spelling, so that a kept head
// cannot be changed in any byte and still open.
func openNote(signed []byte, v note.Verifier) (string, error) {
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		return "", err
	}
	for _, s := range n.Sigs {
		if _, err := base64.StdEncoding.Strict().DecodeString(s.Base64); err != nil {
			return "", fmt.Errorf("signature: %w", err)
		}
	}
	return n.Text, nil
}

func parseHead(text string) (Head, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return Head{}, fmt.Errorf("%w: want three lines", ErrHead)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return Head{}, fmt.Errorf("%w: size %q", ErrHead, lines[1])
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return Head{}, fmt.Errorf("%w: root %q", ErrHead, lines[2])
	}
	h := Head{Origin: lines[0], Size: size, Root: tlog.Hash(root)}
	if err := h.check(); err != nil {
		return Head{}, err
	}
	if h.text() != text {
		return Head{}, fmt.Errorf("%w: not in canonical form", ErrHead)
	}
	return h, nil
}
