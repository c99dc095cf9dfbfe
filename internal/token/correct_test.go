package token

import (
	"crypto/rand"
	"testing"
)

// number is a random number below n, which is 64 at most.
func number(t testing.TB, n int) int {
	t.Helper()
	var b [2]byte
	if _, err := rand.Read(b[:]); err != nil {
		t.Fatal(err)
	}
	return (int(b[0])<<8 | int(b[1])) % n // not quite even, which does not matter here
}

func TestFieldIsAField(t *testing.T) {
	for a := byte(1); a < 32; a++ {
		products := map[byte]bool{}
		for b := byte(1); b < 32; b++ {
			products[mul(a, b)] = true
			if div(mul(a, b), b) != a {
				t.Fatalf("(%d·%d)/%d is not %d", a, b, b, a)
			}
			for c := range byte(32) {
				if mul(a, b^c) != mul(a, b)^mul(a, c) {
					t.Fatalf("%d·(%d+%d) does not distribute", a, b, c)
				}
			}
		}
		if len(products) != 31 || products[0] {
			t.Fatalf("multiplying by %d is not one to one", a)
		}
	}
	if x5 := mul(mul(alpha(1), alpha(2)), alpha(2)); x5 != 0b00101 {
		t.Fatalf("x⁵ = %05b, want x²+1", x5)
	}
}

// Every single wrong symbol and every two of them, at all places and with all
// values: 418,965 spoilt codes. The code is linear, so one code stands for all.
func TestEveryOneAndTwoWrongSymbolsAreCorrected(t *testing.T) {
	want := randomCode(t).word()
	spoiltCodes := 0
	check := func(spoilt word) {
		spoiltCodes++
		if got, ok := correct(spoilt); !ok || got != want {
			t.Fatal("a code with at most two wrong symbols was not put right")
		}
	}
	spoilt := want
	for i := range codeSymbols {
		for a := byte(1); a < 32; a++ {
			spoilt[i] = want[i] ^ a
			check(spoilt)
			for j := range i {
				for b := byte(1); b < 32; b++ {
					spoilt[j] = want[j] ^ b
					check(spoilt)
				}
				spoilt[j] = want[j]
			}
		}
		spoilt[i] = want[i]
	}
	if spoiltCodes != 418_965 {
		t.Errorf("%d spoilt codes tried, want all 418,965", spoiltCodes)
	}
}

func TestEverySwapIsCorrected(t *testing.T) {
	for range 20 {
		want := randomCode(t).word()
		for i := range codeSymbols {
			for j := range i { // j = i-1 are the neighbours
				spoilt := want
				spoilt[i], spoilt[j] = want[j], want[i]
				if got, ok := correct(spoilt); !ok || got != want {
					t.Fatalf("swapping symbols %d and %d was not put right", j+1, i+1)
				}
			}
		}
	}
}

// Worse damage cannot always be seen. Here is how often it gives another code
// (which opens nothing), and that it never gives the right one by luck.
func TestWorseDamageNeverGivesTheOriginal(t *testing.T) {
	const rounds = 2_000
	for wrong := 3; wrong <= codeSymbols; wrong++ {
		others := 0
		for range rounds {
			want := randomCode(t).word()
			spoilt := want
			places := shuffledPlaces(t)
			for _, i := range places[:wrong] {
				spoilt[i] ^= byte(1 + number(t, 31))
			}
			got, ok := correct(spoilt)
			if ok && got == want {
				t.Fatalf("%d wrong symbols gave the original", wrong)
			}
			if ok && !isCode(got) {
				t.Fatal("correct gave a word that is no code")
			}
			if ok {
				others++
			}
		}
		share := float64(others) / rounds
		t.Logf("%2d wrong symbols: %.1f %% read as another code", wrong, 100*share)
		// Counting words within two symbols of a code: 418,966 of 32⁴ = 40.0 %.
		if share > 0.5 {
			t.Errorf("%d wrong symbols: %.1f %% read as another code, which is more than counting allows",
				wrong, 100*share)
		}
	}
}

func shuffledPlaces(t testing.TB) []int {
	places := make([]int, codeSymbols)
	for i := range places {
		j := number(t, i+1)
		places[i] = places[j]
		places[j] = i
	}
	return places
}
