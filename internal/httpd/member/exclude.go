package member

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// excludeList is whom the chair or the responsible person may bar from a case.
func (s *Site) excludeList(c echo.Context, who *auth.Session) error {
	o, b, done, err := s.heldCase(c, who)
	if done {
		return err
	}
	if !s.Policy.Allowed(o.Me, "assign_examiners") {
		return ethics.ErrNotFound
	}
	v := removalView{
		Page: s.page(c, who, "conflict.exclude.title", "Number", o.Number), Number: o.Number, Back: b.path,
		Lead: b.T("conflict.exclude.lead"), Empty: b.T("conflict.exclude.nobody"),
	}
	for _, m := range s.Casework.Excludable(o) {
		p := personRow{Href: b.path + "/exclude/" + m.ID, Name: m.Name, Roles: b.office(m)}
		if slices.ContainsFunc(o.Holders, func(h casework.Holder) bool { return h.Member == m.ID }) {
			p.Mark = b.T("conflict.exclude.holds")
		}
		v.People = append(v.People, p)
	}
	return s.renderRemoval(c, http.StatusOK, v)
}

func (s *Site) excludeForm(c echo.Context, who *auth.Session) error {
	return s.showExclude(c, who, http.StatusOK, typed{})
}

// showExclude says what barring this person changes.
func (s *Site) showExclude(c echo.Context, who *auth.Session, status int, t typed) error {
	o, b, done, err := s.heldCase(c, who)
	if done {
		return err
	}
	id := c.Param("id")
	l, err := s.Casework.Exclusion(o, id)
	if err != nil {
		return err
	}
	v := removalView{
		Page: s.page(c, who, "conflict.exclude.one", "Number", o.Number, "Name", b.name(id)), Number: o.Number,
		Back:   b.path + "/exclude",
		Errors: t.errs,
	}
	if l.TooFew {
		v.Notice = b.tooFewNotice()
		return s.renderRemoval(c, status, v)
	}
	v.Form = &form{
		Action: b.path + "/exclude/" + id, Head: t.head(formExclude, b.Lang()), Button: b.T("conflict.exclude.button"),
		Consequences: b.removalConsequences(b.T("conflict.exclude.lost", "Name", b.name(id)), l),
		Fields: []httpd.Field{t.field(formExclude, httpd.Field{
			Kind: "textarea", Name: "reason", Rows: 3, Label: b.T("conflict.exclude.reason"),
			Hint: b.T("conflict.recuse.reason_hint"),
		})},
	}
	if l.NeedsTwo {
		v.Lead, v.Form.Button = b.T("conflict.exclude.two", "Names", b.offices(l.Approvers)), b.T("desk.step.propose")
		if len(l.NewApprover) > 0 {
			v.Lead = b.T("conflict.exclude.two_new", "Names", b.offices(l.NewApprover))
		}
		v.Form.Consequences = append([]string{b.T("conflict.exclude.unread")}, v.Form.Consequences...)
	}
	return s.renderRemoval(c, status, v)
}

// offices are members by name, each with the office.
func (b builder) offices(list []appoint.Member) string {
	var out []string
	for _, m := range list {
		out = append(out, m.Name+" ("+b.office(m)+")")
	}
	return strings.Join(out, ", ")
}

// exclude bars somebody from the case, or proposes it.
func (s *Site) exclude(c echo.Context, who *auth.Session) error {
	f, draft, t, err := s.readRemovalForm(c, formExclude)
	if err != nil {
		return err
	}
	again := func(t typed) error { return s.showExclude(c, who, http.StatusUnprocessableEntity, t) }
	if len(t.errs) > 0 {
		return again(t)
	}
	taken, err := s.Casework.Exclude(c.Request().Context(), &who.Acting, c.Param("number"), draft,
		c.Param("id"), f.Get("reason"))
	if err != nil {
		return s.answerRefused(c, who, t, err, again)
	}
	return stored(c, taken, "excluded")
}

func (s *Site) escalateForm(c echo.Context, who *auth.Session) error {
	return s.showEscalate(c, who, http.StatusOK, typed{})
}

// showEscalate says to whom the case would go, and asks who is involved.
func (s *Site) showEscalate(c echo.Context, who *auth.Session, status int, t typed) error {
	o, b, done, err := s.heldCase(c, who)
	if done {
		return err
	}
	if !s.Policy.Allowed(o.Me, "assign_examiners") {
		return ethics.ErrNotFound
	}
	given := s.Casework.Alternates(o)
	if len(given) == 0 {
		return s.refuse(c, who, t, nil, ethics.ErrRefused)
	}
	v := removalView{
		Page: s.page(c, who, "conflict.escalate.title", "Number", o.Number), Number: o.Number,
		Back: b.path, Errors: t.errs,
		Lead: b.T("conflict.escalate.lead"),
	}
	pick := httpd.Field{
		Kind: "checkbox", Name: "involved", Label: b.T("conflict.escalate.involved"),
		Hint: b.T("conflict.escalate.involved_hint"), Optional: true,
	}
	for _, m := range s.Casework.Involved(o) {
		if !slices.ContainsFunc(given, func(g appoint.Member) bool { return g.ID == m.ID }) {
			pick.Choices = append(pick.Choices, httpd.Choice{Value: m.ID, Label: m.Name, Hint: b.office(m)})
		}
	}
	v.Form = &form{
		Action: b.path + "/escalate", Head: t.head(formEscalate, b.Lang()), Button: b.T("conflict.escalate.button"),
		Consequences: []string{
			b.T("conflict.escalate.given", "Names", memberNames(given)), b.T("conflict.escalate.own"),
			b.T("conflict.escalate.two"),
			b.T("conflict.exclude.unread"), b.T("conflict.key"), b.T("conflict.reporter"),
		},
		Fields: []httpd.Field{
			t.field(formEscalate, pick),
			t.field(formEscalate, httpd.Field{
				Kind: "textarea", Name: "reason", Rows: 3, Label: b.T("conflict.exclude.reason"),
				Hint: b.T("conflict.recuse.reason_hint"),
			}),
		},
	}
	return s.renderRemoval(c, status, v)
}

// escalate passes the case on.
func (s *Site) escalate(c echo.Context, who *auth.Session) error {
	f, draft, t, err := s.readRemovalForm(c, formEscalate)
	if err != nil {
		return err
	}
	again := func(t typed) error { return s.showEscalate(c, who, http.StatusUnprocessableEntity, t) }
	if len(t.errs) > 0 {
		return again(t)
	}
	involved := f.All("involved")
	taken, err := s.Casework.Escalate(c.Request().Context(), &who.Acting, c.Param("number"), draft,
		involved, f.Get("reason"))
	if err != nil {
		if errors.Is(err, ethics.ErrNobodyToSeal) {
			t.errs = append(t.errs, httpd.FieldError{Field: "involved", Text: s.words(c).T("conflict.stuck_text")})
		}
		return s.answerRefused(c, who, t, err, again)
	}
	if slices.Contains(involved, who.ID) && !taken.Proposed {
		return seeOther(c, "/desk/cases?done=recused")
	}
	return stored(c, taken, "escalated")
}
