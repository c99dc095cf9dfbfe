package httpd

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// leavePath is what «leave quickly» on every page calls.
const leavePath = "/leave"

// Leave goes to a neutral page and takes from the browser what it keeps of a visit.
func (s *Server) Leave(c echo.Context) error {
	for _, name := range []string{CookieCase, CookieLang} {
		s.Cookies.Clear(c, name)
	}
	c.Response().Header().Set("Clear-Site-Data", `"storage"`)
	c.Response().Header().Set("Referrer-Policy", "no-referrer")
	return c.Redirect(http.StatusSeeOther, s.opt.Config.Site.LeaveURL)
}
