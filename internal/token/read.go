package token

import (
	"slices"

	"golang.org/x/text/unicode/norm"
)

const (
	maxRunes      = 200 // a code is 35; what follows is not looked at
	maxCandidates = 4   // look-ups that one typed text may cost
	maxWrong      = 2   // symbols that the code surely corrects
)

// Hint says why a text has no candidates. It depends on the typed text alone,
// never on which cases exist, so a page may show it.
type Hint int

const (
	// HintNone says that there are candidates.
	HintNone Hint = iota
	// HintLength says «The code has 30 characters; you typed [Reading.Typed]».
	HintLength
	// HintTooManyMistakes says 30 symbols, and no code within two of them.
	HintTooManyMistakes
)

// Reading is what a typed text may mean.
type Reading struct {
	// Candidates are at most four codes that need equally few corrections.
	// Whether a case opens with one of them is not known here: of texts spoilt
	// beyond correction, two in five give the code of no case.
	Candidates []Candidate
	// Hint is HintNone exactly when there are candidates.
	Hint Hint
	// Typed is how many symbols were typed, separators not counted. It does not
	// look beyond the first 200 characters.
	Typed int
}

// Candidate is one code that the text may mean.
type Candidate struct {
	Code Code
	// Corrected are the groups, 1 to 6 in order, that differ from what was
	// typed; for a missing or extra symbol, the group where it happened. Nil
	// when nothing was corrected. Look-alikes (O for 0) are no correction.
	Corrected []int
}

// attempt is one way to read the text. Cost is the number of corrections that
// each of its candidates needs.
type attempt struct {
	candidates  []Candidate
	cost, typed int
}

// Read reads what a person typed. It does not fail: a text that means no code
// has no candidates and a hint. Upper and lower case, separators and accents
// do not matter. Two wrong symbols, one swapped pair, or one missing or one
// extra symbol when the rest is clean, are corrected. Text with Cyrillic
// letters is read by look and by key position, and the reading with fewer
// corrections counts, or both when they are equal.
func Read(typed string) Reading {
	text := norm.NFKC.String(firstRunes(typed, maxRunes))
	found := decode(readByLook(text))
	if hasCyrillic(text) {
		found = better(found, decode(readByKey(text)))
	}
	if len(found.candidates) > maxCandidates {
		found.candidates = nil // chance does not do this: the text was built for it
	}
	reading := Reading{Candidates: found.candidates, Typed: found.typed}
	switch {
	case len(found.candidates) > 0:
		reading.Hint = HintNone
	case found.typed != codeSymbols:
		reading.Hint = HintLength
	default:
		reading.Hint = HintTooManyMistakes
	}
	return reading
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func decode(symbols []byte) attempt {
	found := attempt{typed: len(symbols), cost: 1}
	switch len(symbols) {
	case codeSymbols:
		found.candidates, found.cost = wrong(word(symbols))
	case codeSymbols - 1:
		found.candidates = missing(symbols)
	case codeSymbols + 1:
		found.candidates = extra(symbols)
	}
	return found
}

// wrong corrects up to two wrong symbols, and says how many it corrected. An
// unreadable one is wrong whatever stands in its place, so 0 does.
func wrong(typed word) ([]Candidate, int) {
	readable := typed
	for i, symbol := range readable {
		if symbol == unreadable {
			readable[i] = 0
		}
	}
	fixed, ok := correct(readable)
	if !ok {
		return nil, 0
	}
	var groups []int
	cost := 0
	for i := range fixed {
		if fixed[i] != typed[i] {
			cost++
			groups = append(groups, group(i))
		}
	}
	if cost > maxWrong {
		return nil, 0
	}
	return appendCode(nil, fixed, slices.Compact(groups)), cost
}

// missing tries a symbol in each of the 30 places of 29 typed ones.
func missing(typed []byte) (candidates []Candidate) {
	if slices.Contains(typed, unreadable) {
		return nil
	}
	for i := range codeSymbols {
		var w word
		copy(w[:i], typed[:i])
		copy(w[i+1:], typed[i:])
		if fixed, ok := solveAt(w, i); ok {
			candidates = appendCode(candidates, fixed, []int{group(i)})
		}
	}
	return candidates
}

// extra tries without each of the 31 typed symbols.
func extra(typed []byte) (candidates []Candidate) {
	for i := range typed {
		w := word(slices.Concat(typed[:i], typed[i+1:]))
		if !slices.Contains(w[:], unreadable) && isCode(w) {
			candidates = appendCode(candidates, w, []int{group(min(i, codeSymbols-1))})
		}
	}
	return candidates
}

// group is the 1-based group of symbol i.
func group(i int) int { return i/groupSymbols + 1 }

// appendCode adds a code that is not there yet. Thirty zeros have the right
// check symbols, but are no code: no draft gives them.
func appendCode(candidates []Candidate, w word, corrected []int) []Candidate {
	code := newCode(w)
	known := func(c Candidate) bool { return c.Code == code }
	if code.IsZero() || slices.ContainsFunc(candidates, known) {
		return candidates
	}
	return append(candidates, Candidate{Code: code, Corrected: corrected})
}

// better is the reading with fewer corrections, or both when they are equal.
// When neither gives a code, it is the one whose length is nearer to a code's,
// for the hint.
func better(look, key attempt) attempt {
	switch {
	case len(look.candidates) == 0 && len(key.candidates) == 0:
		if offLength(key) < offLength(look) {
			return key
		}
		return look
	case len(key.candidates) == 0:
		return look
	case len(look.candidates) == 0:
		return key
	case look.cost != key.cost:
		if key.cost < look.cost {
			return key
		}
		return look
	}
	both := look
	for _, c := range key.candidates {
		both.candidates = appendCode(both.candidates, c.Code.word(), c.Corrected)
	}
	return both
}

func offLength(a attempt) int { return max(a.typed-codeSymbols, codeSymbols-a.typed) }
