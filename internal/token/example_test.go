package token_test

import (
	"fmt"
	"strings"

	"svilpe/internal/token"
)

// A reporter types the code with two slips; the page can say where they were.
func ExampleRead() {
	code := token.FromDraft([32]byte{31: 1}) // from a form's 32 random bytes
	fmt.Println(code)
	fmt.Println(code.Text())

	typed := strings.ToLower(strings.ReplaceAll(code.Text(), "-", " "))
	typed = "zz" + typed[2:]
	for _, candidate := range token.Read(typed).Candidates {
		fmt.Println(candidate.Code == code, candidate.Corrected)
	}

	short := token.Read(typed[:20])
	fmt.Println(short.Hint == token.HintLength, short.Typed)
	// Output:
	// [redacted]
	// FVAVG-34S1N-M3ZAG-CAS44-5RN5N-V54QA
	// true [1]
	// true 17
}
