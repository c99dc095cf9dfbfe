// Package admin is the pages on which an installation comes to be and is kept:
// enrolment, founding, appointments, institutions, invitations, the log. The
// administrator prepares here and appoints nobody; what counts is what serving
// members sign. No page shows a case.
//
// Start with Site.Register. A page that a member's roles do not allow does not
// exist for that member.
package admin

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/insight"
	"svilpe/internal/policy"
	"svilpe/internal/registry"
)

// Site is what the pages are made of.
type Site struct {
	Desk     *httpd.Desk
	Registry *registry.Service
	Insight  *insight.Service
	Policy   *policy.Policy
}

// signers are the roles that may sign statements.
var signers = []string{appoint.RoleResponsible, appoint.RoleChair, appoint.RoleMember}

// Register adds the routes.
func (s *Site) Register() {
	e, d := s.Desk.Server.Echo, s.Desk
	e.GET("/desk/enrol", s.enrolPage)
	e.POST("/desk/enrol", s.enrol)
	e.GET("/desk/founding", d.Enrolled(s.founding))
	e.POST("/desk/founding", d.Enrolled(s.signFounding))
	e.GET("/desk/appointments", d.In(s.appointments, append(slices.Clone(signers), appoint.RoleAdministrator)...))
	e.POST("/desk/appointments/prepare", d.In(s.prepare, appoint.RoleAdministrator))
	e.POST("/desk/appointments/distinct", d.In(s.prepareDistinct, appoint.RoleAdministrator))
	e.POST("/desk/appointments/:id", d.In(s.sign, signers...))
	e.GET("/desk/setup", d.In(s.setup, appoint.RoleAdministrator))
	e.GET("/desk/setup/institutions/:id", d.In(s.institution, appoint.RoleAdministrator))
	e.POST("/desk/setup/institutions/:id", d.In(s.stateInstitution, appoint.RoleAdministrator))
	e.GET("/desk/setup/invitations", d.In(s.invitation, appoint.RoleAdministrator))
	e.POST("/desk/setup/invitations", d.In(s.invite, appoint.RoleAdministrator))
	e.GET("/desk/log", d.In(s.log, appoint.RoleAuditor, appoint.RoleAdministrator))
	e.GET("/desk/log/verdict", d.In(s.verdict, appoint.RoleAuditor, appoint.RoleAdministrator))
}

// form reads a POST and answers in the language that its page was shown in.
func (s *Site) form(c echo.Context) (*httpd.Form, error) {
	form, err := s.Desk.Server.ReadForm(c, nil)
	if err != nil {
		return nil, err
	}
	if _, err := form.Draft(); err != nil {
		return nil, err
	}
	if !s.Desk.Server.SwitchLang(c, form.Get("lang_switch")) {
		s.Desk.Server.UseLang(c, form.Get("lang"))
	}
	return form, nil
}

// head begins a form; a form sent back with errors keeps its draft.
func (s *Site) head(c echo.Context, form *httpd.Form, step string) httpd.FormHead {
	h := httpd.FormHead{Lang: s.Desk.Server.Lang(c), Step: step}
	if form != nil {
		h.Draft = form.Get("draft")
	}
	return h
}

// offices writes roles in the reader's language.
func (s *Site) offices(c echo.Context, roles []string) string {
	var out []string
	for _, id := range roles {
		if role, ok := s.Policy.Role(id); ok {
			id = role.Name.In(s.Desk.Server.Lang(c))
		}
		out = append(out, id)
	}
	return strings.Join(out, ", ")
}

func (s *Site) today() ethics.Day { return ethics.DayOf(s.Registry.Now()) }

// fault is what can be wrong with a field; without one, with any.
type fault struct {
	field string
	kind  ethics.FaultKind
}

// faultTexts are the words for what can be wrong, by field and kind; kinds that
// mean the same in every field stand under the kind alone.
var faultTexts = map[fault]string{
	{"", ethics.FaultTooLong}:               "admin.fault.too_long",
	{"", ethics.FaultCharacters}:            "admin.fault.characters",
	{"code", ethics.FaultInvitation}:        "admin.fault.invitation",
	{"name", ethics.FaultRequired}:          "admin.fault.name",
	{"name", ethics.FaultFounder}:           "admin.fault.name_founder",
	{"email", ethics.FaultEmail}:            "admin.fault.email",
	{"email", ethics.FaultTaken}:            "admin.fault.email_taken",
	{"contact", ethics.FaultRequired}:       "admin.fault.contact",
	{"password", ethics.FaultShort}:         "admin.fault.password_short",
	{"password", ethics.FaultCommon}:        "admin.fault.password_common",
	{"password", ethics.FaultRetype}:        "admin.fault.password_retype",
	{"password_again", ethics.FaultDiffers}: "admin.fault.password_again",
	{"totp_code", ethics.FaultTOTP}:         "admin.fault.totp",
	{"confidential", ethics.FaultRequired}:  "admin.fault.confidential",
	{"compared", ethics.FaultRequired}:      "admin.fault.compared",
	{"until", ethics.FaultDay}:              "admin.fault.until_day",
	{"until", ethics.FaultPast}:             "admin.fault.until_past",
	{"until", ethics.FaultOnePerson}:        "admin.fault.until_one_person",
	{"compared", ethics.FaultTwoPeople}:     "admin.fault.two_people",
	{"institution", ethics.FaultOption}:     "admin.fault.institution",
	{"roles", ethics.FaultRequired}:         "admin.fault.roles",
	{"roles", ethics.FaultOption}:           "admin.fault.roles",
	{"roles", ethics.FaultDuties}:           "admin.fault.roles_duties",
	{"alternate", ethics.FaultRequired}:     "admin.fault.alternate",
	{"alternate", ethics.FaultOption}:       "admin.fault.alternate_option",
	{"units", ethics.FaultTooMany}:          "admin.fault.units",
}

// faults are a form's errors in words, in the order of the page.
type faults []httpd.FieldError

// faults words errors: those of the domain and those that reading found.
func (s *Site) faults(c echo.Context, form *httpd.Form, errs ethics.FieldErrors, order ...string) faults {
	for _, f := range form.Faults() {
		errs = append(errs, ethics.FieldError{Field: f.Field, Kind: ethics.FaultCharacters})
	}
	slices.SortStableFunc(errs, func(a, b ethics.FieldError) int {
		return slices.Index(order, a.Field) - slices.Index(order, b.Field)
	})
	t := s.Desk.Server.Printer(c)
	var out faults
	for _, e := range errs {
		key, ok := faultTexts[fault{e.Field, e.Kind}]
		if !ok {
			key, ok = faultTexts[fault{"", e.Kind}]
		}
		if !ok {
			key = "admin.fault.other"
		}
		if out.of(e.Field) == "" && slices.Contains(order, e.Field) {
			out = append(out, httpd.FieldError{Field: e.Field, Text: t.T(key)})
		}
	}
	return out
}

// of are the words of one field, "" when it is sound.
func (f faults) of(field string) string {
	for _, e := range f {
		if e.Field == field {
			return e.Text
		}
	}
	return ""
}
