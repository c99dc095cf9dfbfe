package policy

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

// Text is one text in the four Languages. In a loaded Policy every language is
// there, not empty, with its periods filled in.
type Text map[string]string

// In gives the text in a language, in Latvian when that language is not known.
func (t Text) In(lang string) string {
	if s, ok := t[lang]; ok {
		return s
	}
	return t[Languages[0]]
}

// textAt is a Text found in the data: where it stands, and the period that
// {max|…} means there.
type textAt struct {
	where    string
	text     Text
	optional bool
	max      Period
}

var textType = reflect.TypeFor[Text]()

// eachText finds every Text below v, so that a text added to a type later is
// checked without anyone thinking of it. A field tagged omitempty is optional.
func eachText(v reflect.Value, where string, max Period, visit func(textAt)) {
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			eachText(v.Index(i), where, max, visit)
		}
	case reflect.Struct:
		if x, ok := v.Interface().(interface{ key() string }); ok {
			where = fmt.Sprintf("%s %q", where, x.key())
		}
		if s, ok := v.Interface().(Statement); ok {
			max = s.Max
		}
		for i := range v.NumField() {
			tag := v.Type().Field(i).Tag.Get("yaml")
			name, option, _ := strings.Cut(tag, ",")
			if name == "" || name == "-" {
				continue
			}
			at := strings.TrimSpace(where + " " + name)
			if v.Field(i).Type() == textType {
				visit(textAt{at, v.Field(i).Interface().(Text), option == "omitempty", max})
				continue
			}
			eachText(v.Field(i), at, max, visit)
		}
	}
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\|([a-z]+)\}`)

// fill puts the periods into a text, in place: {ack|within} becomes «7 dienu
// laikā», {protection_watch|for} «12 mēnešus», {max|within} the statement's own.
func (c *checker) fill(file string, at textAt, deadlines []Deadline) {
	if at.text == nil && at.optional {
		return
	}
	var asked []string // placeholders of the first language: the others must have the same
	for i, lang := range Languages {
		s := at.text[lang]
		if strings.TrimSpace(s) == "" {
			c.fail(file, "%s: no text in %s", at.where, lang)
			continue
		}
		found := placeholder.FindAllString(s, -1)
		if i == 0 {
			asked = found
		} else if !sameSet(asked, found) {
			c.fail(file, "%s: %s names other periods than %s", at.where, lang, Languages[0])
		}
		out := placeholder.ReplaceAllStringFunc(s, func(m string) string {
			part := placeholder.FindStringSubmatch(m)
			period := at.max
			if part[1] != "max" {
				d, _ := find(deadlines, part[1])
				period = d.Value
			}
			switch {
			case period == (Period{}):
			case part[2] == "within":
				return period.Within(lang)
			case part[2] == "for":
				return period.For(lang)
			}
			return m
		})
		if strings.ContainsAny(out, "{}|") {
			c.fail(file, "%s: %s has a placeholder that means nothing", at.where, lang)
		}
		at.text[lang] = out
	}
	for lang := range at.text {
		if !contains(Languages, lang) {
			c.fail(file, "%s: unknown language %q", at.where, lang)
		}
	}
}
