package audit

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var (
	// ErrProof says that a text is no proof of an entry in this log.
	ErrProof = errors.New("audit: not a proof of this log")
	// ErrLeaf says that bytes are not a leaf as [Entry.Leaf] writes it.
	ErrLeaf = errors.New("audit: malformed leaf")
)

const proofHeader = "c2sp.org/tlog-proof@v1\n"

// Prove writes the proof that e stands under a checkpoint that v signed: a C2SP
// tlog-proof, whose extra data are the entry's leaf, blinding included. It is
// enough by itself, offline and for ever: [OpenProof] needs only the log's public
// key. Who holds it can show the entry, so it goes to nobody but the reporter
// concerned. The errors are those of [OpenHead] and [Verify].
func Prove(checkpoint []byte, v note.Verifier, e Entry, r tlog.HashReader) ([]byte, error) {
	head, err := OpenHead(checkpoint, v)
	if err != nil {
		return nil, err
	}
	path, err := provePath(head, e.Index, LeafHash(e), r)
	if err != nil {
		return nil, err
	}
	return formatProof(e, path, checkpoint), nil
}

// OpenProof checks what [Prove] wrote, gives the entry that it proves and the head
// under which the entry stands. The errors are [ErrProof] for a text that is no
// proof, [ErrHead] for another log's checkpoint and [ErrTampered] where the
// entry does not lead to the checkpoint's root.
func OpenProof(text []byte, v note.Verifier) (Entry, Head, error) {
	e, path, checkpoint, err := parseProof(text)
	if err != nil {
		return Entry{}, Head{}, err
	}
	head, err := OpenHead(checkpoint, v)
	if err != nil {
		return Entry{}, Head{}, err
	}
	if err := checkPath(head, e.Index, LeafHash(e), path); err != nil {
		return Entry{}, Head{}, err
	}
	return e, head, nil
}

func formatProof(e Entry, path tlog.RecordProof, checkpoint []byte) []byte {
	var b bytes.Buffer
	b.WriteString(proofHeader)
	fmt.Fprintf(&b, "extra %s\nindex %d\n", base64.StdEncoding.EncodeToString(e.Leaf()), e.Index)
	for _, h := range path {
		b.WriteString(h.String() + "\n")
	}
	b.WriteByte('\n')
	b.Write(checkpoint)
	return b.Bytes()
}

func parseProof(text []byte) (e Entry, path tlog.RecordProof, checkpoint []byte, err error) {
	bad := func(what string) (Entry, tlog.RecordProof, []byte, error) {
		return Entry{}, nil, nil, fmt.Errorf("%w: %s", ErrProof, what)
	}
	head, checkpoint, found := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 3 {
		return bad("not in form")
	}
	extra, ok := strings.CutPrefix(lines[1], "extra ")
	leaf, err := base64.StdEncoding.Strict().DecodeString(extra)
	if !ok || err != nil {
		return bad("no entry in it")
	}
	if e, err = ParseLeaf(leaf); err != nil {
		return Entry{}, nil, nil, fmt.Errorf("%w: %w", ErrProof, err)
	}
	for _, l := range lines[3:] {
		h, err := tlog.ParseHash(l)
		if err != nil {
			return bad("a line of the path")
		}
		path = append(path, h)
	}
	// Whatever was not looked at, header and index, must be as Prove writes it.
	if !bytes.Equal(formatProof(e, path, checkpoint), text) {
		return bad("not in canonical form")
	}
	return e, path, checkpoint, nil
}

// ParseLeaf reads what [Entry.Leaf] wrote, and nothing else. Its error is
// [ErrLeaf].
func ParseLeaf(b []byte) (Entry, error) {
	r := reader{rest: b}
	if string(r.bytes()) != labelEntry {
		return Entry{}, fmt.Errorf("%w: unknown version", ErrLeaf)
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
		return Entry{}, fmt.Errorf("%w: %w", ErrLeaf, err)
	}
	copy(e.Blinding[:], r.take(len(e.Blinding)))
	if r.short || len(r.rest) > 0 || e.Index < 0 {
		return Entry{}, ErrLeaf
	}
	return e, nil
}
