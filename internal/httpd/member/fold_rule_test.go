package member

import "testing"

// What cannot be trusted is never folded, however old it is.
func TestNothingUntrustedFolds(t *testing.T) {
	thread := make([]item, 8)
	thread[6].Mine = true
	if earlier, rest := fold(thread); len(earlier) != 6 || len(rest) != 2 {
		t.Fatalf("%d and %d entries", len(earlier), len(rest))
	}
	thread[2].Untrusted = true
	if earlier, rest := fold(thread); earlier != nil || len(rest) != 8 {
		t.Errorf("%d entries are folded over one that cannot be trusted", len(earlier))
	}
	thread[2].Untrusted, thread[7].Untrusted = false, true
	if earlier, _ := fold(thread); len(earlier) != 6 {
		t.Error("what is shown anyway keeps the rest from folding")
	}
}
