package appoint

import (
	"fmt"
	"slices"
	"strings"
)

// rule is who must sign a statement: so many people in each of these
// institutions, serving in it or in its alternate in a role that handles cases.
type rule struct {
	least     int
	places    []string
	alternate string   // of an institution that the roster does not know yet
	not       []string // members who may not
}

// MaySign tells whether a member may sign this statement on that day. Whoever
// administers, under whatever id, signs nothing.
func (r *Roster) MaySign(member, kind string, raw []byte, day string) bool {
	_, c, err := Open(kind, raw)
	if err != nil || kind == KindFounding {
		return false
	}
	rule, err := c.rule(r, day)
	if err != nil || r.mustNotSign(member, r.about(c), day) || r.Among(rule.not, member) {
		return false
	}
	for _, place := range rule.places {
		if r.signsIn(member, place, rule.alternate, day) {
			return true
		}
	}
	return false
}

// Signs tells whether a member signs statements at all on that day.
func (r *Roster) Signs(member, day string) bool { return intersects(r.AllRoles(member, day), handling) }

// OtherID tells that a member does not sign a statement because another id of the
// same person has signed it, or is whom it is about: what a page explains, since
// nobody thinks of the own other ids.
func (r *Roster) OtherID(member, kind string, raw []byte, signers []string) bool {
	_, c, err := Open(kind, raw)
	if err != nil {
		return false
	}
	return !slices.Contains(append(members(c), signers...), member) && r.Among(append(r.about(c), signers...), member)
}

// members are the ids of those whom a statement is about.
func members(c Content) []string {
	var out []string
	for _, subject := range c.subjects() {
		if id, is := strings.CutPrefix(subject, aboutMember("")); is {
			out = append(out, id)
		}
	}
	return out
}

// about are they, and whoever is one person with an id that is not known yet.
func (r *Roster) about(c Content) []string {
	out := members(c)
	if a, is := c.(Appointment); is {
		out = append(out, r.Alike(a.Member, a.Name)...)
	}
	return out
}

// enough counts the people whose signatures a statement needs.
func (r *Roster) enough(rule rule, about []string, s Statement) error {
	for _, place := range rule.places {
		signed := r.signed(s, func(id string) bool {
			return !r.mustNotSign(id, about, s.Day) && !r.Among(rule.not, id) &&
				r.signsIn(id, place, rule.alternate, s.Day)
		})
		if n := r.People(signed...); n < rule.least {
			return fmt.Errorf("%w: %d of %d", ErrTooFew, n, rule.least)
		}
	}
	if len(rule.places) == 0 {
		return fmt.Errorf("%w: of no institution", ErrSignatures)
	}
	return nil
}

// mustNotSign tells whom a statement is not signed by: those it is about, and
// administrators.
func (r *Roster) mustNotSign(member string, about []string, day string) bool {
	for _, id := range r.IDs(member) {
		if intersects(r.AllRoles(id, day), []string{RoleAdministrator}) {
			return true
		}
	}
	return r.Among(about, member)
}

// signsIn tells whether a member serves in this institution or in its alternate.
// alternate counts only for an institution that the roster does not know yet:
// those of another one cannot name themselves the alternate of a known one, and
// so gain a say in it.
func (r *Roster) signsIn(member, institution, alternate, day string) bool {
	places := []string{alternate}
	if _, err := r.Institution(institution); err == nil {
		places = append(r.alternates(institution, day), institution)
	}
	for _, in := range places {
		if in != "" && intersects(r.Roles(member, in, day), handling) {
			return true
		}
	}
	return false
}
