package admin

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// fresh stands in the address for an institution that does not exist yet.
const fresh = "new"

type institutionView struct {
	httpd.Page
	Head   httpd.FormHead
	Errors faults
	New    bool
	Waits  bool // a version waits already; saving replaces it with its signatures
	Fields []httpd.Field
}

// institution shows the form of a new or a known institution.
func (s *Site) institution(c echo.Context, who *auth.Session) error {
	in, waits, err := s.find(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	return s.institutionPage(c, who, nil, in, waits, nil)
}

// stateInstitution puts it before the signers.
func (s *Site) stateInstitution(c echo.Context, who *auth.Session) error {
	form, err := s.form(c)
	if err != nil {
		return err
	}
	old, waits, err := s.find(c, who, c.Param("id"))
	if err != nil {
		return err
	}
	in := appoint.Institution{
		ID: old.ID, Name: strings.TrimSpace(form.Get("name")), Alternate: form.Get("alternate"),
		Units: readUnits(form.Get("units"), old.Units),
	}
	if len(form.Faults()) > 0 {
		return s.institutionPage(c, who, form, in, waits, nil)
	}
	_, err = s.Registry.PrepareInstitution(c.Request().Context(), &who.Acting, in)
	var errs ethics.FieldErrors
	if errors.As(err, &errs) {
		return s.institutionPage(c, who, form, in, waits, errs)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/desk/setup")
}

// find gives an institution as it will be when all that waits is signed, with
// the ids of the units that it has now.
func (s *Site) find(c echo.Context, who *auth.Session, id string) (appoint.Institution, bool, error) {
	if id == fresh {
		return appoint.Institution{}, false, nil
	}
	waiting, err := s.Registry.Waiting(c.Request().Context())
	if err != nil {
		return appoint.Institution{}, false, err
	}
	for _, w := range waiting {
		if w.Institution != nil && w.Institution.ID == id {
			return *w.Institution, true, nil
		}
	}
	in, err := who.Roster.Institution(id)
	return in, false, err
}

// readUnits reads one unit a line. A unit whose name did not change keeps its
// id: reports name units by it.
func readUnits(text string, old []appoint.Unit) []appoint.Unit {
	var out []appoint.Unit
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		name := strings.TrimSpace(line)
		if name == "" || seen[name] {
			continue
		}
		seen[name] = true
		u := appoint.Unit{Name: name}
		for _, o := range old {
			if o.Name == name {
				u.ID = o.ID
			}
		}
		out = append(out, u)
	}
	return out
}

func (s *Site) institutionPage(
	c echo.Context, who *auth.Session, form *httpd.Form, in appoint.Institution, waits bool, errs ethics.FieldErrors,
) error {
	t := s.Desk.Server.Printer(c)
	title := "admin.institution.title"
	if in.ID == "" {
		title = "admin.institution.new"
	}
	v := institutionView{Page: s.Desk.Page(c, who, title), Head: s.head(c, form, ""), New: in.ID == "", Waits: waits}
	v.LangPath = "" // the address has a parameter
	units := ""
	for _, u := range in.Units {
		units += u.Name + "\n"
	}
	status := http.StatusOK
	if form != nil {
		status = http.StatusUnprocessableEntity
		v.Errors = s.faults(c, form, errs, "name", "alternate", "units")
		units = form.Get("units")
	}
	choices := []httpd.Choice{{Value: "", Label: t.T("admin.word.none")}}
	for _, other := range who.Roster.Institutions() {
		if other.ID != in.ID {
			choices = append(choices, httpd.Choice{
				Value: other.ID, Label: other.Name, Chosen: other.ID == in.Alternate,
			})
		}
	}
	v.Fields = []httpd.Field{
		{
			Name: "name", Label: t.T("admin.institution.name"), Value: in.Name,
			Error: v.Errors.of("name"), Autocomplete: "off",
		},
		{
			Name: "alternate", Kind: "select", Label: t.T("admin.institution.alternate"),
			Hint: t.T("admin.institution.alternate_hint"), Choices: choices,
			Error: v.Errors.of("alternate"), Optional: in.ID != "",
		},
		{
			Name: "units", Kind: "textarea", Label: t.T("admin.institution.units"),
			Hint: t.T("admin.institution.units_hint"), Value: units, Error: v.Errors.of("units"), Optional: true,
		},
	}
	return s.Desk.Server.Render(c, status, "admin/institution", v)
}
