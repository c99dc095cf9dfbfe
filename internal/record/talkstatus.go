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
// that stayed would tell, to who finds the code, which talk it was.

// talkTime is what a talk's entries say of its time.
type talkTime struct {
	by     string // who brought that row, and on which day
	on     ethics.Day
	quiet  ethics.Day // day of the newest text before it
	spoken ethics.Day // day of the newest text
}

func (t *talkTime) change(c audit.Change, e audit.Entry) {
	if KindOf(c.Label) == Talks.Name && c.Op != audit.Ended && c.Old != c.New { // a note leaves it as it is
		t.by, t.on, t.quiet = e.Actor, e.Day, t.spoken
	}
}

// talk holds the statuses of a consultation against its entries and its row.
func (t *Story) talk(c Talk, installation string, roster *appoint.Roster) error {
	wrong := func(why string) error { return fmt.Errorf("%w: consultation %s: %s", ethics.ErrUntrusted, c.ID, why) }
	p, err := policy.ByVersion(ethics.PolicyVersion)
	if err != nil {
		return err
	}
	j := judge{installation: installation, stream: ethics.TalkStream(c.ID), institution: c.Institution}
	acts := []ethics.Act{ethics.ActAsk, ethics.ActEnd}
	if len(t.rows) == 0 || len(t.rows) > len(acts) || len(t.rows) != len(t.brings) {
		return wrong("nobody signed where it stands")
	}
	for n, row := range t.rows {
		if Statuses.Row(&row).Digest != t.brings[n].digest {
			return wrong("another status than the log's")
		}
		j.signs = func(_ ethics.EnvelopeKind, author, _ string, day ethics.Day) (ed25519.PublicKey, error) {
			return c.Rule(before(roster, t.brings[n].index))(ethics.KindConsultation, author, "", day)
		}
		s, err := t.signed(j, row, t.brings[n])
		if err != nil {
			return err
		}
		state := []ethics.State{TalkOpen, TalkEnded}[n]
		if s.Act != acts[n] || s.State != state || n == 0 && row.Author != ethics.ActorReporter {
			return wrong("a status that no talk has")
		}
		t.told = append(t.told, Told{Status: s, Author: row.Author, Digest: row.Digest()})
		t.past.Status = s
	}
	state, changed, until := t.past.State, t.time.spoken, ""
	if c.State == TalkEnded && state == TalkOpen && t.time.by == ethics.ActorSystem &&
		t.time.quiet <= string(p.Talks.Idle(policy.Day(t.time.on))) {
		state, changed = TalkEnded, t.time.on
	} else if state == TalkEnded {
		changed = t.past.Day
	}
	if state == TalkEnded {
		until = string(p.Talks.Until(policy.Day(changed)))
	}
	if c.State != state || c.Changed != changed || c.Until != until || c.Received != t.told[0].Day {
		return wrong("its row is not what was signed")
	}
	return nil
}

// checkStatus reads the chain of a consultation that is not erased.
func (f *TalkFile) checkStatus(roster *appoint.Roster) error {
	if f.State == TalkErased {
		return nil
	}
	f.story.rows = f.Statuses
	if err := f.story.talk(f.Talk, f.Installation.ID, roster); err != nil {
		return err
	}
	f.standing = f.story.past.Status
	return nil
}

// Ending is the status that ends an open talk on a day.
func (f *TalkFile) Ending(day ethics.Day) ethics.Status {
	s := f.standing
	s.N, s.Day, s.Act, s.State = s.N+1, day, ethics.ActEnd, TalkEnded
	s.Seen, s.Policy = payload.Leaf(f.ledger.Seen), ethics.PolicyVersion
	return s
}
