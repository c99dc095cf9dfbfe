package report

import (
	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/httpd"
)

type startView struct {
	httpd.Page
	Ack, Feedback string // periods in words, from the settings
	Authorities   []string
	Trusted       []person
	Consultation  bool // somebody could be talked to first
}

// person is a member as reporters may know them: name, offices, how to reach.
type person struct {
	ID, Name, Offices, Contact, Institution string
}

func (s *Site) start(c echo.Context) error {
	roster, err := s.Intake.Roster(c.Request().Context())
	if err != nil {
		return err
	}
	lang := s.Server.Lang(c)
	v := startView{
		Page: s.Server.Page(c, "reporter.start.title"),
		Ack:  s.Policy.Within("ack", lang), Feedback: s.Policy.Within("feedback", lang),
		Authorities: s.authorities(lang), Trusted: s.trusted(roster),
	}
	v.Consultation = len(v.Trusted) > 0
	return s.Server.Render(c, 200, "reporter/start", v)
}

// authorities are the outside channels, in the reader's language.
func (s *Site) authorities(lang string) []string {
	var out []string
	for _, a := range s.Policy.OfferedAuthorities() {
		out = append(out, a.Name.In(lang))
	}
	return out
}

// trusted are the trust persons in term, with the contact they gave.
func (s *Site) trusted(roster *appoint.Roster) []person {
	var out []person
	for _, in := range roster.Institutions() {
		for _, m := range roster.Serving(in.ID, s.Intake.Today(), appoint.RoleTrust) {
			p := person{ID: m.ID, Name: m.Name, Institution: in.Name}
			for _, a := range m.Appointments {
				if a.Institution == in.ID && a.Contact != "" && appoint.InTerm(a, s.Intake.Today()) {
					p.Contact = a.Contact
				}
			}
			out = append(out, p)
		}
	}
	return out
}
