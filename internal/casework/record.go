package casework

import (
	"fmt"

	"svilpe/internal/ethics"
	"svilpe/internal/policy"
)

// RecordVersion is the version of Record's form; docs/casefile.md describes it.
const RecordVersion = 1

// Record is a case as its archive holds it, in the words that were written: what
// a holder reads on the page, never who the reporter is. case.json holds one.
type Record struct {
	Version     int            `json:"version"`
	Number      string         `json:"number"`
	Institution string         `json:"institution"`
	Category    string         `json:"category"`
	Track       string         `json:"track"`
	State       ethics.State   `json:"state"`
	Received    ethics.Day     `json:"received"`
	Exported    ethics.Day     `json:"exported"`
	Missing     int            `json:"missing,omitempty"` // envelopes that the log names and the database had not
	Events      []RecordEvent  `json:"events"`
	Deadlines   []RecordDue    `json:"deadlines"`
	Holders     []RecordHolder `json:"holders"`
	Report      *ethics.Report `json:"report"` // null when it could not be trusted
	Thread      []RecordItem   `json:"thread"`
	Links       []string       `json:"links,omitempty"`
}

// RecordEvent is a thing that happened.
type RecordEvent struct {
	Name ethics.EventKind `json:"name"`
	Day  ethics.Day       `json:"day"`
}

// RecordDue is a deadline.
type RecordDue struct {
	ID      string `json:"id"`
	Due     string `json:"due"`
	Stopped string `json:"stopped,omitempty"`
}

// RecordHolder is who could open the case.
type RecordHolder struct {
	Name  string     `json:"name"`
	Since ethics.Day `json:"since"`
	Via   string     `json:"via"`
}

// RecordItem is one thing in the thread; Untrusted ones have no words.
type RecordItem struct {
	Kind      ethics.EnvelopeKind `json:"kind"`
	Author    string              `json:"author"` // a name, «reporter» or «system»
	Day       ethics.Day          `json:"day"`
	At        int64               `json:"at,omitempty"`
	Text      string              `json:"text,omitempty"`
	Event     ethics.EventKind    `json:"event,omitempty"`
	Files     []ethics.File       `json:"files,omitempty"`
	Receipt   *ethics.Receipt     `json:"receipt,omitempty"` // the automatic first message: id, version, parameters
	Step      *ethics.Step        `json:"step,omitempty"`
	Proposal  *ethics.Proposal    `json:"proposal,omitempty"`
	Approval  *ethics.Approval    `json:"approval,omitempty"`
	Removal   *ethics.Removal     `json:"removal,omitempty"`
	Exported  *ethics.Exported    `json:"exported,omitempty"`
	Redaction *ethics.Redaction   `json:"redaction,omitempty"` // without its texts
	Redacted  bool                `json:"redacted,omitempty"`  // text is a working copy
	Untrusted bool                `json:"untrusted,omitempty"`
}

// Format hides the case's words.
func (Record) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// Format hides the item's words.
func (RecordItem) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// Record writes the case down as of today.
func (s *Service) Record(o *Opened) Record {
	r := Record{
		Version: RecordVersion, Number: o.Number, Institution: o.Institution, Category: o.Category,
		Track: o.Track, State: o.State,
		Received: o.Received, Exported: s.today(), Missing: o.Missing, Report: o.Report, Links: o.Links,
	}
	for _, e := range policy.Events(o.Events) {
		r.Events = append(r.Events, RecordEvent{e.Name, string(e.Day)})
	}
	for _, d := range o.Dues {
		r.Deadlines = append(r.Deadlines, RecordDue{d.ID, string(d.Due), string(d.Stopped)})
	}
	for _, h := range o.Holders {
		r.Holders = append(r.Holders, RecordHolder{h.Name, h.Day, h.Via})
	}
	for _, i := range o.Thread {
		x := RecordItem{Kind: i.Kind, Author: i.Name, Day: i.Day, Untrusted: i.Untrusted}
		if !i.Untrusted {
			x.At, x.Text, x.Event, x.Files = i.At, i.Text, i.Event, i.Files
			x.Receipt, x.Step, x.Proposal, x.Approval, x.Removal, x.Exported =
				i.Receipt, i.Step, i.Proposal, i.Approval, i.Removal, i.Exported
			if x.Redacted = i.Redacted; i.Redaction != nil {
				cut := *i.Redaction
				cut.Texts = nil // a later copy may have taken more out
				x.Redaction = &cut
			}
		}
		r.Thread = append(r.Thread, x)
	}
	return r
}
