package policy

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"svilpe/internal/ethics"
)

// FieldError says which field is wrong and how. It holds no value.
type FieldError struct {
	Field string
	Kind  ethics.FaultKind
}

// Limits are the longest texts, in characters.
type Limits struct {
	Long  int // textarea, and the text of statements
	Short int // text
}

// DefaultLimits are the shipped ones; the setting limits.text_chars is Long.
var DefaultLimits = Limits{Long: 20000, Short: 1000}

// RequiredOn says whether the question must be answered on a track when it is
// visible.
func (f Field) RequiredOn(track string) bool {
	if track == Consultation { // what every report must say
		return f.Required["W"] && f.Required["A"] && f.Required["E"]
	}
	return f.Required[requiredKeys[track]]
}

var requiredKeys = map[string]string{"whistleblower": "W", "anonymous": "A", "ethics": "E"}

// ManyValues says whether several answers are allowed.
func (f Field) ManyValues() bool {
	return f.Multiple || f.Type == "checkbox_group" || f.Type == "multi_select"
}

// OfferedFields are the questions of a track in order: none that goes to the
// vault, that the reporter never sends, that is off by default, or that shows on
// other tracks only. The question `track` has only offered tracks as options,
// `category` has the categories. None for a track that is not offered.
func (p *Policy) OfferedFields(track string) []Field {
	if !p.offersTrack(track) {
		return nil
	}
	var out []Field
	for _, f := range p.Fields {
		tracks, limited := f.VisibleIf["track"]
		switch {
		case f.Store != "case", f.Enabled != nil && !*f.Enabled:
			continue
		case limited && !contains(tracks, track), track == Consultation && !f.Consults:
			continue
		}
		switch f.ID {
		case "track":
			f.Options = keep(f.Options, func(o Option) bool { return p.offersTrack(o.ID) })
		case "category":
			f.Options = nil
			for _, c := range p.Categories {
				f.Options = append(f.Options, Option{c.ID, c.Name})
			}
		}
		out = append(out, f)
	}
	return out
}

// Clean keeps the answers that are asked for: of offered fields that the other
// answers make visible, without empty values. track stands in for the answer to
// the question of that name. Nothing else is changed.
func (p *Policy) Clean(track string, answers map[string][]string) map[string][]string {
	out := make(map[string][]string)
	for _, f := range p.OfferedFields(track) {
		given := filled(answers[f.ID])
		if f.ID == "track" {
			given = []string{track}
		}
		// Questions only depend on earlier ones (Load), so out is complete here.
		if visible(f, out) && len(given) > 0 {
			out[f.ID] = given
		}
	}
	return out
}

func visible(f Field, answers map[string][]string) bool {
	for id, values := range f.VisibleIf {
		if !intersects(answers[id], values) {
			return false
		}
	}
	return true
}

// Check says what is wrong with a report's answers, in the order of the form;
// nil when nothing is. answers holds every field by id, `institution`,
// `category` and `language` too. Answers to questions that are not asked or not
// visible are dropped (see Clean), not errors. Whether the values of
// `institution` and `excluded_handlers` exist is the caller's to check.
func (p *Policy) Check(track string, answers map[string][]string, limits Limits) []FieldError {
	if !p.offersTrack(track) {
		return []FieldError{{"track", ethics.FaultOption}}
	}
	var errs []FieldError
	given := p.Clean(track, answers)
	for _, f := range p.OfferedFields(track) {
		if kind := f.wrong(track, given, limits); kind != "" {
			errs = append(errs, FieldError{f.ID, kind})
		}
	}
	return errs
}

func (f Field) wrong(track string, answers map[string][]string, limits Limits) ethics.FaultKind {
	values := answers[f.ID]
	switch {
	case !visible(f, answers):
		return ""
	case len(values) == 0:
		if f.RequiredOn(track) {
			return ethics.FaultRequired
		}
		return ""
	case len(values) > 1 && !f.ManyValues():
		return ethics.FaultSingle
	}
	for _, v := range values {
		if kind := f.wrongValue(v, limits); kind != "" {
			return kind
		}
	}
	return ""
}

func (f Field) wrongValue(v string, limits Limits) ethics.FaultKind {
	longest := limits.Short
	if f.Type == "textarea" {
		longest = limits.Long
	}
	if kind := wrongText(v, longest); kind != "" {
		return kind
	}
	switch {
	case f.Type == "checkbox" && v != Ticked:
		return ethics.FaultOption
	case len(f.Options) > 0:
		if _, ok := find(f.Options, v); !ok {
			return ethics.FaultOption
		}
	}
	return ""
}

// filled are the values that say something: a box of blanks is no answer.
func filled(values []string) []string {
	return keep(values, func(v string) bool { return strings.TrimSpace(v) != "" })
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
