package secret

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// ErrParams says that a text is not the parameters of a password's key.
var ErrParams = errors.New("secret: malformed Argon2id parameters")

// The bounds of parameters read from a row: changed rows may make a sign-in
// fail, not take the machine's memory.
const (
	maxMemory  = 1 << 20 // KiB: 1 GiB
	maxTime    = 64
	maxThreads = 64
)

// Params are the costs of one member's Argon2id and its salt. They stand beside
// what they seal; where they differ from [Default] in cost, a sign-in seals anew.
type Params struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8  // lanes
	Salt    [16]byte
}

// Default is 64 MiB, three passes, four lanes (RFC 9106 §4, second recommended
// option) with a fresh random salt. Tests choose cheap costs by filling Params
// themselves.
func Default() Params {
	p := Params{Memory: 64 * 1024, Time: 3, Threads: 4}
	rand.Read(p.Salt[:]) // never fails: crypto/rand ends the program instead
	return p
}

// SameCost says whether two parameters differ in nothing but the salt.
func (p Params) SameCost(q Params) bool {
	q.Salt = p.Salt
	return p == q
}

// String is the form in which parameters are stored and bound to what they
// seal, a PHC string without a hash: $argon2id$v=19$m=65536,t=3,p=4$<salt>, the
// salt in base64 without padding.
func (p Params) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s", argon2.Version, p.Memory, p.Time, p.Threads,
		base64.RawStdEncoding.EncodeToString(p.Salt[:]))
}

// ParseParams reads what [Params.String] writes and nothing else. Its error is
// [ErrParams].
func ParseParams(text string) (Params, error) {
	var p Params
	var version int
	var salt string
	_, err := fmt.Sscanf(text, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s", &version, &p.Memory, &p.Time, &p.Threads, &salt)
	if err != nil {
		return Params{}, ErrParams
	}
	raw, err := base64.RawStdEncoding.DecodeString(salt)
	if err != nil || len(raw) != len(p.Salt) {
		return Params{}, fmt.Errorf("%w: salt", ErrParams)
	}
	p.Salt = [16]byte(raw)
	if p.String() != text {
		return Params{}, fmt.Errorf("%w: not in canonical form", ErrParams)
	}
	if err := p.check(); err != nil {
		return Params{}, err
	}
	return p, nil
}

func (p Params) check() error {
	switch {
	case p.Threads < 1 || p.Threads > maxThreads,
		p.Time < 1 || p.Time > maxTime,
		p.Memory < 8*uint32(p.Threads) || p.Memory > maxMemory: // RFC 9106 §3.1: at least 8 KiB a lane
		return fmt.Errorf("%w: m=%d,t=%d,p=%d is out of bounds", ErrParams, p.Memory, p.Time, p.Threads)
	}
	return nil
}
