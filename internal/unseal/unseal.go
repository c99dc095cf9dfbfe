// Package unseal opens envelopes with an identity. It is the only package that
// decrypts, and few may import it (internal/floors): where it cannot be reached,
// nothing can be read, whatever else goes wrong there.
//
// A reader opens an envelope only if header, row and signature agree; that the
// entry's digest agrees too is the caller's part, who has the log.
package unseal

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"

	"filippo.io/age"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// maxPlain bounds what one envelope may hold: 1 MiB of typed text and its
// structure, doubled once by padding.
const maxPlain = 8 << 20

// Bytes opens one age file of bounded size.
func Bytes(sealed []byte, id age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), id)
	if err != nil {
		return nil, fmt.Errorf("unseal: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxPlain+1))
	if err != nil {
		return nil, fmt.Errorf("unseal: %w", err)
	}
	if len(plain) > maxPlain {
		return nil, fmt.Errorf("unseal: %w", ethics.ErrTooLarge)
	}
	return plain, nil
}

// Verifier gives the key of a header's author ("reporter", "system" or a member
// id), and an error where that author may not have signed this kind on this day,
// or where what the author had seen does not stand before the row's own entry. It
// is the caller's, who has roster and log: store.CaseFile.Verifier. Of an epoch,
// which bears no header, it is told kind, id, day and author.
type Verifier = func(h payload.Header) (ed25519.PublicKey, error)

// Envelope opens a row of a case of this installation and decodes its body into
// out. ErrUntrusted when anything does not agree: the text is then not shown.
// caseRecipient and reporter are the recipients it must be sealed to. Of the
// system, whose key lies on the server, only receipts are taken: fixed texts.
func Envelope(
	installation string, env ethics.Envelope, id age.Identity, caseRecipient, reporter string, keys Verifier, out any,
) error {
	if env.Author == ethics.ActorSystem && env.Kind != ethics.KindReceipt {
		return fmt.Errorf("%w: %s by the system", ethics.ErrUntrusted, env.Kind)
	}
	plain, err := Bytes(env.Sealed, id)
	if err != nil {
		return fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
	}
	to := []string{payload.Fingerprint(caseRecipient)}
	if env.Reporter {
		to = append(to, payload.Fingerprint(reporter))
	}
	want := payload.Header{
		Installation: installation, Stream: ethics.CaseStream(env.Case), ID: env.ID, Kind: string(env.Kind),
		Epoch: env.Epoch, Sequence: env.Sequence, Day: env.Day, Author: env.Author, Recipients: to,
	}
	return decode(plain, want, keys, out)
}

func decode(plain []byte, want payload.Header, keys Verifier, out any) error {
	p, err := payload.Parse(plain)
	if err != nil {
		return fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
	}
	if !same(p.Header, want) {
		return fmt.Errorf("%w: header and row differ", ethics.ErrUntrusted)
	}
	key, err := keys(p.Header)
	if err != nil {
		return fmt.Errorf("%w: author: %w", ethics.ErrUntrusted, err)
	}
	if err := p.Verify(key); err != nil {
		return fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
	}
	if err := json.Unmarshal(p.Body, out); err != nil {
		return fmt.Errorf("%w: body: %w", ethics.ErrUntrusted, err)
	}
	return nil
}

// same holds a header against what the row says. What the author had seen no row
// says: keys judges it.
func same(got, want payload.Header) bool {
	return got.Installation == want.Installation && got.Stream == want.Stream &&
		got.ID == want.ID && got.Kind == want.Kind &&
		got.Epoch == want.Epoch && got.Sequence == want.Sequence && got.Day == want.Day && got.Policy > 0 &&
		got.Author == want.Author && slices.Equal(got.Recipients, want.Recipients)
}

// GrantRow is a sealed grant as its row holds it.
type GrantRow struct {
	ID, Case, Member, Giver string
	Epoch                   int // current epoch when it was given
	Day                     ethics.Day
	Sealed                  []byte
}

// Epoch is a case's public key in one epoch, as its row holds it.
type Epoch struct {
	Number    int
	Recipient string
	Signer    string
	Signature []byte
	Day       ethics.Day
}

// Keys are a case's identities by epoch, in the memory of one request.
type Keys map[int]*age.HybridIdentity

// Grants opens what a member was given of a case, at first and with each epoch
// since, and gives the case's identity and secret for every epoch among them. It
// recomputes every epoch's recipient and refuses one that differs from the
// stored, so nobody can slip in a key of their own.
func Grants(
	installation string, rows []GrantRow, id *age.HybridIdentity, epochs []Epoch, keys Verifier,
) (Keys, map[int][]byte, error) {
	opened, secrets := Keys{}, map[int][]byte{}
	if len(rows) == 0 {
		return nil, nil, fmt.Errorf("%w: no grant", ethics.ErrUntrusted)
	}
	if err := CheckEpochs(installation, rows[0].Case, epochs, keys); err != nil {
		return nil, nil, err
	}
	for _, row := range rows {
		g, err := grant(installation, row, id, keys)
		if err != nil {
			return nil, nil, err
		}
		for _, e := range epochs {
			raw, held := g.Secrets[e.Number]
			if !held {
				continue
			}
			ident, err := caseIdentity(raw, row.Case, e)
			if err != nil {
				return nil, nil, err
			}
			opened[e.Number], secrets[e.Number] = ident, raw
		}
	}
	return opened, secrets, nil
}

// grant opens one row.
func grant(installation string, row GrantRow, id *age.HybridIdentity, keys Verifier) (ethics.Grant, error) {
	var g ethics.Grant
	if row.Giver == ethics.ActorSystem {
		return g, fmt.Errorf("%w: grant signed by the system", ethics.ErrUntrusted)
	}
	plain, err := Bytes(row.Sealed, id)
	if err != nil {
		return g, fmt.Errorf("%w: grant: %w", ethics.ErrUntrusted, err)
	}
	want := payload.Header{
		Installation: installation, Stream: ethics.CaseStream(row.Case), ID: row.ID, Kind: string(ethics.KindGrant),
		Epoch: row.Epoch, Day: row.Day, Author: row.Giver,
		Recipients: []string{payload.Fingerprint(id.Recipient().String())},
	}
	if err := decode(plain, want, keys, &g); err != nil {
		return g, err
	}
	if g.Member != row.Member {
		return g, fmt.Errorf("%w: grant of another member", ethics.ErrUntrusted)
	}
	return g, nil
}

func caseIdentity(raw []byte, caseID string, e Epoch) (*age.HybridIdentity, error) {
	secret, err := derive.FromBytes(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
	}
	ident, err := secret.CaseIdentity(caseID, e.Number)
	if err != nil {
		return nil, err
	}
	if ident.Recipient().String() != e.Recipient {
		return nil, fmt.Errorf("%w: epoch %d has another recipient", ethics.ErrUntrusted, e.Number)
	}
	return ident, nil
}

// Consultation opens a text of a consultation. want is what its header must say
// (store.ConsultationFile.Header), keys the rule of whose signatures count.
func Consultation(want payload.Header, sealed []byte, id age.Identity, keys Verifier) (ethics.ConsultationText, error) {
	var out ethics.ConsultationText
	plain, err := Bytes(sealed, id)
	if err != nil {
		return out, fmt.Errorf("%w: %w", ethics.ErrUntrusted, err)
	}
	err = decode(plain, want, keys, &out)
	return out, err
}

// CheckEpochs refuses a case in which somebody opened an epoch who may not, or did
// not sign it. Whoever seals to a case asks first: an epoch's recipient is whom
// the text goes to.
func CheckEpochs(installation, caseID string, epochs []Epoch, keys Verifier) error {
	for _, e := range epochs {
		if err := checkEpoch(installation, caseID, e, keys); err != nil {
			return err
		}
	}
	return nil
}

func checkEpoch(installation, caseID string, e Epoch, keys Verifier) error {
	if e.Signer == ethics.ActorSystem {
		return fmt.Errorf("%w: epoch signed by the system", ethics.ErrUntrusted)
	}
	key, err := keys(payload.Header{
		Kind: string(ethics.KindEpoch), ID: strconv.Itoa(e.Number), Day: e.Day, Author: e.Signer,
	})
	if err != nil {
		return fmt.Errorf("%w: epoch signer: %w", ethics.ErrUntrusted, err)
	}
	stated := payload.EpochStatement(installation, caseID, e.Number, e.Recipient, e.Signer)
	if err := payload.VerifyStatement(payload.LabelEpoch, stated, e.Signature, key); err != nil {
		return fmt.Errorf("%w: epoch %d: %w", ethics.ErrUntrusted, e.Number, err)
	}
	return nil
}

// File gives a file's plain bytes as they stream, size of them, and drops the
// padding behind. The reader ends in ErrUntrusted when the content is not what
// seal.File writes for this size: shorter, longer, or followed by more than
// zeros. The caller has checked the sealed content's digest.
func File(sealed io.Reader, secret derive.Secret, size int64) (io.Reader, error) {
	id, err := secret.FileIdentity()
	if err != nil {
		return nil, err
	}
	plain, err := age.Decrypt(sealed, id)
	if err != nil {
		return nil, fmt.Errorf("%w: file: %w", ethics.ErrUntrusted, err)
	}
	if size < 0 {
		return nil, fmt.Errorf("%w: file of negative size", ethics.ErrUntrusted)
	}
	return &content{plain: plain, left: size, padding: payload.FileClass(size) - size}, nil
}

// content is a file without its padding.
type content struct {
	plain         io.Reader
	left, padding int64
}

func (c *content) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, c.rest()
	}
	n, err := c.plain.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if err == io.EOF && c.left > 0 {
		return n, fmt.Errorf("%w: file is shorter", ethics.ErrUntrusted)
	}
	if err == io.EOF {
		err = nil // the next call looks at the padding
	}
	return n, err
}

// rest reads the padding: zeros, as many as the class asks for.
func (c *content) rest() error {
	buf := make([]byte, 16<<10)
	for {
		n, err := c.plain.Read(buf)
		c.padding -= int64(n)
		if c.padding < 0 || len(bytes.Trim(buf[:n], "\x00")) != 0 {
			return fmt.Errorf("%w: file is longer", ethics.ErrUntrusted)
		}
		switch {
		case err == io.EOF && c.padding > 0:
			return fmt.Errorf("%w: file is shorter", ethics.ErrUntrusted)
		case err != nil:
			return err
		}
	}
}
