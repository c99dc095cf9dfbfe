package httpd_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"svilpe/internal/derive"
	"svilpe/internal/httpd"
	"testing"

	"github.com/labstack/echo/v4"
)

const boundary = "----svilpe"

var draft = base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))

// part is a text field, file a file, as browsers write them.
func part(name, value string) string {
	return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
}

func file(name, filename, content string) string {
	return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"" + filename +
		"\"\r\nContent-Type: application/pdf\r\n\r\n" + content + "\r\n"
}

const end = "--" + boundary + "--\r\n"

// received is what a sink was given.
type received struct{ field, name, kind, content string }

// read sends a body and gives back the form, the files and the error.
func read(t testing.TB, s *httpd.Server, contentType string, body io.Reader) (*httpd.Form, []received, error) {
	t.Helper()
	var files []received
	r := httptest.NewRequest("POST", "/form", body)
	r.Header.Set("Content-Type", contentType)
	c := s.Echo.NewContext(r, httptest.NewRecorder())
	form, err := s.ReadForm(c, func(f *httpd.Form, u httpd.Upload) error {
		if secret, err := f.Draft(); err != nil || secret == (derive.Secret{}) {
			t.Errorf("a file came without a draft: %v", err)
		}
		content, err := io.ReadAll(u.Body)
		if err != nil {
			return err
		}
		files = append(files, received{u.Field, u.Name, u.ContentType, string(content)})
		return nil
	})
	if (form == nil) == (err == nil) {
		t.Errorf("form %v with error %v", form, err)
	}
	return form, files, err
}

func multipartType() string { return "multipart/form-data; boundary=" + boundary }

