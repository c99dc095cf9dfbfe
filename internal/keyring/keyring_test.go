package keyring_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"svilpe/internal/ethics"
	"svilpe/internal/keyring"
)

const origin = "0a6c9ce0-0000-4000-8000-000000000001/svilpe/log/1"

func create(t *testing.T) (string, keyring.Keys) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "keys")
	k, err := keyring.Create(dir, origin)
	if err != nil {
		t.Fatal(err)
	}
	return dir, k
}

func TestOnlyTheOwnerReadsTheFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	if err := os.Mkdir(dir, 0o755); err != nil { // an operator's folder, too open
		t.Fatal(err)
	}
	k, err := keyring.Create(dir, origin)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.WriteFounders([32]byte{1}); err != nil {
		t.Fatal(err)
	}
	want := map[string]fs.FileMode{"log.key": 0o600, "system.key": 0o600, "pepper": 0o600, "founders": 0o600}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil || info.Mode() != want[f.Name()] {
			t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder: %v, %v", info.Mode(), err)
	}
}

func TestCreateNeverOverwrites(t *testing.T) {
	for _, name := range []string{"log.key", "system.key", "pepper", "founders"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := keyring.Create(dir, origin); !errors.Is(err, ethics.ErrExists) {
			t.Errorf("%s: %v", name, err)
		}
		files, err := os.ReadDir(dir)
		if err != nil || len(files) != 1 {
			t.Errorf("%s: %d files beside it", name, len(files)-1)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != "mine" {
			t.Errorf("%s was overwritten", name)
		}
	}
}

func TestLoadGivesWhatWasMade(t *testing.T) {
	dir, made := create(t)
	k, err := keyring.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if k.Pepper != made.Pepper || !k.System.Equal(made.System) ||
		k.Log.VerifierText() != made.Log.VerifierText() || k.Founded {
		t.Error("loaded other keys")
	}
	if err := k.WriteFounders([32]byte{1}); err != nil {
		t.Fatal(err)
	}
	if err := k.WriteFounders([32]byte{2}); err != nil { // a crash, and another founding
		t.Fatal(err)
	}
	if k, err = keyring.Load(dir); err != nil || !k.Founded || k.Founders != [32]byte{2} {
		t.Errorf("founders: %v, %v", k.Founded, err)
	}
	_, other := create(t)
	if other.Pepper == made.Pepper || other.System.Equal(made.System) {
		t.Error("two installations have the same keys")
	}
}

// Damage of any file means that nothing opens. Only a missing founders file is
// a state of its own: not founded.
func TestDamageFailsClosed(t *testing.T) {
	for _, name := range []string{"log.key", "system.key", "pepper", "founders"} {
		for what, change := range map[string]func([]byte) []byte{
			"empty":     func([]byte) []byte { return nil },
			"cut":       func(b []byte) []byte { return b[:len(b)-10] },
			"longer":    func(b []byte) []byte { return append(b[:len(b)-1], "00\n"...) },
			"not text":  func(b []byte) []byte { b[3] = 0xff; return b },
			"not a key": func([]byte) []byte { return []byte("hello\n") },
		} {
			dir, k := create(t)
			if err := k.WriteFounders([32]byte{1}); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, name)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, change(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if got, err := keyring.Load(dir); err == nil || got.Founded {
				t.Errorf("%s %s: %v", name, what, err)
			}
		}
		dir, _ := create(t)
		if err := os.Remove(filepath.Join(dir, name)); name != "founders" && err != nil {
			t.Fatal(err)
		}
		if _, err := keyring.Load(dir); (err == nil) != (name == "founders") {
			t.Errorf("%s missing: %v", name, err)
		}
	}
}

// The digest comes into its place whole: writing beside it and renaming leaves,
// at every moment, the old file or the new one.
func TestFoundersAreNeverHalfWritten(t *testing.T) {
	dir, k := create(t)
	if err := k.WriteFounders([32]byte{1}); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(filepath.Join(dir, "founders"))
	if err != nil {
		t.Fatal(err)
	}
	if err := k.WriteFounders([32]byte{2}); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(filepath.Join(dir, "founders"))
	if err != nil || os.SameFile(before, after) {
		t.Errorf("the file was written in place: %v", err)
	}
}

func TestKeysDoNotPrint(t *testing.T) {
	_, k := create(t)
	for _, s := range []string{fmt.Sprint(k), fmt.Sprintf("%+v", k), fmt.Sprintf("%#v", k), k.LogValue().String()} {
		if s != "[redacted]" || strings.Contains(s, "PRIVATE") {
			t.Errorf("printed %q", s)
		}
	}
}
