package appoint

import (
	"crypto/sha256"
	"strings"
)

// CheckWords are what two people compare, face to face or by telephone, before
// one signs for the other's key: six pairs of proquints (arXiv:0901.4016), 192
// bits of the SHA-256 over a label, recipient and verifier key. They are the
// same in every language.
func CheckWords(recipient string, verifier []byte) []string {
	h := sha256.New()
	h.Write([]byte("svilpe/1 check words\n" + recipient + "\n"))
	h.Write(verifier)
	sum := h.Sum(nil)
	words := make([]string, 6)
	for i := range words {
		b := sum[4*i : 4*i+4]
		words[i] = proquint(uint16(b[0])<<8|uint16(b[1])) + "-" + proquint(uint16(b[2])<<8|uint16(b[3]))
	}
	return words
}

func proquint(v uint16) string {
	const consonants, vowels = "bdfghjklmnprstvz", "aiou"
	var b strings.Builder
	b.WriteByte(consonants[v>>12&15])
	b.WriteByte(vowels[v>>10&3])
	b.WriteByte(consonants[v>>6&15])
	b.WriteByte(vowels[v>>4&3])
	b.WriteByte(consonants[v&15])
	return b.String()
}
