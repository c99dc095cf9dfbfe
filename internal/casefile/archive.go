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

// Archive writes a tar, sealed to one recipient as an age file (C2SP age), as it
// goes. What breaks off in between does not open: age marks the last chunk.
func Archive(w io.Writer, to age.Recipient, parts []Part) error {
	sealed, err := age.Encrypt(w, to)
	if err != nil {
		return fmt.Errorf("casefile: %w", err)
	}
	out := tar.NewWriter(sealed)
	for _, p := range parts {
		if err := add(out, p); err != nil {
			return err
		}
	}
	return errors.Join(out.Close(), sealed.Close())
}

func add(out *tar.Writer, p Part) error {
	r, err := p.Open()
	if err != nil {
		return fmt.Errorf("casefile: %w", err)
	}
	h := tar.Header{Name: p.Name, Size: p.Size, Mode: 0o600, ModTime: time.Unix(0, 0), Format: tar.FormatPAX}
	if err := out.WriteHeader(&h); err != nil {
		return fmt.Errorf("casefile: %w", err)
	}
	if _, err := io.Copy(out, r); err != nil {
		return fmt.Errorf("casefile: %w", err)
	}
	return nil
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
