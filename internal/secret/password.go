package secret

import (
	_ "embed"
	"errors"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What a new password may not be. There are no rules of composition.
var (
	ErrShort  = errors.New("secret: password has fewer than 12 characters")
	ErrLong   = errors.New("secret: password has more than 1000 bytes")
	ErrCommon = errors.New("secret: password is among the first that anybody tries")
)

const (
	minPassword = 12   // characters
	maxPassword = 1000 // bytes
	maxTail     = 6    // digits and marks that people put behind a word
	shortUnit   = 4    // characters whose repetition hides nothing
)

//go:embed common.txt
var commonText string

var common = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for line := range strings.Lines(commonText) {
		if w := strings.TrimSpace(line); w != "" && !strings.HasPrefix(w, "#") {
			m[w] = true
		}
	}
	return m
})

// CheckPassword says whether a new password may be used. The errors are
// [ErrShort], [ErrLong] and [ErrCommon]: in the bundled list, two entries of it
// joined, either with up to six digits or marks behind, or something of the
// list, or of at most four characters, repeated. Case does not count.
func CheckPassword(password string) error {
	if len(password) > maxPassword {
		return ErrLong
	}
	folded := strings.ToLower(norm.NFKC.String(password))
	if utf8.RuneCountInString(folded) < minPassword {
		return ErrShort
	}
	if isCommon(folded) || isRepeated(folded) {
		return ErrCommon
	}
	return nil
}

// isCommon tries the word as it is and with each short tail cut off.
func isCommon(word string) bool {
	for range maxTail + 1 {
		if common()[word] || isJoined(word) {
			return true
		}
		last, size := utf8.DecodeLastRuneInString(word)
		if size == 0 || unicode.IsLetter(last) {
			return false
		}
		word = word[:len(word)-size]
	}
	return false
}

func isJoined(word string) bool {
	for i := range word {
		if common()[word[:i]] && common()[word[i:]] {
			return true
		}
	}
	return false
}

// isRepeated says whether the word is one unit again and again, the last time
// perhaps not to its end, and the unit is short or common.
func isRepeated(word string) bool {
	runes := []rune(word)
	for n := 1; n <= len(runes)/2; n++ {
		same := true
		for i := n; i < len(runes) && same; i++ {
			same = runes[i] == runes[i-n]
		}
		if same && (n <= shortUnit || isCommon(string(runes[:n]))) {
			return true
		}
	}
	return false
}
