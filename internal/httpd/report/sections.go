package report

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/httpd"
	"svilpe/internal/policy"
)

// section is a part of the form. What must be answered stands open; the rest is
// folded, and unfolded once it holds an answer or an error.
type section struct {
	ID, Title  string
	Fold, Open bool
	Items      []item
	More       []item // folded inside a section that is not
	MoreOpen   bool
	Explained  []httpd.Choice // categories with their hints
}

// item is one question.
type item struct {
	httpd.Field
	Tick  bool   // one box, with the question as its label
	Only  string // hidden field instead, where there is nothing to choose
	Class string // if-FIELD: shown with an answer to that field
}

// lastSection stays open, though nothing in it must be answered.
const lastSection = "s_submit"

func (s *Site) sections(c echo.Context, sh *filling, said map[string]string) []section {
	lang := s.Server.Lang(c)
	fields, consultation := s.questions(sh), s.isConsultation(sh)
	var out []section
	for _, head := range s.Policy.Sections {
		sec := section{ID: head.ID, Title: s.label(c, sh, head.ID, head.Name)}
		sec.Fold = !consultation && head.ID != lastSection && head.ID != sectionIdentity &&
			!slices.ContainsFunc(fields, func(f policy.Field) bool { return f.Section == head.ID && s.required(f) })
		for _, f := range fields {
			if f.Section != head.ID || f.Type == "file" {
				continue
			}
			it := s.item(c, sh, f, said[f.ID])
			used := it.Error != "" || len(sh.form.All(f.ID)) > 0 && sh.form.Get(f.ID) != ""
			if consultation || sec.Fold || head.ID == lastSection || head.ID == sectionIdentity || s.required(f) ||
				f.ID == "language" || it.Class != "" {
				sec.Items, sec.Open = append(sec.Items, it), sec.Open || used
			} else {
				it.Optional = false // the fold says it for all of them
				sec.More, sec.MoreOpen = append(sec.More, it), sec.MoreOpen || used
			}
			if f.ID == "category" {
				sec.Explained = s.explained(lang)
			}
		}
		if len(sec.Items) > 0 {
			out = append(out, sec)
		}
	}
	return out
}

// required says whether a question must be answered on every offered track on
// which it is asked.
func (s *Site) required(f policy.Field) bool {
	return !slices.ContainsFunc(s.Policy.OfferedTracks(), func(t policy.Track) bool {
		tracks, limited := f.VisibleIf["track"]
		return !f.RequiredOn(t.ID) && (!limited || slices.Contains(tracks, t.ID))
	})
}

func (s *Site) explained(lang string) []httpd.Choice {
	var out []httpd.Choice
	for _, c := range s.Policy.Categories {
		out = append(out, httpd.Choice{Label: c.Name.In(lang), Hint: c.Hint.In(lang)})
	}
	return out
}

// kinds are the controls of the questionnaire's types.
var kinds = map[string]string{
	"radio": "radio", "select": "select", "checkbox_group": "checkbox",
	"multi_select": "checkbox", "checkbox": "checkbox",
	"text": "text", "textarea": "textarea",
}

func (s *Site) item(c echo.Context, sh *filling, f policy.Field, wrong string) item {
	lang, p := s.Server.Lang(c), s.Server.Printer(c)
	values := sh.form.All(f.ID)
	it := item{Tick: f.Type == "checkbox"}
	it.Field = httpd.Field{
		Kind: kinds[f.Type], Name: f.ID, Label: s.label(c, sh, f.ID, f.Label), Hint: f.Help.In(lang), Error: wrong,
		Value: firstValue(values), Optional: !s.required(f), Rows: 4, Autocomplete: "off",
		Notes: s.notes(lang, f.Safety...),
	}
	for id := range f.VisibleIf {
		it.Class = "if-" + id
	}
	if forNamed(f) {
		it.Class = "when-named"
	}
	if s.requiredByName(f) {
		it.Optional = false
		it.Hint = strings.TrimSpace(it.Hint + " " + p.T("vault.form.required"))
	}
	switch f.ID {
	case "institution":
		it.Field = s.placeField(c, sh, []appoint.Institution{sh.chosen})
		it.Label, it.Error = s.label(c, sh, f.ID, f.Label), wrong
		if len(sh.chosen.Units) == 0 {
			it.Only, it.Value = sh.chosen.Name, sh.chosen.ID
		}
		return it
	case "description":
		it.Rows = 12
	case "track":
		s.trackItem(c, sh, &it, &f)
	case "category":
		it.Choices = append(it.Choices, httpd.Choice{Label: p.T("reporter.form.choose")})
	case "language":
		if len(values) == 0 {
			values = []string{lang}
		}
	case "excluded_handlers":
		it.Choices = s.handlers(c, sh)
	case "urgent_danger":
		it.Notes = nil // said at the top of the page
	}
	for _, o := range f.Options {
		it.Choices = append(it.Choices, httpd.Choice{Value: o.ID, Label: o.Label.In(lang)})
	}
	if it.Tick {
		it.Choices = []httpd.Choice{{Value: policy.Ticked}}
	}
	for i := range it.Choices {
		it.Choices[i].Chosen = slices.Contains(values, it.Choices[i].Value)
	}
	return it
}

// handlers are whom the reporter may exclude: name, office, and the institution
// of those who serve at the alternate.
func (s *Site) handlers(c echo.Context, sh *filling) []httpd.Choice {
	var out []httpd.Choice
	for _, m := range s.Intake.Excludable(sh.roster, sh.chosen.ID, s.track(sh)) {
		out = append(out, httpd.Choice{Value: m.ID, Label: s.memberWords(sh, m, s.Server.Lang(c))})
	}
	return out
}

// memberWords is a member in words: name, offices and, when it is another one, the
// institution.
func (s *Site) memberWords(sh *filling, m appoint.Member, lang string) string {
	if p := s.person(sh.roster, m, sh.chosen.ID, lang); p.Offices != "" {
		return p.Name + ", " + p.Offices
	}
	p := s.person(sh.roster, m, sh.chosen.Alternate, lang)
	if in, err := sh.roster.Institution(sh.chosen.Alternate); err == nil {
		return p.Name + ", " + p.Offices + " (" + in.Name + ")"
	}
	return p.Name
}
