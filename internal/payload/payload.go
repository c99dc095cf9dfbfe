// Package payload is the form of everything that is signed and then sealed: a
// header that says what it belongs to, the body, its author's signature, and
// padding to a class of sizes. It seals and opens nothing; seal and unseal both
// stand on it, so the one that writes and the one that reads share one format.
//
//	svilpe/1 payload\n
//	{header as one line of JSON}\n
//	{length of the body, decimal}\n
//	body
//	64 bytes of Ed25519 signature (RFC 8032)
//	zeros up to the size class
//
// The signature covers "svilpe/1 payload\n", the header line and the SHA-256 of
// the body, so a body can be checked while it streams.
package payload

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

const magic = "svilpe/1 payload\n"

// Smallest sizes, in bytes, of padded texts.
const (
	MinText   = 2 << 10
	MinReport = 16 << 10
)

// ErrFormat means that the bytes are not a payload we would have written.
var ErrFormat = errors.New("payload: malformed")

// ErrSignature means that the author did not sign this.
var ErrSignature = errors.New("payload: signature does not verify")

// Header says what a payload belongs to. It travels inside the envelope; the
// row repeats some of it, and the two must agree.
type Header struct {
	Installation string   `json:"installation"`
	Stream       string   `json:"stream"` // of the log: ethics.CaseStream and the like
	ID           string   `json:"id"`
	Kind         string   `json:"kind"`
	Epoch        int      `json:"epoch"`
	Sequence     int      `json:"sequence"`
	Day          string   `json:"day"`    // of signing, of the row and of its entry
	Policy       int      `json:"policy"` // version of the reference data in force
	Seen         string   `json:"seen"`   // Leaf of the stream's newest entry that the author had read, "" in the first
	Author       string   `json:"author"`
	Recipients   []string `json:"recipients"` // Fingerprint of each, in order
}

// Fingerprint names a recipient in a header: base64url of its SHA-256. The
// recipient itself has 1,959 characters.
func Fingerprint(recipient string) string {
	h := sha256.Sum256([]byte(recipient))
	return base64.RawURLEncoding.EncodeToString(h[:])
}

// Leaf is an entry's leaf hash as headers name it, "" for none.
func Leaf(hash []byte) string { return base64.StdEncoding.EncodeToString(hash) }

// Sign writes header, body and signature, padded to at least min bytes.
func Sign(h Header, body []byte, key ed25519.PrivateKey, min int) ([]byte, error) {
	line, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("payload header: %w", err)
	}
	var b bytes.Buffer
	b.Grow(Padded(len(magic)+len(line)+len(body)+96, min))
	b.WriteString(magic)
	b.Write(line)
	b.WriteByte('\n')
	b.WriteString(strconv.Itoa(len(body)))
	b.WriteByte('\n')
	b.Write(body)
	b.Write(ed25519.Sign(key, signed(line, body)))
	size := Padded(b.Len(), min)
	b.Write(make([]byte, size-b.Len()))
	return b.Bytes(), nil
}

func signed(line, body []byte) []byte {
	sum := sha256.Sum256(body)
	out := make([]byte, 0, len(magic)+len(line)+1+len(sum))
	out = append(out, magic...)
	out = append(out, line...)
	out = append(out, '\n')
	return append(out, sum[:]...)
}

// Payload is one parsed payload whose signature is not checked yet.
type Payload struct {
	Header    Header
	Body      []byte
	line      []byte
	signature []byte
}

