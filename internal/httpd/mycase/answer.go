package mycase

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/locale"
)

// Where what was typed goes back to.
const (
	backMessage  = "message"
	backWithdraw = "withdraw"
)

// answer is what the reporter is writing, for the length of one request. It
// holds plaintext and prints as [redacted].
type answer struct {
	form     *httpd.Form
	draft    derive.Secret
	back     string
	text     string
	files    []ethics.File // kept and received
	received []ethics.File // in this request
	faults   []fault
	opened   bool
	cut      bool // more was sent than is taken; what came before is here
}

// fault is what is wrong with one field, to be said in the page's language.
type fault struct {
	field string
	say   func(*locale.Printer) string
}

// hidden is a field that the page only carries.
type hidden struct{ Name, Value string }

// Format hides what was typed.
func (answer) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

func (a *answer) wrong(field, key string, args ...any) {
	a.faults = append(a.faults, fault{field, func(p *locale.Printer) string { return p.T(key, args...) }})
}

// newAnswer is an empty one, with the secret its envelope's id comes from.
func newAnswer() *answer { return &answer{draft: derive.New(), back: backMessage} }

// carried takes back what a page carried beside the code field.
func (s *Site) carried(c echo.Context, form *httpd.Form, back string) (*answer, error) {
	if back != backMessage && back != backWithdraw {
		return nil, httpd.ErrMalformed
	}
	a := &answer{form: form, back: back}
	return a, s.fill(c.Request().Context(), a)
}

// read takes a message in, its files sealed as they arrive.
func (s *Site) read(c echo.Context, back string) (*answer, error) {
	ctx := c.Request().Context()
	a := &answer{back: back}
	form, err := s.Server.ReadForm(c, func(f *httpd.Form, u httpd.Upload) error {
		a.form = f
		return s.receive(ctx, a, u)
	})
	if errors.Is(err, httpd.ErrTooLarge) && a.form != nil {
		a.cut, form, err = true, a.form, nil // the text stood before the files
		a.wrong("attachments", "reporter.file.cut")
	}
	if err == nil {
		a.form = form
		err = s.fill(ctx, a)
	}
	if err != nil {
		s.forget(ctx, a)
		return nil, err
	}
	s.Server.UseLang(c, form.Get("lang"))
	return a, nil
}

func (s *Site) fill(ctx context.Context, a *answer) error {
	if err := s.keep(ctx, a); err != nil {
		return err
	}
	a.text = a.form.Get("text")
	for _, f := range a.form.Faults() {
		if f.Field == "text" || f.Field == "attachments" {
			a.wrong(f.Field, f.Key)
		}
	}
	return nil
}

// receive takes one file; one that cannot be taken is named beside the field.
func (s *Site) receive(ctx context.Context, a *answer, u httpd.Upload) error {
	if u.Field != "attachments" {
		return fmt.Errorf("%w: file in another field", httpd.ErrMalformed)
	}
	if err := s.keep(ctx, a); err != nil {
		return err
	}
	open, err := s.FilesOpen(ctx)
	if err != nil {
		return err
	}
	limits := s.Dialogue.Limits
	left := limits.MessageBytes
	for _, f := range a.files {
		left -= f.Size
	}
	switch {
	case !open:
		a.wrong(u.Field, "reporter.file.closed", "Name", u.Name)
		return nil
	case len(a.files) >= limits.Files:
		a.wrong(u.Field, "reporter.file.many", "Name", u.Name, "Max", limits.Files)
		return nil
	}
	file, err := s.Dialogue.ReceiveFile(ctx, a.draft, u.Name, mediaType(u.ContentType), u.Body, left)
	if errors.Is(err, ethics.ErrTooLarge) {
		key, bytes := "reporter.file.large", limits.FileBytes
		if left < limits.FileBytes {
			key, bytes = "reporter.file.together", limits.MessageBytes
		}
		a.wrong(u.Field, key, "Name", u.Name, "MB", bytes>>20)
		return nil
	}
	if err != nil {
		return err
	}
	a.files, a.received = append(a.files, file), append(a.received, file)
	return nil
}

// keep looks up, once a request, the files received before: ticked ones stay,
// the others are dropped, one that is gone is said.
func (s *Site) keep(ctx context.Context, a *answer) error {
	if a.opened {
		return nil
	}
	a.opened = true
	raw, err := a.form.Draft()
	if err != nil {
		return err
	}
	a.draft = derive.Secret(raw)
	ticked := a.form.All("keep")
	for _, name := range a.form.Names() {
		id, isFile := strings.CutPrefix(name, "file.")
		if !isFile {
			continue
		}
		f, err := readFileField(id, a.form.Get(name))
		if err != nil {
			return err
		}
		if !slices.Contains(ticked, id) {
			if err := s.Dialogue.DropFiles(ctx, a.draft, []ethics.File{f}); err != nil {
				return err
			}
			continue
		}
		kept, err := s.Dialogue.Kept(ctx, a.draft, []ethics.File{f})
		switch {
		case errors.Is(err, ethics.ErrNotFound), errors.Is(err, ethics.ErrFileIncorrect):
			a.wrong("attachments", "reporter.file.gone", "Name", f.Name)
		case err != nil:
			return err
		default:
			a.files = append(a.files, kept...)
		}
	}
	return nil
}

// forget removes what was received in this request; what a failure leaves is
// swept with the draft.
func (s *Site) forget(ctx context.Context, a *answer) {
	_ = s.Dialogue.DropFiles(context.WithoutCancel(ctx), a.draft, a.received)
}

func carriedFiles(files []ethics.File) []hidden {
	var out []hidden
	for _, f := range files {
		out = append(out, hidden{"keep", f.ID}, hidden{"file." + f.ID, fileField(f)})
	}
	return out
}

// fileField is a received file as the page carries it: «size|type|name» in the
// field file.ID.
func fileField(f ethics.File) string {
	return strconv.FormatInt(f.Size, 10) + "|" + f.Type + "|" + f.Name
}

// readFileField reads it back; ErrMalformed for what no page of ours says.
func readFileField(id, value string) (ethics.File, error) {
	part := strings.SplitN(value, "|", 3)
	if len(part) != 3 || id == "" || part[2] == "" || len(part[2]) > 255 || mediaType(part[1]) != part[1] {
		return ethics.File{}, fmt.Errorf("%w: kept file", httpd.ErrMalformed)
	}
	size, err := strconv.ParseInt(part[0], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != part[0] {
		return ethics.File{}, fmt.Errorf("%w: kept file", httpd.ErrMalformed)
	}
	return ethics.File{ID: id, Name: part[2], Type: part[1], Size: size}, nil
}

// mediaType is the type without parameters, as far as it is one.
func mediaType(claimed string) string {
	kind, _, err := mime.ParseMediaType(claimed)
	if err != nil || len(kind) > 100 || strings.ContainsAny(kind, "| ") || !strings.Contains(kind, "/") {
		return "application/octet-stream"
	}
	return kind
}
