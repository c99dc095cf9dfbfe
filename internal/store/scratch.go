package store

import (
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// ScratchTx changes what is no record. It has no method for anything else.
type ScratchTx struct {
	c *conn
	s *Store
}

// Setup stores the installation and an empty log's head, once: before it the
// database is not set up. ErrExists afterwards.
func (tx *ScratchTx) Setup(i Installation, head []byte) error {
	err := tx.c.run(
		`insert into installation (id, uuid, salt, system_verifier, log_verifier, demo, institution)
		values (1, $1, $2, $3, $4, $5, $6)`,
		i.ID, i.Salt, i.SystemVerifier, i.LogVerifier, i.Demo, i.Institution)
	if err != nil {
		return err
	}
	return tx.c.run(`insert into tree_head (id, size, note) values (1, 0, $1)`, head)
}

// Invitation lets one person enrol once.
type Invitation struct {
	CodeHash    []byte // SHA-256 of the code
	Institution string
	Roles       string // comma-separated
	Founding    bool
	Until       int64 // unix ms
}

// AddInvitation stores an invitation.
func (tx *ScratchTx) AddInvitation(i Invitation) error {
	return tx.c.run(
		`insert into tmp_invitation (code_hash, institution, roles, founding, until_ms) values ($1, $2, $3, $4, $5)`,
		i.CodeHash, i.Institution, i.Roles, i.Founding, OnGrid(i.Until))
}

// TakeInvitation reads an invitation and ends it; ErrNotFound when it is used,
// lapsed or unknown.
func (tx *ScratchTx) TakeInvitation(codeHash []byte, now int64) (Invitation, error) {
	i, err := invitation(tx.c, codeHash, now)
	if err != nil {
		return i, err
	}
	return i, tx.c.run(`delete from tmp_invitation where code_hash = $1`, codeHash)
}

// Invitation reads one that is still good.
func (tx *ReadTx) Invitation(codeHash []byte, now int64) (Invitation, error) {
	return invitation(tx.c, codeHash, now)
}

func invitation(c *conn, codeHash []byte, now int64) (Invitation, error) {
	i := Invitation{CodeHash: codeHash}
	err := c.one(
		`select institution, roles, founding, until_ms from tmp_invitation where code_hash = $1 and until_ms > $2`,
		[]any{codeHash, now}, &i.Institution, &i.Roles, &i.Founding, &i.Until)
	return i, err
}

// Enrolment is a person who has keys and no appointment yet: nobody seals to
// them, and nothing opens.
type Enrolment struct {
	Member                     // credentials
	Name, Contact, Institution string
	Roles                      string // comma-separated
	Founding                   bool
	Recipient                  string
	Verifier                   []byte
}

// AddEnrolment stores one. ErrExists when the sign-in name is taken, also by a
// member.
func (tx *ScratchTx) AddEnrolment(e Enrolment) error {
	var n int
	if err := tx.c.one(`select count(*) from member where email = $1`, []any{e.Email}, &n); err != nil {
		return err
	}
	if n > 0 {
		return ethics.ErrExists
	}
	return tx.c.run(
		`insert into tmp_enrolment (id, email, name, contact, institution, roles, founding, recipient, verifier, params,
		sealed_secret, sealed_totp, founders_copy, confidential_day)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		e.ID, e.Email, e.Name, e.Contact, e.Institution, e.Roles, e.Founding, e.Recipient, e.Verifier, e.Params,
		e.Secret, e.TOTP, e.FoundersCopy, e.Confidential)
}

// PutEnrolment replaces an enrolment's credentials: a changed password, or the
// founders' copy.
func (tx *ScratchTx) PutEnrolment(m Member) error {
	return tx.c.run(
		`update tmp_enrolment set params = $1, sealed_secret = $2, sealed_totp = $3, founders_copy = $4 where id = $5`,
		m.Params, m.Secret, m.TOTP, m.FoundersCopy, m.ID)
}

// DropEnrolment ends one: its person is a member now, or will not become one.
func (tx *ScratchTx) DropEnrolment(id string) error {
	return tx.c.run(`delete from tmp_enrolment where id = $1`, id)
}

const enrolmentColumns = `select id, email, name, contact, institution, roles, founding, recipient, verifier, params,
	sealed_secret, sealed_totp, founders_copy, confidential_day from tmp_enrolment `

func enrolmentFields(e *Enrolment) []any {
	return []any{&e.ID, &e.Email, &e.Name, &e.Contact, &e.Institution, &e.Roles, &e.Founding, &e.Recipient, &e.Verifier,
		&e.Params, &e.Secret, &e.TOTP, &e.FoundersCopy, &e.Confidential}
}

// Enrolment finds one by member id.
func (tx *ReadTx) Enrolment(id string) (Enrolment, error) {
	var e Enrolment
	err := tx.c.one(enrolmentColumns+`where id = $1`, []any{id}, enrolmentFields(&e)...)
	return e, err
}

// EnrolmentByEmail finds one by sign-in name.
func (tx *ReadTx) EnrolmentByEmail(email string) (Enrolment, error) {
	var e Enrolment
	err := tx.c.one(enrolmentColumns+`where email = $1`, []any{email}, enrolmentFields(&e)...)
	return e, err
}

// Enrolments are all who wait for an appointment, by name.
func (tx *ReadTx) Enrolments() ([]Enrolment, error) {
	var out []Enrolment
	err := tx.c.each(enrolmentColumns+`order by name, id`, nil, func(scan func(...any) error) error {
		var e Enrolment
		if err := scan(enrolmentFields(&e)...); err != nil {
			return err
		}
		out = append(out, e)
		return nil
	})
	return out, err
}

// Pending is a statement that still gathers signatures.
type Pending struct {
	ID, Kind         string
	Body, Signatures []byte // Signatures: JSON of []appoint.Signature
	Member           string // whom an appointment is about, "" otherwise
	Day              ethics.Day
}

// PutPending stores a statement or its next signature.
func (tx *ScratchTx) PutPending(p Pending) error {
	return tx.c.run(
		`insert into tmp_statement (id, kind, body, signatures, member_id, day) values ($1, $2, $3, $4, $5, $6)
		on conflict (id) do update set body = excluded.body, signatures = excluded.signatures, day = excluded.day`,
		p.ID, p.Kind, p.Body, p.Signatures, p.Member, p.Day)
}

// DropPending ends one: signed by enough, or withdrawn.
func (tx *ScratchTx) DropPending(id string) error {
	return tx.c.run(`delete from tmp_statement where id = $1`, id)
}

// Pending reads one that is waiting.
func (tx *ReadTx) Pending(id string) (Pending, error) {
	var p Pending
	err := tx.c.one(pendingColumns+`where id = $1`, []any{id}, pendingFields(&p)...)
	return p, err
}

const pendingColumns = `select id, kind, body, signatures, member_id, day from tmp_statement `

func pendingFields(p *Pending) []any {
	return []any{&p.ID, &p.Kind, &p.Body, &p.Signatures, &p.Member, &p.Day}
}

// AllPending are all statements that gather signatures.
func (tx *ReadTx) AllPending() ([]Pending, error) {
	var out []Pending
	err := tx.c.each(pendingColumns+`order by day, id`, nil, func(scan func(...any) error) error {
		var p Pending
		if err := scan(pendingFields(&p)...); err != nil {
			return err
		}
		out = append(out, p)
		return nil
	})
	return out, err
}

// PendingNow reads a waiting statement as it is inside this transaction.
func (tx *ScratchTx) PendingNow(id string) (Pending, error) {
	var p Pending
	err := tx.c.one(pendingColumns+`where id = $1`, []any{id}, pendingFields(&p)...)
	return p, err
}

// EnrolmentNow reads an enrolment as it is inside this transaction.
func (tx *ScratchTx) EnrolmentNow(id string) (Enrolment, error) {
	var e Enrolment
	err := tx.c.one(enrolmentColumns+`where id = $1`, []any{id}, enrolmentFields(&e)...)
	return e, err
}

// MemberNow reads a member's credentials as they are inside this transaction.
func (tx *ScratchTx) MemberNow(id string) (Member, error) {
	return row(tx.c, record.Members, `where id = $1`, id)
}
