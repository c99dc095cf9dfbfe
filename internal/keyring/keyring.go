// Package keyring is the installation's key folder, keys/: the log key, the
// system key, the pepper and the founders' digest, each a file of mode 0600 in a
// folder of mode 0700. A backup of data/ without it opens nothing, and without
// it nobody signs in again.
package keyring

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/secret"
)

// File names in the folder.
const (
	logFile      = "log.key"
	systemFile   = "system.key"
	pepperFile   = "pepper"
	foundersFile = "founders"
	headFile     = "head"
)

// Keys are the contents of the folder. They print as [redacted].
type Keys struct {
	dir      string
	Log      audit.LogKey
	System   ed25519.PrivateKey // signs fixed texts only, shown as automatic
	Pepper   secret.Pepper
	Founders [32]byte // SHA-256 of the founding statement
	Founded  bool     // founders is there; without entry 0 in the database it counts for nothing
}

// Format hides the keys.
func (Keys) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// LogValue hides the keys.
func (Keys) LogValue() slog.Value { return slog.StringValue(ethics.Redacted) }

// Create makes a folder's keys for a log of this origin. It never overwrites:
// ErrExists when any of the files is there.
func Create(dir, origin string) (Keys, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Keys{}, fmt.Errorf("keys folder: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return Keys{}, fmt.Errorf("keys folder: %w", err)
	}
	for _, name := range []string{logFile, systemFile, pepperFile, foundersFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return Keys{}, fmt.Errorf("%s: %w", filepath.Join(dir, name), ethics.ErrExists)
		}
	}
	signer, _, err := audit.NewLogKey(origin)
	if err != nil {
		return Keys{}, err
	}
	var seed, pepper [32]byte
	_, _ = rand.Read(seed[:])
	_, _ = rand.Read(pepper[:])
	for name, text := range map[string]string{
		logFile: signer, systemFile: hex.EncodeToString(seed[:]), pepperFile: hex.EncodeToString(pepper[:]),
	} {
		if err := write(dir, name, text, os.O_EXCL); err != nil {
			return Keys{}, err
		}
	}
	return Load(dir)
}

// Load reads the folder. Any error means: fail closed.
func Load(dir string) (Keys, error) {
	k := Keys{dir: dir}
	text, err := os.ReadFile(filepath.Join(dir, logFile))
	if err != nil {
		return Keys{}, fmt.Errorf("keys: %w", err)
	}
	if k.Log, err = audit.ParseLogKey(string(text)); err != nil {
		return Keys{}, fmt.Errorf("keys: %w", err)
	}
	seed, err := readHex(dir, systemFile)
	if err != nil {
		return Keys{}, err
	}
	k.System = ed25519.NewKeyFromSeed(seed[:])
	pepper, err := readHex(dir, pepperFile)
	if err != nil {
		return Keys{}, err
	}
	k.Pepper = secret.Pepper(pepper)
	k.Founders, err = readHex(dir, foundersFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Keys{}, err
	}
	k.Founded = err == nil
	return k, nil
}

// WriteFounders writes the founding's digest, durably, before entry 0 is
// committed. A crash in between leaves a file without an entry 0: not founded,
// and the next founding overwrites it. The file is renamed into its place, for a
// half-written one would close the installation at the next start; a crash
// before the renaming leaves a founders.*.new, which nobody reads. Two may write
// at once: each has a name of its own.
func (k Keys) WriteFounders(digest [32]byte) error {
	return k.replace(foundersFile, hex.EncodeToString(digest[:]))
}

// WriteHead writes the newest checkpoint that this server saw, a signed note. It is
// renamed into its place like the founders' digest.
func (k Keys) WriteHead(signed []byte) error {
	return k.replace(headFile, strings.TrimSuffix(string(signed), "\n"))
}

// Head is what WriteHead wrote, nil before the first.
func (k Keys) Head() ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(k.dir, headFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return text, nil
}

func (k Keys) replace(name, text string) error {
	fresh := name + "." + rand.Text() + ".new"
	if err := write(k.dir, fresh, text, os.O_EXCL); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(k.dir, fresh), filepath.Join(k.dir, name)); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return syncDir(k.dir)
}

func readHex(dir, name string) ([32]byte, error) {
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return [32]byte{}, fmt.Errorf("keys: %w", err)
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(b) != 32 {
		return [32]byte{}, fmt.Errorf("keys: %s does not hold 32 bytes", name)
	}
	return [32]byte(b), nil
}

func write(dir, name, text string, how int) error {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|how, 0o600)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	_, err = f.WriteString(text + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("keys: write %s: %w", name, err)
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}
