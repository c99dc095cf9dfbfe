// Package seal closes payloads to recipients: it signs, pads and encrypts, and
// opens nothing. What imports only seal can write to a case and read none.
// Every envelope is one age file (https://age-encryption.org/v1) to hybrid
// post-quantum recipients, so it opens with the age command from version 1.3.
package seal

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"filippo.io/age"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// recipients keeps parsed recipients: parsing one costs as much as sealing to
// it. Bounded, since every case brings two of its own.
var recipients = struct {
	sync.Mutex
	parsed map[string]*age.HybridRecipient
}{parsed: map[string]*age.HybridRecipient{}}

const maxRecipients = 512

// Remember keeps a recipient that was just made, so that sealing to it need not
// parse its 1,959 characters, and gives them.
func Remember(r *age.HybridRecipient) string {
	text := r.String()
	keep(text, r)
	return text
}

func keep(text string, r *age.HybridRecipient) {
	recipients.Lock()
	if len(recipients.parsed) >= maxRecipients {
		clear(recipients.parsed)
	}
	recipients.parsed[text] = r
	recipients.Unlock()
}

func parse(text string) (*age.HybridRecipient, error) {
	recipients.Lock()
	r := recipients.parsed[text]
	recipients.Unlock()
	if r != nil {
		return r, nil
	}
	r, err := age.ParseHybridRecipient(text)
	if err != nil {
		return nil, fmt.Errorf("seal: recipient: %w", err)
	}
	keep(text, r)
	return r, nil
}

// To writes plain to one age file for these recipients.
func To(plain []byte, texts ...string) ([]byte, error) {
	var to []age.Recipient
	for _, t := range texts {
		r, err := parse(t)
		if err != nil {
			return nil, err
		}
		to = append(to, r)
	}
	var out bytes.Buffer
	out.Grow(len(plain) + 2048*len(to) + 256)
	w, err := age.Encrypt(&out, to...)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return out.Bytes(), nil
}

// Author is who signs: id as it stands in headers and rows, and the key.
type Author struct {
	ID  string
	Key ed25519.PrivateKey
}

// Place says where and when something is sealed: installation, stream of the log,
// epoch, sequence; the day, the version of the reference data in force, and the
// leaf of the stream's newest entry that the author has read, nil where it begins
// the stream.
type Place struct {
	Installation, Stream string
	Epoch, Sequence      int
	Day                  ethics.Day
	Policy               int
	Seen                 []byte
}

// Envelope signs body (marshalled as JSON) and seals it to the case's recipient
// and, where reporter is not empty, to the reporter's as well.
func Envelope(
	at Place, id string, kind ethics.EnvelopeKind, body any, by Author, caseRecipient, reporter string,
) (ethics.Envelope, error) {
	to := []string{caseRecipient}
	if reporter != "" {
		to = append(to, reporter)
	}
	least := payload.MinText
	if kind == ethics.KindReport {
		least = payload.MinReport
	}
	sealed, err := signAndSeal(at, id, kind, body, by, to, least)
	if err != nil {
		return ethics.Envelope{}, err
	}
	return ethics.Envelope{
		ID: id, Case: ethics.CaseOf(at.Stream), Sequence: at.Sequence, Kind: kind, Author: by.ID, Epoch: at.Epoch,
		Reporter: reporter != "", Day: at.Day, Sealed: sealed,
	}, nil
}

// Grant seals case secrets to one member, signed by the giver.
func Grant(at Place, id string, g ethics.Grant, by Author, member string) ([]byte, error) {
	return signAndSeal(at, id, ethics.KindGrant, g, by, []string{member}, payload.MinText)
}

// SignGrant is the giver's signature under a grant's row, in the clear: who cannot open it
// knows by it that somebody gave it.
func SignGrant(at Place, id, member, via string, by Author) []byte {
	stated := payload.GrantStatement(at.Installation, ethics.CaseOf(at.Stream), id, member,
		by.ID, via, at.Epoch, at.Day)
	return payload.SignStatement(payload.LabelGrant, stated, by.Key)
}

