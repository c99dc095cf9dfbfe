package report

import (
	"errors"
	"fmt"

	"github.com/labstack/echo/v4"

	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

type codeView struct {
	httpd.Page
	Groups           []string
	Number, Received string
	AckDue           string
	Again, Differs   bool
	CodeNotes        []string
}

// Format hides the code.
func (codeView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// file hands the report in and shows the case code, without a redirect: that
// would mean keeping the secret. The same form sent twice shows it again.
func (s *Site) file(c echo.Context, sh *sheet) error {
	if sh.chosen.ID == "" || len(sh.faults) > 0 {
		return s.refuse(c, sh, nil)
	}
	filed, err := s.Intake.File(c.Request().Context(), sh.attached.Draft, sh.report)
	var errs ethics.FieldErrors
	if errors.As(err, &errs) {
		return s.refuse(c, sh, errs)
	}
	if err != nil {
		return err
	}
	groups := filed.Code.Groups()
	v := codeView{
		Page: s.Server.Page(c, "reporter.code.title"), Groups: groups[:], Number: filed.Number,
		Received: filed.Received, AckDue: filed.AckDue, Again: filed.Again, Differs: filed.Differs,
		CodeNotes: s.notes(s.Server.Lang(c), "access_code"),
	}
	v.LangPath = ""
	return s.Server.Render(c, 200, "reporter/code", v)
}
