package appoint

import (
	"crypto/ed25519"
	"fmt"
	"math"
	"slices"
)

// Roster is who has been appointed, as a function of place in the log and day. It
// is immutable.
type Roster struct {
	Installation string
	Founding     Founding
	Digest       [32]byte

	at         int64 // only statements of entries before this one count
	stated     []stated
	members    map[string]*member
	order      []string // member ids, as they were first appointed
	versions   map[string][]version
	places     []string          // institution ids, as they were first stated
	byName     map[string][]fact // ids by folded name
	judgements map[[2]string][]judgement
	paired     map[string][]string // ids of which something was judged, by id
}

// stated is a statement that is part of the roster.
type stated struct {
	Statement
	subjects []string
}

// fact is a text that holds behind an entry.
type fact struct {
	text  string
	index int64
}

// version is an institution as one entry stated it.
type version struct {
	Institution
	index int64
	day   string
}

// member is what is known of one member id.
type member struct {
	id      string
	index   int64
	names   []fact
	keys    []keyPair
	offices []*office
}

// keyPair is a member id's public keys, for rows behind its entry.
type keyPair struct {
	index     int64
	recipient string
	verifier  ed25519.PublicKey
}

// office is an appointment with the entries that changed it, 0 where none did.
type office struct {
	Appointment
	index, suspended, ended int64
	suspenders              []string // who signed its suspension
}

// Read builds a roster from the founding and the statements after it, in the
// order they were written. founders is the digest kept in keys/; a founding with
// another digest, or without three valid signatures, is refused, and so is any
// later statement without those that its rule asks for, from people who served on
// the day of its entry by the statements before it.
func Read(founders [32]byte, statements []Statement) (*Roster, error) {
	if len(statements) == 0 || statements[0].Kind != KindFounding {
		return nil, fmt.Errorf("%w: no founding", ErrFounders)
	}
	r := &Roster{
		Digest: Digest(statements[0].Body), at: math.MaxInt64, members: map[string]*member{},
		versions: map[string][]version{},
		byName:   map[string][]fact{}, judgements: map[[2]string][]judgement{}, paired: map[string][]string{},
	}
	if r.Digest != founders {
		return nil, fmt.Errorf("%w: another digest in keys", ErrFounders)
	}
	if err := r.found(statements[0]); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFounders, err)
	}
	for _, s := range statements[1:] {
		if err := r.add(s); err != nil {
			return nil, fmt.Errorf("statement %s: %w", s.ID, err)
		}
	}
	return r, nil
}

// With is this roster with one more statement, as the next entries may hold it;
// the error with which it would be refused there.
func (r *Roster) With(s Statement) (*Roster, error) {
	var all []Statement
	for _, x := range r.stated {
		all = append(all, x.Statement)
	}
	s.Index = all[len(all)-1].Index + 1
	return Read(r.Digest, append(all, s))
}

// At is the roster as it was before the entry with this index.
func (r *Roster) At(index int64) *Roster {
	before := *r
	before.at = min(index, r.at)
	return &before
}

func (r *Roster) found(s Statement) error {
	h, c, err := Open(s.Kind, s.Body)
	if err != nil {
		return err
	}
	f, ok := c.(Founding)
	if !ok || h.ID != s.ID || s.Index != 0 || h.Seen != "" {
		return fmt.Errorf("%w: not the first statement", ErrSignatures)
	}
	if err := h.checkDay(s.Day); err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	r.Installation, r.Founding = h.Installation, f
	if err := f.apply(r, s); err != nil {
		return err
	}
	signed := r.signed(s, func(id string) bool { return intersects(r.founded(id), handling) })
	if n := r.People(signed...); n < 3 {
		return fmt.Errorf("%w: %d of 3", ErrTooFew, n)
	}
	r.stated = append(r.stated, stated{s, f.subjects()})
	return nil
}

// add takes a statement that those signed whom its rule names.
func (r *Roster) add(s Statement) error {
	h, c, err := Open(s.Kind, s.Body)
	if err != nil {
		return err
	}
	last := r.stated[len(r.stated)-1]
	switch {
	case s.Kind == KindFounding || h.Installation != r.Installation || h.ID != s.ID:
		return fmt.Errorf("%w: a second founding, or of elsewhere", ErrSignatures)
	case s.Index <= last.Index || s.Day < last.Day:
		return fmt.Errorf("%w: not behind the one before", ErrSignatures)
	}
	if err := h.checkDay(s.Day); err != nil {
		return err
	}
	if err := r.checkSeen(h, c.subjects()); err != nil {
		return err
	}
	rule, err := c.rule(r, s.Day)
	if err != nil {
		return err
	}
	if err := r.enough(rule, r.about(c), s); err != nil {
		return err
	}
	if err := c.apply(r, s); err != nil {
		return err
	}
	r.stated = append(r.stated, stated{s, c.subjects()})
	return nil
}

// signed are the members who may and did sign this body, with the key in force.
func (r *Roster) signed(s Statement, may func(id string) bool) []string {
	var out []string
	for _, sig := range s.Signatures {
		m, err := r.Member(sig.Member)
		if err == nil && may(m.ID) && sig.Valid(s.Kind, s.Body, m.Verifier) {
			out = append(out, m.ID)
		}
	}
	return out
}

// founded are the roles that the founding gives a member, whatever the day.
func (r *Roster) founded(id string) []string {
	i := slices.IndexFunc(r.Founding.Members, func(a Appointment) bool { return a.Member == id })
	if i < 0 {
		return nil
	}
	return r.Founding.Members[i].Roles
}

func intersects(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}
