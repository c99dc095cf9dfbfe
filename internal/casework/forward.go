package casework

import (
	"context"
	"fmt"
	"io"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
)

// actForward passes the matter of a report on to an authority outside.
const actForward = "forward"

// Statements of that step.
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
		case i.Step != nil && i.Step.ID == actForward:
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
	p := Package{Step: step, Text: said(step.Step.Statements, StatedPackage)}
	p.Authority, _ = s.Policy.Authority(said(step.Step.Statements, StatedAuthority))
	for _, id := range step.Step.Statements[StatedFiles] {
		if f, ok := o.listed(id); ok {
			p.Files = append(p.Files, f)
		} else {
			p.Withheld++
		}
	}
	return p
}

// forwardPackage wants every file of the package to be there still when the
// second person approves.
func forwardPackage(d *deed) error {
	for _, id := range d.body.Statements[StatedFiles] {
		if _, ok := d.o.listed(id); !ok {
			return ethics.ErrConflict
		}
	}
	return nil
}

// Carry gives a holder one package: write gives its bytes to w, which what and
// to describe as Export's do. ErrNotFound for a package that was not approved.
func (s *Service) Carry(ctx context.Context, who *appoint.Acting, number, step, what string, w io.Writer, write func(*Opened, Package, io.Writer) error) error {
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
	return s.carry(ctx, who, o, [2]string{KindPackaging, KindPackageMade}, body, w, func(w io.Writer) error { return write(o, all[n], w) })
}
