// Package appoint says whose keys count. A member's recipient and verifier key
// are used only when an appointment carries them that verifies up to the
// founders: the founding statement, signed by three founders who compared check
// words, then statements signed by two serving members each. The database
// cannot add a reader, the administrator cannot, and this package is why.
//
// Start with Roster: it is read from nothing but statements, and routing and
// sealing read roles and recipients from nothing but a Roster.
package appoint

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"svilpe/internal/payload"
)

// Roles, as in permissions.yaml.
const (
	RoleTrust         = "trust_person"
	RoleContact       = "contact_person"
	RoleResponsible   = "responsible_person"
	RoleMember        = "commission_member"
	RoleChair         = "commission_chair"
	RoleAuditor       = "auditor"
	RoleHead          = "institution_head"
	RoleAdministrator = "administrator"
)

// handling roles may sign appointments; the others may not.
var handling = []string{RoleResponsible, RoleMember, RoleChair}

// Kinds of statements.
const (
	KindFounding    = payload.LabelFounding
	KindInstitution = payload.LabelInstitution
	KindAppointment = payload.LabelAppointment
)

// Institution is an organisation that receives reports here.
type Institution struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Alternate string `json:"alternate,omitempty"` // its reports go there when its own handlers may not read
	Units     []Unit `json:"units,omitempty"`
	Stated    string `json:"stated"` // day of the statement: its signers must serve then
}

// Unit is a part of an institution that a report may concern.
type Unit struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Appointment gives a member a role in an institution, and says which keys are
// that member's.
type Appointment struct {
	Member      string   `json:"member"`
	Name        string   `json:"name"`
	Institution string   `json:"institution"`
	Roles       []string `json:"roles"`
	Contact     string   `json:"contact,omitempty"` // shown to reporters, trust persons only
	From        string   `json:"from"`              // first day
	Until       string   `json:"until,omitempty"`   // last day, "" without end
	Recipient   string   `json:"recipient"`         // age1pq1…
	Verifier    []byte   `json:"verifier"`          // Ed25519 public key
	Stated      string   `json:"stated"`            // day of the statement: its signers must serve then
}

// Founding is the first statement: entry 0 of the log.
type Founding struct {
	Installation string        `json:"installation"`
	Day          string        `json:"day"`
	Institution  Institution   `json:"institution"`
	Members      []Appointment `json:"members"` // one for each of FoundingRoles, in their order
}

// Signature is one member's signature under a statement.
type Signature struct {
	Member string `json:"member"`
	Bytes  []byte `json:"signature"`
}

// Statement is a signed body: the founding, an institution or an appointment.
type Statement struct {
	ID         string
	Kind       string
	Body       []byte // JSON of Founding, Institution or Appointment
	Signatures []Signature
	Day        string
}

// Sign signs a statement's body with a member's key.
func Sign(kind string, body []byte, member string, key ed25519.PrivateKey) Signature {
	return Signature{Member: member, Bytes: payload.SignStatement(kind, body, key)}
}

// Valid tells whether this key signed this body.
func (s Signature) Valid(kind string, body []byte, key ed25519.PublicKey) bool {
	return payload.VerifyStatement(kind, body, s.Bytes, key) == nil
}

// Digest names a founding: what keys/founders holds and every member keeps.
func Digest(body []byte) [32]byte { return sha256.Sum256(body) }

// Errors of a roster that does not verify. Each means: fail closed.
var (
	ErrFounders   = errors.New("appoint: the founders do not verify")
	ErrSignatures = errors.New("appoint: statement without the signatures it needs")
	ErrDuties     = errors.New("appoint: roles that one person cannot hold together")
)

// Member is an appointed person as of a roster.
type Member struct {
	ID           string
	Name         string
	Recipient    string
	Verifier     ed25519.PublicKey
	Appointments []Appointment // all, also past ones
}

// Roster is who has been appointed. It is immutable.
type Roster struct {
	Founding     Founding
	Digest       [32]byte
	members      map[string]*Member
	order        []string
	institutions map[string]Institution
	places       []string
	versions     map[string][]Institution // as stated, in order
}

// Read builds a roster from the founding and the statements after it, in the
// order they were written. founders is the digest kept in keys/; a founding
// with another digest, or without three valid signatures, is refused, and so is
// any later statement without two from members serving on its day.
func Read(founders [32]byte, statements []Statement) (*Roster, error) {
	if len(statements) == 0 || statements[0].Kind != KindFounding {
		return nil, fmt.Errorf("%w: no founding", ErrFounders)
	}
	first := statements[0]
	r := &Roster{Digest: Digest(first.Body), members: map[string]*Member{}, institutions: map[string]Institution{}, versions: map[string][]Institution{}}
	if r.Digest != founders {
		return nil, fmt.Errorf("%w: another digest in keys", ErrFounders)
	}
	if err := r.found(first); err != nil {
		return nil, err
	}
	for _, s := range statements[1:] {
		if err := r.add(s); err != nil {
			return nil, fmt.Errorf("statement %s: %w", s.ID, err)
		}
	}
	return r, nil
}

func (r *Roster) found(s Statement) error {
	if err := json.Unmarshal(s.Body, &r.Founding); err != nil {
		return fmt.Errorf("%w: %w", ErrFounders, err)
	}
	if err := r.Founding.check(); err != nil {
		return err
	}
	r.setInstitution(r.Founding.Institution)
	for _, a := range r.Founding.Members {
		if err := r.appoint(a); err != nil {
			return fmt.Errorf("%w: %w", ErrFounders, err)
		}
	}
	if n := len(r.signers(s, func(m *Member) bool { return m.holdsAny(handling) })); n < 3 {
		return fmt.Errorf("%w: %d of 3 signatures", ErrFounders, n)
	}
	return nil
}

