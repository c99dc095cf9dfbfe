// Package floors holds no code, only the test that keeps the building's shape:
// a package imports lower floors alone, nothing on the reporter's side can
// reach a key that opens, and what handles plaintext or requests stays where
// docs/design.md says it is. The test reads the source files itself; a
// `go list` call would go stale in go test's cache.
package floors
