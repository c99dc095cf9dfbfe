// Package mycase is the reporter's return: the case code, the case page,
// messages both ways, files, withdrawal, and leaving. Start with Site.Register.
//
// It reaches sealed things through dialogue only. A visit that ends loses
// nothing: what was typed and attached comes back after the code is entered
// again, but only into the case it was written in.
package mycase

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/policy"
	"svilpe/internal/secret"
)

// Site is the returning reporters' pages.
type Site struct {
	Server   *httpd.Server
	Dialogue *dialogue.Service
	Policy   *policy.Policy
	// FilesOpen tells whether files can be taken just now: the bound on what is
	// not filed yet counts for reports and messages together
	// (intake.Service.FilesOpen).
	FilesOpen func(context.Context) (bool, error)
}

// Register adds the routes to Server.Echo.
func (s *Site) Register() {
	e := s.Server.Echo
	e.GET("/status", s.status)
	e.POST("/status", s.enter)
	e.GET("/case", s.open)
	e.POST("/case/messages", s.send)
	e.GET("/case/files/:id", s.download)
	e.GET("/case/withdraw", s.askWithdraw)
	e.POST("/case/withdraw", s.withdraw)
	e.GET("/case/identity", s.askIdentity)
	e.POST("/case/identity", s.identify)
	e.GET("/case/new-code", s.askNewCode)
	e.POST("/case/new-code", s.newCode)
	e.GET("/case/retaliation", s.askRetaliation)
	e.POST("/case/retaliation", s.retaliation)
	e.POST("/case/mediation", s.mediation)
	e.POST("/case/check-in", s.checkIn)
	e.GET("/consultation", s.openConsultation)
	e.POST("/consultation/messages", s.say)
	e.GET("/consultation/end", s.askEndConsultation)
	e.POST("/consultation/end", s.endConsultation)
	e.GET("/leave", s.leave)
}

// visited starts a page of a running visit.
func (s *Site) visited(c echo.Context, titleKey string) httpd.Page {
	p := s.Server.Page(c, titleKey)
	p.Session, p.StayAt = int(s.Dialogue.Limits.Idle.Seconds()), "/case"
	return p
}

// cookie is the visit's, false when there is none.
func (s *Site) cookie(c echo.Context) (secret.Cookie, bool) {
	return secret.ReadCookie(s.Server.Cookies.Get(c, httpd.CookieCase))
}

// visit is who asks; ErrSessionEnded without a running visit. In one to a
// consultation no case is found, and the other way round.
func (s *Site) visit(c echo.Context) (dialogue.Visit, error) {
	cookie, ok := s.cookie(c)
	if !ok {
		return dialogue.Visit{}, ethics.ErrSessionEnded
	}
	return s.Dialogue.Visit(c.Request().Context(), cookie)
}

// ended answers a GET without a visit: a page that says so where there was one,
// else the page that asks for the code.
func (s *Site) ended(c echo.Context, err error) error {
	if !errors.Is(err, ethics.ErrSessionEnded) {
		return err
	}
	if s.Server.Cookies.Get(c, httpd.CookieCase) == "" {
		return c.Redirect(http.StatusSeeOther, "/status")
	}
	return s.ask(c, http.StatusUnauthorized, "", nil, false)
}
