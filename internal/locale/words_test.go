package locale_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"svilpe/internal/locale"
	"svilpe/web"
)

// same are texts that are rightly the same in two languages: names, and what is
// no word. Everything else that two languages say alike was not translated.
var same = []string{"Код", "Журнал", "Прокуратура", "Омбудсмен", "Аудитор", "Медиация"}

// word is one text in the four languages, and where it stands.
type word struct {
	where string
	texts map[string]string
}

// catalogueWords are all texts of the pages; one that counts gives its forms
// joined, so that it is compared as a whole.
func catalogueWords(t *testing.T) []word {
	t.Helper()
	all := map[string]map[string]string{}
	for _, lang := range locale.Languages {
		parts, err := fs.Glob(web.Locale(), lang+".*json")
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			data, err := fs.ReadFile(web.Locale(), part)
			if err != nil {
				t.Fatal(err)
			}
			var keys map[string]any
			if err := json.Unmarshal(data, &keys); err != nil {
				t.Fatalf("%s: %v", part, err)
			}
			for key, text := range keys {
				if all[key] == nil {
					all[key] = map[string]string{}
				}
				switch x := text.(type) {
				case string:
					all[key][lang] = x
				case map[string]any:
					var forms []string
					for _, form := range []string{"zero", "one", "few", "many", "other"} {
						if s, ok := x[form].(string); ok {
							if strings.TrimSpace(s) == "" {
								t.Errorf("%s in %s has an empty form", key, lang)
							}
							forms = append(forms, s)
						}
					}
					all[key][lang] = strings.Join(forms, " / ")
				}
			}
		}
	}
	var out []word
	for key, texts := range all {
		out = append(out, word{key, texts})
	}
	return out
}

// policyWords are the texts of the rules that ship: every place in a file where
// one of the four languages is named.
func policyWords(t *testing.T) []word {
	t.Helper()
	files, err := filepath.Glob("../policy/defaults/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no policy files: %v", err)
	}
	var out []word
	var walk func(where string, n any)
	walk = func(where string, n any) {
		switch x := n.(type) {
		case map[string]any:
			texts := map[string]string{}
			for k, v := range x {
				if slices.Contains(locale.Languages, k) {
					texts[k] = fmt.Sprint(v)
				} else {
					walk(where+"."+k, v)
				}
			}
			if len(texts) > 0 {
				out = append(out, word{where, texts})
			}
		case []any:
			for i, v := range x {
				id := fmt.Sprint(i)
				if m, ok := v.(map[string]any); ok && m["id"] != nil {
					id = fmt.Sprint(m["id"])
				}
				walk(where+"."+id, v)
			}
		}
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var tree any
		if err := yaml.Unmarshal(data, &tree); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		walk(filepath.Base(file), tree)
	}
	return out
}

// faultsOf are what is wrong with a text in its four languages.
func faultsOf(w word) []string {
	var out []string
	for i, lang := range locale.Languages {
		text := w.texts[lang]
		if strings.TrimSpace(text) == "" {
			out = append(out, "nothing in "+lang)
			continue
		}
		if strings.TrimSpace(text) != text || strings.Contains(text, "  ") {
			out = append(out, "stray spaces in "+lang)
		}
		for _, other := range locale.Languages[i+1:] {
			if text == w.texts[other] && letters.MatchString(placeholder.ReplaceAllString(text, "")) &&
				!slices.Contains(same, text) {
				out = append(out, fmt.Sprintf("%s and %s say the same: %q", lang, other, text))
			}
		}
		if a, b := names(w.texts["lv"]), names(text); !slices.Equal(a, b) {
			out = append(out, fmt.Sprintf("lv asks for %v and %s for %v", a, lang, b))
		}
		if lang == "lv" && (strings.ContainsAny(plain(text), `"'`) ||
			strings.Count(text, "„") != strings.Count(text, "”")) {
			out = append(out, "other quotes than „ ” in Latvian: "+text)
		}
		if (lang == "ru" || lang == "kk") && mixed.MatchString(text) {
			out = append(out, "letters of two scripts in one word of "+lang+": "+mixed.FindString(text))
		}
	}
	return out
}

var (
	placeholder = regexp.MustCompile(`\{\{[^}]*\}\}|\{[A-Za-z]+\}`)
	letters     = regexp.MustCompile(`\pL`)
	mixed       = regexp.MustCompile(`\p{Cyrillic}\p{Latin}|\p{Latin}\p{Cyrillic}`)
)

func plain(text string) string { return placeholder.ReplaceAllString(text, "") }

// names are what a text asks to be filled in, each once: a form of a plural may
// say it in words.
func names(text string) []string {
	out := placeholder.FindAllString(text, -1)
	slices.Sort(out)
	return slices.Compact(out)
}

// TestEveryTextIsTranslated: no text is missing, empty, left in another
// language, or asks for something else than its neighbours.
func TestEveryTextIsTranslated(t *testing.T) {
	words := append(catalogueWords(t), policyWords(t)...)
	if len(words) < 700 {
		t.Errorf("only %d texts were found", len(words))
	}
	for _, w := range words {
		for _, fault := range faultsOf(w) {
			t.Errorf("%s: %s", w.where, fault)
		}
	}
}

// TestFaultsInTextsAreFound: each fault alone.
func TestFaultsInTextsAreFound(t *testing.T) {
	sound := map[string]string{
		"lv": "Lieta „{{.Name}}”", "en": "Case {{.Name}}", "ru": "Дело {{.Name}}", "kk": "{{.Name}} ісі",
	}
	if got := faultsOf(word{"sound", sound}); len(got) > 0 {
		t.Errorf("sound, and %v", got)
	}
	for what, change := range map[string][2]string{
		"a missing text": {"kk", ""}, "an empty text": {"ru", " "}, "a text not translated": {"kk", "Дело {{.Name}}"},
		"a forgotten name": {"en", "Case"}, "straight quotes": {"lv", `Lieta "{{.Name}}"`},
		"half a quote": {"lv", "Lieta „{{.Name}}"},
		"two spaces":   {"en", "Case  {{.Name}}"}, "a Latin letter in a Russian word": {"ru", "Дeло {{.Name}}"},
	} {
		texts := map[string]string{}
		for k, v := range sound {
			texts[k] = v
		}
		texts[change[0]] = change[1]
		if len(faultsOf(word{what, texts})) == 0 {
			t.Errorf("%s is not found", what)
		}
	}
}
