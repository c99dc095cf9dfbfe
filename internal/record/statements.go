package record

import (
	"bytes"
	"encoding/base64"
	"fmt"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
)

// StatedAs is the kind of the entry that stores a statement of a kind.
var StatedAs = map[string]audit.EntryKind{
	appoint.KindFounding: KindFounded, appoint.KindAppointment: KindAppointed, appoint.KindInstitution: KindInstitution,
	appoint.KindSuspend: KindSuspended, appoint.KindEnd: KindOfficeEnded, appoint.KindKey: KindKeysChanged,
	appoint.KindSame: KindSamePerson, appoint.KindDistinct: KindTwoPeople,
}

// Place tells a statement where it stands in the log: its signers are judged by that
// day, and what was stated before it by that place. ErrTampered where its row is not
// what the log has, says another day, or stands elsewhere in the order.
func (l *Ledger) Place(s *Stated, n int) error {
	i := Statements.Row(s)
	stands := l.Holds(i) && s.N == n && (n > 0 || l.First(i.Label)) && l.On(i.Label, s.Day)
	if !stands {
		return fmt.Errorf("statement %s: %w", s.ID, audit.ErrTampered)
	}
	s.Index = l.IndexOf(i.Label)
	for leaf, at := range l.leaves {
		if at == l.Born[i.Label] {
			s.Leaf, _ = base64.StdEncoding.DecodeString(leaf)
		}
	}
	return nil
}

// FoundedHere holds what the founders signed against the installation's row: every
// locator comes from its salt, the log and the automatic message count by its keys.
func FoundedHere(r *appoint.Roster, in Installation) error {
	f := r.Founding
	same := r.Installation == in.ID && bytes.Equal(f.Salt, in.Salt) && f.Log == in.LogVerifier &&
		bytes.Equal(f.System, in.SystemVerifier)
	if !same {
		return fmt.Errorf("%w: of another installation, salt or keys", appoint.ErrFounders)
	}
	return nil
}
