package keyring

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
)

// erasedFile lists the ids of erased cases, one a line: a restore from an older
// backup erases them again. It is copied with the keys.
const erasedFile = "erased"

// Erased are the ids in the erasure list, none when there is no list yet. A line
// that a crash cut short counts for nothing; it is written again.
func (k Keys) Erased() ([]string, error) {
	text, err := k.readErased()
	if err != nil {
		return nil, err
	}
	var out []string
	for line := range strings.Lines(text) {
		id := strings.TrimSuffix(line, "\n")
		if _, err := uuid.Parse(id); err == nil && id != line {
			out = append(out, id)
		}
	}
	return out, nil
}

func (k Keys) readErased() (string, error) {
	if k.dir == "" {
		return "", errors.New("keys: no folder")
	}
	text, err := os.ReadFile(filepath.Join(k.dir, erasedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("keys: %w", err)
	}
	return string(text), nil
}

// AddErased adds an id to the list, durably.
func (k Keys) AddErased(id string) error {
	text, err := k.readErased()
	if err != nil {
		return err
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		id = "\n" + id // behind a line that a crash cut short
	}
	return write(k.dir, erasedFile, id, os.O_APPEND)
}
