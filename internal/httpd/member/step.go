package member

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/policy"
)

type stepView struct {
	httpd.Page
	Number, Back string
	Notice       *httpd.Notice
	Errors       []httpd.FieldError
	Facts        []fact // what changes, and who must approve
	Reads        []fact // what the reporter will read, by the new state
	Found        *found // of a package: what may give the reporter away
	Other        string // the way back to the beginning of a form in two parts
	Step         form
}

func (s *Site) stepForm(c echo.Context, who *auth.Session) error {
	return s.showStep(c, who, c.Param("number"), ethics.Act(c.Param("id")), http.StatusOK, typed{}, nil)
}

// showStep is the form of a step that policy offers this member now. A step
// that exists and is not offered shows the case as it is; one that does not, or
// is not of this member's roles, is not found.
func (s *Site) showStep(
	c echo.Context, who *auth.Session, number string, id ethics.Act, status int, t typed, note *httpd.Notice,
) error {
	o, err := s.Casework.Open(c.Request().Context(), &who.Acting, number)
	switch {
	case errors.Is(err, casework.ErrNotStated):
		return s.cover(c, who, number, status, typed{})
	case errors.Is(err, ethics.ErrUntrusted):
		return s.distrusted(c, who, number)
	case err != nil:
		return err
	}
	w := s.words(c)
	step, known := s.Policy.Act(id)
	if !known || s.neverTheirs(o.Me, step) {
		return ethics.ErrNotFound
	}
	if err := s.Casework.MayNow(o, step); err != nil {
		key := refusalKey(err)
		if key == "" && note == nil {
			key = refusedMoved
		}
		if key != "" {
			note = &httpd.Notice{Kind: "due", Title: w.T("desk.refused.title"), Text: w.T(key)}
		}
		return s.showCase(c, who, number, http.StatusUnprocessableEntity, t, note)
	}
	b := builder{words: w, o: o, roster: who.Roster, typed: t, path: "/desk/cases/" + o.Number}
	v := stepView{
		Page:   s.page(c, who, "desk.step.title", "Step", w.in(step.Name), "Number", o.Number),
		Number: o.Number, Back: b.path,
		Notice: note, Errors: t.errs,
	}
	v.Facts, v.Reads = s.changes(b, step)
	if id == ethics.ActForward {
		s.forwardForm(b, step, &v)
	} else {
		v.Step = s.stepFields(b, step)
		v.Step.Consequences = s.consequences(b, step)
	}
	v.Errors = withQuestions(v.Errors, v.Step)
	return s.render(c, status, "step", v)
}

// neverTheirs tells that none of the member's roles ever takes this step, so
// that its page must not exist for them.
func (s *Site) neverTheirs(m policy.Member, step policy.Step) bool {
	return !slices.ContainsFunc([]string(step.Who), func(r string) bool { return slices.Contains(m.Roles, r) })
}

// takeStep takes the step or, where four eyes are asked, proposes it.
func (s *Site) takeStep(c echo.Context, who *auth.Session) error {
	id := ethics.Act(c.Param("id"))
	return s.act(c, who, formStep, string(id), constWord("step"), nil, func(
		f *httpd.Form, draft derive.Secret,
	) (casework.Taken, error) {
		a := casework.Act{
			Step: id, To: ethics.State(f.Get("to")), Reason: f.Get("reason"), Message: f.Get("message"),
			Statements: map[string][]string{},
		}
		for _, st := range s.Policy.Statements(id) {
			if st.Kind == policy.Rows {
				readRows(f, st, a.Statements)
			}
			if f.Has(st.ID) {
				a.Statements[st.ID] = f.All(st.ID)
			}
		}
		if f.Get("more") != "" {
			if _, ok := s.authority(f.Get(casework.StatedAuthority)); id == ethics.ActForward && !ok {
				return casework.Taken{}, ethics.FieldErrors{
					{Field: casework.StatedAuthority, Kind: ethics.FaultRequired},
				}
			}
			return casework.Taken{}, errRow
		}
		return s.Casework.Take(c.Request().Context(), &who.Acting, c.Param("number"), draft, a)
	})
}
