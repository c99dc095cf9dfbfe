package member

import (
	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/httpd"
)

// assign gives colleagues a key to the case, signed by this member.
func (s *Site) assign(c echo.Context, who *auth.Session) error {
	names := map[string]string{"reason": "assign_reason"}
	return s.act(c, who, formAssign, "", constWord("assigned"), names, func(
		f *httpd.Form, draft derive.Secret,
	) (casework.Taken, error) {
		return s.Casework.Assign(c.Request().Context(), &who.Acting, c.Param("number"), draft,
			f.All("members"), f.Get("assign_reason"))
	})
}
