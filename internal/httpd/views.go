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
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"svilpe/internal/derive"
	"svilpe/internal/locale"
)

// views parses each page at start, in one language, to find every fault and
// missing text before a visitor does. For rendering it keeps a page a language,
// with the functions of that language bound to it, made when first asked for:
// all of them at once are 20 MB that most installations never need.
type views struct {
	fsys  fs.FS
	bases map[string]*template.Template // layout by language
	files map[string]bool               // SITE/NAME.html

	mu    sync.Mutex
	pages map[string]*template.Template // by language and SITE/NAME
}

func parseViews(fsys fs.FS, texts *locale.Catalogue, assets assets) (*views, error) {
	names, err := fs.Glob(fsys, "*/*.html")
	if err != nil {
		return nil, err
	}
	v := &views{
		fsys: fsys, bases: map[string]*template.Template{}, files: map[string]bool{},
		pages: map[string]*template.Template{},
	}
	for _, lang := range locale.Languages {
		v.bases[lang], err = template.New("").Option("missingkey=error").
			Funcs(functions(texts.Printer(lang), assets)).ParseFS(fsys, "layout/*.html")
		if err != nil {
			return nil, err
		}
	}
	for _, file := range names {
		if path.Dir(file) == "layout" {
			continue
		}
		// The languages differ in their functions only: what parses and escapes in
		// one does in all, and the catalogue has the same keys in each.
		page, err := parsePage(fsys, v.bases[locale.Languages[0]], file)
		if err != nil {
			return nil, err
		}
		if err := checkTexts(page, texts); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		v.files[file] = true
	}
	return v, nil
}

// page is a page in a language; false where there is no such page.
func (v *views) page(lang, name string) (*template.Template, bool, error) {
	file := name + ".html"
	if !v.files[file] {
		return nil, false, nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	key := lang + "/" + name
	if page := v.pages[key]; page != nil {
		return page, true, nil
	}
	page, err := parsePage(v.fsys, v.bases[lang], file)
	if err != nil {
		return nil, true, fmt.Errorf("page %s: %w", name, err)
	}
	v.pages[key] = page
	return page, true, nil
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
		"prose":  prose,
		"draft":  func() string { return derive.New().Text() },
		"kind":   func(name, media string) string { return p.T(fileKind(name, media)) },
	}
}

// Render answers with a page, named SITE/NAME as its file is. The page is
// whole in memory before its first byte leaves, so an error here is an error
// page and never half a page.
func (s *Server) Render(c echo.Context, status int, name string, view any) error {
	return s.render(c.Response(), c.Request(), status, name, view)
}

func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, name string, view any) error {
	page, ok, err := s.views.page(s.lang(r), name)
	if err != nil {
		return err
	}
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
