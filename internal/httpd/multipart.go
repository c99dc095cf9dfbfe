package httpd

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"unicode"
)

// lookahead is what mime/multipart may take beyond a part's header.
const lookahead = 8 << 10

// readMultipart reads RFC 7578 parts in page order. mime/multipart finds the
// boundaries; its own bounds are too wide for us, so all bytes go through a
// budget while it looks for a part, and none are kept but text.
func (f *Form) readMultipart(body io.Reader, boundary string, sink Sink) error {
	if boundary == "" {
		return fmt.Errorf("%w: no boundary", ErrMalformed)
	}
	src := &budgetReader{src: body}
	mr := multipart.NewReader(src, boundary)
	for {
		src.limit(maxPartHeader + lookahead)
		part, err := mr.NextRawPart()
		if err == io.EOF { // a wrapped EOF means cut before the last boundary
			return drain(src)
		}
		if err != nil {
			return readFault(err)
		}
		src.limit(-1)
		if err := f.countPart(); err != nil {
			return err
		}
		if err := f.readPart(part, sink); err != nil {
			return err
		}
	}
}

func (f *Form) readPart(part *multipart.Part, sink Sink) error {
	size := 0
	for name, values := range part.Header {
		for _, v := range values {
			size += len(name) + len(v) + 4
		}
	}
	if size > maxPartHeader {
		return fmt.Errorf("%w: part header", ErrTooLarge)
	}
	disposition, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil || disposition != "form-data" || params["name"] == "" {
		return fmt.Errorf("%w: part header", ErrMalformed)
	}
	filename, isFile := params["filename"]
	if isFile {
		return f.readFile(part, params["name"], filename, sink)
	}
	value, err := io.ReadAll(io.LimitReader(part, int64(maxText-f.text+1)))
	if err != nil {
		return readFault(err)
	}
	return f.add(params["name"], string(value))
}

// readFile hands one file to the sink. An empty file input, which browsers
// send as a part without name and bytes, is no file.
func (f *Form) readFile(part *multipart.Part, name, filename string, sink Sink) error {
	body := &partReader{src: part}
	if filename == "" {
		n, err := io.CopyN(io.Discard, body, 1)
		if n == 0 && errors.Is(err, io.EOF) {
			return nil
		}
		return fmt.Errorf("%w: file without a name", ErrMalformed)
	}
	if _, err := f.Draft(); err != nil || sink == nil || !isText(name) {
		return fmt.Errorf("%w: file before a draft", ErrMalformed)
	}
	filename = baseName(browserName.Replace(filename))
	if len(filename) > maxFileName || !isFileName(filename) {
		f.AddFault(name, FaultFileName)
	} else if err := sink(f,
		Upload{Field: name, Name: filename, ContentType: part.Header.Get("Content-Type"), Body: body}); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, body)
	return err
}

// browserName reads back what every browser writes for what a header cannot hold.
// A line break in a name is a blank here.
var browserName = strings.NewReplacer("%22", `"`, "%0D%0A", " ", "%0D", " ", "%0A", " ")

// baseName drops the folders some senders put before a file's name.
func baseName(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

// isFileName refuses names that are empty or hold what no eye sees: control
// characters and marks that turn the direction of writing, with which
// «exe.pdf» is shown for «fdp.exe».
func isFileName(name string) bool {
	return isText(name) && strings.TrimSpace(name) != "" && name != "." && name != ".." &&
		!strings.ContainsFunc(name, func(r rune) bool {
			return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
		})
}

// partReader gives a form's errors for a file that is cut off or too much.
type partReader struct{ src io.Reader }

func (r *partReader) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = readFault(err)
	}
	return n, err
}

// budgetReader stops after a number of bytes, or never below zero.
type budgetReader struct {
	src  io.Reader
	left int
}

func (r *budgetReader) limit(n int) { r.left = n }

func (r *budgetReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, ErrTooLarge
	}
	if r.left > 0 {
		p = p[:min(len(p), r.left)]
	}
	n, err := r.src.Read(p)
	if r.left > 0 {
		r.left -= n
	}
	return n, err
}

// drain reads what stands after the last boundary: a line end, no more than
// the budget.
func drain(src *budgetReader) error {
	if _, err := io.Copy(io.Discard, src); err != nil {
		return readFault(err)
	}
	return nil
}
