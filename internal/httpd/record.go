package httpd

import (
	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/verdict"
)

// Warning stands above a member's page while the record may not be relied on.
type Warning struct{ Kind, Title, Text string }

// warned are the offices that act on what they read here, or look after it. Whoever
// holds none of them reads nothing that was stored of a case.
var warned = []string{
	appoint.RoleResponsible, appoint.RoleChair, appoint.RoleMember, appoint.RoleTrust, appoint.RoleAuditor,
	appoint.RoleAdministrator,
}

// warning asks the board, which is memory: no page waits for it, and nobody who
// writes the database can change what it says.
func (d *Desk) warning(c echo.Context, who *auth.Session) *Warning {
	state, kind := d.Verdict.State(), "danger"
	if state == verdict.Sound || !who.Has(warned...) {
		return nil
	}
	if state == verdict.Checking {
		kind = "info"
	}
	t, key := d.Server.Printer(c), "layout.record_"+string(state)
	return &Warning{Kind: kind, Title: t.T(key), Text: t.T(key + "_text")}
}
