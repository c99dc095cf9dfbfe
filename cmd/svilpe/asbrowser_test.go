package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// tab is one person's browser without scripts: cookies, and the page it shows. It
// sends of a form what a browser sends, which is more than a test would think of:
// empty fields, hidden ones, what stands chosen, a part for a file not chosen.
type tab struct {
	t       testing.TB
	http    http.Handler
	who     string
	cookies map[string]string
	at      string // the address of the page
	page    string
	status  int
	sent    func(route string) // told of each form that was stored
	again   int                // how many more times each form is sent, at once
}

func (b *tab) do(r *http.Request) *tab {
	b.t.Helper()
	return b.take(b.ask(r))
}

func (b *tab) ask(r *http.Request) *httptest.ResponseRecorder {
	for _, name := range slices.Sorted(maps.Keys(b.cookies)) {
		r.AddCookie(&http.Cookie{Name: name, Value: b.cookies[name]})
	}
	w := httptest.NewRecorder()
	b.http.ServeHTTP(w, r)
	return w
}

// take shows an answer.
func (b *tab) take(w *httptest.ResponseRecorder) *tab {
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	b.page, b.status = w.Body.String(), w.Code
	if to := w.Header().Get("Location"); to != "" {
		b.at = to
	}
	return b
}

// open asks for a page, which must be there.
func (b *tab) open(path string) *tab {
	b.t.Helper()
	b.at = path
	b.do(httptest.NewRequest(http.MethodGet, path, nil))
	if b.status != http.StatusOK {
		b.t.Fatalf("%s opens %s: %d\n%s", b.who, path, b.status, words(b.page))
	}
	return b
}

// has tells whether the page holds a link or an address.
func (b *tab) has(text string) bool { return strings.Contains(html.UnescapeString(b.page), text) }

// form is the page's form with this action, as it stands; with a button, where
// several have the action. A form without one goes to the page's address.
func (b *tab) form(action string, button ...string) *filling {
	b.t.Helper()
	for _, f := range formsOf(b.t, b.page) {
		if f.action == "" {
			f.action = b.at
		}
		has := func(c *control) bool { return c.kind == "submit" && c.value == button[0] }
		if f.action == action && (len(button) == 0 || slices.ContainsFunc(f.controls, has)) {
			f.tab = b
			return f
		}
	}
	b.t.Fatalf("%s: %s has no form to %s %v\n%s", b.who, b.at, action, button, words(b.page))
	return nil
}

// actions are the addresses of the page's forms that begin like this.
func (b *tab) actions(prefix string) []string {
	var out []string
	for _, f := range formsOf(b.t, b.page) {
		if strings.HasPrefix(f.action, prefix) {
			out = append(out, f.action)
		}
	}
	return out
}

// filling is a form while it is filled in.
type filling struct {
	tab          *tab
	action, kind string
	controls     []*control
	optional     map[string]bool // by name: the page marks it so
}

// control is one thing in a form, in page order.
type control struct {
	name, kind, value string
	on                bool     // a box or radio that is ticked
	options           []string // of a list
}

// set fills a field in, or chooses: it must be on the page, and offer the value.
func (f *filling) set(name string, values ...string) *filling {
	f.tab.t.Helper()
	done := 0
	for _, c := range f.controls {
		if c.name != name {
			continue
		}
		switch c.kind {
		case "radio", "checkbox":
			if c.on = slices.Contains(values, c.value); c.on {
				done++
			}
		case "select":
			if slices.Contains(c.options, values[0]) {
				c.value, done = values[0], done+1
			}
		case "hidden", "submit":
		default:
			c.value, done = values[0], done+1
		}
	}
	if done != len(values) {
		f.tab.t.Fatalf("%s: the form to %s does not take %s = %q", f.tab.who, f.action, name, values)
	}
	return f
}

// names are the fields to fill in, each once, in page order.
func (f *filling) names() []string {
	var out []string
	for _, c := range f.controls {
		if c.kind != "hidden" && c.kind != "submit" && !slices.Contains(out, c.name) {
			out = append(out, c.name)
		}
	}
	return out
}

// empty tells whether nothing is chosen or typed for a field.
func (f *filling) empty(name string) bool {
	return !slices.ContainsFunc(f.controls, func(c *control) bool {
		return c.name == name && (c.on || c.value != "" && c.kind != "radio" && c.kind != "checkbox")
	})
}

// pair is a name and a value as they are sent; file tells that the value is a file.
type pair struct {
	name, value string
	file        bool
}

