package ethics

import (
	"fmt"
	"log/slog"
)

// Gift is somebody's own declaration of a gift or benefit they were offered or
// took, in plain words. It accuses nobody and belongs to no case.
type Gift struct {
	Institution string `json:"institution"` // in whose register it stands
	Who         string `json:"who"`         // the declarer's name and post
	What        string `json:"what"`        // the gift or benefit
	Value       string `json:"value"`       // in the declarer's words
	From        string `json:"from"`
	When        string `json:"when"` // the day, YYYY-MM-DD
	Done        string `json:"done"` // one of GiftDone
}

// GiftDone is what became of a gift.
var GiftDone = []string{"refused", "returned", "handed_over", "kept"}

// Format hides the declaration.
func (Gift) Format(f fmt.State, _ rune) { redact(f) }

// LogValue hides the declaration.
func (Gift) LogValue() slog.Value { return slog.StringValue(Redacted) }

// ConsultationText is one text of a consultation with trust persons. What follows the
// text stands in the first alone, signed by who asked.
type ConsultationText struct {
	Text     string   `json:"text"`
	Language string   `json:"language,omitempty"` // to be answered in
	Unit     string   `json:"unit,omitempty"`
	Excluded []string `json:"excluded,omitempty"`
	Parties  []string `json:"parties,omitempty"` // the trust persons it was sealed to
	Status   []byte   `json:"status,omitempty"`  // digest of the status it began with
}

// Format hides the text.
func (ConsultationText) Format(f fmt.State, _ rune) { redact(f) }

// LogValue hides the text.
func (ConsultationText) LogValue() slog.Value { return slog.StringValue(Redacted) }
