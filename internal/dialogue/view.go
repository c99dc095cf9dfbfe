package dialogue

import (
	"context"
	"fmt"
	"io"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/store"
	"svilpe/internal/unseal"
)

// View is the case as its reporter sees it.
type View struct {
	Number, Track string
	State         ethics.State
	Category      string
	Received      ethics.Day
	Messages      []Message // oldest first: report, automatic receipt, dialogue
	Events        []ethics.Event
	Dues          []policy.Due // that concern the reporter
	Language      string       // the reporter asked to be answered in
	CanWithdraw   bool
	Mediation     string     // "" or one of the Mediation… constants
	Offer         string     // the message that asked
	Retaliation   bool       // reported and not answered yet
	CheckIn       ethics.Day // since when we ask how the reporter is, "" when we do not
	Identified    bool       // personal details are kept apart
	Muted         bool       // messages are not taken now; withdrawing is
	Roster        *appoint.Roster
	Missing       int // envelopes the log names and the database has not
}

// Message is one text of the thread.
type Message struct {
	ID         string
	From       string // ethics.ActorReporter, ethics.ActorSystem, or "commission"
	Day        ethics.Day
	Text       string
	Event      ethics.EventKind // what it says besides its text
	With       ethics.Act       // the act it was sent with
	To         string           // the message that it answers
	Files      []ethics.File
	Readable   bool               // the reporter holds the keys of these files
	Report     *ethics.Report     // the first message
	Identified *ethics.Identified // the reporter did something about the own details
	Revealed   *ethics.Revealed   // the commission opened them
	Receipt    *ethics.Receipt    // the automatic first message, without its text: shown in the page's language
	Untrusted  bool               // «This message cannot be trusted»: no text
}

// FromCommission is who a member's message is from, to the reporter: no names.
const FromCommission = "commission"

// View opens the case for its reporter. ErrUntrusted when the case is not the one
// that was filed with this code, or not what the log says.
func (s *Service) View(ctx context.Context, v Visit) (View, error) {
	var out View
	var spoilt int
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		m, err := s.ownCase(tx, v)
		if err != nil {
			return err
		}
		out = View{
			Number: m.Number, Track: m.Track, State: m.State, Category: m.Category, Received: m.Received,
			Events: m.Events, Missing: m.Missing,
			Roster: m.roster,
		}
		out.Identified = m.Vault != nil
		out.CanWithdraw, out.Muted = s.Policy.MayReporter(ethics.ActWithdraw, s.facts(m)) == nil, s.muted(m.Events)
		dues, err := s.Policy.Due(m.Track, policy.Events(m.Events))
		if err != nil {
			return err
		}
		out.Dues = s.Policy.ForReporter(dues)
		out.Messages, spoilt = m.messages(s.Policy, s.today())
		s.protected(&out)
		return nil
	})
	if err = s.distrust(ctx, ethics.CaseStream(v.Case), spoilt+out.Missing, err); err != nil {
		return View{}, err
	}
	for _, m := range out.Messages {
		if m.Report != nil {
			out.Language = m.Report.Language
		}
	}
	return out, nil
}

