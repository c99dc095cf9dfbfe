package policy

import (
	"cmp"
	"fmt"
	"maps"
	"strings"
	"unicode/utf8"

	"svilpe/internal/ethics"
)

// Kinds of statements.
const (
	Choice  = "choice"  // the id of one option
	Choices = "choices" // the ids of several
	Words   = "text"
	Line    = "line" // a text of one line
	Number  = "case" // the register number of another case, which the member can open
	Date    = "date" // a Day, today or later, at most Max ahead
	Tick    = "tick" // Ticked
	Rows    = "rows" // a table: each column's values stand under the column's id, as many in each
)

// Sources whose options depend on the case: the caller, who has it, gives them
// and checks them (casework.Service.Options).
const (
	SourceDraft    = "draft"    // the draft that stands
	SourceMeasures = "measures" // those that are open, by number
	SourceClauses  = "clauses"  // of the institution's codes
	SourceFiles    = "files"    // by id
)

var ofCase = []string{SourceDraft, SourceMeasures, SourceClauses, SourceFiles}

// wholeTexts is how many answers' length a whole text may have.
const wholeTexts = 5

// Ticked is the value of a ticked box, in statements and questionnaire.
const Ticked = "yes"

// Statement is what a member states when taking a step; it is signed and stored
// with the step. It stands for a guard whose own capability comes later.
type Statement struct {
	ID   string `yaml:"id"`
	Kind string `yaml:"kind"`
	// routes, outcomes, categories or authorities (enabled ones): becomes Options; or of the case
	Source     string              `yaml:"source"`
	Options    []Option            `yaml:"options"`
	Label      Text                `yaml:"label"`
	Required   bool                `yaml:"required"`
	RequiredIf map[string][]string `yaml:"required_if"` // an earlier choice of the same step
	Max        Period              `yaml:"max"`
	Columns    []Statement         `yaml:"columns"` // of rows
	Most       int                 `yaml:"most"`    // rows
	Whole      bool                `yaml:"whole"`   // a text in which a report and messages find room
}

// StepStatements are the statements of one step.
type StepStatements struct {
	Step ethics.Act  `yaml:"step"`
	Ask  []Statement `yaml:"ask"`
}

// Statements are what the step's form must ask, with their options, in order.
func (p *Policy) Statements(stepID ethics.Act) []Statement {
	s, _ := find(p.statements, string(stepID))
	return s.Ask
}

