// Package locale speaks Latvian, English, Russian and Kazakh: texts, plurals,
// days and numbers. Start with Load and Catalogue.Printer.
//
// A catalogue is go-i18n JSON, flat, one key a text or a set of plural forms,
// with {{.Name}} as the only placeholder:
//
//	{"leave": "Leave quickly", "files": {"one": "{{.N}} file", "other": "{{.N}} files"}}
//
// It stands in parts, one file a site and language: lv.json and lv.report.json,
// lv.member.json and so on are merged at Load, and a key said twice is refused.
//
// Load promises that every language has the same keys, the plural forms CLDR
// asks of it and no others, no empty text and the same placeholders. So a text
// is missing at start or never. Printers are safe for concurrent use.
package locale

import (
	"slices"

	"golang.org/x/text/language"
)

// Languages are the four of every text, in order of completeness.
var Languages = []string{"lv", "en", "ru", "kk"}

var names = map[string]string{"lv": "Latviešu", "en": "English", "ru": "Русский", "kk": "Қазақша"}

// Name is the language's own name for itself, as the language switch shows it.
func Name(lang string) string { return names[lang] }

// Match picks, from the languages offered, the one that an Accept-Language
// header (RFC 9110 §12.5.4) prefers. Nothing usable gives the first offered.
func Match(accept string, offered []string) string {
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err == nil {
		for _, tag := range tags {
			base, _ := tag.Base()
			if slices.Contains(offered, base.String()) {
				return base.String()
			}
		}
	}
	return offered[0]
}
