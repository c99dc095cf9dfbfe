package giveaway_test

import (
	"strings"
	"testing"

	"svilpe/internal/giveaway"
)

// What was found is shown in one line, cut between letters.
func TestWordsOfAFinding(t *testing.T) {
	text := "x " + strings.Repeat("ā", 90) + "\n y"
	for want, s := range map[string]string{
		strings.Repeat("ā", 80) + "…": giveaway.Span{Start: 2, End: len(text)}.Words(text),
		"x ā":                         giveaway.Span{End: 4}.Words(text),
		"y":                           giveaway.Span{Start: len(text) - 3, End: len(text)}.Words(text),
	} {
		if s != want {
			t.Errorf("%q, want %q", s, want)
		}
	}
}
