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
	Change       []fact // the states it leads to, each with what the reporter will read
	From         string
	Second       string // who must approve
	Step         form
}

func (s *Site) stepForm(c echo.Context, who *auth.Session) error {
	return s.showStep(c, who, c.Param("number"), c.Param("id"), http.StatusOK, typed{}, nil)
}

// showStep is the form of a step that policy offers this member now. A step
// that exists and is not offered shows the case as it is; one that does not, or
// is not of this member's roles, is not found.
func (s *Site) showStep(c echo.Context, who *auth.Session, number, id string, status int, t typed, note *httpd.Notice) error {
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
	if o.Open != nil || s.Policy.May(o.Me, id, o.Facts) != nil {
		if note == nil {
			note = &httpd.Notice{Kind: "due", Title: w.T("desk.refused.title"), Text: w.T("desk.refused.moved")}
		}
		return s.showCase(c, who, number, http.StatusUnprocessableEntity, t, note)
	}
	b := builder{words: w, o: o, roster: who.Roster, typed: t, path: "/desk/cases/" + o.Number}
	v := stepView{
		Page: s.page(c, who, "desk.step.title", "Step", w.in(step.Name), "Number", o.Number), Number: o.Number, Back: b.path,
		Notice: note, Errors: t.errs, From: w.state(o.State),
	}
	if step.FourEyes {
		v.Second = w.T("desk.step.second", "Roles", w.roles(step.Approver))
	}
	for _, to := range s.targets(step, o.Facts) {
		if st, ok := s.Policy.State(to); ok {
			v.Change = append(v.Change, fact{w.in(st.Name), w.in(st.ReporterText)})
		}
	}
	v.Step = s.stepFields(b, step)
	return s.render(c, status, "step", v)
}

// neverTheirs tells that none of the member's roles ever takes this step, so
// that its page must not exist for them.
func (s *Site) neverTheirs(m policy.Member, step policy.Step) bool {
	return !slices.ContainsFunc([]string(step.Who), func(r string) bool { return slices.Contains(m.Roles, r) })
}

// targets are the states a step may lead to now.
func (s *Site) targets(step policy.Step, f policy.Facts) []string {
	if to := s.Policy.Target(step, f); to != "" {
		return []string{to}
	}
	return step.To
}

// stepFields asks for everything the step must carry: the state where several
// are open, the signed statements, the reason, and the message to the reporter.
func (s *Site) stepFields(b builder, step policy.Step) form {
	t := b.typed
	f := form{Action: b.path + "/steps/" + step.ID, Head: t.head(formStep, b.Lang()), Button: b.T("desk.step.take")}
	if step.FourEyes {
		f.Button = b.T("desk.step.propose")
	}
	add := func(x httpd.Field) { f.Fields = append(f.Fields, t.field(formStep, x)) }
	if s.Policy.Target(step, b.o.Facts) == "" {
		to := httpd.Field{Kind: "radio", Name: "to", Label: b.T("desk.step.to")}
		for _, id := range step.To {
			to.Choices = append(to.Choices, httpd.Choice{Value: id, Label: b.state(id)})
		}
		add(to)
	}
	for _, st := range s.Policy.Statements(step.ID) {
		add(b.statement(st))
	}
	add(httpd.Field{Kind: "textarea", Name: "reason", Rows: 4, Label: b.T("desk.step.reason"), Hint: b.T("desk.step.reason_hint"), Optional: !step.Reason})
	need := s.Policy.MessageRequired(step, b.o.Facts)
	if need || s.Policy.MayWrite(b.o.Me, b.o.Facts) {
		add(httpd.Field{Kind: "textarea", Name: "message", Label: b.T("desk.step.message"), Hint: b.T("desk.step.message_hint"), Optional: !need})
	}
	return f
}

func (b builder) statement(st policy.Statement) httpd.Field {
	f := httpd.Field{Name: st.ID, Label: b.in(st.Label), Optional: !st.Required && len(st.RequiredIf) == 0}
	switch st.Kind {
	case policy.Tick:
		f.Kind, f.Choices = "checkbox", []httpd.Choice{{Value: policy.Ticked, Label: b.T("desk.step.tick")}}
	case policy.Date:
		f.Kind = "date"
	case policy.Choice:
		f.Kind = "radio"
		for _, o := range st.Options {
			f.Choices = append(f.Choices, httpd.Choice{Value: o.ID, Label: b.in(o.Label)})
		}
	default:
		f.Kind, f.Rows = "textarea", 4
	}
	return f
}

// takeStep takes the step or, where four eyes are asked, proposes it.
func (s *Site) takeStep(c echo.Context, who *auth.Session) error {
	id := c.Param("id")
	return s.act(c, who, formStep, id, always("step"), nil, func(f *httpd.Form, draft derive.Secret) (casework.Taken, error) {
		a := casework.Act{Step: id, To: f.Get("to"), Reason: f.Get("reason"), Message: f.Get("message"), Statements: map[string][]string{}}
		for _, st := range s.Policy.Statements(id) {
			if f.Has(st.ID) {
				a.Statements[st.ID] = f.All(st.ID)
			}
		}
		return s.Casework.Take(c.Request().Context(), &who.Acting, c.Param("number"), draft, a)
	})
}
