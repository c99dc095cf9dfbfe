package report

import (
	"fmt"
	"slices"

	"github.com/labstack/echo/v4"

	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/policy"
)

type checkView struct {
	httpd.Page
	Action       string
	Approve      *httpd.Field // the reporter's word that the text is right, where a member entered it
	Head         httpd.FormHead
	Hidden       []httpd.Hidden
	Sections     []answered
	Files        []httpd.FileRow
	Readers      []string
	Apart        *vaultPreview // nil where the track asks for no name
	Found        giveaways
	Consultation bool // a consultation: no files
	Full         bool // the day has taken as many consultations as it takes
}

// Format hides the report.
func (checkView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// answered is a section as its readers will see it.
type answered struct {
	ID, Title string
	Rows      []row
}

type row struct {
	Label  string
	Values []string
}

// check shows the report as its readers will see it, and who they are. Nothing
// of the text is stored; the page carries it.
func (s *Site) check(c echo.Context, sh *filling) error {
	if asked := sh.form.Get("asked"); asked != "" &&
		(asked == policy.Consultation) != s.isConsultation(sh) && sh.chosen.ID != "" {
		return s.form(c, sh, 200) // another way was chosen: its own questions come first
	}
	errs := s.errors(sh)
	if len(errs) > 0 || len(sh.faults) > 0 {
		return s.refuse(c, sh, errs)
	}
	return s.checked(c, sh, 200)
}

func (s *Site) checked(c echo.Context, sh *filling, status int) error {
	readers, err := s.Intake.Readers(sh.roster, sh.report)
	if err != nil {
		return err
	}
	v := checkView{
		Page: s.page(c, sh, "reporter.check.title"), Action: sh.action(), Approve: s.approveField(c, sh, status != 200),
		Head:   s.head(c, sh, "file"),
		Hidden: s.hiddenAnswers(sh, ""), Sections: s.answers(c, sh), Found: s.giveaways(c, sh),
		Consultation: s.isConsultation(sh), Full: status == full,
	}
	v.LangPath = ""
	if v.Consultation {
		v.Title = s.Server.Printer(c).T("consult.check")
	}
	for _, f := range sh.attached.Files {
		v.Files = append(v.Files, httpd.FileRow{ID: f.ID, Name: f.Name, Type: f.Type, Size: f.Size})
	}
	if v.Apart, err = s.vaultPreview(c, sh); err != nil {
		return err
	}
	for _, m := range readers {
		v.Readers = append(v.Readers, s.memberWords(sh, m, s.Server.Lang(c)))
	}
	return s.Server.Render(c, status, "reporter/check", v)
}

// errors is what keeps the report from being filed. While no track is chosen,
// the rest is judged as on the first.
func (s *Site) errors(sh *filling) ethics.FieldErrors {
	r := sh.report
	var errs ethics.FieldErrors
	if r.Track = s.trackOr(r.Track); r.Track != sh.report.Track {
		errs = append(errs, ethics.FieldError{Field: "track", Kind: ethics.FaultRequired})
	}
	return append(errs, s.Intake.Check(sh.roster, r)...)
}

// answers are the answered questions by section.
func (s *Site) answers(c echo.Context, sh *filling) []answered {
	fields := s.fields()
	if s.isConsultation(sh) {
		fields = s.questions(sh)
	}
	var out []answered
	for _, head := range s.Policy.Sections {
		sec := answered{ID: head.ID, Title: s.label(c, sh, head.ID, head.Name)}
		for _, f := range fields {
			if values := s.answerWords(c, sh, f); f.Section == head.ID && len(values) > 0 {
				sec.Rows = append(sec.Rows, row{s.label(c, sh, f.ID, f.Label), values})
			}
		}
		if len(sec.Rows) > 0 {
			out = append(out, sec)
		}
	}
	return out
}

// answerWords is an answer in words.
func (s *Site) answerWords(c echo.Context, sh *filling, f policy.Field) []string {
	lang, r := s.Server.Lang(c), sh.report
	values := r.Answers[f.ID]
	switch f.ID {
	case "track":
		values = []string{r.Track}
	case "category":
		values = []string{r.Category}
	case "language":
		values = []string{r.Language}
	case "institution":
		for _, u := range sh.chosen.Units {
			if u.ID == r.Unit {
				return []string{sh.chosen.Name, u.Name}
			}
		}
		return []string{sh.chosen.Name}
	case "excluded_handlers":
		return s.names(sh, lang)
	}
	return s.inWords(c, f, values)
}

// inWords are the values of a field as options and ticks are called.
func (s *Site) inWords(c echo.Context, f policy.Field, values []string) []string {
	lang := s.Server.Lang(c)
	var out []string
	for _, v := range values {
		i := slices.IndexFunc(f.Options, func(o policy.Option) bool { return o.ID == v })
		switch {
		case i >= 0:
			v = f.Options[i].Label.In(lang)
		case f.Type == "checkbox":
			v = s.Server.Printer(c).T("reporter.yes")
		}
		out = append(out, v)
	}
	return out
}

func (s *Site) names(sh *filling, lang string) []string {
	var out []string
	for _, id := range sh.report.Excluded {
		if m, err := sh.roster.Member(id); err == nil {
			out = append(out, s.memberWords(sh, m, lang))
		}
	}
	return out
}
