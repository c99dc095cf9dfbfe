package admin

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/registry"
	"svilpe/internal/store"
)

// prepareDistinct puts before the signers that two of one name are two people.
func (s *Site) prepareDistinct(c echo.Context, who *auth.Session) error {
	form, err := s.form(c)
	if err != nil {
		return err
	}
	members := form.All("member")
	if len(members) != 2 {
		return httpd.ErrMalformed
	}
	err = s.Registry.PrepareDistinct(c.Request().Context(), &who.Acting, [2]string{members[0], members[1]})
	if err != nil && !errors.Is(err, ethics.ErrConflict) { // prepared already
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/desk/appointments")
}

// alike lists people of one name about whom nothing waits.
func (s *Site) alike(
	c echo.Context, who *auth.Session, waiting []registry.Waiting, people []store.Enrolment, v *appointmentsView,
) error {
	all, err := s.Registry.Namesakes(c.Request().Context(), &who.Acting)
	if err != nil {
		return err
	}
	places := s.places(who.Roster, waiting)
	for _, pair := range all {
		if slices.ContainsFunc(waiting, func(w registry.Waiting) bool {
			return w.Stale == nil && w.Distinct != nil && w.Distinct.Members == pair
		}) {
			continue
		}
		if len(v.Alike) == shown {
			v.More++
			continue
		}
		x := statement{Members: pair}
		s.tellApart(c, who, places, people, &x)
		v.Alike = append(v.Alike, x)
	}
	return nil
}

// tellApart shows of two of one name what the pages know of each: offices and
// terms. The name is that of either.
func (s *Site) tellApart(
	c echo.Context, who *auth.Session, places []appoint.Institution, people []store.Enrolment, x *statement,
) {
	t := s.Desk.Server.Printer(c)
	for _, id := range x.Members {
		name := ""
		if m, err := who.Roster.Member(id); err == nil {
			name = m.Name
			for _, a := range m.Appointments {
				x.Facts = append(x.Facts,
					fact{name, placeName(places, a.Institution) + ", " + s.offices(c, a.Roles) + ", " +
						s.term(c, a.From, a.Until)})
			}
		}
		for _, e := range people {
			if e.ID == id {
				p := s.person(c, e, places)
				name = p.Name
				x.Facts = append(x.Facts,
					fact{name, p.Institution + ", " + t.T("admin.distinct.waiting", "Offices", p.Offices)})
			}
		}
		x.Title = t.T("admin.distinct.statement", "Name", name)
	}
}

// whyUnsignable says in calm words why what waits cannot be signed any more, or not by this
// member.
func (s *Site) whyUnsignable(c echo.Context, who *auth.Session, w registry.Waiting) string {
	t := s.Desk.Server.Printer(c)
	switch {
	case errors.Is(w.Stale, appoint.ErrLate):
		return t.T("admin.appointments.late", "Day", t.Short(w.By))
	case errors.Is(w.Stale, appoint.ErrDuties):
		return t.T("admin.appointments.duties")
	case w.Stale != nil:
		return t.T("admin.appointments.overtaken")
	case s.Registry.OtherID(&who.Acting, w):
		return t.T("admin.appointments.same_name")
	}
	return ""
}