// Gift seals a declaration to those who keep an institution's gift register.
func Gift(at Place, id string, g ethics.Gift, by Author, keepers []string) ([]byte, error) {
	return signAndSeal(at, id, ethics.KindGift, g, by, keepers, payload.MinText)
}

// Consultation seals a text of a consultation to those who may read it.
func Consultation(
	at Place, id string, kind ethics.EnvelopeKind, text ethics.ConsultationText, by Author, to []string,
) ([]byte, error) {
	least := payload.MinText
	if at.Sequence == 0 {
		least = payload.MinReport
	}
	return signAndSeal(at, id, kind, text, by, to, least)
}

func signAndSeal(
	at Place, id string, kind ethics.EnvelopeKind, body any, by Author, to []string, least int,
) ([]byte, error) {
	plain, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", kind, err)
	}
	h := payload.Header{
		Installation: at.Installation, Stream: at.Stream, ID: id, Kind: string(kind),
		Epoch: at.Epoch, Sequence: at.Sequence, Day: at.Day, Policy: at.Policy,
		Seen: payload.Leaf(at.Seen), Author: by.ID,
	}
	for _, r := range to {
		h.Recipients = append(h.Recipients, payload.Fingerprint(r))
	}
	signed, err := payload.Sign(h, plain, by.Key, least)
	if err != nil {
		return nil, err
	}
	return To(signed, to...)
}

// Epoch is the signed statement that opens an epoch of a case.
func Epoch(installation, caseID string, epoch int, recipient string, by Author) []byte {
	return payload.SignStatement(payload.LabelEpoch,
		payload.EpochStatement(installation, caseID, epoch, recipient, by.ID), by.Key)
}

// File seals a file as it streams: w receives the age file, the plain bytes are
// followed by zeros up to the size class, and Size counts the true ones.
type File struct {
	Size int64
	to   io.WriteCloser
}

// NewFile starts one age file to its one-time recipient.
func NewFile(w io.Writer, recipient age.Recipient) (*File, error) {
	to, err := age.Encrypt(w, recipient)
	if err != nil {
		return nil, fmt.Errorf("seal file: %w", err)
	}
	return &File{to: to}, nil
}

// Write seals the next plain bytes.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.to.Write(p)
	f.Size += int64(n)
	return n, err
}

// Close pads and ends the file. Without Close the file does not open.
func (f *File) Close() error {
	zeros := make([]byte, 16<<10)
	for left := payload.FileClass(f.Size) - f.Size; left > 0; {
		n := min(left, int64(len(zeros)))
		if _, err := f.to.Write(zeros[:n]); err != nil {
			return fmt.Errorf("seal file: %w", err)
		}
		left -= n
	}
	return f.to.Close()
}

// Stream seals what r gives to the file's one-time secret, bounded by limit
// bytes, and returns the true length. ErrTooLarge beyond the limit.
func Stream(w io.Writer, r io.Reader, secret derive.Secret, limit int64) (int64, error) {
	id, err := secret.FileIdentity()
	if err != nil {
		return 0, err
	}
	f, err := NewFile(w, id.Recipient())
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(f, io.LimitReader(r, limit+1))
	if err != nil {
		return n, fmt.Errorf("receive file: %w", err)
	}
	if n > limit {
		return n, ethics.ErrTooLarge
	}
	return n, f.Close()
}

// FileKeys gathers the one-time secrets of a message's files, derived again from
// the draft they were received for.
func FileKeys(message string, files []ethics.File, draft derive.Secret) ethics.FileKeys {
	keys := ethics.FileKeys{Message: message, Secrets: map[string][]byte{}}
	for _, f := range files {
		secret := draft.FileSecret(f.ID)
		keys.Secrets[f.ID] = secret[:]
	}
	return keys
}
