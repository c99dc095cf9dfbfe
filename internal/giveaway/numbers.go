package giveaway

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// number is a run of digit groups with single separators between them, as
// people write telephone numbers: «+371 26 123 456», «8 (701) 123-45-67».
type number struct {
	plus       bool
	groups     []string
	spans      [][2]int // of groups
	gaps       []string // between them
	start, end int
}

// maxGroups bounds a run; what goes on longer is a table, and nobody's number.
const maxGroups = 16

// numbers are the telephone numbers and personal codes of a text.
func numbers(text string) []Span {
	var out []Span
	for i := 0; i < len(text); {
		c := text[i]
		if !digit(c) && (c != '+' || i+1 >= len(text) || !digit(text[i+1])) {
			i++
			continue
		}
		n := readNumber(text, i)
		i = n.end
		if len(n.groups) <= maxGroups && free(text, n) {
			out = append(out, judge(text, n)...)
		}
	}
	return out
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// readNumber reads the run at i. Groups beyond maxGroups are passed over, not kept.
func readNumber(text string, i int) number {
	n := number{start: i}
	if text[i] == '+' {
		n.plus = true
		if before(text, i) == '(' {
			n.start--
		}
		i++
	}
	for {
		start := i
		for i < len(text) && digit(text[i]) {
			i++
		}
		if len(n.groups) <= maxGroups {
			n.groups = append(n.groups, text[start:i])
			n.spans = append(n.spans, [2]int{start, i})
		}
		n.end = i
		next := separator(text, i)
		if next == i || next >= len(text) || !digit(text[next]) {
			return n
		}
		if len(n.gaps) <= maxGroups {
			n.gaps = append(n.gaps, text[i:next])
		}
		i = next
	}
}

// separator is where what may stand between two groups ends: one space or dash,
// a bracket, and a space or dash beside a bracket.
func separator(text string, i int) int {
	used := ""
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch r {
		case ' ', '\u00a0', '\u202f':
			r = ' '
		case '-', '‑', '–':
			r = '-'
		case '(', ')':
		default:
			return i
		}
		switch used + string(r) {
		case " ", "-", "(", ")", " (", ") ", ")-":
			used += string(r)
			i += size
		default:
			return i
		}
	}
	return i
}

// free tells whether a run stands for itself: not part of a word, a longer
// mark («2026/26123456», «SIA-26123456»), a decimal fraction or a numbered
// thing.
func free(text string, n number) bool {
	prev := before(text, n.start)
	if wordy(prev) || strings.ContainsRune("/-–#№_=.,", prev) {
		if prev != '.' && prev != ',' || n.start < 2 || digit(text[n.start-2]) {
			return false
		}
	}
	next := after(text, n.end)
	if unicode.IsLetter(next) || next == '/' || next == '_' || next == '%' || next == '@' {
		return false
	}
	if n.end+1 < len(text) && strings.ContainsRune("-.,:", next) && wordy(after(text, n.end+1)) {
		return false
	}
	return true
}

// judge says which of a free run's digits are someone's.
func judge(text string, n number) []Span {
	digits := strings.Join(n.groups, "")
	switch {
	case !n.plus && personal(n, digits):
		return []Span{{PersonalCode, n.start, n.end}}
	case n.plus && len(digits) >= 9 && len(digits) <= 15 && digits[0] != '0' && !money(text, n, digits),
		!n.plus && phone(text, n, digits):
		return []Span{{Phone, n.start, n.end}}
	}
	// Complete numbers side by side, or beside a small count, with spaces.
	for i, g := range n.groups {
		other := len(g) != 8 && len(g) != 11 && len(g) > 2
		if n.plus || other || i < len(n.gaps) && strings.Trim(n.gaps[i], " \u00a0\u202f") != "" {
			return nil
		}
	}
	var out []Span
	for i, g := range n.groups {
		one := number{groups: []string{g}, start: n.spans[i][0], end: n.spans[i][1]}
		switch {
		case personal(one, g):
			out = append(out, Span{PersonalCode, one.start, one.end})
		case phone(text, one, g):
			out = append(out, Span{Phone, one.start, one.end})
		}
	}
	return out
}

// shape is the groups' lengths: «233».
func (n number) shape() string {
	var s strings.Builder
	for _, g := range n.groups {
		s.WriteString(strconv.Itoa(len(g)))
	}
	return s.String()
}

// personal is a Latvian personal code, with or without its dash: the birth date
// form, whose date and check digit must fit, and the form since 2017 that
// begins with 32 and says no date; that form's check digit is not published.
func personal(n number, digits string) bool {
	dashed := n.shape() == "65" && strings.Trim(n.gaps[0], "-‑–") == ""
	if len(digits) != 11 || n.shape() != "11" && !dashed {
		return false
	}
	if strings.HasPrefix(digits, "32") {
		return true
	}
	century := digits[6] - '0'
	if century > 2 {
		return false
	}
	year := strconv.Itoa(18+int(century)) + digits[4:6]
	if _, err := time.Parse("02012006", digits[:4]+year); err != nil {
		return false
	}
	sum := 1
	for i, w := range [10]int{10, 5, 8, 4, 2, 1, 6, 3, 7, 9} {
		sum += w * int(digits[i]-'0')
	}
	return sum%11%10 == int(digits[10]-'0')
}

// phone is a number as written at home: Latvian (eight digits from 2, 6 or 7,
// with or without 371), or from Kazakhstan and Russia with its 8 in front.
func phone(text string, n number, digits string) bool {
	shape := n.shape()
	switch {
	case len(digits) == 13 && strings.HasPrefix(digits, "00371"):
		return strings.IndexByte("267", digits[5]) >= 0
	case len(digits) == 11 && strings.HasPrefix(digits, "371") && len(n.groups[0]) != 6:
		return strings.IndexByte("267", digits[3]) >= 0
	case len(digits) == 11 && digits[0] == '8' && (digits[1] == '7' || digits[1] == '9'):
		return slices.Contains([]string{"11", "13322", "1334", "137"}, shape)
	case len(digits) != 8 || strings.IndexByte("267", digits[0]) < 0:
		return false
	}
	switch shape {
	case "8":
		if _, err := time.Parse("20060102", digits); err == nil && digits[0] == '2' {
			return false
		}
	case "44":
		if years(n.groups) {
			return false
		}
	case "2222":
		if n.gaps[0] != "-" && !called(text, n.start) {
			return false
		}
	case "233", "26", "35", "53", "332":
	default:
		return false // 4-2-2 is a date
	}
	return !money(text, n, digits) && !numbered(text, n.start)
}

// years are two years of our time: «2024-2025».
func years(groups []string) bool {
	for _, g := range groups {
		if g < "1900" || g > "2099" {
			return false
		}
	}
	return true
}
