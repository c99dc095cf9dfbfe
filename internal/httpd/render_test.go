package httpd_test

import (
	"errors"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"svilpe/internal/httpd"
	"svilpe/internal/locale"
)

var galleryDir = flag.String("gallery", "", "folder to write the sample pages to, for looking at them")

// gallery shows every partial once, in the mood asked for.
const gallery = `{{template "MOOD" .}}
{{define "main"}}<h1>{{.Title}}</h1>
{{template "error-summary" .Errors}}
<div class="columns"><div>
{{template "notice" .Notice}}{{template "code" .Code}}
<form method="post" novalidate>{{template "form-head" .Head}}{{template "lang-buttons" .}}
{{range .Fields}}{{template "field" .}}{{end}}
{{template "file-list" .Kept}}
<details class="section"><summary>{{t "layout.safety"}}</summary><p>{{t "layout.training_text"}}</p></details>
<div class="actions"><button>{{t "pager.next"}}</button>
<a class="button second" href="/">{{t "error.home"}}</a></div></form>
</div><aside>{{template "file-list" .Files}}{{template "timeline" .Events}}{{template "tag" .Tag}}</aside></div>
{{template "table" .Table}}{{template "pager" .Pager}}
{{end}}`

type galleryView struct {
	httpd.Page
	Errors      []httpd.FieldError
	Notice      httpd.Notice
	Code        []string
	Head        httpd.FormHead
	Fields      []httpd.Field
	Kept, Files []httpd.FileRow
	Events      []httpd.Event
	Tag         httpd.Tag
	Table       httpd.Table
	Pager       httpd.Pager
}

const hostile = `"><script>alert(1)</script>`

func newGallery(s *httpd.Server, c echo.Context) galleryView {
	choices := []httpd.Choice{
		{Value: "a", Label: "Pirmā atbilde", Hint: "Kāpēc", Chosen: true},
		{Value: "b", Label: "Otrā", Group: "Vienības"},
	}
	return galleryView{
		Page:   s.Page(c, "error.404.title"),
		Errors: []httpd.FieldError{{Field: "what", Text: "Lūdzu, uzrakstiet, kas notika."}},
		Notice: httpd.Notice{Kind: "due", Text: "Neaizpildiet šo veidlapu darba datorā."},
		Code:   []string{"K7Q4M", "2XWPV", "9N3TD", "H5J8R", "C6Y1F", "0GBSA"},
		Head:   httpd.FormHead{Draft: strings.Repeat("A", 43), Lang: s.Lang(c), Step: "check"},
		Fields: []httpd.Field{
			{Name: "who", Label: "Vārds", Hint: "Nav jāraksta.", Optional: true, Value: hostile, Autocomplete: "off"},
			{
				Name: "what", Kind: "textarea", Label: "Kas notika?", Error: "Lūdzu, uzrakstiet, kas notika.",
				Hint: "Ko redzējāt?", Value: "\n" + strings.Repeat("ļ", 300),
			},
			{Name: "how", Kind: "radio", Label: "Kā vēlaties ziņot?", Choices: choices},
			{Name: "many", Kind: "checkbox", Label: "Kam tas nav jāredz?", Choices: choices, Error: "Izvēlieties."},
			{Name: "unit", Kind: "select", Label: "Vienība", Choices: choices},
			{Name: "file", Kind: "file", Label: "Faili"},
		},
		Kept:  []httpd.FileRow{{ID: "1", Name: "līgums.pdf", Size: 1536, Keep: true}},
		Files: []httpd.FileRow{{ID: "2", Name: hostile, Size: 5 << 20, Href: "/case/files/2", Note: "PDF"}},
		Events: []httpd.Event{
			{Kind: "done", Day: "2026-11-22", Text: "Saņemts"},
			{Kind: "overdue", Day: "2026-11-29", Text: "Apstiprinājums"},
			{Kind: "due", Day: "2027-02-22", Text: "Atbilde", Note: "3 mēneši"},
		},
		Tag: httpd.Tag{Kind: "overdue", Text: "Nokavēts"},
		Table: httpd.Table{Caption: "Lietas", Head: []string{"Lieta", "Stāvoklis", "Dienas"},
			Rows: [][]httpd.Cell{
				{
					{Text: "2026-K7Q4M", Href: "/desk/cases/2026-K7Q4M"},
					{Tag: &httpd.Tag{Kind: "new", Text: "Jauns"}}, {Text: "7", Figure: true},
				},
			}},
		Pager: httpd.Pager{Previous: "/desk/cases?page=1", Next: "/desk/cases?page=3", From: 21, To: 40, Total: 55},
	}
}

func galleryServer(t *testing.T) *httpd.Server {
	s, _ := newServer(t, func(o *httpd.Options) {
		o.Demo = true
		o.Templates = withPages(t, map[string]string{
			"reporter/gallery.html": strings.Replace(gallery, "MOOD", "reporter", 1),
			"member/gallery.html":   strings.Replace(gallery, "MOOD", "desk", 1),
		})
	})
	s.Echo.GET("/gallery", func(c echo.Context) error {
		return s.Render(c, http.StatusOK, "reporter/gallery", newGallery(s, c))
	})
	s.Echo.GET("/desk/gallery", func(c echo.Context) error {
		v := newGallery(s, c)
		v.Member, v.Nav = "Anna Bērziņa", []httpd.Link{
			{Href: "/desk", Text: "Šodien", Current: true, Count: 3}, {Href: "/desk/cases", Text: "Lietas"},
		}
		return s.Render(c, http.StatusOK, "member/gallery", v)
	})
	return s
}

