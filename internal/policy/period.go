package policy

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"svilpe/internal/ethics"
)

// Period is a length of time in whole days, months or years: ISO 8601's P7D,
// P3M, P1Y. The zero value is no period.
type Period struct {
	N    int
	Unit byte // 'D', 'M' or 'Y'
}

var periodForm = regexp.MustCompile(`^P([1-9][0-9]{0,3})([DMY])$`)

// ParsePeriod reads one number and one unit, 1 to 9999.
func ParsePeriod(s string) (Period, error) {
	m := periodForm.FindStringSubmatch(s)
	if m == nil {
		return Period{}, fmt.Errorf("policy: %q is no period like P7D, P3M or P1Y", s)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return Period{}, err
	}
	return Period{n, m[2][0]}, nil
}

// UnmarshalText reads a period from YAML.
func (p *Period) UnmarshalText(b []byte) (err error) {
	*p, err = ParsePeriod(string(b))
	return err
}

// String gives the period as ParsePeriod reads it.
func (p Period) String() string {
	if p == (Period{}) {
		return ""
	}
	return fmt.Sprintf("P%d%c", p.N, p.Unit)
}

// words are a unit's forms, one for each count that the language tells apart
// (CLDR's one, few, many for integers). Within follows the preposition's case,
// bare is the accusative that a length of time stands in.
type words struct{ within, bare [3]string }

var units = map[string]map[byte]words{
	"lv": {
		'D': {[3]string{"dienas", "dienu", "dienu"}, [3]string{"dienu", "dienas", "dienas"}},
		'M': {[3]string{"mēneša", "mēnešu", "mēnešu"}, [3]string{"mēnesi", "mēnešus", "mēnešus"}},
		'Y': {[3]string{"gada", "gadu", "gadu"}, [3]string{"gadu", "gadus", "gadus"}},
	},
	"en": {
		'D': {[3]string{"day", "days", "days"}, [3]string{"day", "days", "days"}},
		'M': {[3]string{"month", "months", "months"}, [3]string{"month", "months", "months"}},
		'Y': {[3]string{"year", "years", "years"}, [3]string{"year", "years", "years"}},
	},
	"ru": {
		'D': {[3]string{"дня", "дней", "дней"}, [3]string{"день", "дня", "дней"}},
		'M': {[3]string{"месяца", "месяцев", "месяцев"}, [3]string{"месяц", "месяца", "месяцев"}},
		'Y': {[3]string{"года", "лет", "лет"}, [3]string{"год", "года", "лет"}},
	},
	"kk": {
		'D': {[3]string{"күн", "күн", "күн"}, [3]string{"күн", "күн", "күн"}},
		'M': {[3]string{"ай", "ай", "ай"}, [3]string{"ай", "ай", "ай"}},
		'Y': {[3]string{"жыл", "жыл", "жыл"}, [3]string{"жыл", "жыл", "жыл"}},
	},
}

var within = map[string]string{"lv": "%s laikā", "en": "within %s", "ru": "в течение %s", "kk": "%s ішінде"}

// form picks the word's form for n: 0 one, 1 few, 2 many.
func form(lang string, n int) int {
	ten, hundred := n%10, n%100
	switch lang {
	case "lv":
		if ten == 1 && hundred != 11 {
			return 0
		}
		return 1
	case "ru":
		switch {
		case ten == 1 && hundred != 11:
			return 0
		case ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14):
			return 1
		}
		return 2
	}
	if n == 1 {
		return 0
	}
	return 1
}

// Within says by when: «7 dienu laikā», "within 7 days", «в течение 7 дней»,
// «7 күн ішінде». It never begins with a capital letter.
func (p Period) Within(lang string) string {
	lang = known(lang)
	w := units[lang][p.Unit].within[form(lang, p.N)]
	return fmt.Sprintf(within[lang], strconv.Itoa(p.N)+" "+w)
}

// For says how long, without a preposition: «12 mēnešus», "12 months",
// «12 месяцев», «12 ай».
func (p Period) For(lang string) string {
	lang = known(lang)
	return strconv.Itoa(p.N) + " " + units[lang][p.Unit].bare[form(lang, p.N)]
}

func known(lang string) string {
	if contains(Languages, lang) {
		return lang
	}
	return Languages[0]
}

// Within says a deadline's period in words, for texts that promise it
// elsewhere; "" for a deadline that does not exist.
func (p *Policy) Within(deadline, lang string) string {
	d, ok := p.Deadline(deadline)
	if !ok {
		return ""
	}
	return d.Value.Within(lang)
}

// For is Within in the form of Period.For.
func (p *Policy) For(deadline, lang string) string {
	d, ok := p.Deadline(deadline)
	if !ok {
		return ""
	}
	return d.Value.For(lang)
}

// Start is the other start of a deadline: so long after an event, in case the
// true start does not come ("received + 7 days").
type Start struct {
	Event ethics.EventKind
	After Period
}

// UnmarshalText reads "NAME + N days".
func (s *Start) UnmarshalText(b []byte) error {
	part := strings.Fields(string(b))
	if len(part) != 4 || part[1] != "+" || part[3] != "days" {
		return fmt.Errorf("policy: %q is no start like \"received + 7 days\"", b)
	}
	after, err := ParsePeriod("P" + part[2] + "D")
	if err != nil {
		return err
	}
	*s = Start{ethics.EventKind(part[0]), after}
	return nil
}
