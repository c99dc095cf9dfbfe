package ethics

import (
	"fmt"
	"log/slog"
)

// Identity is who the reporter is, in plain words, by questionnaire field. It
// exists in the memory of one request.
type Identity struct {
	Answers map[string][]string `json:"answers"`
}

// SealedIdentity is what a vault holds: the details as the reporter signed them,
// so that dealing anew changes no word.
type SealedIdentity struct {
	Signed []byte `json:"signed"`
}

// LeastKeepers is how many people open a vault together, and keep a share of it at least.
const LeastKeepers = 2

// Share is one holder's part of a vault's secret, with the digests of all parts
// that were dealt: what a holder has in hand says which other part fits.
type Share struct {
	Vault  string            `json:"vault"`
	Member string            `json:"member"`
	To     string            `json:"to"`    // fingerprint of the vault's recipient
	Value  []byte            `json:"value"` // see package vault
	Dealt  map[string][]byte `json:"dealt"` // SHA-256 of Value, by member
}

// Loan is a share on its way to the colleague who asked for it.
type Loan struct {
	Request string `json:"request"`
	Purpose string `json:"purpose"` // one of the Loan… constants
	Asker   string `json:"asker"`
	Share   Share  `json:"share"`
}

// What a lent share may be used for.
const (
	LoanOpen  = "open"  // the details are shown to the asker
	LoanRenew = "renew" // the vault is dealt anew; nothing is shown
)

// Identified says that the reporter did something about the own details.
type Identified struct {
	Act             string `json:"act"` // given, replaced or withdrawn
	Recognise       bool   `json:"recognise,omitempty"`
	IfNotRecognised string `json:"if_not_recognised,omitempty"`
	Status          []byte `json:"status,omitempty"` // digest of the status that it was stored with
}

// Revealed tells the reporter that the details were opened. Until is the first
// day on which the page says so, where two people deferred it.
type Revealed struct {
	Reason string `json:"reason"`
	Until  Day    `json:"until,omitempty"`
	At     int64  `json:"at,omitempty"`
}

// Vault is a vault's row.
type Vault struct {
	ID, Case  string
	Dealer    string // reporter, or the member who dealt it anew
	Recipient string
	Day       Day
	Sealed    []byte // one age file to Recipient
}

// VaultShare is the row of one holder's share.
type VaultShare struct {
	Vault, Case, Member string
	Dealer              string
	Digest              []byte // SHA-256 of the share itself
	Day                 Day
	Sealed              []byte // one age file to the holder
}

// VaultRequest is the row of a request that a second holder approved. Its id is
// the proposal's. It holds the lent share until it is used, ends or lapses.
type VaultRequest struct {
	ID, Case, Vault string
	Purpose         string
	Asker, Decider  string
	State           string // lent, used or ended
	Day, Until      Day
	Sealed          []byte // one age file to the asker, empty once it is not lent
}

// Format hides the details.
func (Identity) Format(f fmt.State, _ rune) { redact(f) }

// LogValue hides the details.
func (Identity) LogValue() slog.Value { return slog.StringValue(Redacted) }

// Format hides the share.
func (Share) Format(f fmt.State, _ rune) { redact(f) }

// LogValue hides the share.
func (Share) LogValue() slog.Value { return slog.StringValue(Redacted) }

// Format hides the reason.
func (Revealed) Format(f fmt.State, _ rune) { redact(f) }

// LogValue hides the reason.
func (Revealed) LogValue() slog.Value { return slog.StringValue(Redacted) }

// Format hides what the reporter chose.
func (Identified) Format(f fmt.State, _ rune) { redact(f) }

// LogValue hides what the reporter chose.
func (Identified) LogValue() slog.Value { return slog.StringValue(Redacted) }
