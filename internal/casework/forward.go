package casework

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/token"
)

// Statements of the step that passes the matter of a report on to an authority outside.
const (
	StatedAuthority = "authority"
	StatedPackage   = "package"       // the text that goes out
	StatedFiles     = "package_files" // ids of the files that go with it
)

// Package is what two people let go out to an authority, as their signed step
// says it. Nothing of it is stored apart, and who the reporter is is never in it:
// that is disclose_identity_outside.
type Package struct {
	Step      Item // trusted: proposed by one, approved by another
	Authority policy.Authority
	Text      string
	Files     []ethics.File
	Withheld  int    // files that were approved and that the case no longer shows
	Made      []Made // what was made of it, in order
}

// Made is one download, and by whom.
type Made struct {
	*ethics.Exported
	Name string
}

// Format hides the text.
func (Package) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// Packages are the case's packages, oldest first: one for each time that it was
// forwarded. What waits for a second person, or was rejected, is none.
func (s *Service) Packages(o *Opened) []Package {
	var out []Package
	for _, i := range o.Thread {
		switch {
		case i.Untrusted:
		case i.Step != nil && i.Step.ID == ethics.ActForward:
			out = append(out, s.packed(o, i))
		case i.Exported != nil && i.Exported.Step != "":
			if n := slices.IndexFunc(out, func(p Package) bool { return p.Step.ID == i.Exported.Step }); n >= 0 {
				out[n].Made = append(out[n].Made, Made{i.Exported, i.Name})
			}
		}
	}
	return out
}

func (s *Service) packed(o *Opened, step Item) Package {
	p := Package{Step: step, Text: firstValue(step.Step.Statements, StatedPackage)}
	p.Authority, _ = s.Policy.Authority(firstValue(step.Step.Statements, StatedAuthority))
	for _, id := range step.Step.Statements[StatedFiles] {
		if f, ok := o.listed(id); ok {
			p.Files = append(p.Files, f)
		} else {
			p.Withheld++
		}
	}
	return p
}

// packageHoldsNoCode refuses a text that holds a case code: a reporter may have written
// their own in a message, and whoever reads it could open the case with it.
func packageHoldsNoCode(_ *Service, _ *Opened, a Act) ethics.FieldErrors {
	if !holdsCode(firstValue(a.Statements, StatedPackage)) {
		return nil
	}
	return ethics.FieldErrors{{Field: StatedPackage, Kind: ethics.FaultCode}}
}

// Symbols of a case code, and of each of its groups.
const (
	codeLength  = 30
	groupLength = 5
)

// holdsCode looks for a code as it is written: whole, or in its groups.
func holdsCode(text string) bool {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	run := 0 // how many words before this one and with it are groups
	for n, w := range words {
		run++
		if utf8.RuneCountInString(w) != groupLength {
			run = 0
		}
		if run >= codeLength/groupLength && isCode(strings.Join(words[n+1-codeLength/groupLength:n+1], "-")) {
			return true
		}
		if utf8.RuneCountInString(w) == codeLength && isCode(w) {
			return true
		}
	}
	return false
}

// isCode tells whether a text is a code without a mistake in it.
func isCode(text string) bool {
	r := token.Read(text)
	return len(r.Candidates) == 1 && r.Candidates[0].Corrected == nil
}

// forwardPackage wants every file of the package to be there still when the
// second person approves.
func forwardPackage(d *execution) error {
	for _, id := range d.body.Statements[StatedFiles] {
		if _, ok := d.o.listed(id); !ok {
			return ethics.ErrConflict
		}
	}
	return nil
}

// ExportPackage gives a holder one package: write gives its bytes to w, which what and
// to describe as Export's do. ErrNotFound for a package that was not approved.
func (s *Service) ExportPackage(
	ctx context.Context, who *appoint.Acting, number, step, what string, w io.Writer,
	write func(*Opened, Package, io.Writer) error,
) error {
	o, err := s.Open(ctx, who, number)
	if err != nil {
		return err
	}
	all := s.Packages(o)
	n := slices.IndexFunc(all, func(p Package) bool { return p.Step.ID == step })
	if n < 0 {
		return ethics.ErrNotFound
	}
	body := ethics.Exported{What: what, Step: step}
	if what == ethics.PackageArchive {
		if body.To = all[n].Authority.Recipient; body.To == "" {
			return ethics.ErrNotFound
		}
	}
	return s.writeExport(ctx, who, o, [2]audit.EntryKind{record.KindPackaging, record.KindPackageMade}, body, w,
		func(w io.Writer) error { return write(o, all[n], w) })
}
