package ethics

import (
	"fmt"
	"log/slog"
)

// Why somebody no longer holds a case.
const (
	WhyRecused   = "recused"     // stepped aside
	WhyExcluded  = "excluded"    // by the chair or the responsible person
	WhyEscalated = "escalated"   // with the alternate institution taking the case over
	WhyHanded    = "handed_over" // leaving; no conflict
)

// Removal is who left a case and who came instead. Whom it bars is never given
// the case again.
type Removal struct {
	Why     string   `json:"why"`
	Members []string `json:"members"`         // who may not open the case any more
	Given   []string `json:"given,omitempty"` // who received it with this
	Reason  string   `json:"reason,omitempty"`
	// Proposal is the act of two people that this carries out, "" for one person's.
	Proposal string `json:"proposal,omitempty"`
	At       int64  `json:"at"`
}

// Bars tells whether these members can never be given the case again.
func (r Removal) Bars() bool { return r.Why != WhyHanded }

// Format hides who and why.
func (Removal) Format(f fmt.State, _ rune) { redact(f) }

// LogValue hides who and why.
func (Removal) LogValue() slog.Value { return slog.StringValue(Redacted) }
