package admin

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/registry"
	"svilpe/internal/secret"
)

// totpSecret is the length of what secret.NewTOTP makes.
const totpSecret = 32

// enrolFields are the fields in the order of the page.
var enrolFields = []string{
	"code", "name", "email", "contact", "password", "password_again", "totp_code", "confidential",
}

type enrolView struct {
	httpd.Page
	Head   httpd.FormHead
	Errors faults
	Code   httpd.Field // the first step asks for it, the second carries it
	// The second step's.
	Institution, Offices string
	Founding             bool
	Fields               []httpd.Field // name, e-mail, contact, password twice
	Secret               string        // of the second factor; travels in the page
	Groups               []string
	QR                   template.HTML
	TOTPCode, Statement  httpd.Field
}

// Format hides what was typed and the second factor's secret.
func (enrolView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

type enrolledView struct {
	httpd.Page
	Founding bool
}

// enrolPage asks for the invitation's code, or says what happens next.
func (s *Site) enrolPage(c echo.Context) error {
	if done := c.QueryParam("done"); done != "" {
		v := enrolledView{Page: s.Desk.Server.Page(c, "admin.enrolled.title"), Founding: done == "founding"}
		v.LangPath = "" // the link would lose where one is
		return s.Desk.Server.Render(c, http.StatusOK, "admin/enrolled", v)
	}
	return s.askCode(c, nil, nil)
}

// enrol takes the code, then the person. The page carries everything between
// the two; nothing is stored before the last step.
func (s *Site) enrol(c echo.Context) error {
	form, err := s.form(c)
	if err != nil {
		return err
	}
	step, second := form.Get("step"), form.Has("totp_secret")
	switch {
	case form.Has("lang_switch") && !second:
		return s.askCode(c, form, nil)
	case step != "code" && step != "enrol" && !form.Has("lang_switch"), step == "enrol" && !second:
		return httpd.ErrMalformed
	}
	offer, err := s.Registry.Offer(c.Request().Context(), form.Get("code"))
	if errors.Is(err, registry.ErrInvitation) {
		return s.refuseCode(c, form)
	}
	if err != nil {
		return err
	}
	totp := form.Get("totp_secret")
	if !second {
		totp = secret.NewTOTP()
	} else if _, err := secret.URL(totp, "svilpe", "x"); err != nil || len(totp) != totpSecret {
		return httpd.ErrMalformed
	}
	if step != "enrol" || form.Has("lang_switch") {
		return s.askPerson(c, form, offer, totp, nil)
	}
	return s.enrolPerson(c, form, offer, totp)
}

func (s *Site) enrolPerson(c echo.Context, form *httpd.Form, offer registry.Offer, totp string) error {
	p := registry.Person{
		Code: form.Get("code"), Name: form.Get("name"), Email: form.Get("email"), Password: form.Get("password"),
		TOTPSecret: totp, TOTPCode: form.Get("totp_code"), Confidential: form.Get("confidential") == "yes",
	}
	errs := s.Registry.Check(p)
	if slices.Contains(offer.Roles, appoint.RoleTrust) {
		p.Contact = form.Get("contact")
		errs = s.Registry.Check(p)
		if strings.TrimSpace(p.Contact) == "" {
			errs = append(errs, ethics.FieldError{Field: "contact", Kind: ethics.FaultRequired})
		}
	}
	if form.Get("password_again") != p.Password {
		errs = append(errs, ethics.FieldError{Field: "password_again", Kind: ethics.FaultDiffers})
	}
	if len(errs) > 0 || len(form.Faults()) > 0 {
		return s.askPerson(c, form, offer, totp, errs)
	}
	_, err := s.Registry.Enrol(c.Request().Context(), p)
	switch {
	case errors.As(err, &errs):
		return s.askPerson(c, form, offer, totp, errs)
	case errors.Is(err, registry.ErrInvitation):
		return s.refuseCode(c, form)
	case errors.Is(err, secret.ErrBusy):
		return fmt.Errorf("enrol: %w", ethics.ErrBusy)
	case err != nil:
		return err
	}
	done := "appointment"
	if offer.Founding {
		done = "founding"
	}
	return c.Redirect(http.StatusSeeOther, "/desk/enrol?done="+done)
}

// refuseCode is the one answer for a code that is unknown, used or lapsed.
func (s *Site) refuseCode(c echo.Context, form *httpd.Form) error {
	return s.askCode(c, form, ethics.FieldErrors{{Field: "code", Kind: ethics.FaultInvitation}})
}

func (s *Site) askCode(c echo.Context, form *httpd.Form, errs ethics.FieldErrors) error {
	t := s.Desk.Server.Printer(c)
	v := enrolView{Page: s.Desk.Server.Page(c, "admin.enrol.title"), Head: s.head(c, form, "code")}
	v.LangPath = ""
	v.Code = httpd.Field{
		Name: "code", Label: t.T("admin.enrol.code"), Hint: t.T("admin.enrol.code_hint"), Autocomplete: "off",
	}
	status := http.StatusOK
	if form != nil {
		v.Code.Value = form.Get("code")
		v.Errors = s.faults(c, form, errs, "code")
		v.Code.Error = v.Errors.of("code")
	}
	if len(v.Errors) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return s.Desk.Server.Render(c, status, "admin/enrol-code", v)
}

// askPerson shows the second step. Passwords are never sent back: they are to
// be typed again, and the page says so.
func (s *Site) askPerson(
	c echo.Context, form *httpd.Form, offer registry.Offer, totp string, errs ethics.FieldErrors,
) error {
	if len(errs) > 0 && errs.Of("password") == "" {
		errs = append(errs, ethics.FieldError{Field: "password", Kind: ethics.FaultRetype})
	}
	v := enrolView{
		Page: s.Desk.Server.Page(c, "admin.enrol.title"), Head: s.head(c, form, "enrol"),
		Errors: s.faults(c, form, errs, enrolFields...), Code: httpd.Field{Name: "code", Value: form.Get("code")},
		Institution: offer.Institution, Offices: s.offices(c, offer.Roles), Founding: offer.Founding, Secret: totp,
	}
	v.LangPath = ""
	if err := s.drawTOTP(c, &v); err != nil {
		return err
	}
	s.personFields(c, form, offer, &v)
	status := http.StatusOK
	if len(v.Errors) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return s.Desk.Server.Render(c, status, "admin/enrol", v)
}

func (s *Site) drawTOTP(c echo.Context, v *enrolView) error {
	for rest := v.Secret; rest != ""; rest = rest[4:] {
		v.Groups = append(v.Groups, rest[:4])
	}
	// The e-mail address is not known yet, so the entry is named by the system.
	url, err := secret.URL(v.Secret, "svilpe", s.Desk.Server.Config().Site.Name)
	if err != nil {
		return err
	}
	v.QR, err = httpd.QR(url, s.Desk.Server.Printer(c).T("admin.enrol.qr"))
	return err
}

func (s *Site) personFields(c echo.Context, form *httpd.Form, offer registry.Offer, v *enrolView) {
	t := s.Desk.Server.Printer(c)
	field := func(f httpd.Field) httpd.Field {
		f.Error = v.Errors.of(f.Name)
		if f.Kind != "password" {
			f.Value = form.Get(f.Name)
		}
		return f
	}
	v.Fields = append(v.Fields,
		field(httpd.Field{
			Name: "name", Label: t.T("admin.enrol.name"), Hint: t.T("admin.enrol.name_hint"), Autocomplete: "name",
		}),
		field(httpd.Field{
			Name: "email", Kind: "email", Label: t.T("admin.enrol.email"), Hint: t.T("admin.enrol.email_hint"),
			Autocomplete: "username",
		}))
	if slices.Contains(offer.Roles, appoint.RoleTrust) {
		v.Fields = append(v.Fields,
			field(httpd.Field{
				Name: "contact", Label: t.T("admin.enrol.contact"),
				Hint: t.T("admin.enrol.contact_hint"), Autocomplete: "off",
			}))
	}
	v.Fields = append(v.Fields,
		field(httpd.Field{
			Name: "password", Kind: "password", Label: t.T("admin.enrol.password"),
			Hint: t.T("admin.enrol.password_hint"), Autocomplete: "new-password",
		}),
		field(httpd.Field{
			Name: "password_again", Kind: "password", Label: t.T("admin.enrol.password_again"),
			Autocomplete: "new-password",
		}))
	v.TOTPCode = field(httpd.Field{
		Name: "totp_code", Label: t.T("admin.enrol.totp_code"), Hint: t.T("admin.enrol.totp_code_hint"),
		Autocomplete: "one-time-code", InputMode: "numeric",
	})
	v.Statement = httpd.Field{
		Kind: "checkbox", Name: "confidential", Label: t.T("admin.enrol.statement"),
		Hint:  t.T("admin.enrol.statement_text"),
		Error: v.Errors.of("confidential"),
		Choices: []httpd.Choice{
			{Value: "yes", Label: t.T("admin.enrol.statement_tick"), Chosen: form.Get("confidential") == "yes"},
		},
	}
}
