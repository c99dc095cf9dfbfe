package store

import (
	"crypto/ed25519"
	"fmt"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
)

// A consultation stands open from its first status and ended from its second. The
// program ends one in which nobody wrote for long, without a signature, and erases
// it when its time is over. What erases it takes the statuses too: a signature
// that stayed would tell, to who finds the code, which talk it was.

// talkTime is what a talk's entries say of its time.
type talkTime struct {
	row    audit.Digest // newest of the consultation's row
	by     string       // who brought that row, and on which day
	on     ethics.Day
	quiet  ethics.Day // day of the newest text before it
	spoken ethics.Day // day of the newest text
}

func (t *talkTime) item(i audit.Item, e audit.Entry, id string) {
	if i.Label == "consultation:"+id && i.Digest != t.row {
		t.row, t.by, t.on, t.quiet = i.Digest, e.Actor, e.Day, t.spoken
	}
}

// talk holds the statuses of a consultation against its entries and its row.
func (t *story) talk(c Consultation, installation string, roster *appoint.Roster) error {
	wrong := func(why string) error { return fmt.Errorf("%w: consultation %s: %s", ethics.ErrUntrusted, c.ID, why) }
	p, err := policy.Version(ethics.PolicyVersion)
	if err != nil {
		return err
	}
	j := judge{installation: installation, stream: ethics.TalkStream(c.ID), institution: c.Institution, roster: roster,
		verifier: func(_, author, _ string, day ethics.Day) (ed25519.PublicKey, error) {
			return c.Verifier(roster)(ethics.KindConsultation, author, "", day)
		}}
	acts := []string{ethics.ActAsk, ethics.ActEnd}
	if len(t.rows) == 0 || len(t.rows) > len(acts) || len(t.rows) != len(t.brings) {
		return wrong("nobody signed where it stands")
	}
	for n, row := range t.rows {
		if statusItem(row).Digest != t.brings[n].digest {
			return wrong("another status than the log's")
		}
		s, err := t.signed(j, row, t.brings[n])
		if err != nil {
			return err
		}
		state := []string{ConsultationOpen, ConsultationEnded}[n]
		if s.Act != acts[n] || s.State != state || n == 0 && row.Author != ethics.ActorReporter {
			return wrong("a status that no talk has")
		}
		t.told = append(t.told, Told{Status: s, Author: row.Author, Digest: row.Digest()})
		t.past.Status = s
	}
	state, changed, until := t.past.State, t.time.spoken, ""
	if c.State == ConsultationEnded && state == ConsultationOpen && t.time.by == ethics.ActorSystem &&
		t.time.quiet <= string(p.Talks.Idle(policy.Day(t.time.on))) {
		state, changed = ConsultationEnded, t.time.on
	} else if state == ConsultationEnded {
		changed = t.past.Day
	}
	if state == ConsultationEnded {
		until = string(p.Talks.Until(policy.Day(changed)))
	}
	if c.State != state || c.Changed != changed || c.Until != until || c.Received != t.told[0].Day {
		return wrong("its row is not what was signed")
	}
	return nil
}

// fillTalk reads the chain of a consultation.
func (tx *ReadTx) fillTalk(f *ConsultationFile, entries []audit.Entry) error {
	if f.State == ConsultationErased {
		return nil
	}
	roster, err := tx.Roster()
	if err != nil {
		return err
	}
	t := &story{id: f.ID}
	for _, e := range entries {
		t.entry(e)
	}
	if t.rows, err = tx.Statuses(f.ID); err != nil {
		return err
	}
	if err := t.talk(f.Consultation, f.Installation.ID, roster); err != nil {
		return err
	}
	f.standing, f.seen = t.past.Status, t.newest
	return nil
}

// Ending is the status that ends an open talk on a day.
func (f *ConsultationFile) Ending(day ethics.Day) ethics.Status {
	s := f.standing
	s.N, s.Day, s.Act, s.State, s.Seen, s.Policy = s.N+1, day, ethics.ActEnd, ConsultationEnded, f.seen, ethics.PolicyVersion
	return s
}

// dropStatuses takes a consultation's statuses away with all that was said.
func (tx *Tx) dropStatuses(id string) error {
	rows, err := tx.Statuses(id)
	if err != nil {
		return err
	}
	for _, s := range rows {
		if err := tx.held(id, statusItem(s)); err != nil {
			return err
		}
		tx.note(id, audit.Item{Label: statusLabel(id, s.N)})
	}
	return tx.c.run(`delete from case_status where case_id = $1`, id)
}

// talkStatus checks the chain of a consultation that is not erased; its rows were
// held against the log before.
func (v *verification) talkStatus(tx *ReadTx, c Consultation) error {
	if c.ID == "" || c.State == ConsultationErased {
		return nil
	}
	rows, err := tx.Statuses(c.ID)
	if err != nil {
		return err
	}
	v.talk.rows = rows
	if err := v.talk.talk(c, v.installation.ID, v.roster); err != nil {
		return statusDamage(c.ID, err)
	}
	return nil
}
