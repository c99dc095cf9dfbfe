package store_test

import (
	"os"
	"testing"
)

// TestMain turns the test binary into a child that writes until it is killed,
// when the environment says so.
func TestMain(m *testing.M) {
	if dir := os.Getenv("SVILPE_STORE_CHILD"); dir != "" {
		child(dir)
		return
	}
	os.Exit(m.Run())
}
