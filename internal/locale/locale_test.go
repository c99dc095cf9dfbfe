package locale_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"svilpe/internal/locale"
	"svilpe/web"
)

func load(t testing.TB, fsys fs.FS) *locale.Catalogue {
	t.Helper()
	c, err := locale.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// four is a small catalogue in all languages, to be spoilt by a test.
func four() fstest.MapFS {
	return fstest.MapFS{
		"lv.json": file(
			`{"hello": "Sveiki, {{.Name}}!", "cases": {"zero": "{{.N}} lietu", "one": "{{.N}} lieta", "other": ` +
				`"{{.N}} lietas"}}`),
		"en.json": file(`{"hello": "Hello, {{.Name}}!", "cases": {"one": "{{.N}} case", "other": "{{.N}} cases"}}`),
		"ru.json": file(
			`{"hello": "Здравствуйте, {{.Name}}!", "cases": {"one": "{{.N}} дело", "few": "{{.N}} дела", "many": ` +
				`"{{.N}} дел", "other": "{{.N}} дела"}}`),
		"kk.json": file(`{"hello": "Сәлеметсіз бе, {{.Name}}!", "cases": {"one": "{{.N}} іс", "other": "{{.N}} іс"}}`),
	}
}

func file(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

// The texts that ship: same keys, forms and placeholders in all four.
func TestShippedCatalogueIsWhole(t *testing.T) {
	c := load(t, web.Locale())
	if len(c.Keys()) < 50 {
		t.Errorf("only %d keys", len(c.Keys()))
	}
	for _, key := range c.Keys() {
		for _, lang := range locale.Languages {
			if counts, _ := c.Has(key); counts {
				continue
			}
			args := []any{}
			for _, name := range c.Placeholders(key) {
				args = append(args, name, "x")
			}
			if s := c.Printer(lang).T(key, args...); strings.TrimSpace(s) == "" || strings.Contains(s, "{{") {
				t.Errorf("%s in %s: %q", key, lang, s)
			}
		}
	}
}

func TestFaultyCatalogueIsRefused(t *testing.T) {
	faults := []struct{ name, file, data, want string }{
		{"a key missing in one language", "kk.json", `{"hello": "{{.Name}}"}`, "cases: no kk"},
		{"a key only in one language", "en.more.json", `{"extra": "x"}`, "extra: no lv"},
		{"an empty text", "lv.more.json", `{"extra": " "}`, "extra: empty text"},
		{
			"a placeholder lost", "ru.json",
			`{"hello": "x", "cases": {"one": "{{.N}}", "few": "{{.N}}", "many": "{{.N}}", "other": "{{.N}}"}}`,
			"hello: placeholders differ in lv and ru",
		},
		{"a plural form missing", "lv.more.json", `{"x": {"one": "x", "other": "x"}}`, `x: no form "zero"`},
		{
			"a plural form too many", "en.more.json", `{"x": {"one": "x", "few": "x", "other": "x"}}`,
			"x: a plural form the language does not have",
		},
		{
			"counting in one language only", "en.json", `{"hello": "{{.Name}}", "cases": "{{.N}}"}`,
			"cases: counts in one of lv, en only",
		},
		{"a key said twice in a file", "lv.more.json", `{"x": "1", "x": "2"}`, "x: said twice"},
		{"a key said twice in two parts", "lv.more.json", `{"hello": "{{.Name}}"}`, "hello: said twice"},
		{"a broken placeholder", "lv.more.json", `{"x": "{{ .Name }}"}`, "x: braces that are no placeholder"},
		{"nested keys", "lv.more.json", `{"x": {"a": "1", "b": "2"}}`, "only flat keys"},
		{"no object", "lv.more.json", `[]`, "not a JSON object"},
	}
	for _, f := range faults {
		fsys := four()
		fsys[f.file] = file(f.data)
		if _, err := locale.Load(fsys); err == nil || !strings.Contains(err.Error(), f.want) {
			t.Errorf("%s: %v, want %q", f.name, err, f.want)
		}
	}
	fsys := four()
	delete(fsys, "kk.json")
	if _, err := locale.Load(fsys); err == nil {
		t.Error("a language without a catalogue was taken")
	}
}

func TestPartsAreMerged(t *testing.T) {
	fsys := four()
	for _, lang := range locale.Languages {
		fsys[lang+".report.json"] = file(`{"report.title": "` + lang + `"}`)
	}
	if got := load(t, fsys).Printer("kk").T("report.title"); got != "kk" {
		t.Errorf("got %q", got)
	}
}

// Three makers of plural rules agree: the forms the catalogue asks for are
// those that golang.org/x/text knows, and each number takes the one it says.
func TestPluralsFollowCLDR(t *testing.T) {
	forms := map[plural.Form]string{
		plural.Zero: "zero", plural.One: "one", plural.Few: "few", plural.Many: "many", plural.Other: "other",
	}
	fsys := four()
	for lang, names := range map[string][]string{
		"lv": {"zero", "one", "other"}, "en": {"one", "other"},
		"ru": {"one", "few", "many", "other"}, "kk": {"one", "other"},
	} {
		var parts []string
		for _, name := range names {
			parts = append(parts, `"`+name+`": "`+name+`"`)
		}
		fsys[lang+".form.json"] = file(`{"form": {` + strings.Join(parts, ",") + `}}`)
	}
	c := load(t, fsys)
	for _, lang := range locale.Languages {
		for n := range 1200 {
			want := forms[plural.Cardinal.MatchPlural(language.MustParse(lang), n, 0, 0, 0, 0)]
			if got := c.Printer(lang).N("form", n); got != want {
				t.Fatalf("%s %d: %s, want %s", lang, n, got, want)
			}
		}
	}
	ru := c.Printer("ru")
	for n, want := range map[int]string{1: "1 дело", 3: "3 дела", 11: "11 дел", 21: "21 дело", 112: "112 дел"} {
		if got := ru.N("cases", n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if got := c.Printer("lv").N("cases", 11); got != "11 lietu" {
		t.Errorf("got %q", got)
	}
}

func TestDaysInFourLanguages(t *testing.T) {
	c := load(t, four())
	want := map[string]string{
		"lv": "2026. gada 22. novembris", "en": "22 November 2026",
		"ru": "22 ноября 2026 г.", "kk": "2026 ж. 22 қараша",
	}
	for lang, text := range want {
		if got := c.Printer(lang).Day("2026-11-22"); got != text {
			t.Errorf("%s: %q, want %q", lang, got, text)
		}
	}
	for lang, text := range map[string]string{
		"lv": "02.11.2026.", "en": "02/11/2026", "ru": "02.11.2026", "kk": "02.11.2026",
	} {
		if got := c.Printer(lang).Short("2026-11-02"); got != text {
			t.Errorf("%s: %q, want %q", lang, got, text)
		}
	}
	if got := c.Printer("lv").Short("soon"); got != "soon" {
		t.Errorf("a text that is no day: %q", got)
	}
	if got := c.Printer("lv").Day("soon"); got != "soon" {
		t.Errorf("got %q", got)
	}
	at := time.Date(2026, 7, 1, 21, 30, 0, 0, time.UTC) // past midnight in Riga
	if got := c.Printer("en").Moment(at); got != "2 July 2026, 00:30" {
		t.Errorf("got %q", got)
	}
}

func TestNumbersAndSizes(t *testing.T) {
	c := load(t, four())
	lv, en := c.Printer("lv"), c.Printer("en")
	for n, want := range map[int64]string{
		0: "0\u00a0B", 1023: "1,023\u00a0B", 1536: "1.5\u00a0kB", 100 << 20: "100\u00a0MB", 5 << 30: "5.0\u00a0GB",
		5 << 40: "5,120\u00a0GB",
	} {
		if got := en.Bytes(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if got := lv.Bytes(1536); got != "1,5\u00a0kB" {
		t.Errorf("got %q", got)
	}
	if got := en.Number(20000); got != "20,000" {
		t.Errorf("got %q", got)
	}
	if got := en.Number(-20000); got != "-20,000" {
		t.Errorf("got %q", got)
	}
}

func TestMatch(t *testing.T) {
	for accept, want := range map[string]string{
		"": "lv", "de": "lv", "ru-RU,ru;q=0.9,en;q=0.8": "ru", "en;q=0.5, kk;q=0.9": "kk",
		"de-DE, en-US;q=0.7": "en", "*": "lv", "en;q=0": "lv", "\x00\xff": "lv", strings.Repeat("a-", 9000): "lv",
	} {
		if got := locale.Match(accept, locale.Languages); got != want {
			t.Errorf("%.40q: %s, want %s", accept, got, want)
		}
	}
	if got := locale.Match("lv", []string{"ru", "en"}); got != "ru" {
		t.Errorf("a language not offered was chosen: %s", got)
	}
	for _, lang := range locale.Languages {
		if locale.Name(lang) == "" {
			t.Errorf("%s has no name", lang)
		}
	}
}

// A bare key never reaches a reader: asking for what is not there panics, and
// the server answers that with its calm page.
func TestMissingTextPanics(t *testing.T) {
	p := load(t, four()).Printer("lv")
	for name, call := range map[string]func(){
		"unknown key":           func() { p.T("no.such.key") },
		"placeholder not given": func() { p.T("hello") },
		"T of a plural":         func() { p.T("cases") },
		"N of a text":           func() { p.N("hello", 1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
	if got := p.T("hello", "Name", "Anna"); got != "Sveiki, Anna!" {
		t.Errorf("got %q", got)
	}
}

// A text without placeholders costs nothing but a look.
func TestPlainTextDoesNotAllocate(t *testing.T) {
	p := load(t, web.Locale()).Printer("lv")
	if n := testing.AllocsPerRun(100, func() { p.T("layout.leave") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestPlaceholdersAreListed(t *testing.T) {
	c := load(t, four())
	if got := c.Placeholders("hello"); !slices.Equal(got, []string{"Name"}) {
		t.Errorf("got %v", got)
	}
}
