package record

import (
	"encoding/json"
	"fmt"
	"slices"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// Counters make lists whole: how many cases a member holds, and how many cases,
// declarations and consultations an institution has. They follow from the entries;
// each closing of a day states them, so that a start need not count.
type Counters map[string]int64

// Names of counters.
func Held(member string) string                 { return "held/" + member }
func CasesOf(institution string) string         { return Cases.Name + "/" + institution }
func GiftsOf(institution string) string         { return Gifts.Name + "/" + institution }
func ConsultationsOf(institution string) string { return Consultations.Name + "/" + institution }

// FactInstitution names, in the entry that adds or ends a row which is counted by
// institution, whose it is.
const FactInstitution = "institution"

// Counted is what an entry does to the counters. Only objects are counted: what is
// noted of one in a matter is taken by no ledger.
func Counted(e audit.Entry) Counters {
	out := Counters{}
	if ethics.IsStream(e.Stream) && !ethics.IsObject(e.Stream) {
		return out
	}
	institution := string(e.FactOf(FactInstitution))
	for _, c := range e.Changes {
		by := map[audit.Op]int64{audit.Added: 1, audit.Ended: -1}[c.Op]
		if by == 0 {
			continue
		}
		switch kind := KindOf(c.Label); kind {
		case Grants.Name:
			out[Held(MemberOf(c.Label))] += by
		case Cases.Name, Gifts.Name, Consultations.Name:
			out[kind+"/"+institution] += by
		}
	}
	return out
}

// countsFor refuses an entry that counts a row of a kind for another institution
// than its own: a list there would look whole, and one here too short.
func countsFor(e audit.Entry, kind, institution string) error {
	counts := slices.ContainsFunc(e.Changes, func(c audit.Change) bool {
		return c.Op != audit.Renewed && KindOf(c.Label) == kind
	})
	if counts && string(e.FactOf(FactInstitution)) != institution {
		return fmt.Errorf("%w: entry %d counts a %s for another institution", ethics.ErrUntrusted, e.Index, kind)
	}
	return nil
}

// Add adds b to the counters; one that comes to nothing is left out.
func (c Counters) Add(b Counters) {
	for name, n := range b {
		if c[name] += n; c[name] == 0 {
			delete(c, name)
		}
	}
}

// Bytes is the one spelling of the counters: no counters are {}, never null.
func (c Counters) Bytes() []byte {
	all := Counters{}
	all.Add(c)
	b, err := json.Marshal(all)
	if err != nil {
		panic("record: internal error: counters that are no JSON")
	}
	return b
}

// ParseCounters reads what Bytes wrote.
func ParseCounters(b []byte) (Counters, error) {
	c := Counters{}
	if err := json.Unmarshal(b, &c); err != nil || string(c.Bytes()) != string(b) {
		return nil, fmt.Errorf("%w: counters", audit.ErrTampered)
	}
	return c, nil
}

// Facts of a day's closing: the root of the map of everything before it, the
// counters, and the SHA-256 of the checkpoint before, empty in the first.
const (
	FactMap      = "map"
	FactCounters = "counters"
	FactBefore   = "before"
)
