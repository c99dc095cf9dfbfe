package httpd_test

import (
	"mime"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"svilpe/internal/derive"
	"svilpe/internal/httpd"
)

// A draft is taken in its exact form alone: two spellings would be two forms that
// store once.
func TestDraftHasOneSpelling(t *testing.T) {
	s, _ := newServer(t, nil)
	whole := derive.New().Text()
	for draft, want := range map[string]bool{
		whole: true, "": false, whole + "\n": false, whole[:20] + "\n" + whole[20:]: false,
		whole + "=": false, whole[:42]: false,
	} {
		form, _, err := read(t, s, "application/x-www-form-urlencoded",
			strings.NewReader(url.Values{"draft": {draft}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := form.Draft(); (err == nil) != want {
			t.Errorf("%q: %v", draft, err)
		}
	}
}

// Browsers write a quotation mark and line breaks in a file's name as %22, %0D and
// %0A: the file has its own name here, and goes back under it.
func TestFileNamesAsBrowsersSendThem(t *testing.T) {
	s, _ := newServer(t, nil)
	for sent, want := range map[string]string{
		"līgums %22gala%22.pdf": `līgums "gala".pdf`, "a%0D%0Ab.pdf": "a b.pdf", "a%0Ab%0Dc.pdf": "a b c.pdf",
		"100% atlaide.pdf": "100% atlaide.pdf",
		"%2e%2e%2fa.pdf":   "%2e%2e%2fa.pdf", // nothing else is decoded
	} {
		_, files, err := read(t, s, multipartType(),
			strings.NewReader(part("draft", draft)+file("files", sent, "x")+end))
		if err != nil || len(files) != 1 || files[0].name != want {
			t.Errorf("%q: %v %q", sent, err, files)
			continue
		}
		w := httptest.NewRecorder()
		httpd.Attach(s.Echo.NewContext(httptest.NewRequest("GET", "/", nil), w), want)
		kind, params, err := mime.ParseMediaType(w.Header().Get("Content-Disposition"))
		if err != nil || kind != "attachment" || params["filename"] != want {
			t.Errorf("%q goes back as %q", want, w.Header().Get("Content-Disposition"))
		}
		if strings.Contains(want, "%") &&
			!strings.Contains(w.Header().Get("Content-Disposition"), "filename*=utf-8''") {
			t.Errorf("%q is decoded by browsers", w.Header().Get("Content-Disposition"))
		}
	}
}
