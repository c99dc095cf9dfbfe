package ethics

import (
	"fmt"
	"log/slog"
)

// What a case is exported as, and a package to an authority.
const (
	ExportPDF      = "pdf"     // to read
	ExportArchive  = "archive" // to keep
	PackagePDF     = "package_pdf"
	DecisionPDF    = "decision_pdf" // to be signed outside
	PackageArchive = "package_archive"
)

// Exported says what was downloaded, and for whom it was sealed.
type Exported struct {
	What   string `json:"what"`
	SHA256 []byte `json:"sha256"` // of what was sent
	Size   int64  `json:"size"`   // bytes
	To     string `json:"to,omitempty"`
	Step   string `json:"step,omitempty"` // that approved the package
	Whole  bool   `json:"whole"`          // false: it broke off; what had been sent is what the hash is of
	At     int64  `json:"at"`
}

// Format hides it.
func (Exported) Format(f fmt.State, _ rune) { redact(f) }

// LogValue hides it.
func (Exported) LogValue() slog.Value { return slog.StringValue(Redacted) }
