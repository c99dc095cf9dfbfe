// Package appoint says whose keys count. A member's recipient and verifier key
// are used only when a statement carries them that verifies up to the founders:
// the founding, signed by three founders who compared check words, then
// statements signed by two serving members each. The database cannot add a
// reader, the administrator cannot, and this package is why.
//
// Start with Roster: it is read from nothing but statements, and routing and
// sealing read roles and recipients from nothing but a Roster.
package appoint

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
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

// Institution is an organisation that receives reports here.
type Institution struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Alternate string `json:"alternate,omitempty"` // its reports go there when its own handlers may not read
	Units     []Unit `json:"units,omitempty"`
}

// Unit is a part of an institution that a report may concern.
type Unit struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Appointment gives a member a role in an institution, and says which keys are
// that member's. A roster's appointment begins on the day of its entry at the
// earliest: nobody is given an office in the past.
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

	// What the roster knows of it besides, in no body.
	Statement string    `json:"-"` // its id: what ends or suspends it names this
	Ended     string    `json:"-"` // first day without it, "" while nobody ended it
	Away      [2]string `json:"-"` // first and last day of its suspension
}

// Errors of a roster that does not verify. Each means: fail closed.
var (
	ErrFounders   = errors.New("appoint: the founders do not verify")
	ErrSignatures = errors.New("appoint: statement without the signatures it needs")
	ErrTooFew     = fmt.Errorf("%w: too few so far", ErrSignatures)
	ErrDuties     = errors.New("appoint: roles that one person cannot hold together")
)

// Member is an appointed member id as of a roster.
type Member struct {
	ID           string
	Name         string
	Recipient    string
	Verifier     ed25519.PublicKey
	Appointments []Appointment // all, also past ones
}

func (in Institution) subjects() []string { return []string{"institution:" + in.ID} }

// rule: a new institution is signed by those of the one that it names as its
// alternate, for somebody has to serve before anybody can.
func (in Institution) rule(*Roster, string) (rule, error) {
	if in.ID == "" {
		return rule{}, fmt.Errorf("%w: institution without id", ErrSignatures)
	}
	return rule{least: 2, places: []string{in.ID}, alternate: in.Alternate}, nil
}

func (in Institution) apply(r *Roster, s Statement) error {
	r.versions[in.ID] = append(r.versions[in.ID], version{in, s.Index, s.Day})
	if !slices.Contains(r.places, in.ID) {
		r.places = append(r.places, in.ID)
	}
	return nil
}

func (a Appointment) subjects() []string { return []string{aboutMember(a.Member)} }

func aboutMember(id string) string { return "member:" + id }

func (a Appointment) rule(*Roster, string) (rule, error) {
	if len(a.Verifier) != ed25519.PublicKeySize || a.Member == "" || a.Recipient == "" || len(a.Roles) == 0 {
		return rule{}, fmt.Errorf("%w: incomplete appointment", ErrSignatures)
	}
	if !Legible(a.Name) {
		return rule{}, fmt.Errorf("%w: a name that looks like another one", ErrSignatures)
	}
	return rule{least: 2, places: []string{a.Institution}}, nil
}

func (a Appointment) apply(r *Roster, s Statement) error {
	a.From, a.Statement = max(a.From, s.Day), s.ID
	if err := r.Separated(a); err != nil {
		return err
	}
	m := r.members[a.Member]
	if m == nil {
		m = &member{id: a.Member, index: s.Index, keys: []keyPair{{s.Index, a.Recipient, a.Verifier}}}
		r.members[a.Member] = m
		r.order = append(r.order, a.Member)
	}
	// Who holds an id has the keys that its first appointment gave it, or a key
	// statement since: an office brings no others.
	if k := m.keys[len(m.keys)-1]; k.recipient != a.Recipient || !slices.Equal(k.verifier, a.Verifier) {
		return fmt.Errorf("%w: an appointment with other keys", ErrSignatures)
	}
	m.names = append(m.names, fact{a.Name, s.Index})
	r.byName[folded(a.Name)] = append(r.byName[folded(a.Name)], fact{a.Member, s.Index})
	m.offices = append(m.offices, &office{Appointment: a, index: s.Index})
	return nil
}
