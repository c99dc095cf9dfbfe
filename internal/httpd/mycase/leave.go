package mycase

import "github.com/labstack/echo/v4"

// leave ends the visit and goes to a neutral page. It must work whatever state
// the visit is in: a visit that cannot be ended now ends by its time.
func (s *Site) leave(c echo.Context) error {
	if cookie, ok := s.cookie(c); ok {
		_ = s.Dialogue.Leave(c.Request().Context(), cookie)
	}
	return s.Server.Leave(c)
}
