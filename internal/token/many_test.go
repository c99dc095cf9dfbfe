package token

import (
	"strings"
	"testing"
)

// Somebody who knows the code's algebra can build a text of 29 symbols that is
// one missing symbol away from many codes, to make one request cost many
// look-ups. Beyond four it is refused.
func TestTextThatFitsManyCodesIsRefused(t *testing.T) {
	for _, places := range [][]int{{2, 9, 16, 23}, {2, 8, 14, 20, 26}, {1, 6, 11, 16, 21, 26}} {
		text := fitting(t, places)
		found := missing(text)
		if len(found) < len(places) {
			t.Fatalf("the text fits %d codes, want at least %d", len(found), len(places))
		}
		var typed strings.Builder
		for _, v := range text {
			typed.WriteByte(alphabet[v])
		}
		r := Read(typed.String())
		if len(found) > maxCandidates && (len(r.Candidates) != 0 || r.Hint != HintLength) {
			t.Errorf("%d codes: %d go on", len(found), len(r.Candidates))
		}
		if len(found) <= maxCandidates && len(r.Candidates) != len(found) {
			t.Errorf("%d codes: %d go on", len(found), len(r.Candidates))
		}
	}
}

// fitting is a random solution of the linear equations «typed with symbol vₖ at
// place k is a code» in the 29 typed symbols and the vₖ.
func fitting(t *testing.T, places []int) []byte {
	const typed = codeSymbols - 1
	columns := typed + len(places)
	var rows [][]byte
	for k, place := range places {
		for j := 1; j <= checkSymbols; j++ {
			row := make([]byte, columns)
			for i := range codeSymbols {
				weight := alpha(j * (codeSymbols - 1 - i))
				switch {
				case i < place:
					row[i] = weight
				case i == place:
					row[typed+k] = weight
				default:
					row[i-1] = weight
				}
			}
			rows = append(rows, row)
		}
	}
	return nullVector(t, rows, columns)[:typed]
}

// nullVector is a random vector that all rows give zero with.
func nullVector(t *testing.T, rows [][]byte, columns int) []byte {
	pivots := map[int]int{} // column → row
	next := 0
	for c := 0; c < columns && next < len(rows); c++ {
		for r := next; r < len(rows); r++ {
			if rows[r][c] != 0 {
				rows[next], rows[r] = rows[r], rows[next]
				break
			}
		}
		if rows[next][c] == 0 {
			continue
		}
		inverse := div(1, rows[next][c])
		for i := range rows[next] {
			rows[next][i] = mul(rows[next][i], inverse)
		}
		for r := range rows {
			if factor := rows[r][c]; r != next && factor != 0 {
				for i := range rows[r] {
					rows[r][i] ^= mul(factor, rows[next][i])
				}
			}
		}
		pivots[c] = next
		next++
	}
	x := make([]byte, columns)
	for c := range x {
		if _, ok := pivots[c]; !ok {
			x[c] = byte(number(t, 32))
		}
	}
	for c, r := range pivots {
		for i := range x {
			if _, pivot := pivots[i]; !pivot {
				x[c] ^= mul(rows[r][i], x[i])
			}
		}
	}
	return x
}
