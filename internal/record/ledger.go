package record

import (
	"fmt"
	"slices"
	"strings"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// Ledger is what the entries of one stream say about its rows.
type Ledger struct {
	Stream       string
	Live         map[string]audit.Digest // in force
	Ended        map[string]bool
	Born         map[string]int64 // number of the entry, in the stream, that added it
	Barred       map[string]bool  // members who stepped aside or were excluded
	Seen         []byte           // leaf of the newest entry
	leaves       map[string]int64 // places of the entries, by leaf as headers name it
	broughtBy    map[string]int64 // place of the entry that brought a row, see headed
	vault        int64            // of the entry that brought the vault of now
	days         []ethics.Day     // of each entry
	at           []int64          // index of each in the whole log
	grants       map[string]bool  // labels in force by which somebody holds the case
	holdersAfter [][]string       // who does, behind each entry
	frames       []audit.Entry    // what is left of the entries before the case was erased
}

// NewLedger is the ledger of a stream without entries.
func NewLedger(stream string) *Ledger {
	return &Ledger{
		Stream: stream, Live: map[string]audit.Digest{}, Ended: map[string]bool{}, Born: map[string]int64{},
		Barred: map[string]bool{}, leaves: map[string]int64{}, broughtBy: map[string]int64{},
	}
}

// Erased gives the ledger of an erased case the frames of the entries before: their
// leaves and days stay.
func (l *Ledger) Erased(frames []audit.Entry) { l.frames = frames }

// Take reads the stream's next entry. The error is audit.ErrTampered: a label is
// added once, renewed only where its kind and act allow it and from the digest in
// force, and ends once. After that nothing bears it, whoever signed the entry.
func (l *Ledger) Take(e audit.Entry) error {
	leaf := audit.LeafHash(e)
	l.leaves[payload.Leaf(leaf[:])], l.Seen = int64(len(l.days)), leaf[:]
	for _, id := range barredBy(e) {
		l.Barred[id] = true
	}
	for _, c := range e.Changes {
		if err := l.change(e.Kind, c); err != nil {
			return fmt.Errorf("entry %d: %w", e.Index, err)
		}
	}
	l.days, l.at = append(l.days, e.Day), append(l.at, e.Index)
	l.holders(e)
	return nil
}

func (l *Ledger) change(act audit.EntryKind, c audit.Change) error {
	wrong := func(why string) error {
		return fmt.Errorf("%w: %w: %s: %s", ethics.ErrUntrusted, audit.ErrTampered, c.Label, why)
	}
	kind := byName[KindOf(c.Label)]
	now, live := l.Live[c.Label]
	switch {
	case kind == nil || !kind.May(l.Stream) || !kind.owns(l.Stream, KeyOf(c.Label)):
		return wrong("does not belong to " + l.Stream)
	case l.Ended[c.Label]:
		return wrong("had ended")
	case c.Op == audit.Added && live:
		return wrong("is here already")
	case c.Op == audit.Added && l.barred(c.Label):
		return wrong("for somebody who was barred")
	case c.Op != audit.Added && (!live || now != c.Old):
		return wrong("another one was in force")
	case c.Op == audit.Added && len(kind.AddedBy) > 0 && !slices.Contains(kind.AddedBy, act):
		return wrong("is of another act")
	case c.Op == audit.Renewed && (!kind.renewedBy(act) || kind == &keys && ethics.CaseOf(l.Stream) == ""):
		return wrong("is written once") // the keys of a consultation too: it has one code
	case c.Op == audit.Ended && !slices.Contains(kind.EndedBy, act):
		return wrong("stays, whoever ended it")
	}
	if c.Op == audit.Ended {
		delete(l.Live, c.Label)
		l.Ended[c.Label] = true
		return nil
	}
	l.Live[c.Label] = c.New
	if c.Op == audit.Added {
		n := int64(len(l.days))
		l.Born[c.Label] = n
		if _, known := l.broughtBy[headerKey(c.Label)]; !known {
			l.broughtBy[headerKey(c.Label)] = n
		}
		if kind == Vaults.About() {
			l.vault = n
		}
	}
	return nil
}

// factBarred stands before a member's id in the fact that this member stepped
// aside from the case, or was excluded.
const factBarred = "barred/"

// Bar is the fact that a member may never hold this case again.
func Bar(member string) audit.Fact { return audit.Fact{Name: factBarred + member, Value: []byte{}} }

// barredBy are the members whom an entry bars.
func barredBy(e audit.Entry) (out []string) {
	for _, f := range e.Facts {
		if id, ok := strings.CutPrefix(f.Name, factBarred); ok {
			out = append(out, id)
		}
	}
	return out
}

// barred tells whether a grant's or a share's label names somebody who was barred.
func (l *Ledger) barred(label string) bool {
	member := MemberOf(label)
	return member != "" && l.Barred[member]
}

// MemberOf is the member to whom a grant or a share belongs, by its label; "" of
// any other.
func MemberOf(label string) string {
	parts := strings.Split(KeyOf(label), "/")
	switch KindOf(label) {
	case Grants.Name, Grants.Info.Again, Shares.Name:
		if len(parts) > 1 {
			return parts[1]
		}
	}
	return ""
}

// DayOf is the day of the entry that added a label, "" where none did.
func (l *Ledger) DayOf(label string) ethics.Day {
	n, known := l.Born[label]
	if !known {
		return ""
	}
	return l.days[n]
}

// IndexOf is the index, in the whole log, of the entry that added a label; -1 where
// none did.
func (l *Ledger) IndexOf(label string) int64 {
	n, known := l.Born[label]
	if !known {
		return -1
	}
	return l.at[n]
}

// Holds tells whether a row is the one that the log has in force.
func (l *Ledger) Holds(r Row) bool {
	d, live := l.Live[r.Label]
	return live && d == r.Digest
}

// Follows tells whether a label in force was added by the entry that added another
// one, or by a later one.
func (l *Ledger) Follows(label, other string) bool {
	_, live := l.Live[label]
	a, known := l.Born[label]
	b, there := l.Born[other]
	return live && known && there && a >= b
}

// OfKind are the labels in force of a kind.
func (l *Ledger) OfKind(name string) []string {
	var out []string
	for label := range l.Live {
		if KindOf(label) == name {
			out = append(out, label)
		}
	}
	return out
}

// BringsText tells whether an entry brought a text: whatever its act is called. What a new
// code leaves for itself is for nobody to read.
func BringsText(e audit.Entry) bool {
	return e.Kind != KindNewCode && slices.ContainsFunc(e.Changes, func(c audit.Change) bool {
		return c.Op == audit.Added && KindOf(c.Label) == Envelopes.Name
	})
}
