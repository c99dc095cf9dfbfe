package record

import (
	"fmt"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// What a stream's entries say about time: where each stands and on which day, and
// which of them brought each row. So a text says itself what its author had seen,
// and nothing that was signed once can be stored later, or before.

// headerKey is what tells a stream's rows apart in signed headers: their kind, and what
// a header calls them. All shares of one dealing came together.
func headerKey(label string) string {
	name := KindOf(label)
	if kind := byName[name]; kind != nil {
		name = kind.Name
	}
	return name + ":" + RowID(label)
}

// On tells whether the entry that brought a row is of the row's day.
func (l *Ledger) On(label string, day ethics.Day) bool {
	return l.DayOf(label) == day && day != ""
}

// First tells whether a row came with the stream's first entry.
func (l *Ledger) First(label string) bool {
	n, known := l.Born[label]
	return known && n == 0
}

// sawBefore tells whether an author who had seen this could sign for the entry of this
// place: nothing for the first, the leaf of one before it for every other.
func (l *Ledger) sawBefore(seen string, n int64) bool {
	if n == 0 {
		return seen == ""
	}
	at, known := l.leaves[seen]
	return known && at < n
}

// headerKind is the kind of the rows whose headers bear a kind.
func headerKind(kind ethics.EnvelopeKind) string {
	switch kind {
	case ethics.KindEpoch:
		return Epochs.Name
	case ethics.KindGrant:
		return Grants.Name
	case ethics.KindVault:
		return Vaults.Name
	case ethics.KindVaultShare:
		return Shares.Name
	case ethics.KindVaultLoan:
		return Requests.Name
	case ethics.KindStatus:
		return Statuses.Name
	case ethics.KindConsultation, ethics.KindConsultationNote:
		return ConsultationTexts.Name
	}
	return Envelopes.Name
}

// rosterBefore is the roster before the entry that brought a row; that of now where none did
// yet.
func (l *Ledger) rosterBefore(now *appoint.Roster, kind ethics.EnvelopeKind, id string) *appoint.Roster {
	n, known := l.broughtBy[headerKind(kind)+":"+id]
	if !known {
		return now
	}
	return rosterAt(now, l.at[n])
}

// RosterBefore is the roster before the entry that brought an envelope.
func (f *CaseFile) RosterBefore(now *appoint.Roster, envelope string) *appoint.Roster {
	return f.ledger.rosterBefore(now, "", envelope)
}

// holders notes who holds the case behind an entry.
func (l *Ledger) holders(e audit.Entry) {
	if l.grants == nil {
		l.grants = map[string]bool{}
	}
	changed := false
	for _, c := range e.Changes {
		if KindOf(c.Label) == Grants.Name {
			l.grants[c.Label], changed = c.Op != audit.Ended, true
		}
	}
	var now []string
	switch {
	case changed:
		for label, live := range l.grants {
			if live {
				now = append(now, MemberOf(label))
			}
		}
	case len(l.holdersAfter) > 0:
		now = l.holdersAfter[len(l.holdersAfter)-1]
	}
	l.holdersAfter = append(l.holdersAfter, now)
}

// heldBy tells whether a member held the case before the entry that brought a row, or
// behind it: who leaves signs the removal. So of a row that no entry brought yet.
func (l *Ledger) heldBy(member string, kind ethics.EnvelopeKind, id string) bool {
	n, known := l.broughtBy[headerKind(kind)+":"+id]
	return !known || slices.Contains(l.holdersAfter[n], member) || n > 0 && slices.Contains(l.holdersAfter[n-1], member)
}

// rosterAt is the roster before an entry of the log; of one that does not stand there
// yet, the roster of now.
func rosterAt(now *appoint.Roster, index int64) *appoint.Roster {
	if now == nil || index <= 0 {
		return now
	}
	return now.At(index)
}

// check holds a header's day, and what its author had seen, against the entry that
// brought its row. An epoch's statement says nothing of what was seen.
func (l *Ledger) check(h payload.Header) error {
	kind := ethics.EnvelopeKind(h.Kind)
	if kind == ethics.KindIdentity {
		return l.checkIdentity(h)
	}
	n, known := l.broughtBy[headerKind(kind)+":"+h.ID]
	switch {
	case !known:
		return fmt.Errorf("%w: %s that no entry brought", ethics.ErrUntrusted, h.Kind)
	case l.days[n] != h.Day:
		return fmt.Errorf("%w: %s of %s in an entry of %s", ethics.ErrUntrusted, h.Kind, h.Day, l.days[n])
	case kind != ethics.KindEpoch && !l.sawBefore(h.Seen, n):
		return fmt.Errorf("%w: %s whose author had seen what was not there before it", ethics.ErrUntrusted, h.Kind)
	}
	return nil
}

// checkIdentity is check for a reporter's details, which are signed once and carried
// from vault to vault: an entry of that day, behind what was seen, can have brought
// them.
func (l *Ledger) checkIdentity(h payload.Header) error {
	upTo := min(l.vault+1, int64(len(l.days)))
	for n, day := range slices.All(l.days[:upTo]) {
		if day == h.Day && l.sawBefore(h.Seen, int64(n)) {
			return nil
		}
	}
	return fmt.Errorf("%w: details signed on %s, which no entry brought", ethics.ErrUntrusted, h.Day)
}

// FirstEvents are those that came with the filing.
func (f *CaseFile) FirstEvents() []ethics.Event {
	var out []ethics.Event
	for n, e := range f.Events {
		if f.ledger.First(Events.Label(&Event{Case: f.ID, N: n, Event: e})) {
			out = append(out, e)
		}
	}
	return out
}
