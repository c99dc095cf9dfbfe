package store

import (
	"fmt"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// Tx changes the record. Each method adds the digest of what it stored to the
// entry of its transaction.
type Tx struct {
	ReadTx
	items   []audit.Item
	cases   []string                           // whose rows they are
	digests map[string]map[string]audit.Digest // newest of each label, by case
	left    bool                               // somebody left the case, and its current epoch is still that member's
}

// Scratch gives the scratch methods inside this transaction, for what stops
// being scratch here: an enrolment that becomes a member.
func (tx *Tx) Scratch() *ScratchTx { return &ScratchTx{c: tx.c, s: tx.s} }

// Epoch is a case's public key in one epoch.
type Epoch struct {
	Case      string
	Number    int
	Recipient string
	Signer    string
	Signature []byte
	Day       ethics.Day
}

// Grant is one holder's sealed case secrets.
type Grant struct {
	Case, Member, ID string
	Giver            string // "reporter" or the member who gave it
	Via              string // routed, assigned or renewed
	Epoch            int    // current epoch when it was given
	Stated           bool   // the no-conflict statement is signed
	Day              ethics.Day
	Sealed           []byte
}

// Proposal is an act that waits for a second person. Its content is the
// envelope of the same id.
type Proposal struct {
	ID, Case, Step, Proposer string
	State                    string // open, approved, rejected
	Decider                  string
	Day                      ethics.Day
}

// Member is an appointed member's credentials. Name, roles and keys are in the
// appointment.
type Member struct {
	ID, Email    string
	Params       string // Argon2id parameters and salt
	Secret, TOTP []byte // sealed under the password's key
	FoundersCopy []byte // the founders' digest, sealed under the member secret
	Confidential ethics.Day
}

// AddCase files a new case, with its reporter's keys noted:
// whatever the row says later, these are the keys it was filed with, and only
// they can name others (ReplaceCode). numbers are candidates for the register number, in
// order; the first free one is taken. ErrExists when this draft was filed.
func (tx *Tx) AddCase(c ethics.Case, numbers []string, locator []byte) (ethics.Case, error) {
	var taken int
	if err := tx.c.one(`select count(*) from cases where id = $1`, []any{c.ID}, &taken); err != nil {
		return c, err
	}
	if taken > 0 {
		return c, ethics.ErrExists // before its number is missed
	}
	for _, number := range numbers {
		if err := tx.c.one(`select count(*) from cases where number = $1`, []any{number}, &taken); err != nil {
			return c, err
		}
		if taken == 0 {
			c.Number = number
			break
		}
	}
	if c.Number == "" {
		return c, fmt.Errorf("register number: %w", ethics.ErrBusy)
	}
	err := tx.c.run(`insert into cases (id, number, locator, institution, category, track, state, previous, received,
		changed, due, due_id, epoch, sequence, reporter_recipient, reporter_verifier)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		c.ID, c.Number, locator, c.Institution, c.Category, c.Track, c.State, c.Previous, c.Received,
		c.Changed, c.Due, c.DueID, c.Epoch, c.Sequence, c.ReporterRecipient, c.ReporterVerifier)
	if err != nil {
		return c, err
	}
	if err := tx.noteNew(c.ID, keysItem(c.ID, KeysOf(c, locator))); err != nil {
		return c, err
	}
	row := caseItem(c, locator)
	tx.digests[c.ID][row.Label] = row.Digest // PutCase notes it
	return c, nil
}

// PutCase writes what changed in a case and notes the row's digest. It is the
// last call of every transaction that touches a case. ErrUntrusted when the row
// before it is not the one that the log knows.
func (tx *Tx) PutCase(c ethics.Case) error {
	row, locator, err := tx.caseRow(`where id = $1`, c.ID)
	if err != nil {
		return err
	}
	if err := tx.held(c.ID, caseItem(row, locator)); err != nil {
		return err
	}
	row.Category, row.Track, row.State, row.Previous, row.Changed = c.Category, c.Track, c.State, c.Previous, c.Changed
	row.Due, row.DueID, row.Epoch, row.Sequence = c.Due, c.DueID, c.Epoch, c.Sequence
	tx.note(c.ID, caseItem(row, locator))
	return tx.c.run(`update cases set category = $1, track = $2, state = $3, previous = $4, changed = $5, due = $6, due_id = $7,
		epoch = $8, sequence = $9 where id = $10`,
		c.Category, c.Track, c.State, c.Previous, c.Changed, c.Due, c.DueID, c.Epoch, c.Sequence, c.ID)
}

// Settle ends a write to a case: what happened joins its events, nearest gives
// the deadline that now comes first, and the row is written. day is when somebody
// last worked on the case.
func (tx *Tx) Settle(c ethics.Case, day ethics.Day, happened []ethics.Event, nearest func(track string, events []ethics.Event) (day, id string, err error)) error {
	if err := tx.AddEvents(c.ID, happened...); err != nil {
		return err
	}
	events, err := tx.Events(c.ID)
	if err != nil {
		return err
	}
	if c.Due, c.DueID, err = nearest(c.Track, events); err != nil {
		return err
	}
	c.Changed = day
	return tx.PutCase(c)
}

// AddEpoch opens an epoch.
func (tx *Tx) AddEpoch(e Epoch) error {
	err := tx.c.run(`insert into case_epoch (case_id, epoch, recipient, signer, signature, day) values ($1, $2, $3, $4, $5, $6)`,
		e.Case, e.Number, e.Recipient, e.Signer, e.Signature, e.Day)
	if err != nil {
		return err
	}
	return tx.noteNew(e.Case, epochItem(e))
}

// AddEvents appends events to a case, in order. ErrUntrusted when the log has an
// event of that number: one was taken away.
func (tx *Tx) AddEvents(caseID string, events ...ethics.Event) error {
	var n int
	if err := tx.c.one(`select count(*) from case_event where case_id = $1`, []any{caseID}, &n); err != nil {
		return err
	}
	for i, e := range events {
		if err := tx.c.run(`insert into case_event (case_id, n, name, day) values ($1, $2, $3, $4)`, caseID, n+i, e.Name, e.Day); err != nil {
			return err
		}
		if err := tx.noteNew(caseID, eventItem(caseID, n+i, e)); err != nil {
			return err
		}
	}
	return nil
}

// AddGrant gives a member a key to a case. ErrExists when there is one and this
// is not renewed.
func (tx *Tx) AddGrant(g Grant) error {
	if err := tx.mayGrant(g); err != nil {
		return err
	}
	err := tx.c.run(`insert into case_grant (case_id, member_id, id, giver, via, epoch, stated, day, sealed) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		g.Case, g.Member, g.ID, g.Giver, g.Via, g.Epoch, g.Stated, g.Day, g.Sealed)
	if err != nil {
		return err
	}
	return tx.noteNew(g.Case, grantItem(g))
}

// StateGrant records that the holder signed the no-conflict statement.
func (tx *Tx) StateGrant(caseID, member string) error {
	g, err := tx.Grant(caseID, member)
	if err != nil {
		return err
	}
	if err := tx.held(g.Case, grantItem(g)); err != nil {
		return err
	}
	g.Stated = true
	tx.note(g.Case, grantItem(g))
	return tx.c.run(`update case_grant set stated = 1 where id = $1`, g.ID)
}

// AddEnvelope appends to a case. It refuses what is sealed to a past epoch or
// does not carry the case's next sequence: the caller seals again and retries.
func (tx *Tx) AddEnvelope(c *ethics.Case, e ethics.Envelope) error {
	if e.Epoch != c.Epoch {
		return ethics.ErrEpoch
	}
	if err := tx.ours(*c, e); err != nil {
		return err
	}
	if e.Sequence != c.Sequence {
		// The same form sent twice: its envelope is here already.
		var n int
		if err := tx.c.one(`select count(*) from envelope where id = $1`, []any{e.ID}, &n); err != nil {
			return err
		}
		if n > 0 {
			return ethics.ErrExists
		}
		return ethics.ErrSequence
	}
	c.Sequence++
	err := tx.c.run(`insert into envelope (case_id, sequence, id, kind, author, epoch, reporter, day, sealed) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		e.Case, e.Sequence, e.ID, e.Kind, e.Author, e.Epoch, e.Reporter, e.Day, e.Sealed)
	if err != nil {
		return err
	}
	return tx.noteNew(e.Case, EnvelopeItem(e))
}

// AddProposal opens a proposal; ErrConflict when one is open on this case.
func (tx *Tx) AddProposal(p Proposal) error {
	var open int
	if err := tx.c.one(`select count(*) from proposal where case_id = $1 and state = 'open'`, []any{p.Case}, &open); err != nil {
		return err
	}
	if open > 0 {
		return ethics.ErrConflict
	}
	err := tx.c.run(`insert into proposal (id, case_id, step, proposer, state, decider, day) values ($1, $2, $3, $4, $5, $6, $7)`,
		p.ID, p.Case, p.Step, p.Proposer, p.State, p.Decider, p.Day)
	if err != nil {
		return err
	}
	return tx.noteNew(p.Case, proposalItem(p))
}

// DecideProposal ends an open proposal; ErrConflict when it is not open, and
// ErrSamePerson when the decider proposed it: here too, below every policy.
func (tx *Tx) DecideProposal(id, decider, state string) error {
	p, err := tx.Proposal(id)
	if err != nil {
		return err
	}
	if p.State != "open" {
		return ethics.ErrConflict
	}
	if err := tx.another(p.Proposer, decider); err != nil {
		return err
	}
	if err := tx.held(p.Case, proposalItem(p)); err != nil {
		return err
	}
	p.State, p.Decider = state, decider
	tx.note(p.Case, proposalItem(p))
	return tx.c.run(`update proposal set state = $1, decider = $2 where id = $3`, p.State, p.Decider, id)
}

// FileFile makes a received file part of a case. It must come from this draft.
func (tx *Tx) FileFile(id, caseID, envelopeID string, draft []byte, day ethics.Day) error {
	f, err := tx.File(id)
	if err != nil {
		return fmt.Errorf("file %s: %w", id, err)
	}
	n, err := tx.c.count(`update file set state = 'filed', case_id = $1, envelope_id = $2, day = $3 where id = $4 and draft = $5 and state = 'received'`,
		caseID, envelopeID, day, id, draft)
	if err != nil {
		return err
	}
	if n != 1 {
		return fmt.Errorf("file %s: %w", id, ethics.ErrNotFound)
	}
	f.State, f.Case, f.Envelope, f.Day = "filed", caseID, envelopeID, day
	return tx.noteNew(caseID, fileItem(f))
}
