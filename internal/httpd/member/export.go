package member

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/casefile"
	"svilpe/internal/casework"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// formExport is the form that downloads the archive.
const formExport = "export"

// legalMark stands on every page of an export and in the register, in the state
// language whoever reads it (Informācijas atklātības likums, Art. 5).
const legalMark = "Ierobežotas pieejamības informācija"

type exportView struct {
	httpd.Page
	Number, Back string
	Notice       *httpd.Notice
	Errors       []httpd.FieldError
	Line         string // for the register
	Until        string // "" when nothing is approved for the viewer
	Links        []link
	PDF, Archive form
	Done         []exportRow
}

type exportRow struct {
	Title, Who string
	Facts      []fact
	Broken     bool
}

func (s *Site) export(c echo.Context, who *auth.Session) error {
	return s.showExport(c, who, http.StatusOK, typed{}, nil)
}

func (s *Site) showExport(c echo.Context, who *auth.Session, status int, t typed, note *httpd.Notice) error {
	b, answered, err := s.openCase(c, who)
	if answered {
		return err
	}
	v := exportView{
		Page: s.page(c, who, "export.page", "Number", b.o.Number), Number: b.o.Number, Back: b.path,
		Notice: note, Errors: t.errs,
	}
	v.Line = b.T("export.register_line", "Number", b.o.Number, "Day", b.Short(b.o.Received), "Mark", legalMark)
	if until, ok := s.Casework.ExportUntil(b.o); ok {
		v.Until = b.Moment(until)
	} else {
		v.Links = s.actLinks(b, "export")
	}
	small := func(what string) form {
		return form{
			Action: b.path + "/export", Head: t.head(formExport, b.Lang()), Button: b.T("export." + what + "_button"),
			Title: b.T("export." + what), Hint: b.T("export." + what + "_text"),
			Hidden: []httpd.Hidden{{Name: "what", Value: what}},
		}
	}
	v.PDF, v.Archive = small(ethics.ExportPDF), small(ethics.ExportArchive)
	v.Archive.Fields = []httpd.Field{
		t.field(formExport, httpd.Field{
			Name: "recipient", Label: b.T("export.recipient"), Hint: b.T("export.recipient_hint"),
		}),
	}
	v.Errors = withQuestions(v.Errors, v.Archive)
	for _, i := range b.o.Thread {
		if i.Exported != nil && !i.Untrusted && i.Exported.Step == "" {
			v.Done = append(v.Done, b.exported(i.Exported, i.Name))
		}
	}
	return s.render(c, status, "export", v)
}

func (b builder) exported(x *ethics.Exported, by string) exportRow {
	return exportRow{
		Title: b.what(x.What), Who: by + " · " + b.Moment(time.UnixMilli(x.At)),
		Broken: !x.Whole, Facts: b.exportFacts(x),
	}
}

func (b builder) exportFacts(x *ethics.Exported) []fact {
	out := []fact{{"SHA-256", hex.EncodeToString(x.SHA256)}, {b.T("export.size"), strconv.FormatInt(x.Size, 10)}}
	if x.To != "" {
		out = append(out, fact{b.T("export.to"), x.To})
	}
	return out
}

func (b builder) what(what string) string {
	switch what {
	case ethics.ExportPDF, ethics.ExportArchive:
		return b.T("export.what." + what)
	case ethics.DecisionPDF:
		return b.T("sign.what")
	case ethics.PackagePDF, ethics.PackageArchive:
		return b.T("forward.what." + what)
	}
	return what
}

// download gives the case file: the PDF whole, the archive as it is written.
func (s *Site) download(c echo.Context, who *auth.Session) error {
	f, err := s.readDownload(c, who)
	if err != nil {
		return err
	}
	w := s.words(c)
	x := casework.Export{What: f.Get("what")}
	out := &lazyDownload{c: c, name: "svilpe-" + c.Param("number")}
	switch x.What {
	case ethics.ExportPDF:
		out.name += ".pdf"
		x.Write = func(o *casework.Opened, to io.Writer) error {
			pdf, err := s.caseDocument(w, who, o).PDF()
			if err != nil {
				return err
			}
			_, err = to.Write(pdf)
			return err
		}
	case ethics.ExportArchive:
		out.name += ".tar.age"
		x.To = strings.TrimSpace(f.Get("recipient"))
		to, err := casefile.Recipient(x.To)
		if err != nil {
			t := typed{
				form: formExport, values: f,
				errs: []httpd.FieldError{{Field: "recipient", Text: w.T("export.recipient_wrong")}},
			}
			return s.showExport(c, who, http.StatusUnprocessableEntity, t, nil)
		}
		x.Write = func(o *casework.Opened, into io.Writer) error {
			parts, err := s.parts(c, w, who, o)
			if err != nil {
				return err
			}
			return casefile.Archive(into, to, parts, unreadable)
		}
	default:
		return httpd.ErrMalformed
	}
	err = s.Casework.Export(c.Request().Context(), &who.Acting, c.Param("number"), out, x)
	if errors.Is(err, ethics.ErrRefused) && !out.begun {
		note := &httpd.Notice{Kind: "due", Title: w.T("desk.refused.title"), Text: w.T("export.not_allowed")}
		return s.showExport(c, who, http.StatusUnprocessableEntity, typed{}, note)
	}
	return s.endDownload(c, who, out, err)
}

// readDownload reads the form of a download. Without a grant there is no such case, and
// the form is not looked at.
func (s *Site) readDownload(c echo.Context, who *auth.Session) (*httpd.Form, error) {
	if _, err := s.Casework.Cover(c.Request().Context(), &who.Acting, c.Param("number")); err != nil {
		return nil, err
	}
	f, err := s.Desk.Server.ReadForm(c, nil)
	if err == nil {
		s.Desk.Server.UseLang(c, f.Get("lang"))
	}
	return f, err
}

// endDownload answers a download that has ended, or was not begun.
func (s *Site) endDownload(c echo.Context, who *auth.Session, out *lazyDownload, err error) error {
	switch {
	case err == nil || out.begun:
		return err // once it began it is too late for a page
	case errors.Is(err, casework.ErrNotStated):
		return s.cover(c, who, c.Param("number"), http.StatusUnprocessableEntity, typed{})
	}
	return s.noFile(c, who, err)
}

// lazyDownload sends the headers of a download with its first byte, so that what is
// refused before shows as a page.
type lazyDownload struct {
	c     echo.Context
	name  string
	begun bool
}

func (x *lazyDownload) Write(p []byte) (int, error) {
	if !x.begun {
		x.begun = true
		httpd.Attach(x.c, x.name)
		x.c.Response().WriteHeader(http.StatusOK)
	}
	return x.c.Response().Write(p)
}

// parts are what the archive holds: the record, the PDF, and every file, which
// streams; session and grant are asked again while it does.
func (s *Site) parts(c echo.Context, w words, who *auth.Session, o *casework.Opened) ([]casefile.Part, error) {
	record, err := json.MarshalIndent(s.Casework.Record(o), "", "  ")
	if err != nil {
		return nil, err
	}
	pdf, err := s.caseDocument(w, who, o).PDF()
	if err != nil {
		return nil, err
	}
	parts := []casefile.Part{memoryPart("case.json", record), memoryPart("case.pdf", pdf)}
	for n, f := range o.Files() {
		parts = append(parts, s.filePart(c, who, o, casefile.FileName(n+1, f.Name), f))
	}
	return parts, nil
}

// unreadable tells a file whose content is not what its message says from one
// that could not be read just now.
func unreadable(err error) bool { return errors.Is(err, ethics.ErrUntrusted) }
