package member_test

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// browser is one person's browser: cookies, and the last page.
type browser struct {
	d       *desk
	cookies map[string]string
	page    string
}

func (d *desk) browser() *browser { return &browser{d: d, cookies: map[string]string{}} }

// signedIn is a browser after signing in through the form.
func (d *desk) signedIn(name string) *browser {
	d.t.Helper()
	d.turn(31 * time.Second)
	b, p := d.browser(), d.people[name]
	w := b.post("/desk/sign-in",
		url.Values{"name": {p.email}, "password": {p.password}, "code": {d.code(p)}, "lang": {"lv"}})
	if w.Code != http.StatusSeeOther {
		d.t.Fatalf("sign-in of %s: %d\n%s", name, w.Code, w.Body)
	}
	return b
}

func (b *browser) do(r *http.Request) *httptest.ResponseRecorder {
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.d.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	b.page = w.Body.String()
	return w
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	return b.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func (b *browser) post(path string, v url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// upload posts a multipart form: draft first, then fields, then files.
func (b *browser) upload(path, draft string, fields url.Values, files map[string]string) *httptest.ResponseRecorder {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	_ = m.WriteField("draft", draft)
	for name, values := range fields {
		for _, v := range values {
			_ = m.WriteField(name, v)
		}
	}
	for name, content := range files {
		part, _ := m.CreateFormFile("attachments", name)
		_, _ = part.Write([]byte(content))
	}
	_ = m.Close()
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return b.do(r)
}

// want fails unless the answer has this status and its page these words.
func (b *browser) want(w *httptest.ResponseRecorder, status int, texts ...string) {
	b.d.t.Helper()
	page := html.UnescapeString(w.Body.String())
	if w.Code != status {
		b.d.t.Fatalf("status %d, want %d (to %s)\n%s", w.Code, status, w.Header().Get("Location"), page)
	}
	for _, text := range texts {
		if !strings.Contains(page, text) {
			b.d.t.Fatalf("page without %q\n%s", text, page)
		}
	}
}

// never fails where the page has one of these.
func (b *browser) never(texts ...string) {
	b.d.t.Helper()
	for _, text := range texts {
		if strings.Contains(html.UnescapeString(b.page), text) {
			b.d.t.Fatalf("page holds %q\n%s", text, b.page)
		}
	}
}

var draftField = regexp.MustCompile(`name="draft" value="([^"]{43})"`)

// draft is the draft of the page's form with this action.
func (b *browser) draft(action string) string {
	b.d.t.Helper()
	at := strings.Index(b.page, `action="`+action)
	if at < 0 {
		b.d.t.Fatalf("no form for %s\n%s", action, b.page)
	}
	m := draftField.FindStringSubmatch(b.page[at:])
	if m == nil {
		b.d.t.Fatalf("form %s without a draft", action)
	}
	return m[1]
}

// state signs the no-conflict statement through its form and opens the case.
func (b *browser) state(number string) {
	b.d.t.Helper()
	path := "/desk/cases/" + number
	b.want(b.get(path), http.StatusOK)
	v := url.Values{"draft": {b.draft(path + "/statement")}, "no_conflict": {"yes"}}
	b.want(b.post(path+"/statement", v), http.StatusSeeOther)
	b.want(b.get(path), http.StatusOK)
}

// step takes a step through its form.
func (b *browser) step(number, id string, v url.Values) *httptest.ResponseRecorder {
	b.d.t.Helper()
	path := "/desk/cases/" + number + "/steps/" + id
	b.want(b.get(path), http.StatusOK)
	v.Set("draft", b.draft(path))
	return b.post(path, v)
}
