package member

import (
	"slices"
	"strings"

	"svilpe/internal/ethics"
	"svilpe/internal/policy"
)

// answer is one answer of a report. Lang is set where its words are the
// reporter's own and not in the page's language.
type answer struct{ Term, Text, Lang string }

// foreign is the reporter's language where it is not the page's, for the lang
// attribute of what the reporter wrote; "" where it is, or is not known.
func (b builder) foreign() string {
	if b.o.Report == nil || b.o.Report.Language == b.Lang() {
		return ""
	}
	return b.o.Report.Language
}

// answers are a report's answers by the questionnaire's own labels, in the
// order of the form. An answer that no question asks any more keeps its id.
func (b builder) answers(r *ethics.Report) []answer {
	var out []answer
	if r.EnteredBy != "" {
		out = append(out,
			answer{
				Term: b.T("enter.by"), Text: b.T("enter.by_way", "Name", b.name(r.EnteredBy), "Way", b.T("way."+r.Way)),
			})
	}
	asked := map[string]bool{}
	for _, f := range b.policy.Fields {
		asked[f.ID] = true
		values := r.Answers[f.ID]
		if f.ID == "excluded_handlers" {
			values = nil
			for _, id := range r.Excluded {
				values = append(values, b.name(id))
			}
		}
		if len(values) > 0 {
			out = append(out, b.answer(f, values))
		}
	}
	var unknown []string
	for id := range r.Answers {
		if !asked[id] {
			unknown = append(unknown, id)
		}
	}
	slices.Sort(unknown)
	for _, id := range unknown {
		out = append(out, answer{Term: id, Text: strings.Join(r.Answers[id], ", "), Lang: b.foreign()})
	}
	return out
}

func (b builder) answer(f policy.Field, values []string) answer {
	a := answer{Term: b.in(f.Label), Text: b.answerText(f, values)}
	if len(f.Options) == 0 && f.Type != "checkbox" && f.ID != "excluded_handlers" {
		a.Lang = b.foreign()
	}
	return a
}

func (b builder) answerText(f policy.Field, values []string) string {
	out := slices.Clone(values)
	for i, v := range values {
		for _, o := range f.Options {
			if o.ID == v {
				out[i] = b.in(o.Label)
			}
		}
		if f.Type == "checkbox" && v == policy.Ticked {
			out[i] = b.T("desk.yes")
		}
	}
	return strings.Join(out, ", ")
}
