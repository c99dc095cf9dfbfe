package report

import (
	"fmt"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/policy"
	"svilpe/internal/routing"
)

// open begins a report. Where there are several institutions, the first page
// asks only which: whose handlers may be excluded depends on it.
func (s *Site) open(c echo.Context) error {
	return s.beginReport(c, nil)
}

func (s *Site) beginReport(c echo.Context, by *memberEntry) error {
	sh, err := s.newFilling(c.Request().Context(), by)
	if err != nil {
		return err
	}
	if by == nil && c.QueryParam("track") == policy.Consultation {
		sh.form = httpd.Filled("track", policy.Consultation) // the door to the trust persons
	}
	if sh.chosen.ID == "" || by != nil {
		return s.place(c, sh)
	}
	return s.institution(c, sh)
}

type institutionView struct {
	httpd.Page
	Action string
	Errors []httpd.FieldError
	Head   httpd.FormHead
	Field  httpd.Field
	Way    *httpd.Field   // how it came, where a member enters it
	Hidden []httpd.Hidden // answers already given, when the choice is changed
}

// Format hides what was typed.
func (institutionView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// place asks which institution or unit the report is about.
func (s *Site) place(c echo.Context, sh *filling) error { return s.askPlace(c, sh, 200, "") }

func (s *Site) askPlace(c echo.Context, sh *filling, status int, wrong string) error {
	p := s.Server.Printer(c)
	v := institutionView{
		Page: s.page(c, sh, "reporter.institution.title"), Head: s.head(c, sh, "institution"), Action: sh.action(),
		Field:  s.placeField(c, sh, sh.places()),
		Hidden: s.hiddenAnswers(sh, "institution"),
	}
	// Nothing is typed yet on the first page: its languages are plain links, and the
	// installation's own institution stands chosen, as it does for most who come.
	v.LangPath = sh.action()
	if sh.by != nil {
		way := s.wayField(c, sh)
		v.Way = &way
	}
	if len(v.Hidden) > 0 {
		v.LangPath = ""
	}
	switch {
	case wrong == faultWay:
		v.Way.Error = p.T(wrong)
		v.Errors = []httpd.FieldError{{Field: "way", Text: p.T(wrong)}}
	case wrong != "":
		v.Field.Error = p.T(wrong)
		v.Errors = []httpd.FieldError{{Field: "institution", Text: p.T(wrong)}}
	}
	return s.Server.Render(c, status, "reporter/institution", v)
}

// placeField lists institutions and, under each, its units.
func (s *Site) placeField(c echo.Context, sh *filling, all []appoint.Institution) httpd.Field {
	q, _ := s.Policy.Field("institution")
	lang := s.Server.Lang(c)
	f := httpd.Field{Kind: "select", Name: "institution", Label: q.Label.In(lang), Hint: q.Help.In(lang)}
	now := sh.placeValue()
	for _, in := range all {
		group := ""
		if len(in.Units) > 0 {
			group = in.Name
		}
		f.Choices = append(f.Choices, httpd.Choice{Value: in.ID, Label: in.Name, Group: group, Chosen: now == in.ID})
		for _, u := range in.Units {
			value := in.ID + "/" + u.ID
			f.Choices = append(f.Choices, httpd.Choice{Value: value, Label: u.Name, Group: group, Chosen: now == value})
		}
	}
	return f
}

// placeValue is the choice as the field holds it.
func (sh *filling) placeValue() string {
	if sh.report.Unit != "" {
		return sh.chosen.ID + "/" + sh.report.Unit
	}
	return sh.chosen.ID
}

// institution answers the choice with the form, or says at once that nobody
// could read a report there today.
func (s *Site) institution(c echo.Context, sh *filling) error {
	if sh.chosen.ID == "" {
		return s.askPlace(c, sh, 422, "reporter.error.institution")
	}
	if !sh.wayKnown() {
		return s.askPlace(c, sh, 422, faultWay)
	}
	if !s.isConsultation(sh) && !routing.Ready(sh.roster, sh.chosen.ID, s.Intake.Today()) {
		return s.notReady(c, sh)
	}
	return s.form(c, sh, 200)
}

type notReadyView struct {
	httpd.Page
	Action      string
	Place       string
	Others      []string // institutions here that can take a report
	Authorities []string
}

// notReady is said before anything is typed: fewer than two people could open
// a report to this institution.
func (s *Site) notReady(c echo.Context, sh *filling) error {
	v := notReadyView{
		Page: s.page(c, sh, "reporter.not_ready.title"), Action: sh.action(), Place: sh.chosen.Name,
		Authorities: s.authorities(s.Server.Lang(c)),
	}
	v.LangPath = ""
	for _, in := range sh.places() {
		if routing.Ready(sh.roster, in.ID, s.Intake.Today()) {
			v.Others = append(v.Others, in.Name)
		}
	}
	return s.Server.Render(c, 503, "reporter/not-ready", v)
}
