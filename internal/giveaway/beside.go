package giveaway

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// beside bounds how much of the text around a number is looked at, in bytes.
const beside = 48

// currencies begin the word after a sum.
var currencies = []string{
	"eur", "eir", "euro", "€", "usd", "$", "dol", "ls", "lat", "rub", "₽", "kzt", "₸", "евро", "руб", "долл", "тенге",
	"теңге", "gbp", "£", "тыс", "млн", "tūkst", "milj",
}

// money tells whether a number is a sum: a currency stands beside it, or it
// ends in six zeros.
func money(text string, n number, digits string) bool {
	if strings.HasSuffix(digits, "000000") || strings.ContainsRune("€$£₸₽", lastVisible(text[:n.start])) {
		return true
	}
	if w := lastWord(text, n.start); w == "eur" || w == "usd" || w == "kzt" {
		return true
	}
	next := strings.ToLower(strings.TrimLeftFunc(cut(text[n.end:], beside), unicode.IsSpace))
	return slices.ContainsFunc(currencies, func(c string) bool { return strings.HasPrefix(next, c) })
}

// marks stand before numbers of things; calls before numbers of telephones.
var (
	marks = []string{
		"nr", "no", "num", "number", "numur", "reģ", "lieta", "lietas", "lietu", "konts", "rēķins", "rēķina", "līgums",
		"līguma", "дело", "дела", "номер", "счёт", "счет", "договор", "іс", "шот", "нөмір", "case",
		"invoice", "account", "contract",
	}
	calls = []string{
		"tel", "tāl", "mob", "zvan", "phone", "call", "whatsapp", "signal", "viber", "telegram", "тел", "моб", "звон",
		"ватсап", "ұялы", "қоңырау",
	}
)

// numbered tells whether a number names a thing: «lieta Nr. 26123456».
func numbered(text string, start int) bool {
	prev := lastVisible(text[:start])
	named := prev == '№' || prev == '#' || slices.Contains(marks, lastWord(text, start))
	return named && !called(text, start)
}

// called tells whether the two words before speak of a telephone.
func called(text string, start int) bool {
	first := wordStart(text, start)
	for _, w := range []string{lastWord(text, start), lastWord(text, first)} {
		if slices.ContainsFunc(calls, func(c string) bool { return strings.HasPrefix(w, c) }) {
			return true
		}
	}
	return false
}

// lastWord is the word before a place, in lower case; "" where another number
// or the bound comes first.
func lastWord(text string, i int) string {
	start := wordStart(text, i)
	return strings.ToLower(strings.TrimFunc(text[start:i], func(r rune) bool { return !unicode.IsLetter(r) }))
}

func wordStart(text string, i int) int {
	least, in := max(0, i-beside), false
	for i > least {
		r, size := utf8.DecodeLastRuneInString(text[:i])
		letter := unicode.IsLetter(r)
		if in && !letter || unicode.IsDigit(r) || r == '\n' {
			return i
		}
		in = in || letter
		i -= size
	}
	return i
}

func lastVisible(text string) rune {
	text = text[max(0, len(text)-beside):]
	return before(strings.TrimRightFunc(text, unicode.IsSpace), len(strings.TrimRightFunc(text, unicode.IsSpace)))
}

func cut(text string, n int) string { return text[:min(n, len(text))] }
