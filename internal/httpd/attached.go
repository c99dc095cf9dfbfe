package httpd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"slices"
	"strconv"
	"strings"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/giveaway"
)

// fieldAttachments is the only field that files may come in.
const fieldAttachments = "attachments"

// Attached are the files of one form, for the length of one request: those that
// its page says were received before, and those that arrive now. They are
// sealed while they stream in and lie under the form's draft; what a failure
// leaves there is swept with the draft. It holds names that were typed and
// prints as [redacted].
//
// A fault of one file is said through Wrong, and the others stay.
type Attached struct {
	// Receive seals a file of at most left bytes; ErrTooLarge beyond that.
	Receive func(ctx context.Context, draft derive.Secret, name, kind string, r io.Reader,
		left int64) (ethics.File, error)
	// Kept gives received files with their digests; ErrNotFound or
	// ErrFileIncorrect for one that is gone. Nil where no page lists received
	// files: then the form's fields are not looked at.
	Kept func(ctx context.Context, draft derive.Secret, claimed []ethics.File) ([]ethics.File, error)
	// Drop removes received files; one that is not there is no error.
	Drop func(ctx context.Context, draft derive.Secret, files []ethics.File) error
	// Open tells whether files can be taken just now; nil for always.
	Open func(ctx context.Context) (bool, error)
	// Wrong says what is wrong with a field: a key of Words, and its arguments.
	Wrong func(field, key string, args ...any)
	Words FileWords

	// FindGiveaways has received pictures looked at for an author or a place while they
	// stream in. What is found travels in the page, beside the file, and nowhere
	// else; without FindGiveaways the form's field is not read.
	FindGiveaways bool

	Most                  int   // files
	FileBytes, TotalBytes int64 // of one, of all together

	Draft derive.Secret
	Files []ethics.File              // kept and received
	Found map[string][]giveaway.Kind // by file id; only of Files

	received []ethics.File // in this request
	opened   bool          // the draft and the kept files were read
}

// FileWords are the catalogue keys of what can be wrong with a file.
type FileWords struct {
	Closed   string // Name
	Many     string // Name, Max
	Large    string // Name, MB
	Together string // Name, MB
	Gone     string // Name
}

// ReporterFileWords are those of the reporters' pages.
var ReporterFileWords = FileWords{
	Closed: "reporter.file.closed", Many: "reporter.file.many", Large: "reporter.file.large",
	Together: "reporter.file.together", Gone: "reporter.file.gone",
}

// Hidden is a field that the page only carries. It may hold what was typed.
type Hidden struct{ Name, Value string }

// Format hides the files and what was typed.
func (Attached) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// Format hides what was typed.
func (Hidden) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// Take receives one file of the form. ErrMalformed for a file in another field
// than attachments; else an error is one of the calls'.
func (a *Attached) Take(ctx context.Context, form *Form, u Upload) error {
	if u.Field != fieldAttachments {
		return fmt.Errorf("%w: file in another field", ErrMalformed)
	}
	if err := a.Keep(ctx, form); err != nil {
		return err
	}
	open, err := a.open(ctx)
	if err != nil {
		return err
	}
	left := a.TotalBytes
	for _, f := range a.Files {
		left -= f.Size
	}
	switch {
	case !open:
		a.Wrong(u.Field, a.Words.Closed, "Name", u.Name)
		return nil
	case len(a.Files) >= a.Most:
		a.Wrong(u.Field, a.Words.Many, "Name", u.Name, "Max", a.Most)
		return nil
	}
	body, picture := u.Body, new(giveaway.Picture)
	if a.FindGiveaways {
		body = io.TeeReader(u.Body, picture)
	}
	file, err := a.Receive(ctx, a.Draft, u.Name, mediaType(u.ContentType), body, left)
	if errors.Is(err, ethics.ErrTooLarge) {
		key, bytes := a.Words.Large, a.FileBytes
		if left < a.FileBytes {
			key, bytes = a.Words.Together, a.TotalBytes
		}
		a.Wrong(u.Field, key, "Name", u.Name, "MB", bytes>>20)
		return nil
	}
	if err != nil {
		return err
	}
	a.Files, a.received = append(a.Files, file), append(a.received, file)
	a.addFound(file.ID, picture.Found())
	return nil
}

