// Package help is the pages that explain the others: one for reporters, one for
// members with the questions that belong to their offices. It reads nothing
// but texts, and holds no case.
//
// Start with Reporters and Members. Which questions there are stands in
// topics.go; their words, in four languages, under help.ID and help.ID.answer.
// Buttons, pages and steps are named in an answer by their own texts, so that
// it cannot name one that is called otherwise.
package help

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/httpd"
	"svilpe/internal/locale"
	"svilpe/internal/policy"
)

// Reporters adds the reporters' page, /help.
func Reporters(s *httpd.Server, p *policy.Policy) {
	s.Echo.GET("/help", func(c echo.Context) error {
		words := speak(s.Printer(c), p)
		return s.Render(c, http.StatusOK, "help/reporter", reporterView{
			Page: s.Page(c, "help.reporter.title"), Questions: words.questions(reporters),
		})
	})
}

// Members adds the members' page, /desk/help. It shows everybody the first
// section, and the rest to whom it concerns today.
func Members(d *httpd.Desk, p *policy.Policy) {
	d.Server.Echo.GET("/desk/help", d.Enrolled(func(c echo.Context, who *auth.Session) error {
		words := speak(d.Server.Printer(c), p)
		v := memberView{Page: d.Page(c, who, "help.desk.title")}
		for _, s := range sections {
			if len(s.roles) == 0 || who.Has(s.roles...) {
				v.Sections = append(v.Sections, sectionView{s.id, words.title(s), words.questions(s.topics)})
			}
		}
		return d.Server.Render(c, http.StatusOK, "help/member", v)
	}))
}

type reporterView struct {
	httpd.Page
	Questions []question
}

type memberView struct {
	httpd.Page
	Sections []sectionView
}

type sectionView struct {
	ID, Title string
	Questions []question
}

// question is one, with its answer as prose: paragraphs and numbered steps.
type question struct{ ID, Text, Answer string }

// speaker says texts in one language, with the names they ask for.
type speaker struct {
	*locale.Printer
	policy *policy.Policy
	names  []any
}

func speak(p *locale.Printer, rules *policy.Policy) speaker {
	s := speaker{Printer: p, policy: rules}
	for name, key := range names {
		s.names = append(s.names, name, p.T(key))
	}
	for name, id := range steps {
		step, _ := rules.Act(id)
		s.names = append(s.names, name, step.Name.In(p.Lang()))
	}
	s.names = append(s.names, "Ack", rules.Within("ack", p.Lang()))
	return s
}

func (s speaker) questions(topics []string) []question {
	var out []question
	for _, id := range topics {
		out = append(out, question{ID: id, Text: s.T("help." + id), Answer: s.T("help."+id+".answer", s.names...)})
	}
	return out
}

// title is an office by its name in the rules, or a text.
func (s speaker) title(x section) string {
	if role, ok := s.policy.Role(x.id); ok {
		return role.Name.In(s.Lang())
	}
	return s.T("help.section." + x.id)
}