// Parse reads strictly: what it takes, Sign would have written.
func Parse(b []byte) (Payload, error) {
	rest, ok := bytes.CutPrefix(b, []byte(magic))
	if !ok {
		return Payload{}, ErrFormat
	}
	line, rest, ok := bytes.Cut(rest, []byte("\n"))
	if !ok {
		return Payload{}, ErrFormat
	}
	length, rest, ok := bytes.Cut(rest, []byte("\n"))
	if !ok {
		return Payload{}, ErrFormat
	}
	n, err := strconv.Atoi(string(length))
	if err != nil || n < 0 || strconv.Itoa(n) != string(length) || len(rest)-n < ed25519.SignatureSize {
		return Payload{}, ErrFormat
	}
	p := Payload{line: line, Body: rest[:n], signature: rest[n : n+ed25519.SignatureSize]}
	padding := rest[n+ed25519.SignatureSize:]
	used := len(b) - len(padding)
	if len(bytes.Trim(padding, "\x00")) != 0 || len(b) != Padded(used, MinText) && len(b) != Padded(used, MinReport) {
		return Payload{}, ErrFormat
	}
	if err := json.Unmarshal(line, &p.Header); err != nil {
		return Payload{}, ErrFormat
	}
	if again, err := json.Marshal(p.Header); err != nil || !bytes.Equal(again, line) {
		return Payload{}, ErrFormat
	}
	return p, nil
}

// Verify checks the author's signature.
func (p Payload) Verify(author ed25519.PublicKey) error {
	if len(author) != ed25519.PublicKeySize || !ed25519.Verify(author, signed(p.line, p.Body), p.signature) {
		return ErrSignature
	}
	return nil
}

// SignStatement signs a clear statement (an epoch, an appointment) under a
// label of its own, so that no signature can be taken for another kind.
func SignStatement(label string, body []byte, key ed25519.PrivateKey) []byte {
	return ed25519.Sign(key, statement(label, body))
}

// VerifyStatement checks what SignStatement made.
func VerifyStatement(label string, body, signature []byte, author ed25519.PublicKey) error {
	if !verified(author, statement(label, body), signature) {
		return ErrSignature
	}
	return nil
}

// Labels of the clear statements that are signed.
const (
	LabelEpoch       = "epoch"
	LabelFounding    = "founding"
	LabelInstitution = "institution"
	LabelAppointment = "appointment"
	LabelSuspend     = "suspend"
	LabelEnd         = "end"
	LabelKey         = "key"
	LabelSame        = "same"
	LabelDistinct    = "distinct"
	LabelCode        = "case code"
	LabelErasure     = "erasure"
	LabelStatus      = "status" // over ethics.Status
	LabelGrant       = "grant"
)

// EpochStatement is what an epoch's signature covers.
func EpochStatement(installation, caseID string, epoch int, recipient, signer string) []byte {
	return fmt.Appendf(nil, "%s\n%s\n%d\n%s\n%s\n", installation, caseID, epoch, recipient, signer)
}

// GrantStatement is what the signature under a grant's row covers: that this member was
// given the case, how, and of which epoch. What was given is sealed, and signed there.
func GrantStatement(installation, caseID, id, member, giver, via string, epoch int, day string) []byte {
	return fmt.Appendf(nil, "%s\n%s\n%s\n%s\n%s\n%s\n%d\n%s\n", installation, caseID, id,
		member, giver, via, epoch, day)
}

// CodeStatement is what the old key's signature over a new case code covers:
// change number n of the case, the envelope with the old secret, and the new keys.
func CodeStatement(
	installation, caseID string, n int, envelope string, mark []byte, recipient string, verifier []byte,
) []byte {
	return fmt.Appendf(nil, "%s\n%s\n%d\n%s\n%x\n%s\n%x\n", installation, caseID, n, envelope,
		mark, recipient, verifier)
}

// ErasureStatement is what both signatures of an erasure cover: the case, the leaf
// of the newest entry that changed it, the day it was asked for, the grounds, and all
// that is counted of it afterwards.
func ErasureStatement(installation, caseID string, newest []byte, asked, grounds string, counted ...string) []byte {
	return fmt.Appendf(nil, "%s\n%s\n%x\n%s\n%s\n%q\n", installation, caseID, newest, asked, grounds, counted)
}

func statement(label string, body []byte) []byte {
	sum := sha256.Sum256(body)
	return append([]byte("svilpe/1 "+label+"\n"), sum[:]...)
}
