package member

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/policy"
)

func (s *Site) handOverForm(c echo.Context, who *auth.Session) error {
	return s.showHandOver(c, who, http.StatusOK, typed{}, nil)
}

// leaverID is the member whose cases the page hands over: the one of the address, or who
// is signed in.
func leaverID(c echo.Context, who *auth.Session) string {
	if id := c.Param("id"); id != "" {
		return id
	}
	return who.ID
}

// showHandOver counts the open cases, and asks who receives them; after the act
// it says in numbers what was done.
func (s *Site) showHandOver(c echo.Context, who *auth.Session, status int, t typed, done *casework.Handed) error {
	from, own := leaverID(c, who), leaverID(c, who) == who.ID
	w, leavers := s.words(c), s.Casework.Leavers(&who.Acting)
	name := ""
	for _, m := range leavers {
		if m.ID == from {
			name = m.Name
		}
	}
	if !own && name == "" {
		return ethics.ErrNotFound
	}
	v := removalView{
		Page: s.page(c, who, "conflict.handover.title"), Back: "/desk/account", Errors: t.errs,
		Lead: w.T("conflict.handover.lead"),
	}
	if !own {
		v.Page, v.Back = s.page(c, who, "conflict.handover.of", "Name", name), "/desk/account/handover"
		v.Lead = w.T("conflict.handover.lead_of")
	}
	n, err := s.Casework.OpenCases(c.Request().Context(), &who.Acting, from)
	if err != nil {
		return err
	}
	if done != nil {
		v.Result = w.handed(*done)
	}
	if v.Count = w.T("conflict.handover.nothing"); n > 0 {
		v.Count = w.N("conflict.handover.count", n)
		v.Form = s.handOverFields(w, who, from, name, t)
	}
	if own {
		for _, m := range leavers {
			v.Others = append(v.Others,
				link{
					"/desk/account/handover/" + m.ID,
					w.T("conflict.handover.until", "Name", m.Name, "Day", w.Day(m.Until)),
				})
		}
		v.OthersTitle = w.T("conflict.handover.others")
	}
	return s.renderRemoval(c, status, v)
}

// handOverFields asks who receives the cases, under the names of institutions, and
// then, with the receiver's office and institution, whether that is meant: one
// press gives many cases away.
func (s *Site) handOverFields(w words, who *auth.Session, from, name string, t typed) *form {
	to := httpd.Field{
		Kind: "select", Name: "to", Label: w.T("conflict.handover.to"),
		Choices: []httpd.Choice{{Label: w.T("conflict.handover.choose"), Chosen: true}},
	}
	f := &form{
		Action: "/desk/account/handover", Head: t.head(formHandOver, w.Lang()), Button: w.T("conflict.handover.next"),
	}
	for _, m := range s.Casework.Handable(&who.Acting, from) {
		office := w.roles(who.Roster.AllRoles(m.ID, ethics.DayOf(s.Now())))
		in, _ := who.Roster.Institution(m.Home())
		to.Choices = append(to.Choices, httpd.Choice{Value: m.ID, Label: m.Name + " (" + office + ")", Group: in.Name})
		if m.ID == t.get(formHandOver, "to") && len(t.errs) == 0 {
			f.Title = w.T("conflict.handover.sure", "Name", m.Name, "Office", office, "Institution", in.Name)
		}
	}
	f.Fields = []httpd.Field{t.field(formHandOver, to)}
	if f.Title != "" {
		f.Fields, f.Button = nil, w.T("conflict.handover.button")
		f.Hidden = []httpd.Hidden{{Name: "to", Value: t.get(formHandOver, "to")}, {Name: "sure", Value: policy.Ticked}}
		f.Consequences = []string{w.T("conflict.handover.lost"), w.T("conflict.handover.barred")}
	}
	if from != who.ID {
		f.Action += "/" + from
		if len(f.Consequences) > 0 {
			f.Consequences[0] = w.T("conflict.handover.lost_of", "Name", name)
			f.Consequences = append(f.Consequences, w.T("conflict.handover.keeps"))
		}
	}
	return f
}

// handed says what became of the cases, numbers only.
func (w words) handed(h casework.Handed) []fact {
	var out []fact
	for _, x := range []struct {
		key string
		n   int
	}{
		{"given", h.Given}, {"held", h.Held}, {"not_barred", h.Barred}, {"not_elsewhere", h.Elsewhere},
		{"not_refused", h.Refused},
	} {
		if x.n > 0 || x.key == "given" {
			out = append(out, fact{w.T("conflict.handover." + x.key), w.Number(int64(x.n))})
		}
	}
	return out
}

// handOver gives every open case to the chosen colleague. Sent again it does what
// is left to do, so its answer is the page itself.
func (s *Site) handOver(c echo.Context, who *auth.Session) error {
	f, draft, t, err := s.readRemovalForm(c, formHandOver)
	if err != nil {
		return err
	}
	again := func(t typed) error { return s.showHandOver(c, who, http.StatusUnprocessableEntity, t, nil) }
	if len(t.errs) > 0 {
		return again(t)
	}
	known := slices.ContainsFunc(s.Casework.Handable(&who.Acting, leaverID(c, who)), func(m appoint.Member) bool {
		return m.ID == f.Get("to")
	})
	if known && f.Get("sure") != policy.Ticked {
		return s.showHandOver(c, who, http.StatusOK, t, nil)
	}
	done, err := s.Casework.HandOver(c.Request().Context(), &who.Acting, leaverID(c, who), f.Get("to"), draft)
	var faults ethics.FieldErrors
	if errors.As(err, &faults) {
		t.errs = s.words(c).wrong(faults, nil)
		return again(t)
	}
	if err != nil {
		return err
	}
	return s.showHandOver(c, who, http.StatusOK, typed{}, &done)
}

// handlesCases tells whether the account leads to handing over.
func handlesCases(who *auth.Session) bool {
	return who.Has(appoint.RoleResponsible, appoint.RoleChair, appoint.RoleMember)
}
