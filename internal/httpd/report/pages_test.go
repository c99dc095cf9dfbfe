package report_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"svilpe/internal/locale"
)

var pagesDir = flag.String("pages", "", "folder to write each page to, for looking at them")

const maxPage = 60_000

// everyPage walks through all pages of the reporters' door in one language.
func everyPage(b *browser, lang string) map[string]page {
	pages := map[string]page{}
	b.get("/?lang=" + lang)
	for _, path := range []string{"/", "/safety", "/privacy", "/about", "/status"} {
		pages["get"+strings.ReplaceAll(path, "/", "_")] = b.get(path).is(200)
	}
	pages["institution"] = b.get("/report").is(200)
	choice := pages["institution"].form()
	pages["institution-wrong"] = b.post("/report", choice.with("step", "institution")).is(422)
	pages["form"] = b.post("/report", choice.with("institution", "home/school").with("step", "institution")).is(200)
	empty := pages["form"].form()
	pages["form-wrong"] = b.postMultipart("/report", empty.with("step", "check"), upload{"f.txt", "text/plain", "x"}).
		is(422)
	full := empty.with("track", "ethics").with("category", "illegal_collections").with("description", told).
		with("collection_method", "cash", "fund").with("when", "2025").with("urgent_danger", "yes").
		with("senior_involved", "no").
		with("excluded_handlers", "carl").with("witnesses", "x").with("how_many_know", "few").
		with("reported_before", "internal")
	pages["check"] = b.postMultipart("/report", full.with("step", "check"), upload{"f.txt", "text/plain", "x"}).is(200)
	pages["code"] = b.post("/report", pages["check"].form().with("step", "file")).is(200)
	pages["code-differs"] = b.post("/report", pages["check"].form().with("when", "2024").with("step", "file")).is(200)
	pages["status-wrong"] = b.post("/status", pages["get_status"].form().with("code", "7KQ4M")).is(422)
	b.enter(pages["code"].code()).is(303)
	pages["case"] = b.get("/case").is(200)
	pages["case-wrong"] = b.postMultipart("/case/messages", pages["case"].form().with("text", "")).is(422)
	pages["withdraw"] = b.get("/case/withdraw").is(200)
	b.clock.turn(3 * time.Hour)
	pages["case-ended"] = b.postMultipart("/case/messages", pages["case"].form().with("text", "Kept.")).is(401)
	b.clock.turn(-3 * time.Hour)
	return pages
}

var (
	ids    = regexp.MustCompile(` id="([^"]*)"`)
	labels = regexp.MustCompile(`<label for="([^"]*)"`)
	links  = regexp.MustCompile(`href="#([^"]*)"`)
	fields = regexp.MustCompile(`<(?:input|select|textarea) [^>]*>`)
)

// Every page stands in every language, is light, and is sound for a screen
// reader: one title, unique ids, labels that lead to fields, errors that lead
// to fields.
func TestEveryPageInEveryLanguage(t *testing.T) {
	d := open(t, 2)
	for _, lang := range locale.Languages {
		for name, p := range everyPage(d.browser(), lang) {
			t.Run(lang+"/"+name, func(t *testing.T) { sound(t, lang, p) })
			if *pagesDir != "" {
				must(t, os.WriteFile(filepath.Join(*pagesDir, lang+"-"+name+".html"), []byte(p.body), 0o600))
			}
			t.Logf("%s %-18s %5d bytes", lang, name, len(p.body))
		}
	}
}

// module begins the one script a page may name.
const module = `<script type="module" src="/static/`

func sound(t *testing.T, lang string, p page) {
	if len(p.body) > maxPage {
		t.Errorf("%d bytes", len(p.body))
	}
	if !strings.Contains(p.body, `<html lang="`+lang+`"`) || strings.Count(p.body, "<h1>") != 1 {
		t.Errorf("language or title is wrong")
	}
	for _, never := range []string{
		"<script", "style=", "ZgotmplZ", "<no value>", "{{", "http://", "https://", "reporter.",
	} {
		if strings.Contains(strings.Replace(p.body, module, "", 1), never) {
			t.Errorf("holds %q", never)
		}
	}
	seen := map[string]bool{}
	for _, m := range ids.FindAllStringSubmatch(p.body, -1) {
		if seen[m[1]] {
			t.Errorf("id %q stands twice", m[1])
		}
		seen[m[1]] = true
	}
	for _, m := range append(labels.FindAllStringSubmatch(p.body, -1), links.FindAllStringSubmatch(p.body, -1)...) {
		if !seen[m[1]] {
			t.Errorf("nothing has the id %q", m[1])
		}
	}
	for _, f := range fields.FindAllString(p.body, -1) {
		if !strings.Contains(f, `type="hidden"`) && !strings.Contains(f, " id=") {
			t.Errorf("no label can lead to %s", f)
		}
	}
	if want := p.header.Get("Cache-Control"); want != "no-store" {
		t.Errorf("Cache-Control %q", want)
	}
}

// What depends on an answer is hidden by the style sheet where :has() is known.
// A conditional question without its rule would always show; one whose rule
// names an answer that is none would never.
func TestConditionalQuestionsHaveTheirRule(t *testing.T) {
	css, err := os.ReadFile("../../../web/static/svilpe.css")
	must(t, err)
	d := open(t, 2)
	for _, f := range d.intake.Policy.OfferedFields("anonymous") {
		for id, values := range f.VisibleIf {
			if id == "track" {
				continue
			}
			if !strings.Contains(string(css), ".if-"+id) {
				t.Errorf("%s: no rule .if-%s", f.ID, id)
			}
			asked, _ := d.intake.Policy.Field(id)
			if len(values) != 1 && len(values) != len(asked.Options)-1 {
				t.Errorf("%s: the rule for %s is written for one answer or all but one", f.ID, id)
			}
		}
	}
}

// With one institution there is nothing to choose first.
func TestOneInstitutionNeedsNoFirstStep(t *testing.T) {
	d := open(t, 1)
	b := d.browser()
	form := b.get("/report").is(200).has("Kas notika?", "Ozolu vidusskola").hasNot("Mainīt iestādi").form()
	if form.get("institution") != "" && form.get("institution") != "home" {
		t.Errorf("institution %q", form.get("institution"))
	}
	check := b.postMultipart("/report",
		form.with("institution", "home").with("track", "ethics").with("category", "gifts").with("description", told).
			with("step", "check")).is(200)
	b.post("/report", check.form().with("step", "file")).is(200)
}

// Nobody can read a report there: said before anything is typed.
func TestChannelThatIsNotReadySaysSoFirst(t *testing.T) {
	d := open(t, 1)
	d.clock.turn(-400 * 24 * time.Hour) // before anybody's term
	d.browser().get("/report").is(503).has("Korupcijas novēršanas").hasNot("<textarea")
}
