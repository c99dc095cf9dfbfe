package policy

import (
	"strings"
	"unicode/utf8"
)

// Kinds of statements.
const (
	Choice = "choice" // the id of one option
	Words  = "text"
	Date   = "date" // a Day, today or later, at most Max ahead
	Tick   = "tick" // Ticked
)

// Ticked is the value of a ticked box, in statements and questionnaire.
const Ticked = "yes"

// Statement is what a member states when taking a step; it is signed and stored
// with the step. It stands for a guard whose own capability comes later.
type Statement struct {
	ID         string              `yaml:"id"`
	Kind       string              `yaml:"kind"`
	Source     string              `yaml:"source"` // routes, outcomes or authorities (enabled ones): becomes Options
	Options    []Option            `yaml:"options"`
	Label      Text                `yaml:"label"`
	Required   bool                `yaml:"required"`
	RequiredIf map[string][]string `yaml:"required_if"` // an earlier choice of the same step
	Max        Period              `yaml:"max"`
}

// StepStatements are the statements of one step.
type StepStatements struct {
	Step string      `yaml:"step"`
	Ask  []Statement `yaml:"ask"`
}

// Statements are what the step's form must ask, with their options, in order.
func (p *Policy) Statements(stepID string) []Statement {
	s, _ := find(p.statements, stepID)
	return s.Ask
}

// options resolves a statement's source.
func (p *Policy) options(s Statement) []Option {
	var out []Option
	switch s.Source {
	case "routes":
		for _, x := range p.Routes {
			out = append(out, Option{x.ID, x.Name})
		}
	case "outcomes":
		for _, x := range p.Outcomes {
			out = append(out, Option{x.ID, x.Name})
		}
	case "authorities":
		for _, x := range p.OfferedAuthorities() {
			out = append(out, Option{x.ID, x.Name})
		}
	default:
		return s.Options
	}
	return out
}

// CheckStatements says what is wrong with a step's statements; nil when nothing
// is. A value that the step does not ask for is refused: it would be signed
// unseen. today is the signing day.
func (p *Policy) CheckStatements(stepID string, values map[string][]string, today Day, limits Limits) []FieldError {
	var errs []FieldError
	asked := p.Statements(stepID)
	for _, s := range asked {
		given := filled(values[s.ID])
		required := s.Required
		for id, ids := range s.RequiredIf {
			required = required || intersects(values[id], ids)
		}
		kind := ""
		switch {
		case len(given) == 0:
			if required {
				kind = KindRequired
			}
		case len(given) > 1:
			kind = KindSingle
		default:
			kind = s.wrong(given[0], today, limits)
		}
		if kind != "" {
			errs = append(errs, FieldError{s.ID, kind})
		}
	}
	for _, id := range sortedKeys(values) {
		if _, ok := find(asked, id); !ok {
			errs = append(errs, FieldError{id, KindUnknown})
		}
	}
	return errs
}

func (s Statement) wrong(value string, today Day, limits Limits) string {
	switch s.Kind {
	case Choice:
		if _, ok := find(s.Options, value); !ok {
			return KindOption
		}
	case Tick:
		if value != Ticked {
			return KindOption
		}
	case Date:
		day, err := ParseDay(value)
		if err != nil || day.Before(today) || today.AddPeriod(s.Max).Before(day) {
			return KindDate
		}
	default:
		return wrongText(value, limits.Long)
	}
	return ""
}

// wrongText is the kind of what is wrong with a text of at most max characters,
// "" for nothing. A line break counts as one, however the browser sends it.
func wrongText(s string, max int) string {
	switch {
	case !utf8.ValidString(s):
		return KindUTF8
	case strings.ContainsRune(s, 0):
		return KindNUL
	case utf8.RuneCountInString(strings.ReplaceAll(s, "\r\n", "\n")) > max:
		return KindTooLong
	}
	return ""
}
