package admin

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/registry"
	"svilpe/internal/store"
)

// enrolled is a person whose appointment can be prepared.
type enrolled struct {
	ID, Name, Email      string
	Institution, Offices string
	Words                []string
	Field                string // id of the date
	Until, Error         string
}

// prepare puts an enrolled person's appointment before the signers.
func (s *Site) prepare(c echo.Context, who *auth.Session) error {
	form, err := s.form(c)
	if err != nil {
		return err
	}
	member, until := form.Get("member"), strings.TrimSpace(form.Get("until"))
	err = s.Registry.PrepareAppointment(c.Request().Context(), &who.Acting, member, until)
	var errs ethics.FieldErrors
	switch {
	case errors.As(err, &errs):
		return s.appointmentsPage(c, who, form, &refused{id: member, kind: errs[0]})
	case errors.Is(err, ethics.ErrConflict): // prepared already
	case err != nil:
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/desk/appointments")
}

// term writes first and last day.
func (s *Site) term(c echo.Context, from, until ethics.Day) string {
	t := s.Desk.Server.Printer(c)
	if until == "" {
		return t.T("admin.term.open", "From", t.Short(from))
	}
	return t.T("admin.term.ends", "From", t.Short(from), "Until", t.Short(until))
}

// toPrepare lists the enrolled whose appointment is not before the signers yet.
func (s *Site) toPrepare(
	c echo.Context, who *auth.Session, waiting []registry.Waiting, people []store.Enrolment, v *appointmentsView,
) {
	places := s.places(who.Roster, waiting)
	for _, e := range people {
		if slices.ContainsFunc(waiting, func(w registry.Waiting) bool {
			return w.Stale == nil && w.Appointment != nil && w.Appointment.Member == e.ID
		}) {
			continue
		}
		if len(v.People) == shown {
			v.More++
			continue
		}
		p := s.person(c, e, places)
		p.Field = "until-" + strconv.Itoa(len(v.People))
		v.People = append(v.People, p)
	}
}

func (s *Site) person(c echo.Context, e store.Enrolment, places []appoint.Institution) enrolled {
	return enrolled{
		ID: e.ID, Name: e.Name, Email: e.Email, Institution: placeName(places, e.Institution),
		Offices: s.offices(c, strings.Split(e.Roles, ",")), Words: appoint.CheckWords(e.Recipient, e.Verifier),
	}
}