// add takes an institution or an appointment that two members signed who serve
// in it or in its alternate, none of them the appointee or an administrator.
func (r *Roster) add(s Statement) error {
	switch s.Kind {
	case KindInstitution:
		var in Institution
		if err := json.Unmarshal(s.Body, &in); err != nil {
			return fmt.Errorf("%w: %w", ErrSignatures, err)
		}
		// A new institution is signed by those of the one that it names as its
		// alternate: somebody has to serve before anybody can.
		if n := len(r.signers(s, func(m *Member) bool { return r.MaySign(m.ID, in.ID, in.Alternate, "", in.Stated) })); n < 2 {
			return fmt.Errorf("%w: %d of 2", ErrSignatures, n)
		}
		r.setInstitution(in)
		return nil
	case KindAppointment:
		var a Appointment
		if err := json.Unmarshal(s.Body, &a); err != nil {
			return fmt.Errorf("%w: %w", ErrSignatures, err)
		}
		in, known := r.institutions[a.Institution]
		if !known {
			return fmt.Errorf("%w: unknown institution", ErrSignatures)
		}
		if n := len(r.signers(s, func(m *Member) bool { return r.MaySign(m.ID, in.ID, in.Alternate, a.Member, a.Stated) })); n < 2 {
			return fmt.Errorf("%w: %d of 2", ErrSignatures, n)
		}
		return r.appoint(a)
	}
	return fmt.Errorf("%w: kind %q", ErrSignatures, s.Kind)
}

// MaySign tells whether a member may sign a statement about this institution on
// that day: serving in it or in its alternate, in a role that handles cases,
// and not the person it is about. alternate counts only for an institution that
// the roster does not know yet: those of another one cannot name themselves the
// alternate of a known one, and so gain a say in it.
func (r *Roster) MaySign(member, institution, alternate, about, day string) bool {
	m := r.members[member]
	if m == nil || member == about {
		return false
	}
	places := []string{institution, alternate}
	if _, ok := r.institutions[institution]; ok {
		places = append(r.alternates(institution, day), institution)
	}
	for _, in := range places {
		if in != "" && intersects(r.Roles(member, in, day), handling) {
			return true
		}
	}
	return false
}

// Advises tells whether a member is a trust person of this institution or of its
// alternate on that day.
func (r *Roster) Advises(member, institution, day string) bool {
	for _, in := range []string{institution, r.institutions[institution].Alternate} {
		if in != "" && slices.Contains(r.Roles(member, in, day), RoleTrust) {
			return true
		}
	}
	return false
}

// signers counts distinct members of the roster who signed this body and may.
func (r *Roster) signers(s Statement, may func(*Member) bool) []string {
	var out []string
	for _, sig := range s.Signatures {
		m := r.members[sig.Member]
		if m == nil || slices.Contains(out, sig.Member) || !may(m) {
			continue
		}
		if sig.Valid(s.Kind, s.Body, m.Verifier) {
			out = append(out, sig.Member)
		}
	}
	return out
}

// Handles tells whether a member may have a part in a case of this institution on
// that day: serving in it, or in an institution that is or was its alternate. A
// case that went to an alternate stays with it when another one takes its place.
func (r *Roster) Handles(member, institution, day string) bool {
	return intersects(r.RolesFor(member, institution, day), handling)
}

// RolesFor are a member's roles for a case of this institution, sorted: those in it
// and in whatever was its alternate up to that day.
func (r *Roster) RolesFor(member, institution, day string) []string {
	var out []string
	for _, in := range append(r.EverAlternates(institution, day), institution) {
		out = append(out, r.Roles(member, in, day)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// EverAlternates are the institutions that were this one's alternate up to a day.
func (r *Roster) EverAlternates(institution, day string) []string {
	var out []string
	for n, v := range r.versions[institution] {
		if (n == 0 || v.Stated <= day) && v.Alternate != "" && !slices.Contains(out, v.Alternate) {
			out = append(out, v.Alternate)
		}
	}
	return out
}

// alternates are those in force on a day: two on the day on which one took the
// other's place. What was signed under one stays signed.
func (r *Roster) alternates(institution, day string) []string {
	var out []string
	all := r.versions[institution]
	for n, v := range all {
		if (n == 0 || v.Stated <= day) && (n == len(all)-1 || day <= all[n+1].Stated) && v.Alternate != "" {
			out = append(out, v.Alternate)
		}
	}
	return out
}

func (r *Roster) setInstitution(in Institution) {
	r.versions[in.ID] = append(r.versions[in.ID], in)
	if _, known := r.institutions[in.ID]; !known {
		r.places = append(r.places, in.ID)
	}
	r.institutions[in.ID] = in
}

func (r *Roster) appoint(a Appointment) error {
	if len(a.Verifier) != ed25519.PublicKeySize || a.Member == "" || a.Recipient == "" || len(a.Roles) == 0 {
		return fmt.Errorf("%w: incomplete appointment", ErrSignatures)
	}
	if err := r.separated(a); err != nil {
		return err
	}
	m := r.members[a.Member]
	if m == nil {
		m = &Member{ID: a.Member}
		r.members[a.Member] = m
		r.order = append(r.order, a.Member)
	}
	m.Name, m.Recipient, m.Verifier = a.Name, a.Recipient, a.Verifier
	m.Appointments = append(m.Appointments, a)
	return nil
}

func (m *Member) holdsAny(roles []string) bool {
	for _, a := range m.Appointments {
		if intersects(a.Roles, roles) {
			return true
		}
	}
	return false
}

func intersects(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}
