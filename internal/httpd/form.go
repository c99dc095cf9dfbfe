package httpd

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"svilpe/internal/derive"
)

// Bounds of one form (sealing.md §4.3).
const (
	maxParts      = 200
	maxText       = 1 << 20 // names and values together, decoded
	maxPartHeader = 4 << 10
	maxFileName   = 255
	// encoding is the most that percent-encoding makes of text: three bytes of one.
	encoding = 3
)

// Fault is what is wrong with one field; it is the catalogue key of its words.
type Fault struct{ Field, Key string }

// Faults that reading finds.
const (
	FaultNotText  = "form.not_text"  // invalid UTF-8 or NUL, taken out of the value
	FaultFileName = "form.file_name" // too long or not text; the file was skipped
)

// Form holds a form's text in page order. It is plaintext and prints as
// [redacted].
type Form struct {
	fields []field
	faults []Fault
	text   int
	parts  int
}

type field struct{ name, value string }

// Upload is one file of a form while it arrives. Body is good until the sink
// returns; what the sink leaves unread is skipped.
type Upload struct {
	Field, Name, ContentType string
	Body                     io.Reader
}

// Sink takes a form's files, one at a time, in page order. Form holds the
// fields that stood before the file, with a valid draft among them. An error
// ends the reading and is returned by ReadForm; for a fault of this file alone
// call Form.AddFault and return nil.
type Sink func(*Form, Upload) error

// Filled is a form with one answer, as a link may bring it.
func Filled(name, value string) *Form {
	return &Form{fields: []field{{name, value}}}
}

// Get is the first value of a field, or "".
func (f *Form) Get(name string) string {
	for _, fd := range f.fields {
		if fd.name == name {
			return fd.value
		}
	}
	return ""
}

// All are a field's values in page order.
func (f *Form) All(name string) []string {
	var values []string
	for _, fd := range f.fields {
		if fd.name == name {
			values = append(values, fd.value)
		}
	}
	return values
}

// Has tells whether the field was sent at all, empty or not.
func (f *Form) Has(name string) bool {
	for _, fd := range f.fields {
		if fd.name == name {
			return true
		}
	}
	return false
}

// Names are the fields' names, each once, in page order.
func (f *Form) Names() []string {
	var names []string
	seen := map[string]bool{}
	for _, fd := range f.fields {
		if !seen[fd.name] {
			seen[fd.name] = true
			names = append(names, fd.name)
		}
	}
	return names
}

// Draft is the form's draft secret, from the field draft; ErrMalformed without
// one in its exact form.
func (f *Form) Draft() (derive.Secret, error) {
	draft, err := derive.ReadDraft(f.Get("draft"))
	if err != nil {
		return draft, fmt.Errorf("%w: no draft", ErrMalformed)
	}
	return draft, nil
}

// Faults are the fields that held what cannot be kept. The value in the form
// is what is left of it.
func (f *Form) Faults() []Fault { return f.faults }

// AddFault notes what is wrong with one field, by the catalogue key of the words.
func (f *Form) AddFault(field, key string) {
	f.faults = append(f.faults, Fault{Field: field, Key: key})
}

// String keeps what was typed out of prints and logs.
func (*Form) String() string { return "[redacted]" }

// GoString is String for %#v.
func (*Form) GoString() string { return "[redacted]" }

// LogValue is String for logs.
func (*Form) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// Format covers every verb.
func (*Form) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "[redacted]") }

// add keeps one text field. Line ends become \n: browsers send \r\n.
func (f *Form) add(name, value string) error {
	f.text += len(name) + len(value)
	if f.text > maxText {
		return fmt.Errorf("%w: text", ErrTooLarge)
	}
	if !isText(name) {
		return fmt.Errorf("%w: field name", ErrMalformed)
	}
	if !isText(value) {
		f.AddFault(name, FaultNotText)
		value = strings.ReplaceAll(strings.ToValidUTF8(value, ""), "\x00", "")
	}
	f.fields = append(f.fields, field{name, strings.ReplaceAll(value, "\r\n", "\n")})
	return nil
}

// countPart bounds fields and files together.
func (f *Form) countPart() error {
	if f.parts++; f.parts > maxParts {
		return fmt.Errorf("%w: parts", ErrTooLarge)
	}
	return nil
}

func isText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// ReadForm reads a POST's body as a stream: urlencoded, or multipart with its
// files handed to sink as they arrive. Nothing is spilt to disk and a file is
// never held in memory. A form without files may pass a nil sink: files sent
// all the same are ErrMalformed.
//
// Errors: ErrMalformed (400, also for a sender who stopped), ErrTooLarge (413),
// ErrUnsupported (415), or what the sink returned. A handler returns them as
// they are. A fault of one field is no error: see Form.Faults.
func (s *Server) ReadForm(c echo.Context, sink Sink) (*Form, error) {
	r := c.Request()
	kind, params, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil {
		return nil, ErrUnsupported
	}
	body := s.rolling(c)
	form := &Form{}
	switch kind {
	case echo.MIMEApplicationForm:
		err = form.readURLEncoded(body)
	case echo.MIMEMultipartForm:
		err = form.readMultipart(body, params["boundary"], sink)
	default:
		return nil, ErrUnsupported
	}
	if err != nil {
		return nil, err
	}
	body.done()
	return form, nil
}

func (f *Form) readURLEncoded(body io.Reader) error {
	raw, err := io.ReadAll(io.LimitReader(body, encoding*maxText+1))
	if err != nil {
		return readFault(err)
	}
	if len(raw) > encoding*maxText {
		return fmt.Errorf("%w: text", ErrTooLarge)
	}
	for pair := range strings.SplitSeq(string(raw), "&") {
		if pair == "" {
			continue
		}
		if err := f.countPart(); err != nil {
			return err
		}
		name, value, _ := strings.Cut(pair, "=")
		if name, err = url.QueryUnescape(name); err != nil {
			return fmt.Errorf("%w: escape", ErrMalformed)
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return fmt.Errorf("%w: escape", ErrMalformed)
		}
		if err := f.add(name, value); err != nil {
			return err
		}
	}
	return nil
}

// readFault turns a failed read into a form's error. Its own words are left
// out: those of a connection carry the sender's address.
func readFault(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) || errors.Is(err, ErrTooLarge) {
		return fmt.Errorf("%w: body", ErrTooLarge)
	}
	return fmt.Errorf("%w: body cut", ErrMalformed)
}
