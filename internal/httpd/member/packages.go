package member

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/casefile"
	"svilpe/internal/casework"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

type packagesView struct {
	httpd.Page
	Number, Back string
	Packages     []packageView // newest first
}

// packageView is one package to an authority, with what was made of it.
type packageView struct {
	Title, Who, Text string
	Facts            []fact
	Files            []httpd.FileRow
	Withheld         string
	PDF              form
	Archive          *form // nil where the authority has no key
	Made             []exportRow
}

// packages shows what two people let go out of a case.
func (s *Site) packages(c echo.Context, who *auth.Session) error {
	b, answered, err := s.openCase(c, who)
	if answered {
		return err
	}
	v := packagesView{Page: s.page(c, who, "forward.page", "Number", b.o.Number), Number: b.o.Number, Back: b.path}
	for _, p := range slices.Backward(s.Casework.Packages(b.o)) {
		v.Packages = append(v.Packages, b.packed(p))
	}
	return s.render(c, http.StatusOK, "packages", v)
}

func (b builder) packed(p casework.Package) packageView {
	v := packageView{
		Title: b.in(p.Authority.Name), Who: p.Step.Name + " · " + b.Moment(time.UnixMilli(p.Step.At)),
		Text: p.Text, Files: b.files(p.Files),
	}
	if p.Authority.Contact != "" {
		v.Facts = []fact{{b.T("forward.contact"), p.Authority.Contact}}
	}
	if p.Withheld > 0 {
		v.Withheld = b.N("forward.withheld", p.Withheld)
	}
	button := func(what, words string) form {
		return form{
			Action: b.path + "/package", Head: b.typed.head(formExport, b.Lang()), Title: b.T(words),
			Hint: b.T(words + "_text"), Button: b.T(words + "_button"),
			Hidden: []httpd.Hidden{{Name: "what", Value: what}, {Name: "step", Value: p.Step.ID}},
		}
	}
	v.PDF = button(ethics.PackagePDF, "forward.pdf")
	if p.Authority.Recipient != "" {
		f := button(ethics.PackageArchive, "forward.archive")
		v.Archive = &f
	}
	for _, m := range p.Made {
		v.Made = append(v.Made, b.exported(m.Exported, m.Name))
	}
	return v
}

// downloadPackage gives a package: the PDF whole, the archive as it is written.
func (s *Site) downloadPackage(c echo.Context, who *auth.Session) error {
	f, err := s.readDownload(c, who)
	if err != nil {
		return err
	}
	what, out := f.Get("what"), &lazyDownload{c: c, name: "svilpe-" + c.Param("number") + "-package"}
	var write func(*casework.Opened, casework.Package, io.Writer) error
	switch what {
	case ethics.PackagePDF:
		out.name += ".pdf"
		write = func(o *casework.Opened, p casework.Package, to io.Writer) error {
			pdf, err := s.packageDocument(who, o, p).PDF()
			if err != nil {
				return err
			}
			_, err = to.Write(pdf)
			return err
		}
	case ethics.PackageArchive:
		out.name += ".tar.age"
		write = func(o *casework.Opened, p casework.Package, into io.Writer) error {
			to, err := casefile.Recipient(p.Authority.Recipient)
			if err != nil {
				return err
			}
			parts, err := s.packageParts(c, who, o, p)
			if err != nil {
				return err
			}
			return casefile.Archive(into, to, parts, unreadable)
		}
	default:
		return httpd.ErrMalformed
	}
	err = s.Casework.ExportPackage(c.Request().Context(), &who.Acting, c.Param("number"),
		f.Get("step"), what, out, write)
	return s.endDownload(c, who, out, err)
}

// packageDocument is what the authority reads: the text that was approved, from
// whom it comes, and the list of files. Its bytes depend on nothing else.
func (s *Site) packageDocument(who *auth.Session, o *casework.Opened, p casework.Package) casefile.Document {
	b := builder{words: s.authorityWords(p.Authority), o: o, roster: who.Roster}
	d := b.document(b.T("forward.doc.title", "Number", o.Number))
	add := func(kind int, term, text string) {
		d.Blocks = append(d.Blocks, casefile.Block{Kind: kind, Term: term, Text: text})
	}
	r := s.packageRecord(who, o, p)
	add(casefile.Fact, b.T("forward.doc.to"), r.Authority)
	add(casefile.Fact, b.T("forward.doc.from"), r.Institution)
	add(casefile.Fact, b.T("forward.doc.day"), b.Day(r.Day))
	add(casefile.Fact, b.T("desk.case.category"), b.category(o.Category))
	add(casefile.Small, "", b.T("forward.doc.reporter"))
	add(casefile.Heading, "", b.T("forward.doc.matter"))
	add(casefile.Text, "", p.Text)
	if len(r.Files) > 0 {
		add(casefile.Heading, "", b.T("forward.doc.files"))
	}
	for _, f := range r.Files {
		add(casefile.Fact, f.Name, b.T("export.size")+": "+strconv.FormatInt(f.Size, 10))
	}
	return d
}

// packageRecord is package.json, version 1; docs/casefile.md describes it.
type packageRecord struct {
	Version     int           `json:"version"`
	Number      string        `json:"number"`
	Institution string        `json:"institution"`
	Authority   string        `json:"authority"`
	Day         ethics.Day    `json:"day"`
	Category    string        `json:"category"`
	Text        string        `json:"text"`
	Files       []packageFile `json:"files,omitempty"`
}

// Format hides the text.
func (packageRecord) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

type packageFile struct {
	Name string `json:"name"` // in the archive
	Size int64  `json:"size"`
}

func (s *Site) packageRecord(who *auth.Session, o *casework.Opened, p casework.Package) packageRecord {
	w := s.authorityWords(p.Authority)
	r := packageRecord{
		Version: 1, Number: o.Number, Institution: o.Institution, Authority: w.in(p.Authority.Name), Day: p.Step.Day,
		Category: o.Category, Text: p.Text,
	}
	if in, err := who.Roster.Institution(o.Institution); err == nil {
		r.Institution = in.Name
	}
	for n, f := range p.Files {
		r.Files = append(r.Files, packageFile{casefile.Unnamed(n+1, f.Name), f.Size})
	}
	return r
}

// packageParts are what the archive holds; files stream, and session and grant
// are asked again while they do.
func (s *Site) packageParts(
	c echo.Context, who *auth.Session, o *casework.Opened, p casework.Package,
) ([]casefile.Part, error) {
	record, err := json.MarshalIndent(s.packageRecord(who, o, p), "", "  ")
	if err != nil {
		return nil, err
	}
	pdf, err := s.packageDocument(who, o, p).PDF()
	if err != nil {
		return nil, err
	}
	parts := []casefile.Part{memoryPart("package.json", record), memoryPart("package.pdf", pdf)}
	for n, f := range p.Files {
		parts = append(parts, s.filePart(c, who, o, casefile.Unnamed(n+1, f.Name), f))
	}
	return parts, nil
}

// memoryPart is a part that lies in memory.
func memoryPart(name string, b []byte) casefile.Part {
	return casefile.Part{Name: name, Size: int64(len(b)), Open: func() (io.Reader, error) {
		return bytes.NewReader(b), nil
	}}
}

// filePart is a part that streams from the case.
func (s *Site) filePart(
	c echo.Context, who *auth.Session, o *casework.Opened, name string, f ethics.File,
) casefile.Part {
	return casefile.Part{Name: name, Size: f.Size, Open: func() (io.Reader, error) {
		_, r, err := s.Casework.FileOf(c.Request().Context(), &who.Acting, o, f.ID, s.sessionLasts(c))
		return r, err
	}}
}
