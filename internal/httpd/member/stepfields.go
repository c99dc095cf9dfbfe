package member

import (
	"strconv"

	"svilpe/internal/httpd"
	"svilpe/internal/policy"
)

// stepFields asks for everything the step must carry: the state where several
// are open, the signed statements, the reason, and the message to the reporter.
func (s *Site) stepFields(b builder, step policy.Step) form {
	t := b.typed
	f := form{Action: b.stepPath(step.ID), Head: t.head(formStep, b.Lang()), Button: b.in(step.Name)}
	if step.FourEyes {
		f.Button = b.T("desk.step.propose")
	}
	add := func(x httpd.Field) { f.Fields = append(f.Fields, t.field(formStep, x)) }
	if s.Policy.Target(step, b.o.Facts) == "" {
		to := httpd.Field{Kind: "radio", Name: "to", Label: b.T("desk.step.to")}
		for _, id := range step.To {
			to.Choices = append(to.Choices, httpd.Choice{Value: string(id), Label: b.state(id)})
		}
		add(to)
	}
	for _, st := range s.Policy.Statements(step.ID) {
		if st.Kind == policy.Rows {
			f.Fields = append(f.Fields, b.rowFields(st)...)
			f.Hidden = append(f.Hidden, httpd.Hidden{Name: "rows", Value: strconv.Itoa(b.rows(st))})
			if b.rows(st) < st.Most {
				f.More = b.T("decision.more_rows")
			}
			continue
		}
		add(s.options(b, step, st, b.statement(st)))
	}
	if step.Reason || !step.Silent {
		add(httpd.Field{
			Kind: "textarea", Name: "reason", Rows: 4, Label: b.T("desk.step.reason"),
			Hint: b.T("desk.step.reason_hint"), Optional: !step.Reason,
		})
	}
	need := s.Policy.MessageRequired(step, b.o.Facts)
	if need || s.writes(b, step) {
		add(httpd.Field{
			Kind: "textarea", Name: "message", Label: b.T("desk.step.message"),
			Hint: b.T("desk.step.message_hint"), Optional: !need,
		})
	}
	return f
}

// writes tells whether a message to the reporter may go with a step.
func (s *Site) writes(b builder, step policy.Step) bool {
	return !step.Silent && s.Policy.MayWrite(b.o.Me, b.o.Facts)
}

func (b builder) statement(st policy.Statement) httpd.Field {
	f := httpd.Field{Name: st.ID, Label: b.in(st.Label), Optional: !st.Required && len(st.RequiredIf) == 0}
	switch st.Kind {
	case policy.Tick:
		f.Kind, f.Choices = "checkbox", []httpd.Choice{{Value: policy.Ticked, Label: b.T("desk.step.tick")}}
	case policy.Date:
		f.Kind = "date"
	case policy.Line, policy.Number:
	case policy.Choice, policy.Choices:
		f.Kind = map[bool]string{true: "checkbox", false: "radio"}[st.Kind == policy.Choices]
		if st.Source == "categories" {
			f.Kind = "select"
		}
		for _, o := range st.Options {
			f.Choices = append(f.Choices, httpd.Choice{Value: o.ID, Label: b.in(o.Label)})
		}
	default:
		f.Kind, f.Rows = "textarea", 4
	}
	return f
}
