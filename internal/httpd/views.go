package httpd

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"svilpe/internal/locale"
)

// views holds each page parsed once for each language, with the functions of
// that language bound to it, so that rendering shares nothing and waits for
// nothing.
type views struct {
	pages map[string]map[string]*template.Template // language, then SITE/NAME
}

func parseViews(fsys fs.FS, texts *locale.Catalogue, assets assets) (*views, error) {
	names, err := fs.Glob(fsys, "*/*.html")
	if err != nil {
		return nil, err
	}
	v := &views{pages: map[string]map[string]*template.Template{}}
	for _, lang := range locale.Languages {
		base, err := template.New("").Option("missingkey=error").
			Funcs(functions(texts.Printer(lang), assets)).ParseFS(fsys, "layout/*.html")
		if err != nil {
			return nil, err
		}
		v.pages[lang] = map[string]*template.Template{}
		for _, file := range names {
			if path.Dir(file) == "layout" {
				continue
			}
			page, err := parsePage(fsys, base, file)
			if err != nil {
				return nil, err
			}
			if err := checkTexts(page, texts); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			v.pages[lang][strings.TrimSuffix(file, ".html")] = page
		}
	}
	return v, nil
}

// parsePage clones the layout and adds the site's parts and the page itself. A
// first run with nothing to show settles the escaping, whose faults are the
// template's; that the data is missing is no fault here.
func parsePage(fsys fs.FS, base *template.Template, file string) (*template.Template, error) {
	page, err := base.Clone()
	if err != nil {
		return nil, err
	}
	parts, err := fs.Glob(fsys, path.Dir(file)+"/parts/*.html")
	if err != nil {
		return nil, err
	}
	if len(parts) > 0 {
		if page, err = page.ParseFS(fsys, parts...); err != nil {
			return nil, err
		}
	}
	src, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, err
	}
	if page, err = page.New(file).Parse(string(src)); err != nil {
		return nil, err
	}
	var fault *template.Error
	if err := page.Execute(io.Discard, nil); errors.As(err, &fault) {
		return nil, fault
	}
	return page, nil
}

// functions are what templates may call, in one language.
func functions(p *locale.Printer, assets assets) template.FuncMap {
	return template.FuncMap{
		"t":      p.T,
		"n":      func(key string, n int, args ...any) string { return p.N(key, n, args...) },
		"day":    func(day string) string { return p.Day(day) },
		"moment": func(t time.Time) string { return p.Moment(t) },
		"bytes":  func(n int64) string { return p.Bytes(n) },
		"number": func(n int) string { return p.Number(int64(n)) },
		"asset":  assets.url,
	}
}

// Render answers with a page, named SITE/NAME as its file is. The page is
// whole in memory before its first byte leaves, so an error here is an error
// page and never half a page.
func (s *Server) Render(c echo.Context, status int, name string, view any) error {
	return s.render(c.Response(), c.Request(), status, name, view)
}

func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, name string, view any) error {
	page, ok := s.views.pages[s.lang(r)][name]
	if !ok {
		return fmt.Errorf("no page %s", name)
	}
	var buf bytes.Buffer
	// A page holds what a reporter wrote: its memory is not left for others.
	defer func() { clear(buf.Bytes()[:buf.Cap()]) }()
	buf.Grow(32 << 10)
	if err := page.Execute(&buf, view); err != nil {
		return fmt.Errorf("page %s: %w", name, templateFault(err))
	}
	w.Header().Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // a visitor who left is no error of ours
	return nil
}

// templateFault keeps where a template failed and drops on what: the message
// of an execution error may quote a value of the view.
func templateFault(err error) error {
	text := err.Error()
	if at := strings.Index(text, ": executing "); at > 0 {
		return errors.New(text[:at])
	}
	return errors.New("template failed")
}
