package token

// The field GF(32): polynomials over GF(2) modulo x⁵+x²+1, as five bits.
// Addition is xor. α = x generates all 31 non-zero elements.

const (
	fieldPolynomial = 0b100101
	fieldOrder      = 31
)

var powers, logs = fieldTables()

// fieldTables gives αⁿ for n = 0..30 and its inverse; the entry for 0 in the
// second table is never read.
func fieldTables() (power [fieldOrder]byte, log [fieldOrder + 1]int) {
	element := 1
	for n := range fieldOrder {
		power[n] = byte(element)
		log[element] = n
		element <<= 1
		if element > fieldOrder {
			element ^= fieldPolynomial
		}
	}
	return power, log
}

// alpha is αⁿ for n ≥ 0.
func alpha(n int) byte { return powers[n%fieldOrder] }

func mul(a, b byte) byte {
	if a == 0 || b == 0 {
		return 0
	}
	return alpha(logs[a] + logs[b])
}

// div is a/b; b must not be 0.
func div(a, b byte) byte {
	if a == 0 {
		return 0
	}
	return alpha(logs[a] + fieldOrder - logs[b])
}
