package store

import (
	"fmt"
	"slices"
	"strings"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// past is what a stream's entries, read in order, say about time: where each
// stands and on which day, and which of them brought each row. So a text says
// itself what its author had seen, and nothing that was signed once can be stored
// later, or before.
type past struct {
	days   []ethics.Day
	leaves map[string]int // places of the entries, by leaf as headers name it
	born   map[string]int // place of the entry that brought a row, by bornKey
	newest []byte
	vault  int // place of the entry that brought the vault of now
}

// bornKey is what tells a stream's rows apart: their table, and what a signed
// header calls them. All shares of one dealing came together.
func bornKey(label string) string {
	table, _, _ := strings.Cut(label, ":")
	return table + ":" + rowID(label)
}

// entry learns from the next entry.
func (p *past) entry(e audit.Entry) {
	if p.born == nil {
		p.born, p.leaves = map[string]int{}, map[string]int{}
	}
	n := len(p.days)
	for _, i := range e.Items {
		if key := bornKey(i.Label); i.Digest != (audit.Digest{}) {
			if _, known := p.born[key]; !known {
				p.born[key] = n
			}
			if strings.HasPrefix(i.Label, "vault:") {
				p.vault = n
			}
		}
	}
	leaf := audit.LeafHash(e)
	p.newest, p.leaves[payload.Leaf(leaf[:])] = leaf[:], n
	p.days = append(p.days, e.Day)
}

// blank passes an entry whose words were erased: it only stands there.
func (p *past) blank() { p.days = append(p.days, "") }

// on tells whether the entry that brought a row is of the row's day.
func (p *past) on(label string, day ethics.Day) bool {
	n, known := p.born[bornKey(label)]
	return known && p.days[n] == day
}

// first tells whether a row came with the stream's first entry.
func (p *past) first(label string) bool {
	n, known := p.born[bornKey(label)]
	return known && n == 0
}

// stood tells whether an author who had seen this could sign for the entry of this
// place: nothing for the first, the leaf of one before it for every other.
func (p *past) stood(seen string, n int) bool {
	if n == 0 {
		return seen == ""
	}
	at, known := p.leaves[seen]
	return known && at < n
}

// headerTable is the table of the rows whose headers bear a kind.
func headerTable(kind string) string {
	switch kind {
	case KindEpoch:
		return "epoch"
	case ethics.KindGrant, ethics.KindVault, ethics.KindVaultShare:
		return kind
	case ethics.KindVaultLoan:
		return "vault_request"
	case ethics.KindConsultation, ethics.KindConsultationNote:
		return "said"
	}
	return "envelope"
}

// check holds a header's day, and what its author had seen, against the entry that
// brought its row. An epoch's statement says nothing of what was seen.
func (p *past) check(h payload.Header) error {
	if h.Kind == ethics.KindIdentity {
		return p.carried(h)
	}
	n, known := p.born[headerTable(h.Kind)+":"+h.ID]
	switch {
	case !known:
		return fmt.Errorf("%w: %s that no entry brought", ethics.ErrUntrusted, h.Kind)
	case p.days[n] != h.Day:
		return fmt.Errorf("%w: %s of %s in an entry of %s", ethics.ErrUntrusted, h.Kind, h.Day, p.days[n])
	case h.Kind != KindEpoch && !p.stood(h.Seen, n):
		return fmt.Errorf("%w: %s whose author had seen what was not there before it", ethics.ErrUntrusted, h.Kind)
	}
	return nil
}

// carried is check for a reporter's details, which are signed once and carried
// from vault to vault: an entry of that day, behind what was seen, can have brought
// them.
func (p *past) carried(h payload.Header) error {
	upTo := min(p.vault+1, len(p.days))
	for n, day := range slices.All(p.days[:upTo]) {
		if day == h.Day && p.stood(h.Seen, n) {
			return nil
		}
	}
	return fmt.Errorf("%w: details signed on %s, which no entry brought", ethics.ErrUntrusted, h.Day)
}

// Seen is the leaf of the newest entry of the case that was read: what a text
// sealed now has seen.
func (f *CaseFile) Seen() []byte { return f.past.newest }

// Seen is the leaf of the consultation's newest entry that was read.
func (f *ConsultationFile) Seen() []byte { return f.past.newest }

// FirstEvents are those that came with the filing.
func (f *CaseFile) FirstEvents() []ethics.Event {
	var out []ethics.Event
	for n, e := range f.Events {
		if f.past.first(eventItem(f.ID, n, e).Label) {
			out = append(out, e)
		}
	}
	return out
}
