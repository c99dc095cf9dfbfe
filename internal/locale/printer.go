package locale

import (
	"strconv"
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/en_GB"
	"github.com/go-playground/locales/kk"
	"github.com/go-playground/locales/lv"
	"github.com/go-playground/locales/ru"
)

// Printer speaks one language.
type Printer struct {
	lang     string
	rules    locales.Translator
	messages map[string]message
}

func newPrinter(lang string, messages map[string]message) *Printer {
	rules := map[string]func() locales.Translator{"lv": lv.New, "en": en_GB.New, "ru": ru.New, "kk": kk.New}
	return &Printer{lang: lang, rules: rules[lang](), messages: messages}
}

// Lang is the printer's language, one of Languages.
func (p *Printer) Lang() string { return p.lang }

// T is the text of a key. Placeholders are given as name, value pairs:
// T("report.code.until", "Day", day). A key or a placeholder nobody wrote is a
// mistake of the program and panics, so that no reader ever sees a bare key;
// templates are checked for it at start.
func (p *Printer) T(key string, args ...any) string {
	m, ok := p.messages[key]
	if !ok || m.counts {
		panic("locale: no text for " + key)
	}
	return m.forms[locales.PluralRuleOther].say(key, args)
}

// N is the text of a key that counts, in the plural form CLDR has for n. The
// placeholder N is filled with the number; others are given as for T.
func (p *Printer) N(key string, n int, args ...any) string {
	m, ok := p.messages[key]
	if !ok || !m.counts {
		panic("locale: no plural text for " + key)
	}
	form := p.rules.CardinalPluralRule(float64(n), 0)
	return m.forms[form].say(key, append([]any{"N", p.Number(int64(n))}, args...))
}

// Day writes a civil day given as "2026-11-22" in words: «2026. gada 22.
// novembris». A text that is no day is returned as it is.
func (p *Printer) Day(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return p.rules.FmtDateLong(t)
}

// Short writes a civil day in figures, for tables and rows: «22.11.2026.». A text
// that is no day is returned as it is.
func (p *Printer) Short(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format(figures[p.lang])
}

var figures = map[string]string{"lv": "02.01.2006.", "en": "02/01/2006", "ru": "02.01.2006", "kk": "02.01.2006"}

// Moment writes an instant as day and time of day in Europe/Riga. It is for
// members' own sign-ins; nothing of a case is kept finer than a day.
func (p *Printer) Moment(t time.Time) string {
	t = t.In(riga)
	return p.rules.FmtDateLong(t) + ", " + t.Format("15:04")
}

// Number writes a whole number with the language's grouping.
func (p *Printer) Number(n int64) string {
	if -1000 < n && n < 1000 {
		return strconv.FormatInt(n, 10)
	}
	return p.rules.FmtNumber(float64(n), 0)
}

var units = map[string][]string{
	"lv": {"B", "kB", "MB", "GB"}, "en": {"B", "kB", "MB", "GB"},
	"ru": {"Б", "кБ", "МБ", "ГБ"}, "kk": {"Б", "кБ", "МБ", "ГБ"},
}

// Bytes writes a size as people's file managers do: «1,5 MB». 1 kB is 1024 B,
// as the limits of package config count.
func (p *Printer) Bytes(n int64) string {
	size, unit := float64(n), 0
	for size >= 1024 && unit < 3 {
		size, unit = size/1024, unit+1
	}
	digits := uint64(0)
	if unit > 0 && size < 10 {
		digits = 1
	}
	return p.rules.FmtNumber(size, digits) + "\u00a0" + units[p.lang][unit]
}

var riga = mustRiga()

func mustRiga() *time.Location {
	loc, err := time.LoadLocation("Europe/Riga")
	if err != nil {
		// Without zone data the winter offset is the honest approximation.
		return time.FixedZone("EET", 2*60*60)
	}
	return loc
}
