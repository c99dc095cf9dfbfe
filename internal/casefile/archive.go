package casefile

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
	"unicode"

	"filippo.io/age"
)

// Part is one file of an archive. Open is asked when its turn comes, so that a
// file streams through and never lies in memory whole.
type Part struct {
	Name string
	Size int64
	Open func() (io.Reader, error)
}

// ErrRecipient means: no age recipient, «age1…» or «age1pq1…».
var ErrRecipient = errors.New("casefile: not an age recipient")

// Recipient reads whom an archive is sealed to.
func Recipient(text string) (age.Recipient, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "age1pq1") {
		r, err := age.ParseHybridRecipient(text)
		if err != nil {
			return nil, ErrRecipient
		}
		return r, nil
	}
	r, err := age.ParseX25519Recipient(text)
	if err != nil {
		return nil, ErrRecipient
	}
	return r, nil
}

// unreadable is the part that names the files that could not be read whole.
const unreadable = "unreadable.txt"

// Archive writes a tar, sealed to one recipient as an age file (C2SP age), as it
// goes. What breaks off in between does not open: age marks the last chunk. A file
// whose content is not what its message says (spoilt tells it by the error) is
// filled up with zeros and named in a last part: one file must not keep a case
// from being taken out.
func Archive(w io.Writer, to age.Recipient, parts []Part, spoilt func(error) bool) error {
	sealed, err := age.Encrypt(w, to)
	if err != nil {
		return fmt.Errorf("casefile: %w", err)
	}
	out := tar.NewWriter(sealed)
	var broken strings.Builder
	for _, p := range parts {
		whole, err := add(out, p, spoilt)
		if err != nil {
			return err
		}
		if !whole {
			broken.WriteString(p.Name + "\n")
		}
	}
	if list := broken.String(); list != "" {
		last := Part{Name: unreadable, Size: int64(len(list)), Open: func() (io.Reader, error) {
			return strings.NewReader(list), nil
		}}
		if _, err := add(out, last, spoilt); err != nil {
			return err
		}
	}
	return errors.Join(out.Close(), sealed.Close())
}

// add writes one part, whole in length whatever its content does, and tells
// whether that was whole too.
func add(out *tar.Writer, p Part, spoilt func(error) bool) (bool, error) {
	r, broken := p.Open()
	if broken != nil && !spoilt(broken) {
		return false, fmt.Errorf("casefile: %w", broken)
	}
	h := tar.Header{Name: p.Name, Size: p.Size, Mode: 0o600, ModTime: time.Unix(0, 0), Format: tar.FormatPAX}
	if err := out.WriteHeader(&h); err != nil {
		return false, fmt.Errorf("casefile: %w", err)
	}
	var n int64
	if broken == nil {
		n, broken = io.Copy(out, r)
	}
	switch {
	case broken == nil:
		return true, nil
	case !spoilt(broken):
		return false, fmt.Errorf("casefile: %w", broken)
	}
	if _, err := io.CopyN(out, zeros{}, p.Size-n); err != nil {
		return false, fmt.Errorf("casefile: %w", err)
	}
	return false, nil
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// FileName is where the nth file of a case lies in the archive: the name as the
// sender gave it, without what leads to another folder.
func FileName(n int, name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	if name == "." || name == ".." || name == "/" || name == "" {
		name = "file"
	}
	return fmt.Sprintf("files/%02d-%s", n, name)
}

// Unnamed is where the nth file of a package lies: its name says too much, so
// only its end is kept, which tells a computer what it is.
func Unnamed(n int, name string) string {
	end := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	if end == "" || len(end) > 5 || strings.Trim(end, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return fmt.Sprintf("files/%02d", n)
	}
	return fmt.Sprintf("files/%02d.%s", n, end)
}
