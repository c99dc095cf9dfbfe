package member

import (
	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/policy"
)

// state signs the no-conflict statement, before which no case opens.
func (s *Site) state(c echo.Context, who *auth.Session) error {
	return s.act(c, who, formState, "", constWord("stated"), nil, func(
		f *httpd.Form, draft derive.Secret,
	) (casework.Taken, error) {
		ctx, number := c.Request().Context(), c.Param("number")
		if _, err := s.Casework.Cover(ctx, &who.Acting, number); err != nil {
			return casework.Taken{}, err
		}
		if f.Get("no_conflict") != policy.Ticked {
			return casework.Taken{}, ethics.FieldErrors{{Field: "no_conflict", Kind: ethics.FaultRequired}}
		}
		return casework.Taken{}, s.Casework.State(ctx, &who.Acting, number, draft)
	})
}