// module begins the one script a page may name.
const module = `<script type="module" src="/static/`

func TestEveryPartialInEveryLanguage(t *testing.T) {
	s := galleryServer(t)
	for _, lang := range locale.Languages {
		for _, path := range []string{"/gallery", "/desk/gallery"} {
			w := do(s, "GET", path+"?lang="+lang, nil)
			body := strings.Replace(w.Body.String(), module, "", 1)
			if w.Code != http.StatusOK || !strings.Contains(body, `<html lang="`+lang+`"`) {
				t.Fatalf("%s %s: %d\n%s", path, lang, w.Code, body)
			}
			for _, never := range []string{"<script", "style=", "ZgotmplZ", "<no value>", "http://", "https://"} {
				if strings.Contains(body, never) {
					t.Errorf("%s %s holds %q", path, lang, never)
				}
			}
			if *galleryDir != "" {
				name := filepath.Join(*galleryDir, lang+strings.ReplaceAll(path, "/", "_")+".html")
				if err := os.WriteFile(name, w.Body.Bytes(), 0o600); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

func TestReporterPagesAlwaysOfferToLeave(t *testing.T) {
	s := galleryServer(t)
	if body := do(s, "GET", "/gallery", nil).Body.String(); !strings.Contains(body, `href="/leave"`) {
		t.Error("no way to leave")
	}
	if body := do(s, "GET", "/desk/gallery", nil).Body.String(); strings.Contains(body, `href="/leave"`) {
		t.Error("the desk has a reporter's way to leave")
	}
}

// The default button stands before the language buttons, else Enter in a text
// field would switch the language.
func TestEnterDoesNotSwitchLanguage(t *testing.T) {
	body := do(galleryServer(t), "GET", "/gallery", nil).Body.String()
	draft, first, lang := strings.Index(body, `name="draft"`), strings.Index(body,
		`name="step" value="check"`), strings.Index(body, `name="lang_switch"`)
	if draft < 0 || first < draft || lang < first {
		t.Errorf("draft at %d, default button at %d, language at %d", draft, first, lang)
	}
}

type brokenView struct {
	httpd.Page
	Text string
}

func (brokenView) Fail() (string, error) { return "", errors.New("SECRET WORDS") }

func TestTemplateErrorGivesAWholeCalmPage(t *testing.T) {
	s, logged := newServer(t, func(o *httpd.Options) {
		o.Templates = withPages(t, map[string]string{
			"reporter/broken.html": `{{template "reporter" .}}{{define "main"}}<p>FIRST HALF</p>{{.Fail}}{{end}}`,
		})
	})
	s.Echo.GET("/broken", func(c echo.Context) error {
		return s.Render(c, http.StatusOK, "reporter/broken", brokenView{Page: s.Page(c, "layout.about")})
	})
	s.Echo.GET("/nopage", func(c echo.Context) error { return s.Render(c, http.StatusOK, "reporter/none", nil) })
	for _, path := range []string{"/broken", "/nopage"} {
		w := do(s, "GET", path, nil)
		if body := w.Body.String(); w.Code != http.StatusInternalServerError ||
			!strings.Contains(body, "Mums kaut kas neizdevās") ||
			strings.Contains(body, "FIRST HALF") || strings.Count(body, "<html") != 1 {
			t.Errorf("%s: %d\n%s", path, w.Code, body)
		}
	}
	if strings.Contains(logged.String(), "SECRET") || !strings.Contains(logged.String(), `"route":"/broken"`) {
		t.Errorf("log: %s", logged)
	}
}

func TestMissingTextStopsTheStart(t *testing.T) {
	texts := map[string]string{
		`{{t "no.such.key"}}`:                             `no text for {{t "no.such.key"}}`,
		`{{n "layout.leave" 1}}`:                          `no text for {{n "layout.leave"}}`,
		`{{t "pager.range" "From" 1}}`:                    `needs To`,
		`{{if .X}}{{else}}{{t (t "no.key")}}{{end}}`:      `no text for {{t "no.key"}}`,
		`{{range .X}}{{with .Y}}{{t "no"}}{{end}}{{end}}`: `no text for {{t "no"}}`,
		`<a href="{{if .X}}">{{end}}`:                     `in different contexts`,
		`{{asset "none.css"}}`:                            ``, // found when the page runs
	}
	for src, want := range texts {
		catalogue := mustCatalogue(t)
		_, err := httpd.New(httpd.Options{
			Catalogue: catalogue, Log: discard(), Clock: clock, Config: defaults(),
			Templates: withPages(t, map[string]string{"reporter/x.html": src}),
		})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", src, err, want)
		}
	}
}
