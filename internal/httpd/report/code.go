package report

import (
	"errors"
	"fmt"
	"html/template"

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
	Consultation     bool // a consultation's code
	CodeNotes        []string
	// Address is where to come back, for the card to print, and QR the same for
	// a telephone. Both are empty where nobody has said what the address is.
	Address string
	QR      template.HTML
}

// Format hides the code.
func (codeView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// file hands the report in and shows the case code, without a redirect: that
// would mean keeping the secret. The same form sent twice shows it again.
func (s *Site) file(c echo.Context, sh *filling) error {
	if sh.chosen.ID == "" || !sh.wayKnown() || len(sh.faults) > 0 {
		return s.refuse(c, sh, nil)
	}
	if sh.needsApproval() && !sh.by.approved {
		return s.checked(c, sh, 422)
	}
	take := s.Intake.File
	if s.isConsultation(sh) {
		take = s.Intake.Consult
	}
	filed, err := take(c.Request().Context(), sh.attached.Draft, sh.report)
	var errs ethics.FieldErrors
	if errors.As(err, &errs) {
		return s.refuse(c, sh, errs)
	}
	if errors.Is(err, ethics.ErrQuota) {
		return s.checked(c, sh, full)
	}
	if err != nil {
		return err
	}
	httpd.MadeAgain(c)
	if filed.Replaced {
		return s.replaced(c, sh)
	}
	groups := filed.Code.Groups()
	v := codeView{
		Page: s.page(c, sh, "reporter.code.title"), Groups: groups[:], Number: filed.Number,
		Received: filed.Received, AckDue: filed.AckDue, Again: filed.Again, Differs: filed.Differs,
		CodeNotes: s.notes(s.Server.Lang(c), "access_code"),
	}
	v.LangPath = ""
	if v.Consultation = s.isConsultation(sh); v.Consultation {
		v.Title = s.Server.Printer(c).T("consult.sent")
	}
	if v.Address = httpd.Address(s.Server.Config().Site); v.Address != "" {
		if v.QR, err = httpd.QR(v.Address, s.Server.Printer(c).T("reporter.code.card_qr")); err != nil {
			return err
		}
	}
	if sh.by != nil {
		return s.entered(c, sh, v)
	}
	return s.Server.Render(c, 200, "reporter/code", v)
}

type replacedView struct {
	httpd.Page
	Desk bool // a member entered it
}

// replaced says that this form was filed and that its code, which only who holds
// the form ever saw, opens nothing any more. It names no number and no day.
func (s *Site) replaced(c echo.Context, sh *filling) error {
	v := replacedView{Page: s.page(c, sh, "loose.replaced.title"), Desk: sh.by != nil}
	v.LangPath = ""
	return s.Server.Render(c, 200, "reporter/replaced", v)
}
