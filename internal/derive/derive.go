// Package derive makes every key from a secret of 32 bytes and a label: an age
// identity, a signing key, an id. HKDF-SHA-256 (RFC 5869), label
// "svilpe/1 <purpose>", then the ids the key belongs to. The golden file in
// testdata never changes within a version. It decrypts nothing.
package derive

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"filippo.io/age"
	"github.com/google/uuid"

	"svilpe/internal/ethics"
)

// Purposes. A new one is a new constant here, so that no two keys share a label.
const (
	purposeCaseID       = "case id"
	purposeEnvelopeID   = "envelope id"
	purposeFileID       = "file id"
	purposeFile         = "file identity"
	purposeCase         = "case identity"
	purposeMember       = "member identity"
	purposeMemberSign   = "member signing key"
	purposeReporter     = "reporter identity"
	purposeReporterSign = "reporter signing key"
	purposeFounders     = "founders copy"
	purposeVault        = "vault identity"
	purposeConsultation = "consultation"
)

// Secret is 32 bytes from which keys are derived. It prints as [redacted].
type Secret [32]byte

// New gives a random secret.
func New() Secret {
	var s Secret
	// crypto/rand.Read never fails since Go 1.24: it ends the program instead.
	_, _ = rand.Read(s[:])
	return s
}

// Format hides the secret, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[redacted]")) }

// LogValue hides the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// FromBytes takes 32 bytes back as a secret.
func FromBytes(b []byte) (Secret, error) {
	if len(b) != len(Secret{}) {
		return Secret{}, errors.New("derive: a secret has 32 bytes")
	}
	return Secret(b), nil
}

// Draft text: the hidden form field that carries a draft secret.

// Text is the draft secret as the form field holds it: base64url, 43 characters.
func (s Secret) Text() string { return base64.RawURLEncoding.EncodeToString(s[:]) }

// ReadDraft reads the form field back. Only the exact form is taken.
func ReadDraft(text string) (Secret, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != 32 || len(text) != 43 { // the decoder passes over line breaks
		return Secret{}, errors.New("derive: not a draft")
	}
	return Secret(b), nil
}

// child derives 32 bytes for a purpose and the ids it belongs to.
func (s Secret) child(purpose string, ids ...string) Secret {
	info := "svilpe/1 " + purpose
	for _, id := range ids {
		info += "\x00" + string(binary.BigEndian.AppendUint16(nil, uint16(len(id)))) + id
	}
	out, err := hkdf.Key(sha256.New, s[:], nil, info, 32)
	if err != nil {
		panic("derive: " + err.Error()) // only a length beyond 255 blocks fails
	}
	return Secret(out)
}

// uuidFrom shapes derived bytes as a UUID version 4 (RFC 9562): nobody can tell
// a derived id from a random one.
func (s Secret) uuidFrom(purpose string, ids ...string) string {
	k := s.child(purpose, ids...)
	var u uuid.UUID
	copy(u[:], k[:16])
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return u.String()
}

// CaseID is the id of the case that this draft will become.
func (s Secret) CaseID() string { return s.uuidFrom(purposeCaseID) }

// EnvelopeID is the id of the envelope of this kind that this draft will become
// in this case: the same form sent twice makes the same id, and sent to another
// case it makes another one, or the second case would seem to have it already.
func (s Secret) EnvelopeID(caseID string, kind ethics.EnvelopeKind) string {
	return s.uuidFrom(purposeEnvelopeID, caseID, string(kind))
}

// Consultation is the draft of the consultation that this form may become: another
// code and id than those of the report that it may become as well.
func (s Secret) Consultation() Secret { return s.child(purposeConsultation) }

// FileSecret is the one-time secret of a file of this draft.
func (s Secret) FileSecret(fileID string) Secret { return s.child(purposeFile, fileID) }

// DraftHash is what file rows keep of a draft that is not filed yet.
func (s Secret) DraftHash() []byte {
	k := s.child(purposeFileID)
	h := sha256.Sum256(k[:])
	return h[:]
}

// FoundersKey seals a member's own copy of the founders' digest.
func (s Secret) FoundersKey() [32]byte { return s.child(purposeFounders) }

// FileIdentity opens one file; s is that file's one-time secret.
func (s Secret) FileIdentity() (*age.HybridIdentity, error) { return s.identity(purposeFile) }

// CaseIdentity opens what is sealed to a case in one epoch; s is that epoch's
// case secret.
func (s Secret) CaseIdentity(caseID string, epoch int) (*age.HybridIdentity, error) {
	return s.identity(purposeCase, caseID, fmt.Sprint(epoch))
}

// VaultIdentity opens one vault of a case; s is that vault's secret.
func (s Secret) VaultIdentity(caseID, vault string) (*age.HybridIdentity, error) {
	return s.identity(purposeVault, caseID, vault)
}

// MemberIdentity opens a member's grants; s is the member secret.
func (s Secret) MemberIdentity() (*age.HybridIdentity, error) { return s.identity(purposeMember) }

// MemberSigner signs what a member writes.
func (s Secret) MemberSigner() ed25519.PrivateKey { return s.signer(purposeMemberSign) }

// ReporterIdentity opens what the reporter may read; s is the reporter secret.
func (s Secret) ReporterIdentity() (*age.HybridIdentity, error) { return s.identity(purposeReporter) }

// ReporterSigner signs what the reporter writes.
func (s Secret) ReporterSigner() ed25519.PrivateKey { return s.signer(purposeReporterSign) }

func (s Secret) signer(purpose string) ed25519.PrivateKey {
	k := s.child(purpose)
	return ed25519.NewKeyFromSeed(k[:])
}

// identity makes a hybrid (ML-KEM-768 with X25519) age identity. Its secret is
// a 32-byte seed in Bech32 (age 1.3, BIP-173), which age parses itself.
func (s Secret) identity(purpose string, ids ...string) (*age.HybridIdentity, error) {
	k := s.child(purpose, ids...)
	id, err := age.ParseHybridIdentity(IdentityText(k))
	if err != nil {
		return nil, fmt.Errorf("derive %s: %w", purpose, err)
	}
	return id, nil
}

// IdentityText writes a seed as AGE-SECRET-KEY-PQ-1…
func IdentityText(seed Secret) string {
	return strings.ToUpper(bech32("age-secret-key-pq-", seed[:]))
}
