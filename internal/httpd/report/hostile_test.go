package report_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"
)

// quiet posts and asserts: a calm 4xx, nothing stored.
func (b *browser) quiet(t *testing.T, path, kind, body string) page {
	t.Helper()
	cases, drafts := b.cases(), b.drafts()
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	p := b.send(r)
	if p.status < 400 || p.status > 499 {
		t.Errorf("%s: status %d\n%s", path, p.status, p.body)
	}
	if !strings.Contains(p.body, "<h1>") || strings.Contains(p.body, "goroutine") {
		t.Errorf("%s: no calm page\n%s", path, p.body)
	}
	if b.cases() != cases || b.drafts() != drafts {
		t.Errorf("%s stored something", path)
	}
	return p
}

const urlencoded = "application/x-www-form-urlencoded"

// Hostile and malformed forms at the door.
func TestHostileReports(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	good := b.fill()
	foreign := d.browser().postMultipart("/report", d.browser().fill().with("description", "").with("step", "check"),
		upload{"x", "", "x"}).is(422).form()
	file := "file." + foreign.get("keep")
	tests := map[string]form{
		"no draft":               good.with("draft").with("step", "file"),
		"half a draft":           good.with("draft", "AAAA").with("step", "check"),
		"draft with padding":     good.with("draft", good.get("draft")+"=").with("step", "check"),
		"no step":                good,
		"unknown step":           good.with("step", "erase"),
		"unknown language":       good.with("lang_switch", "xx"),
		"no institution":         good.with("institution").with("step", "file"),
		"unknown institution":    good.with("institution", "nowhere").with("step", "file"),
		"unknown unit":           good.with("institution", "home/cellar").with("step", "file"),
		"unknown track":          good.with("track", "whistleblower").with("step", "file"),
		"unknown category":       good.with("category", "x").with("step", "file"),
		"excluded is no handler": good.with("excluded_handlers", "emma").with("step", "file"),
		"excluded is nobody":     good.with("excluded_handlers", "' or 1=1 --").with("step", "file"),
		"unknown option":         good.with("ongoing", "maybe").with("step", "file"),
		"two answers to one":     good.with("ongoing", "past", "planned").with("step", "file"),
		"another's file": good.with("keep", foreign.get("keep")).
			with(file, foreign.get(file)).with("step", "file"),
		"file without its line":   good.with("keep", "a").with("file.a", "").with("step", "file"),
		"file with negative size": good.with("keep", "a").with("file.a", "-1|a/b|x").with("step", "file"),
		"NUL":                     good.with("description", "a\x00b").with("step", "file"),
		"not UTF-8":               good.with("description", "a\xff\xfeb").with("step", "file"),
		"NUL in a name":           good.with("des\x00cription", "x").with("step", "file"),
		"fault in no field":       good.with("nothing", "\xff").with("step", "file"),
		"too long":                good.with("description", strings.Repeat("a", 20001)).with("step", "file"),
		"huge":                    good.with("description", strings.Repeat("a", 1<<20)).with("step", "file"),
		"many fields":             many(good, 201).with("step", "file"),
	}
	for name, f := range tests {
		t.Run(name, func(t *testing.T) { b.quiet(t, "/report", urlencoded, f.values().Encode()) })
	}
}

func many(f form, n int) form {
	for i := range n {
		f = append(f, field{fmt.Sprint("x", i), "y"})
	}
	return f
}