// pairs are what the form sends when a button is pressed; button is its value, ""
// for the one without a name.
func (f *filling) pairs(button string) []pair {
	f.tab.t.Helper()
	var out []pair
	pressed := false
	for _, c := range f.controls {
		switch c.kind {
		case "submit":
			if !pressed && c.value == button && (button == "") == (c.name == "") {
				if pressed = true; c.name != "" {
					out = append(out, pair{name: c.name, value: c.value})
				}
			}
		case "radio", "checkbox":
			if c.on {
				out = append(out, pair{name: c.name, value: c.value})
			}
		case "file":
			out = append(out, pair{c.name, c.value, true})
		default:
			lines := strings.ReplaceAll(strings.ReplaceAll(c.value, "\r\n", "\n"), "\n", "\r\n")
			out = append(out, pair{name: c.name, value: lines})
		}
	}
	if !pressed {
		f.tab.t.Fatalf("%s: the form to %s has no button %q", f.tab.who, f.action, button)
	}
	return out
}

// send presses a button and takes the answer.
func (f *filling) send(button string) *tab {
	f.tab.t.Helper()
	body, kind := encode(f.tab.t, f.kind, f.pairs(button))
	f.tab.at = f.action
	post := func() *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, f.action, bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		return f.tab.ask(r)
	}
	if f.tab.again == 0 {
		return f.tab.take(post())
	}
	return f.tab.take(f.sentAgain(post))
}

// sentAgain sends the same form many times at once, and once more a moment later, as
// a double click does. Every answer must be the same good one: a browser shows the last.
func (f *filling) sentAgain(post func() *httptest.ResponseRecorder) *httptest.ResponseRecorder {
	f.tab.t.Helper()
	answers := make([]*httptest.ResponseRecorder, f.tab.again+1)
	var wg sync.WaitGroup
	for n := range answers {
		wg.Go(func() { answers[n] = post() })
	}
	wg.Wait()
	time.Sleep(15 * time.Millisecond)
	answers = append(answers, post())
	said := map[string]int{}
	for _, w := range answers {
		said[fmt.Sprint(w.Code, " ", w.Header().Get("Location"), " ", codes.FindString(w.Body.String()))]++
	}
	last := answers[len(answers)-1]
	if len(said) > 1 || last.Code >= http.StatusBadRequest {
		f.tab.t.Errorf("%s sends the form to %s again and again, and gets %v", f.tab.who, f.action, said)
	}
	for _, w := range answers {
		if w.Code < http.StatusBadRequest {
			return w
		}
	}
	return last
}

// codes are what is shown once.
var codes = regexp.MustCompile(`(?s)<p class="code".*?</p>`)

// stored presses a button and wants it to be done: anything but the page that
// leads on is a form that a real browser cannot send.
func (f *filling) stored(button string) *tab {
	f.tab.t.Helper()
	return f.answered(button, http.StatusSeeOther)
}

func (f *filling) answered(button string, want int) *tab {
	f.tab.t.Helper()
	pairs := f.pairs(button)
	if b := f.send(button); b.status != want {
		b.t.Fatalf("%s sends the form to %s and gets %d\nsent: %s\n%s", b.who, f.action, b.status,
			sentAs(pairs), words(b.page))
	}
	if f.tab.sent != nil {
		f.tab.sent(f.action)
	}
	return f.tab
}

func sentAs(pairs []pair) string {
	var out []string
	for _, p := range pairs {
		out = append(out, fmt.Sprintf("%s=%q", p.name, p.value))
	}
	return strings.Join(out, " ")
}

func encode(t testing.TB, kind string, pairs []pair) ([]byte, string) {
	t.Helper()
	if kind == "" {
		var out []string
		for _, p := range pairs {
			out = append(out, url.QueryEscape(p.name)+"="+url.QueryEscape(p.value))
		}
		return []byte(strings.Join(out, "&")), "application/x-www-form-urlencoded"
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, p := range pairs {
		if !p.file {
			must(t, w.WriteField(p.name, p.value))
			continue
		}
		header := textproto.MIMEHeader{}
		header.Set("Content-Disposition", `form-data; name="`+p.name+`"; filename="`+p.value+`"`)
		header.Set("Content-Type", "application/octet-stream")
		part, err := w.CreatePart(header)
		must(t, err)
		if p.value != "" {
			_, err = io.WriteString(part, "saturs")
			must(t, err)
		}
	}
	must(t, w.Close())
	return body.Bytes(), w.FormDataContentType()
}