func TestFormKeepsOrderAndFiles(t *testing.T) {
	s, _ := newServer(t, nil)
	body := part("draft", draft) + part("lang", "lv") + part("what", "Pirmā rinda\r\nŠķērsām, \"tā\" & <b>\r\n") +
		file("files", "līgums ģ.pdf", "content\r\n--not the boundary") + file("files", "", "") +
		part("many", "1") + part("many", "2") +
		file("files", `C:\Users\Anna\..\plāns.docx`, "") + end
	form, files, err := read(t, s, multipartType(), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if got := form.Get("what"); got != "Pirmā rinda\nŠķērsām, \"tā\" & <b>\n" {
		t.Errorf("%q", got)
	}
	if !slices.Equal(form.All("many"), []string{"1", "2"}) || form.Has("files") ||
		!slices.Equal(form.Names(), []string{"draft", "lang", "what", "many"}) {
		t.Errorf("%v %v", form.All("many"), form.Names())
	}
	want := []received{
		{"files", "līgums ģ.pdf", "application/pdf", "content\r\n--not the boundary"},
		{"files", "plāns.docx", "application/pdf", ""},
	}
	if !slices.Equal(files, want) {
		t.Errorf("%q", files)
	}
	if len(form.Faults()) != 0 {
		t.Errorf("%v", form.Faults())
	}
}

func TestURLEncodedForm(t *testing.T) {
	s, _ := newServer(t, nil)
	form, _, err := read(t, s, "application/x-www-form-urlencoded; charset=UTF-8",
		strings.NewReader("b=2&a=%C5%BEurka+x&&b=&c"))
	if err != nil {
		t.Fatal(err)
	}
	if form.Get("a") != "žurka x" || !slices.Equal(form.All("b"), []string{"2", ""}) ||
		!form.Has("c") || form.Has("d") {
		t.Errorf("%q %q", form.Get("a"), form.All("b"))
	}
}

// A field that cannot be kept is said beside the field; the rest stays.
func TestWhatIsNoTextIsAFieldFault(t *testing.T) {
	s, _ := newServer(t, nil)
	bodies := map[string]string{
		"application/x-www-form-urlencoded": "good=labi&bad=a%FFb%00c",
		multipartType():                     part("good", "labi") + part("bad", "a\xffb\x00c") + end,
	}
	for kind, body := range bodies {
		form, _, err := read(t, s, kind, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if form.Get("good") != "labi" || form.Get("bad") != "abc" ||
			!slices.Equal(form.Faults(), []httpd.Fault{{Field: "bad", Key: httpd.FaultNotText}}) {
			t.Errorf("%s: %q %v", kind, form.Get("bad"), form.Faults())
		}
	}
}

// Hostile names: the file is skipped and said, the form goes on.
func TestHostileFileNames(t *testing.T) {
	s, _ := newServer(t, nil)
	for _, name := range []string{
		strings.Repeat("ā", 128), "a\x01b", "fdp\u202eexe.pdf", "a\xff.pdf", "..", "folder/", "   ",
	} {
		form, files, err := read(t, s, multipartType(),
			strings.NewReader(part("draft", draft)+file("files", name, "x")+part("after", "y")+end))
		if errors.Is(err, httpd.ErrMalformed) && (strings.Contains(name, "\x01") || strings.Contains(name, "\xff")) {
			continue // no browser sends these raw
		}
		if err != nil || len(files) != 0 || form.Get("after") != "y" ||
			!slices.Contains(form.Faults(), httpd.Fault{Field: "files", Key: httpd.FaultFileName}) {
			t.Errorf("%q: %v %q", name, err, files)
		}
	}
	_, files, err := read(t, s, multipartType(),
		strings.NewReader(part("draft", draft)+file("files", strings.Repeat("a", 255), "x")+end))
	if err != nil || len(files) != 1 {
		t.Errorf("255 bytes is allowed: %v", err)
	}
}

func TestMalformedForms(t *testing.T) {
	s, _ := newServer(t, nil)
	good := part("draft", draft)
	header := func(h string) string { return "--" + boundary + "\r\n" + h + "\r\n\r\nx\r\n" }
	for name, c := range map[string]struct {
		kind, body string
		want       error
	}{
		"a file before the draft": {multipartType(), file("files", "a.pdf", "x") + good + end, httpd.ErrMalformed},
		"a draft too short": {
			multipartType(), part("draft", draft[:42]) + file("files", "a.pdf", "x") + end, httpd.ErrMalformed,
		},
		"a draft with loose bits": {
			multipartType(), part("draft", draft[:42]+"d") + file("files", "a.pdf", "x") + end, httpd.ErrMalformed,
		},
		"a file without a name": {multipartType(), good + file("files", "", "x") + end, httpd.ErrMalformed},
		"no boundary":           {"multipart/form-data", good + end, httpd.ErrMalformed},
		"an empty body":         {multipartType(), "", httpd.ErrMalformed},
		"no last boundary":      {multipartType(), good, httpd.ErrMalformed},
		"cut in a boundary":     {multipartType(), good + "--" + boundary, httpd.ErrMalformed},
		"words and no boundary": {multipartType(), "what happened", httpd.ErrMalformed},
		"cut in a file": {
			multipartType(), good + strings.TrimSuffix(file("files", "a.pdf", "x"), "\r\n"), httpd.ErrMalformed,
		},
		"a part without disposition": {multipartType(), header("X: y") + end, httpd.ErrMalformed},
		"a part that is attachment": {
			multipartType(), header(`Content-Disposition: attachment; name="a"`) + end, httpd.ErrMalformed,
		},
		"a part without name": {
			multipartType(), header("Content-Disposition: form-data") + end, httpd.ErrMalformed,
		},
		"a field name that is none": {"application/x-www-form-urlencoded", "a%00=x", httpd.ErrMalformed},
		"a bad escape":              {"application/x-www-form-urlencoded", "a=%zz", httpd.ErrMalformed},
		"a bad escape in a name":    {"application/x-www-form-urlencoded", "%=x", httpd.ErrMalformed},
		"200 parts":                 {multipartType(), strings.Repeat(part("a", ""), 200) + end, nil},
		"201 parts":                 {multipartType(), strings.Repeat(part("a", ""), 201) + end, httpd.ErrTooLarge},
		"201 empty files":           {multipartType(), strings.Repeat(file("a", "", ""), 201) + end, httpd.ErrTooLarge},
		"201 pairs": {
			"application/x-www-form-urlencoded", strings.Repeat("a=&", 201), httpd.ErrTooLarge,
		},
		"1 MiB of text":   {multipartType(), part("a", strings.Repeat("x", 1<<20-1)) + end, nil},
		"more than 1 MiB": {multipartType(), part("a", strings.Repeat("x", 1<<20)) + end, httpd.ErrTooLarge},
		"more in two fields": {
			multipartType(), strings.Repeat(part("a", strings.Repeat("x", 1<<19)), 2) + end, httpd.ErrTooLarge,
		},
		"1 MiB of escapes": {
			"application/x-www-form-urlencoded", "a=" + strings.Repeat("%C5%BE", 1<<19-1), nil,
		},
		"more escapes": {
			"application/x-www-form-urlencoded", "a=" + strings.Repeat("%C5%BE", 1<<19), httpd.ErrTooLarge,
		},
		"a long part header": {
			multipartType(), header(`Content-Disposition: form-data; name="` + strings.Repeat("a", 4<<10) + `"`),
			httpd.ErrTooLarge,
		},
		"an endless part header": {
			multipartType(), "--" + boundary + "\r\nX: " + strings.Repeat("a", 1<<20), httpd.ErrTooLarge,
		},
		"endless preamble":         {multipartType(), strings.Repeat("a\r\n", 1<<19), httpd.ErrTooLarge},
		"endless words at the end": {multipartType(), good + end + strings.Repeat("a", 1<<19), httpd.ErrTooLarge},
		"nested multipart": {
			multipartType(), good +
				header("Content-Disposition: form-data; name=\"a\"\r\nContent-Type: multipart/mixed; boundary=x") + end,
			nil,
		},
		"no media type": {"", "a=b", httpd.ErrUnsupported},
		"JSON":          {"application/json", "{}", httpd.ErrUnsupported},
		"text":          {"text/plain", "a=b", httpd.ErrUnsupported},
	} {
		_, files, err := read(t, s, c.kind, strings.NewReader(c.body))
		if !errors.Is(err, c.want) || (c.want == nil) != (err == nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if len(files) != 0 {
			t.Errorf("%s: %d files were taken", name, len(files))
		}
	}
}

// Each sending fault is answered in calm words with its own status, and the
// words sent are not in the log.
func TestFormErrorsAreCalmPages(t *testing.T) {
	s, logged := newServer(t, nil)
	s.Echo.POST("/form", func(c echo.Context) error {
		_, err := s.ReadForm(c, nil)
		return err
	})
	for _, c := range []struct {
		kind, body, words string
		status            int
	}{
		{"application/x-www-form-urlencoded", "SECRET=%zz", "Mēs nesapratām", http.StatusBadRequest},
		{multipartType(), part("draft", draft) + file("f", "SECRET.pdf", "x") +
			end, "Mēs nesapratām", http.StatusBadRequest},
		{"application/x-www-form-urlencoded", "a=" +
			strings.Repeat("SECRET", 1<<19), "pārāk daudz", http.StatusRequestEntityTooLarge},
		{"text/SECRET", "x", "nevaram nolasīt", http.StatusUnsupportedMediaType},
	} {
		r := httptest.NewRequest("POST", "/form", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.words) ||
			strings.Contains(w.Body.String(), "SECRET") {
			t.Errorf("%d\n%s", w.Code, w.Body)
		}
	}
	if logged.Len() != 0 {
		t.Errorf("logged: %s", logged)
	}
}

// What the sink says ends the reading at once; what it leaves is skipped.
func TestSinkDecides(t *testing.T) {
	s, _ := newServer(t, nil)
	body := part("draft", draft) + file("f", "a.pdf", strings.Repeat("x", 200<<10)) +
		file("f", "b.pdf", "y") + part("z", "1") + end
	full := errors.New("disk full")
	for _, answer := range []error{nil, full} {
		r := httptest.NewRequest("POST", "/form", strings.NewReader(body))
		r.Header.Set("Content-Type", multipartType())
		var names []string
		form, err := s.ReadForm(s.Echo.NewContext(r,
			httptest.NewRecorder()), func(f *httpd.Form, u httpd.Upload) error {
			names = append(names, u.Name)
			f.AddFault(u.Field, "form.file_name")
			return answer
		})
		if !errors.Is(err, answer) {
			t.Errorf("%v, want %v", err, answer)
		}
		if answer == nil && (form.Get("z") != "1" || len(names) != 2 || len(form.Faults()) != 2) ||
			answer != nil && len(names) != 1 {
			t.Errorf("%v: %v", answer, names)
		}
	}
}

func TestFormDoesNotPrint(t *testing.T) {
	s, _ := newServer(t, nil)
	form, _, err := read(t, s, "application/x-www-form-urlencoded", strings.NewReader("what=SECRET"))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%v %+v %#v %s %d", form, form, form, form, form); strings.Contains(got, "SECRET") ||
		!strings.Contains(got, "[redacted]") {
		t.Error(got)
	}
	head := httpd.FormHead{Draft: "SECRET"}
	if got := fmt.Sprintf("%v %#v", head, head); strings.Contains(got, "SECRET") {
		t.Error(got)
	}
}

func FuzzReadForm(f *testing.F) {
	seeds := []string{
		part("draft", draft) + file("f", "a.pdf", "x") + end, part("a", "b") + end, "a=b&c=%C5%BE", end,
		part("draft", draft) + file("f", "", "") + end, "--" + boundary + "\r\n\r\n", "%", "\x00",
		file("f", "a", "x") + end,
	}
	for _, seed := range seeds {
		f.Add(multipartType(), []byte(seed))
		f.Add("application/x-www-form-urlencoded", []byte(seed))
	}
	s, _ := newServer(f, nil)
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		form, files, err := read(t, s, kind, bytes.NewReader(body))
		if err != nil {
			if !errors.Is(err, httpd.ErrMalformed) && !errors.Is(err, httpd.ErrTooLarge) &&
				!errors.Is(err, httpd.ErrUnsupported) {
				t.Fatalf("an error without a page: %v", err)
			}
			return
		}
		for _, name := range form.Names() {
			for _, value := range append(form.All(name), name) {
				if strings.ToValidUTF8(value, "") != value || strings.Contains(value, "\x00") {
					t.Fatalf("%q is no text", value)
				}
			}
		}
		for _, file := range files {
			if file.name == "" || len(file.name) > 255 || strings.ContainsAny(file.name, "/\\\x00\r\n") {
				t.Fatalf("file name %q", file.name)
			}
		}
	})
}
