//go:build linux && !race

// The race detector keeps shadow memory of every byte, so it has no say here.

package secret

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestTwentySignInsLeaveNoMemoryBehind: 20 × 64 MiB were in use, one after the
// other; afterwards the process holds less than 40 MB of its own.
func TestTwentySignInsLeaveNoMemoryBehind(t *testing.T) {
	g := NewGate()
	for range 20 {
		p := Default()
		p.Time = 1 // the passes change the time it takes, not the memory
		if _, err := g.DeriveKEK(t.Context(), "a long enough password", p, testPepper()); err != nil {
			t.Fatal(err)
		}
	}
	if kB := anonymous(t); kB > 40_000 {
		t.Errorf("%d kB of anonymous memory after 20 sign-ins", kB)
	}
}

// anonymous is RssAnon of this process in kB, as Linux tells it.
func anonymous(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "RssAnon:" {
			kB, err := strconv.Atoi(f[1])
			if err != nil {
				t.Fatal(err)
			}
			return kB
		}
	}
	t.Fatal("no RssAnon in /proc/self/status")
	return 0
}