// NamesCase is the statement of an act that names another case, "" for none.
func (p *Policy) NamesCase(act ethics.Act) string {
	for _, st := range p.Statements(act) {
		if st.Kind == Number {
			return st.ID
		}
	}
	return ""
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
	case "categories":
		for _, x := range p.Categories {
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
func (p *Policy) CheckStatements(stepID ethics.Act, values map[string][]string, today Day, limits Limits) []FieldError {
	var errs []FieldError
	var asked []string
	for _, s := range p.Statements(stepID) {
		if s.Kind == Rows {
			asked = append(asked, keys(s.Columns)...)
			errs = append(errs, s.wrongRows(values, today, limits)...)
			continue
		}
		asked = append(asked, s.ID)
		given := filled(values[s.ID])
		required := s.Required || s.wanted(values)
		var kind ethics.FaultKind
		switch {
		case len(given) == 0:
			if required {
				kind = ethics.FaultRequired
			}
		case len(given) > 1 && s.Kind != Choices:
			kind = ethics.FaultSingle
		default:
			for _, v := range given {
				kind = cmp.Or(kind, s.wrong(v, today, limits))
			}
		}
		if kind != "" {
			errs = append(errs, FieldError{s.ID, kind})
		}
	}
	for _, id := range sortedKeys(values) {
		if !contains(asked, id) {
			errs = append(errs, FieldError{id, ethics.FaultUnknown})
		}
	}
	return errs
}

func (s Statement) wrong(value string, today Day, limits Limits) ethics.FaultKind {
	switch s.Kind {
	case Choice, Choices:
		if contains(ofCase, s.Source) {
			return ""
		}
		if _, ok := find(s.Options, value); !ok {
			return ethics.FaultOption
		}
	case Tick:
		if value != Ticked {
			return ethics.FaultOption
		}
	case Date:
		day, err := ParseDay(value)
		if err != nil || day.Before(today) || today.AddPeriod(s.Max).Before(day) {
			return ethics.FaultDate
		}
	case Line, Number:
		return wrongText(value, limits.Short)
	default:
		if s.Whole {
			limits.Long *= wholeTexts
		}
		return wrongText(value, limits.Long)
	}
	return ""
}

// wrongRows finds faults in a table; an error names its column and row, from 1:
// measure_day_2. A row of blanks is none.
func (s Statement) wrongRows(values map[string][]string, today Day, limits Limits) []FieldError {
	var errs []FieldError
	rows := len(values[s.Columns[0].ID])
	for _, c := range s.Columns {
		if len(values[c.ID]) != rows || rows > s.Most {
			return []FieldError{{s.Columns[0].ID + "_1", ethics.FaultSingle}}
		}
	}
	full := 0
	for n := range rows {
		if s.blank(values, n) {
			continue
		}
		full++
		for _, c := range s.Columns {
			kind := ethics.FaultRequired
			if v := values[c.ID][n]; strings.TrimSpace(v) != "" {
				kind = c.wrong(v, today, limits)
			} else if !c.Required {
				continue
			}
			if kind != "" {
				errs = append(errs, FieldError{fmt.Sprintf("%s_%d", c.ID, n+1), kind})
			}
		}
	}
	if full == 0 && s.Required {
		errs = append(errs, FieldError{s.Columns[0].ID + "_1", ethics.FaultRequired})
	}
	return errs
}

func (s Statement) blank(values map[string][]string, row int) bool {
	for _, c := range s.Columns {
		if strings.TrimSpace(values[c.ID][row]) != "" {
			return false
		}
	}
	return true
}

// wanted tells whether an earlier choice asks for this answer.
func (s Statement) wanted(values map[string][]string) bool {
	for id, ids := range s.RequiredIf {
		if intersects(values[id], ids) {
			return true
		}
	}
	return false
}

// Stated are the answers that a form states: a field that was left blank is none,
// nor is what was typed before another choice made its question fall away. The
// cells of tables stay as they are, since an error names their row.
func (p *Policy) Stated(stepID ethics.Act, values map[string][]string) map[string][]string {
	out := map[string][]string{}
	maps.Copy(out, values)
	for _, s := range p.Statements(stepID) {
		if s.Kind == Rows {
			continue
		}
		given := filled(values[s.ID])
		if len(given) == 0 || !s.Required && len(s.RequiredIf) > 0 && !s.wanted(values) {
			delete(out, s.ID)
			continue
		}
		out[s.ID] = given
	}
	return out
}

// Tidy gives the values to sign: without the blank rows of tables.
func (p *Policy) Tidy(stepID ethics.Act, values map[string][]string) map[string][]string {
	for _, s := range p.Statements(stepID) {
		if s.Kind != Rows || values == nil {
			continue
		}
		kept := map[string][]string{}
		for n := range values[s.Columns[0].ID] {
			if s.blank(values, n) {
				continue
			}
			for _, c := range s.Columns {
				kept[c.ID] = append(kept[c.ID], values[c.ID][n])
			}
		}
		for _, c := range s.Columns {
			values[c.ID] = kept[c.ID]
		}
	}
	return values
}

// wrongText is the kind of what is wrong with a text of at most max characters,
// "" for nothing. A line break counts as one, however the browser sends it.
func wrongText(s string, max int) ethics.FaultKind {
	switch {
	case !utf8.ValidString(s):
		return ethics.FaultUTF8
	case strings.ContainsRune(s, 0):
		return ethics.FaultNUL
	case utf8.RuneCountInString(strings.ReplaceAll(s, "\r\n", "\n")) > max:
		return ethics.FaultTooLong
	}
	return ""
}
