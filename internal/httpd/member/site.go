// Package member is the members' desk: signing in, what is due today, the list
// of cases, one case with its one next step, and the own account. Everything
// works without scripts. A handler reads its form, calls one function below and
// renders; what a member may do is asked there, not here.
//
// Start with Site.Register. It promises that a case without a grant answers
// like one that does not exist, on every address and with every method, and
// that a form whose session ended comes back whole after signing in.
package member

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/httpd"
	"svilpe/internal/insight"
	"svilpe/internal/policy"
	"svilpe/internal/registry"
)

// Site is the members' desk on one server.
type Site struct {
	Desk     *httpd.Desk
	Auth     *auth.Service
	Casework *casework.Service
	Insight  *insight.Service
	Registry *registry.Service
	Policy   *policy.Policy
	Now      func() time.Time
	Practice func() []Practice // logins of a practice instance, nil on a real one
}

// handling are the roles that work on cases.
var handling = []string{appoint.RoleResponsible, appoint.RoleChair, appoint.RoleMember}

// Register adds the desk's routes, and what every members' site answers when a
// session ended while somebody wrote.
func (s *Site) Register() {
	s.Desk.Ended = s.ended
	e := s.Desk.Server.Echo
	e.GET("/desk/sign-in", s.signInForm)
	e.POST("/desk/sign-in", s.signIn)
	e.POST("/desk/sign-out", s.signOut)
	e.GET("/desk/account", s.Desk.Enrolled(s.account))
	e.POST("/desk/account/password", s.Desk.Enrolled(s.changePassword))
	e.POST("/desk/account/end-others", s.Desk.Enrolled(s.endOthers))
	e.GET("/desk", s.Desk.Enrolled(s.today))
	e.GET("/desk/cases", s.Desk.In(s.cases, append([]string{appoint.RoleAuditor}, handling...)...))
	e.GET("/desk/gifts", s.Desk.In(s.gifts, appoint.RoleResponsible))
	e.GET(consultationsPath, s.Desk.In(s.consultations, appoint.RoleTrust))
	e.GET(consultationsPath+"/:consultation", s.Desk.In(s.consultation, appoint.RoleTrust))
	e.POST(consultationsPath+"/:consultation/messages", s.Desk.In(s.answerConsultation, appoint.RoleTrust))
	e.POST(consultationsPath+"/:consultation/notes", s.Desk.In(s.noteConsultation, appoint.RoleTrust))
	e.POST(consultationsPath+"/:consultation/end", s.Desk.In(s.endConsultation, appoint.RoleTrust))
	e.GET("/desk/erasure", s.Desk.In(s.erasure, s.Policy.Erasers().Any()...))
	e.GET("/desk/erasure/:id", s.Desk.In(s.eraseForm, s.Policy.Erasers().Any()...))
	e.POST("/desk/erasure/:id", s.Desk.In(s.erase, s.Policy.Erasers().Any()...))
	e.GET("/desk/approvals", s.Desk.In(s.approvals, handling...))
	e.GET("/desk/lessons", s.Desk.Enrolled(s.lessons))
	e.GET("/desk/lessons/text", s.Desk.Enrolled(s.lessonsText))
	const one = "/desk/cases/:number"
	e.GET(one+"/decision", s.Desk.In(s.decision, handling...))
	e.POST(one+"/decision", s.Desk.In(s.takeDecision, handling...))
	e.GET(one+"/measures", s.Desk.In(s.measures, handling...))
	e.GET(one+"/package", s.Desk.In(s.packages, handling...))
	e.POST(one+"/package", s.Desk.In(s.downloadPackage, handling...))
	e.GET(one+"/export", s.Desk.In(s.export, handling...))
	e.POST(one+"/export", s.Desk.In(s.download, handling...))
	e.GET(one+"/protection", s.Desk.In(s.watch, handling...))
	e.GET(one, s.Desk.In(s.oneCase, handling...))
	e.POST(one+"/statement", s.Desk.In(s.state, handling...))
	e.GET(one+"/steps/:id", s.Desk.In(s.stepForm, handling...))
	e.POST(one+"/steps/:id", s.Desk.In(s.takeStep, handling...))
	e.POST(one+"/messages", s.Desk.In(s.sendMessage, handling...))
	e.POST(one+"/notes", s.Desk.In(s.addNote, handling...))
	e.POST(one+"/assign", s.Desk.In(s.assign, handling...))
	e.POST(one+"/proposals/:id", s.Desk.In(s.decide, handling...))
	e.GET(one+"/identity", s.Desk.In(s.identity, handling...))
	e.POST(one+"/identity", s.Desk.In(s.openIdentity, appoint.RoleResponsible, appoint.RoleChair))
	e.GET(one+"/redact", s.Desk.In(s.redactList, handling...))
	e.GET(one+"/redact/:id", s.Desk.In(s.redactForm, handling...))
	e.POST(one+"/redact/:id", s.Desk.In(s.redact, handling...))
	e.GET(one+"/original/:id", s.Desk.In(s.original, handling...))
	e.GET(one+"/recuse", s.Desk.In(s.recuseForm, handling...))
	e.POST(one+"/recuse", s.Desk.In(s.recuse, handling...))
	e.GET(one+"/exclude", s.Desk.In(s.excludeList, handling...))
	e.GET(one+"/exclude/:id", s.Desk.In(s.excludeForm, handling...))
	e.POST(one+"/exclude/:id", s.Desk.In(s.exclude, handling...))
	e.GET(one+"/escalate", s.Desk.In(s.escalateForm, handling...))
	e.POST(one+"/escalate", s.Desk.In(s.escalate, handling...))
	for _, path := range []string{"/desk/account/handover", "/desk/account/handover/:id"} {
		e.GET(path, s.Desk.In(s.handOverForm, handling...))
		e.POST(path, s.Desk.In(s.handOver, handling...))
	}
	e.GET(one+"/files/:id", s.Desk.In(s.file, handling...))
}

// page starts a view's page. Its language links lead to the very address, which
// on the desk may hold a register number.
func (s *Site) page(c echo.Context, who *auth.Session, title string, args ...any) httpd.Page {
	p := s.Desk.Page(c, who, title, args...)
	if c.Request().Method == http.MethodGet {
		p.LangPath = c.Request().URL.Path
	}
	return p
}

// render answers with one of this site's pages.
func (s *Site) render(c echo.Context, status int, name string, view any) error {
	return s.Desk.Server.Render(c, status, "member/"+name, view)
}

// seeOther is the answer to a form that was stored.
func seeOther(c echo.Context, path string) error { return c.Redirect(http.StatusSeeOther, path) }