func (a *Attached) open(ctx context.Context) (bool, error) {
	if a.Open == nil {
		return true, nil
	}
	return a.Open(ctx)
}

// Keep reads the draft and looks up, once a request, the files that the page
// says were received before: ticked ones are kept, the others dropped. One that
// is gone (a draft's files are held for a day) is said, so that it can be
// attached again. ErrMalformed for what no page of ours says.
func (a *Attached) Keep(ctx context.Context, form *Form) error {
	if a.opened {
		return nil
	}
	a.opened = true
	var err error
	if a.Draft, err = form.Draft(); err != nil {
		return err
	}
	if a.Kept == nil {
		return nil
	}
	found, err := a.readFound(form)
	if err != nil {
		return err
	}
	ticked := form.All("keep")
	for _, name := range form.Names() {
		id, isFile := strings.CutPrefix(name, "file.")
		if !isFile {
			continue
		}
		f, err := readFileField(id, form.Get(name))
		if err != nil {
			return err
		}
		if err := a.keepOne(ctx, f, slices.Contains(ticked, id)); err != nil {
			return err
		}
	}
	for _, f := range a.Files {
		a.addFound(f.ID, found[f.ID])
	}
	return nil
}

func (a *Attached) keepOne(ctx context.Context, f ethics.File, ticked bool) error {
	if !ticked {
		return a.Drop(ctx, a.Draft, []ethics.File{f})
	}
	kept, err := a.Kept(ctx, a.Draft, []ethics.File{f})
	switch {
	case errors.Is(err, ethics.ErrNotFound), errors.Is(err, ethics.ErrFileIncorrect):
		a.Wrong(fieldAttachments, a.Words.Gone, "Name", f.Name)
	case err != nil:
		return err
	default:
		a.Files = append(a.Files, kept...)
	}
	return nil
}

// Forget removes what was received in this request, also when its reader is
// gone; kept files stay. It tells whether there was any.
func (a *Attached) Forget(ctx context.Context) bool {
	if len(a.received) == 0 {
		return false
	}
	// What a failure leaves is swept with the draft.
	_ = a.Drop(context.WithoutCancel(ctx), a.Draft, a.received)
	return true
}

// Rows are the files as ticked boxes of the form that carries them.
func (a *Attached) Rows() []FileRow {
	var rows []FileRow
	for _, f := range a.Files {
		rows = append(rows, FileRow{ID: f.ID, Name: f.Name, Type: f.Type, Size: f.Size, Keep: true})
	}
	return rows
}

// Names are the files as a form carries them beside Rows: one field a file
// keeps fifty files within a form's parts.
func (a *Attached) Names() []Hidden {
	var out []Hidden
	for _, f := range a.Files {
		out = append(out, Hidden{"file." + f.ID, fileField(f)})
	}
	return append(out, a.foundField()...)
}

// HiddenFields are the files as a page without boxes carries them on: all kept.
func (a *Attached) HiddenFields() []Hidden {
	var out []Hidden
	for _, f := range a.Files {
		out = append(out, Hidden{"keep", f.ID}, Hidden{"file." + f.ID, fileField(f)})
	}
	return append(out, a.foundField()...)
}

// fileField is a received file as the page carries it: «size|type|name» in the
// field file.ID.
func fileField(f ethics.File) string {
	return strconv.FormatInt(f.Size, 10) + "|" + f.Type + "|" + f.Name
}

// readFileField reads it back; ErrMalformed for what no page of ours says.
func readFileField(id, value string) (ethics.File, error) {
	part := strings.SplitN(value, "|", 3)
	if len(part) != 3 || id == "" || part[2] == "" || len(part[2]) > maxFileName || !isFileName(part[2]) ||
		baseName(part[2]) != part[2] || mediaType(part[1]) != part[1] {
		return ethics.File{}, fmt.Errorf("%w: kept file", ErrMalformed)
	}
	size, err := strconv.ParseInt(part[0], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != part[0] {
		return ethics.File{}, fmt.Errorf("%w: kept file", ErrMalformed)
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
