package giveaway

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a run of letters, in lower case, with the apostrophe of «I'm».
type word struct {
	low        string // "" for one too long to be in a phrase
	start, end int
	capital    bool
}

// maxWord is longer than any word of a phrase, in bytes.
const maxWord = 40

func words(text string) []word {
	var out []word
	start := -1
	for i, r := range text {
		in := unicode.IsLetter(r) || start >= 0 && (r == '\'' || r == '’' || unicode.Is(unicode.Mn, r))
		switch {
		case in && start < 0:
			start = i
		case !in && start >= 0:
			out, start = append(out, newWord(text, start, i)), -1
		}
	}
	if start >= 0 {
		out = append(out, newWord(text, start, len(text)))
	}
	return out
}

func newWord(text string, start, end int) word {
	w := word{start: start, end: end}
	r, size := utf8.DecodeRuneInString(text[start:])
	w.capital = unicode.IsUpper(r) && size < end-start
	if end-start <= maxWord {
		w.low = strings.ReplaceAll(strings.ToLower(text[start:end]), "’", "'")
	}
	return w
}

// phrases are the signatures, introductions and «only I» of a text.
func phrases(text string) []Span {
	ws := words(text)
	var out []Span
	for i := range ws {
		if n := longest(text, ws[i:], onlyI); n > 0 && !negated(ws, i, n) {
			out = append(out, Span{OnlyI, ws[i].start, ws[i+n-1].end})
		} else if starts(text, ws[i].start) {
			if end := signature(text, ws[i:]); end > 0 {
				out = append(out, Span{Signature, ws[i].start, end})
			}
		}
	}
	return out
}

// longest is how many words the longest phrase has that stands here, 0 for none.
func longest(text string, ws []word, of map[string][][]string) int {
	n := 0
	for _, phrase := range of[ws[0].low] {
		if len(phrase) > n && stands(text, ws, phrase) {
			n = len(phrase)
		}
	}
	return n
}

// stands tells whether the words begin with a phrase; a star ends a stem.
func stands(text string, ws []word, phrase []string) bool {
	if len(phrase) > len(ws) {
		return false
	}
	for i, p := range phrase {
		stem, open := strings.CutSuffix(p, "*")
		if ws[i].low != p && (!open || !strings.HasPrefix(ws[i].low, stem)) {
			return false
		}
		if i > 0 && !joined(text[ws[i-1].end:ws[i].start]) {
			return false
		}
	}
	return true
}

// joined tells whether two words belong together: white space and a comma at most.
func joined(gap string) bool {
	return len(gap) <= 8 && strings.Trim(gap, " \t\r\n,\u00a0") == ""
}

// negated tells of «not only I».
func negated(ws []word, i, n int) bool {
	if i > 0 && (ws[i-1].low == "ne" || ws[i-1].low == "не" || ws[i-1].low == "not") {
		return true
	}
	for _, w := range ws[i+n : min(i+n+2, len(ws))] {
		if w.low == "емес" {
			return true
		}
	}
	return false
}

// starts tells whether a sentence or line begins here.
func starts(text string, i int) bool {
	before := strings.TrimRight(text[max(0, i-beside):i], " \t\u00a0–-—\"„“«(*")
	return before == "" || strings.ContainsAny(before[len(before)-1:], "\n\r.!?:;") || strings.HasSuffix(before, "…")
}

// signature is where the signature that begins here ends: a closing with a
// name after it, «Ar cieņu, J. Ozols», or an introduction, «Es, Jānis Ozols».
// 0 for none.
func signature(text string, ws []word) int {
	if n := longest(text, ws, closings); n > 0 {
		return closed(text, ws, n)
	}
	if n := longest(text, ws, shortClosings); n > 0 && n < len(ws) {
		end := name(text, ws[n:], ws[n-1].end, 3)
		if end > 0 && strings.Trim(text[end:], " \t\r\n.!") == "" {
			return end
		}
	}
	if n := longest(text, ws, introductions); n > 0 && n < len(ws) {
		return name(text, ws[n:], ws[n-1].end, 3)
	}
	if n := longest(text, ws, selves); n > 0 && n+1 < len(ws) && text[ws[n-1].end] == ',' && ws[n+1].capital {
		return name(text, ws[n:], ws[n-1].end, 3)
	}
	return 0
}

// closed is the end of the name after a closing of n words: what begins with a
// capital letter in the line, or whatever stands in the next line.
func closed(text string, ws []word, n int) int {
	if n == len(ws) {
		return 0
	}
	gap := text[ws[n-1].end:ws[n].start]
	if len(gap) > beside || strings.Trim(gap, " \t\r\n,.!–-—\u00a0") != "" || nameless(ws[n].low) {
		return 0
	}
	initial := text[ws[n].end:] != "" && text[ws[n].end] == '.' && utf8.RuneCountInString(ws[n].low) == 1
	switch {
	case ws[n].capital || initial:
		return max(name(text, ws[n:], ws[n].start, 4), ws[n].end)
	case strings.Contains(gap, "\n"):
		return ws[n].end
	}
	return 0
}

// nameless are signatures that give nobody away.
func nameless(low string) bool {
	for _, stem := range []string{"anon", "анон"} {
		if strings.HasPrefix(low, stem) {
			return true
		}
	}
	return false
}

// name is the end of one to most capitalised words in a line, with initials
// among them; 0 where none stands.
func name(text string, ws []word, from, most int) int {
	end := 0
	for i, w := range ws[:min(most, len(ws))] {
		gap := text[from:w.start]
		if len(gap) > 8 || strings.Trim(gap, " ,.-–\t\u00a0") != "" || i > 0 && strings.Contains(gap, ",") {
			break
		}
		initial := w.end < len(text) && text[w.end] == '.' && utf8.RuneCountInString(w.low) == 1
		if !w.capital && !initial || i > 0 && strings.HasPrefix(gap, ".") && utf8.RuneCountInString(ws[i-1].low) > 1 {
			break
		}
		end, from = w.end, w.end
	}
	return end
}
