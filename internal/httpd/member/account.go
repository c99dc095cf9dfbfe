package member

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/secret"
	"svilpe/internal/store"
)

type accountView struct {
	httpd.Page
	Notice       *httpd.Notice
	Errors       []httpd.FieldError
	Facts        []fact
	Terms        []term
	Contacts     []contact
	Password     form
	Confidential string // day, in words
	HandsOver    bool   // has cases to hand over, or may hand over others'
}

// term is one appointment of the member.
type term struct{ Institution, Roles, From, Until string }

// contact is what reporters see of a trust person.
type contact struct{ Name, Institution, Contact string }

// account shows the own name, offices and terms, and changes the password.
func (s *Site) account(c echo.Context, who *auth.Session) error {
	w := s.words(c)
	var note *httpd.Notice
	switch c.QueryParam("done") {
	case "password":
		note = &httpd.Notice{Kind: "done", Text: w.T("desk.account.password_done")}
	case "others":
		note = &httpd.Notice{Kind: "done", Text: w.T("desk.account.others_done")}
	}
	return s.accountPage(c, who, http.StatusOK, nil, note)
}

func (s *Site) accountPage(
	c echo.Context, who *auth.Session, status int, errs []httpd.FieldError, note *httpd.Notice,
) error {
	w := s.words(c)
	v := accountView{Page: s.page(c, who, "desk.account.title"), Notice: note, Errors: errs}
	v.Facts = []fact{{w.T("desk.account.name"), who.Name}, {w.T("desk.account.email"), who.Email}}
	v.HandsOver = handlesCases(who)
	if who.Appointed {
		day, err := s.confidential(c.Request().Context(), who.ID)
		if err != nil {
			return err
		}
		v.Confidential = w.Day(day)
	}
	v.Terms, v.Contacts = s.terms(w, who), s.contacts(who)
	v.Password = form{Action: "/desk/account/password", Head: httpd.FormHead{Lang: w.Lang()},
		Button: w.T("desk.account.password_button"),
		Fields: []httpd.Field{
			{Kind: "password", Name: "old_password", Label: w.T("desk.account.old"), Autocomplete: "current-password"},
			{
				Kind: "password", Name: "new_password", Label: w.T("desk.account.new"),
				Hint: w.T("desk.account.new_hint"), Autocomplete: "new-password",
			},
			{
				Kind: "password", Name: "repeat_password", Label: w.T("desk.account.repeat"),
				Autocomplete: "new-password",
			},
		}}
	for i, f := range v.Password.Fields {
		for _, e := range errs {
			if e.Field == f.Name {
				v.Password.Fields[i].Error = e.Text
			}
		}
	}
	return s.render(c, status, "account", v)
}

// confidential is the day on which the member signed the confidentiality
// statement.
func (s *Site) confidential(ctx context.Context, id string) (ethics.Day, error) {
	var m store.Member
	err := s.Auth.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		m, err = tx.Member(id)
		return err
	})
	return m.Confidential, err
}

func (s *Site) terms(w words, who *auth.Session) []term {
	if who.Roster == nil {
		return nil
	}
	m, err := who.Roster.Member(who.ID)
	if err != nil {
		return nil
	}
	var out []term
	for _, a := range m.Appointments {
		x := term{Institution: a.Institution, Roles: w.roles(a.Roles), From: w.Day(a.From)}
		if in, err := who.Roster.Institution(a.Institution); err == nil {
			x.Institution = in.Name
		}
		if a.Until != "" {
			x.Until = w.Day(a.Until)
		}
		out = append(out, x)
	}
	return out
}

// contacts are the member's own details as reporters see them today.
func (s *Site) contacts(who *auth.Session) []contact {
	if who.Roster == nil || !who.Has(appoint.RoleTrust) {
		return nil
	}
	m, err := who.Roster.Member(who.ID)
	if err != nil {
		return nil
	}
	var out []contact
	for _, a := range m.Appointments {
		in, err := who.Roster.Institution(a.Institution)
		if err == nil && a.Contact != "" && appoint.InTerm(a, ethics.DayOf(s.Now())) {
			out = append(out, contact{Name: m.Name, Institution: in.Name, Contact: a.Contact})
		}
	}
	return out
}

// changePassword seals the same keys under a new password and ends the other
// sessions. Passwords are never put back into the page.
func (s *Site) changePassword(c echo.Context, who *auth.Session) error {
	f, err := s.Desk.Server.ReadForm(c, nil)
	if err != nil {
		return err
	}
	s.Desk.Server.UseLang(c, f.Get("lang"))
	w := s.words(c)
	if f.Get("new_password") != f.Get("repeat_password") {
		return s.accountPage(c, who, http.StatusUnprocessableEntity,
			w.wrong(ethics.FieldErrors{{Field: "repeat_password", Kind: ethics.FaultDiffers}}, nil), nil)
	}
	err = s.Auth.ChangePassword(c.Request().Context(), who, f.Get("old_password"), f.Get("new_password"))
	wrong := func(field string, kind ethics.FaultKind) error {
		return s.accountPage(c, who, http.StatusUnprocessableEntity,
			w.wrong(ethics.FieldErrors{{Field: field, Kind: kind}}, nil), nil)
	}
	switch {
	case errors.Is(err, auth.ErrWrong):
		return wrong("old_password", ethics.FaultWrongPassword)
	case errors.Is(err, secret.ErrShort):
		return wrong("new_password", ethics.FaultShort)
	case errors.Is(err, secret.ErrCommon):
		return wrong("new_password", ethics.FaultCommon)
	case errors.Is(err, secret.ErrLong):
		return wrong("new_password", ethics.FaultTooLong)
	case errors.Is(err, auth.ErrWait), errors.Is(err, secret.ErrBusy):
		return s.accountPage(c, who, http.StatusUnprocessableEntity,
			[]httpd.FieldError{{Field: "old_password", Text: w.T("desk.signin.wait")}}, nil)
	case err != nil:
		return err
	}
	return seeOther(c, "/desk/account?done=password")
}

// endOthers signs the member out everywhere else.
func (s *Site) endOthers(c echo.Context, who *auth.Session) error {
	if _, err := s.Desk.Server.ReadForm(c, nil); err != nil {
		return err
	}
	if _, err := s.Auth.EndOthers(c.Request().Context(), who); err != nil {
		return err
	}
	return seeOther(c, "/desk/account?done=others")
}
