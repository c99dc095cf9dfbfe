package token

// The Reed–Solomon code (30, 26) over GF(32), systematic, generator roots
// α¹…α⁴: it is the (31, 27) code without its first symbol. Symbol i of a word,
// from the left, is the coefficient of x²⁹⁻ⁱ. The distance is 5, so any two
// wrong symbols have one nearest code.

// generator holds the coefficients of (x+α¹)(x+α²)(x+α³)(x+α⁴) from x³ down to
// x⁰; that of x⁴ is 1.
var generator = func() [checkSymbols]byte {
	g := [checkSymbols + 1]byte{1} // highest first, here without factors yet
	for root := 1; root <= checkSymbols; root++ {
		for i := root; i > 0; i-- {
			g[i] ^= mul(g[i-1], alpha(root))
		}
	}
	return [checkSymbols]byte(g[1:])
}()

// encode appends the check symbols: the remainder of data·x⁴ by the generator.
func encode(data [dataSymbols]byte) word {
	var rest [checkSymbols]byte
	for _, symbol := range data {
		factor := symbol ^ rest[0]
		copy(rest[:], rest[1:])
		rest[checkSymbols-1] = 0
		for i, g := range generator {
			rest[i] ^= mul(factor, g)
		}
	}
	var w word
	copy(w[:], data[:])
	copy(w[dataSymbols:], rest[:])
	return w
}

// syndromes is the word's value at α¹…α⁴: all zero for a code and for nothing
// else. An error of value Y at locator X adds Y·Xʲ to the j-th.
func syndromes(w word) (s [checkSymbols]byte) {
	for j := range s {
		for _, symbol := range w {
			s[j] = mul(s[j], alpha(j+1)) ^ symbol
		}
	}
	return s
}

func isCode(w word) bool { return syndromes(w) == [checkSymbols]byte{} }

// locatorOf is the X of an error at symbol i.
func locatorOf(i int) byte { return alpha(codeSymbols - 1 - i) }

// correct gives the one code within two wrong symbols of w, or false when
// there is none (Peterson's decoder for two errors).
func correct(w word) (word, bool) {
	s := syndromes(w)
	if s == [checkSymbols]byte{} {
		return w, true
	}
	if fixed, ok := correctOne(w, s); ok {
		return fixed, true
	}
	return correctTwo(w, s)
}

// correctOne assumes one wrong symbol: its locator is S₂/S₁.
func correctOne(w word, s [checkSymbols]byte) (word, bool) {
	if s[0] == 0 || s[1] == 0 {
		return word{}, false
	}
	x := div(s[1], s[0])
	if mul(s[1], x) != s[2] || mul(s[2], x) != s[3] {
		return word{}, false
	}
	i := codeSymbols - 1 - logs[x]
	if i < 0 {
		return word{}, false // the symbol that the shortened code does not have
	}
	w[i] ^= div(s[0], x)
	return w, true
}

// solveAt changes symbol i so that the first syndrome is zero, and reports
// whether the others are then zero too.
func solveAt(w word, i int) (word, bool) {
	w[i] ^= div(syndromes(w)[0], locatorOf(i))
	return w, isCode(w)
}

// correctTwo assumes two wrong symbols. Their locators are the roots of
// X² + σ₁X + σ₂, where Newton's identities give
//
//	S₂σ₁ + S₁σ₂ = S₃
//	S₃σ₁ + S₂σ₂ = S₄
//
// A root must belong to one of the 30 places. Worse damage shows three times in
// five, by having no two such roots; else it gives another code.
func correctTwo(w word, s [checkSymbols]byte) (word, bool) {
	det := mul(s[1], s[1]) ^ mul(s[0], s[2])
	if det == 0 {
		return word{}, false
	}
	sigma1 := div(mul(s[2], s[1])^mul(s[0], s[3]), det)
	sigma2 := div(mul(s[1], s[3])^mul(s[2], s[2]), det)

	var places []int
	for i := range w {
		x := locatorOf(i)
		if mul(x, x)^mul(sigma1, x)^sigma2 == 0 {
			places = append(places, i)
		}
	}
	if len(places) != 2 {
		return word{}, false
	}
	x1, x2 := locatorOf(places[0]), locatorOf(places[1])
	// S₁ = Y₁X₁ + Y₂X₂ and S₂ = Y₁X₁² + Y₂X₂², solved for Y₁ and Y₂; the other
	// two syndromes follow from the choice of σ₁ and σ₂.
	w[places[0]] ^= div(s[1]^mul(s[0], x2), mul(x1, x1^x2))
	w[places[1]] ^= div(s[1]^mul(s[0], x1), mul(x2, x1^x2))
	return w, true
}
