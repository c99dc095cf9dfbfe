package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts and benchmarks run this very program as a process of
// its own, under the name svilpe.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"svilpe": main})
}

func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata"})
}
