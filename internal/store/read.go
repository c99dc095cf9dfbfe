package store

import (
	"encoding/json"
	"errors"
	"fmt"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// ReadTx reads one consistent state.
type ReadTx struct {
	c     *conn
	s     *Store
	known *knownHead // last head this process had seen when the transaction began
	group *grouped   // of a Write: what its group has appended and not signed yet
}

// Installation is what was made once, at init.
type Installation struct {
	ID             string
	Salt           []byte // of every locator; public, never changes
	SystemVerifier []byte // Ed25519 key of automatic texts
	LogVerifier    string // note verifier of the log key
	Demo           bool
	Institution    string // name given at init, until the founding states it
}

// installationRow reads it as it stands there.
func (tx *ReadTx) installationRow() (Installation, error) {
	var i Installation
	err := tx.c.one(`select uuid, salt, system_verifier, log_verifier, demo, institution from installation where id = 1`, nil,
		&i.ID, &i.Salt, &i.SystemVerifier, &i.LogVerifier, &i.Demo, &i.Institution)
	return i, err
}

// Statements are the founding and all that was signed after it, in order.
func (tx *ReadTx) Statements() ([]appoint.Statement, error) {
	var out []appoint.Statement
	err := tx.c.each(`select id, kind, body, signatures, day from statement order by n`, nil, func(scan func(...any) error) error {
		var s appoint.Statement
		var sigs []byte
		if err := scan(&s.ID, &s.Kind, &s.Body, &sigs, &s.Day); err != nil {
			return err
		}
		if err := json.Unmarshal(sigs, &s.Signatures); err != nil {
			return fmt.Errorf("statement %s: %w", s.ID, err)
		}
		out = append(out, s)
		return nil
	})
	return out, err
}

// StatementCount tells cheaply whether a roster is still the newest.
func (tx *ReadTx) StatementCount() (int, error) {
	var n int
	err := tx.c.one(`select count(*) from statement`, nil, &n)
	return n, err
}

const memberColumns = `select id, email, params, sealed_secret, sealed_totp, founders_copy, confidential_day from member `

func (tx *ReadTx) member(where string, arg any) (Member, error) {
	var m Member
	err := tx.c.one(memberColumns+where, []any{arg}, &m.ID, &m.Email, &m.Params, &m.Secret, &m.TOTP, &m.FoundersCopy, &m.Confidential)
	return m, err
}

// Member finds credentials by id.
func (tx *ReadTx) Member(id string) (Member, error) { return tx.member(`where id = $1`, id) }

// MemberByEmail finds credentials by sign-in name, case-folded by the caller,
// and holds them against the log: a row put back from before a password change
// is ErrUntrusted, so the old password opens nothing again.
func (tx *ReadTx) MemberByEmail(email string) (Member, error) {
	m, err := tx.member(`where email = $1`, email)
	if err != nil {
		return m, err
	}
	entries, err := tx.plainEntries()
	if err != nil {
		return m, err
	}
	if i := memberItem(m); Digests(entries)[i.Label] != i.Digest {
		return m, notAsLogged(i.Label)
	}
	return m, nil
}

const caseColumns = `select id, number, locator, institution, category, track, state, previous, received, changed,
	due, due_id, epoch, sequence, reporter_recipient, reporter_verifier from cases `

func (tx *ReadTx) caseRow(where string, arg any) (ethics.Case, []byte, error) {
	var c ethics.Case
	var locator []byte
	err := tx.c.one(caseColumns+where, []any{arg}, caseFields(&c, &locator)...)
	return c, locator, err
}

func caseFields(c *ethics.Case, locator *[]byte) []any {
	return []any{&c.ID, &c.Number, locator, &c.Institution, &c.Category, &c.Track, &c.State, &c.Previous, &c.Received,
		&c.Changed, &c.Due, &c.DueID, &c.Epoch, &c.Sequence, &c.ReporterRecipient, &c.ReporterVerifier}
}

// Case finds a case by id.
func (tx *ReadTx) Case(id string) (ethics.Case, error) {
	c, _, err := tx.caseRow(`where id = $1`, id)
	return c, err
}

// CaseByNumber finds a case by register number.
func (tx *ReadTx) CaseByNumber(number string) (ethics.Case, error) {
	c, _, err := tx.caseRow(`where number = $1`, number)
	return c, err
}

// CaseByLocator finds a case by the SHA-256 of its locator.
func (tx *ReadTx) CaseByLocator(hash []byte) (ethics.Case, error) {
	c, _, err := tx.caseRow(`where locator = $1`, hash)
	return c, err
}

// Epochs are a case's epochs, in order.
func (tx *ReadTx) Epochs(caseID string) ([]Epoch, error) {
	var out []Epoch
	err := tx.c.each(`select epoch, recipient, signer, signature, day from case_epoch where case_id = $1 order by epoch`, []any{caseID},
		func(scan func(...any) error) error {
			e := Epoch{Case: caseID}
			if err := scan(&e.Number, &e.Recipient, &e.Signer, &e.Signature, &e.Day); err != nil {
				return err
			}
			out = append(out, e)
			return nil
		})
	return out, err
}

// Events are a case's events, in order.
func (tx *ReadTx) Events(caseID string) ([]ethics.Event, error) {
	var out []ethics.Event
	err := tx.c.each(`select name, day from case_event where case_id = $1 order by n`, []any{caseID}, func(scan func(...any) error) error {
		var e ethics.Event
		if err := scan(&e.Name, &e.Day); err != nil {
			return err
		}
		out = append(out, e)
		return nil
	})
	return out, err
}

const grantColumns = `select case_id, member_id, id, giver, via, epoch, stated, day, sealed from case_grant `

func grantFields(g *Grant) []any {
	return []any{&g.Case, &g.Member, &g.ID, &g.Giver, &g.Via, &g.Epoch, &g.Stated, &g.Day, &g.Sealed}
}

// Grant is how a member came to a case: the grant that is not renewed.
// ErrNotFound when there is none.
func (tx *ReadTx) Grant(caseID, member string) (Grant, error) {
	var g Grant
	err := tx.c.one(grantColumns+`where case_id = $1 and member_id = $2 and via <> 'renewed'`, []any{caseID, member}, grantFields(&g)...)
	return g, err
}

// Grants are all grants of a case, by epoch, day and member.
func (tx *ReadTx) Grants(caseID string) ([]Grant, error) {
	var out []Grant
	err := tx.c.each(grantColumns+`where case_id = $1 order by epoch, day, member_id`, []any{caseID}, func(scan func(...any) error) error {
		var g Grant
		if err := scan(grantFields(&g)...); err != nil {
			return err
		}
		out = append(out, g)
		return nil
	})
	return out, err
}

// Envelopes are a case's envelopes in order. With reporter only those that are
// sealed to the reporter too.
func (tx *ReadTx) Envelopes(caseID string, reporter bool) ([]ethics.Envelope, error) {
	var out []ethics.Envelope
	err := tx.c.each(envelopeColumns+`where case_id = $1 and reporter >= $2 order by sequence`, []any{caseID, reporter}, func(scan func(...any) error) error {
		var e ethics.Envelope
		if err := scan(envelopeFields(&e)...); err != nil {
			return err
		}
		out = append(out, e)
		return nil
	})
	return out, err
}

const envelopeColumns = `select case_id, sequence, id, kind, author, epoch, reporter, day, sealed from envelope `

func envelopeFields(e *ethics.Envelope) []any {
	return []any{&e.Case, &e.Sequence, &e.ID, &e.Kind, &e.Author, &e.Epoch, &e.Reporter, &e.Day, &e.Sealed}
}

const proposalColumns = `select id, case_id, step, proposer, state, decider, day from proposal `

func proposalFields(p *Proposal) []any {
	return []any{&p.ID, &p.Case, &p.Step, &p.Proposer, &p.State, &p.Decider, &p.Day}
}

// Proposal finds a proposal by id.
func (tx *ReadTx) Proposal(id string) (Proposal, error) {
	var p Proposal
	err := tx.c.one(proposalColumns+`where id = $1`, []any{id}, proposalFields(&p)...)
	return p, err
}

// Proposals are a case's proposals, oldest first.
func (tx *ReadTx) Proposals(caseID string) ([]Proposal, error) {
	var out []Proposal
	err := tx.c.each(proposalColumns+`where case_id = $1 order by day, id`, []any{caseID}, func(scan func(...any) error) error {
		var p Proposal
		if err := scan(proposalFields(&p)...); err != nil {
			return err
		}
		out = append(out, p)
		return nil
	})
	return out, err
}

// Head is the signed head this state stands under.
func (tx *ReadTx) Head() (audit.Head, []byte, error) {
	h, err := tx.s.readHead(tx.c, tx.known)
	if err != nil {
		return audit.Head{}, nil, err
	}
	return h.head, h.signed, nil
}

// Entries are a case's entries, each checked to stand in the tree under the
// signed head: a row added, changed or moved by hand is ErrTampered, and so is
// one that this process saw and that is gone.
func (tx *ReadTx) Entries(caseID string) ([]audit.Entry, error) {
	entries, head, err := tx.entries(`where case_id = $1 order by idx`, caseID)
	if err != nil {
		return nil, err
	}
	return entries, tx.s.seen.check(caseID, entries, head.Size)
}

// plainEntries are the entries that belong to no case, without fillers: the
// founding, appointments, credentials, checkpoints. Few, whatever the log's size;
// an index holds just these.
func (tx *ReadTx) plainEntries() ([]audit.Entry, error) {
	entries, _, err := tx.entries(`where case_id = '' and kind <> 'filler' order by idx`)
	return entries, err
}

func (tx *ReadTx) entries(where string, args ...any) ([]audit.Entry, audit.Head, error) {
	head, _, err := tx.Head()
	if err != nil {
		return nil, head, err
	}
	if err := tx.s.days.follow(tx.c, head.Size); err != nil {
		return nil, head, err
	}
	var out []audit.Entry
	err = tx.c.each(entryColumns+where, args, func(scan func(...any) error) error {
		e, err := scanEntry(scan)
		if errors.Is(err, errBlank) {
			return fmt.Errorf("entry %d: %w: %w", e.Index, audit.ErrTampered, err)
		}
		if err != nil {
			return err
		}
		out = append(out, e)
		return nil
	})
	if err != nil {
		return nil, head, err
	}
	for _, e := range out {
		if tx.group.appended(e) {
			continue
		}
		if err := tx.s.known.Check(head, e, nodeReader{tx.c}); err != nil {
			return nil, head, fmt.Errorf("entry %d: %w", e.Index, err)
		}
		if tx.s.days.fell(e) {
			return nil, head, fmt.Errorf("entry %d stands behind one of a later day: %w", e.Index, audit.ErrTampered)
		}
	}
	return out, head, nil
}

const entryColumns = `select idx, id, day, kind, actor, case_id, details, blinding from entry `

func scanEntry(scan func(...any) error) (audit.Entry, error) {
	var e audit.Entry
	var details, blinding []byte
	if err := scan(&e.Index, &e.ID, &e.Day, &e.Kind, &e.Actor, &e.Case, &details, &blinding); err != nil {
		return e, err
	}
	if blanked(e, details, blinding) {
		return e, errBlank
	}
	if len(blinding) != len(e.Blinding) {
		return e, fmt.Errorf("entry %d: blinding: %w", e.Index, audit.ErrTampered)
	}
	copy(e.Blinding[:], blinding)
	var err error
	if e.Items, e.Commitment, err = audit.ParseDetails(details); err != nil {
		return e, fmt.Errorf("entry %d: %w: %w", e.Index, audit.ErrTampered, err)
	}
	return e, nil
}

// Digests are the newest digest of each label in these entries.
func Digests(entries []audit.Entry) map[string]audit.Digest {
	out := map[string]audit.Digest{}
	for _, e := range entries {
		for _, i := range e.Items {
			out[i.Label] = i.Digest
		}
	}
	return out
}
