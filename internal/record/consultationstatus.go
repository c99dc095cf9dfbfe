package record

import (
	"crypto/ed25519"
	"fmt"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/policy"
)

// A consultation stands open from its first status and ended from its second. The
// program ends one in which nobody wrote for long, without a signature, and erases
// it when its time is over. What erases it takes the statuses too: a signature
// that stayed would tell, to who finds the code, which consultation it was.

// consultationTimes is what a consultation's entries say of its time.
type consultationTimes struct {
	by     string // who brought that row, and on which day
	on     ethics.Day
	quiet  ethics.Day // day of the newest text before it
	spoken ethics.Day // day of the newest text
}

func (t *consultationTimes) change(c audit.Change, e audit.Entry) {
	if KindOf(c.Label) == Consultations.Name && c.Op != audit.Ended && c.Old != c.New { // a note leaves it as it is
		t.by, t.on, t.quiet = e.Actor, e.Day, t.spoken
	}
}

// checkConsultation holds the statuses of a consultation against its entries and its row.
func (t *StatusChain) checkConsultation(c Consultation, installation string, roster *appoint.Roster) error {
	wrong := func(why string) error { return fmt.Errorf("%w: consultation %s: %s", ethics.ErrUntrusted, c.ID, why) }
	p, err := policy.ByVersion(ethics.PolicyVersion)
	if err != nil {
		return err
	}
	j := statusRules{installation: installation, stream: ethics.ConsultationStream(c.ID), institution: c.Institution}
	acts := []ethics.Act{ethics.ActAsk, ethics.ActEnd}
	if len(t.rows) == 0 || len(t.rows) > len(acts) || len(t.rows) != len(t.entries) {
		return wrong("nobody signed where it stands")
	}
	for n, row := range t.rows {
		if Statuses.Row(&row).Digest != t.entries[n].digest {
			return wrong("another status than the log's")
		}
		j.signs = func(_ ethics.EnvelopeKind, author, _ string, day ethics.Day) (ed25519.PublicKey, error) {
			return c.Rule(rosterAt(roster, t.entries[n].index))(ethics.KindConsultation, author, "", day)
		}
		s, err := t.signed(j, row, t.entries[n])
		if err != nil {
			return err
		}
		state := []ethics.State{ConsultationOpen, ConsultationEnded}[n]
		if s.Act != acts[n] || s.State != state || n == 0 && row.Author != ethics.ActorReporter {
			return wrong("a status that no talk has")
		}
		t.believed = append(t.believed, BelievedStatus{Status: s, Author: row.Author, Digest: row.Digest()})
		t.past.Status = s
	}
	state, changed, until := t.past.State, t.times.spoken, ""
	if c.State == ConsultationEnded && state == ConsultationOpen && t.times.by == ethics.ActorSystem &&
		t.times.quiet <= string(p.Consultations.Idle(policy.Day(t.times.on))) {
		state, changed = ConsultationEnded, t.times.on
	} else if state == ConsultationEnded {
		changed = t.past.Day
	}
	if state == ConsultationEnded {
		until = string(p.Consultations.Until(policy.Day(changed)))
	}
	if c.State != state || c.Changed != changed || c.Until != until || c.Received != t.believed[0].Day {
		return wrong("its row is not what was signed")
	}
	return nil
}

// checkStatus reads the chain of a consultation that is not erased.
func (f *ConsultationFile) checkStatus(roster *appoint.Roster) error {
	if f.State == ConsultationErased {
		return nil
	}
	f.statuses.rows = f.Statuses
	if err := f.statuses.checkConsultation(f.Consultation, f.Installation.ID, roster); err != nil {
		return err
	}
	f.current = f.statuses.past.Status
	return nil
}

// Ending is the status that ends an open consultation on a day.
func (f *ConsultationFile) Ending(day ethics.Day) ethics.Status {
	s := f.current
	s.N, s.Day, s.Act, s.State = s.N+1, day, ethics.ActEnd, ConsultationEnded
	s.Seen, s.Policy = payload.Leaf(f.ledger.Seen), ethics.PolicyVersion
	return s
}
