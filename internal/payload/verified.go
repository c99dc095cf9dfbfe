package payload

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"sync"
)

// mostVerified bounds each of the two generations of seen: some 1 MB together.
const mostVerified = 1 << 12

// seen are the signatures of clear statements that this process found right, by key,
// text and signature: the same ones are met on every page of a case. Nothing that
// changes can make a right one wrong. The younger generation becomes the older one when
// it is full, so what is met again stays. Texts that were sealed are not among them.
var seen struct {
	sync.Mutex
	young, old map[[sha256.Size]byte]struct{}
}

// verified is ed25519.Verify of a clear statement, once for the same bytes.
func verified(author ed25519.PublicKey, message, signature []byte) bool {
	if len(author) != ed25519.PublicKeySize || len(signature) != ed25519.SignatureSize {
		return false
	}
	h := sha256.New()
	for _, part := range [][]byte{author, signature, message} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write(part)
	}
	id := [sha256.Size]byte(h.Sum(nil))
	seen.Lock()
	_, young := seen.young[id]
	_, old := seen.old[id]
	seen.Unlock()
	if !young && !old && !ed25519.Verify(author, message, signature) {
		return false
	}
	if !young {
		remember(id)
	}
	return true
}

func remember(id [sha256.Size]byte) {
	seen.Lock()
	defer seen.Unlock()
	if seen.young == nil || len(seen.young) == mostVerified {
		seen.young, seen.old = map[[sha256.Size]byte]struct{}{}, seen.young
	}
	seen.young[id] = struct{}{}
}
