package locale

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/go-playground/locales"
	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// pluralForms are CLDR's cardinal categories. A text counts with exactly these.
var pluralForms = map[string][]locales.PluralRule{
	"lv": {locales.PluralRuleZero, locales.PluralRuleOne, locales.PluralRuleOther},
	"en": {locales.PluralRuleOne, locales.PluralRuleOther},
	"ru": {locales.PluralRuleOne, locales.PluralRuleFew, locales.PluralRuleMany, locales.PluralRuleOther},
	"kk": {locales.PluralRuleOne, locales.PluralRuleOther},
}

// message is one key in one language: the text under PluralRuleOther, or one
// text for each plural form when it counts.
type message struct {
	forms  map[locales.PluralRule]text
	counts bool
}

func (m message) placeholders() []string {
	var names []string
	for _, t := range m.forms {
		names = append(names, t.placeholders()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Catalogue holds every text of every language. It does not change after Load.
type Catalogue struct {
	printers map[string]*Printer
}

// Load reads all parts of all languages from the top of fsys and checks them
// against each other. The error names every fault, not only the first.
func Load(fsys fs.FS) (*Catalogue, error) {
	c := &Catalogue{printers: map[string]*Printer{}}
	var faults []error
	for _, lang := range Languages {
		messages, err := loadLanguage(fsys, lang)
		if err != nil {
			faults = append(faults, err)
		}
		c.printers[lang] = newPrinter(lang, messages)
	}
	faults = append(faults, c.compare()...)
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("locale: %w", err)
	}
	return c, nil
}

// Printer speaks one of Languages. Any other name is a mistake of the program.
func (c *Catalogue) Printer(lang string) *Printer {
	p, ok := c.printers[lang]
	if !ok {
		panic("locale: no language " + lang)
	}
	return p
}

// Has tells whether a key exists, and whether it counts (is for N, not for T).
func (c *Catalogue) Has(key string) (counts, ok bool) {
	m, ok := c.printers[Languages[0]].messages[key]
	return m.counts, ok
}

// Placeholders are the names a key's texts ask for, sorted; nil for no key.
// "N" is filled by Printer.N itself.
func (c *Catalogue) Placeholders(key string) []string {
	return c.printers[Languages[0]].messages[key].placeholders()
}

// Keys are all keys, sorted.
func (c *Catalogue) Keys() []string {
	return slices.Sorted(maps.Keys(c.printers[Languages[0]].messages))
}

func loadLanguage(fsys fs.FS, lang string) (map[string]message, error) {
	parts, err := fs.Glob(fsys, lang+".*json")
	if err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return nil, fmt.Errorf("%s: no catalogue", lang)
	}
	all := map[string]message{}
	var faults []error
	for _, part := range parts {
		data, err := fs.ReadFile(fsys, part)
		if err != nil {
			return nil, err
		}
		if err := readPart(all, lang, data); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", path.Base(part), err))
		}
	}
	return all, errors.Join(faults...)
}

// readPart adds one file's messages to all. The keys come from a token walk,
// for JSON decoders keep silent about a key that stands twice.
func readPart(all map[string]message, lang string, data []byte) error {
	keys, err := topKeys(data)
	if err != nil {
		return err
	}
	parsed, err := i18n.ParseMessageBytes(data, json.Unmarshal)
	if err != nil {
		return err
	}
	if len(parsed) != len(keys) {
		return fmt.Errorf("%d keys read as %d messages: only flat keys, texts and plural forms are meant",
			len(keys), len(parsed))
	}
	var faults []error
	for _, raw := range parsed {
		if _, twice := all[raw.ID]; twice {
			faults = append(faults, fmt.Errorf("%s: said twice", raw.ID))
			continue
		}
		m, err := newMessage(lang, raw)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", raw.ID, err))
			continue
		}
		all[raw.ID] = m
	}
	return errors.Join(faults...)
}

func newMessage(lang string, raw *i18n.Message) (message, error) {
	given := map[locales.PluralRule]string{
		locales.PluralRuleZero: raw.Zero, locales.PluralRuleOne: raw.One, locales.PluralRuleTwo: raw.Two,
		locales.PluralRuleFew: raw.Few, locales.PluralRuleMany: raw.Many, locales.PluralRuleOther: raw.Other,
	}
	maps.DeleteFunc(given, func(form locales.PluralRule, s string) bool {
		return s == "" && form != locales.PluralRuleOther
	})
	m := message{forms: map[locales.PluralRule]text{}, counts: len(given) > 1}
	if m.counts {
		for _, form := range pluralForms[lang] {
			if given[form] == "" {
				return m, fmt.Errorf("no form %q", strings.ToLower(form.String()))
			}
		}
		if len(given) != len(pluralForms[lang]) {
			return m, fmt.Errorf("a plural form the language does not have")
		}
	}
	for form, s := range given {
		t, err := compile(s)
		if err != nil {
			return m, err
		}
		m.forms[form] = t
	}
	return m, nil
}

// compare holds every language against the first.
func (c *Catalogue) compare() []error {
	var faults []error
	first := c.printers[Languages[0]].messages
	for _, lang := range Languages[1:] {
		other := c.printers[lang].messages
		for key, m := range first {
			o, ok := other[key]
			switch {
			case !ok:
				faults = append(faults, fmt.Errorf("%s: no %s", key, lang))
			case o.counts != m.counts:
				faults = append(faults, fmt.Errorf("%s: counts in one of %s, %s only", key, Languages[0], lang))
			case !slices.Equal(o.placeholders(), m.placeholders()):
				faults = append(faults, fmt.Errorf("%s: placeholders differ in %s and %s", key, Languages[0], lang))
			}
		}
		for key := range other {
			if _, ok := first[key]; !ok {
				faults = append(faults, fmt.Errorf("%s: no %s", key, Languages[0]))
			}
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return faults
}

// topKeys lists the keys of a JSON object, a repeated one is an error.
func topKeys(data []byte) ([]string, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	var keys []string
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, _ := tok.(string)
		if slices.Contains(keys, key) {
			return nil, fmt.Errorf("%s: said twice", key)
		}
		keys = append(keys, key)
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
	}
	return keys, nil
}