// What is no form at all, on every page that takes one.
func TestHostileBodies(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	b.enter(b.file()).is(303)
	draft := b.get("/case").form().get("draft")
	parts := func(write func(*multipart.Writer)) (kind, body string) {
		var buf bytes.Buffer
		w := multipart.NewWriter(&buf)
		write(w)
		must(t, w.Close())
		return w.FormDataContentType(), buf.String()
	}
	fileFirst, fileFirstBody := parts(func(w *multipart.Writer) {
		f, err := w.CreateFormFile("attachments", "a.txt")
		must(t, err)
		_, _ = f.Write([]byte("x"))
		must(t, w.WriteField("draft", draft))
	})
	elsewhere, elsewhereBody := parts(func(w *multipart.Writer) {
		must(t, w.WriteField("draft", draft))
		f, err := w.CreateFormFile("text", "a.txt")
		must(t, err)
		_, _ = f.Write([]byte("x"))
	})
	crowd, crowdBody := parts(func(w *multipart.Writer) {
		must(t, w.WriteField("draft", draft))
		for range 201 {
			must(t, w.WriteField("keep", "x"))
		}
	})
	whole, wholeBody := parts(func(w *multipart.Writer) {
		must(t, w.WriteField("draft", draft))
		f, err := w.CreateFormFile("attachments", "a.txt")
		must(t, err)
		_, _ = f.Write(bytes.Repeat([]byte("x"), 300_000))
	})
	two, twoBody := parts(func(w *multipart.Writer) {
		must(t, w.WriteField("draft", draft))
		for range 2 {
			f, err := w.CreateFormFile("attachments", "a.txt")
			must(t, err)
			_, _ = f.Write(bytes.Repeat([]byte("x"), 300_000))
		}
	})
	for _, path := range []string{"/report", "/status", "/case/messages", "/case/withdraw"} {
		for name, sent := range map[string][2]string{
			"JSON": {"application/json", `{"draft":1}`}, "no type": {"", "draft=x"},
			"no boundary": {"multipart/form-data", "x"},
			"bad escape":  {urlencoded, "draft=%zz"}, "file before the draft": {fileFirst, fileFirstBody},
			"file in another field": {elsewhere, elsewhereBody}, "201 parts": {crowd, crowdBody},
			"cut in a file": {whole, wholeBody[:200_000]}, "nothing": {urlencoded, ""},
			"cut in the second file": {two, twoBody[:400_000]},
		} {
			t.Run(path+" "+name, func(t *testing.T) { b.quiet(t, path, sent[0], sent[1]) })
		}
	}
}

// A page of another site cannot post here.
func TestCrossOriginIsRefused(t *testing.T) {
	d := open(t, 2)
	for _, path := range []string{"/report", "/status", "/case/messages", "/case/withdraw"} {
		r := httptest.NewRequest("POST", path, strings.NewReader("draft=x"))
		r.Header.Set("Content-Type", urlencoded)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		d.browser().send(r).is(403)
	}
}

// Without a code there is nothing behind the door.
func TestWithoutAVisit(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	for _, path := range []string{"/case", "/case/withdraw", "/case/files/x"} {
		if p := b.get(path).is(303); p.header.Get("Location") != "/status" {
			t.Errorf("%s leads to %q", path, p.header.Get("Location"))
		}
	}
	b.cookies["__Host-case"] = strings.Repeat("A", 43)
	b.get("/case").is(401)
	b.cookies["__Host-case"] = "nonsense"
	b.get("/case").is(401)
	b.get("/leave").is(303)
}

// The log's addresses answer in plain text; before the first checkpoint there
// is none.
func TestLogAddresses(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	b.get("/log/checkpoint").is(404)
	key := b.get("/log/key").is(200)
	if !strings.HasPrefix(key.header.Get("Content-Type"), "text/plain") ||
		!strings.HasPrefix(key.body, "test.example/svilpe/log/1+") {
		t.Errorf("%v %q", key.header, key.body)
	}
	must(t, d.store.MakeCheckpoint(t.Context(), "2026-11-22"))
	if note := b.get("/log/checkpoint").is(200); !strings.HasPrefix(note.body, "test.example/svilpe/log/1\n") {
		t.Errorf("%q", note.body)
	}
	b.get("/about").is(200).has("2026. gada 22. novembris", "Anna Ozola – Atbildīgā persona", "Gita Egle").
		hasNot("Dora Lāce")
}
