package member_test

import (
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/locale"
	"svilpe/web"
)

// module begins the one script a page may name.
const module = `<script type="module" src="/static/`

// Every page speaks four languages, weighs less than 60 kB and holds no script
// but the module.
func TestPagesInFourLanguages(t *testing.T) {
	d := open(t, []string{appoint.RoleAuditor}, []string{appoint.RoleHead, appoint.RoleTrust})
	number := d.file(nil).Number
	path := "/desk/cases/" + number
	anna := d.signedIn("Anna")
	dora, emma, fred := d.signedIn("Dora"), d.signedIn("Emma"), d.signedIn("Fred")
	check := func(b *browser, target string) {
		for _, lang := range locale.Languages {
			w := b.get(target + "?lang=" + lang)
			page := strings.Replace(w.Body.String(), module, "", 1)
			if w.Code != 200 || !strings.Contains(page, `<html lang="`+lang+`"`) {
				t.Fatalf("%s in %s: %d\n%s", target, lang, w.Code, page)
			}
			for _, never := range []string{"<script", "style=", "ZgotmplZ", "<no value>", "desk.", "%!"} {
				if strings.Contains(page, never) {
					t.Errorf("%s in %s holds %q", target, lang, never)
				}
			}
			if len(page) > 60<<10 {
				t.Errorf("%s in %s: %d bytes", target, lang, len(page))
			}
			if lang == "ru" {
				t.Logf("%s: %d bytes", target, len(page))
			}
		}
	}
	check(d.browser(), "/desk/sign-in")
	check(anna, path)
	anna.state(number)
	for _, target := range []string{"/desk", "/desk/account", "/desk/cases", "/desk/approvals", path} {
		check(anna, target)
	}
	anna.get(path + "?lang=lv")
	anna.want(anna.step(number, "acknowledge", url.Values{}), 303)
	for _, m := range regexp.MustCompile(`href="(`+path+`/steps/[a-z_]+)"`).
		FindAllStringSubmatch(anna.get(path).Body.String(), -1) {
		check(anna, m[1])
	}
	anna.get(path + "?lang=lv")
	anna.want(anna.step(number, "not_examine", url.Values{"reason": {"r"}, "why": {"spam"}, "message": {"m"}}), 303)
	check(anna, path)
	for _, b := range []*browser{dora, emma, fred} {
		check(b, "/desk")
	}
	check(emma, "/desk/cases")
}

// A list of many cases comes in pages, and its filters narrow it.
func TestManyCases(t *testing.T) {
	d := open(t)
	seen := map[string]int{}
	for range 30 {
		seen[d.file(nil).Number] = 0
	}
	anna := d.signedIn("Anna")
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`)
	prev := regexp.MustCompile(`rel="prev" href="([^"]+)"`)
	number := regexp.MustCompile(`/desk/cases/(2026-[0-9A-Z]{5})"`)
	for target, pages := "/desk/cases?state=received", 0; target != ""; pages++ {
		page := strings.ReplaceAll(anna.get(target).Body.String(), "&amp;", "&")
		for _, m := range number.FindAllStringSubmatch(page, -1) {
			seen[m[1]]++
		}
		if pages > 0 && !strings.Contains(page, "26.–30. no 30") || pages == 0 && strings.Contains(page, `rel="prev"`) {
			t.Errorf("page %d: %s", pages, page)
		}
		back := prev.FindStringSubmatch(page)
		if pages > 0 &&
			(back == nil ||
				!strings.Contains(anna.get(strings.ReplaceAll(back[1], "&amp;", "&")).Body.String(), "1.–25. no 30")) {
			t.Errorf("no way back from page %d: %v", pages, back)
		}
		target = ""
		if m := next.FindStringSubmatch(page); m != nil && pages < 3 {
			target = m[1]
		}
		if len(page) > 60<<10 {
			t.Errorf("list: %d bytes", len(page))
		}
	}
	for n, times := range seen {
		if times != 1 {
			t.Errorf("%s stands %d times in the list", n, times)
		}
	}
	anna.want(anna.get("/desk/cases?state=closed"), 200, "Neviena lieta neatbilst šiem nosacījumiem")
	anna.want(anna.get("/desk/cases?due=overdue"), 200, "Neviena lieta neatbilst")
	if w := anna.get("/desk"); w.Body.Len() > 60<<10 {
		t.Errorf("today: %d bytes", w.Body.Len())
	}
}

// A text named in the source exists: none is missing only when a page runs.
func TestTextsNamedInCodeExist(t *testing.T) {
	texts, err := locale.Load(web.Locale())
	must(t, err)
	files, err := os.ReadDir(".")
	must(t, err)
	key := regexp.MustCompile(`"((?:desk|reporter)\.[a-z_]+(?:\.[a-z_]+)*)"`)
	used := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		src, err := os.ReadFile(f.Name())
		must(t, err)
		for _, m := range key.FindAllStringSubmatch(string(src), -1) {
			used++
			if _, ok := texts.Has(m[1]); !ok {
				t.Errorf("%s: no text %s", f.Name(), m[1])
			}
		}
	}
	if used < 100 {
		t.Errorf("found %d texts: the test checks nothing", used)
	}
}

// Many overdue cases do not push those that are due off the first page.
func TestDueBehindManyOverdue(t *testing.T) {
	d := open(t)
	for range 27 {
		d.file(nil)
	}
	d.turn(10 * 24 * time.Hour) // so that no last day is a holiday
	due := d.file(nil).Number
	anna := d.signedIn("Anna")
	anna.want(anna.get("/desk"), 200, due, "pēc 7 dienām", "nokavēts par 3 dienām")
}
