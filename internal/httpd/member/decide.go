package member

import (
	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// decide approves or rejects what a colleague proposed. The proposer is refused
// by casework and by the store, whatever this page offered.
func (s *Site) decide(c echo.Context, who *auth.Session) error {
	done := func(f *httpd.Form) string {
		if f.Get("verdict") == "approve" {
			return "approved"
		}
		return "rejected"
	}
	return s.act(c, who, formDecide, c.Param("id"), done, nil, func(
		f *httpd.Form, draft derive.Secret,
	) (casework.Taken, error) {
		ctx, number, verdict := c.Request().Context(), c.Param("number"), f.Get("verdict")
		if verdict != "approve" && verdict != "reject" {
			// Enter in a field presses no verdict. The case is asked first, so that
			// this answer tells nothing of a case that is not theirs.
			if _, err := s.Casework.Cover(ctx, &who.Acting, number); err != nil {
				return casework.Taken{}, err
			}
			return casework.Taken{}, ethics.FieldErrors{{Field: "reason", Kind: ethics.FaultVerdict}}
		}
		return s.Casework.Decide(ctx, &who.Acting, number, c.Param("id"), draft, verdict == "approve", f.Get("reason"))
	})
}
