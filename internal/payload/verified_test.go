package payload

import (
	"bytes"
	"crypto/ed25519"
	"strconv"
	"testing"
)

// TestVerifiedOnce: that a statement was found right says nothing of another text, key,
// label or signature, and what is remembered stays small.
func TestVerifiedOnce(t *testing.T) {
	key, other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1},
		32)), ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, 32))
	public, another := key.Public().(ed25519.PublicKey), other.Public().(ed25519.PublicKey)
	body := []byte("a statement")
	right := SignStatement(LabelEpoch, body, key)
	wrong := bytes.Clone(right)
	wrong[0] ^= 1
	for round := range 3 {
		if err := VerifyStatement(LabelEpoch, body, right, public); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
		for name, err := range map[string]error{
			"another text":        VerifyStatement(LabelEpoch, []byte("a statement "), right, public),
			"another label":       VerifyStatement(LabelStatus, body, right, public),
			"another key":         VerifyStatement(LabelEpoch, body, right, another),
			"no key":              VerifyStatement(LabelEpoch, body, right, nil),
			"another signature":   VerifyStatement(LabelEpoch, body, wrong, public),
			"no signature":        VerifyStatement(LabelEpoch, body, nil, public),
			"a part of the text":  VerifyStatement(LabelEpoch, body[1:], append(right[:64:64], body[0]), public),
			"a longer signature":  VerifyStatement(LabelEpoch, body, append(right[:64:64], 0), public),
			"who signed not this": VerifyStatement(LabelEpoch, body, SignStatement(LabelEpoch, body, other), public),
		} {
			if err == nil {
				t.Errorf("round %d: %s is taken", round, name)
			}
		}
	}
	for n := range 3 * mostVerified {
		text := []byte(strconv.Itoa(n))
		remember([32]byte(append(text, make([]byte, 32-len(text))...)))
	}
	if n := len(seen.young) + len(seen.old); n > 2*mostVerified {
		t.Errorf("%d are remembered", n)
	}
	if err := VerifyStatement(LabelEpoch, body, right, public); err != nil {
		t.Errorf("forgotten, and not verified again: %v", err)
	}
}
