package mycase

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/httpd"
)

// leave ends the visit and goes to a neutral page. It must work whatever state
// the visit is in: a visit that cannot be ended now ends by its time.
func (s *Site) leave(c echo.Context) error {
	if cookie, ok := s.cookie(c); ok {
		_ = s.Dialogue.Leave(c.Request().Context(), cookie)
	}
	for _, name := range []string{httpd.CookieCase, httpd.CookieLang} {
		s.Server.Cookies.Clear(c, name)
	}
	c.Response().Header().Set("Clear-Site-Data", `"storage"`)
	c.Response().Header().Set("Referrer-Policy", "no-referrer")
	return c.Redirect(http.StatusSeeOther, s.Server.Config().Site.LeaveURL)
}
