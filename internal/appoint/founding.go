package appoint

import (
	"crypto/ed25519"
	"fmt"
	"slices"
)

// RecoveryDeclined says that nobody can bring back what a member's lost password
// closed.
const RecoveryDeclined = "declined"

// Founding is the first statement, entry 0 of the log: who founds, and the
// settings of the installation that hold from its first day.
type Founding struct {
	Institution Institution   `json:"institution"`
	Members     []Appointment `json:"members"` // one for each of FoundingRoles, in their order
	Settings
}

// Settings are what the founders sign besides people. Every locator comes from
// the salt; the log's heads and the automatic message count by these keys.
type Settings struct {
	Salt     []byte `json:"salt"`
	Log      string `json:"log"`      // note verifier of the log key
	System   []byte `json:"system"`   // Ed25519 key of the automatic message
	Policy   int    `json:"policy"`   // version of the reference data, the first
	Recovery string `json:"recovery"` // of members' secrets, as the institution chose
	Backup   string `json:"backup"`   // recipient of backups, "" where there is none
}

// Equal tells whether two settings are the same in everything.
func (s Settings) Equal(o Settings) bool {
	return slices.Equal(s.Salt, o.Salt) && s.Log == o.Log && slices.Equal(s.System, o.System) &&
		s.Policy == o.Policy && s.Recovery == o.Recovery && s.Backup == o.Backup
}

func (s Settings) check() error {
	if len(s.Salt) != 32 || s.Log == "" || len(s.System) != ed25519.PublicKeySize || s.Policy != 1 ||
		s.Recovery != RecoveryDeclined || s.Backup != "" {
		return fmt.Errorf("%w: settings", ErrSignatures)
	}
	return nil
}

func (f Founding) subjects() []string {
	out := f.Institution.subjects()
	for _, a := range f.Members {
		out = append(out, a.subjects()...)
	}
	return out
}

// rule: a founding has no serving members who could sign it; see Read.
func (f Founding) rule(*Roster, string) (rule, error) {
	return rule{}, fmt.Errorf("%w: a founding", ErrSignatures)
}

func (f Founding) apply(r *Roster, s Statement) error {
	if err := f.Institution.apply(r, s); err != nil {
		return err
	}
	for _, a := range f.Members {
		if _, err := a.rule(r, s.Day); err != nil {
			return err
		}
		if err := a.apply(r, s); err != nil {
			return err
		}
	}
	return nil
}

// FoundingRoles are the offices of a founding, one person each, in the order of
// the statement: three found and sign, the last administers and signs nothing.
var FoundingRoles = [4]string{RoleResponsible, RoleChair, RoleMember, RoleAdministrator}

// check refuses a founding of anybody but these four: the founders compare the
// check words of four people, so a fifth would be appointed unseen. That they are
// four people follows from three signatures and from the separation of duties.
func (f Founding) check() error {
	if err := f.Settings.check(); err != nil {
		return err
	}
	if f.Institution.ID == "" || len(f.Members) != len(FoundingRoles) {
		return fmt.Errorf("%w: %d members", ErrFounders, len(f.Members))
	}
	for i, a := range f.Members {
		if !slices.Equal(a.Roles, FoundingRoles[i:i+1]) || a.Institution != f.Institution.ID {
			return fmt.Errorf("%w: member %d in another office", ErrFounders, i)
		}
		for _, b := range f.Members[:i] {
			if a.Member == b.Member || a.Recipient == b.Recipient || slices.Equal(a.Verifier, b.Verifier) {
				return fmt.Errorf("%w: one person in two offices", ErrFounders)
			}
		}
	}
	return nil
}

// Administers tells whether a member was appointed by the founding as its
// administrator and has held nothing else since: the one who knows the founders
// without having signed for them.
func (r *Roster) Administers(member string) bool {
	m, err := r.Member(member)
	last := r.Founding.Members[len(r.Founding.Members)-1]
	return err == nil && last.Member == member && !slices.ContainsFunc(m.Appointments, func(a Appointment) bool {
		return !slices.Equal(a.Roles, []string{RoleAdministrator})
	})
}
