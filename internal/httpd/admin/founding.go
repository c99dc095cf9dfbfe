package admin

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/registry"
)

// quorum is how many founders sign.
const quorum = 3

type foundingView struct {
	httpd.Page
	Head        httpd.FormHead
	Errors      []httpd.FieldError
	Institution string
	Recovery    string // of members' secrets: a word of package appoint
	Seen        string // names what the page shows: nothing else is signed
	People      []candidate
	Missing     []string // offices that nobody has enrolled for yet
	Signed      int
	Left        int  // signatures that are missing
	MaySign     bool // this founder signs here and now
	Has         bool // this founder has signed
	Office      bool // false for the administrator, who signs nothing
}

// candidate is one of the four.
type candidate struct {
	registry.Candidate
	Field  string // id of the tick
	Office string
	You    bool
	Ticked bool
	Error  string
}

// founding shows a founder all four with their check words. After the founding
// it sends members to their desk, and shows whoever still waits for an
// appointment the own check words, which the signers will ask for.
func (s *Site) founding(c echo.Context, who *auth.Session) error {
	return s.foundingPage(c, who, nil, nil)
}

// signFounding adds this founder's signature. The third one opens intake.
func (s *Site) signFounding(c echo.Context, who *auth.Session) error {
	form, err := s.form(c)
	if err != nil {
		return err
	}
	err = s.Registry.SignFounding(c.Request().Context(), &who.Acting, form.Get("seen"), form.All("compared"))
	switch {
	case errors.Is(err, registry.ErrTicks), errors.Is(err, registry.ErrChanged):
		return s.foundingPage(c, who, form, err)
	case errors.Is(err, registry.ErrMaySign):
		return ethics.ErrNotFound
	case errors.Is(err, ethics.ErrConflict): // not complete, or done by now: show it as it is
	case err != nil:
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/desk/founding")
}

// foundingPage shows the four, after a refused signature with what is wrong.
// Ticks come back only beside the words that they were set for.
func (s *Site) foundingPage(c echo.Context, who *auth.Session, form *httpd.Form, refused error) error {
	f, err := s.Registry.Founding(c.Request().Context())
	if err != nil {
		return err
	}
	if f.Done && who.Appointed {
		return c.Redirect(http.StatusSeeOther, "/desk")
	}
	if f.Done {
		return s.waitingPage(c, who)
	}
	t := s.Desk.Server.Printer(c)
	v := foundingView{
		Page: s.Desk.Page(c, who, "admin.founding.title"), Head: s.head(c, form, ""), Institution: f.Institution,
		Recovery: f.Recovery, Seen: f.Seen,
	}
	var ticked []string
	changed := form != nil && (errors.Is(refused, registry.ErrChanged) || form.Get("seen") != f.Seen)
	if changed {
		v.Errors = append(v.Errors, httpd.FieldError{Field: "compared-0", Text: t.T("admin.fault.founding_changed")})
	} else if form != nil {
		ticked = form.All("compared")
	}
	for i, p := range f.Candidates {
		x := candidate{
			Candidate: p, Field: "compared-" + strconv.Itoa(i), Office: s.offices(c, p.Roles),
			You: p.ID == who.ID, Ticked: slices.Contains(ticked, p.ID),
		}
		if form != nil && !changed && !x.Ticked {
			x.Error = t.T("admin.fault.compared")
			v.Errors = append(v.Errors,
				httpd.FieldError{Field: x.Field, Text: t.T("admin.fault.compared_with", "Name", p.Name)})
		}
		if p.Signed {
			v.Signed++
		}
		if x.You {
			v.Has, v.Office = p.Signed, !slices.Contains(p.Roles, appoint.RoleAdministrator)
		}
		v.People = append(v.People, x)
	}
	v.Missing = s.missingOffices(c, f)
	v.Left = max(quorum-v.Signed, 0)
	// Three signatures without entry 0 are what a crash leaves behind: any
	// founder who signs once more completes it.
	v.MaySign = f.Complete && v.Office && (!v.Has || v.Left == 0)
	status := http.StatusOK
	if len(v.Errors) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return s.Desk.Server.Render(c, status, "admin/founding", v)
}

// missingOffices are the offices of a founding that nobody has enrolled for yet.
func (s *Site) missingOffices(c echo.Context, f registry.Founding) []string {
	var out []string
	for _, role := range []string{
		appoint.RoleResponsible, appoint.RoleChair, appoint.RoleMember, appoint.RoleAdministrator,
	} {
		if !slices.ContainsFunc(f.Candidates, func(p registry.Candidate) bool {
			return slices.Contains(p.Roles, role)
		}) {
			out = append(out, s.offices(c, []string{role}))
		}
	}
	return out
}

type waitingView struct {
	httpd.Page
	Institution, Offices string
	Words                []string
}

// waitingPage is what a person sees who has enrolled and is not appointed yet.
func (s *Site) waitingPage(c echo.Context, who *auth.Session) error {
	people, err := s.Registry.Enrolled(c.Request().Context())
	if err != nil {
		return err
	}
	for _, e := range people {
		if e.ID == who.ID {
			p := s.person(c, e, s.places(who.Roster, nil))
			v := waitingView{Page: s.Desk.Page(c, who, "admin.waiting.title"), Offices: p.Offices, Words: p.Words}
			return s.Desk.Server.Render(c, http.StatusOK, "admin/waiting", v)
		}
	}
	return c.Redirect(http.StatusSeeOther, "/desk") // appointed this moment
}
