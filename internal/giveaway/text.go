package giveaway

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Span is what was found in a text: text[Start:End], in bytes, on rune borders.
type Span struct {
	Kind       Kind
	Start, End int
}

// Text finds what may give the writer of a text away, in the order of the text;
// spans do not overlap. The work grows with the length of the text only,
// whatever stands in it.
func Text(text string) []Span {
	found := slices.Concat(emails(text), numbers(text), phrases(text))
	slices.SortStableFunc(found, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	out, end := found[:0], 0
	for _, s := range found {
		if s.Start >= end {
			out, end = append(out, s), s.End
		}
	}
	return out
}

// maxQuoted bounds the words shown of a finding, in characters.
const maxQuoted = 80

// Words is what was found, in one line, cut where it is long.
func (s Span) Words(text string) string {
	r := []rune(strings.Join(strings.Fields(text[s.Start:s.End]), " "))
	if len(r) > maxQuoted {
		return string(r[:maxQuoted]) + "…"
	}
	return string(r)
}

// before and after are the runes that touch a place of the text; 0 at its ends.
func before(text string, i int) rune {
	if i == 0 {
		return 0
	}
	r, _ := utf8.DecodeLastRuneInString(text[:i])
	return r
}

func after(text string, i int) rune {
	if i == len(text) {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(text[i:])
	return r
}

func wordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// What an address is looked for in: RFC 5321 §4.5.3.1.1 allows 64 bytes before
// the @, and names of domains have at most 253.
const (
	maxLocal  = 64
	maxDomain = 253
)

// emails are addresses such as a.person@example.org: letters of any script,
// with a domain of two labels at least, the last of letters.
func emails(text string) []Span {
	var out []Span
	for i := 0; i < len(text); i++ {
		if text[i] != '@' {
			continue
		}
		start := i
		for start > 0 && i-start < maxLocal {
			r, n := utf8.DecodeLastRuneInString(text[:start])
			if !wordy(r) && r != '.' && r != '_' && r != '-' && r != '+' && r != '%' {
				break
			}
			start -= n
		}
		for start < i && !wordy(after(text, start)) {
			start++ // a dot or dash of the sentence; all of these are one byte
		}
		if end := domain(text, i+1); start < i && end > 0 {
			out = append(out, Span{Email, start, end})
		}
	}
	return out
}

// domain is where the domain that starts at i ends, or 0 where none does.
func domain(text string, i int) int {
	end, label, letters, labels := 0, 0, true, 0
	for j := i; j-i < maxDomain; {
		r, n := rune(0), 0
		if j < len(text) {
			r, n = utf8.DecodeRuneInString(text[j:])
		}
		switch {
		case n > 0 && (wordy(r) || r == '-'):
			label++
			letters = letters && unicode.IsLetter(r)
			j += n
			continue
		case label == 0:
			return end
		}
		if labels++; labels > 1 && label > 1 && letters {
			end = j
		}
		if r != '.' {
			return end
		}
		label, letters = 0, true
		j += n
	}
	return end
}