// messages reads every envelope that is sealed to the reporter, and counts those
// that do not agree with row, signature or entry: they are shown as such, never
// their text.
func (c *ownCase) messages(p *policy.Policy, today ethics.Day) ([]Message, int) {
	track := c.Track // of the filing, where the report can be trusted
	var out []Message
	spoilt := 0
	holds := map[string]bool{} // messages whose file keys the reporter can open
	for _, env := range c.Envelopes {
		m := Message{ID: env.ID, From: env.Author, Day: env.Day}
		if m.From != ethics.ActorReporter && m.From != ethics.ActorSystem {
			m.From = FromCommission
		}
		into := func(body any) {
			if m.Untrusted = c.open(env, body) != nil; m.Untrusted {
				spoilt++
			}
		}
		switch env.Kind {
		case ethics.KindReport:
			var r ethics.Report
			if into(&r); !m.Untrusted {
				m.Report, m.Files, track = &r, r.Files, r.Track
			}
		case ethics.KindReceipt:
			// Of the system nothing is taken but that this very case was received.
			var r ethics.Receipt
			if into(&r); !m.Untrusted && !p.IsReceipt(r, c.Number, track, c.Received, c.FirstEvents()) {
				m.Untrusted = true
				spoilt++
			}
			if !m.Untrusted {
				r.Text = "" // the page has its own words
				m.Receipt = &r
			}
		case ethics.KindMessage:
			var t ethics.Message
			if into(&t); !m.Untrusted {
				m.Text, m.Files, m.Event, m.With, m.To = t.Text, t.Files, t.Event, t.Step, t.To
			}
		case ethics.KindIdentified:
			var x ethics.Identified
			if into(&x); !m.Untrusted {
				m.Identified = &x
			}
		case ethics.KindRevealed:
			var x ethics.Revealed
			if into(&x); !m.Untrusted {
				if x.Until > today {
					continue // two people deferred it; it shows by itself from that day on
				}
				m.Revealed = &x
			}
		case ethics.KindFileKeys:
			var k ethics.FileKeys
			if into(&k); !m.Untrusted {
				holds[k.Message] = true
			}
			continue
		default:
			continue
		}
		out = append(out, m)
	}
	for i := range out {
		out[i].Readable = holds[out[i].ID]
	}
	return out, spoilt
}

// File opens one file that the commission sent: what it is, and its plain bytes
// as they stream. Every chunk asks the session anew through allowed.
func (s *Service) File(
	ctx context.Context, v Visit, fileID string, allowed func() error,
) (ethics.File, io.Reader, error) {
	var file ethics.File
	var sealed io.Reader
	var raw []byte
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		m, err := s.ownCase(tx, v)
		if err != nil {
			return err
		}
		row, err := tx.File(fileID)
		if err != nil {
			return err
		}
		if row.Case != v.Case || row.State != "filed" {
			return ethics.ErrNotFound
		}
		if file, raw, err = m.fileKey(row); err != nil {
			return err
		}
		sealed = &guarded{s.Store.FileReader(ctx, row, func(*store.ReadTx) error { return nil }), allowed}
		return nil
	})
	if err = s.distrust(ctx, ethics.CaseStream(v.Case), 0, err); err != nil {
		return file, nil, err
	}
	key, err := derive.FromBytes(raw)
	if err != nil {
		return file, nil, err
	}
	plain, err := unseal.File(sealed, key, file.Size)
	return file, plain, err
}

// guarded asks before each read. It asks outside the read's own transaction:
// what it asks reads too, and a reader that waits for a second connection while
// it holds one could wait for ever.
type guarded struct {
	src     io.Reader
	allowed func() error
}

func (g *guarded) Read(p []byte) (int, error) {
	if err := g.allowed(); err != nil {
		return 0, err
	}
	return g.src.Read(p)
}

// fileKey finds the file in the message that lists it, and its one-time secret
// in the key envelope beside that message.
func (c *ownCase) fileKey(row store.StoredFile) (ethics.File, []byte, error) {
	if !c.TrustedFile(row) {
		return ethics.File{}, nil, fmt.Errorf("file %s: %w", row.ID, ethics.ErrUntrusted)
	}
	var file ethics.File
	var key []byte
	for _, env := range c.Envelopes {
		switch {
		case env.ID == row.Envelope:
			var m ethics.Message
			if c.open(env, &m) == nil {
				for _, x := range m.Files {
					if x.ID == row.ID && string(x.SHA256) == string(row.SHA256) {
						file = x
					}
				}
			}
		case env.Kind == ethics.KindFileKeys:
			var k ethics.FileKeys
			if c.open(env, &k) == nil && k.Message == row.Envelope {
				key = k.Secrets[row.ID]
			}
		}
	}
	if file.ID == "" || key == nil {
		return file, nil, ethics.ErrNotFound
	}
	return file, key, nil
}

// muted tells whether two members have said that messages are not taken.
func (s *Service) muted(events []ethics.Event) bool {
	return slices.Contains(s.Policy.Flagged(policy.Events(events)), policy.FlagMuted)
}
