package report

import (
	"slices"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// faultWay says that it was not said how the report came.
const faultWay = "enter.error.way"

// memberEntry is a member who writes down what somebody reported by telephone, in
// person or by post, or begins a case for the institution itself.
type memberEntry struct {
	who      *auth.Session
	way      string // one of ethics.EnteredWays or OwnWays
	approved bool   // the reporter heard or read the text and said that it is right
}

// RegisterDesk adds the same form for members who enter reports.
func (s *Site) RegisterDesk() {
	e := s.Server.Echo
	roles := []string{appoint.RoleTrust, appoint.RoleContact, appoint.RoleResponsible}
	e.GET("/desk/enter", s.Desk.In(func(c echo.Context, who *auth.Session) error {
		return s.beginReport(c, &memberEntry{who: who})
	}, roles...))
	e.POST("/desk/enter", s.Desk.In(func(c echo.Context, who *auth.Session) error {
		return s.posted(c, &memberEntry{who: who})
	}, roles...))
}

// action is where the form is sent.
func (sh *filling) action() string {
	if sh.by != nil {
		return "/desk/enter"
	}
	return "/report"
}

// places are the institutions a report may be about: for a member the own.
func (sh *filling) places() []appoint.Institution {
	all := sh.roster.Institutions()
	if sh.by == nil {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(in appoint.Institution) bool {
		return in.ID != sh.by.who.Institution
	})
}

// ways are how a report may have come to this member. Only a responsible person
// begins a case for the institution.
func (b *memberEntry) ways() []string {
	if b.who.Has(appoint.RoleResponsible) {
		return slices.Concat(ethics.EnteredWays, ethics.OwnWays)
	}
	return ethics.EnteredWays
}

func (sh *filling) wayKnown() bool { return sh.by == nil || slices.Contains(sh.by.ways(), sh.by.way) }

func (b *memberEntry) hidden() httpd.Hidden { return httpd.Hidden{Name: "way", Value: b.way} }

// own tells that there is no reporter.
func (b *memberEntry) own() bool { return slices.Contains(ethics.OwnWays, b.way) }

// needsApproval: what somebody said is written in the member's words, so the
// reporter must have agreed to them (Directive (EU) 2019/1937 Art. 18). A letter
// is copied, and a case without a reporter has nobody to ask.
func (sh *filling) needsApproval() bool {
	return sh.by != nil && (sh.by.way == ethics.WayPhone || sh.by.way == ethics.WayInPerson)
}

// page starts a page of the form: on the desk with the member's navigation.
func (s *Site) page(c echo.Context, sh *filling, key string) httpd.Page {
	if sh.by == nil {
		return s.Server.Page(c, key)
	}
	if own, ok := deskTitles[key]; ok {
		key = own
	}
	return s.Desk.Page(c, sh.by.who, key)
}

// deskTitles say to a member what the reporter's pages say to a reporter.
var deskTitles = map[string]string{
	"reporter.institution.title": "enter.title", "reporter.form.title": "enter.form_title",
	"reporter.check.title": "enter.check_title", "reporter.code.title": "enter.done_title",
}

func (s *Site) wayField(c echo.Context, sh *filling) httpd.Field {
	p := s.Server.Printer(c)
	f := httpd.Field{Kind: "radio", Name: "way", Label: p.T("enter.way"), Hint: p.T("enter.way_hint")}
	for _, way := range sh.by.ways() {
		f.Choices = append(f.Choices, httpd.Choice{Value: way, Label: p.T("way." + way), Chosen: sh.by.way == way})
	}
	return f
}

func (s *Site) approveField(c echo.Context, sh *filling, wrong bool) *httpd.Field {
	if !sh.needsApproval() {
		return nil
	}
	p := s.Server.Printer(c)
	f := httpd.Field{
		Kind: "checkbox", Name: "approved", Label: p.T("enter.approved"),
		Choices: []httpd.Choice{{Value: "yes", Label: p.T("enter.approved_tick"), Chosen: sh.by.approved}},
	}
	if wrong {
		f.Error = p.T("enter.error.approved")
	}
	return &f
}

type enteredView struct {
	codeView
	Own   bool // nobody gets a code
	Opens bool // the member is among the readers
}

// entered shows the code once, to hand over. Whoever entered the report gets no
// key to it for that: only routing gives keys.
func (s *Site) entered(c echo.Context, sh *filling, v codeView) error {
	out := enteredView{codeView: v, Own: sh.by.own()}
	readers, err := s.Intake.Readers(sh.roster, sh.report)
	out.Opens = err == nil && slices.ContainsFunc(readers, func(m appoint.Member) bool { return m.ID == sh.by.who.ID })
	if out.Own {
		out.Groups = nil
	}
	return s.Server.Render(c, 200, "reporter/entered", out)
}
