// Package report is the public door: the start page, what one should know
// before writing, the form, the check page and the case code. One action a
// file; start with Site.Register.
//
// Nothing typed is stored until it is filed: each page carries all of it to the
// next, and files are sealed while they arrive. The package holds public keys
// only and cannot reach unseal.
package report

import (
	"github.com/labstack/echo/v4"

	"svilpe/internal/httpd"
	"svilpe/internal/intake"
	"svilpe/internal/policy"
)

// Site is the reporters' public pages.
type Site struct {
	Server *httpd.Server
	Desk   *httpd.Desk // for RegisterDesk only
	Intake *intake.Service
	Policy *policy.Policy
}

// Register adds the routes to Server.Echo.
func (s *Site) Register() {
	e := s.Server.Echo
	e.GET("/", s.start)
	e.GET("/safety", s.safety)
	e.GET("/privacy", s.privacy)
	e.GET("/about", s.about)
	if s.Server.Demo() {
		e.GET("/about/components", s.components)
	}
	e.GET("/log/checkpoint", s.checkpoint)
	e.GET("/log/key", s.logKey)
	e.GET("/report", s.open)
	e.POST("/report", s.post)
	e.GET("/gifts", s.giftForm)
	e.POST("/gifts", s.declareGift)
}

// steps are what a button of the form may ask for; each answers with a page.
func (s *Site) steps() map[string]func(echo.Context, *filling) error {
	return map[string]func(echo.Context, *filling) error{
		"place": s.place, "institution": s.institution, "form": s.edit, "edit": s.edit,
		"check": s.check, "file": s.file,
	}
}

// post reads the whole form and does what its button asks. A language button
// shows the page it stands on again, in that language.
func (s *Site) post(c echo.Context) error { return s.posted(c, nil) }

func (s *Site) posted(c echo.Context, by *memberEntry) error {
	sh, err := s.read(c, by)
	if err != nil {
		return err
	}
	if sh.cut {
		return s.form(c, sh, 413)
	}
	if lang := sh.form.Get("lang_switch"); lang != "" {
		if !s.Server.SwitchLang(c, lang) {
			return httpd.ErrMalformed
		}
		return s.again(c, sh)
	}
	step, known := s.steps()[sh.form.Get("step")]
	if !known {
		return httpd.ErrMalformed
	}
	return step(c, sh)
}

// again is the page that the form was sent from.
func (s *Site) again(c echo.Context, sh *filling) error {
	switch sh.form.Get("at") {
	case "institution":
		return s.place(c, sh)
	case "check":
		return s.check(c, sh)
	}
	return s.edit(c, sh)
}
