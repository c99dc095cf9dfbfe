package admin

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

type invitationView struct {
	httpd.Page
	Head   httpd.FormHead
	Errors faults
	Fields []httpd.Field
}

type invitedView struct {
	httpd.Page
	Groups               []string
	Institution, Offices string
	Until                ethics.Day
	Address              string // where the code is typed
}

// Format hides the code.
func (invitedView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// invitation shows the form.
func (s *Site) invitation(c echo.Context, who *auth.Session) error {
	return s.invitationPage(c, who, nil, nil)
}

// invite makes an invitation and shows its code, once: the answer to this POST
// is the only place where it ever stands.
func (s *Site) invite(c echo.Context, who *auth.Session) error {
	form, err := s.form(c)
	if err != nil {
		return err
	}
	waiting, err := s.Registry.Waiting(c.Request().Context())
	if err != nil {
		return err
	}
	institution, roles := form.Get("institution"), form.All("roles")
	name := placeName(s.places(who.Roster, waiting), institution)
	if name == "" {
		return s.invitationPage(c, who, form, ethics.FieldErrors{{Field: "institution", Kind: ethics.FaultOption}})
	}
	code, err := s.Registry.Invite(c.Request().Context(), &who.Acting, institution, roles)
	var errs ethics.FieldErrors
	if errors.As(err, &errs) {
		return s.invitationPage(c, who, form, errs)
	}
	if err != nil {
		return err
	}
	site := s.Desk.Server.Config().Site
	address := site.MembersURL
	if address == "" {
		address = site.PublicURL
	}
	v := invitedView{
		Page: s.Desk.Page(c, who, "admin.invited.title"), Groups: strings.Split(code, "-"), Institution: name,
		Offices: s.offices(c, roles), Until: ethics.DayOf(s.Registry.Now().Add(s.Registry.Valid)),
		Address: strings.TrimSuffix(address, "/") + "/desk/enrol",
	}
	return s.Desk.Server.Render(c, http.StatusOK, "admin/invited", v)
}

func (s *Site) invitationPage(c echo.Context, who *auth.Session, form *httpd.Form, errs ethics.FieldErrors) error {
	waiting, err := s.Registry.Waiting(c.Request().Context())
	if err != nil {
		return err
	}
	t := s.Desk.Server.Printer(c)
	v := invitationView{Page: s.Desk.Page(c, who, "admin.invitation.title"), Head: s.head(c, form, "")}
	status, chosen, ticked := http.StatusOK, "", []string(nil)
	if form != nil {
		status, chosen, ticked = http.StatusUnprocessableEntity, form.Get("institution"), form.All("roles")
		v.Errors = s.faults(c, form, errs, "institution", "roles")
	}
	var places, roles []httpd.Choice
	for _, in := range s.places(who.Roster, waiting) {
		places = append(places, httpd.Choice{Value: in.ID, Label: in.Name, Chosen: in.ID == chosen})
	}
	for _, r := range s.Policy.Roles {
		if r.ID != reporter {
			roles = append(roles, httpd.Choice{
				Value: r.ID, Label: r.Name.In(s.Desk.Server.Lang(c)), Chosen: slices.Contains(ticked, r.ID),
			})
		}
	}
	v.Fields = []httpd.Field{
		{
			Name: "institution", Kind: "select", Label: t.T("admin.word.institution"), Choices: places,
			Error: v.Errors.of("institution"),
		},
		{
			Name: "roles", Kind: "checkbox", Label: t.T("admin.invitation.roles"),
			Hint: t.T("admin.invitation.roles_hint"), Choices: roles, Error: v.Errors.of("roles"),
		},
	}
	return s.Desk.Server.Render(c, status, "admin/invitation", v)
}

// reporter is the one role of the policy that is no office.
const reporter = "reporter"
