package token

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// unreadable stands for a typed letter or digit that no symbol looks like: it
// counts as a symbol, and as a wrong one.
const unreadable = 0xFF

// dropped is the letter of a key that types punctuation on a Latin keyboard.
const dropped = '-'

// values gives the symbol of an upper-case Latin letter or digit.
var values = func() map[rune]byte {
	v := make(map[rune]byte)
	for i, r := range alphabet {
		v[r] = byte(i)
	}
	for from, to := range map[rune]rune{'O': '0', 'I': '1', 'L': '1', 'U': 'V', 'Ø': '0', 'Ł': '1', 'Đ': 'D'} {
		v[from] = v[to]
	}
	return v
}()

// byLook is what an upper-case Cyrillic letter looks like: Russian first, then
// Ukrainian, Kazakh and historic letters.
var byLook = pairs(
	"АВЕКМНОРСТУХЗ"+"ІЅЈӀ"+"ҚҒҢӨҮҰҺ"+"ԚԜѴ",
	"ABEKMH0PCTYX3"+"1SJ1"+"KFH0YYH"+"QWV")

// byKey is what the key types on a QWERTY keyboard that types this letter on
// the Russian one (ЙЦУКЕН; the Kazakh one agrees on these keys).
var byKey = pairs(
	"ЙЦУКЕНГШЩЗ"+"ФЫВАПРОЛД"+"ЯЧСМИТЬ"+"ХЪЖЭБЮЁ",
	"QWERTYUIOP"+"ASDFGHJKL"+"ZXCVBNM"+"-------")

func pairs(from, to string) map[rune]rune {
	letters, m := []rune(to), make(map[rune]rune)
	for i, r := range []rune(from) {
		m[r] = letters[i]
	}
	return m
}

// readByLook gives the symbols of a text in NFKC, or unreadable for a letter
// that looks like none.
func readByLook(text string) []byte { return symbols(text, nil) }

// readByKey is readByLook for a person who typed a Latin code without leaving
// the Russian keyboard.
func readByKey(text string) []byte { return symbols(text, byKey) }

// symbols drops all that is no letter or number: spaces, dashes, quotes, marks,
// zero-width characters, broken UTF-8. Keys go before looks, and whole letters
// before their base, because Й is no И with an accent.
func symbols(text string, keys map[rune]rune) []byte {
	var out []byte
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) || unicode.Is(unicode.Lm, r) {
			continue // Lm: letters that are printed as apostrophes and dashes
		}
		r = unicode.ToUpper(r)
		if latin, ok := keys[r]; ok {
			if latin == dropped {
				continue
			}
			r = latin
		}
		out = append(out, symbolOf(r))
	}
	return out
}

// symbolOf reads one upper-case letter or number by its look, with its accent
// dropped.
func symbolOf(r rune) byte {
	for _, base := range norm.NFD.String(string(r)) {
		r = base // the base letter comes first, its marks follow
		break
	}
	if latin, ok := byLook[r]; ok {
		r = latin
	}
	if v, ok := values[r]; ok {
		return v
	}
	return unreadable
}

// hasCyrillic reports whether the two readings of a text can differ.
func hasCyrillic(text string) bool {
	for _, r := range text {
		if unicode.Is(unicode.Cyrillic, r) {
			return true
		}
	}
	return false
}
