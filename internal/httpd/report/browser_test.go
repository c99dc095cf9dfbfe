package report_test

import (
	"bytes"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// browser keeps cookies and sends what a page's form holds, as a browser
// without scripts does.
type browser struct {
	*door
	cookies map[string]string
}

func (d *door) browser() *browser { return &browser{d, map[string]string{}} }

// page is an answer.
type page struct {
	t      testing.TB
	status int
	header http.Header
	body   string
}

func (b *browser) send(r *http.Request) page {
	b.t.Helper()
	for k, v := range b.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	return page{b.t, w.Code, w.Header(), w.Body.String()}
}

func (b *browser) get(path string) page {
	b.t.Helper()
	return b.send(httptest.NewRequest("GET", path, nil))
}

func (b *browser) post(path string, f form) page {
	b.t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(f.values().Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

// upload is a file a form sends.
type upload struct{ name, kind, content string }

// postMultipart sends fields in order, then files, then the button.
func (b *browser) postMultipart(path string, f form, files ...upload) page {
	b.t.Helper()
	body, kind := f.multipart(b.t, files...)
	r := httptest.NewRequest("POST", path, body)
	r.Header.Set("Content-Type", kind)
	return b.send(r)
}

// form is a page's fields in page order; the pressed button comes last.
type form []field

type field struct{ name, value string }

func (f form) values() orderedValues { return orderedValues(f) }

type orderedValues form

func (v orderedValues) Encode() string {
	var parts []string
	for _, fd := range v {
		parts = append(parts, url.QueryEscape(fd.name)+"="+url.QueryEscape(fd.value))
	}
	return strings.Join(parts, "&")
}

func (f form) multipart(t testing.TB, files ...upload) (io.Reader, string) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	buttons := map[string]bool{"step": true, "lang_switch": true}
	for _, fd := range f {
		if !buttons[fd.name] {
			must(t, w.WriteField(fd.name, fd.value))
		}
	}
	for _, file := range files {
		h := map[string][]string{
			"Content-Disposition": {`form-data; name="attachments"; filename="` + file.name + `"`},
			"Content-Type":        {file.kind},
		}
		part, err := w.CreatePart(h)
		must(t, err)
		_, err = io.WriteString(part, file.content)
		must(t, err)
	}
	for _, fd := range f {
		if buttons[fd.name] {
			must(t, w.WriteField(fd.name, fd.value))
		}
	}
	must(t, w.Close())
	return &body, w.FormDataContentType()
}

// set answers a question; with gives a copy with one.
func (f form) with(name string, values ...string) form {
	out := form{}
	for _, fd := range f {
		if fd.name != name {
			out = append(out, fd)
		}
	}
	for _, v := range values {
		out = append(out, field{name, v})
	}
	return out
}

func (f form) get(name string) string {
	for _, fd := range f {
		if fd.name == name {
			return fd.value
		}
	}
	return ""
}

var (
	control  = regexp.MustCompile(`(?s)<input [^>]*>|<textarea [^>]*>.*?</textarea>|<select .*?</select>`)
	attr     = regexp.MustCompile(`([a-z-]+)="([^"]*)"`)
	selected = regexp.MustCompile(`<option value="([^"]*)" selected>`)
	textarea = regexp.MustCompile(`(?s)<textarea [^>]*>\n?(.*)</textarea>`)
)

// form reads the page's form as it would be sent.
func (p page) form() form {
	var out form
	for _, c := range control.FindAllString(p.body, -1) {
		a := map[string]string{}
		head, _, _ := strings.Cut(c, ">")
		for _, m := range attr.FindAllStringSubmatch(head, -1) {
			a[m[1]] = html.UnescapeString(m[2])
		}
		switch {
		case strings.HasPrefix(c, "<select"):
			value := ""
			if m := selected.FindStringSubmatch(c); m != nil {
				value = html.UnescapeString(m[1])
			}
			out = append(out, field{a["name"], value})
		case strings.HasPrefix(c, "<textarea"):
			out = append(out, field{a["name"], html.UnescapeString(textarea.FindStringSubmatch(c)[1])})
		case a["type"] == "file", (a["type"] == "radio" || a["type"] == "checkbox") &&
			!strings.Contains(head, " checked"):
		default:
			out = append(out, field{a["name"], a["value"]})
		}
	}
	return out
}

func (p page) is(status int) page {
	p.t.Helper()
	if p.status != status {
		p.t.Fatalf("status %d, want %d\n%s", p.status, status, p.body)
	}
	return p
}

// text is the page's words as a reader sees them.
func (p page) has(words ...string) page {
	p.t.Helper()
	body := html.UnescapeString(p.body)
	for _, w := range words {
		if !strings.Contains(body, w) {
			p.t.Errorf("the page does not say %q\n%s", w, p.body)
		}
	}
	return p
}

func (p page) hasNot(words ...string) page {
	p.t.Helper()
	body := html.UnescapeString(p.body)
	for _, w := range words {
		if strings.Contains(body, w) {
			p.t.Errorf("the page says %q", w)
		}
	}
	return p
}

var codeGroups = regexp.MustCompile(`<p class="code"[^>]*>(.*?)</p>`)

// code reads the case code off the page.
func (p page) code() string {
	p.t.Helper()
	m := codeGroups.FindStringSubmatch(p.body)
	if m == nil {
		p.t.Fatalf("no code on the page\n%s", p.body)
	}
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(m[1], "")), "-")
}

// sendBounded sends a body of which the server takes only so much.
func (b *browser) sendBounded(path, kind string, body io.Reader, most int64) page {
	b.t.Helper()
	r := httptest.NewRequest("POST", path, body)
	r.Header.Set("Content-Type", kind)
	r.Body = http.MaxBytesReader(nil, r.Body, most)
	return b.send(r)
}
