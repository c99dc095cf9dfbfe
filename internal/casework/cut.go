package casework

import (
	"strings"
	"unicode"
)

// mark stands in a working copy wherever something was cut.
const mark = "[…]"

// Cut gives the working copy of a text: what is left of it, with a mark at every
// place where something is gone. left is the text as a member left it, who may only
// have taken out: words that are not in the text, in its order, make it not whole
// and ok false. So nobody puts words into a reporter's mouth. A text that lost
// nothing comes back unchanged.
func Cut(text, left string) (copied string, ok bool) {
	words := tokens(unify(text))
	var rest []string
	for part := range strings.SplitSeq(unify(left), mark) { // a mark parts words, it joins none
		rest = append(rest, tokens(part)...)
	}
	var out strings.Builder
	gone, n := false, 0
	for _, w := range words {
		switch {
		case n < len(rest) && rest[n] == w:
			if gone {
				out.WriteString(mark)
			}
			out.WriteString(w)
			gone, n = false, n+1
		case out.Len() > 0 && n == len(rest) && strings.TrimSpace(w) == "" && !gone:
			// White space behind the last word is nothing that was cut.
		default:
			gone = true
		}
	}
	if gone {
		out.WriteString(mark)
	}
	return out.String(), n == len(rest)
}

// unify makes one kind of line end, as texts are stored.
func unify(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// tokens parts a text into words and single other characters; a mark is one.
func tokens(text string) []string {
	var out []string
	begin := -1
	for i, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			if begin < 0 {
				begin = i
			}
			continue
		}
		if begin >= 0 {
			out, begin = append(out, text[begin:i]), -1
		}
		out = append(out, string(r))
	}
	if begin >= 0 {
		out = append(out, text[begin:])
	}
	return out
}
