package keyring_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"svilpe/internal/keyring"
)

// TestErasedList: added durably, in order, to a file that only the owner reads; a
// line that a crash cut short counts for nothing and is in nobody's way.
func TestErasedList(t *testing.T) {
	dir := t.TempDir()
	k, err := keyring.Create(dir, "test.example/svilpe/log/1")
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{
		"4fd617d2-0a1a-44f0-a1b6-c7045cf11dce", "081837ec-5df4-4e40-9512-a3152638a41a",
		"023eb6c9-951d-46ec-b0a9-46ab1fff883a",
	}
	list := func(want ...string) {
		t.Helper()
		if got, err := k.Erased(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%v, %v", got, err)
		}
	}
	list()
	for _, id := range ids[:2] {
		if err := k.AddErased(id); err != nil {
			t.Fatal(err)
		}
	}
	list(ids[:2]...)
	name := filepath.Join(dir, "erased")
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{1, 5, 36} {
		if err := os.WriteFile(name, text[:len(text)-cut], 0o600); err != nil {
			t.Fatal(err)
		}
		list(ids[0])
		if err := k.AddErased(ids[2]); err != nil {
			t.Fatal(err)
		}
		got, err := k.Erased()
		if err != nil || got[0] != ids[0] || got[len(got)-1] != ids[2] {
			t.Errorf("cut by %d: %v, %v", cut, got, err)
		}
	}
	if _, err := (keyring.Keys{}).Erased(); err == nil {
		t.Error("a list without a folder")
	}
}
