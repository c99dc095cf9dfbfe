package httpd

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/secret"
	"svilpe/internal/verdict"
)

// Desk is what the members' sites share: who is signed in, and the navigation
// that fits their offices.
type Desk struct {
	Server *Server
	Auth   *auth.Service
	Policy *policy.Policy
	// Verdict is what the program knows of its own record; handlers are warned by it.
	Verdict *verdict.Board
	// Ended answers a POST whose session has ended: 401 with what was typed and
	// the sign-in form. The site that signs in sets it.
	Ended func(c echo.Context) error
}

// MemberHandler answers a signed-in member.
type MemberHandler func(c echo.Context, who *auth.Session) error

// In lets appointed members through who hold one of the roles today (any, when
// none is named). For the others the page does not exist.
func (d *Desk) In(h MemberHandler, roles ...string) echo.HandlerFunc {
	return d.Enrolled(func(c echo.Context, who *auth.Session) error {
		if !who.Appointed || len(roles) > 0 && !who.Has(roles...) {
			return ethics.ErrNotFound
		}
		return h(c, who)
	})
}

// Enrolled lets everyone signed in through, also who waits for an appointment.
func (d *Desk) Enrolled(h MemberHandler) echo.HandlerFunc {
	return func(c echo.Context) error {
		cookie, ok := secret.ReadCookie(d.Server.Cookies.Get(c, CookieDesk))
		who, err := (*auth.Session)(nil), ethics.ErrSessionEnded
		if ok {
			who, err = d.Auth.Session(c.Request().Context(), cookie)
		}
		if !errors.Is(err, ethics.ErrSessionEnded) {
			if err != nil {
				return err
			}
			return h(c, who)
		}
		if c.Request().Method == http.MethodPost {
			return d.Ended(c)
		}
		if errors.Is(err, auth.ErrFounded) {
			return c.Redirect(http.StatusSeeOther, "/desk/sign-in?founded") // and says why
		}
		return c.Redirect(http.StatusSeeOther, "/desk/sign-in")
	}
}

// Page starts a view's page with the member's name, navigation and warning.
func (d *Desk) Page(c echo.Context, who *auth.Session, titleKey string, args ...any) Page {
	p := d.Server.Page(c, titleKey, args...)
	p.Member = who.Name
	p.Warning = d.warning(c, who)
	p.Session, p.StayAt = int(d.Auth.Limits.Idle.Seconds()), "/desk/account"
	t := d.Server.Printer(c)
	link := func(href, key string) {
		within := href != "/desk" && strings.HasPrefix(c.Path(), href+"/")
		p.Nav = append(p.Nav, Link{Href: href, Text: t.T(key), Current: c.Path() == href, Within: within})
	}
	handles := who.Has(appoint.RoleResponsible, appoint.RoleChair, appoint.RoleMember)
	if who.Appointed || who.Roster != nil {
		link("/desk", "desk.nav.today")
		if !who.Appointed { // the own words, to compare with those who will sign
			link("/desk/founding", "desk.nav.words")
		}
	} else {
		link("/desk/founding", "desk.nav.founding")
	}
	if handles || who.Has(appoint.RoleAuditor) {
		link("/desk/cases", "desk.nav.cases")
	}
	if handles {
		link("/desk/approvals", "desk.nav.approvals")
	}
	if who.Has(appoint.RoleTrust) {
		link("/desk/consultations", "consult.nav")
	}
	if who.Has(appoint.RoleTrust, appoint.RoleContact, appoint.RoleResponsible) {
		link("/desk/enter", "desk.nav.enter")
	}
	if who.Has(appoint.RoleResponsible) {
		link("/desk/gifts", "gift.nav")
	}
	if who.Has(d.Policy.Erasers().Any()...) {
		link("/desk/erasure", "erasure.nav")
	}
	if who.Appointed {
		link("/desk/lessons", "lessons.title")
	}
	if handles || who.Has(appoint.RoleAdministrator) {
		link("/desk/appointments", "desk.nav.appointments")
	}
	if who.Has(appoint.RoleAdministrator) {
		link("/desk/setup", "desk.nav.setup")
	}
	if who.Has(appoint.RoleAuditor, appoint.RoleAdministrator) {
		link("/desk/log", "desk.nav.log")
	}
	if who.Roster != nil {
		link("/desk/help", "desk.nav.help")
	}
	link("/desk/account", "desk.nav.account")
	return p
}
