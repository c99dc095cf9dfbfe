package appoint

import (
	"crypto/ed25519"
	"fmt"
	"slices"
	"time"
)

// longestSuspension is how many days one signature keeps a member from an office.
const longestSuspension = 7

// Suspension takes an office from a member at once and for a few days, by one
// signature, once. What was sealed to the member stays.
type Suspension struct {
	Member      string `json:"member"`
	Appointment string `json:"appointment"` // id of its statement
	Until       string `json:"until"`       // last day, at most longestSuspension with the entry's
}

// Ending ends an office on the day of its entry.
type Ending struct {
	Member      string `json:"member"`
	Appointment string `json:"appointment"` // id of its statement
}

// Key gives a member id that stays new keys: for rows behind its entry.
type Key struct {
	Member    string `json:"member"`
	Recipient string `json:"recipient"`
	Verifier  []byte `json:"verifier"`
}

// Same says that two member ids are one person.
type Same struct {
	Members [2]string `json:"members"` // sorted
}

// Distinct says that two ids of one name are two people. One of them may still
// wait for its appointment: one office may keep the namesake from another.
type Distinct struct {
	Members [2]string `json:"members"` // sorted
}

func (x Suspension) subjects() []string { return []string{aboutMember(x.Member)} }

func (x Suspension) rule(r *Roster, day string) (rule, error) {
	o := r.office(x.Member, x.Appointment)
	if o == nil || o.Ended != "" || o.Away[0] != "" {
		return rule{}, fmt.Errorf("%w: no office to suspend", ErrSignatures)
	}
	last, err := time.Parse(time.DateOnly, day)
	if err != nil || x.Until < day || x.Until > last.AddDate(0, 0, longestSuspension-1).Format(time.DateOnly) {
		return rule{}, fmt.Errorf("%w: suspended on %s until %q", ErrSignatures, day, x.Until)
	}
	return rule{least: 1, places: []string{o.Institution}, not: r.suspending(day)}, nil
}

func (x Suspension) apply(r *Roster, s Statement) error {
	o := r.office(x.Member, x.Appointment)
	o.Away, o.suspended = [2]string{s.Day, x.Until}, s.Index
	o.suspenders = r.signed(s, func(string) bool { return true })
	return nil
}

// suspending are the members whose signature keeps somebody from an office on a day.
// They sign no other suspension: one person cannot stop all colleagues at once.
func (r *Roster) suspending(day string) []string {
	var out []string
	for _, id := range r.order {
		for _, o := range r.members[id].offices {
			if o.suspended > 0 && o.suspended < r.at && o.Ended == "" && o.Away[0] <= day && day <= o.Away[1] {
				out = append(out, o.suspenders...)
			}
		}
	}
	return out
}

func (x Ending) subjects() []string { return []string{aboutMember(x.Member)} }

func (x Ending) rule(r *Roster, _ string) (rule, error) {
	o := r.office(x.Member, x.Appointment)
	if o == nil || o.Ended != "" {
		return rule{}, fmt.Errorf("%w: no office to end", ErrSignatures)
	}
	return rule{least: 2, places: []string{o.Institution}}, nil
}

func (x Ending) apply(r *Roster, s Statement) error {
	o := r.office(x.Member, x.Appointment)
	o.Ended, o.ended = s.Day, s.Index
	return nil
}

func (x Key) subjects() []string { return []string{aboutMember(x.Member)} }

func (x Key) rule(r *Roster, day string) (rule, error) {
	if r.members[x.Member] == nil || x.Recipient == "" || len(x.Verifier) != ed25519.PublicKeySize {
		return rule{}, fmt.Errorf("%w: no member, or no keys", ErrSignatures)
	}
	return rule{least: 2, places: r.serves(day, x.Member)}, nil
}

func (x Key) apply(r *Roster, s Statement) error {
	m := r.members[x.Member]
	m.keys = append(m.keys, keyPair{s.Index, x.Recipient, x.Verifier})
	return nil
}

func (x Same) subjects() []string {
	return []string{aboutMember(x.Members[0]), aboutMember(x.Members[1])}
}

func (x Same) rule(r *Roster, day string) (rule, error) {
	if r.members[x.Members[0]] == nil || r.members[x.Members[1]] == nil {
		return rule{}, fmt.Errorf("%w: not two members", ErrSignatures)
	}
	return r.pairRule(x.Members, day)
}

func (x Same) apply(r *Roster, s Statement) error {
	r.judge(x.Members, judgement{s.Index, true})
	return nil
}

func (x Distinct) subjects() []string { return Same(x).subjects() }

func (x Distinct) rule(r *Roster, day string) (rule, error) {
	if r.members[x.Members[0]] == nil && r.members[x.Members[1]] == nil {
		return rule{}, fmt.Errorf("%w: neither is a member", ErrSignatures)
	}
	return r.pairRule(x.Members, day)
}

func (x Distinct) apply(r *Roster, s Statement) error {
	r.judge(x.Members, judgement{s.Index, false})
	return nil
}

// pairRule: two others sign, wherever either of the two serves.
func (r *Roster) pairRule(pair [2]string, day string) (rule, error) {
	if pair[0] == "" || pair[0] >= pair[1] {
		return rule{}, fmt.Errorf("%w: not two ids in order", ErrSignatures)
	}
	return rule{least: 2, places: r.serves(day, pair[:]...)}, nil
}

// serves are the institutions in which these serve on a day, or served last: what
// is said of them is signed in each.
func (r *Roster) serves(day string, ids ...string) []string {
	var out []string
	for _, id := range ids {
		m, err := r.Member(id)
		if err != nil {
			continue
		}
		before := len(out)
		for _, a := range m.Appointments {
			if InTerm(a, day) {
				out = append(out, a.Institution)
			}
		}
		if len(out) == before {
			out = append(out, m.Home())
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (r *Roster) office(member, statement string) *office {
	m := r.members[member]
	if m == nil {
		return nil
	}
	i := slices.IndexFunc(m.offices, func(o *office) bool { return o.Statement == statement })
	if i < 0 {
		return nil
	}
	return m.offices[i]
}
