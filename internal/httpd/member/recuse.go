package member

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

func (s *Site) recuseForm(c echo.Context, who *auth.Session) error {
	return s.showRecuse(c, who, http.StatusOK, typed{})
}

// showRecuse says what stepping aside changes, before and after the statement.
func (s *Site) showRecuse(c echo.Context, who *auth.Session, status int, t typed) error {
	l, err := s.Casework.Recusal(c.Request().Context(), &who.Acting, c.Param("number"))
	if errors.Is(err, ethics.ErrUntrusted) {
		return s.distrusted(c, who, c.Param("number"))
	}
	if err != nil {
		return err
	}
	w := s.words(c)
	v := removalView{
		Page: s.page(c, who, "conflict.recuse.title", "Number", l.Number), Number: l.Number,
		Back:   "/desk/cases/" + l.Number,
		Errors: t.errs, Lead: w.T("conflict.recuse.lead"),
	}
	if l.TooFew {
		v.Notice = w.tooFewNotice()
		return s.renderRemoval(c, status, v)
	}
	weight := w.removalConsequences(w.T("conflict.recuse.lost"), l)
	if !l.Seen {
		weight = append(weight, w.T("conflict.recuse.unseen"))
	}
	v.Form = &form{
		Action: v.Back + "/recuse", Head: t.head(formRecuse, w.Lang()), Consequences: weight,
		Button: w.T("conflict.recuse.button"),
		Fields: []httpd.Field{t.field(formRecuse, httpd.Field{
			Kind: "textarea", Name: "reason", Rows: 3, Label: w.T("conflict.recuse.reason"),
			Hint: w.T("conflict.recuse.reason_hint"),
		})},
	}
	return s.renderRemoval(c, status, v)
}

// recuse takes the member out of the case.
func (s *Site) recuse(c echo.Context, who *auth.Session) error {
	f, draft, t, err := s.readRemovalForm(c, formRecuse)
	if err != nil {
		return err
	}
	again := func(t typed) error { return s.showRecuse(c, who, http.StatusUnprocessableEntity, t) }
	if len(t.errs) > 0 {
		return again(t)
	}
	if _, err := s.Casework.Recuse(c.Request().Context(), &who.Acting, c.Param("number"), draft,
		f.Get("reason")); err != nil {
		return s.answerRefused(c, who, t, err, again)
	}
	return seeOther(c, "/desk/cases?done=recused")
}
